"""Which accounts a list shows, asked of what the database keeps: views, filters, order, counts.

The rows of a page are then read from the ledger (billing.patient_accounts). Each reason against a
statement is a condition here as in billing.rules.statements; a test holds the two together.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.http import QueryDict

from billing.models import AccountSettings
from billing.patient_accounts import IN_FLIGHT
from rcm.models import Practice
from rcm.money import ZERO

ROWS = 50
AGES = {"30": (0, 30), "60": (31, 60), "90": (61, 90), "120": (91, 120), "121": (121, 10**6)}
# An instalment is missed when its day is over and what is paid does not reach through it.
PLANNED = """
SELECT 1 FROM billing_paymentplan l
WHERE l.patient_id = b.patient_id AND l.practice_id = %(practice)s AND l.state = 'in_force'
"""
UP_TO_DATE = f"""
{PLANNED} AND NOT EXISTS (
    SELECT 1 FROM billing_planinstallment i
    WHERE i.plan_id = l.id AND i.due_on < %(today)s AND (
        SELECT sum(e.amount) FROM billing_planinstallment e
        WHERE e.plan_id = l.id AND e.position <= i.position
    ) > greatest(0, (
        SELECT coalesce(sum(CASE 'patient_receivable' WHEN m.source THEN m.amount
                                 WHEN m.destination THEN -m.amount ELSE 0 END), 0)
        FROM billing_patientpayment y JOIN billing_patientmove w ON w.payment_id = y.id
        JOIN billing_posting m ON m.id = w.posting_id
        WHERE y.practice_id = %(practice)s AND y.patient_id = l.patient_id
            AND y.taken_at >= l.made_at)))
"""  # noqa: S608  constants of ours
DISPUTED = """
SELECT 1 FROM billing_accountinquiry a
WHERE a.patient_id = b.patient_id AND a.practice_id = %(practice)s
    AND a.closed_at IS NULL AND a.kind = 'dispute'
"""
FLAGGED = """
SELECT 1 FROM billing_accountflag g
WHERE g.patient_id = b.patient_id AND g.practice_id = %(practice)s
    AND g.state = 'set' AND g.kind = '{kind}'
"""
FLYING = """
SELECT 1 FROM billing_claim c
WHERE c.patient_id = b.patient_id AND c.practice_id = %(practice)s
    AND c.status = ANY (%(in_flight)s)
"""
TOLD = """
SELECT 1 FROM billing_statement s
WHERE s.patient_id = b.patient_id AND s.practice_id = %(practice)s AND s.voided_at IS NULL
    AND s.statement_on > %(today)s - %(interval)s
"""


def among(rows: str) -> str:
    return f"EXISTS ({rows})"


REASONS = {
    "nothing_owed": "b.owed <= 0",
    "insurance_open": "b.insurance_lines > 0",
    "claim_in_flight": among(FLYING),
    "dispute": among(DISPUTED),
    "credit_covers": "(b.owed > 0 AND b.due <= 0)",
    "below_minimum": "(b.owed > 0 AND b.due > 0 AND b.due < %(minimum)s)",
    "too_soon": among(TOLD),
    "bankruptcy": among(FLAGGED.format(kind="bankruptcy")),
    "collections": among(FLAGGED.format(kind="collections")),
    "plan_up_to_date": among(UP_TO_DATE),
}
# The condition of the index of those that owe comes first.
STATED = "b.owed > 0 AND " + " AND ".join(f"NOT {reason}" for reason in REASONS.values())
CONDITIONS = {
    "": "b.owed > 0",
    "due": STATED,
    "plan": among(PLANNED),
    "dispute": REASONS["dispute"],
    "credit": "(b.overpaid > 0 OR b.prepaid > 0)",
    "collections": REASONS["collections"],
    "all": "true",
}
EXCLUDED = f"b.owed > 0 AND NOT ({STATED})"


class Found(NamedTuple):
    """Accounts and dollars of one view."""

    accounts: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: conditions besides the view, and the values they name."""

    conditions: tuple[str, ...]
    names: Mapping[str, Any]

    @property
    def source(self) -> str:
        is_named = any("t." in each for each in self.conditions)
        people = " JOIN rcm_patient t ON t.id = b.patient_id" if is_named else ""
        return f"billing_patientbalance b{people}"

    def where(self, view: str) -> str:
        chosen = EXCLUDED if view == "excluded" else CONDITIONS.get(view, CONDITIONS[""])
        return " AND ".join(("b.practice_id = %(practice)s", chosen, *self.conditions))


