"""Paper EOBs: open a batch, close it to the cent as a posted remittance, open it again.

Until it is closed nothing of it is in the ledger. Closing records a remittance and posts it the way
every remittance posts (docs/manual-entry.md).
"""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from billing.actions.manual_twins import Payment, payment_of, refuse_twin
from billing.actions.postings import post_remittance
from billing.actions.recording import record_manual
from billing.actions.takebacks import reverse_remittance
from billing.manual_facts import batch_fact, claim_entries, claims_of, left_of
from billing.models import ManualBatch, ManualClaim, Remittance
from billing.rules.manual_entry import provider_adjustment, remittance_start, remitted_claim
from payers.models import Payer
from rcm import events
from rcm.errors import Refusal
from rcm.models import Practice, User
from rcm.money import cents_text, to_cents

State = ManualBatch.State
POSTED = (Remittance.State.POSTED, Remittance.State.PARTLY_POSTED)


@transaction.atomic
def open_batch(
    practice: Practice,
    payer: Payer,
    *,
    method: str,
    trace_number: str,
    paid_on: date,
    control_total: Decimal,
    deposited_on: date | None = None,
    reason: str = "",
    by: User,
) -> ManualBatch:
    """Start keying one check or EFT.

    Raises Refusal: 422 a figure that cannot be, 409 when the payment is here already as an 835 or
    another batch and no `reason` says why it is keyed.
    """
    _check_head(payer, practice.pk, method, trace_number, control_total)
    refuse_twin(Payment(payer, trace_number, paid_on, control_total), reason=reason)
    batch = ManualBatch.objects.create(
        practice=practice,
        payer=payer,
        method=method,
        trace_number=trace_number.strip(),
        paid_on=paid_on,
        deposited_on=deposited_on,
        control_total=control_total,
        reason=reason.strip()[:300],
        opened_by=by,
    )
    events.record("manual_batch.opened", batch, by=by, total=str(control_total))
    return batch


@transaction.atomic
def change_batch(
    batch: ManualBatch,
    *,
    payer: Payer,
    method: str,
    trace_number: str,
    paid_on: date,
    control_total: Decimal,
    deposited_on: date | None = None,
    reason: str = "",
    by: User,
) -> ManualBatch:
    """Correct the head of an open batch. Refuses what open_batch refuses, and 409 a closed one."""
    locked = take_open(batch)
    _check_head(payer, locked.practice_id, method, trace_number, control_total)
    refuse_twin(Payment(payer, trace_number, paid_on, control_total), reason=reason, but=locked)
    before = str(locked.control_total)
    locked.payer, locked.method, locked.trace_number = payer, method, trace_number.strip()
    locked.paid_on, locked.deposited_on = paid_on, deposited_on
    locked.control_total, locked.reason = control_total, reason.strip()[:300]
    locked.save(
        update_fields=[
            *("payer", "method", "trace_number", "paid_on", "deposited_on"),
            *("control_total", "reason"),
        ]
    )
    events.record("manual_batch.changed", locked, by=by, before=before, total=str(control_total))
    return locked


def _check_head(
    payer: Payer, practice_id: int, method: str, trace_number: str, total: Decimal
) -> None:
    """Raises Refusal for a head that is no payment of this practice."""
    if payer.practice_id != practice_id:
        raise Refusal("payer_unknown", "This payer is not of this practice.")
    if not trace_number.strip():
        message = "Give the number of the check or EFT."
        raise Refusal("trace_missing", message, fields={"trace_number": message})
    if total < 0:
        message = "The control total is the amount of the payment: it is not negative."
        raise Refusal("total_negative", message, fields={"control_total": message})
    if (method == ManualBatch.Method.NONE) != (total == 0):
        message = "A payment of 0.00 is “No payment”, and no other is."
        raise Refusal("method_wrong", message, fields={"method": message})


def take_open(batch: ManualBatch) -> ManualBatch:
    """The batch, locked for this transaction. Raises Refusal 409 when it is closed or gone."""
    rows = ManualBatch.objects.select_for_update(of=("self",)).select_related("payer", "practice")
    locked = rows.filter(pk=batch.pk).first()
    if locked is None:
        raise Refusal("batch_gone", "Somebody deleted this batch.", status=409)
    if not locked.is_open:
        message = "This batch is closed. Reopen it to change it."
        raise Refusal("batch_closed", message, status=409)
    return locked


