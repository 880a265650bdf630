"""NCCI procedure-to-procedure edits: the quarterly text files of CMS, four per setting.

Layout (CMS, "PTP Coding Edits"): notice lines, a heading that begins "Column 1" and may go on over
lines, then tab-separated rows of seven columns: column 1, column 2, * when older than 1996,
effective date, deletion date (* for none), modifier indicator 0, 1 or 9, rationale.
"""

import re
from collections.abc import Iterable, Iterator

from payers.rules.tables.reading import CODE, Row, TableFault, calendar_day

ROW = re.compile(
    r"([0-9A-Z]{5})\t([0-9A-Z]{5})\t[ *]?\t([0-9]{8})\t(\*|[0-9]{8}| ?)\t([019])(?:\t[^\t]*)?\t*"
)
COLUMNS = (
    ("Column 1", CODE, "a code of five digits or capital letters"),
    ("Column 2", CODE, "a code of five digits or capital letters"),
    ("In existence prior to 1996", re.compile(r"[ *]?"), "* or nothing"),
    ("Effective date", re.compile(r"\d{8}"), "a date as YYYYMMDD"),
    ("Deletion date", re.compile(r"\*|\d{8}| ?"), "a date as YYYYMMDD, or *"),
    ("Modifier", re.compile(r"[019]"), "0, 1 or 9"),
)
LONGEST_HEADING = 12


def read_pairs(file: str, lines: Iterable[str]) -> Iterator[Row | None]:
    """(column 1, column 2, starts on, ends on, modifier indicator) of each edit; None for a pair
    with indicator 9, which never applied.
    """
    is_below_heading, has_rows, heading_line = False, False, 0
    for number, ending_line in enumerate(lines, 1):
        line = ending_line.rstrip("\r\n\x1a")
        if not is_below_heading:
            if line.lstrip('"').startswith("Column 1"):
                is_below_heading, heading_line = True, number
            continue
        found = ROW.fullmatch(line)
        if found is None:
            if not line.strip() or (not has_rows and goes_on(line, number - heading_line)):
                continue
            raise locate(file, number, line)
        has_rows = True
        column_1, column_2, starts, ends, indicator = found.groups()
        starts_on, ends_on = calendar_day(starts), calendar_day(ends)
        if starts_on is None or (ends_on is None and len(ends) == 8):
            raise locate(file, number, line)
        if indicator == "9":
            yield None
        else:
            yield column_1, column_2, starts, ends if ends_on else None, indicator
    if not is_below_heading:
        raise TableFault(file, "a heading line that begins with “Column 1”")


def goes_on(line: str, below: int) -> bool:
    """Is this a further line of the heading? A damaged first row is none: it begins like a code."""
    return below <= LONGEST_HEADING and not re.match(r"[0-9A-Z]{3,6}\t", line)


def locate(file: str, number: int, line: str) -> TableFault:
    """The first column that is not as it should be."""
    cells = line.split("\t")
    if len(cells) < len(COLUMNS):
        return TableFault(file, f"7 columns, there are {len(cells)}", line=number, found=cells[0])
    for (name, shape, expected), cell in zip(COLUMNS, cells, strict=False):
        is_wrong = not shape.fullmatch(cell)
        if is_wrong or (len(cell) == 8 and calendar_day(cell) is None):
            return TableFault(file, expected, line=number, column=name, found=cell)
    return TableFault(file, f"7 columns, there are {len(cells)}", line=number)
