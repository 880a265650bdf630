"""What earlier payers decided on a visit and stands, as rules.secondary wants it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from billing.models import Adjustment, Claim, RemittedClaim, RemittedLine
from billing.rules.secondary import PriorDecision, PriorLine, PriorPayer
from payers.models import Coverage
from rcm.money import to_cents
from rcm.x12 import remittance_835 as said
from rcm.x12.claim_837p import Person

# Reversals, claims of somebody else and predeterminations decide nothing.
# SVC01-1 of a line a facility bills by its revenue code alone.
REVENUE = "NU"
# Encounter and the part of it, when it was too large for one claim.
VisitPart = tuple[int, int]
DECIDES_NOTHING = ("22", "23", "25")
# CLP02 of a payer that answers under the primary claim's number after a crossover.
CROSSOVER_RANKS = {"2": "S", "20": "S", "3": "T", "21": "T"}


def standing(practice_id: int) -> QuerySet[RemittedClaim]:
    """Posted decisions no payer took back (or took its taking back back)."""
    taken_back_again = RemittedClaim.objects.filter(reverses=OuterRef("pk"))
    taken_back = RemittedClaim.objects.filter(reverses=OuterRef("pk")).exclude(
        Exists(taken_back_again)
    )
    return (
        RemittedClaim.objects.filter(practice_id=practice_id, state=RemittedClaim.State.POSTED)
        .exclude(status_code__in=DECIDES_NOTHING)
        .exclude(Exists(taken_back))
    )


def unprocessable_of(practice_id: int, claim_ids: Collection[int]) -> set[int]:
    """Those a standing decision calls unprocessable (remark MA130): it decided nothing."""
    named = Q(remarks__contains=["MA130"])
    lines = RemittedLine.objects.filter(named, remitted_claim=OuterRef("pk"))
    rows = standing(practice_id).filter(claim__in=claim_ids).filter(named | Exists(lines))
    return set(rows.order_by().values_list("claim_id", flat=True))  # type: ignore[arg-type]  # matched


def decisions_of_visits(
    practice_id: int, encounter_ids: Collection[int]
) -> dict[VisitPart, list[tuple[int, PriorDecision]]]:
    """Part of a visit to (claim id, decision), primary payers first, in the order of decision.

    The number of statements does not depend on the number of visits.
    """
    adjustments = Prefetch("adjustments", Adjustment.objects.order_by("position"))
    lines = RemittedLine.objects.select_related("service_line").prefetch_related(adjustments)
    rows = (
        standing(practice_id)
        .filter(claim__encounter_id__in=encounter_ids)
        .exclude(claim__status__in=[Claim.Status.VOIDED])
        .select_related("claim__coverage__payer", "claim__coverage__patient", "remittance")
        .prefetch_related(
            Prefetch("lines", lines.order_by("position")),
            Prefetch(
                "adjustments",
                Adjustment.objects.filter(remitted_line__isnull=True).order_by("position"),
                to_attr="claim_adjustments",
            ),
        )
        .order_by("remittance__paid_on", "pk")
    )
    policies = _policies(practice_id, {row.claim.patient_id for row in rows})  # type: ignore[union-attr]  # matched
    found: dict[VisitPart, list[tuple[int, PriorDecision]]] = defaultdict(list)
    for row in rows:
        assert row.claim is not None  # noqa: S101  # only matched ones are posted
        coverage = _coverage_of(row, policies)
        if coverage is not None:
            part = (row.claim.encounter_id, row.claim.part)
            found[part].append((row.claim.pk, _decision(row, coverage)))
    for decisions in found.values():
        decisions.sort(key=lambda pair: "PST".index(pair[1].payer.rank))
    return dict(found)


def _policies(practice_id: int, patient_ids: Collection[int]) -> Mapping[int, Sequence[Coverage]]:
    found: dict[int, list[Coverage]] = defaultdict(list)
    rows = Coverage.objects.filter(practice_id=practice_id, patient_id__in=patient_ids)
    for coverage in rows.select_related("payer", "patient").order_by("pk"):
        found[coverage.patient_id].append(coverage)
    return found


def _coverage_of(row: RemittedClaim, policies: Mapping[int, Sequence[Coverage]]) -> Coverage | None:
    """The policy the decision was made under: the claim's, or a crossover payer's of that rank."""
    claim = row.claim
    assert claim is not None  # noqa: S101  # see above
    rank = CROSSOVER_RANKS.get(row.status_code, claim.rank)
    is_other = row.remittance.payer_id not in (None, claim.payer_id)
    if not is_other or rank == claim.rank:
        return claim.coverage
    return next(
        (
            coverage
            for coverage in policies.get(claim.patient_id, ())
            if coverage.rank == rank and covers(coverage, claim.date_of_service)
        ),
        None,
    )


def covers(coverage: Coverage, day: Any) -> bool:
    """Is the policy in force on the day?"""
    return coverage.starts_on <= day and (coverage.ends_on is None or day <= coverage.ends_on)


def _decision(row: RemittedClaim, coverage: Coverage) -> PriorDecision:
    return PriorDecision(
        payer=_payer(coverage),
        paid_on=row.remittance.paid_on,
        amount_billed=to_cents(row.amount_billed),
        amount_paid=to_cents(row.amount_paid),
        payer_claim_control_number=row.payer_claim_control_number,
        adjustments=_triplets(row.claim_adjustments),  # type: ignore[attr-defined]  # prefetched
        lines=tuple(_line(line) for line in row.lines.all()),
        remarks=tuple(row.remarks),
    )


def _payer(coverage: Coverage) -> PriorPayer:
    patient, payer = coverage.patient, coverage.payer
    is_patient = coverage.relationship == "18"
    return PriorPayer(
        rank=coverage.rank,
        name=payer.name,
        payer_id=payer.payer_id,
        filing_indicator=payer.filing_indicator,
        relationship=coverage.relationship,
        person=Person(
            patient.last_name if is_patient else coverage.subscriber_last_name,
            patient.first_name if is_patient else coverage.subscriber_first_name,
        ),
        member_id=coverage.member_id,
        group_number=coverage.group_number,
    )


def _line(row: RemittedLine) -> PriorLine:
    return PriorLine(
        position=row.service_line.position if row.service_line else None,
        amount_paid=to_cents(row.amount_paid),
        procedure_code="" if row.qualifier == REVENUE else row.procedure_code,
        modifiers=tuple(row.modifiers),
        qualifier=row.qualifier,
        revenue_code=row.procedure_code if row.qualifier == REVENUE else row.revenue_code,
        units=row.units_paid,
        adjustments=_triplets(row.adjustments.all()),
    )


def _triplets(rows: Sequence[Adjustment] | QuerySet[Adjustment]) -> tuple[said.Adjustment, ...]:
    return tuple(
        said.Adjustment(row.group, row.reason, to_cents(row.amount), row.quantity) for row in rows
    )
