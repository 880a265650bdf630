"""HCPCS Level II: the quarterly file of CMS, fixed width of 320.

Layout (CMS, "HCPC record layout"), places from 1: code 1-5 (a modifier in 4-5), record 11 (3 and 4
first and further line of a code, 7 and 8 of a modifier), short text 92-119, added 269-276,
terminated 285-292.
"""

import re
from collections.abc import Iterable, Iterator

from payers.rules.tables.reading import Record, Row, TableFault, calendar_day, one_line

PLACES = {"code": (0, 5), "record": (10, 11), "label": (91, 119)}
PLACES |= {"added": (268, 276), "terminated": (284, 292)}
HEADINGS = {name: f"{name}, {start + 1}-{end}" for name, (start, end) in PLACES.items()}
# Level I rows of the contractors' version are not CMS's to give: five digits, or a last letter.
LEVEL_II, LEVEL_I = re.compile(r"[A-V]\d{4}"), re.compile(r"\d{4}[0-9A-Z]")
MODIFIER, RECORD = re.compile(r"[0-9A-Z]{2}"), re.compile(r"[3478]")
SHORTEST = 276


def read_hcpcs(file: str, lines: Iterable[str]) -> Iterator[Row | None]:
    """(code or modifier, short text, starts on, ends on); None for a code of Level I.

    The dental codes (D) come without text, which is not CMS's.
    """
    for number, ending_line in enumerate(lines, 1):
        line = ending_line.rstrip("\r\n\x1a")
        if not line.strip():
            continue
        if len(line) < SHORTEST:
            raise TableFault(file, f"320 characters, there are {len(line)}", line=number)
        fields = {name: line[start:end] for name, (start, end) in PLACES.items()}
        record = Record(file, number, fields, HEADINGS)
        kind = record.matched("record", RECORD, "3, 4, 7 or 8")
        if kind in "48":
            continue
        if kind == "3" and LEVEL_I.fullmatch(record.text("code")):
            yield None
            continue
        shape = LEVEL_II if kind == "3" else MODIFIER
        code = record.matched("code", shape, "a code of Level II" if kind == "3" else "a modifier")
        starts_on = record.day("added", calendar_day, "YYYYMMDD")
        if starts_on is None:
            raise record.fault("added", "a date as YYYYMMDD")
        label = "" if code.startswith("D") and kind == "3" else one_line(fields["label"])
        yield code, label, starts_on, record.day("terminated", calendar_day, "YYYYMMDD")
