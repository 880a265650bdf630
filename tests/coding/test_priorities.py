"""The priority of charts: the statement over a practice and the pure rule agree."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coding.actions import priorities
from coding.actions.encounters import reopen_encounter
from coding.models import Encounter, VisitValue
from coding.rules.priority import level_of, priority_of
from coding.tasks import prepare_chart, rank_all_charts
from payers.models import Payer, PayerContract, Plan
from payers.terms import limits_of
from rcm import access
from rcm.models import Event, Practice, User
from tests import make
from tests.billing.reviewing import coded_visit

TODAY = date(2026, 11, 26)
VISITS = ("New", "Established", "Procedure")
SPECIALTIES = ("Primary care", "Cardiology")


def expected(chart: Encounter) -> int:
    """What the pure rule says of a chart."""
    last_day = None
    if chart.coverage is not None:
        limits = limits_of(chart.coverage, chart.date_of_service)
        is_returned = chart.state == "returned"
        days = limits.corrected_claim_days if is_returned else limits.timely_filing_days
        last_day = chart.date_of_service + timedelta(days=days)
    worth = VisitValue.objects.filter(visit_type=chart.visit_type, specialty=chart.specialty)
    return priority_of(
        today=TODAY,
        served_on=chart.date_of_service,
        last_filing_day=last_day,
        value=worth.values_list("amount", flat=True).first() or Decimal(0),
        is_returned=chart.state == "returned",
        asked_for=chart.is_urgent,
    )


def some_days(luck: random.Random) -> int | None:
    return luck.choice([None, 20, 45, 90, 180])


def make_terms(north: Practice, payer: Payer, luck: random.Random) -> Plan:
    """A plan and contracts, each with limits or without, in force or over."""
    starts = [TODAY - timedelta(days=luck.randrange(400)) for _ in range(4)]
    plan = Plan.objects.create(
        practice=north,
        payer=payer,
        name="Plan",
        starts_on=starts[0],
        ends_on=luck.choice([None, starts[0] + timedelta(days=200)]),
        timely_filing_days=some_days(luck),
        corrected_claim_days=some_days(luck),
    )
    for of_plan, starts_on in ((None, starts[1]), (plan, starts[2])):
        ends_on = luck.choice([None, starts_on + timedelta(days=100)])
        for begin, end in [(starts_on, ends_on)] + (
            [(ends_on + timedelta(days=1), None)] if ends_on and luck.random() < 0.5 else []
        ):
            PayerContract.objects.create(
                practice=north,
                payer=payer,
                plan=of_plan,
                name="Contract",
                method="charge",
                percent=80,
                timely_filing_days=some_days(luck),
                corrected_claim_days=some_days(luck),
                starts_on=begin,
                ends_on=end,
            )
    return plan


def make_random_chart(north: Practice, luck: random.Random) -> Encounter:
    patient = make.patient(north)
    payer = luck.choice(list(Payer.objects.filter(payer_id__startswith="R").order_by("pk")))
    plan = luck.choice([None, payer.plans.get()])
    coverage = make.coverage(patient, payer=payer, plan=plan)
    state = luck.choice(["new", "in_coding", "held", "returned", "finalized"])
    chart = make.encounter(
        north,
        patient=patient,
        coverage=coverage,
        state=state,
        visit_type=luck.choice(VISITS),
        specialty=luck.choice(SPECIALTIES),
        date_of_service=TODAY - timedelta(days=luck.randrange(400)),
        is_urgent=luck.random() < 0.2,
        hold_reason="Later" if state == "held" else "",
        finalized_at=timezone.now() if state == "finalized" else None,
    )
    if luck.random() < 0.1:
        Encounter.objects.filter(pk=chart.pk).update(coverage=None)
    if state == "finalized":
        amounts = [f"{luck.randrange(40_000)}.{luck.randrange(100):02d}" for _ in range(3)]
        make.coded(chart, *(("99213", amount) for amount in amounts[: luck.randrange(4)]))
    return chart


@pytest.mark.parametrize("seed", range(5))
def test_the_statement_and_the_rule_agree_on_random_charts(north: Practice, seed: int) -> None:
    luck = random.Random(seed)
    for number in range(4):
        payer = make.payer(
            north,
            payer_id=f"R{number}",
            timely_filing_days=luck.choice([30, 90, 365]),
            corrected_claim_days=luck.choice([30, 90, 365]),
        )
        make_terms(north, payer, luck)
    for _ in range(60):
        make_random_chart(north, luck)
    priorities.rank_charts(north.pk, today=TODAY)
    charts = Encounter.objects.exclude(state="finalized").select_related(
        "coverage__payer", "coverage__plan"
    )
    found = {chart.number: chart.priority for chart in charts}
    assert found == {chart.number: expected(chart) for chart in charts}
    assert len(set(found.values())) > 15
    assert priorities.rank_charts(north.pk, today=TODAY) == 0


def test_a_coded_chart_keeps_its_priority(north: Practice) -> None:
    visit = coded_visit(north)
    Encounter.objects.update(priority=7, is_urgent=True)
    priorities.rank_charts(north.pk, today=TODAY)
    visit.refresh_from_db()
    assert visit.priority == 7


def test_visits_are_worth_what_their_kind_billed_on_average(north: Practice) -> None:
    for amounts in (["100.00", "50.00"], ["200.01"], []):
        chart = make.encounter(north, state="finalized", finalized_at=timezone.now())
        make.coded(chart, *(("99213", amount) for amount in amounts))
    priorities.learn_values(north.pk)
    worth = VisitValue.objects.get()
    assert (worth.visit_type, worth.specialty) == ("Established", "Primary care")
    assert worth.amount == Decimal("116.67")
    Encounter.objects.update(finalized_at=timezone.now() - timedelta(days=400))
    priorities.learn_values(north.pk)
    assert not VisitValue.objects.exists()


def test_ranking_is_three_statements_whatever_the_number(north: Practice) -> None:
    for number in (1, 20):
        for _ in range(number):
            make.encounter(north)
        Encounter.objects.update(priority=0)
        with CaptureQueriesContext(connection) as captured:
            assert priorities.rank_charts(north.pk, today=TODAY) > 0
        # Three more for each of the two transactions: begun, walls opened, ended.
        assert len(captured) == 3 + 2 * 3


def test_each_chunk_is_ranked_in_a_transaction_of_its_own(
    north: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(priorities, "CHUNK", 2)
    for _ in range(5):
        make.encounter(north, date_of_service=TODAY - timedelta(days=13))
    make.encounter(north, date_of_service=TODAY)
    Encounter.objects.update(priority=0)
    with CaptureQueriesContext(connection) as captured:
        assert priorities.rank_charts(north.pk, today=TODAY) == 5
    assert sum("UPDATE coding_encounter" in query["sql"] for query in captured) == 3
    assert list(Encounter.objects.order_by("pk").values_list("priority", flat=True)) == [10] * 5 + [
        0
    ]


def test_an_urgent_chart_comes_first_and_says_who_called_it_so(north: Practice, mia: User) -> None:
    charts = [make.encounter(north, date_of_service=timezone.localdate()) for _ in range(2)]
    assert priorities.mark_urgent(north, [charts[1].pk], by=mia) == 1
    charts[1].refresh_from_db()
    assert charts[1].is_urgent
    assert charts[1].priority == 200
    assert level_of(charts[1].priority) == "high"
    event = Event.objects.get(name="encounter.urgency_set")
    assert (event.data, event.created_by) == ({"urgent": True}, mia)
    assert priorities.mark_urgent(north, [charts[1].pk], by=mia) == 0
    assert priorities.mark_urgent(north, [charts[1].pk], urgent=False, by=mia) == 1
    charts[1].refresh_from_db()
    assert charts[1].priority == 0


def test_a_chart_that_comes_back_is_ranked_at_once(north: Practice) -> None:
    visit = coded_visit(north)
    reopen_encounter(visit, reason="Wrong side", by=None)
    late = (timezone.localdate() - visit.date_of_service).days - 3
    assert visit.priority == 100 + min(late, 90)


def test_a_received_chart_is_ranked_and_all_are_daily(north: Practice, south: Practice) -> None:
    today = timezone.localdate()
    chart = make.encounter(north, date_of_service=today - timedelta(days=13))
    prepare_chart(north.pk, chart.pk)
    access.open_walls([north.pk])
    chart.refresh_from_db()
    assert chart.priority == 10
    Encounter.objects.update(date_of_service=today - timedelta(days=14))
    rank_all_charts()
    access.open_walls([north.pk])
    chart.refresh_from_db()
    assert chart.priority == 11


def test_levels_follow_from_the_number() -> None:
    assert [level_of(number) for number in (0, 199, 200, 499, 500, 999)] == [
        *("", "", "high", "high", "filing", "filing")
    ]
