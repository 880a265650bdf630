"""Audits planned, opened and closed: a sample is drawn once, with the codes as they stood."""

import secrets
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from coding.audit_samples import Sample, draw, unknown_numbers
from coding.models import AuditChart, AuditLine, Charge, CodingAudit, EncounterDiagnosis
from coding.rules.audit_lines import AuditedLine, CodedChart, CodedLine, cut_chart
from coding.rules.audit_scores import WEIGHTS
from rcm import access, events
from rcm.errors import Refusal
from rcm.models import Membership, Practice, User

State, ChartState = CodingAudit.State, AuditChart.State
AUDITING_ROLES = access.roles_with("quality.work")
SEEDS = 2**31


@transaction.atomic
def plan_audit(
    practice: Practice,
    *,
    by: User,
    auditor: User,
    coded_from: date,
    coded_to: date,
    seed: int | None = None,
    **terms: Any,
) -> CodingAudit:
    """A draft: what shall be drawn. A seed is chosen unless one is given.

    Raises Refusal for days in the wrong order, an auditor who may not audit here, chosen charts
    without a number.
    """
    if coded_to < coded_from:
        message = "The last day lies before the first."
        raise Refusal("audit_days", message, fields={"coded_to": message})
    members = Membership.objects.filter(practice=practice, user=auditor)
    if not members.filter(role__in=AUDITING_ROLES).exists():
        message = "Only an auditor or a manager of the practice can audit."
        raise Refusal("not_an_auditor", message, fields={"auditor": message})
    if terms["method"] == CodingAudit.Method.MANUAL and not terms.get("numbers"):
        message = "Type the numbers of the charts."
        raise Refusal("no_numbers", message, fields={"numbers": message})
    audit = CodingAudit.objects.create(
        practice=practice,
        auditor=auditor,
        coded_from=coded_from,
        coded_to=coded_to,
        seed=secrets.randbelow(SEEDS) if seed is None else seed,
        weights={kind: str(weight) for kind, weight in WEIGHTS.items()},
        made_by=by,
        **terms,
    )
    events.record("coding_audit.planned", audit, by=by, method=audit.method, seed=audit.seed)
    return audit


def lock_audit(audit: CodingAudit, state: str, message: str) -> CodingAudit:
    """The audit, locked. Raises Refusal 409 with `message` unless it is in `state`."""
    locked = CodingAudit.objects.select_for_update(of=("self",)).get(pk=audit.pk)
    if locked.state != state:
        raise Refusal("audit_state", message, status=409)
    return locked


@transaction.atomic
def draw_again(audit: CodingAudit, *, by: User) -> None:
    """Another seed for a draft."""
    locked = lock_audit(audit, State.DRAFT, "This audit is drawn already.")
    locked.seed = secrets.randbelow(SEEDS)
    locked.save(update_fields=["seed"])
    events.record("coding_audit.redrawn", locked, by=by, seed=locked.seed)


@transaction.atomic
def discard_draft(audit: CodingAudit, *, by: User) -> None:
    """Forget a draft. Raises Refusal 409 when it was opened."""
    locked = lock_audit(audit, State.DRAFT, "This audit is drawn already; it can only be closed.")
    events.record("coding_audit.discarded", locked, by=by)
    locked.delete()


@transaction.atomic
def open_audit(audit: CodingAudit, *, by: User) -> Sample:
    """Draw the sample and keep how its charts were coded; from here on they are reviewed.

    The same number of statements for any size. Raises Refusal when nothing can be drawn or a
    number chosen by hand is no coded chart.
    """
    locked = lock_audit(audit, State.DRAFT, "This audit is drawn already.")
    sample = draw(locked)
    if locked.method == CodingAudit.Method.MANUAL and (
        unknown := unknown_numbers(locked, sample.charts)
    ):
        numbers = ", ".join(unknown[:5])
        raise Refusal("number_unknown", f"No coded chart of another person here: {numbers}.")
    if not sample.charts:
        raise Refusal("nothing_to_draw", "There is no chart to draw on these days.")
    keep_charts(locked, sample)
    locked.state, locked.opened_at = State.OPEN, timezone.now()
    locked.pool_count = sample.pool_count
    locked.save(update_fields=["state", "opened_at", "pool_count"])
    count = len(sample.charts)
    events.record("coding_audit.opened", locked, by=by, charts=count, pool=sample.pool_count)
    audit.refresh_from_db()
    return sample


