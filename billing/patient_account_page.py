"""What the page of one account shows."""

from datetime import date
from decimal import Decimal
from typing import Any

from billing.account_ledger import VisitLedger, owed_visits, visits_of
from billing.actions.patient_flags import checklist
from billing.actions.patient_plans import standing_of
from billing.estimate_content import estimate_rows
from billing.models import (
    AccountFlag,
    AccountInquiry,
    PatientPayment,
    PaymentPlan,
    Statement,
)
from billing.patient_accounts import AccountState, account_state
from billing.rules.allocation import Allocation
from rcm.models import Patient, Practice

PAYMENTS = 30
STATEMENTS = 12
INQUIRIES = 10


def account_of(practice: Practice, patient: Patient, today: date) -> dict[str, Any]:
    """The account with its visits, payments and statements; a constant number of statements."""
    state = account_state(practice, patient.pk, today)
    mine = {"practice": practice, "patient": patient}
    payments = PatientPayment.objects.filter(**mine).select_related("taken_by", "reversed_by")
    visits = visits_of(patient)
    plan = PaymentPlan.objects.filter(**mine, state=PaymentPlan.State.IN_FORCE).first()
    standings = standing_of(plan) if plan else []
    inquiries = AccountInquiry.objects.filter(**mine).prefetch_related("messages")
    flags = AccountFlag.objects.filter(**mine).exclude(state=AccountFlag.State.ENDED)
    return {
        "patient": patient,
        "state": state,
        "tiles": tiles_of(state),
        "visits": list(reversed(visits)),
        "payments": payments.order_by("-pk")[:PAYMENTS],
        "statements": Statement.objects.filter(**mine).order_by("-pk")[:STATEMENTS],
        "plan": plan,
        "standings": [(part, part.is_missed(today)) for part in standings],
        "inquiries": inquiries.order_by("-pk")[:INQUIRIES],
        "flags": flags.order_by("pk"),
        "estimates": estimate_rows(patient),
        "unmet": [] if not state.owed else checklist(patient, state, today, today),
        "can_use_prepaid": state.prepaid > 0 and state.owed > 0,
        "can_return_prepaid": state.prepaid > 0 and not state.owed and bool(visits),
    }


def tiles_of(state: AccountState) -> list[tuple[str, Decimal]]:
    """The figures on top of the page, in dollars."""
    return [
        ("Patient owes", state.owed),
        ("Insurance open", state.insurance),
        ("Overpaid", state.overpaid),
        ("Prepaid", state.prepaid),
    ]


def allocation_rows(
    visits: list[VisitLedger], split: Allocation
) -> list[tuple[VisitLedger, Decimal, str]]:
    """(visit, owed, part as text) of the visits a payment can go to, the oldest first."""
    owed = dict(owed_visits(visits))
    return [
        (visit, owed[visit.encounter_id], text_of(split.parts.get(visit.encounter_id)))
        for visit in visits
        if visit.encounter_id in owed
    ]


def text_of(part: Decimal | None) -> str:
    return f"{part:.2f}" if part else ""
