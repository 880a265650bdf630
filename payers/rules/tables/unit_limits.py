"""Medically unlikely edits: the quarterly CSV files of CMS, one per setting.

Layout (CMS, "MUE Tables"): a quoted notice over several lines, a heading whose first cell holds a
line end, then code, value, adjudication indicator as text that begins with its digit, rationale.
A code that is absent is not free of a limit: some are confidential.
"""

import re
from collections.abc import Iterable, Iterator

from payers.rules.tables.reading import Row, csv_records, has_words

COLUMNS = {
    "code": has_words("cpt", "code"),
    "units": has_words("mue", "value|values"),
    "adjudication": has_words("adjudication", "indicator"),
}
UNITS = re.compile(r"\d{1,6}")
ADJUDICATION = re.compile(r"[123]\b.*")


def read_unit_limits(file: str, lines: Iterable[str]) -> Iterator[Row | None]:
    """(code, units, adjudication indicator) of each code."""
    for record in csv_records(file, lines, COLUMNS):
        indicator = record.matched("adjudication", ADJUDICATION, "a text that begins 1, 2 or 3")
        yield record.code(), record.matched("units", UNITS, "a whole number"), indicator[0]
