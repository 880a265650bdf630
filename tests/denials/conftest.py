"""The routing tables of reasons and remarks, as they ship."""

import pytest

from payers.actions.code_lists import load_code_lists


@pytest.fixture(autouse=True)
def code_lists(db: None) -> None:
    load_code_lists()
