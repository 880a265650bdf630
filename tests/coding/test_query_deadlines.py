"""What happens to queries with time, and where their charts stand in the queue."""

from datetime import date, timedelta

import pytest
from django.db.models import F
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from coding import work_order
from coding.actions import encounters, queries
from coding.actions.query_deadlines import follow_up
from coding.actions.tasks import open_task
from coding.models import CoderTask, Encounter, ProviderQuery
from rcm.models import Event, Practice, User
from tests import make
from tests.coding import asking

TODAY = date(2026, 11, 23)


@pytest.fixture
def chart(north: Practice) -> Encounter:
    return asking.chart(north)


@pytest.fixture
def annika(chart: Encounter) -> User:
    return asking.login(chart.provider)


@pytest.fixture
def query(chart: Encounter, annika: User, ana: User) -> ProviderQuery:
    return asking.ask(chart, ana)


def events(query: ProviderQuery) -> list[str]:
    rows = Event.objects.filter(subject_type="providerquery", subject_id=query.pk)
    return [event.name for event in rows.order_by("pk")]


def answer(query: ProviderQuery, by: User) -> None:
    queries.answer_query(query, option="With hyperglycemia", text="", by=by)


def test_an_answer_brings_its_chart_first_to_who_asked(
    north: Practice, chart: Encounter, query: ProviderQuery, annika: User, ana: User, mia: User
) -> None:
    returned = make.encounter(north, state="returned", priority=9)
    answer(query, annika)
    assert encounters.next_encounter(north, by=mia) == returned
    assert encounters.next_encounter(north, by=ana) == chart


def test_an_answer_brings_a_returned_chart_first_to_who_asked(
    north: Practice, chart: Encounter, annika: User, ana: User, mia: User
) -> None:
    open_task(chart, source="denial:1", reason="CO-11")
    query = asking.ask(chart, ana)
    make.encounter(north, owner=ana, state="returned", priority=90)
    answer(query, annika)
    chart.refresh_from_db()
    assert chart.state == "returned"
    assert encounters.next_encounter(north, by=mia) is None
    assert encounters.next_encounter(north, by=ana) == chart


def test_an_answer_of_before_the_task_brings_it_to_nobody(
    north: Practice, chart: Encounter, query: ProviderQuery, annika: User, ana: User, mia: User
) -> None:
    answer(query, annika)
    open_task(chart, source="denial:1", reason="CO-11")
    CoderTask.objects.update(opened_at=timezone.now() + timedelta(seconds=1))
    Encounter.objects.update(state="returned")
    assert work_order.answered_charts(north).count() == 0
    assert encounters.next_encounter(north, by=mia) == chart


def test_nobody_else_gets_an_answered_chart_for_a_day(
    north: Practice, chart: Encounter, query: ProviderQuery, annika: User, ana: User, mia: User
) -> None:
    answer(query, annika)
    assert encounters.next_encounter(north, by=mia) is None
    assert work_order.answered_charts(north, since=timezone.now()).count() == 0
    assert encounters.next_encounter(north, by=ana) == chart


def test_a_day_later_anybody_gets_it(
    north: Practice, chart: Encounter, query: ProviderQuery, annika: User, mia: User
) -> None:
    answer(query, annika)
    kept = work_order.KEPT_FOR_ASKER
    try:
        work_order.KEPT_FOR_ASKER = timedelta(seconds=-1)
        assert encounters.next_encounter(north, by=mia) == chart
    finally:
        work_order.KEPT_FOR_ASKER = kept


def test_an_answered_chart_that_was_skipped_comes_after_the_others(
    north: Practice, chart: Encounter, query: ProviderQuery, annika: User, ana: User
) -> None:
    other = make.encounter(north)
    answer(query, annika)
    taken = encounters.next_encounter(north, by=ana)
    assert taken == chart
    encounters.skip_encounter(taken, reason="Needs more time", by=ana)
    assert encounters.next_encounter(north, by=ana) == other


def test_returned_work_stays_returned_work(north: Practice, annika: User, ana: User) -> None:
    chart = asking.chart(north, number="E-BACK")
    open_task(chart, source="denial:1", reason="CO-11")
    query = asking.ask(chart, ana)
    answer(query, annika)
    chart.refresh_from_db()
    assert chart.state == "returned"


def test_waiting_queries_are_reminded_escalated_and_given_up(
    north: Practice, chart: Encounter, query: ProviderQuery
) -> None:
    ProviderQuery.objects.update(due_on=TODAY + timedelta(days=1))
    none = {"escalated": 0, "reminded": 0, "expired": 0}
    assert follow_up(north, today=TODAY - timedelta(days=1)) == none
    assert follow_up(north, today=TODAY) == none | {"reminded": 1}
    assert follow_up(north, today=TODAY) == none
    late = TODAY + timedelta(days=2)
    assert follow_up(north, today=late) == none | {"escalated": 1}
    assert follow_up(north, today=late) == none
    # Thanksgiving is no business day: the seventh after Tuesday is Friday of the next week.
    assert follow_up(north, today=date(2026, 12, 3)) == none
    assert follow_up(north, today=date(2026, 12, 4)) == none | {"expired": 1}
    chart.refresh_from_db()
    query.refresh_from_db()
    assert (chart.state, chart.hold_reason, query.state) == ("new", "", "expired")
    assert events(query) == [
        *("provider_query.asked", "provider_query.reminded"),
        *("provider_query.escalated", "provider_query.expired"),
    ]
    assert Event.objects.filter(name="encounter.released").count() == 1


def test_an_expired_query_keeps_a_chart_held_while_another_waits(
    north: Practice, chart: Encounter, query: ProviderQuery, ana: User
) -> None:
    ProviderQuery.objects.update(due_on=TODAY - timedelta(days=60))
    asking.ask(Encounter.objects.get(pk=chart.pk), ana, asking.OPEN)
    assert follow_up(north, today=TODAY)["expired"] == 1
    chart.refresh_from_db()
    assert chart.state == "held"


def test_following_up_takes_the_same_statements_for_one_query_as_for_many(
    north: Practice, ana: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(6):
        asking.ask(asking.chart(north, number=f"Q{number}"), ana)
    late = ProviderQuery.objects.order_by("pk").values_list("pk", flat=True)
    ProviderQuery.objects.filter(pk__in=late[:3]).update(due_on=F("due_on") - timedelta(days=60))
    ProviderQuery.objects.filter(pk__in=late[3:]).update(due_on=TODAY - timedelta(days=1))
    with django_assert_num_queries(13):
        counts = follow_up(north, today=TODAY)
    assert counts == {"escalated": 3, "reminded": 0, "expired": 3}
