"""The one-line syntax of the add field, and pointer letters.

`99214-25:ac` is code, modifier and pointers A and C; `j3301-jz:d x4` has four units; `e1142` needs
no dot. After Z a diagnosis is named by its number: `99214:a27` points to the first and the 27th.
Several entries stand side by side or after commas. Whether a code exists is not decided here.
Refuses with an EntryError whose message is the sentence people read.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from coding.rules.time_units import units_from

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# What a chart holds. A claim carries fewer (HI) and is split when it has to be.
MOST_DIAGNOSES = 50
# SV107 names one to four.
MOST_POINTERS = 4
MOST_MODIFIERS = 4
MOST_UNITS = Decimal("9999")

# Every code has a digit, words have none.
CODE = re.compile(r"(?=.*\d)(?:[0-9A-Z]{3,7}|[A-Z][0-9A-Z]{2}\.[0-9A-Z]{1,4})")
MODIFIER = re.compile(r"[0-9A-Z]{2}")
POINTER = re.compile(r"[A-Z]|[0-9]{2}|.", re.ASCII)
# Alone between spaces: the X inside T36.0X1A is part of a code.
UNITS = re.compile(r"(?<!\S)[X×*]\s?(\d+(?:\.\d{1,2})?)(?!\S)")


class EntryError(ValueError):
    """What was typed cannot be read; str() is the sentence to show."""


def letter_of(position: int) -> str:
    """The name of a diagnosis by its position from 1: A to Z, then 27 and on."""
    return LETTERS[position - 1] if 1 <= position <= len(LETTERS) else str(position)


POSITIONS = {letter_of(position): position for position in range(1, MOST_DIAGNOSES + 1)}


@dataclass(frozen=True)
class Entry:
    """One code as typed: upper case, without its dot; pointers are positions from 1."""

    code: str
    modifiers: tuple[str, ...] = ()
    pointers: tuple[int, ...] = ()
    units: Decimal = Decimal(1)
    is_dotted: bool = False

    @property
    def is_line(self) -> bool:
        """Modifiers, pointers, units: only a procedure has them."""
        return bool(self.modifiers or self.pointers) or self.units != 1


def parse_entries(text: str) -> list[Entry]:
    """Read everything typed in the add field. Raises EntryError at the first unreadable part."""
    plain = " ".join(re.sub(r"[,;]", " ", text.upper()).split())
    spaced = UNITS.sub(r"X\1", plain)
    entries: list[Entry] = []
    for token in re.sub(r"\s*([-:])\s*", r"\1", spaced).split():
        if units := UNITS.fullmatch(token):
            if not entries:
                raise EntryError(f"{token.lower()} needs a code before it, as in j3301 x4.")
            entries[-1] = with_units(entries[-1], units[1])
        else:
            entries.append(parse_entry(token))
    if not entries:
        raise EntryError("Type a code, or words to search.")
    return entries


def parse_entry(token: str) -> Entry:
    """`99214-25-59:AC`: the code, modifiers after hyphens, pointer letters after a colon."""
    head, _, letters = token.partition(":")
    code, *modifiers = head.split("-")
    if not CODE.fullmatch(code):
        raise EntryError(f"“{token.lower()}” is not a code. Pick one from the list.")
    return Entry(
        code=code.replace(".", ""),
        modifiers=check_modifiers(modifiers),
        pointers=parse_pointers(letters) if letters else (),
        is_dotted="." in code,
    )


def with_units(entry: Entry, number: str) -> Entry:
    return Entry(entry.code, entry.modifiers, entry.pointers, parse_units(number), entry.is_dotted)


def parse_pointers(letters: str) -> tuple[int, ...]:
    """`ac`, `A C` or `a,c` to (1, 3), `a27` to (1, 27); empty text to ()."""
    names = POINTER.findall(re.sub(r"[\s,]", "", letters.upper()))
    for name in names:
        if name not in POSITIONS:
            raise EntryError(
                f"Pointers are letters A to Z, then 27 to {MOST_DIAGNOSES}; “{name}” is not one."
            )
        if names.count(name) > 1:
            raise EntryError(f"Pointer {name} is named twice.")
    if len(names) > MOST_POINTERS:
        raise EntryError(f"A line points to at most {MOST_POINTERS} diagnoses.")
    return tuple(POSITIONS[name] for name in names)


def parse_modifiers(text: str) -> tuple[str, ...]:
    """`25 rt`, `25,RT` or `25-RT` to ("25", "RT"); empty text to ()."""
    return check_modifiers(re.split(r"[\s,\-]+", text.upper().strip()) if text.strip() else [])


def check_modifiers(modifiers: list[str]) -> tuple[str, ...]:
    for modifier in modifiers:
        if not MODIFIER.fullmatch(modifier):
            raise EntryError(f"“{modifier}” is not a modifier: two letters or digits.")
    if len(modifiers) > MOST_MODIFIERS:
        raise EntryError(f"A line carries at most {MOST_MODIFIERS} modifiers.")
    return tuple(modifiers)


def parse_units(text: str, code: str = "") -> Decimal:
    """`4`, `1.5`, minutes (`23m`) or a dose by the dose of one unit (`40/10`); more than zero."""
    number = text.strip()
    if (worked_out := units_from(number, code)) is not None:
        number = str(worked_out)
    if not re.fullmatch(r"\d{1,6}(\.\d{1,2})?", number) or not 0 < Decimal(number) <= MOST_UNITS:
        raise EntryError("Units are a number above zero, with at most two decimals.")
    return Decimal(number)
