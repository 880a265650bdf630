"""Add-on code edits of CMS: the fixed-width file, or the table with a heading as tabs or commas.

Layout (CMS, "Add-on Code Edits"), fixed width from 0: type 0, add-on code 1, its deletion 6,
primary 13, its deletion 18, edit effective 25, edit deletion 32, note 39. Days are YYYYDDD. The
primary CCCCC means one that the contractor names.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from payers.rules.tables.reading import Record, Row, csv_records, is_one_of, julian_day

PLACES = {
    "edit_type": (0, 1),
    "code": (1, 6),
    "code_ends": (6, 13),
    "primary": (13, 18),
    "primary_ends": (18, 25),
    "starts": (25, 32),
    "ends": (32, 39),
}
COLUMNS = {
    "edit_type": is_one_of("aoc_edit_type"),
    "code": is_one_of("add-on_code"),
    "code_ends": is_one_of("aoc_deldt"),
    "primary": is_one_of("primary_code"),
    "primary_ends": is_one_of("primary_code_deldt"),
    "starts": is_one_of("aoc_edit_effdt"),
    "ends": is_one_of("aoc_edit_deldt"),
}
HEADINGS = {name: name.replace("_", " ") for name in PLACES}
TYPE = re.compile(r"[123]")


def read_add_ons(file: str, lines: Iterable[str]) -> Iterator[Row | None]:
    """(add-on code, primary, type, starts on, ends on) of each edit; the first deletion ends it."""
    rest = iter(lines)
    first = list(islice(rest, 40))
    heading = next((line for line in first if "AOC_Edit_Type" in line), "")
    if heading:
        delimiter = "\t" if "\t" in heading else ","
        records = csv_records(file, chain(first, rest), COLUMNS, delimiter=delimiter)
    else:
        records = fixed_records(file, chain(first, rest))
    for record in records:
        starts_on = record.day("starts", julian_day, "YYYYDDD")
        if starts_on is None:
            raise record.fault("starts", "a date as YYYYDDD")
        ends = [record.day(n, julian_day, "YYYYDDD") for n in ("ends", "code_ends", "primary_ends")]
        yield (
            record.code(),
            record.code("primary"),
            record.matched("edit_type", TYPE, "1, 2 or 3"),
            starts_on,
            min((day for day in ends if day), default=None),
        )


def fixed_records(file: str, lines: Iterable[str]) -> Iterator[Record]:
    """The rows of the fixed-width file; notice lines stand before the first row only."""
    has_rows = False
    for number, ending_line in enumerate(lines, 1):
        line = ending_line.rstrip("\r\n\x1a")
        if not line.strip() or (not has_rows and not re.match(r"\d[0-9A-Z]{4}", line)):
            continue
        has_rows = True
        fields = {name: line[start:end] for name, (start, end) in PLACES.items()}
        yield Record(file, number, fields, HEADINGS)