def keep_charts(audit: CodingAudit, sample: Sample) -> None:
    """The charts with their codes; for an open audit also the lines to judge."""
    coded = read_codings([each.encounter.pk for each in sample.charts])
    charts = AuditChart.objects.bulk_create(
        AuditChart(
            practice_id=audit.practice_id,
            audit=audit,
            encounter=each.encounter,
            coder=each.encounter.finalized_by,
            position=position,
            risks=list(each.risks),
            snapshot=coded[each.encounter.pk],
        )
        for position, each in enumerate(sample.charts, 1)
    )
    if not audit.is_blind:
        AuditLine.objects.bulk_create(
            line
            for chart in charts
            for line in line_rows(chart, cut_chart(coding_of(chart.snapshot)))
        )


def read_codings(encounter_ids: list[int]) -> dict[int, dict[str, Any]]:
    """Encounter -> its snapshot, in two statements (coding.models.AuditChart says the shape)."""
    found: dict[int, dict[str, Any]] = defaultdict(lambda: {"diagnoses": [], "lines": []})
    diagnoses = EncounterDiagnosis.objects.filter(encounter__in=encounter_ids)
    for row in diagnoses.order_by("encounter", "position"):
        found[row.encounter_id]["diagnoses"].append([row.code, row.label])
    charges = Charge.objects.filter(encounter__in=encounter_ids)
    for charge in charges.order_by("encounter", "position"):
        codes = [code for code, _ in found[charge.encounter_id]["diagnoses"]]
        pointed = [codes[at - 1] for at in charge.pointers if at <= len(codes)]
        facts = [charge.modifiers, plain(charge.units), pointed]
        found[charge.encounter_id]["lines"].append([charge.price_code, charge.label, *facts])
    return found


def plain(units: Decimal) -> str:
    """Units without zeros nobody typed."""
    return str(units.to_integral() if units == units.to_integral() else units.normalize())


def coding_of(snapshot: dict[str, Any]) -> CodedChart:
    return CodedChart(
        tuple(code for code, _ in snapshot["diagnoses"]),
        tuple(
            CodedLine(code, tuple(modifiers), units, tuple(pointers))
            for code, _, modifiers, units, pointers in snapshot["lines"]
        ),
    )


def line_rows(chart: AuditChart, lines: Iterable[AuditedLine]) -> list[AuditLine]:
    """Rows of lines, not stored yet; a finding of a comparison still needs reason and severity."""
    return [
        AuditLine(
            practice_id=chart.practice_id,
            chart=chart,
            order=order,
            position=line.position,
            kind=line.kind,
            coder_value=line.coder_value,
            auditor_value=line.auditor_value,
            verdict=line.verdict,
            effect=line.effect,
        )
        for order, line in enumerate(lines, 1)
    ]


@transaction.atomic
def close_audit(audit: CodingAudit, *, lesson: str, by: User) -> None:
    """No more changes but what coders still answer; `lesson` is what all of them should know.

    Raises Refusal while a chart waits for its review or a dispute for its decision.
    """
    locked = lock_audit(audit, State.OPEN, "This audit is not open.")
    left = locked.charts.filter(state__in=[ChartState.WAITING, ChartState.DISPUTED]).count()
    if left:
        what = "One chart is" if left == 1 else f"{left} charts are"
        raise Refusal("audit_unfinished", f"{what} not reviewed or decided yet.")
    locked.state, locked.closed_at, locked.lesson = State.CLOSED, timezone.now(), lesson.strip()
    locked.save(update_fields=["state", "closed_at", "lesson"])
    events.record("coding_audit.closed", locked, by=by)
    audit.refresh_from_db()
