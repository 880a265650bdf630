"""Charts of audits reviewed, open and blind; what the database guards."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from coding.actions import audit_reviews
from coding.models import AuditChart, AuditLine, CoderTask, CodingAudit
from rcm import events
from rcm.errors import Refusal
from rcm.models import Practice, User
from tests.coding.auditing import (
    add_codes,
    coded_chart,
    find_level,
    line_of,
    opened,
    waiting_chart,
)


@pytest.fixture
def chart(north: Practice, ana: User, ada: User) -> AuditChart:
    """One chart to review: I10, 99214-25."""
    return waiting_chart(north, ana, ada)


def test_a_chart_without_findings_is_settled_at_once(chart: AuditChart, ada: User) -> None:
    assert audit_reviews.agree_rest(chart, by=ada) == 5
    assert audit_reviews.finish_review(chart, by=ada) is None
    chart.refresh_from_db()
    assert (chart.state, chart.score, chart.task) == ("settled", Decimal("100.00"), None)
    assert (chart.right, chart.total, chart.reviewed_by) == (5, 5, ada)
    assert CoderTask.objects.count() == 0


def test_a_finding_returns_the_chart_to_its_coder(chart: AuditChart, ana: User, ada: User) -> None:
    line = find_level(chart, ada)
    line.refresh_from_db()
    assert (line.verdict, line.effect) == ("disagree", "over_coded")
    audit_reviews.agree_rest(chart, by=ada)
    audit_reviews.finish_review(chart, lesson="Count the problems.", by=ada)
    chart.refresh_from_db()
    # dx 1, visit 0 of 1, modifier 1, units and pointer a half each: 3 of 4.
    assert (chart.state, chart.score) == ("reviewed", Decimal("75.00"))
    assert (chart.procedure_right, chart.procedure_total) == (0, 1)
    task = CoderTask.objects.get()
    assert (task.source, task.assigned_to) == (f"audit:{chart.pk}", ana)
    assert task.reason == "Audit: E/M 1: 99214 → 99213 (Level of the visit not met)"
    assert chart.task == task


def test_a_finding_for_education_returns_nothing(chart: AuditChart, ada: User) -> None:
    find_level(chart, ada, severity="education")
    audit_reviews.agree_rest(chart, by=ada)
    audit_reviews.finish_review(chart, by=ada)
    chart.refresh_from_db()
    assert (chart.state, chart.task, chart.right) == ("reviewed", None, 4)


def test_a_missed_code_is_added_and_taken_back(chart: AuditChart, ada: User) -> None:
    line = audit_reviews.add_missed(
        chart,
        by=ada,
        kind="dx",
        position="b",
        auditor_value="e78.5",
        reason="overlooked",
        severity="minor",
    )
    assert (str(line), line.auditor_value, line.shown_auditor) == ("Diagnosis B", "E785", "E78.5")
    audit_reviews.judge_line(line, by=ada, is_agreed=True)
    assert chart.lines.count() == 5


@pytest.mark.parametrize(
    ("given", "field", "message"),
    [
        (
            {"auditor_value": "99214", "reason": "level", "severity": "minor"},
            "auditor_value",
            "This is what the coder has. Agree, or type another value.",
        ),
        (
            {"auditor_value": "low", "reason": "level", "severity": "minor"},
            "auditor_value",
            "“low” is not of this kind.",
        ),
        ({"auditor_value": "99213", "severity": "minor"}, "reason", "Choose the reason."),
        (
            {"auditor_value": "99213", "reason": "level"},
            "severity",
            "Choose how serious it is.",
        ),
    ],
)
def test_a_verdict_that_says_too_little_is_refused(
    chart: AuditChart, ada: User, given: dict[str, Any], field: str, message: str
) -> None:
    with pytest.raises(Refusal) as refused:
        audit_reviews.judge_line(line_of(chart, "em"), by=ada, is_agreed=False, **given)
    assert refused.value.fields == {field: message}
    assert line_of(chart, "em").verdict == ""


def test_a_review_is_finished_once_and_whole(chart: AuditChart, ana: User, ada: User) -> None:
    with pytest.raises(Refusal) as refused:
        audit_reviews.finish_review(chart, by=ada)
    assert refused.value.message == "5 lines are not judged yet."
    audit_reviews.agree_rest(chart, by=ada)
    with pytest.raises(Refusal) as refused:
        audit_reviews.finish_review(chart, by=ana)
    assert refused.value.message == "Nobody audits their own coding."
    audit_reviews.finish_review(chart, by=ada)
    with pytest.raises(Refusal) as refused:
        audit_reviews.agree_rest(chart, by=ada)
    assert (refused.value.status, refused.value.message) == (
        409,
        "This chart is reviewed already.",
    )


def test_the_next_chart_follows(north: Practice, ana: User, ada: User) -> None:
    for _ in range(2):
        coded_chart(north, ana)
    first, second = opened(north, ada).charts.order_by("position")
    audit_reviews.agree_rest(first, by=ada)
    assert audit_reviews.finish_review(first, by=ada) == second


# Blind -----------------------------------------------------------------------------------


@pytest.fixture
def blind(north: Practice, ana: User, ada: User) -> AuditChart:
    add_codes()
    coded_chart(north, ana)
    return opened(north, ada, is_blind=True).charts.get()


def test_a_blind_chart_is_judged_by_the_auditors_own_codes(blind: AuditChart, ada: User) -> None:
    assert blind.lines.count() == 0
    assert blind.is_hidden
    with pytest.raises(Refusal) as refused:
        audit_reviews.agree_rest(blind, by=ada)
    assert refused.value.message == "Enter your own codes first: this audit is blind."
    audit_reviews.enter_own_codes(blind, "i10 e78.5 99213-25:a", by=ada)
    blind.refresh_from_db()
    assert not blind.is_hidden
    assert not blind.was_seen_before
    assert [(str(line), line.verdict) for line in blind.lines.all()] == [
        ("Diagnosis A", "agree"),
        ("Diagnosis B", "missed"),
        ("E/M 1", "disagree"),
        ("Modifier 1", "agree"),
        ("Units 1", "agree"),
        ("Pointers 1", "agree"),
    ]
    with pytest.raises(Refusal) as refused:
        audit_reviews.finish_review(blind, by=ada)
    assert refused.value.message == "Diagnosis B needs its reason and severity."
    with pytest.raises(Refusal) as refused:
        audit_reviews.enter_own_codes(blind, "i10", by=ada)
    assert refused.value.status == 409


def test_an_auditor_who_opened_the_coded_chart_is_not_blind_any_more(
    blind: AuditChart, ada: User
) -> None:
    events.record("encounter.viewed", blind.encounter, by=ada)
    assert was_seen(blind, ada)


def was_seen(chart: AuditChart, auditor: User) -> bool:
    audit_reviews.enter_own_codes(chart, "i10 99214-25:a", by=auditor)
    chart.refresh_from_db()
    return chart.was_seen_before


def test_a_chart_opened_before_it_was_drawn_is_seen(north: Practice, ana: User, ada: User) -> None:
    add_codes()
    visit = coded_chart(north, ana)
    events.record("encounter.viewed", visit, by=ada, patient_id=visit.patient_id)
    assert was_seen(opened(north, ada, is_blind=True).charts.get(), ada)


@pytest.mark.parametrize(
    "name", ["claim.viewed", "claim.printed", "denial.viewed", "encounter.history_viewed"]
)
def test_codes_of_the_patient_shown_elsewhere_are_seen(
    blind: AuditChart, ada: User, name: str
) -> None:
    # The event's subject is another visit's or an app's above: only the patient tells.
    events.record(name, blind.audit, by=ada, patient_id=blind.encounter.patient_id)
    assert was_seen(blind, ada)


def test_a_chart_looked_at_in_another_audit_is_seen_unless_it_was_hidden_there(
    blind: AuditChart, north: Practice, ada: User
) -> None:
    numbers = [blind.encounter.number]
    hidden = opened(north, ada, method="manual", numbers=numbers, is_blind=True).charts.get()
    events.record("audit_chart.viewed", hidden, by=ada)
    assert not audit_reviews.saw_chart(blind, ada)
    shown = opened(north, ada, method="manual", numbers=numbers).charts.get()
    assert not audit_reviews.saw_chart(blind, ada)
    events.record("audit_chart.viewed", shown, by=ada)
    assert was_seen(blind, ada)


def test_what_others_saw_or_of_other_patients_leaves_an_auditor_blind(
    blind: AuditChart, north: Practice, ada: User, mia: User
) -> None:
    patient_id = blind.encounter.patient_id
    events.record("encounter.viewed", blind.encounter, by=mia, patient_id=patient_id)
    events.record("claim.viewed", blind.audit, by=ada, patient_id=patient_id + 1)
    events.record("audit_chart.viewed", blind, by=ada, patient_id=patient_id)
    assert not was_seen(blind, ada)


def test_own_codes_must_be_codes(blind: AuditChart, ada: User) -> None:
    for text, message in (
        ("high pressure", "“high” is not a code. Pick one from the list."),
        ("i11", "I11 is not a code in force on the date of service."),
    ):
        with pytest.raises(Refusal) as refused:
            audit_reviews.enter_own_codes(blind, text, by=ada)
        assert refused.value.fields == {"text": message}
    assert blind.lines.count() == 0


# Guards ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"state": "reviewed"}, "audit_chart_reviewed_by"),
        ({"settled_at": timezone.now()}, "audit_chart_settled_has_time"),
        ({"dx_right": 1}, "audit_chart_counts"),
        ({"score": Decimal("100.01")}, "audit_chart_score_percent"),
    ],
)
def test_the_database_keeps_an_audited_chart_whole(
    chart: AuditChart, changes: dict[str, Any], constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        AuditChart.objects.filter(pk=chart.pk).update(**changes)


def test_the_database_lets_nobody_judge_their_own_coding(chart: AuditChart, ana: User) -> None:
    with pytest.raises(IntegrityError, match="audit_chart_not_own"), transaction.atomic():
        AuditChart.objects.update(state="reviewed", reviewed_by=ana, reviewed_at=timezone.now())


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"verdict": "agree"}, "audit_line_verdict_of_values"),
        ({"verdict": "disagree"}, "audit_line_verdict_of_values"),
        ({"verdict": "missed", "auditor_value": "99213"}, "audit_line_verdict_of_values"),
        ({"answer": "accepted", "answered_at": timezone.now()}, "audit_line_answer_of_finding"),
        ({"outcome": "stands"}, "audit_line_outcome_of_dispute"),
    ],
)
def test_the_database_keeps_a_line_whole(
    chart: AuditChart, changes: dict[str, Any], constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        AuditLine.objects.filter(kind="em").update(**changes)


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"state": "closed"}, "audit_state_has_time"),
        ({"opened_at": None}, "audit_state_has_time"),
        ({"target_percent": 101}, "audit_target_percent"),
        ({"size": 0}, "audit_size_fits"),
        ({"name": ""}, "audit_named"),
    ],
)
def test_the_database_keeps_an_audit_whole(
    chart: AuditChart, changes: dict[str, Any], constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        CodingAudit.objects.update(**changes)
