"""The ledger of one account by visit: who owed what after every move. Two statements."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from billing.models import Account, Claim, PatientMove, Posting
from billing.models.refunds import OWED_ACCOUNTS
from rcm.models import Patient
from rcm.money import ZERO

PAYERS = OWED_ACCOUNTS[:3]
PATIENT = Account.PATIENT_RECEIVABLE
# The other side of a move that changes what somebody owes, in the words of the page.
WORDS: dict[str, tuple[str, str]] = {
    Account.REVENUE: ("Charges", "Charges taken back"),
    Account.CONTRACTUAL: ("Adjustment taken back", "Contract adjustment"),
    Account.WRITE_OFF: ("Write-off taken back", "Write-off"),
    Account.UNAPPLIED: ("Payment taken back", "Insurance payment"),
    Account.CASH: ("Paid out", "Payment"),
    Account.PATIENT_PREPAYMENT: ("Prepaid money given back", "Paid from prepaid money"),
    Account.BETWEEN_CLAIMS: ("Taken over from the payer before", "Passed to the next payer"),
}


@dataclass(slots=True)
class LedgerLine:
    """Moves of one day and kind; what payers and the patient owed for the visit afterwards."""

    on: date
    text: str
    insurance: Decimal
    patient: Decimal
    insurance_after: Decimal = ZERO
    patient_after: Decimal = ZERO


@dataclass(slots=True)
class VisitLedger:
    """One visit with its claims, lines and balances in dollars."""

    encounter_id: int
    served_on: date
    claims: list[Claim] = field(default_factory=list)
    lines: list[LedgerLine] = field(default_factory=list)
    charges: Decimal = ZERO
    insurance: Decimal = ZERO
    patient: Decimal = ZERO
    running_insurance: Decimal = ZERO
    running_patient: Decimal = ZERO


def visits_of(patient: Patient) -> list[VisitLedger]:
    """Visits that were billed, the oldest first, with balances running over the account."""
    claims = Claim.objects.filter(practice_id=patient.practice_id, patient=patient)
    visits: dict[int, VisitLedger] = {}
    by_claim: dict[int, VisitLedger] = {}
    for claim in claims.select_related("payer").order_by("date_of_service", "encounter_id", "pk"):
        visit = visits.setdefault(
            claim.encounter_id, VisitLedger(claim.encounter_id, claim.date_of_service)
        )
        visit.claims.append(claim)
        by_claim[claim.pk] = visit
    moves = Posting.objects.filter(practice_id=patient.practice_id, claim__in=list(by_claim))
    rows = moves.order_by("posted_on", "pk").values_list(
        "claim_id", "posted_on", "source", "destination", "amount"
    )
    for claim_id, on, source, destination, amount in rows:
        add_move(by_claim[claim_id], on, source, destination, amount)
    return run(list(visits.values()))


def add_move(visit: VisitLedger, on: date, source: str, destination: str, amount: Decimal) -> None:
    """One move as a change of what payers and the patient owe; none that moves neither."""
    insurance = change_of(PAYERS, source, destination, amount)
    patient = change_of([PATIENT], source, destination, amount)
    if Account.REVENUE in (source, destination):
        visit.charges += amount if source == Account.REVENUE else -amount
    if not insurance and not patient:
        return
    text = words_for(source, destination)
    last = visit.lines[-1] if visit.lines else None
    if last is None or (last.on, last.text) != (on, text):
        last = LedgerLine(on, text, ZERO, ZERO)
        visit.lines.append(last)
    last.insurance += insurance
    last.patient += patient
    visit.insurance += insurance
    visit.patient += patient
    last.insurance_after, last.patient_after = visit.insurance, visit.patient


def change_of(accounts: Iterable[str], source: str, destination: str, amount: Decimal) -> Decimal:
    """What the move adds to these accounts together."""
    names = set(accounts)
    return (amount if destination in names else ZERO) - (amount if source in names else ZERO)


def words_for(source: str, destination: str) -> str:
    """The move from the side of those who owe."""
    owed = (*PAYERS, PATIENT)
    if source in owed and destination in owed:
        if destination == PATIENT:
            return "Patient share"
        return "Back to the payer" if source == PATIENT else "Passed to the next payer"
    if source in owed:
        if destination == Account.CASH and source == PATIENT:
            return "Patient payment"
        return WORDS.get(destination, ("", "Other"))[1]
    if source == Account.CASH:
        return "Refund or payment taken back"
    return WORDS.get(source, ("Other", ""))[0]


def run(visits: list[VisitLedger]) -> list[VisitLedger]:
    """Add the balances up over the account, in the order of the visits."""
    insurance = patient = ZERO
    for visit in visits:
        insurance += visit.insurance
        patient += visit.patient
        visit.running_insurance, visit.running_patient = insurance, patient
    return visits


def owed_visits(visits: Iterable[VisitLedger]) -> list[tuple[int, Decimal]]:
    """(visit, dollars) of what the patient owes, the oldest first."""
    return [(visit.encounter_id, visit.patient) for visit in visits if visit.patient > 0]


def prepaid_of(patient: Patient) -> Decimal:
    """What is held for the patient and tied to no visit. One statement."""
    rows: Any = PatientMove.objects.filter(practice_id=patient.practice_id, patient=patient)
    total = ZERO
    for source, destination, amount in rows.values_list(
        "posting__source", "posting__destination", "posting__amount"
    ):
        total -= change_of([Account.PATIENT_PREPAYMENT], source, destination, amount)
    return total
