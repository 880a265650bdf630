"""Rows of a manual batch as the pure rules know them."""

from collections.abc import Iterable

from django.db.models import DecimalField, OuterRef, Prefetch, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from billing.models import ManualBatch, ManualClaim, ManualLine, ManualProviderAdjustment
from billing.rules.manual_entry import (
    BatchFact,
    ClaimEntry,
    LineEntry,
    LineSent,
    left_to_post,
    signed_billed,
)
from rcm.money import ZERO, from_cents, to_cents

MONEY = DecimalField(max_digits=14, decimal_places=2)


def entry_of(line: ManualLine, status_code: str) -> LineEntry:
    """A stored line."""
    return LineEntry(
        signed_billed(to_cents(line.service_line.amount_billed), status_code),
        None if line.amount_paid is None else to_cents(line.amount_paid),
        None if line.amount_allowed is None else to_cents(line.amount_allowed),
        tuple((group, reason, cents) for group, reason, cents in line.adjustments),
        line.is_left_out,
        line.reason,
    )


def fill_line(line: ManualLine, entry: LineEntry) -> None:
    """The reverse of entry_of; nothing is saved."""
    line.amount_paid = None if entry.paid is None else from_cents(entry.paid)
    line.amount_allowed = None if entry.allowed is None else from_cents(entry.allowed)
    line.adjustments = [list(row) for row in entry.adjustments]
    line.is_left_out = entry.is_left_out
    line.reason = entry.reason


def claims_of(batch: ManualBatch) -> QuerySet[ManualClaim]:
    """Its claims in the order of the EOB, with lines and patients: two statements."""
    lines = ManualLine.objects.select_related("service_line").order_by("position")
    return (
        ManualClaim.objects.filter(practice_id=batch.practice_id, batch=batch)
        .select_related("claim__patient", "claim__payer", "claim__coverage", "locked_by")
        .prefetch_related(Prefetch("lines", lines))
        .order_by("position")
    )


def left_of(batch: ManualBatch) -> int:
    """Cents left to post, from what is stored now."""
    rows = ManualLine.objects.filter(practice_id=batch.practice_id, manual_claim__batch=batch)
    paid = rows.aggregate(total=Sum("amount_paid"))["total"] or ZERO
    kept = batch.provider_adjustments.aggregate(total=Sum("amount"))["total"] or ZERO
    return left_to_post(to_cents(batch.control_total), [to_cents(paid)], [to_cents(kept)])


def with_left(batches: QuerySet[ManualBatch]) -> QuerySet[ManualBatch]:
    """Each batch with `amount_posted`, `amount_kept` and how many `claims_count` it holds."""

    def total(
        rows: QuerySet[ManualLine] | QuerySet[ManualProviderAdjustment], by: str, of: str
    ) -> Coalesce:
        summed = rows.order_by().values(by).annotate(total=Sum(of)).values("total")
        return Coalesce(Subquery(summed, output_field=MONEY), Value(ZERO), output_field=MONEY)

    lines = ManualLine.objects.filter(manual_claim__batch=OuterRef("pk"))
    kept = ManualProviderAdjustment.objects.filter(batch=OuterRef("pk"))
    return batches.annotate(
        amount_posted=total(lines, "manual_claim__batch", "amount_paid"),
        amount_kept=total(kept, "batch", "amount"),
    )


def batch_fact(batch: ManualBatch) -> BatchFact:
    """The head; a payer without a trace identifier is known by its electronic id."""
    payer, practice = batch.payer, batch.practice
    return BatchFact(
        to_cents(batch.control_total),
        batch.method,
        batch.trace_number,
        batch.paid_on,
        payer.name,
        (payer.trace_identifier or payer.payer_id)[:10],
        payer.payer_id,
        payer.filing_indicator,
        practice.name,
        practice.npi,
        practice.tax_id,
    )


def claim_entries(claims: Iterable[ManualClaim]) -> list[ClaimEntry]:
    """Claims as keyed."""
    return [
        ClaimEntry(
            row.claim.patient_control_number,
            row.status_code,
            row.payer_claim_control_number,
            row.claim.patient.last_name,
            row.claim.patient.first_name,
            row.claim.coverage.member_id,
            [
                (
                    LineSent(
                        line.service_line.line_control_number,
                        line.service_line.procedure_code,
                        tuple(line.service_line.modifiers),
                        line.service_line.date_of_service,
                    ),
                    entry_of(line, row.status_code),
                )
                for line in row.lines.all()
            ],
        )
        for row in claims
    ]
