"""Writes down one 835 transaction exactly as read: no matching, no money.

Claims stream through in chunks of at most 1,000; each chunk costs the same number of statements
whatever it holds, and is forgotten before the next is read.
"""

from collections.abc import Iterator
from datetime import date

from django.db.backends.utils import CursorWrapper

from billing.actions import recorded_rows
from billing.models import InterchangeFile, ProviderAdjustment, Remittance
from billing.rules.balancing import (
    Hold,
    Payee,
    difference_row,
    find_balance_hold,
    find_payment_hold,
)
from billing.staging import StagedTable, cursor, next_ids
from payers.models import Payer
from rcm import events
from rcm.models import User
from rcm.money import from_cents
from rcm.x12.envelope import TransactionEnd, TransactionStart
from rcm.x12.items import Item
from rcm.x12.remittance_835 import RemittanceEnd, RemittanceStart, RemittedClaim

CHUNK_CLAIMS = 1000
CHUNK_LINES = 20_000

CLAIMS = StagedTable("remitted_claim", recorded_rows.CLAIM_COLUMNS)
LINES = StagedTable("remitted_line", recorded_rows.LINE_COLUMNS)
ADJUSTMENTS = StagedTable("adjustment", recorded_rows.ADJUSTMENT_COLUMNS)
TARGETS = (
    (CLAIMS, "billing_remittedclaim", "state, match_method, exception", "'recorded', '', ''"),
    (LINES, "billing_remittedline", "", ""),
    (ADJUSTMENTS, "billing_adjustment", "", ""),
)


class AlreadyRecorded(Exception):
    """The payment exists. `remittance` is the first recording of it."""

    def __init__(self, remittance: Remittance) -> None:
        super().__init__()
        self.remittance = remittance


class NotUsable(Exception):
    """The transaction has an error or lacks what identifies a payment; nothing of it is kept."""


def record_remittance(
    file: InterchangeFile,
    transaction: TransactionStart,
    items: Iterator[Item],
    *,
    payee: Payee,
    is_test: bool = False,
    by: User | None = None,
) -> Remittance:
    """Record the 835 whose content `items` are, up to and including its TransactionEnd.

    Run it in a savepoint: it raises AlreadyRecorded for a payment that exists, before anything is
    written, and NotUsable when the transaction does not identify a payment. The caller judges
    TransactionEnd.is_intact. Of another practice's payment only the totals are kept: its patients
    are none of ours.
    """
    start = next(items, None)
    if not isinstance(start, RemittanceStart):
        raise NotUsable
    if start.paid_on is None or not start.trace_number:
        raise NotUsable
    hold = find_payment_hold(start, payee=payee, is_test=is_test)
    remittance = _open_remittance(file, transaction, start, start.paid_on)
    is_foreign = hold is not None and hold.code == "other_practice"
    end = _record_content(remittance, items, with_claims=not is_foreign)
    if end is None:
        raise NotUsable
    _close_remittance(remittance, end, hold or find_balance_hold(end))
    name = "remittance.held" if remittance.hold_code else "remittance.recorded"
    events.record(name, remittance, by=by, file=file.pk, code=remittance.hold_code)
    return remittance


def _open_remittance(
    file: InterchangeFile, transaction: TransactionStart, start: RemittanceStart, paid_on: date
) -> Remittance:
    remittance, is_new = Remittance.objects.get_or_create(
        practice_id=file.practice_id,
        payer_identifier=start.payer_identifier,
        trace_number=start.trace_number,
        paid_on=paid_on,
        amount_paid=from_cents(start.amount_paid),
        defaults={
            "file": file,
            "transaction_number": transaction.control_number,
            "payer": find_payer(file.practice_id, start),
            "payer_name": start.payer_name[:60],
            "payee_identifier": start.payee_identifier,
            "method": start.method,
            "details": recorded_rows.payment_details(start),
        },
    )
    if not is_new:
        raise AlreadyRecorded(remittance)
    return remittance


