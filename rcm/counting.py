"""How many rows each of several lists has, in one statement."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

Lists = Sequence[QuerySet[Any]]


def count_all(lists: Mapping[str, Lists]) -> dict[str, int]:
    """Name -> rows of all its lists together. A list that can hold nothing counts as nothing."""
    terms: list[str] = []
    params: list[Any] = []
    for rows in lists.values():
        counts = ["0"]
        for each in rows:
            try:
                sql, values = each.order_by().values("pk").query.sql_with_params()
            except EmptyResultSet:
                continue
            counts.append(f"(SELECT count(*) FROM ({sql}) q)")  # noqa: S608  SQL of the ORM
            params += values
        terms.append(" + ".join(counts))
    if not terms:
        return {}
    with connection.cursor() as db:
        db.execute(f"SELECT {', '.join(terms)}", params)  # noqa: S608  SQL of the ORM
        return dict(zip(lists, db.fetchone(), strict=True))
