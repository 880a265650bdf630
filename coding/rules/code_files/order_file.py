"""The order file of ICD-10-CM and ICD-10-PCS: all codes and headings in their order.

Layout (CMS, "icd10OrderFiles"), places from 1: order number 1-5, code without its dot 7-13,
1 when it is a valid code and 0 for a heading 15, short title 17-76, long title from 78.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from payers.rules.tables.reading import Record, TableFault, one_line

PLACES = {"number": (0, 5), "code": (6, 13), "flag": (14, 15), "short": (16, 76)}
LONG_TITLE = 77
HEADINGS = {name: f"{name}, {start + 1}-{end}" for name, (start, end) in PLACES.items()}
# ICD-10-CM codes may begin with two letters ("QA0"); PCS has no I and no O.
ICD10CM = re.compile(r"[A-Z][0-9A-Z][0-9A-Z][0-9A-Z]{0,4}")
ICD10PCS = re.compile(r"[0-9A-HJ-NP-Z]{3}|[0-9A-HJ-NP-Z]{7}")
NUMBER, FLAG = re.compile(r"\d{5,6}"), re.compile(r"[01]")


class OrderRow(NamedTuple):
    """One line of the file."""

    code: str
    is_billable: bool
    title: str


def read_order(file: str, lines: Iterable[str], shape: re.Pattern[str]) -> Iterator[OrderRow]:
    """The codes in the order of the file; `shape` is that of a code of the set.

    Raises TableFault for a line that is not as above, a code twice or numbers out of order.
    """
    seen: set[str] = set()
    last = 0
    for number, ending_line in enumerate(lines, 1):
        line = ending_line.rstrip("\r\n\x1a")
        if not line.strip():
            continue
        fields = {name: line[start:end] for name, (start, end) in PLACES.items()}
        record = Record(file, number, fields, HEADINGS)
        order = int(record.matched("number", NUMBER, "an order number"))
        code = record.matched("code", shape, "a code without its dot")
        if line[5:6] != " " or line[13:14] != " ":
            raise TableFault(file, "a blank in places 6 and 14", line=number, found=line[:16])
        flag = record.matched("flag", FLAG, "1 for a code or 0 for a heading")
        title = one_line(line[LONG_TITLE:])
        if not title:
            raise TableFault(file, "a long title from place 78 on", line=number, found=line[16:])
        if code in seen:
            raise record.fault("code", "every code once")
        if order <= last:
            raise record.fault("number", f"a number above {last}")
        seen.add(code)
        last = order
        yield OrderRow(code, flag == "1", title)


def read_code_list(file: str, lines: Iterable[str], shape: re.Pattern[str]) -> Iterator[OrderRow]:
    """The shorter file of valid codes only: a code, blanks, its long title."""
    seen: set[str] = set()
    for number, ending_line in enumerate(lines, 1):
        line = ending_line.strip("\r\n\x1a")
        if not line.strip():
            continue
        code, _, title = line.partition(" ")
        if not shape.fullmatch(code) or not title.strip():
            raise TableFault(file, "a code, a blank and its title", line=number, found=line)
        if code in seen:
            raise TableFault(file, "every code once", line=number, found=code)
        seen.add(code)
        yield OrderRow(code, True, one_line(title))