def ask(practice: Practice, terms: AccountSettings, query: QueryDict, today: date) -> Asked:
    """What a list's address asks for: name or chart, age, least balance, reason."""
    names: dict[str, Any] = {
        "practice": practice.pk,
        "today": today,
        "minimum": terms.minimum,
        "interval": terms.interval_days,
        "in_flight": list(IN_FLIGHT),
    }
    conditions = []
    if text := query.get("q", "").strip().lower():
        conditions.append(named(text, names))
    if ages := AGES.get(query.get("age", "")):
        names["youngest"], names["oldest"] = ages
        age = "coalesce(%(today)s - b.owed_since, 0)"
        conditions.append(f"{age} BETWEEN %(youngest)s AND %(oldest)s")
    if (least := query.get("least", "")).isdecimal():
        names["least"] = Decimal(least)
        conditions.append("b.due >= %(least)s")
    if condition := REASONS.get(query.get("reason", "")):
        conditions.append(condition)
    return Asked(tuple(conditions), names)


def named(text: str, names: dict[str, Any]) -> str:
    """The condition for "last, first", each from its beginning, or a chart number."""
    last, _, first = (part.strip() for part in text.partition(","))
    names |= {"chart": text, "last": begins(last), "first": begins(first)}
    return (
        "(lower(t.last_name) LIKE %(last)s AND lower(t.first_name) LIKE %(first)s"
        " OR lower(t.mrn) = %(chart)s)"
    )


def begins(text: str) -> str:
    for sign in ("\\", "%", "_"):
        text = text.replace(sign, f"\\{sign}")
    return f"{text}%"


def settle() -> None:
    """Let the moves this transaction has written count: else they do when it commits."""
    with connection.cursor() as db:
        db.execute("SET CONSTRAINTS settle_balances IMMEDIATE")
        db.execute("SET CONSTRAINTS settle_balances DEFERRED")


def count_views(asked: Asked, views: Collection[str]) -> dict[str, Found]:
    """Accounts and dollars of each view. One statement."""
    # Who owes has a statement due or is excluded: a condition turned round would cost most.
    counted = sorted({*views, "", "due"} - {"excluded"})
    columns = [f"count{place}.n, count{place}.due" for place in range(len(counted))]
    tables = [
        f"(SELECT count(*) AS n, coalesce(sum(b.due), 0) AS due FROM {asked.source}"  # noqa: S608
        f" WHERE {asked.where(view)}) AS count{place}"
        for place, view in enumerate(counted)
    ]
    with connection.cursor() as db:
        query = f"SELECT {', '.join(columns)} FROM {', '.join(tables)}"  # noqa: S608
        db.execute(query, asked.names)
        row = db.fetchone()
    found = {
        view: Found(row[2 * place], row[2 * place + 1] + ZERO) for place, view in enumerate(counted)
    }
    owing, due = found[""], found["due"]
    found["excluded"] = Found(owing.accounts - due.accounts, owing.amount - due.amount)
    return {view: found[view] for view in views}


def ids_of(asked: Asked, view: str, after: str = "", *, limit: int | None = ROWS) -> list[int]:
    """Patients of a view, the largest balance first, behind the one `after` names (dollars:id)."""
    where, names = asked.where(view), dict(asked.names)
    amount, _, pk = after.partition(":")
    if pk.isdecimal() and is_number(amount):
        names |= {"amount": Decimal(amount), "last_id": min(int(pk), 2**63 - 1)}
        where += " AND b.due <= %(amount)s AND (b.due < %(amount)s OR b.patient_id > %(last_id)s)"
    query = (
        f"SELECT b.patient_id FROM {asked.source} WHERE {where}"  # noqa: S608  constants of ours
        " ORDER BY b.due DESC, b.patient_id LIMIT %(limit)s"
    )
    with connection.cursor() as db:
        db.execute(query, names | {"limit": limit})
        return [pk for (pk,) in db.fetchall()]


def is_number(text: str) -> bool:
    return text.removeprefix("-").replace(".", "", 1).isdecimal()
