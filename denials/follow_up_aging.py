"""The aging matrix: what insurers owe, by who owes or where it arose and by days of age.

One pass over the open balances (index follow_up_aging), a row of the answer per row of the matrix.
Credits are somebody else's money and stand in a column of their own; they lessen no bucket.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db import connection
from django.db.models import QuerySet

from denials.models import FollowUp
from denials.rules.aging import BUCKETS, served_between
from payers.models import Payer
from rcm.models import Practice, Provider, ServiceLocation
from rcm.money import ZERO

# What the rows of the matrix are -> label and column.
BY = {
    "class": ("Payer class", "payer_id"),
    "payer": ("Payer", "payer_id"),
    "provider": ("Provider", "provider_id"),
    "location": ("Location", "location_id"),
}
UNKNOWN = "none"
# So many are added up in a few milliseconds.
AT_ONCE = 20_000


class Cell(NamedTuple):
    """Dollars of one bucket and the query of the list that shows them."""

    amount: Decimal
    query: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the matrix: the buckets in order, their sum, and credits as a positive figure."""

    label: str
    cells: list[Cell]
    total: Cell
    credit: Decimal


class Matrix(NamedTuple):
    by: str
    lines: list[Line]
    total: Line


Sums = list[Decimal]


def is_long(rows: QuerySet[FollowUp]) -> bool:
    """Are there more than AT_ONCE open balances to add up? Counts no further."""
    open_rows = rows.exclude(balance=0).order_by().values("pk")
    return open_rows[: AT_ONCE + 1].count() > AT_ONCE


def matrix(practice: Practice, query: Mapping[str, Any], today: date) -> Matrix:
    """The matrix by one of BY (``by`` of the address). Two statements."""
    by = asked if (asked := query.get("by")) in BY else "class"
    names = names_of(practice, by)
    found: dict[str, Sums] = {}
    for key, *sums in sums_by(practice.pk, BY[by][1], today):
        key, _ = names.get(key, (UNKNOWN, ""))
        so_far = found.setdefault(key, [ZERO] * len(sums))
        found[key] = [a + b for a, b in zip(so_far, sums, strict=True)]
    labels = dict(names.values())
    field = "payer_class" if by == "class" else by
    shown = (str(query.get(field) or ""), str(query.get("bucket") or ""))
    ordered = sorted(found, key=lambda key: (-sum(found[key][:-1]), labels.get(key, "")))
    lines = [
        line(labels.get(key, "Not known"), found[key], by, {field: key}, shown) for key in ordered
    ]
    whole = [sum(column, ZERO) for column in zip(*found.values(), strict=True)]
    empty = [ZERO] * (len(BUCKETS) + 1)
    return Matrix(by, lines, line("All", whole or empty, by, {}, shown))


def names_of(practice: Practice, by: str) -> dict[int | None, tuple[str, str]]:
    """Id of a payer, provider or location -> its key in the address, and its label."""
    if by in ("class", "payer"):
        payers = Payer.objects.filter(practice=practice)
        if by == "class":
            return {row.pk: (row.payer_class, row.get_payer_class_display()) for row in payers}
        return {row.pk: (str(row.pk), row.short_name) for row in payers}
    model: Any = Provider if by == "provider" else ServiceLocation
    label = "short_name" if by == "provider" else "name"
    rows = model.objects.filter(practice=practice)
    return {row.pk: (str(row.pk), str(getattr(row, label))) for row in rows}


def line(
    label: str, sums: Sums, by: str, filters: Mapping[str, str], shown: tuple[str, str]
) -> Line:
    """`sums`: the buckets in order, then the credits as they stand, below zero.

    `shown`: the row and the bucket that the list shows.
    """
    key = next(iter(filters.values()), "")
    *amounts, credit = sums
    # The list behind a cell has every balance in it, also those worked elsewhere.
    shared = {"view": "all", "denied": "1", "by": by, **filters}
    cells = [
        Cell(amount, urlencode(shared | {"bucket": bucket.key}), shown == (key, bucket.key))
        for bucket, amount in zip(BUCKETS, amounts, strict=True)
    ]
    return Line(label, cells, Cell(sum(amounts, ZERO), urlencode(shared)), -credit)


def sums_by(practice_id: int, column: str, today: date) -> list[tuple[Any, ...]]:
    """(id, dollars of each bucket, credits) per value of the column. One statement."""
    params: list[Any] = []
    columns = []
    for bucket in BUCKETS:
        first, last = served_between(bucket, today)
        days = [("date_of_service >= %s", first), ("date_of_service <= %s", last)]
        known = [(text, day) for text, day in days if day is not None]
        condition = " AND ".join(["balance > 0", *(text for text, _ in known)])
        columns.append(f"coalesce(sum(balance) FILTER (WHERE {condition}), 0)")
        params += [day for _, day in known]
    columns.append("coalesce(sum(balance) FILTER (WHERE balance < 0), 0)")
    with connection.cursor() as db:
        db.execute(
            f"SELECT {column}, {', '.join(columns)} FROM denials_followup "  # noqa: S608  ours
            f"WHERE practice_id = %s AND balance <> 0 GROUP BY {column}",
            [*params, practice_id],
        )
        return list(db.fetchall())
