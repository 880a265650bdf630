"""What the readers of 270, 271, 276 and 277 share: BHT, the HL levels and who stands in them."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, ClassVar

from rcm.x12.claim_837 import Address, Identifier
from rcm.x12.elements import ENVELOPE, ContentReader, Reading, pick
from rcm.x12.inquiry_parts import NOBODY, AskedProcedure, Member, Party, Period, Trace
from rcm.x12.tokenizer import Segments
from rcm.x12.values import parse_range_end

SOURCE, RECEIVER, PROVIDER, SUBSCRIBER, DEPENDENT = "20", "21", "19", "22", "23"

Taker = Callable[[Any, list[str]], None]


class Level:
    """One HL being read: its NM1 and what describes that party."""

    __slots__ = (
        "birth_date",
        "city",
        "code",
        "is_changed",
        "number",
        "offset",
        "party",
        "periods",
        "references",
        "relationship",
        "segment",
        "sex",
        "street",
        "traces",
    )

    def __init__(self, code: str, number: str, segment: int, offset: int) -> None:
        self.code = code
        self.number = number
        self.segment = segment
        self.offset = offset
        self.party: Party | None = None
        self.birth_date: date | None = None
        self.sex = ""
        self.street: list[str] = []
        self.city: list[str] = []
        self.relationship = ""
        self.is_changed = False
        self.references: list[Identifier] = []
        self.periods: list[Period] = []
        self.traces: list[Trace] = []

    @property
    def member(self) -> Member:
        """The person of a subscriber's or dependent's level."""
        return Member(
            self.party or NOBODY,
            self.birth_date,
            self.sex,
            tuple(self.references),
            make_address(self.street, self.city),
            self.relationship,
            self.is_changed,
        )


def make_address(street: list[str], city: list[str]) -> Address | None:
    """N3 and N4; None when neither came."""
    if not (street or city):
        return None
    town, state, zip_code, country = (pick(city, index) for index in (1, 2, 3, 4))
    return Address(pick(street, 1), town, state, zip_code, pick(street, 2), country)


class HierarchyReader(ContentReader):
    """Reads levels in file order. A level is told by HL03; HL02 must name the one above it.

    `levels` are the open ones by HL03. Subclasses give `order`, `loops` and `takers`, and yield
    their items in `close_level`.
    """

    __slots__ = ("is_begun", "level", "levels", "purpose", "reference", "structure")

    order: ClassVar[tuple[str, ...]] = ()
    loops: ClassVar[Mapping[str, str]] = {}
    takers: ClassVar[Mapping[str, Taker]] = {}

    def __init__(self, segments: Segments) -> None:
        super().__init__(segments)
        self.levels: dict[str, Level] = {}
        self.level: Level | None = None
        self.reference = ""
        self.purpose = ""
        self.structure = ""
        self.is_begun = False

    def read(self) -> Reading:
        ended_by: list[str] | None = None
        for text in self.segments:
            elements = text.split(self.separator)
            if elements[0] in ENVELOPE:
                ended_by = elements
                break
            taker = self.takers.get(elements[0])
            if taker is None:
                self.unexpected(elements[0])
            else:
                taker(self, elements)
            if self.segments.pending:
                yield from self.take_pending()
        self.close_level()
        self.loop = ""
        if not self.is_begun:
            self.report("missing_segment", "BHT is missing.", "BHT")
        if not self.levels:
            self.report("missing_segment", "HL is missing.", "HL")
        yield from self.take_pending()
        return ended_by

    def close_level(self) -> None:
        """Yield what the level that ends here says."""
        raise NotImplementedError

    def take_beginning(self, elements: list[str]) -> None:
        """BHT: structure and purpose, our or their reference, the kind of a 277."""
        self.is_begun = True
        self.purpose = pick(elements, 2)
        self.reference = pick(elements, 3)
        self.structure = pick(elements, 6)

    def take_level(self, elements: list[str]) -> None:
        """HL: closes the levels from here down."""
        self.close_level()
        self.level = None
        code, parent = self.required(elements, 3), pick(elements, 2)
        self.loop = self.loops.get(code, "")
        if not self.loop:
            if code:
                self.report("invalid_code", f"HL03 is not one of {', '.join(self.order)}.", "HL03")
            return
        place = self.order.index(code)
        for deeper in self.order[place:]:
            self.levels.pop(deeper, None)
        above = self.levels.get(self.order[place - 1]) if place else None
        if place and above is None:
            self.report("misplaced_segment", "HL stands without the level above it.", "HL02")
        elif parent != (above.number if above else ""):
            self.warn("wrong_parent", "HL02 does not name the level above.", "HL02")
        segments = self.segments
        self.level = Level(code, pick(elements, 1), segments.number, segments.offset)
        self.levels[code] = self.level

    def party_of(self, code: str) -> Party:
        """Who stands in the open level of this code."""
        level = self.levels.get(code)
        return level.party or NOBODY if level else NOBODY

    def read_party(self, elements: list[str]) -> Party:
        """NM1."""
        return Party(
            self.required(elements, 1),
            pick(elements, 3),
            pick(elements, 4),
            pick(elements, 5),
            pick(elements, 7),
            pick(elements, 8),
            pick(elements, 9),
            pick(elements, 2) == "1",
        )

    def read_period(self, elements: list[str]) -> Period | None:
        """DTP; None, with a warning, when its date is none."""
        text = pick(elements, 3)
        if not text:
            self.warn("missing_element", "DTP03 is missing.", "DTP03")
            return None
        on = self.day(text, "DTP03")
        return None if on is None else Period(pick(elements, 1), on, parse_range_end(text))

    def read_reference(self, elements: list[str]) -> Identifier:
        return Identifier(pick(elements, 1), pick(elements, 2))

    def read_procedure(self, text: str) -> AskedProcedure | None:
        """A composite such as HC:99213:25; None when it is empty."""
        parts = text.split(self.component)
        if not any(parts):
            return None
        modifiers = tuple(part for part in parts[2:6] if part)
        return AskedProcedure(parts[0], pick(parts, 1), modifiers)

    def take_name(self, elements: list[str]) -> None:
        if self.level is None:
            self.unexpected("NM1")
        else:
            self.level.party = self.read_party(elements)

    def take_person(self, elements: list[str]) -> None:
        """DMG, before or after its NM1."""
        if self.level is None:
            self.unexpected("DMG")
            return
        self.level.birth_date = self.day(pick(elements, 2), "DMG02")
        self.level.sex = pick(elements, 3)

    def take_trace(self, elements: list[str]) -> None:
        if self.level is None:
            self.unexpected("TRN")
            return
        number = self.required(elements, 2)
        self.level.traces.append(
            Trace(pick(elements, 1), number, pick(elements, 3), pick(elements, 4))
        )

    def take_nothing(self, elements: list[str]) -> None:
        """Segments that say nothing anybody here acts on."""
