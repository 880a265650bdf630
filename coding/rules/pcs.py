"""Can an ICD-10-PCS code be built from the tables, and what may each of its places be?

Source: ICD-10-PCS Official Guidelines, A1-A11: a code has seven characters, found in one row of
the table that its first three name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# I and O look like digits and are not used.
ALPHABET = frozenset("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ")
LENGTH = 7


@dataclass(frozen=True, slots=True)
class Axis:
    """One place of a code: what it is about, and value -> meaning."""

    title: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PcsRow:
    """One row of a table: seven places whose values may be combined with each other."""

    axes: tuple[Axis, ...]

    @property
    def table(self) -> str:
        return "".join(next(iter(axis.values)) for axis in self.axes[:3])


@dataclass(frozen=True, slots=True)
class TableCheck:
    """What the tables say of a code or its beginning.

    `meanings` are (title, value, meaning) of the places that could be read; `choices` is what may
    follow them, value -> meaning; `problem` is empty when the code, or its beginning, is possible.
    """

    is_constructible: bool
    meanings: tuple[tuple[str, str, str], ...]
    next_title: str
    choices: Mapping[str, str]
    problem: str


def check_code(code: str, rows: Iterable[PcsRow]) -> TableCheck:
    """Look a code, or the beginning of one, up in the rows of the table it names.

    `rows` may be those of several tables; empty means that its table does not exist.
    """
    fitting = list(rows)
    meanings: list[tuple[str, str, str]] = []
    problem = shape_of(code)
    for place, value in enumerate(code[:LENGTH] if not problem else ""):
        narrower = [row for row in fitting if value in row.axes[place].values]
        if not narrower:
            problem = f"Place {place + 1} cannot be {value} after {code[:place] or 'nothing'}."
            break
        fitting = narrower
        axis = fitting[0].axes[place]
        meanings.append((axis.title, value, axis.values[value]))
    at = len(meanings)
    is_open = at < LENGTH and bool(fitting) and not shape_of(code)
    return TableCheck(
        is_constructible=not problem and at == LENGTH,
        meanings=tuple(meanings),
        next_title=fitting[0].axes[at].title if is_open else "",
        choices=choices_of(fitting, at) if is_open else {},
        problem=problem,
    )


def shape_of(code: str) -> str:
    """What is wrong with a code before any table is looked at."""
    if len(code) > LENGTH:
        return f"A code has seven characters, this has {len(code)}."
    if wrong := [value for value in code if value not in ALPHABET]:
        return f"{wrong[0]} is no character of a code: digits and letters without I and O."
    return ""


def choices_of(rows: Iterable[PcsRow], place: int) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in rows:
        found |= row.axes[place].values
    return dict(sorted(found.items()))
