"""A chart of an audit, reviewed: each line judged, own codes laid beside the coder's, finished."""

import re
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Max, Q
from django.utils import timezone

from coding.actions import tasks
from coding.actions.audits import ChartState, coding_of, line_rows, plain
from coding.actions.codes import resolve_code
from coding.chart_facts import codes_on
from coding.models import AuditChart, AuditLine, Code, CodingAudit
from coding.rules.audit_lines import (
    CodedChart,
    CodedLine,
    changes_claim,
    compare,
    effect_of,
    verdict_of,
)
from coding.rules.audit_scores import ScoredLine, score_chart
from coding.rules.pointers import EntryError, parse_entries
from rcm import events
from rcm.errors import Refusal
from rcm.models import Event, User

# Views that show codes of any visit of a patient; apps above this one record some of them.
SHOWING_PATIENTS_CODES = (
    *("encounter.history_viewed", "claim.viewed", "claim.printed", "charge_review.viewed"),
    *("remitted_claim.viewed", "denial.viewed", "coder_task.viewed", "coding_suggestion.viewed"),
)
VALUE = {
    "dx": re.compile(r"[A-Z][0-9A-Z]{2,6}"),
    "procedure": re.compile(r"[0-9A-Z]{5}"),
    "em": re.compile(r"[0-9A-Z]{5}"),
    "modifier": re.compile(r"[0-9A-Z]{2}"),
    "units": re.compile(r"\d{1,6}(\.\d{1,2})?"),
    "pointer": re.compile(r"[A-Y]{1,4}"),
}


def lock_chart(chart: AuditChart, *, by: User) -> AuditChart:
    """The chart, locked to be reviewed. Raises Refusal 409 when it is, 403 for one's own coding."""
    rows = AuditChart.objects.select_related("audit", "encounter", "coder")
    locked = rows.select_for_update(of=("self",)).get(pk=chart.pk)
    if locked.audit.state != CodingAudit.State.OPEN or locked.state != ChartState.WAITING:
        raise Refusal("audit_chart_reviewed", "This chart is reviewed already.", status=409)
    if locked.coder_id == by.pk:
        raise Refusal("own_coding", "Nobody audits their own coding.", status=403)
    return locked


def lock_shown(chart: AuditChart, *, by: User) -> AuditChart:
    """The same, once the coder's codes may be seen."""
    locked = lock_chart(chart, by=by)
    if locked.is_hidden:
        raise Refusal("audit_blind", "Enter your own codes first: this audit is blind.")
    return locked


@transaction.atomic
def judge_line(
    line: AuditLine,
    *,
    by: User,
    is_agreed: bool,
    auditor_value: str = "",
    reason: str = "",
    severity: str = "",
    effect: str = "",
    note: str = "",
) -> None:
    """One verdict. Disagreeing with an empty value says the code should not be there.

    Raises Refusal when a finding lacks its reason or severity, the value has not the form of its
    kind, or is the coder's own.
    """
    chart = lock_shown(line.chart, by=by)
    value = clean_value(line.kind, auditor_value)
    if is_agreed:
        value, reason, severity, effect, note = line.coder_value, "", "", "none", ""
    elif value == line.coder_value:
        raise wrong("auditor_value", "This is what the coder has. Agree, or type another value.")
    else:
        require_words(reason, severity)
        effect = effect or effect_of(line.kind, line.coder_value, value)  # type: ignore[arg-type]  # a kind
    if line.coder_value == "" and is_agreed:
        line.delete()
    else:
        line.auditor_value, line.verdict = value, verdict_of(line.coder_value, value)
        line.reason, line.severity, line.effect = reason, severity, effect
        line.note = note.strip()[:300]
        line.save(
            update_fields=["auditor_value", "verdict", "reason", "severity", "effect", "note"]
        )
    record(chart, "audit_chart.judged", by)


def require_words(reason: str, severity: str) -> None:
    if not reason:
        raise wrong("reason", "Choose the reason.")
    if not severity:
        raise wrong("severity", "Choose how serious it is.")


def wrong(field: str, message: str) -> Refusal:
    return Refusal("verdict_wrong", message, fields={field: message})


