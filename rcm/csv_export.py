"""Rows as a CSV file that a spreadsheet opens without running anything."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse


def csv_response(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """A download called `name`.csv; amounts and days plain, text that starts a formula quoted."""
    response = HttpResponse(content_type="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    writer = csv.writer(response)
    writer.writerow(head)
    writer.writerows([[neutral(cell) for cell in row] for row in rows])
    return response


class _Passing:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_stream(
    name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]
) -> StreamingHttpResponse:
    """The same row by row, for lists of any length; `rows` opens its own transaction.

    The request's transaction and its walls are over when the first row is asked for.
    """
    writer = csv.writer(_Passing())

    def lines() -> Iterator[str]:
        yield writer.writerow(head)
        for row in rows:
            yield writer.writerow([neutral(cell) for cell in row])

    response = StreamingHttpResponse(lines(), content_type="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def neutral(cell: object) -> str:
    """An amount may begin with a minus; a text may not."""
    text = "" if cell is None else str(cell)
    if isinstance(cell, Decimal | int):
        return text
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
