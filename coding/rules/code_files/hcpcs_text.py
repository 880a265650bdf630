"""HCPCS Level II with its descriptions: the quarterly file of CMS, fixed width of 320.

Layout (CMS, "HCPC record layout"), places from 1: code 1-5 (a modifier in 4-5), record 11 (3 and 4
first and further line of a code, 7 and 8 of a modifier), long description 12-91, short 92-119,
coverage 230, type of service 261, added 269-276, terminated 285-292.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from coding.rules.code_rows import CodeRow
from coding.rules.phrases import phrase_of
from payers.rules.tables.hcpcs_codes import LEVEL_I, LEVEL_II, MODIFIER, RECORD, SHORTEST
from payers.rules.tables.reading import Record, TableFault, calendar_day, one_line

PLACES = {
    "code": (0, 5), "record": (10, 11), "description": (11, 91), "short": (91, 119),
    "coverage": (229, 230), "type_of_service": (260, 261), "added": (268, 276),
    "terminated": (284, 292),
}  # fmt: skip
HEADINGS = {name: f"{name}, {start + 1}-{end}" for name, (start, end) in PLACES.items()}
LONGEST_LABEL = 300


@dataclass(slots=True)
class Described:
    """A code in the making: its first line and the pieces of its description."""

    record: Record
    is_modifier: bool
    pieces: list[str] = field(default_factory=list)


def read_described(file: str, lines: Iterable[str]) -> Iterator[tuple[str, CodeRow] | None]:
    """(system of Code, row) for each code and modifier; None for a code of Level I.

    The dental codes (D) come without text, which is not CMS's. Raises TableFault for a line that is
    not as above, or that goes on with another code than the one before.
    """
    current: Described | None = None
    is_left_out = False
    for number, ending_line in enumerate(lines, 1):
        line = ending_line.rstrip("\r\n\x1a")
        if not line.strip():
            continue
        record = record_of(file, number, line)
        kind = record.text("record")
        if kind in "37":
            if current:
                yield row_of(current)
            is_left_out = kind == "3" and bool(LEVEL_I.fullmatch(record.text("code")))
            current = None if is_left_out else first_line(record, kind)
            if is_left_out:
                yield None
        elif current:
            if record.text("code") != current.record.text("code"):
                raise record.fault("code", f"more of {current.record.text('code')}")
            current.pieces.append(record.text("description"))
        elif not is_left_out:
            raise record.fault("record", "the first line of a code before a further one")
    if current:
        yield row_of(current)


def record_of(file: str, number: int, line: str) -> Record:
    fields = {name: line[start:end] for name, (start, end) in PLACES.items()}
    record = Record(file, number, fields, HEADINGS)
    kind = record.matched("record", RECORD, "3, 4, 7 or 8")
    if kind in "37" and len(line) < SHORTEST:
        raise TableFault(file, f"320 characters, there are {len(line)}", line=number)
    return record


def first_line(record: Record, kind: str) -> Described:
    is_modifier = kind == "7"
    expected = "a modifier" if is_modifier else "a code of Level II"
    record.matched("code", MODIFIER if is_modifier else LEVEL_II, expected)
    return Described(record, is_modifier, [record.text("description")])


def row_of(found: Described) -> tuple[str, CodeRow]:
    record = found.record
    code = record.text("code")
    is_dental = code.startswith("D") and not found.is_modifier
    starts_on = record.day("added", calendar_day, "YYYYMMDD")
    if starts_on is None:
        raise record.fault("added", "a date as YYYYMMDD")
    description = "" if is_dental else one_line(" ".join(found.pieces))
    label = shortened(description)
    notes: dict[str, Any] = {
        "code_set": "HCPCS",
        "short": "" if is_dental else record.text("short"),
        "description": description if label != description else "",
        "coverage": record.text("coverage"),
        "type_of_service": record.text("type_of_service"),
    }
    kept = {key: value for key, value in notes.items() if value}
    phrases = ((phrase_of(label), "title"), (phrase_of(str(notes["short"])), "inclusion"))
    return "modifier" if found.is_modifier else "procedure", CodeRow(
        code=code,
        label=label,
        is_billable=True,
        notes=json.dumps(kept, ensure_ascii=False),
        terms=tuple(term for term in phrases if term[0]),
        starts_on=starts_on,
        ends_on=record.day("terminated", calendar_day, "YYYYMMDD"),
    )


def shortened(description: str) -> str:
    """At most as long as a label may be, cut between words."""
    if len(description) <= LONGEST_LABEL:
        return description
    return description[: LONGEST_LABEL - 1].rpartition(" ")[0] + "…"