@transaction.atomic
def close_batch(batch: ManualBatch, *, reason: str = "", by: User) -> ManualBatch:
    """Record the batch as a remittance and post it; it then takes no more changes.

    Raises Refusal: 422 unless exactly 0.00 is left and every line adds up, 423 while somebody else
    keys a claim of it, 409 when the payment came as an 835 meanwhile and no reason says why.
    """
    locked = take_open(batch)
    claims = list(claims_of(locked))
    _refuse_unfinished(locked, claims, by)
    # The reason given at opening speaks of what was here by then, not of what came since.
    since = locked.opened_at if locked.reason else None
    refuse_twin(payment_of(locked), reason=reason, but=locked, after=since)
    reason = reason.strip() or locked.reason
    former = locked.remittance
    if former is not None and former.state in POSTED:
        message = f"Remittance {former} of this batch was posted again. Take it back first."
        raise Refusal("still_posted", message, status=409)
    remittance = _record(locked, claims, by)
    if former is not None:
        _replace(former, remittance, by)
    locked.state = State.CLOSED
    locked.reason = reason[:300]
    locked.remittance = remittance
    locked.closed_at, locked.closed_by = timezone.now(), by
    locked.save(update_fields=["state", "reason", "remittance", "closed_at", "closed_by"])
    ManualClaim.objects.filter(batch=locked).update(locked_by=None, locked_until=None)
    events.record("manual_batch.closed", locked, by=by, remittance=remittance.pk)
    post_remittance(remittance, by=by)
    return locked


def _refuse_unfinished(batch: ManualBatch, claims: list[ManualClaim], by: User) -> None:
    """Raises Refusal while anything is open, naming the first of it."""
    if not claims and not batch.provider_adjustments.exists():
        raise Refusal("batch_empty", "Nothing is keyed yet.")
    now = timezone.now()
    for row in claims:
        if is_held_by_other(row, by, now):
            raise Refusal("claim_locked", f"{row.locked_by} is keying claim {row}.", status=423)
    for row, entry in zip(claims, claim_entries(claims), strict=True):
        for number, (_, line) in enumerate(entry.lines, 1):
            if fault := line.find_fault():
                raise Refusal("line_open", f"Claim {row}, line {number} {fault}.")
        if all(line.is_left_out for _, line in entry.lines):
            raise Refusal("claim_empty", f"Claim {row} has no line on this EOB. Remove it.")
    if left := left_of(batch):
        raise Refusal("left_to_post", f"{cents_text(left)} is left to post. It must be 0.00.")


def is_held_by_other(row: ManualClaim, by: User | None, now: datetime) -> bool:
    """Does somebody else key this claim at the moment?"""
    until = row.locked_until
    return until is not None and until > now and row.locked_by_id != (by.pk if by else None)


def _record(batch: ManualBatch, claims: list[ManualClaim], by: User) -> Remittance:
    """The batch as a remittance that is ready to post. Raises Refusal when it would be held."""
    fact = batch_fact(batch)
    remittance = record_manual(
        batch.practice,
        remittance_start(fact),
        [
            remitted_claim(entry, position, fact.filing_indicator)
            for position, entry in enumerate(claim_entries(claims), 1)
        ],
        [
            provider_adjustment(
                row.code,
                row.reference,
                to_cents(row.amount),
                npi=fact.npi,
                paid_on=batch.paid_on,
            )
            for row in batch.provider_adjustments.order_by("position")
        ],
        by=by,
    )
    if remittance.state == Remittance.State.HELD:
        raise Refusal("remittance_held", f"It cannot post: {remittance.hold_message}")
    return remittance


def _replace(former: Remittance, remittance: Remittance, by: User) -> None:
    """What the batch was before is never posted again."""
    former.state, former.replaced_by = Remittance.State.REPLACED, remittance
    former.save(update_fields=["state", "replaced_by"])
    events.record("remittance.replaced", former, by=by, replaced_by=remittance.pk)


@transaction.atomic
def reopen_batch(batch: ManualBatch, *, reason: str, by: User) -> ManualBatch:
    """Take the posting back and let the batch be changed.

    Raises Refusal: 409 when it is open, 422 without a reason or when the posting cannot be taken
    back (billing.actions.takebacks).
    """
    locked = ManualBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if locked.is_open or locked.remittance is None:
        raise Refusal("batch_open", "This batch is open already.", status=409)
    reason = reason.strip()[:300]
    if not reason:
        message = "Say why the batch is opened again."
        raise Refusal("reason_missing", message, fields={"reason": message})
    if locked.remittance.state in POSTED:
        reverse_remittance(locked.remittance, reason=f"Manual batch reopened: {reason}", by=by)
    locked.state = State.REOPENED
    locked.reopened_reason = reason
    locked.reopened_at, locked.reopened_by = timezone.now(), by
    locked.save(update_fields=["state", "reopened_reason", "reopened_at", "reopened_by"])
    events.record("manual_batch.reopened", locked, by=by, remittance=locked.remittance_id)
    return locked


@transaction.atomic
def delete_batch(batch: ManualBatch, *, by: User) -> None:
    """Forget a batch nothing was ever keyed into. Raises Refusal for any other."""
    locked = take_open(batch)
    if locked.remittance is not None:
        raise Refusal("batch_was_posted", "A batch that was posted once is kept.")
    for rows in (locked.claims, locked.pages, locked.provider_adjustments):
        if rows.exists():  # type: ignore[attr-defined]  # three related managers
            raise Refusal("batch_not_empty", "Only an empty batch can be deleted.")
    events.record("manual_batch.deleted", locked, by=by, trace_number=locked.trace_number)
    locked.delete()
