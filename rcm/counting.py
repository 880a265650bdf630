"""How many rows each of several lists has, in one statement.

Nobody reads the difference between 200,000 and 200,001 open charts, and counting them on every page
would make each page as slow as the list is long: beyond MOST a count only says "at least".
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

MOST = 10_000

Lists = Sequence[QuerySet[Any]]


class AtLeast(int):
    """A count that stopped there: printed as "10,000+"."""

    def __format__(self, spec: str) -> str:
        return f"{int(self):{spec}}+"

    def __str__(self) -> str:
        return f"{int(self)}+"


def capped(count: int) -> int:
    """The count itself, or AtLeast(MOST) when it is more."""
    return AtLeast(MOST) if count > MOST else count


def count_all(lists: Mapping[str, Lists]) -> dict[str, int]:
    """Name -> rows of all its lists together, at most MOST of them.

    A list that can hold nothing counts as nothing.
    """
    terms: list[str] = []
    params: list[Any] = []
    for rows in lists.values():
        counts = ["0"]
        for each in rows:
            try:
                sql, values = each.order_by().values("pk")[: MOST + 1].query.sql_with_params()
            except EmptyResultSet:
                continue
            counts.append(f"(SELECT count(*) FROM ({sql}) q)")  # noqa: S608  SQL of the ORM
            params += values
        terms.append(" + ".join(counts))
    if not terms:
        return {}
    with connection.cursor() as db:
        db.execute(f"SELECT {', '.join(terms)}", params)  # noqa: S608  SQL of the ORM
        return dict(zip(lists, map(capped, db.fetchone()), strict=True))
