"""A story's stage: North practice, its people, a clearinghouse behind a real SFTP server."""

from collections.abc import Iterator

import pytest

from payers.sandbox.state import State
from rcm.models import Practice, User
from tests.billing.conftest import Server, sftp
from tests.flows.story import Story

__all__ = ["sftp"]


@pytest.fixture
def story(north: Practice, ana: User, ben: User, sftp: Server) -> Iterator[Story]:
    state = State(sftp.folders.state / "sandbox.sqlite3")
    yield Story(north, ana, ben, sftp.folders, state)
    state.close()