def find_payer(practice_id: int, start: RemittanceStart) -> Payer | None:
    """Our payer by TRN03, else by its own id (N104, REF*2U); None when none or several fit."""
    payers = Payer.objects.filter(practice_id=practice_id)
    ids = [start.payer_id, *(r.value for r in start.payer_references if r.qualifier == "2U")]
    by_trace = list(payers.filter(trace_identifier=start.payer_identifier)[:2])
    by_id = list(payers.filter(payer_id__in=[value for value in ids if value])[:2])
    for found in (by_id, by_trace):
        if len(found) == 1:
            return found[0]
    return None


def _record_content(
    remittance: Remittance, items: Iterator[Item], *, with_claims: bool
) -> RemittanceEnd | None:
    """Write claims chunk by chunk; the RemittanceEnd, or None when the transaction broke off."""
    end: RemittanceEnd | None = None
    chunk: list[RemittedClaim] = []
    lines = 0
    with cursor() as db:
        for table, *_ in TARGETS:
            table.open(db)
        for item in items:
            if isinstance(item, RemittedClaim) and with_claims:
                chunk.append(item)
                lines += len(item.lines)
                if len(chunk) == CHUNK_CLAIMS or lines > CHUNK_LINES:
                    write_chunk(db, remittance, chunk)
                    chunk, lines = [], 0
            elif isinstance(item, RemittanceEnd):
                end = item
            elif isinstance(item, TransactionEnd):
                break
        if chunk:
            write_chunk(db, remittance, chunk)
    return end


def write_chunk(db: CursorWrapper, remittance: Remittance, claims: list[RemittedClaim]) -> None:
    """Write claims, lines and adjustments: nine statements and three COPYs at most."""
    lines = sum(len(claim.lines) for claim in claims)
    adjustments = sum(
        len(claim.adjustments) + sum(len(line.adjustments) for line in claim.lines)
        for claim in claims
    )
    rows = recorded_rows.rows_of(
        claims,
        iter(next_ids(db, "billing_remittedclaim", len(claims))),
        iter(next_ids(db, "billing_remittedline", lines)),
        iter(next_ids(db, "billing_adjustment", adjustments)),
    )
    for (staged, table, more_names, more_values), table_rows in zip(TARGETS, rows, strict=True):
        staged.fill(db, table_rows)
        columns = ", ".join(f'"{name}"' for name in staged.columns)
        names = ", ".join(filter(None, (columns, more_names)))
        values = ", ".join(filter(None, (columns, more_values)))
        db.execute(
            f"INSERT INTO {table} (practice_id, remittance_id, {names}) "  # noqa: S608  constants
            f"SELECT %s, %s, {values} FROM {staged.table}",
            [remittance.practice_id, remittance.pk],
        )


def _close_remittance(remittance: Remittance, end: RemittanceEnd, hold: Hold | None) -> None:
    """Store PLB, totals, differences, and the hold if there is one."""
    ProviderAdjustment.objects.bulk_create(
        ProviderAdjustment(
            practice_id=remittance.practice_id,
            remittance=remittance,
            position=position,
            provider_identifier=row.provider_identifier,
            fiscal_period_end=row.fiscal_period_end,
            code=row.code,
            reference=row.reference,
            amount=from_cents(row.amount),
        )
        for position, row in enumerate(end.provider_adjustments, 1)
    )
    remittance.amount_claims = from_cents(end.amount_claims)
    remittance.amount_provider_adjustments = from_cents(
        sum(row.amount for row in end.provider_adjustments)
    )
    remittance.claims_count = end.claims
    remittance.lines_count = end.lines
    remittance.differences = [difference_row(row) for row in end.differences]
    remittance.details |= recorded_rows.details_of(["summaries"], [end.summaries])
    if hold is not None:
        remittance.state = Remittance.State.HELD
        remittance.hold_code = hold.code
        remittance.hold_message = hold.message[:300]
    remittance.save(
        update_fields=[
            *("amount_claims", "amount_provider_adjustments", "claims_count", "lines_count"),
            *("differences", "details", "state", "hold_code", "hold_message"),
        ]
    )
