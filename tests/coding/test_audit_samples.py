"""Which charts an audit draws, and what is kept of them."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coding.actions import audits
from coding.audit_samples import draw
from coding.models import AuditChart, Charge, CodingAudit, Encounter
from coding.rules.audit_samples import rank_of
from rcm import access, events
from rcm.errors import Refusal
from rcm.models import Practice, User
from tests import make
from tests.coding.auditing import (
    auditor_of,
    coded_chart,
    opened,
    plan,
)


def drawn_ids(audit: CodingAudit) -> list[int]:
    return [each.encounter.pk for each in draw(audit).charts]


def test_a_random_sample_is_the_seeds_and_nobody_elses(
    north: Practice, ana: User, ada: User
) -> None:
    ids = [coded_chart(north, ana).pk for _ in range(12)]
    audit = plan(north, ada, size=5, seed=7)
    assert drawn_ids(audit) == sorted(ids, key=lambda pk: rank_of(7, pk))[:5]
    assert drawn_ids(audit) == drawn_ids(audit)
    assert (
        drawn_ids(plan(north, ada, size=5, seed=8))
        == (sorted(ids, key=lambda pk: rank_of(8, pk))[:5])
    )
    assert draw(audit).pool_count == 12


def test_the_pool_is_what_others_coded_on_these_days_and_was_not_drawn(
    north: Practice, ana: User, mia: User
) -> None:
    long_ago = timezone.now() - timedelta(days=40)
    kept = coded_chart(north, ana)
    coded_chart(north, ana, finalized_at=long_ago)
    coded_chart(north, mia)
    make.encounter(north)
    audit = plan(north, mia)
    assert drawn_ids(audit) == [kept.pk]
    audits.open_audit(audit, by=mia)
    assert drawn_ids(plan(north, mia)) == []
    by_hand = plan(north, mia, method="manual", numbers=[kept.number])
    assert drawn_ids(by_hand) == [kept.pk]
    assert drawn_ids(plan(north, auditor_of(north), coder=mia)) != []


def test_high_risk_charts_come_by_their_reasons(north: Practice, ana: User, ada: User) -> None:
    plain = coded_chart(north, ana, "99213")
    Charge.objects.filter(encounter=plain).update(modifiers=[])
    level = coded_chart(north, ana, "99215")
    Charge.objects.filter(encounter=level).update(modifiers=[])
    both = coded_chart(north, ana, "99214")
    dear = coded_chart(north, ana, "99213")
    Charge.objects.filter(encounter=dear).update(modifiers=[], amount_billed=Decimal("500.00"))
    warned = coded_chart(north, ana, "99213")
    Charge.objects.filter(encounter=warned).update(modifiers=[])
    events.record("encounter.finalized", warned, by=ana, warnings=2)
    drug = coded_chart(north, ana, "J3301")
    Charge.objects.filter(encounter=drug).update(modifiers=["JZ"])
    audit = plan(north, ada, method="high_risk", seed=3)
    risks = {each.encounter.pk: each.risks for each in draw(audit).charts}
    assert risks == {
        both.pk: ("level_4_5", "modifier_25_59"),
        level.pk: ("level_4_5",),
        dear.pk: ("high_charge",),
        warned.pk: ("open_edits",),
        drug.pk: ("drug_waste",),
    }
    assert next(iter(risks)) == both.pk


def test_a_provider_with_mostly_high_visits_is_a_risk(
    north: Practice, ana: User, ada: User
) -> None:
    for number in range(20):
        chart = coded_chart(north, ana, "99214" if number < 13 else "99213")
        Charge.objects.filter(encounter=chart).update(modifiers=[])
    audit = plan(north, ada, method="high_risk", size=50)
    risks = [each.risks for each in draw(audit).charts]
    assert risks.count(("level_4_5", "level_share")) == 13
    assert risks.count(("level_share",)) == 7


def test_new_coders_are_drawn_so_many_a_week(
    north: Practice, ana: User, mia: User, ada: User
) -> None:
    coded_chart(north, mia, finalized_at=timezone.now() - timedelta(days=400))
    monday = timezone.now() - timedelta(days=timezone.localdate().weekday() + 14)
    for week in range(2):
        for day in range(3):
            when = monday + timedelta(days=7 * week + day)
            coded_chart(north, ana, finalized_at=when)
            coded_chart(north, mia, finalized_at=when)
    audit = plan(north, ada, method="new_coder", size=2)
    found = [each.encounter for each in draw(audit).charts]
    assert {chart.finalized_by for chart in found} == {ana}
    weeks = [chart.finalized_at.isocalendar().week for chart in found if chart.finalized_at]
    assert [weeks.count(week) for week in sorted(set(weeks))] == [2, 2]


def test_opening_keeps_the_codes_as_they_stood(north: Practice, ana: User, ada: User) -> None:
    chart = coded_chart(north, ana)
    audit = opened(north, ada)
    Charge.objects.filter(encounter=chart).update(procedure_code="99211")
    kept = AuditChart.objects.get()
    assert (audit.state, audit.pool_count, kept.coder) == ("open", 1, ana)
    assert kept.snapshot == {
        "diagnoses": [["I10", "Hypertension"]],
        "lines": [["99214", "Visit", ["25"], "1", ["I10"]]],
    }
    assert [(line.kind, line.coder_value) for line in kept.lines.all()] == [
        ("dx", "I10"),
        ("em", "99214"),
        ("modifier", "25"),
        ("units", "1"),
        ("pointer", "A"),
    ]
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        AuditChart.objects.update(snapshot={})


def test_opening_costs_the_same_statements_for_any_size(
    north: Practice, ana: User, ada: User
) -> None:
    counts = []
    for size in (1, 8):
        for _ in range(size):
            coded_chart(north, ana)
        audit = plan(north, ada, method="high_risk")
        with CaptureQueriesContext(connection) as captured:
            audits.open_audit(audit, by=ada)
        assert audit.charts.count() == size
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ({}, "There is no chart to draw on these days."),
        (
            {"method": "manual", "numbers": ["E9", "E8"]},
            "No coded chart of another person here: E9, E8.",
        ),
    ],
)
def test_an_audit_of_nothing_is_not_opened(
    north: Practice, ada: User, terms: dict[str, Any], message: str
) -> None:
    audit = plan(north, ada, **terms)
    with pytest.raises(Refusal) as refused:
        audits.open_audit(audit, by=ada)
    assert refused.value.message == message
    assert CodingAudit.objects.get().state == "draft"


@pytest.mark.parametrize(
    ("terms", "field", "message"),
    [
        ({"coded_to": date(2020, 1, 1)}, "coded_to", "The last day lies before the first."),
        ({"method": "manual"}, "numbers", "Type the numbers of the charts."),
    ],
)
def test_a_plan_that_cannot_be_is_refused(
    north: Practice, ada: User, terms: dict[str, Any], field: str, message: str
) -> None:
    with pytest.raises(Refusal) as refused:
        plan(north, ada, **terms)
    assert refused.value.fields == {field: message}
    assert CodingAudit.objects.count() == 0


def test_only_auditors_and_managers_audit(north: Practice, ana: User, mia: User) -> None:
    with pytest.raises(Refusal) as refused:
        plan(north, ana)
    assert refused.value.message == "Only an auditor or a manager of the practice can audit."
    assert plan(north, mia).auditor == mia


def test_a_draft_is_drawn_again_or_forgotten(north: Practice, ana: User, ada: User) -> None:
    coded_chart(north, ana)
    audit = plan(north, ada, seed=1)
    audits.draw_again(audit, by=ada)
    audit.refresh_from_db()
    assert audit.seed != 1
    audits.discard_draft(audit, by=ada)
    assert CodingAudit.objects.count() == 0
    drawn = opened(north, ada)
    for act in (audits.draw_again, audits.discard_draft):
        with pytest.raises(Refusal) as refused:
            act(drawn, by=ada)
        assert refused.value.status == 409


def test_another_practice_draws_its_own_charts_only(
    north: Practice, south: Practice, ana: User, otto: User
) -> None:
    coded_chart(north, ana)
    access.open_walls([south.pk])
    assert drawn_ids(plan(south, otto)) == []
    assert Encounter.objects.count() == 0
