"""The one change of a chart that settles a finding, and short ways to name the usual ones."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

FixKind = Literal[
    "add_modifier", "replace_modifier", "remove_modifier", "order_modifiers", "point", "unpoint",
    "set_units", "remove_line", "remove_diagnosis", "replace_diagnosis", "move_diagnosis",
]  # fmt: skip
# A line has four places for modifiers (SV101-3 to SV101-6) and for pointers (SV107).
PLACES = 4


@dataclass(frozen=True)
class Fix:
    """The one change that settles a finding. `line` or `diagnosis` is the position it changes."""

    kind: FixKind
    label: str
    line: int | None = None
    diagnosis: int | None = None
    value: str = ""


def add(mark: str, line: int | None, there: Collection[str]) -> Fix | None:
    """Another modifier; None when the line has no place for it or has it."""
    if line is None or mark in there or len(there) >= PLACES:
        return None
    return Fix("add_modifier", f"Add {mark}", line=line, value=mark)


def drop(mark: str, line: int) -> Fix:
    return Fix("remove_modifier", f"Remove {mark}", line=line, value=mark)


def swap(old: str, new: str, line: int) -> Fix:
    return Fix("replace_modifier", f"Change to {new}", line=line, value=f"{old}>{new}")


def set_units(units: Decimal | int, line: int) -> Fix | None:
    """Whole units above zero; else there is nothing to set."""
    if units <= 0 or units != int(units):
        return None
    return Fix("set_units", f"Set to {int(units)}", line=line, value=str(int(units)))


def remove_line(code: str, line: int | None) -> Fix | None:
    """None for a line on another chart."""
    return Fix("remove_line", f"Remove {code}", line=line) if line is not None else None


def move(position: int, to: int, dotted: str) -> Fix:
    """A diagnosis to another place, 1 is first."""
    label = f"Put {dotted} first" if to == 1 else f"Move {dotted} down"
    return Fix("move_diagnosis", label, diagnosis=position, value=str(to))
