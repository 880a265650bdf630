"""What stands on statements, for many accounts at once, as texts frozen in the statement."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from billing.account_documents import patient_lines, practice_lines
from billing.models import AccountSettings, PatientPayment, Statement
from billing.patient_accounts import AccountState
from rcm.models import Patient, Practice
from rcm.money import ZERO, dollars

BUCKETS = [("0–30 days", 30), ("31–60", 60), ("61–90", 90), ("91–120", 120), ("Over 120", 10**6)]
# What happened to every visit of these patients. What is neither paid nor owed was taken off.
VISITS = """
WITH moves AS (
    SELECT c.patient_id, c.encounter_id, c.date_of_service, p.source, p.destination, p.amount,
           p.posted_on
    FROM billing_posting p JOIN billing_claim c ON c.id = p.claim_id
    WHERE p.practice_id = %(practice)s AND c.practice_id = %(practice)s
      AND c.patient_id = ANY(%(patients)s)
      AND p.claim_id IN (SELECT id FROM billing_claim
                         WHERE practice_id = %(practice)s AND patient_id = ANY(%(patients)s))
)
SELECT patient_id, min(date_of_service) AS served_on,
       coalesce(sum(CASE 'revenue' WHEN source THEN amount WHEN destination THEN -amount END), 0),
       coalesce(sum(CASE 'unapplied' WHEN destination THEN amount WHEN source THEN -amount END), 0),
       coalesce(sum(CASE WHEN source = 'patient_receivable'
                          AND destination IN ('cash', 'patient_prepayment') THEN amount
                         WHEN destination = 'patient_receivable'
                          AND source IN ('cash', 'patient_prepayment') THEN -amount END), 0),
       coalesce(sum(CASE 'patient_receivable' WHEN destination THEN amount
                                              WHEN source THEN -amount END), 0) AS owed,
       min(posted_on) FILTER (WHERE destination = 'patient_receivable') AS since
FROM moves GROUP BY patient_id, encounter_id ORDER BY patient_id, served_on, encounter_id
"""


class VisitSums(NamedTuple):
    """One visit in dollars; `since` is when the patient began to owe."""

    served_on: date
    charges: Decimal
    insurance_paid: Decimal
    patient_paid: Decimal
    owed: Decimal
    since: date | None

    @property
    def taken_off(self) -> Decimal:
        """What contracts and write-offs took off: the row adds up whatever happened."""
        return self.charges - self.insurance_paid - self.patient_paid - self.owed


class Letter(NamedTuple):
    """What all statements of one day share."""

    practice: Practice
    settings: AccountSettings
    on: date

    @property
    def due_on(self) -> date:
        return self.on + timedelta(days=self.settings.due_days)


def visit_sums(practice_id: int, patients: Collection[int]) -> dict[int, list[VisitSums]]:
    """Patient -> visits, the oldest first. One statement."""
    found: dict[int, list[VisitSums]] = defaultdict(list)
    with connection.cursor() as db:
        db.execute(VISITS, {"practice": practice_id, "patients": list(patients)})
        for patient_id, *sums in db.fetchall():
            found[patient_id].append(VisitSums(*sums))
    return found


def payments_since(practice_id: int, patients: Collection[int]) -> dict[int, list[PatientPayment]]:
    """Patient -> payments taken since the last statement. Two statements."""
    told: dict[int, datetime] = {}
    last = Statement.objects.filter(
        practice_id=practice_id, patient__in=patients, voided_at=None
    ).order_by("patient", "-statement_on")
    for patient_id, made_at in last.distinct("patient").values_list("patient", "made_at"):
        told[patient_id] = made_at
    found: dict[int, list[PatientPayment]] = defaultdict(list)
    rows = PatientPayment.objects.filter(
        practice_id=practice_id, patient__in=patients, is_reversed=False
    )
    for payment in rows.exclude(method=PatientPayment.Method.PREPAYMENT).order_by("pk"):
        since = told.get(payment.patient_id)
        if since is None or payment.taken_at > since:
            found[payment.patient_id].append(payment)
    return found


def contents_of(
    letter: Letter, states: Sequence[AccountState], numbers: Mapping[int, str]
) -> dict[int, dict[str, Any]]:
    """Patient -> the statement as texts. Four statements for any number of accounts."""
    ids = [state.patient_id for state in states]
    patients = Patient.objects.in_bulk(ids)
    visits = visit_sums(letter.practice.pk, ids)
    payments = payments_since(letter.practice.pk, ids)
    return {
        state.patient_id: content_of(
            letter,
            state,
            patients[state.patient_id],
            numbers[state.patient_id],
            visits[state.patient_id],
            payments[state.patient_id],
        )
        for state in states
    }


def content_of(
    letter: Letter,
    state: AccountState,
    patient: Patient,
    number: str,
    visits: Sequence[VisitSums],
    payments: Sequence[PatientPayment],
) -> dict[str, Any]:
    """One statement as texts: what the template shows and nothing else."""
    owed = [visit for visit in visits if visit.owed > 0]
    address = practice_lines(letter.practice)
    remit_to = [line for line in letter.settings.remit_to.splitlines() if line.strip()]
    return {
        "number": number,
        "practice": address,
        "patient": patient_lines(patient),
        "remit_to": remit_to or address[:-1],
        "facts": [
            ["Statement", number],
            ["Date", f"{letter.on:%m/%d/%Y}"],
            ["Account", patient.mrn],
            ["Please pay by", f"{letter.due_on:%m/%d/%Y}"],
        ],
        "visits": [
            [
                f"{visit.served_on:%m/%d/%Y}",
                dollars(visit.charges),
                dollars(visit.insurance_paid),
                dollars(visit.taken_off),
                dollars(visit.patient_paid),
                dollars(visit.owed),
            ]
            for visit in owed
        ],
        "credit": dollars(-state.credit) if state.credit else "",
        "payments": [
            [f"{each.paid_on:%m/%d/%Y}", each.shown_method, dollars(each.amount)]
            for each in payments
        ],
        "ageing": ageing_of(owed, letter.on),
        "total": dollars(state.due),
        "due_on": f"{letter.due_on:%m/%d/%Y}",
        "message": letter.settings.message,
        "phone": address[-1],
    }


def ageing_of(visits: Sequence[VisitSums], on: date) -> list[list[str]]:
    """(bucket, dollars) by how long each visit is owed by the patient."""
    sums = [ZERO] * len(BUCKETS)
    for visit in visits:
        days = (on - (visit.since or visit.served_on)).days
        at = next(at for at, (_, most) in enumerate(BUCKETS) if days <= most)
        sums[at] += visit.owed
    return [[label, dollars(amount)] for (label, _), amount in zip(BUCKETS, sums, strict=True)]
