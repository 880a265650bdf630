"""The E/M check beside the codes: what the note reaches, and what the coder chose."""

from collections.abc import Collection
from dataclasses import dataclass

from coding.models import ChartReading, Encounter
from coding.rules.em_level import ESTABLISHED, NAMES, NEW, code_of

ELEMENTS = {"problems": "Problems", "reviewed": "Data", "risk": "Risk"}
OFFICE = frozenset({*NEW.values(), *ESTABLISHED.values()})


@dataclass(frozen=True)
class Element:
    """One of the three: its level, 0 to 4, whether a coder chose it, and why the note says so."""

    name: str
    level: int
    is_chosen: bool
    why: str

    @property
    def label(self) -> str:
        return ELEMENTS[self.name]

    @property
    def word(self) -> str:
        return NAMES[self.level].capitalize()


@dataclass(frozen=True)
class VisitLevel:
    """The strip of the workspace. `coded` is the office visit on the chart, empty when none is."""

    elements: tuple[Element, ...]
    code: str
    coded: str
    minutes: int | None

    @property
    def agrees(self) -> bool:
        return self.code == self.coded

    @property
    def choices(self) -> tuple[tuple[int, str], ...]:
        return tuple((level, name.capitalize()) for level, name in enumerate(NAMES))


def visit_level(encounter: Encounter, procedures: Collection[str]) -> VisitLevel | None:
    """What two of three elements reach; None before the chart was read, and for services without
    an office visit. One statement at most.

    It stands beside the coder's own choice and decides nothing.
    """
    visits = sorted(OFFICE.intersection(procedures))
    if procedures and not visits:
        return None
    reading = ChartReading.objects.filter(encounter=encounter).first()
    if reading is None or not reading.visit_level:
        return None
    told, chosen = reading.visit_level, reading.chosen_level
    elements = tuple(
        Element(name, chosen.get(name, told[name]), name in chosen, told["why"][name])
        for name in ELEMENTS
    )
    visit = visits[0] if visits else ""
    is_new = visit in NEW.values() if visit else "new" in encounter.visit_type.lower()
    code = code_of([element.level for element in elements], is_new=is_new)
    return VisitLevel(elements, code, visit, told["minutes"])
