"""A clearinghouse on a temporary folder, driven by hand: no server, no waiting."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from payers.sandbox.behaviour import Behaviour
from payers.sandbox.clearinghouse import Clearinghouse, Settings
from payers.sandbox.folders import Folders
from payers.sandbox.state import State
from tests.sandbox.bench import Bench
from tests.sandbox.cast import BEHAVIOUR


@pytest.fixture
def open_bench(tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    """Open a bench over the same folder; opening again is a restart."""
    opened: list[State] = []

    def open_one(behaviour: Behaviour = BEHAVIOUR) -> Bench:
        for state in opened:
            state.close()
        opened.clear()
        folders = Folders(tmp_path / "sandbox")
        folders.create()
        state = State(folders.state / "sandbox.sqlite3")
        opened.append(state)
        return Bench(Clearinghouse(folders, state, behaviour, Settings(delay_seconds=0)))

    yield open_one
    for state in opened:
        state.close()


@pytest.fixture
def bench(open_bench: Callable[..., Bench]) -> Bench:
    """EXAMPLE HEALTH behind a clearinghouse without delay."""
    return open_bench()
