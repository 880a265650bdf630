"""Takes money of patients, once per key, and takes it back. docs/patient-accounts.md."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from billing.account_ledger import prepaid_of
from billing.ledger import claim_balances
from billing.models import Account, Claim, PatientMove, PatientPayment, Posting
from billing.rules.allocation import Allocation, Wrong, allocate, check_allocation, spread
from rcm import events
from rcm.actions.idempotency import check_key
from rcm.errors import Refusal
from rcm.models import Patient, User
from rcm.money import CENT, ZERO

PREPAID = Account.PATIENT_PREPAYMENT
OWED = Account.PATIENT_RECEIVABLE
Method = PatientPayment.Method
OLDEST_YEARS = 10


@dataclass(frozen=True, slots=True)
class Money:
    """What a patient handed over. `reference` is the number of the check or of the card slip."""

    amount: Decimal
    method: str
    paid_on: date
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Owed:
    """What a patient owes: by visit, the oldest first, and by claim of each visit."""

    visits: dict[int, Decimal]
    claims: dict[int, list[tuple[int, Decimal]]]

    def oldest_first(self, amount: Decimal) -> Allocation:
        return allocate(amount, list(self.visits.items()))


def owed_by(patient: Patient) -> Owed:
    """Visits whose claims together are above zero on the patient's account. Two statements."""
    rows = Claim.objects.filter(practice_id=patient.practice_id, patient=patient)
    claims = list(
        rows.order_by("date_of_service", "encounter_id", "pk").values_list("pk", "encounter_id")
    )
    balances = claim_balances(patient.practice_id, [pk for pk, _ in claims])
    by_visit: dict[int, list[tuple[int, Decimal]]] = defaultdict(list)
    for pk, visit in claims:
        by_visit[visit].append((pk, balances[pk].get(OWED, ZERO)))
    totals = {visit: sum((owed for _, owed in rows), ZERO) for visit, rows in by_visit.items()}
    return Owed({visit: owed for visit, owed in totals.items() if owed > 0}, dict(by_visit))


@transaction.atomic
def take_payment(
    patient: Patient,
    money: Money,
    *,
    key: str,
    by: User,
    parts: Mapping[int, Decimal] | None = None,
) -> PatientPayment:
    """Post a payment to the visits in `parts`, oldest first when left out; the rest is prepaid.

    The same key with the same payment answers with the payment made first and writes nothing.
    Raises Refusal 409 when the key stands for another payment, 422 for an amount that is not above
    zero in whole cents, a day to come, a check or card without its number, parts that are more than
    is owed or paid, and more than is prepaid where prepaid money is used.
    """
    check_key(key)
    refuse_impossible(money)
    digest = digest_of(patient, money, parts)
    fresh = PatientPayment(
        practice_id=patient.practice_id,
        patient=patient,
        amount=money.amount,
        method=money.method,
        reference=money.reference.strip(),
        paid_on=money.paid_on,
        key=key,
        body_sha256=digest,
        taken_by=by,
    )
    # Waits while another transaction holds the key; afterwards that payment stands here, or ours.
    PatientPayment.objects.bulk_create([fresh], ignore_conflicts=True)
    payment = PatientPayment.objects.get(practice_id=patient.practice_id, key=key)
    if payment.moves.exists():
        if payment.body_sha256 != digest:
            message = "This payment was sent before with other facts. Open the form anew."
            raise Refusal("payment_key_reused", message, status=409)
        return payment
    lock_account(patient)
    owed = owed_by(patient)
    split = chosen(money.amount, parts, owed)
    if money.method == Method.PREPAYMENT:
        refuse_beyond_prepaid(patient, money.amount, split)
    write_parts(payment, split, owed, by)
    tell("patient_payment.taken", payment, by, amount=str(payment.amount))
    return payment


