"""A statement over many charts holds the rows of the queue while a coder asks: real connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event as Flag

import pytest
from django.db import connection, transaction

from coding.actions.encounters import next_encounter
from coding.models import Encounter
from rcm import access
from rcm.models import Practice, Role, User
from tests import make


@pytest.fixture
def chart(transactional_db: None) -> tuple[int, int, int]:
    """Practice, coder and the only chart of the queue, committed."""
    practice = make.practice()
    ana = make.member(practice, Role.CODER, "ana@example.test", "Ana", "Brandt")
    with access.acting_in(practice.pk):
        return practice.pk, ana.pk, make.encounter(practice).pk


def ask(practice_id: int, coder_id: int, then: Callable[[], object]) -> int | None:
    """The next chart, on a connection of its own; `then` is called when the answer is there."""
    try:
        practice, coder = Practice.objects.get(pk=practice_id), User.objects.get(pk=coder_id)
        with access.acting_in(practice_id), transaction.atomic():
            found = next_encounter(practice, by=coder)
            return found.pk if found else None
    finally:
        then()
        connection.close()


def asked(chart: tuple[int, int, int], *, hold: float) -> int | None:
    """Ask while the chart's row is held for so many seconds, or until the answer is there."""
    practice_id, coder_id, chart_id = chart
    answered = Flag()
    with ThreadPoolExecutor(1) as pool:
        with access.acting_in(practice_id), transaction.atomic():
            Encounter.objects.select_for_update(of=("self",)).get(pk=chart_id)
            running = pool.submit(ask, practice_id, coder_id, answered.set)
            answered.wait(hold)
        return running.result(20)


def test_a_row_held_for_a_moment_is_waited_for(chart: tuple[int, int, int]) -> None:
    assert asked(chart, hold=0.2) == chart[2]


def test_a_row_held_for_long_is_not_waited_for(chart: tuple[int, int, int]) -> None:
    assert asked(chart, hold=20) is None
    with access.acting_in(chart[0]):
        assert Encounter.objects.get().assigned_to is None
