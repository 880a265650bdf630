"""Who audits the coders of North."""

import pytest

from rcm.models import Practice, User
from tests.coding.auditing import auditor_of


@pytest.fixture
def ada(north: Practice) -> User:
    """Auditor of North."""
    return auditor_of(north)
