"""Texts on the fixed grid of a paper claim form: slots, pages, and what did not fit.

A form is printed at 10 characters per inch and 6 lines per inch on US Letter. Lines and columns
count from 1 in the form's own numbering; a `Grid` says where on the paper the first one lies. All
measures are integer tenths of a point (72 points to the inch).
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from rcm.x12.claim_837 import Address, Person

PAGE_WIDTH, PAGE_HEIGHT = 6_120, 7_920
COLUMN_WIDTH, LINE_HEIGHT = 72, 120


@dataclass(frozen=True, slots=True)
class Grid:
    """Where line 1 begins below the paper's top edge and column 1 right of its left edge."""

    name: str
    top: int
    left: int
    lines: int
    columns: int


@dataclass(frozen=True, slots=True)
class Slot:
    """A place on the form for one text: its box number, line, first column and width.

    Amounts and counts stand at the right end (`is_right`).
    """

    box: str
    line: int
    column: int
    width: int
    is_right: bool = False


@dataclass(frozen=True, slots=True)
class PlacedText:
    """A text in its slot, already upper case and short enough."""

    line: int
    column: int
    width: int
    text: str
    box: str
    is_right: bool = False


@dataclass(frozen=True, slots=True)
class Unplaced:
    """What the form could not take: `printed` stands in its place, empty when nothing does."""

    box: str
    text: str
    printed: str

    @property
    def sentence(self) -> str:
        """For people, such as ``Box 2: “…” is printed as “…”.``"""
        if self.printed:
            return f"Box {self.box}: “{self.text}” is printed as “{self.printed}”."
        return f"Box {self.box} does not show {self.text}."


@dataclass(frozen=True, slots=True)
class PaperForm:
    """A filled form: texts per page, every slot there is, and what did not fit."""

    grid: Grid
    slots: tuple[Slot, ...]
    pages: tuple[tuple[PlacedText, ...], ...]
    unplaced: tuple[Unplaced, ...]


class FormWriter:
    """Puts texts into named slots page by page; remembers once whatever did not fit."""

    def __init__(self, grid: Grid, slots: dict[str, Slot]) -> None:
        self._grid, self._slots = grid, slots
        self._pages: list[list[PlacedText]] = []
        self._unplaced: dict[Unplaced, None] = {}

    def start_page(self) -> None:
        """The next texts go onto a new page."""
        self._pages.append([])

    def put(self, name: str, text: str) -> None:
        """A text into a slot; nothing for an empty one. Raises KeyError for an unknown slot."""
        slot = self._slots[name]
        if not text:
            return
        whole = plain_text(text)
        printed = whole if len(whole) <= slot.width else whole[: slot.width].rstrip()
        if printed != whole or whole.count("?") > text.count("?"):
            self._unplaced[Unplaced(slot.box, text, printed)] = None
        self._pages[-1].append(
            PlacedText(slot.line, slot.column, slot.width, printed, slot.box, slot.is_right)
        )

    def put_rows(self, names: Iterable[str], texts: Iterable[str]) -> None:
        """Texts that are not empty, one under the other; those without a row are left off."""
        rows, filled = list(names), [text for text in texts if text]
        for name, text in zip(rows, filled, strict=False):
            self.put(name, text)
        for text in filled[len(rows) :]:
            self.leave_off(self._slots[rows[0]].box, f"“{text}”")

    def tick(self, name: str) -> None:
        """An X in a check box."""
        self.put(name, "X")

    def leave_off(self, box: str, what: str) -> None:
        """Say that something of the claim has no place on the form; `what` ends a sentence."""
        self._unplaced[Unplaced(box, what, "")] = None

    def leave_off_fields(
        self, box: str, facts: Any, printed: frozenset[str], whose: str = ""
    ) -> None:
        """Say each field of a dataclass that carries something and is not among `printed`."""
        for field in fields(facts):
            value = getattr(facts, field.name)
            if field.name not in printed and value and value != field.default:
                words = field.name.removeprefix("is_").replace("_", " ").replace("clia", "CLIA")
                self.leave_off(box, f"{words}{whose}")

    def finish(self) -> PaperForm:
        """The form as written."""
        pages = tuple(tuple(page) for page in self._pages)
        return PaperForm(self._grid, tuple(self._slots.values()), pages, tuple(self._unplaced))


def plain_text(text: str) -> str:
    """Upper case without accents, runs of blanks as they are; what is no ASCII becomes ``?``."""
    spread = unicodedata.normalize("NFKD", text.upper())
    bare = "".join(letter for letter in spread if not unicodedata.combining(letter))
    return "".join(letter if " " <= letter <= "~" else "?" for letter in bare)


def only_digits(text: str) -> str:
    """Numbers stand without hyphens and blanks on paper."""
    return "".join(letter for letter in text if letter.isdecimal())


def in_parts(cents: int) -> str:
    """Cents behind a blank, where the form has its rule: 31300 -> ``313 00``."""
    sign = "-" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 100)
    return f"{sign}{whole} {rest:02d}"


def in_digits(cents: int) -> str:
    """Dollars and cents without anything between: 31300 -> ``31300``; at least three digits."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents):03d}"


def spaced(day: date | None, year: str = "%y") -> str:
    """``10 01 26``, with `year` ``%Y`` ``10 01 2026``; empty for no date."""
    return day.strftime(f"%m %d {year}") if day else ""


def packed(day: date | None, year: str = "%y") -> str:
    """``100126``, with `year` ``%Y`` ``10012026``; empty for no date."""
    return day.strftime(f"%m%d{year}") if day else ""


def zip_text(zip_code: str) -> str:
    """Nine digits with their hyphen, everything else as it is."""
    if len(zip_code) == 9 and zip_code.isdecimal():
        return f"{zip_code[:5]}-{zip_code[5:]}"
    return zip_code


def place_text(address: Address) -> str:
    """City, state and ZIP code on one line, without a comma."""
    parts = (address.city, address.state, zip_text(address.zip_code), address.country)
    return " ".join(part for part in parts if part)


def street_text(address: Address) -> str:
    """Both street lines on one."""
    return f"{address.line_1} {address.line_2}".strip()


def name_text(person: Person, comma: str) -> str:
    """``LAST JR, FIRST, M`` with `comma` before the initial; an organisation is its one name."""
    last = f"{person.last_name} {person.suffix}".strip()
    text = f"{last}, {person.first_name}" if person.first_name else last
    return f"{text}{comma} {person.middle_name[0]}" if person.middle_name else text
