"""What stands on patients' accounts, computed from the moves: one statement for any number."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from billing.models import AccountSettings, Claim
from billing.models.refunds import OWED_ACCOUNTS
from billing.rules.plans import Installment, missed, settle
from billing.rules.statements import Reason, StatementFacts, StatementTerms, reasons_against
from rcm.models import Practice
from rcm.money import ZERO

IN_FLIGHT = [
    Claim.Status.DRAFT,
    Claim.Status.HELD,
    Claim.Status.READY,
    Claim.Status.SUBMITTED,
    Claim.Status.ACCEPTED,
    Claim.Status.REJECTED,
]
# A claim's versions are netted by visit (and payer): a replaced one is neither owed nor open.
# {claims}, {patients}, {only} narrow to some patients; else all moves of the practice are read.
ACCOUNTS = """
WITH sides AS (
    SELECT claim_id, destination AS account, amount, posted_on FROM billing_posting p
    WHERE practice_id = %(practice)s AND destination = ANY(%(accounts)s) {claims}
    UNION ALL
    SELECT claim_id, source, -amount, posted_on FROM billing_posting p
    WHERE practice_id = %(practice)s AND source = ANY(%(accounts)s) {claims}
), by_claim AS (
    SELECT claim_id, account, sum(amount) AS balance,
           min(posted_on) FILTER (WHERE amount > 0) AS since
    FROM sides WHERE claim_id IS NOT NULL GROUP BY claim_id, account
), visits AS (
    SELECT c.patient_id, c.encounter_id, b.account, sum(b.balance) AS balance,
           min(b.since) AS since
    FROM by_claim b JOIN billing_claim c ON c.id = b.claim_id
    GROUP BY c.patient_id, c.encounter_id, b.account,
             CASE b.account WHEN 'primary_receivable' THEN c.payer_id END
), money AS (
    SELECT patient_id,
           coalesce(sum(balance) FILTER (WHERE account = 'patient_receivable' AND balance > 0), 0)
               AS owed,
           coalesce(-sum(balance) FILTER (WHERE account = 'patient_receivable' AND balance < 0), 0)
               AS overpaid,
           min(since) FILTER (WHERE account = 'patient_receivable' AND balance > 0) AS owed_since,
           count(*) FILTER (WHERE account <> 'patient_receivable' AND balance <> 0) AS lines,
           coalesce(sum(balance) FILTER (WHERE account <> 'patient_receivable'), 0) AS insurance
    FROM visits GROUP BY patient_id
), flying AS (
    SELECT patient_id, count(*) AS claims FROM billing_claim p
    WHERE practice_id = %(practice)s AND status = ANY(%(in_flight)s) {patients}
    GROUP BY patient_id
), prepaid AS (
    SELECT p.patient_id,
           sum(CASE WHEN m.source = 'patient_prepayment' THEN m.amount
                    WHEN m.destination = 'patient_prepayment' THEN -m.amount ELSE 0 END) AS amount
    FROM billing_patientmove p JOIN billing_posting m ON m.id = p.posting_id
    WHERE p.practice_id = %(practice)s {patients} GROUP BY p.patient_id
), told AS (
    SELECT patient_id, max(statement_on) AS last_on, count(*) AS statements
    FROM billing_statement p
    WHERE practice_id = %(practice)s AND voided_at IS NULL {patients} GROUP BY patient_id
), asked AS (
    SELECT patient_id, count(*) AS inquiries, count(*) FILTER (WHERE kind = 'dispute') AS disputes
    FROM billing_accountinquiry p
    WHERE practice_id = %(practice)s AND closed_at IS NULL {patients} GROUP BY patient_id
), flagged AS (
    SELECT patient_id, array_agg(kind ORDER BY kind) AS kinds FROM billing_accountflag p
    WHERE practice_id = %(practice)s AND state = 'set' {patients} GROUP BY patient_id
), plans AS (
    SELECT id, patient_id, made_at FROM billing_paymentplan p
    WHERE practice_id = %(practice)s AND state = 'in_force' {patients}
), planned AS (
    SELECT l.patient_id,
           (SELECT array_agg(i.due_on ORDER BY i.position) FROM billing_planinstallment i
            WHERE i.plan_id = l.id) AS days,
           (SELECT array_agg(i.amount ORDER BY i.position) FROM billing_planinstallment i
            WHERE i.plan_id = l.id) AS amounts,
           (SELECT coalesce(sum(CASE 'patient_receivable' WHEN m.source THEN m.amount
                                     WHEN m.destination THEN -m.amount ELSE 0 END), 0)
            FROM billing_patientpayment y JOIN billing_patientmove w ON w.payment_id = y.id
            JOIN billing_posting m ON m.id = w.posting_id
            WHERE y.practice_id = %(practice)s AND y.patient_id = l.patient_id
              AND y.taken_at >= l.made_at) AS paid
    FROM plans l
)
SELECT t.id, t.last_name, t.first_name, t.mrn,
       coalesce(m.owed, 0), coalesce(m.overpaid, 0), m.owed_since, coalesce(m.lines, 0),
       coalesce(m.insurance, 0), coalesce(f.claims, 0), coalesce(r.amount, 0), d.last_on,
       coalesce(d.statements, 0), coalesce(a.inquiries, 0), coalesce(a.disputes, 0), g.kinds,
       l.days, l.amounts, l.paid