def clean_value(kind: str, typed: str) -> str:
    """A value as it is compared: upper case, diagnoses without dot. Raises Refusal for no form."""
    value = typed.strip().upper()
    if kind in ("dx", "pointer"):
        value = re.sub(r"[.,\s]", "", value)
    if value and not VALUE[kind].fullmatch(value):
        raise wrong("auditor_value", f"“{typed.strip()[:20]}” is not of this kind.")
    return plain(Decimal(value)) if kind == "units" and value else value


@transaction.atomic
def add_missed(
    chart: AuditChart,
    *,
    by: User,
    kind: str,
    position: str,
    auditor_value: str,
    reason: str,
    severity: str,
    note: str = "",
) -> AuditLine:
    """What the coder left out. Raises Refusal as judge_line, or when nothing is named."""
    locked = lock_shown(chart, by=by)
    value = clean_value(kind, auditor_value)
    if not value:
        raise wrong("auditor_value", "Type what is missing.")
    require_words(reason, severity)
    last = locked.lines.aggregate(last=Max("order"))["last"] or 0
    line = AuditLine.objects.create(
        practice_id=locked.practice_id,
        chart=locked,
        order=last + 1,
        position=position.strip().upper()[:3] or "–",
        kind=kind,
        auditor_value=value,
        verdict="missed",
        reason=reason,
        severity=severity,
        effect=effect_of(kind, "", value),  # type: ignore[arg-type]  # a kind
        note=note.strip()[:300],
    )
    record(locked, "audit_chart.judged", by)
    return line


@transaction.atomic
def agree_rest(chart: AuditChart, *, by: User) -> int:
    """Agree with every line not judged yet, in one statement; how many."""
    locked = lock_shown(chart, by=by)
    rest = locked.lines.filter(verdict="")
    count = rest.update(verdict="agree", auditor_value=F("coder_value"))
    record(locked, "audit_chart.judged", by)
    return count


@transaction.atomic
def enter_own_codes(chart: AuditChart, text: str, *, by: User) -> None:
    """The auditor's coding of a blind chart, laid beside the coder's: codes show from now on.

    Raises Refusal with field "text" when it cannot be read or a code is not in force, 409 when
    codes were entered before.
    """
    locked = lock_chart(chart, by=by)
    if not locked.is_hidden:
        raise Refusal("audit_compared", "Both codings are side by side already.", status=409)
    own = read_coding(locked, text)
    found = compare(coding_of(locked.snapshot), own)
    AuditLine.objects.bulk_create(line_rows(locked, found))
    locked.own_codes, locked.compared_at = text.strip()[:400], timezone.now()
    locked.was_seen_before = saw_chart(locked, by)
    locked.save(update_fields=["own_codes", "compared_at", "was_seen_before"])
    record(locked, "audit_chart.compared", by)


def saw_chart(chart: AuditChart, by: User) -> bool:
    """May the auditor have seen at any time how the chart was coded?

    On its own page, in another audit of it, or where codes of all visits of its patient are shown:
    an event there names the patient and not the visit.
    """
    others = AuditChart.objects.filter(encounter=chart.encounter_id).exclude(pk=chart.pk)
    shown = others.filter(Q(audit__is_blind=False) | Q(compared_at__isnull=False))
    itself = Q(
        subject_type="encounter",
        subject_id=chart.encounter_id,
        name__in=["encounter.viewed", "encounter.history_viewed"],
    )
    audited = Q(
        subject_type="auditchart",
        subject_id__in=list(shown.values_list("pk", flat=True)),
        name="audit_chart.viewed",
    )
    of_patient = Q(patient_id=chart.encounter.patient_id, name__in=SHOWING_PATIENTS_CODES)
    seen = Event.objects.filter(itself | audited | of_patient, practice_id=chart.practice_id)
    return seen.filter(created_by=by).exists()


