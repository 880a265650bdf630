"""Uses the money a patient has prepaid, or gives it back. docs/patient-accounts.md."""

from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from billing.account_ledger import prepaid_of
from billing.actions.patient_payments import (
    OWED,
    PREPAID,
    Method,
    Money,
    digest_of,
    lock_account,
    owed_by,
    refuse,
    refuse_impossible,
    take_payment,
    tell,
    write_moves,
)
from billing.actions.refunds import request_refund
from billing.models import Claim, PatientPayment, Posting, Refund
from rcm.actions.idempotency import check_key
from rcm.errors import Refusal
from rcm.models import Patient, User
from rcm.money import ZERO


@transaction.atomic
def use_prepaid(patient: Patient, *, key: str, by: User) -> PatientPayment:
    """Pay what the patient owes from prepaid money, the oldest visit first.

    Raises Refusal when nothing is prepaid or nothing owed. The same key pays once.
    """
    lock_account(patient)
    made = PatientPayment.objects.filter(practice_id=patient.practice_id, key=key).first()
    if made is not None and (made.patient_id, made.method) == (patient.pk, Method.PREPAYMENT):
        return made
    owed = sum(owed_by(patient).visits.values(), ZERO)
    amount = min(owed, prepaid_of(patient))
    if amount <= 0:
        message = "Nothing is prepaid." if owed else "Nothing is owed; it stays prepaid."
        raise Refusal("nothing_to_use", message)
    money = Money(amount, Method.PREPAYMENT, timezone.localdate())
    return take_payment(patient, money, key=key, by=by)


@transaction.atomic
def ask_prepaid_back(
    patient: Patient, *, amount: Decimal, reason: str, key: str, by: User
) -> Refund:
    """Ask for the refund of prepaid money: it becomes a credit of the newest claim and a refund.

    Raises Refusal as refunds do, and when the patient still owes, has no claim, or less is prepaid.
    """
    check_key(key)
    lock_account(patient)
    if PatientPayment.objects.filter(practice_id=patient.practice_id, key=key).exists():
        raise Refusal("asked_already", "This refund is asked for already.", status=409)
    if owed_by(patient).visits:
        raise Refusal("still_owes", "The patient still owes: use the prepaid money for that first.")
    prepaid = prepaid_of(patient)
    if amount > prepaid:
        refuse("more_than_prepaid", "amount", f"${prepaid:,.2f} is prepaid, less than that.")
    claims = Claim.objects.filter(practice_id=patient.practice_id, patient=patient)
    claim = claims.exclude(status=Claim.Status.VOIDED).order_by("-date_of_service", "-pk").first()
    if claim is None:
        raise Refusal("no_claim", "No visit is billed yet: take the payment back instead.")
    money = Money(amount, Method.PREPAYMENT, timezone.localdate())
    refuse_impossible(money)
    payment = PatientPayment.objects.create(
        practice_id=patient.practice_id,
        patient=patient,
        amount=amount,
        method=Method.PREPAYMENT,
        paid_on=money.paid_on,
        key=key,
        body_sha256=digest_of(patient, money, {}),
        taken_by=by,
    )
    row = Posting(
        practice_id=patient.practice_id,
        source=OWED,
        destination=PREPAID,
        amount=amount,
        claim=claim,
        origin=f"{payment.origin}:claim:{claim.pk}",
        posted_on=money.paid_on,
        created_by=by,
    )
    write_moves(payment, [row])
    tell("patient_payment.taken", payment, by, amount=str(amount))
    kind = Refund.Kind.REFUND
    return request_refund(claim, account=OWED, kind=kind, amount=amount, reason=reason, by=by)
