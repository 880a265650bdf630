"""Credit balances: whose money it is, until when it must be back, who may let it go."""

from datetime import date, timedelta
from decimal import Decimal

# 42 CFR 401.305: an overpayment is reported and returned within 60 days of being identified.
DAYS_TO_RETURN = timedelta(days=60)
PATIENT_ACCOUNT = "patient_receivable"


def owner_of(account: str) -> str:
    """A credit is the patient's when the patient's account went below zero, else the payer's."""
    return "patient" if account == PATIENT_ACCOUNT else "payer"


def due_on(identified_on: date) -> date:
    """The last day to give it back."""
    return identified_on + DAYS_TO_RETURN


def needs_approval(amount: Decimal, limit: Decimal) -> bool:
    """Above the limit a second person decides."""
    return amount > limit
