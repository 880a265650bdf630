"""The compact notation of coded lines in the scenario files.

A procedure reads `20610-RT x1 @1,2`: code, modifiers, units (one when absent) and the
positions of its diagnoses, first is primary.
"""

import re
from dataclasses import dataclass
from typing import Any

PROCEDURE = re.compile(
    r"(?P<code>[0-9A-Z]{5})(?P<modifiers>(-[0-9A-Z]{2}){0,4})"
    r"( x(?P<units>\d+))? @(?P<pointers>\d+(,\d+){0,3})"
)


@dataclass(frozen=True)
class DemoProcedure:
    """One coded line; `pointers` are 1-based positions in the diagnosis list."""

    code: str
    modifiers: tuple[str, ...]
    units: int
    pointers: tuple[int, ...]


@dataclass(frozen=True)
class DemoAnswer:
    """Diagnoses in order (dotted ICD-10-CM) and the procedures that point at them."""

    diagnoses: tuple[str, ...]
    procedures: tuple[DemoProcedure, ...]

    @property
    def plain_diagnoses(self) -> tuple[str, ...]:
        """The same codes without the dot, as the HI segment and our tables hold them."""
        return tuple(code.replace(".", "") for code in self.diagnoses)


def read_answer(source: dict[str, Any], words: dict[str, str]) -> DemoAnswer:
    """Read `diagnoses` and `procedures` of a case, filling gaps from `words`."""
    return DemoAnswer(
        diagnoses=tuple(code.format_map(words) for code in source["diagnoses"]),
        procedures=tuple(read_procedure(line.format_map(words)) for line in source["procedures"]),
    )


def read_procedure(line: str) -> DemoProcedure:
    """Read one line of the notation; raises ValueError when it does not fit."""
    found = PROCEDURE.fullmatch(line)
    if found is None:
        raise ValueError(f"Not a coded line: {line!r}")
    return DemoProcedure(
        code=found["code"],
        modifiers=tuple(found["modifiers"].strip("-").split("-")) if found["modifiers"] else (),
        units=int(found["units"] or 1),
        pointers=tuple(int(position) for position in found["pointers"].split(",")),
    )