def refuse_impossible(money: Money) -> None:
    """Raises Refusal for what no payment can be."""
    if money.amount <= 0 or money.amount != money.amount.quantize(CENT):
        refuse("amount_wrong", "amount", "The amount must be dollars and cents above zero.")
    if money.amount >= Decimal(10**9):
        refuse("amount_wrong", "amount", "No patient pays that much.")
    if money.method not in Method.values:
        refuse("method_unknown", "method", "Choose how it was paid.")
    if money.method in (Method.CHECK, Method.CARD) and not money.reference.strip():
        number = "check number" if money.method == Method.CHECK else "card reference"
        refuse("reference_missing", "reference", f"Give the {number}.")
    if len(money.reference.strip()) > 50:
        refuse("reference_wrong", "reference", "At most 50 characters.")
    today = timezone.localdate()
    if money.paid_on > today:
        refuse("day_to_come", "paid_on", "The day is still to come.")
    if money.paid_on.year < today.year - OLDEST_YEARS:
        refuse("day_wrong", "paid_on", f"The day is more than {OLDEST_YEARS} years ago.")


def refuse(code: str, field: str, message: str) -> None:
    raise Refusal(code, message, fields={field: message})


def digest_of(patient: Patient, money: Money, parts: Mapping[int, Decimal] | None) -> str:
    """What tells one payment from another under the same key."""
    told = [
        patient.pk,
        f"{money.amount:.2f}",
        money.method,
        money.reference.strip(),
        money.paid_on.isoformat(),
        None if parts is None else sorted((k, f"{v:.2f}") for k, v in parts.items() if v),
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def lock_account(patient: Patient) -> None:
    """One payment of an account at a time; refunds of its visits wait, too."""
    Patient.objects.select_for_update(of=("self",), no_key=True).get(pk=patient.pk)
    claims = Claim.objects.select_for_update(of=("self",), no_key=True)
    mine = claims.filter(practice_id=patient.practice_id, patient=patient)
    list(mine.order_by("pk").values_list("pk", flat=True))


def chosen(amount: Decimal, parts: Mapping[int, Decimal] | None, owed: Owed) -> Allocation:
    """Where the money goes. Raises Refusal when a person chose what cannot be."""
    if parts is None:
        return owed.oldest_first(amount)
    try:
        return check_allocation(amount, parts, owed.visits)
    except Wrong as wrong:
        raise Refusal("allocation_wrong", str(wrong), fields={"parts": str(wrong)}) from None


def refuse_beyond_prepaid(patient: Patient, amount: Decimal, split: Allocation) -> None:
    """Prepaid money is used for visits only, and only what there is of it."""
    prepaid = prepaid_of(patient)
    if amount > prepaid:
        refuse("more_than_prepaid", "amount", f"${prepaid:,.2f} is prepaid, less than that.")
    if split.prepaid:
        owed = amount - split.prepaid
        refuse("not_owed", "amount", f"${owed:,.2f} of it is owed; the rest stays prepaid.")


def write_parts(payment: PatientPayment, split: Allocation, owed: Owed, by: User) -> None:
    """patient_receivable → cash or patient_prepayment, by claim; the rest is prepaid."""
    to = PREPAID if payment.method == Method.PREPAYMENT else Account.CASH
    moves = [
        (claim, OWED, part)
        for visit, paid in split.parts.items()
        for claim, part in spread(paid, owed.claims[visit])
    ]
    rows = [
        Posting(
            practice_id=payment.practice_id,
            source=source,
            destination=to,
            amount=part,
            claim_id=claim,
            origin=f"{payment.origin}:claim:{claim}",
            posted_on=payment.paid_on,
            created_by=by,
        )
        for claim, source, part in moves
    ]
    if split.prepaid:
        rows.append(
            Posting(
                practice_id=payment.practice_id,
                source=PREPAID,
                destination=Account.CASH,
                amount=split.prepaid,
                origin=f"{payment.origin}:prepaid",
                posted_on=payment.paid_on,
                created_by=by,
            )
        )
    write_moves(payment, rows)


def write_moves(payment: PatientPayment, rows: Iterable[Posting]) -> None:
    """The moves of a payment, named as its patient's."""
    made = Posting.objects.bulk_create(rows)
    PatientMove.objects.bulk_create(
        PatientMove(
            practice_id=payment.practice_id,
            patient_id=payment.patient_id,
            payment=payment,
            posting=row,
        )
        for row in made
    )


def tell(name: str, payment: PatientPayment, by: User, **facts: str) -> None:
    events.record(name, payment, by=by, patient_id=payment.patient_id, **facts)