FROM rcm_patient t
LEFT JOIN money m ON m.patient_id = t.id
LEFT JOIN flying f ON f.patient_id = t.id
LEFT JOIN prepaid r ON r.patient_id = t.id
LEFT JOIN told d ON d.patient_id = t.id
LEFT JOIN asked a ON a.patient_id = t.id
LEFT JOIN flagged g ON g.patient_id = t.id
LEFT JOIN planned l ON l.patient_id = t.id
WHERE t.practice_id = %(practice)s {only}
"""
NARROWED = {
    "claims": "AND claim_id IN (SELECT c.id FROM billing_claim c"
    " WHERE c.practice_id = %(practice)s AND c.patient_id = ANY(%(only)s))",
    "patients": "AND p.patient_id = ANY(%(only)s)",
    "only": "AND t.id = ANY(%(only)s)",
}


@dataclass(frozen=True, slots=True)
class AccountState:
    """One account on a day. Dollars; `owed_since` is when the oldest visit still owed began to be.

    `prepaid` is held for the patient and tied to no visit, `overpaid` the sum of visits below zero.
    """

    patient_id: int
    last_name: str
    first_name: str
    mrn: str
    owed: Decimal
    overpaid: Decimal
    owed_since: date | None
    insurance_lines: int
    insurance: Decimal
    in_flight: int
    prepaid: Decimal
    last_statement_on: date | None
    statements: int
    inquiries: int
    disputes: int
    flags: tuple[str, ...]
    has_plan: bool
    plan_overdue: int
    reasons: tuple[Reason, ...]

    @property
    def name(self) -> str:
        return f"{self.last_name}, {self.first_name}"

    @property
    def credit(self) -> Decimal:
        return self.overpaid + self.prepaid

    @property
    def due(self) -> Decimal:
        """What a statement would ask for; below zero when the practice owes the patient."""
        return self.owed - self.credit

    @property
    def may_be_stated(self) -> bool:
        return not self.reasons

    def days_owed(self, today: date) -> int | None:
        return (today - self.owed_since).days if self.owed_since else None


def settings_of(practice_id: int) -> AccountSettings:
    """The practice's settings; the defaults, not saved, when it has set none."""
    found = AccountSettings.objects.filter(practice_id=practice_id).first()
    return found or AccountSettings(practice_id=practice_id)


def account_states(
    practice: Practice, today: date, only: Collection[int] | None = None
) -> list[AccountState]:
    """The accounts of a practice, or of the patients in `only`, by name. Two statements."""
    terms = terms_of(settings_of(practice.pk))
    names: dict[str, Any] = {
        "practice": practice.pk,
        "accounts": list(OWED_ACCOUNTS),
        "in_flight": IN_FLIGHT,
        "only": list(only or ()),
    }
    parts = {key: "" if only is None else text for key, text in NARROWED.items()}
    query = ACCOUNTS.format(**parts) + " ORDER BY t.last_name, t.first_name, t.id"
    with connection.cursor() as db:
        db.execute(query, names)
        return [_state_of(row, terms, today) for row in db.fetchall()]


def account_state(practice: Practice, patient_id: int, today: date) -> AccountState:
    """One account. Two statements."""
    return account_states(practice, today, [patient_id])[0]


def terms_of(settings: AccountSettings) -> StatementTerms:
    return StatementTerms(settings.minimum, settings.interval_days)


def _state_of(row: Sequence[Any], terms: StatementTerms, today: date) -> AccountState:
    (owed, overpaid, since, lines, insurance, flying, prepaid, last_on, told) = row[4:13]
    inquiries, disputes, kinds, days, amounts, paid = row[13:]
    flags = tuple(kinds or ())
    overdue = 0
    if days:
        parts = [Installment(*pair) for pair in zip(days, amounts, strict=True)]
        overdue = missed(settle(parts, paid), today)
    facts = StatementFacts(
        owed,
        overpaid + prepaid,
        lines,
        insurance,
        flying,
        disputes,
        last_on,
        flags,
        bool(days),
        overdue,
    )
    return AccountState(
        row[0],
        row[1],
        row[2],
        row[3],
        owed + ZERO,
        overpaid + ZERO,
        since,
        lines,
        insurance + ZERO,
        flying,
        prepaid + ZERO,
        last_on,
        told,
        inquiries,
        disputes,
        flags,
        bool(days),
        overdue,
        tuple(reasons_against(facts, terms, today)),
    )
