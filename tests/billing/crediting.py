"""Claims with a credit, and claims with a balance an offset can land on."""

from datetime import date
from decimal import Decimal

from billing.models import Claim, Posting
from rcm.models import Practice
from tests import make
from tests.billing.books import charge

DAY = date(2026, 11, 1)


def move(claim: Claim, source: str, destination: str, amount: str, on: date = DAY) -> Posting:
    return Posting.objects.create(
        practice=claim.practice,
        source=source,
        destination=destination,
        amount=Decimal(amount),
        claim=claim,
        origin=f"test:{Posting.objects.count()}",
        posted_on=on,
    )


def overpaid(practice: Practice, amount: str = "80.00", on: date = DAY, **changes: object) -> Claim:
    """165.00 were charged and paid, and `amount` too much by the payer."""
    claim = make.claim(practice, **changes)
    charge(claim)
    move(claim, "primary_receivable", "cash", str(Decimal("165.00") + Decimal(amount)), on)
    return claim


def overpaid_by_patient(practice: Practice, amount: str = "30.00") -> Claim:
    """20.00 were the patient's share, and the patient paid `amount` more."""
    claim = make.claim(practice)
    charge(claim)
    move(claim, "primary_receivable", "cash", "145.00")
    move(claim, "primary_receivable", "patient_receivable", "20.00")
    move(claim, "patient_receivable", "cash", str(Decimal("20.00") + Decimal(amount)))
    return claim


def unpaid(practice: Practice, **changes: object) -> Claim:
    """165.00 are owed by the payer."""
    claim = make.claim(practice, **changes)
    charge(claim)
    return claim
