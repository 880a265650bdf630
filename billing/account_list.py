"""The list of accounts: the tabs, pages and lines of what billing.account_views finds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import QueryDict

from billing import account_views as kept
from billing.account_views import ROWS, Asked, Found
from billing.patient_accounts import AccountState, account_states, settings_of
from rcm.models import Practice

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


class AccountList:
    """The accounts an address asks for. Each method is a constant number of statements."""

    def __init__(self, practice: Practice, query: QueryDict, today: date) -> None:
        kept.settle()
        self.practice, self.query, self.today = practice, query, today
        self.view = query.get("view", "")
        self.asked: Asked = kept.ask(practice, settings_of(practice.pk), query, today)

    def counts(self) -> dict[str, Found]:
        """Accounts and dollars of every view."""
        return kept.count_views(self.asked, [key for key, _ in VIEWS])

    def page(self, counts: Mapping[str, Found]) -> AccountPage:
        """The rows that follow the one the address names, the largest balance first."""
        after = self.query.get("after", "")
        ids = kept.ids_of(self.asked, self.view, after, limit=ROWS + 1)
        shown = self.states(ids[:ROWS])
        last = f"{shown[-1].due}:{shown[-1].patient_id}" if len(ids) > ROWS else ""
        found = counts.get(self.view, counts[""])
        return AccountPage(shown, found.accounts, found.amount, last)

    def everything(self) -> list[AccountState]:
        """All rows of the view."""
        return self.states(self.ids())

    def ids(self) -> list[int]:
        """The patients of the view, the largest balance first."""
        return kept.ids_of(self.asked, self.view, limit=None)

    def states(self, ids: Sequence[int]) -> list[AccountState]:
        """What stands on these accounts by the ledger, in this order."""
        rows = account_states(self.practice, self.today, ids)
        found = {row.patient_id: row for row in rows}
        return [found[pk] for pk in ids]


def view_tabs(counts: Mapping[str, Found], query: QueryDict) -> list[dict[str, Any]]:
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
                "count": counts[key].accounts,
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
