"""Good-faith estimates: the services a person typed, what they come to, and what is far above.

45 CFR 149.610 says what an estimate must tell, 149.620 when a bill may be disputed for it.
"""

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from rcm.money import ZERO

# A bill at least so many dollars above its estimate may be disputed (45 CFR 149.620).
FAR_ABOVE = Decimal("400.00")
MOST_LINES = 50
LINE = re.compile(r"^([A-Z0-9]{5})((?:-[A-Z0-9]{2}){0,4})(?:\s*[X*]\s*([0-9.]{1,8}))?$")


class PlannedLine(NamedTuple):
    """One line as it was typed: "99214-25 x2"."""

    code: str
    modifiers: tuple[str, ...]
    units: Decimal

    def __str__(self) -> str:
        return "-".join([self.code, *self.modifiers])


class Charge(NamedTuple):
    """A line with its price of the fee schedule and what the payer should allow, in dollars."""

    service: PlannedLine
    fee: Decimal
    allowed: Decimal | None = None
    basis: str = ""

    @property
    def expected(self) -> Decimal:
        """What the patient and the payer together are expected to be asked for."""
        return self.fee if self.allowed is None else self.allowed


class Wrong(ValueError):
    """A line that cannot be read; its text says which and why, for people."""


def read_services(text: str) -> list[PlannedLine]:
    """The services of a form, one on a line. Raises Wrong naming the first that is none."""
    rows = [line.strip().upper() for line in text.splitlines() if line.strip()]
    if not rows:
        raise Wrong("Type at least one code.")
    if len(rows) > MOST_LINES:
        raise Wrong(f"At most {MOST_LINES} lines.")
    return [read_line(number, row) for number, row in enumerate(rows, 1)]


def read_line(number: int, row: str) -> PlannedLine:
    found = LINE.match(row)
    if found is None:
        raise Wrong(f"Line {number}: “{row}” is no code. Type 99214, 99214-25 or J3301 x4.")
    code, marks, times = found.groups()
    try:
        units = Decimal(times or 1)
    except InvalidOperation:
        units = ZERO
    if not ZERO < units <= 9_999:
        raise Wrong(f"Line {number}: “{times}” is no number of units.")
    return PlannedLine(code, tuple(mark for mark in marks.split("-") if mark), units)


def total_of(charges: Iterable[Charge]) -> Decimal:
    return sum((charge.expected for charge in charges), ZERO)


def is_far_above(estimated: Decimal, billed: Decimal) -> bool:
    """May the patient dispute the bill for being so much more than the estimate?"""
    return billed - estimated >= FAR_ABOVE
