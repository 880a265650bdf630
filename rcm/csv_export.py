"""Rows as a CSV file that a spreadsheet opens without running anything."""

import csv
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpResponse


def csv_response(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """A download called `name`.csv; amounts and days plain, text that starts a formula quoted."""
    response = HttpResponse(content_type="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    writer = csv.writer(response)
    writer.writerow(head)
    writer.writerows([[neutral(cell) for cell in row] for row in rows])
    return response


def neutral(cell: object) -> str:
    """An amount may begin with a minus; a text may not."""
    text = "" if cell is None else str(cell)
    if isinstance(cell, Decimal | int):
        return text
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
