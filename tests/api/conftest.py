"""North with one of everything."""

import pytest

from rcm import access
from rcm.models import Practice
from tests.world import World, make_world


@pytest.fixture
def world(north: Practice) -> World:
    return make_world(north, "Norwood")


@pytest.fixture
def other_world(north: Practice, south: Practice) -> World:
    """South's rows; the walls are open for North again afterwards."""
    made = make_world(south, "Sutter")
    access.open_walls([north.pk])
    return made
