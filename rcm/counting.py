"""How many rows each of several lists has, in one statement.

Nobody reads the difference between 200,000 and 200,001 open charts, and counting them on every page
would make each page as slow as the list is long: beyond MOST a count only says "at least".
"""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

MOST = 10_000


class Statement(NamedTuple):
    """An expression of SQL that counts a list up to `most` and one, and the values in it."""

    sql: str
    values: tuple[Any, ...]
    most: int


Lists = Sequence[QuerySet[Any] | Statement]


class AtLeast(int):
    """A count that stopped there: printed as "10,000+"."""

    def __format__(self, spec: str) -> str:
        return f"{int(self):{spec}}+"

    def __str__(self) -> str:
        return f"{int(self)}+"


def capped(count: int, most: int | None = None) -> int:
    """The count itself, or AtLeast when it is more than `most` (MOST)."""
    limit = MOST if most is None else most
    return AtLeast(limit) if count > limit else count


def statement_of(rows: QuerySet[Any], most: int | None = None) -> Statement:
    """What counts the rows of a list, `most` (MOST) and one at most.

    For lists that are asked for on every page and take longer to put into words than to count:
    who keeps it keeps the values in it too.
    """
    limit = MOST if most is None else most
    try:
        sql, values = rows.order_by().values("pk")[: limit + 1].query.sql_with_params()
    except EmptyResultSet:
        return Statement("0", (), limit)
    return Statement(f"(SELECT count(*) FROM ({sql}) q)", values, limit)  # noqa: S608  of the ORM


def count_all(lists: Mapping[str, Lists], most: int | None = None) -> dict[str, int]:
    """Name -> rows of all its lists together, of each at most `most` (MOST) of them.

    A list that can hold nothing counts as nothing.
    """
    terms: list[str] = []
    params: list[Any] = []
    caps: list[int | None] = []
    for rows in lists.values():
        found = [row if isinstance(row, Statement) else statement_of(row, most) for row in rows]
        terms.append(" + ".join(["0", *(each.sql for each in found)]))
        params += chain.from_iterable(each.values for each in found)
        caps.append(min((each.most for each in found), default=most))
    if not terms:
        return {}
    with connection.cursor() as db:
        db.execute(f"SELECT {', '.join(terms)}", params)  # noqa: S608  SQL of the ORM
        counts = map(capped, db.fetchone(), caps)
        return dict(zip(lists, counts, strict=True))
