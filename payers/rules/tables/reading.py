"""What the readers of published tables share: located faults, dates, numbers, columns by name.

A reader takes the lines of one file and gives rows of COPY fields: text, or None for no value.
It stops at the first row that is not what the publisher's layout says.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

Row = tuple[str | None, ...]

CODE = re.compile(r"[0-9A-Z]{5}")
# Descriptions of coverage documents are longer than the csv module takes by itself.
LARGEST_FIELD = 64 << 20


class TableFault(Exception):
    """A published file is not what its layout says: where, and what was expected there."""

    def __init__(
        self, file: str, expected: str, *, line: int = 0, column: str = "", found: str = ""
    ) -> None:
        place = (
            file + (f", line {line}" if line else "") + (f", column “{column}”" if column else "")
        )
        shown = f", found “{found[:40]}”" if found else ""
        super().__init__(f"{place}: expected {expected}{shown}.")
        self.file, self.line, self.column = file, line, column


@lru_cache(maxsize=4096)
def calendar_day(text: str) -> date | None:
    """A day written YYYYMMDD; None when there is no such day."""
    if len(text) != 8 or not text.isdecimal():
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def julian_day(text: str) -> date | None:
    """A day written YYYYDDD, as in the add-on code file; None when there is no such day."""
    if len(text) != 7 or not text.isdecimal():
        return None
    year, number = int(text[:4]), int(text[4:])
    if not 1900 <= year < 9999 or number < 1:
        return None
    day = date(year, 1, 1) + timedelta(days=number - 1)
    return day if day.year == year else None


def one_line(text: str) -> str:
    """Text with every run of blanks and line ends as one blank."""
    return " ".join(text.split())


@dataclass(slots=True)
class Record:
    """One row of a file with a heading: its fields by our names, and where it stands."""

    file: str
    line: int
    fields: dict[str, str]
    headings: dict[str, str]

    def fault(self, name: str, expected: str) -> TableFault:
        return TableFault(
            self.file,
            expected,
            line=self.line,
            column=self.headings.get(name, name),
            found=self.fields.get(name, ""),
        )

    def text(self, name: str) -> str:
        return one_line(self.fields.get(name, ""))

    def matched(self, name: str, shape: re.Pattern[str], expected: str) -> str:
        """The field when it has this shape; a fault that says what was expected otherwise."""
        value = self.text(name)
        if not shape.fullmatch(value):
            raise self.fault(name, expected)
        return value

    def code(self, name: str = "code") -> str:
        return self.matched(name, CODE, "a code of five digits or capital letters")

    def day(self, name: str, read: Callable[[str], date | None], shape: str) -> str | None:
        """A date as COPY takes it; None when the field is empty or zero."""
        value = self.text(name)
        if not value.strip("0"):
            return None
        found = read(value)
        if found is None:
            raise self.fault(name, f"a date as {shape}")
        return found.isoformat()


def csv_records(
    file: str,
    lines: Iterable[str],
    columns: dict[str, Callable[[str], bool]],
    *,
    optional: frozenset[str] = frozenset(),
    delimiter: str = ",",
    has_footnotes: bool = False,
) -> Iterator[Record]:
    """The rows below the heading. `columns` maps our name to what its heading looks like.

    Notices before the heading are passed over; a heading may hold line ends and may go over several
    lines, whose cells are then read together. Blank rows are no rows; nor are rows with nothing but
    their first cell in a table that `has_footnotes`.
    """
    csv.field_size_limit(LARGEST_FIELD)
    reader = csv.reader(lines, delimiter=delimiter)
    above: list[list[str]] = []
    places: dict[str, int] = {}
    headings: dict[str, str] = {}
    for cells in rows_of(reader, file):
        if not places:
            above = [*above[-5:], cells]
            places, headings = find_columns(above, columns, optional)
            if reader.line_num > 200:
                break
            continue
        filled = [at for at, cell in enumerate(cells) if cell.strip()]
        if not filled or (has_footnotes and filled == [0]):
            continue
        needed = max(places[name] for name in places if name not in optional)
        if len(cells) <= needed:
            raise TableFault(
                file, f"{needed + 1} columns or more, there are {len(cells)}", line=reader.line_num
            )
        found = {name: cells[at] for name, at in places.items() if at < len(cells)}
        yield Record(file, reader.line_num, found, headings)
    if not places:
        wanted = ", ".join(name.replace("_", " ") for name in columns if name not in optional)
        raise TableFault(file, f"a heading with these columns: {wanted}")


def rows_of(reader: Iterable[list[str]], file: str) -> Iterator[list[str]]:
    """The rows of a csv reader; what it cannot read is a fault of the file."""
    try:
        yield from reader
    except csv.Error as error:
        line = getattr(reader, "line_num", 0)
        raise TableFault(file, f"rows of a CSV file ({error})", line=line) from error


def find_columns(
    above: list[list[str]], columns: dict[str, Callable[[str], bool]], optional: frozenset[str]
) -> tuple[dict[str, int], dict[str, str]]:
    """Where each column stands, once the last rows read hold all that must be there.

    The last line alone is tried first, then with one line more above it each time.
    """
    for first in range(len(above) - 1, -1, -1):
        width = max(len(cells) for cells in above[first:])
        if width < 2:
            break
        titles = [
            one_line(" ".join(cells[at] for cells in above[first:] if at < len(cells))).lower()
            for at in range(width)
        ]
        places = {
            name: at
            for name, is_it in columns.items()
            if (at := next((i for i, title in enumerate(titles) if is_it(title)), -1)) >= 0
        }
        if all(name in places for name in columns if name not in optional):
            return places, {name: titles[at] for name, at in places.items()}
    return {}, {}


def is_one_of(*titles: str) -> Callable[[str], bool]:
    """Is the heading one of these?"""
    return lambda title: title in titles


def has_words(*wanted: str, without: str = "") -> Callable[[str], bool]:
    """Does the heading hold all of these words, and none of those?

    "a|b" is either of two words. Words are letters only: "NON-FAC" is two.
    """
    choices = [set(choice.split("|")) for choice in wanted]
    unwanted = set(without.split())

    def is_it(title: str) -> bool:
        words = set(re.findall(r"[a-z]+", title))
        return not unwanted & words and all(choice & words for choice in choices)

    return is_it
