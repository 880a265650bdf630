"""Takes payments of patients back, and lets them stand again. docs/patient-accounts.md."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from billing.account_ledger import prepaid_of
from billing.actions.patient_payments import (
    PREPAID,
    Method,
    lock_account,
    refuse,
    tell,
    write_moves,
)
from billing.models import PatientPayment, Posting
from rcm.errors import Refusal
from rcm.models import User
from rcm.money import ZERO


@transaction.atomic
def reverse_payment(payment: PatientPayment, *, reason: str, by: User) -> PatientPayment:
    """The check bounced, or it was keyed wrong: every move swapped, dated today.

    Raises Refusal without a reason, 409 when somebody was first, and when a part of it that was
    prepaid has been used since.
    """
    if not reason.strip():
        refuse("reason_missing", "reason", "Say why.")
    locked = take(payment, is_reversed=False)
    standing = standing_moves(locked)
    kept = sum((m.amount for m in standing if m.source == PREPAID), ZERO)
    left = prepaid_of(locked.patient)
    if kept > left:
        message = (
            f"${kept:,.2f} of it was prepaid and only ${left:,.2f} is left: take back first what "
            "was paid from prepaid money."
        )
        raise Refusal("prepaid_used", message, status=409)
    locked.reversals += 1
    swap(locked, standing, f"reversed:{locked.reversals}", by)
    locked.is_reversed, locked.reversal_reason = True, reason.strip()[:300]
    locked.reversed_by, locked.reversed_at = by, timezone.now()
    save_reversal(locked)
    tell("patient_payment.reversed", locked, by, amount=str(locked.amount))
    return locked


@transaction.atomic
def restore_payment(payment: PatientPayment, *, by: User) -> PatientPayment:
    """Undo a reversal: the payment stands again as it was posted.

    Raises Refusal 409 when somebody was first, or when prepaid money it used is gone.
    """
    locked = take(payment, is_reversed=True)
    undone = list(
        Posting.objects.filter(
            practice_id=locked.practice_id,
            patient_move__payment=locked,
            origin__endswith=f":reversed:{locked.reversals}",
        ).order_by("pk")
    )
    wanted = sum((m.amount for m in undone if m.source == PREPAID), ZERO)
    if wanted and locked.method == Method.PREPAYMENT and wanted > prepaid_of(locked.patient):
        message = "The prepaid money it used is used otherwise."
        raise Refusal("prepaid_used", message, status=409)
    swap(locked, undone, f"restored:{locked.reversals}", by)
    locked.is_reversed = False
    save_reversal(locked)
    tell("patient_payment.restored", locked, by, amount=str(locked.amount))
    return locked


def take(payment: PatientPayment, *, is_reversed: bool) -> PatientPayment:
    """Lock account and payment. Raises Refusal 409 when it does not stand as `is_reversed` says."""
    lock_account(payment.patient)
    locked = PatientPayment.objects.select_for_update(of=("self",)).get(pk=payment.pk)
    if locked.is_reversed != is_reversed:
        word = "taken back" if locked.is_reversed else "in force"
        raise Refusal("payment_changed", f"Somebody was first: it is {word} now.", status=409)
    return locked


def standing_moves(payment: PatientPayment) -> list[Posting]:
    """The moves the payment stands with: the first ones, or those of the last undone reversal."""
    rows = Posting.objects.filter(practice_id=payment.practice_id, patient_move__payment=payment)
    if payment.reversals:
        rows = rows.filter(origin__endswith=f":restored:{payment.reversals}")
    return list(rows.order_by("pk"))


def swap(payment: PatientPayment, moves: Iterable[Posting], word: str, by: User) -> None:
    """Each move the other way round, today. Origins: `<first origin>:reversed:<n>`."""
    today = timezone.localdate()
    rows = [
        Posting(
            practice_id=move.practice_id,
            source=move.destination,
            destination=move.source,
            amount=move.amount,
            claim_id=move.claim_id,
            reverses=move,
            origin=f"{first_origin(move.origin)}:{word}",
            posted_on=today,
            created_by=by,
        )
        for move in moves
    ]
    write_moves(payment, rows)


def first_origin(origin: str) -> str:
    return origin.split(":reversed:")[0].split(":restored:")[0]


def save_reversal(payment: PatientPayment) -> None:
    payment.save(
        update_fields=[
            *("is_reversed", "reversals", "reversal_reason", "reversed_by", "reversed_at"),
        ]
    )
