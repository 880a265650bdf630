"""What becomes of findings: accepted, disputed, decided, recoded."""

from decimal import Decimal

import pytest

from coding.actions import audit_answers, audits, encounters, tasks
from coding.models import AuditChart, AuditLine, Charge, CoderTask, CodingAudit
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from tests import make
from tests.coding.auditing import (
    found_chart,
    line_of,
)


@pytest.fixture
def found(north: Practice, ana: User, ada: User) -> AuditChart:
    """A chart whose visit level was found wrong."""
    return found_chart(north, ana, ada)


def answer(chart: AuditChart, by: User, word: str, words: str = "") -> None:
    audit_answers.answer_findings(chart, {line_of(chart, "em").pk: (word, words)}, by=by)


def test_an_accepted_finding_is_recoded_and_the_task_ends(
    found: AuditChart, ana: User, north: Practice
) -> None:
    make.fees(north, c99213="120.00")
    answer(found, ana, "accepted")
    found.refresh_from_db()
    assert found.state == "settled"
    visit = audit_answers.start_recoding(found, by=ana)
    assert visit.state == "returned"
    assert encounters.next_encounter(north, by=ana) == visit
    Charge.objects.filter(encounter=visit).update(procedure_code="99213")
    encounters.complete_encounter(visit, by=ana)
    assert CoderTask.objects.get().state == "recoded"
    with pytest.raises(Refusal) as refused:
        audit_answers.start_recoding(AuditChart.objects.get(), by=ana)
    assert refused.value.message == "There is nothing to recode any more."


def test_a_chart_recoded_for_a_denial_leaves_unanswered_findings_open(
    found: AuditChart, ana: User, north: Practice
) -> None:
    make.fees(north, c99214="165.00")
    denied = tasks.open_task(found.encounter, source="denial:1", reason="CO-4")
    for state in ("reviewed", "disputed"):
        AuditChart.objects.update(state=state)
        encounters.reopen_encounter(found.encounter, reason="Denied.", by=None)
        encounters.complete_encounter(found.encounter, by=ana)
        assert CoderTask.objects.get(pk=found.task_id).state == "open"
    assert CoderTask.objects.get(pk=denied.pk).state == "recoded"
    AuditChart.objects.update(state="reviewed")
    answer(found, ana, "accepted")
    visit = audit_answers.start_recoding(found, by=ana)
    encounters.complete_encounter(visit, by=ana)
    assert CoderTask.objects.get(pk=found.task_id).state == "recoded"


def test_an_overturned_dispute_counts_as_right_and_closes_the_task(
    found: AuditChart, ana: User, mia: User
) -> None:
    answer(found, ana, "disputed", "Drug management is documented.")
    found.refresh_from_db()
    assert found.state == "disputed"
    line = line_of(found, "em")
    audit_answers.decide_disputes(found, {line.pk: ("overturned", "Agreed.")}, by=mia)
    found.refresh_from_db()
    assert (found.state, found.score, found.right) == ("settled", Decimal("100.00"), 5)
    assert CoderTask.objects.get().state == "closed"
    line.refresh_from_db()
    assert (line.outcome, line.decided_by) == ("overturned", mia)


def test_a_dispute_that_fails_leaves_the_chart_to_recode(
    found: AuditChart, ana: User, mia: User
) -> None:
    answer(found, ana, "disputed", "I think so.")
    line = line_of(found, "em")
    audit_answers.decide_disputes(found, {line.pk: ("stands", "Not met.")}, by=mia)
    found.refresh_from_db()
    assert (found.state, found.score) == ("settled", Decimal("75.00"))
    assert CoderTask.objects.get().state == "open"
    assert audit_answers.start_recoding(found, by=ana).state == "returned"


def test_answers_and_decisions_are_whole_and_by_the_right_person(
    found: AuditChart, ana: User, ada: User, mia: User
) -> None:
    for by, word, words, message in (
        (mia, "accepted", "", "Only the coder of the chart answers."),
        (ana, "", "", "E/M 1: accept or dispute it."),
        (ana, "disputed", " ", "E/M 1: say why you dispute it."),
    ):
        with pytest.raises(Refusal) as refused:
            answer(found, by, word, words)
        assert refused.value.message == message
    assert AuditLine.objects.exclude(answer="").count() == 0
    answer(found, ana, "disputed", "I think so.")
    line = line_of(found, "em")
    second = "A dispute is decided by somebody else than the coder and the first reviewer."
    for by, word, words, message in (
        (ada, "stands", "No.", second),
        (ana, "overturned", "Yes.", second),
        (mia, "", "No.", "E/M 1: decide it."),
        (mia, "stands", "", "E/M 1: say why."),
    ):
        with pytest.raises(Refusal) as refused:
            audit_answers.decide_disputes(found, {line.pk: (word, words)}, by=by)
        assert refused.value.message == message
    assert AuditLine.objects.exclude(outcome="").count() == 0


def test_an_audit_closes_when_all_is_reviewed_and_decided(
    found: AuditChart, ana: User, mia: User, ada: User
) -> None:
    answer(found, ana, "disputed", "I think so.")
    with pytest.raises(Refusal) as refused:
        audits.close_audit(found.audit, lesson="", by=ada)
    assert refused.value.message == "One chart is not reviewed or decided yet."
    line = line_of(found, "em")
    audit_answers.decide_disputes(found, {line.pk: ("stands", "Not met.")}, by=mia)
    audits.close_audit(found.audit, lesson="Levels: count problems.", by=ada)
    closed = CodingAudit.objects.get()
    assert (closed.state, closed.lesson) == ("closed", "Levels: count problems.")
    names = set(Event.objects.values_list("name", flat=True))
    assert {"coding_audit.opened", "audit_chart.decided", "coding_audit.closed"} <= names
