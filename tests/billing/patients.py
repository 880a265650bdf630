"""Accounts of patients as tests make them, and an oracle that adds up what they owe by itself."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from billing.actions.patient_payments import Money, take_payment
from billing.models import Claim, PatientPayment, Posting
from rcm.models import Patient, Practice, User
from tests import make
from tests.billing.books import charge
from tests.billing.crediting import move

D = Decimal


def share(
    practice: Practice, amount: str, *, patient: Patient | None = None, served: date | None = None
) -> Claim:
    """A visit of 165.00 the payer decided: `amount` is the patient's share, the rest was paid."""
    served = served or timezone.localdate() - timedelta(days=40)
    changes: dict[str, Any] = {"date_of_service": served}
    if patient is not None:
        changes["patient"] = patient
        changes["coverage"] = patient.coverages.first()
    visit = make.encounter(practice, number=f"V{Claim.objects.count() + 1:05d}", **changes)
    claim = make.claim(
        practice,
        encounter=visit,
        status=Claim.Status.ADJUDICATED,
        adjudicated_at=timezone.now(),
    )
    charge(claim)
    move(claim, "primary_receivable", "patient_receivable", amount, served + timedelta(days=10))
    rest = D("165.00") - D(amount)
    if rest:
        move(claim, "primary_receivable", "unapplied", str(rest), served + timedelta(days=10))
    return claim


def pay(
    patient: Patient,
    amount: str,
    by: User,
    *,
    key: str = "",
    parts: dict[int, str] | None = None,
    **changes: Any,
) -> PatientPayment:
    """A cash payment of today."""
    fields = {"method": "cash", "paid_on": timezone.localdate()} | changes
    return take_payment(
        patient,
        Money(D(amount), **fields),
        key=key or f"test:{PatientPayment.objects.count()}",
        by=by,
        parts=None if parts is None else {visit: D(part) for visit, part in parts.items()},
    )


def book(practice: Practice) -> dict[str, Decimal]:
    """Account -> balance of the practice, added up move by move; without zeros."""
    found: dict[str, Decimal] = defaultdict(D)
    for source, destination, amount in Posting.objects.filter(practice=practice).values_list(
        "source", "destination", "amount"
    ):
        found[source] -= amount
        found[destination] += amount
    return {account: balance for account, balance in found.items() if balance}