def read_coding(chart: AuditChart, text: str) -> CodedChart:
    """Codes typed in the one-line syntax as a coding; pointers are letters of its diagnoses."""
    try:
        entries = parse_entries(text)
    except EntryError as error:
        raise Refusal("entry_not_read", str(error), fields={"text": str(error)}) from error
    names = {entry.code for entry in entries}
    codes = codes_on(chart.encounter.date_of_service, names, names)
    resolved = [(entry, resolve_code(entry, codes)) for entry in entries]
    diagnoses = tuple(c.code for _, c in resolved if c.system == Code.System.ICD10CM)
    return CodedChart(
        diagnoses,
        tuple(
            CodedLine(
                code.code,
                entry.modifiers,
                plain(entry.units),
                tuple(diagnoses[at - 1] for at in entry.pointers if at <= len(diagnoses)),
            )
            for entry, code in resolved
            if code.system == Code.System.PROCEDURE
        ),
    )


@transaction.atomic
def finish_review(chart: AuditChart, *, lesson: str = "", by: User) -> AuditChart | None:
    """Score the chart and give it to its coder; returns the next chart of the audit that waits.

    Without a finding it is settled at once. A finding that changes the claim opens a coder task
    with it. Raises Refusal while a line has no verdict or a finding no reason.
    """
    locked = lock_shown(chart, by=by)
    lines = list(locked.lines.all())
    require_judged(lines)
    findings = [line for line in lines if line.is_finding]
    now = timezone.now()
    locked.reviewed_by, locked.reviewed_at = by, now
    locked.lesson = lesson.strip()[:500]
    locked.state = ChartState.REVIEWED if findings else ChartState.SETTLED
    locked.settled_at = None if findings else now
    set_counts(locked, lines)
    if any(changes_claim(line.verdict, line.severity) for line in findings):
        locked.task = return_chart(locked, findings, by=by)
    locked.save()
    record(locked, "audit_chart.reviewed", by, findings=len(findings))
    waiting = AuditChart.objects.filter(audit=locked.audit_id, state=ChartState.WAITING)
    return waiting.exclude(coder=by).order_by("position").first()


def require_judged(lines: list[AuditLine]) -> None:
    open_lines = sum(not line.verdict for line in lines)
    if open_lines:
        what = "One line is" if open_lines == 1 else f"{open_lines} lines are"
        raise Refusal("lines_open", f"{what} not judged yet.")
    unsaid = [line for line in lines if line.is_finding and not (line.reason and line.severity)]
    if unsaid:
        raise Refusal("findings_unsaid", f"{unsaid[0]} needs its reason and severity.")


def return_chart(chart: AuditChart, findings: list[AuditLine], *, by: User) -> Any:
    """The coder's task: what is wrong, shortly."""
    said = "; ".join(short(line) for line in findings)
    task = tasks.open_task(
        chart.encounter, source=f"audit:{chart.pk}", reason=f"Audit: {said}", by=by
    )
    task.assigned_to_id = chart.coder_id
    task.save(update_fields=["assigned_to"])
    return task


def short(line: AuditLine) -> str:
    """ "E/M 1: 99214 → 99213 (Level of the visit not met)"."""
    values = f"{line.shown_coder or 'nothing'} → {line.shown_auditor or 'nothing'}"
    return f"{line}: {values} ({line.get_reason_display()})"


def set_counts(chart: AuditChart, lines: list[AuditLine]) -> None:
    """How many lines were right, by the weights of the audit; overturned findings are right."""
    weights = {kind: Decimal(weight) for kind, weight in chart.audit.weights.items()}
    score = score_chart(
        (ScoredLine(line.kind, line.verdict, line.outcome == "overturned") for line in lines),  # type: ignore[arg-type]  # checked by constraints
        weights,  # type: ignore[arg-type]  # kinds
    )
    chart.dx_right, chart.dx_total = score.dx.right, score.dx.total
    chart.procedure_right, chart.procedure_total = score.procedure.right, score.procedure.total
    chart.modifier_right, chart.modifier_total = score.modifier.right, score.modifier.total
    chart.right, chart.total, chart.score = score.every.right, score.every.total, score.overall


def record(chart: AuditChart, name: str, by: User, **facts: Any) -> None:
    events.record(name, chart, by=by, patient_id=chart.encounter.patient_id, **facts)
