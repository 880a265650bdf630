"""A statement over many charts holds the rows of the queue while a coder asks: real connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event as Flag

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from coding.actions.assignments import assign_charts, undo_giving
from coding.actions.chart_holds import hold_charts
from coding.actions.encounters import next_encounter
from coding.actions.priorities import mark_urgent
from coding.models import Encounter
from rcm import access
from rcm.errors import Refusal
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


def undo(practice_id: int, lead_id: int, act: str, then: Callable[[], object]) -> str:
    """Undo a giving on a connection of its own; the code of the refusal, "" without one."""
    try:
        practice, lead = Practice.objects.get(pk=practice_id), User.objects.get(pk=lead_id)
        with access.acting_in(practice_id):
            undo_giving(practice, act, by=lead)
        return ""
    except Refusal as refusal:
        return refusal.code
    finally:
        then()
        connection.close()


def test_an_undo_leaves_alone_what_is_given_on_while_it_waits(chart: tuple[int, int, int]) -> None:
    practice_id, ana_id, _ = chart
    practice, ana = Practice.objects.get(pk=practice_id), User.objects.get(pk=ana_id)
    bea = make.member(practice, Role.CODER, "bea@example.test", "Bea", "Dorn")
    with access.acting_in(practice_id):
        given = assign_charts(practice, [chart[2]], ana, by=bea)
    answered = Flag()
    with ThreadPoolExecutor(1) as pool:
        with access.acting_in(practice_id), transaction.atomic():
            assign_charts(practice, [chart[2]], bea, by=ana)
            running = pool.submit(undo, practice_id, bea.pk, given.act, answered.set)
            answered.wait(0.5)
        assert running.result(20) == "undo_gone"
    with access.acting_in(practice_id):
        assert Encounter.objects.get().owner == bea


def test_many_charts_are_locked_by_id(north: Practice, ana: User) -> None:
    ids = [make.encounter(north).pk for _ in range(2)]
    for act in (
        lambda: mark_urgent(north, ids, by=ana),
        lambda: assign_charts(north, ids, ana, by=ana),
        lambda: hold_charts(north, ids, reason="Later", until=None, by=ana),
    ):
        with CaptureQueriesContext(connection) as captured:
            assert act()
        [locking] = [
            query["sql"]
            for query in captured
            if query["sql"].endswith(' FOR UPDATE OF "coding_encounter"')
        ]
        assert locking.startswith('SELECT "coding_encounter"."id" AS "pk", ')
        assert locking.endswith(' ORDER BY 1 ASC FOR UPDATE OF "coding_encounter"')


def test_a_row_held_for_a_moment_is_waited_for(chart: tuple[int, int, int]) -> None:
    assert asked(chart, hold=0.2) == chart[2]


def test_a_row_held_for_long_is_not_waited_for(chart: tuple[int, int, int]) -> None:
    assert asked(chart, hold=20) is None
    with access.acting_in(chart[0]):
        assert Encounter.objects.get().assigned_to is None
