"""What becomes of findings: the coder accepts or disputes each, a second reviewer decides."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from coding.actions import tasks
from coding.actions.audit_reviews import record, set_counts
from coding.actions.audits import ChartState
from coding.actions.encounters import reopen_encounter
from coding.models import AuditChart, AuditLine, CoderTask, Encounter
from coding.rules.audit_lines import changes_claim
from rcm.errors import Refusal
from rcm.models import User

Words = Mapping[int, tuple[str, str]]
FIELDS = ["answer", "answer_words", "answered_at", "outcome", "outcome_words"]


def lock_in(chart: AuditChart, state: str, message: str) -> AuditChart:
    """The chart, locked. Raises Refusal 409 with `message` unless it is in `state`."""
    rows = AuditChart.objects.select_related("audit", "encounter")
    locked = rows.select_for_update(of=("self",)).get(pk=chart.pk)
    if locked.state != state:
        raise Refusal("audit_chart_state", message, status=409)
    return locked


@transaction.atomic
def answer_findings(chart: AuditChart, answers: Words, *, by: User) -> None:
    """The coder's answers by id of line: ("accepted" or "disputed", words), all of them at once.

    All accepted settles the chart. Raises Refusal 403 for anybody else, 422 when a finding has no
    answer or a dispute no words.
    """
    locked = lock_in(chart, ChartState.REVIEWED, "These findings are answered already.")
    if locked.coder_id != by.pk:
        raise Refusal("not_your_chart", "Only the coder of the chart answers.", status=403)
    lines = list(locked.lines.all())
    findings = [line for line in lines if line.is_finding]
    now = timezone.now()
    for line in findings:
        line.answer, words = answers.get(line.pk, ("", ""))
        line.answer_words, line.answered_at = words.strip()[:500], now
        if line.answer not in ("accepted", "disputed"):
            raise unsaid(line, f"{line}: accept or dispute it.")
        if line.answer == "disputed" and not line.answer_words:
            raise unsaid(line, f"{line}: say why you dispute it.")
    AuditLine.objects.bulk_update(findings, FIELDS)
    disputed = sum(line.answer == "disputed" for line in findings)
    if disputed:
        locked.state = ChartState.DISPUTED
        locked.save(update_fields=["state"])
    else:
        settle(locked, lines)
    record(locked, "audit_chart.answered", by, disputed=disputed)


def unsaid(line: AuditLine, message: str) -> Refusal:
    return Refusal("finding_unanswered", message, fields={f"line-{line.pk}": message})


@transaction.atomic
def decide_disputes(chart: AuditChart, outcomes: Words, *, by: User) -> None:
    """A second reviewer's decisions by id of line: ("stands" or "overturned", words), all at once.

    An overturned finding counts as right. Raises Refusal 403 for the first reviewer and the coder,
    422 when a dispute has no decision or no words.
    """
    locked = lock_in(chart, ChartState.DISPUTED, "Nothing is disputed here any more.")
    if by.pk in (locked.reviewed_by_id, locked.coder_id):
        message = "A dispute is decided by somebody else than the coder and the first reviewer."
        raise Refusal("not_second_reviewer", message, status=403)
    lines = list(locked.lines.all())
    disputed = [line for line in lines if line.answer == "disputed"]
    now = timezone.now()
    for line in disputed:
        line.outcome, words = outcomes.get(line.pk, ("", ""))
        line.outcome_words, line.decided_at, line.decided_by = words.strip()[:500], now, by
        if line.outcome not in ("stands", "overturned"):
            raise unsaid(line, f"{line}: decide it.")
        if not line.outcome_words:
            raise unsaid(line, f"{line}: say why.")
    AuditLine.objects.bulk_update(disputed, [*FIELDS, "decided_at", "decided_by"])
    settle(locked, lines)
    overturned = sum(line.outcome == "overturned" for line in disputed)
    record(locked, "audit_chart.decided", by, overturned=overturned)


def settle(chart: AuditChart, lines: list[AuditLine]) -> None:
    """The last word is spoken: count again, and end the task when nothing is left to recode."""
    set_counts(chart, lines)
    chart.state, chart.settled_at = ChartState.SETTLED, timezone.now()
    chart.save()
    standing = [line for line in lines if line.outcome != "overturned"]
    if chart.task is not None and not any(
        changes_claim(line.verdict, line.severity) for line in standing
    ):
        tasks.close_task(chart.task)


@transaction.atomic
def start_recoding(chart: AuditChart, *, by: User) -> Encounter:
    """Open the chart for its coder to put right what was accepted or stands.

    Completing it answers the task as recoded. Raises Refusal 409 when there is nothing to recode
    any more, 403 for anybody but the coder.
    """
    locked = lock_in(chart, ChartState.SETTLED, "Answer the findings first.")
    if locked.coder_id != by.pk:
        raise Refusal("not_your_chart", "Only the coder of the chart recodes it.", status=403)
    if locked.task is None or locked.task.state != CoderTask.State.OPEN:
        raise Refusal("nothing_to_recode", "There is nothing to recode any more.", status=409)
    if locked.encounter.state == Encounter.State.FINALIZED:
        reopen_encounter(locked.encounter, reason=locked.task.reason[:200], by=by)
    return locked.encounter
