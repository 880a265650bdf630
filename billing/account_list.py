"""The list of accounts: views, filters and pages of the states of a practice's accounts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import QueryDict

from billing.patient_accounts import AccountState
from billing.rules.statements import CODES

ROWS = 50
VIEWS = [
    ("", "Owe us"),
    ("due", "Statement due"),
    ("excluded", "No statement"),
    ("plan", "In a plan"),
    ("dispute", "In dispute"),
    ("credit", "Credit"),
    ("collections", "Collections"),
    ("all", "All"),
]
AGES = {"30": (0, 30), "60": (31, 60), "90": (61, 90), "120": (91, 120), "121": (121, 10**6)}
AGE_LABELS = {
    "30": "0–30 days",
    "60": "31–60 days",
    "90": "61–90 days",
    "120": "91–120 days",
    "121": "Over 120 days",
}
HEAD = [
    *("Account", "Chart", "Patient", "Patient owes", "Credit", "Insurance open"),
    *("Owed since", "Last statement", "Plan", "No statement because"),
]


@dataclass(frozen=True, slots=True)
class AccountPage:
    """One page of rows, and the address part that leads on; "" at the end."""

    rows: list[AccountState]
    total: int
    amount: Decimal
    after: str


def in_view(row: AccountState, view: str) -> bool:
    """Does the account belong to this view?"""
    match view:
        case "due":
            return row.may_be_stated
        case "excluded":
            return row.owed > 0 and not row.may_be_stated
        case "plan":
            return row.has_plan
        case "dispute":
            return row.disputes > 0
        case "credit":
            return row.credit > 0
        case "collections":
            return "collections" in row.flags
        case "all":
            return True
        case _:
            return row.owed > 0


def filter_accounts(
    rows: Iterable[AccountState], query: QueryDict, today: date
) -> list[AccountState]:
    """Everything the address asks for except the view: name or chart, age, balance, reason."""
    text = query.get("q", "").strip().lower()
    ages = AGES.get(query.get("age", ""))
    reason = query.get("reason", "")
    least = query.get("least", "")
    found = []
    for row in rows:
        if text and not is_named(row, text):
            continue
        if ages and not ages[0] <= (row.days_owed(today) or 0) <= ages[1]:
            continue
        if least.isdecimal() and row.due < int(least):
            continue
        if reason in CODES and all(each.code != reason for each in row.reasons):
            continue
        found.append(row)
    return found


def is_named(row: AccountState, text: str) -> bool:
    last, _, first = (part.strip() for part in text.partition(","))
    is_name = row.last_name.lower().startswith(last) and row.first_name.lower().startswith(first)
    return is_name or row.mrn.lower() == text


def page_of_accounts(rows: Sequence[AccountState], after: str) -> AccountPage:
    """The rows that follow the one `after` names (dollars and id), the largest balance first."""
    ordered = sorted(rows, key=place_of)
    amount, _, pk = after.partition(":")
    start = 0
    if pk.isdecimal() and is_number(amount):
        place = (-Decimal(amount), int(pk))
        start = next((at for at, row in enumerate(ordered) if place_of(row) > place), len(ordered))
    shown = list(ordered[start : start + ROWS])
    is_more = len(ordered) > start + ROWS
    last = f"{shown[-1].due}:{shown[-1].patient_id}" if is_more else ""
    return AccountPage(shown, len(ordered), sum((row.due for row in rows), Decimal(0)), last)


def place_of(row: AccountState) -> tuple[Decimal, int]:
    return -row.due, row.patient_id


def is_number(text: str) -> bool:
    return text.removeprefix("-").replace(".", "", 1).isdecimal()


def view_tabs(rows: Sequence[AccountState], query: QueryDict) -> list[dict[str, Any]]:
    """The views with their counts; the filters stay."""
    chosen = query.get("view", "")
    tabs = []
    for key, label in VIEWS:
        address = query.copy()
        for name in ("after", "view", "format"):
            address.pop(name, None)
        if key:
            address["view"] = key
        tabs.append(
            {
                "label": label,
                "url": f"?{address.urlencode()}",
                "count": sum(in_view(row, key) for row in rows),
                "is_current": key == chosen,
            }
        )
    return tabs


def csv_row(row: AccountState) -> list[object]:
    return [
        row.patient_id,
        row.mrn,
        row.name,
        row.owed,
        row.credit,
        row.insurance,
        row.owed_since,
        row.last_statement_on,
        "overdue" if row.plan_overdue else "in force" if row.has_plan else "",
        " ".join(reason.text for reason in row.reasons),
    ]
