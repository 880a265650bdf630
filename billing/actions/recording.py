"""Writes down one 835 transaction exactly as read, matched with our claims: no money moves.

Claims stream through in chunks; each chunk costs the same number of statements whatever it holds,
and is forgotten before the next is read. A transaction whose payer, trace number and day are known
is read twice: once to compare it with what is recorded, once to record what is new of it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction

from billing.actions import known_payments, recorded_rows
from billing.actions.chunk_writer import ChunkWriter
from billing.actions.remittances import make_ready
from billing.models import InterchangeFile, ProviderAdjustment, Remittance, RemittanceCopy
from billing.rules.balancing import (
    Hold,
    Payee,
    difference_row,
    find_balance_hold,
    find_payment_hold,
    overlap_hold,
)
from billing.rules.identity import Content, Fingerprint, Verdict, judge
from payers.models import Payer
from rcm import events
from rcm.models import Practice, User
from rcm.money import from_cents, to_cents
from rcm.x12 import remittance_835
from rcm.x12.envelope import TransactionEnd, TransactionStart
from rcm.x12.items import Item
from rcm.x12.remittance_835 import RemittanceEnd, RemittanceStart, RemittedClaim
from rcm.x12.remittance_balance import balance

FOREIGN = "other_practice"


class AlreadyRecorded(Exception):
    """Nothing of the transaction is new. `remittance` is the first recording of it."""

    def __init__(self, remittance: Remittance, content: Content) -> None:
        super().__init__()
        self.remittance = remittance
        self.count = content.entries.total()


class NotUsable(Exception):
    """The transaction has an error or lacks what identifies a payment; nothing of it is kept."""


class Source(NamedTuple):
    """A transaction in a file. `again` gives its items once more, after the RemittanceStart."""

    file: InterchangeFile
    transaction: TransactionStart
    again: Callable[[], Iterator[Item]]
    by: User | None = None


def record_remittance(
    source: Source, items: Iterator[Item], *, payee: Payee, is_test: bool = False
) -> Remittance:
    """Record the 835 whose content `items` are, up to and including its TransactionEnd.

    Run it in a savepoint: it raises AlreadyRecorded when all of it is known, and NotUsable when the
    transaction does not identify a payment. The caller judges TransactionEnd.is_intact. Of another
    practice's payment only the totals are kept: its patients are none of ours.
    """
    start = next(items, None)
    if not isinstance(start, RemittanceStart):
        raise NotUsable
    if start.paid_on is None or not start.trace_number:
        raise NotUsable
    hold = find_payment_hold(start, payee=payee, is_test=is_test)
    key = (source.file.practice_id, start.payer_identifier, start.trace_number, start.paid_on)
    known = known_payments.lock_known(*key)
    remittance = None if known else _open_first(source, start, start.paid_on)
    if remittance is not None:
        return _record(source, remittance, start, items, hold=hold)
    known = known or known_payments.lock_known(*key)
    return _record_again(source, start, items, known, hold)


def _open_first(source: Source, start: RemittanceStart, paid_on: date) -> Remittance | None:
    """A new remittance; None when another reader of the same payment was first."""
    try:
        with transaction.atomic():
            return _open(source, start, paid_on, copy_number=1)
    except IntegrityError:
        return None


def _open(source: Source, start: RemittanceStart, paid_on: date, **fields: Any) -> Remittance:
    practice_id = source.file.practice_id
    return Remittance.objects.create(
        practice_id=practice_id,
        file=source.file,
        transaction_number=source.transaction.control_number,
        payer=find_payer(practice_id, start),
        paid_on=paid_on,
        **head_fields(start),
        **fields,
    )


def head_fields(start: RemittanceStart) -> dict[str, Any]:
    """The columns of a remittance that its head states."""
    return {
        "payer_identifier": start.payer_identifier,
        "trace_number": start.trace_number,
        "amount_paid": from_cents(start.amount_paid),
        "payer_name": start.payer_name[:60],
        "payee_identifier": start.payee_identifier,
        "method": start.method,
        "details": recorded_rows.payment_details(start),
    }


def record_manual(
    practice: Practice,
    start: RemittanceStart,
    claims: Iterable[RemittedClaim],
    adjustments: Iterable[remittance_835.ProviderAdjustment],
    *,
    by: User,
) -> Remittance:
    """Record what a person keyed from paper: balanced and matched like a file, ready or held.

    `start` names payer, trace number and day; all of them are ours, so nothing is compared.
    """
    told, paid_on = list(claims), start.paid_on
    if paid_on is None:
        raise NotUsable
    known_payments.lock_known(practice.pk, start.payer_identifier, start.trace_number, paid_on)
    remittance = Remittance.objects.create(
        practice=practice,
        source=Remittance.Source.MANUAL,
        payer=find_payer(practice.pk, start),
        paid_on=paid_on,
        copy_number=known_payments.next_copy(practice.pk, start, paid_on),
        created_by=by,
        **head_fields(start),
    )
    content = _Written(remittance, None)
    end = balance(start, told, tuple(adjustments))
    with ChunkWriter(remittance, with_match=True) as writer:
        content.write(writer, told, with_claims=True)
    content.close(end, find_balance_hold(end))
    name = "remittance.held" if remittance.hold_code else "remittance.recorded"
    events.record(name, remittance, by=by, code=remittance.hold_code)
    return make_ready(remittance, by=by)


def _record_again(
    source: Source,
    start: RemittanceStart,
    items: Iterator[Item],
    known: list[Remittance],
    hold: Hold | None,
) -> Remittance:
    """Compare with what is recorded under the same payer, trace number and day, and act on it."""
    is_ours = hold is None or hold.code != FOREIGN
    said, end = known_payments.survey(start.amount_paid, items, with_claims=is_ours)
    if end is None or start.paid_on is None:
        raise NotUsable
    known = known_payments.comparable(known, hold.code if hold else "")
    verdict = judge(said, [known_payments.known_of(row) for row in known])
    named = [row for row in known if row.pk in verdict.of]
    if verdict.kind == "duplicate":
        raise AlreadyRecorded(named[0], said)
    if verdict.kind == "part":
        return _append(source, named[0], source.again(), said)
    remittance = _open(
        source,
        start,
        start.paid_on,
        copy_number=known_payments.next_copy(source.file.practice_id, start, start.paid_on),
        amount_elsewhere=from_cents(verdict.amount_elsewhere),
    )
    if verdict.kind == "overlaps":
        hold = hold or overlap_hold([row.pk for row in named])
    fresh = verdict.fresh if verdict.kind == "addition" else None
    _record(source, remittance, start, source.again(), hold=hold, fresh=fresh)
    _note_known(source, remittance, named, verdict, said)
    return remittance


def _note_known(
    source: Source,
    remittance: Remittance,
    named: list[Remittance],
    verdict: Verdict,
    said: Content,
) -> None:
    """Say which remittances a new one repeats or replaces."""
    if verdict.kind not in ("addition", "new_version"):
        return
    for row in named:
        note_copy(source, row, verdict.kind, said.entries.total(), verdict.known_count)
    if verdict.kind == "new_version":
        for row in named:
            row.state = Remittance.State.REPLACED
            row.replaced_by = remittance
            row.save(update_fields=["state", "replaced_by"])
            events.record("remittance.replaced", row, by=source.by, replaced_by=remittance.pk)


def note_copy(
    source: Source, remittance: Remittance, kind: str, claims_count: int, known_count: int
) -> None:
    """Keep that the transaction says again what `remittance` says."""
    RemittanceCopy.objects.create(
        practice_id=remittance.practice_id,
        remittance=remittance,
        file=source.file,
        transaction_number=source.transaction.control_number,
        kind=kind,
        claims_count=claims_count,
        known_count=known_count,
    )


def find_payer(practice_id: int, start: RemittanceStart) -> Payer | None:
    """Our payer by its own id (N104, REF*2U), else by TRN03; None when none or several fit."""
    payers = Payer.objects.filter(practice_id=practice_id)
    ids = [start.payer_id, *(r.value for r in start.payer_references if r.qualifier == "2U")]
    by_trace = list(payers.filter(trace_identifier=start.payer_identifier)[:2])
    by_id = list(payers.filter(payer_id__in=[value for value in ids if value])[:2])
    for found in (by_id, by_trace):
        if len(found) == 1:
            return found[0]
    return None


def _record(
    source: Source,
    remittance: Remittance,
    start: RemittanceStart,
    items: Iterable[Item],
    *,
    hold: Hold | None,
    fresh: Counter[Fingerprint] | None = None,
) -> Remittance:
    """Write the content, totals and hold. With `fresh` only those entries are written."""
    is_ours = hold is None or hold.code != FOREIGN
    content = _Written(remittance, fresh)
    with ChunkWriter(remittance, with_match=is_ours) as writer:
        end = content.write(writer, items, with_claims=is_ours)
    if end is None:
        raise NotUsable
    content.close(end, hold or find_balance_hold(end), is_ours=is_ours)
    name = "remittance.held" if remittance.hold_code else "remittance.recorded"
    file = remittance.file_id
    events.record(name, remittance, by=source.by, file=file, code=remittance.hold_code)
    return remittance


def _append(
    source: Source, remittance: Remittance, items: Iterable[Item], said: Content
) -> Remittance:
    """A further part of a payment held for want of it: balanced together, or still held."""
    content = _Written(remittance, None)
    offset = remittance.claims_count
    with ChunkWriter(remittance, with_match=True, offset=offset) as writer:
        end = content.write(writer, items, with_claims=True)
    if end is None:
        raise NotUsable
    content.extend(end)
    note_copy(source, remittance, "part", said.entries.total(), 0)
    events.record("remittance.part_added", remittance, by=source.by, file=source.file.pk)
    return remittance


class _Written:
    """What has been written of one remittance."""

    def __init__(self, remittance: Remittance, fresh: Counter[Fingerprint] | None) -> None:
        self.remittance = remittance
        self.fresh = fresh
        self.claims = 0
        self.lines = 0
        self.amount = 0

    def write(
        self, writer: ChunkWriter, items: Iterable[Item], *, with_claims: bool
    ) -> RemittanceEnd | None:
        """Write claims as they come; the RemittanceEnd, or None when the transaction broke off."""
        end: RemittanceEnd | None = None
        for item in items:
            if isinstance(item, RemittedClaim):
                if self.fresh is not None and not self.take(known_payments.fingerprint(item)):
                    continue
                self.claims += 1
                self.lines += len(item.lines)
                self.amount += item.amount_paid
                if with_claims:
                    writer.add(item)
            elif isinstance(item, RemittanceEnd):
                end = item
            elif isinstance(item, TransactionEnd):
                break
        return end

    def take(self, entry: Fingerprint) -> bool:
        """Use up one fresh entry."""
        if self.fresh is None:
            return True
        is_fresh = self.fresh[entry] > 0
        self.fresh[entry] -= is_fresh
        return is_fresh

    def close(self, end: RemittanceEnd, hold: Hold | None, *, is_ours: bool = True) -> None:
        """Store PLB, totals, differences, and the hold if there is one.

        Of another practice's payment only what PLB adds up to: its references name patients.
        """
        remittance = self.remittance
        if is_ours:
            self.write_provider_adjustments(end, 0)
            remittance.details |= recorded_rows.details_of(["summaries"], [end.summaries])
        else:
            total = sum(row.amount for row in end.provider_adjustments)
            remittance.amount_provider_adjustments = from_cents(total)
        remittance.amount_claims = from_cents(self.amount)
        remittance.claims_count = self.claims
        remittance.lines_count = self.lines
        remittance.differences = [difference_row(row) for row in end.differences]
        self.save(hold)

    def extend(self, end: RemittanceEnd) -> None:
        """Add a further part, and balance the payment anew."""
        remittance = self.remittance
        more = recorded_rows.details_of(["summaries"], [end.summaries]).get("summaries", [])
        if more:
            remittance.details["summaries"] = remittance.details.get("summaries", []) + more
        self.write_provider_adjustments(end, remittance.provider_adjustments.count())
        remittance.amount_claims += from_cents(self.amount)
        remittance.claims_count += self.claims
        remittance.lines_count += self.lines
        stated = to_cents(remittance.amount_paid)
        computed = to_cents(remittance.amount_claims - remittance.amount_provider_adjustments)
        differences = []
        if stated != computed:
            differences = [remittance_835.Difference("transaction", "BPR02", stated, computed)]
        remittance.differences = [difference_row(row) for row in differences]
        whole = RemittanceEnd(
            remittance.claims_count,
            remittance.lines_count,
            to_cents(remittance.amount_claims),
            differences=tuple(differences),
        )
        hold = find_balance_hold(whole)
        if hold is None:
            remittance.state = Remittance.State.RECORDED
            remittance.hold_code = remittance.hold_message = ""
        self.save(hold)

    def write_provider_adjustments(self, end: RemittanceEnd, offset: int) -> None:
        """PLB pairs after the first `offset`, and what they add up to."""
        rows = [
            row
            for row in end.provider_adjustments
            if self.take(known_payments.fingerprint_provider_adjustment(row))
        ]
        ProviderAdjustment.objects.bulk_create(
            ProviderAdjustment(
                practice_id=self.remittance.practice_id,
                remittance=self.remittance,
                position=position,
                provider_identifier=row.provider_identifier,
                fiscal_period_end=row.fiscal_period_end,
                code=row.code,
                reference=row.reference,
                amount=from_cents(row.amount),
            )
            for position, row in enumerate(rows, offset + 1)
        )
        total = from_cents(sum(row.amount for row in rows))
        self.remittance.amount_provider_adjustments += total

    def save(self, hold: Hold | None) -> None:
        remittance = self.remittance
        if hold is not None:
            remittance.state = Remittance.State.HELD
            remittance.hold_code = hold.code
            remittance.hold_message = hold.message[:300]
        remittance.save(
            update_fields=[
                *("amount_claims", "amount_provider_adjustments", "claims_count"),
                *("lines_count", "differences", "details"),
                *("state", "hold_code", "hold_message"),
            ]
        )
