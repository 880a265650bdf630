"""Reads one 270 (005010X279A1): each person a payer is asked about."""

from collections.abc import Mapping
from typing import ClassVar

from rcm.x12.claim_837 import Identifier
from rcm.x12.elements import pick
from rcm.x12.eligibility_27x import EligibilityInquiry, Wanted
from rcm.x12.hierarchy import (
    DEPENDENT,
    RECEIVER,
    SOURCE,
    SUBSCRIBER,
    HierarchyReader,
    Taker,
)
from rcm.x12.inquiry_parts import Period
from rcm.x12.tokenizer import Segments

CHANGE = "001"


class MemberReader(HierarchyReader):
    """What 270 and 271 share: the four levels, and the segments that describe a member."""

    __slots__ = ()

    order: ClassVar[tuple[str, ...]] = (SOURCE, RECEIVER, SUBSCRIBER, DEPENDENT)
    loops: ClassVar[Mapping[str, str]] = {
        SOURCE: "2100A",
        RECEIVER: "2100B",
        SUBSCRIBER: "2100C",
        DEPENDENT: "2100D",
    }

    @property
    def is_of_member(self) -> bool:
        return self.level is not None and self.level.code in (SUBSCRIBER, DEPENDENT)

    def take_relationship(self, elements: list[str]) -> None:
        """INS: how the person is related to the subscriber, and whether the payer changed it."""
        if self.level is None or not self.is_of_member:
            self.unexpected("INS")
            return
        self.level.relationship = pick(elements, 2)
        self.level.is_changed = pick(elements, 3) == CHANGE

    def take_street(self, elements: list[str]) -> None:
        if self.level is not None:
            self.level.street = elements

    def take_city(self, elements: list[str]) -> None:
        if self.level is not None:
            self.level.city = elements

    def split_types(self, text: str) -> tuple[str, ...]:
        """A repeated element; the separator is none in old interchanges."""
        mark = self.segments.delimiters.repetition
        return tuple(part for part in (text.split(mark) if mark else [text]) if part)


class _OpenWanted:
    """EQ with the segments after it."""

    __slots__ = ("elements", "periods", "places", "references")

    def __init__(self, elements: list[str]) -> None:
        self.elements = elements
        self.references: list[Identifier] = []
        self.periods: list[Period] = []
        self.places: list[Identifier] = []


class EligibilityInquiryReader(MemberReader):
    """Yields one EligibilityInquiry per subscriber or dependent with an EQ."""

    __slots__ = ("wanted",)

    def __init__(self, segments: Segments) -> None:
        super().__init__(segments)
        self.wanted: list[_OpenWanted] = []

    def close_level(self) -> None:
        level, subscriber = self.level, self.levels.get(SUBSCRIBER)
        wanted, self.wanted = self.wanted, []
        if level is None or subscriber is None or not self.is_of_member or not wanted:
            return
        if level.party is None:
            self.report("missing_segment", "NM1 is missing.", "NM1")
        receiver = self.levels.get(RECEIVER)
        self.segments.pending.append(
            EligibilityInquiry(
                self.reference,
                self.party_of(SOURCE),
                self.party_of(RECEIVER),
                subscriber.member,
                tuple(level.traces),
                level.member if level is not subscriber else None,
                tuple(level.periods),
                tuple(map(self.make_wanted, wanted)),
                tuple(receiver.references) if receiver else (),
                level.segment,
                level.offset,
            )
        )

    def make_wanted(self, each: _OpenWanted) -> Wanted:
        elements = each.elements
        return Wanted(
            self.split_types(pick(elements, 1)),
            self.read_procedure(pick(elements, 2)),
            pick(elements, 3),
            tuple(each.references),
            tuple(each.periods),
            tuple(each.places),
        )

    def take_question(self, elements: list[str]) -> None:
        if not self.is_of_member:
            self.report("misplaced_segment", "EQ without a subscriber before it.", "EQ")
            return
        if not (pick(elements, 1) or pick(elements, 2)):
            self.report("missing_element", "EQ01 and EQ02 are missing.", "EQ01")
        self.wanted.append(_OpenWanted(elements))

    def take_reference(self, elements: list[str]) -> None:
        found = self.read_reference(elements)
        if self.wanted:
            self.wanted[-1].references.append(found)
        elif self.level is not None:
            self.level.references.append(found)
        else:
            self.unexpected("REF")

    def take_period(self, elements: list[str]) -> None:
        found = self.read_period(elements)
        if self.level is None:
            self.unexpected("DTP")
        elif found is not None:
            (self.wanted[-1] if self.wanted else self.level).periods.append(found)

    def take_place(self, elements: list[str]) -> None:
        if self.wanted:
            self.wanted[-1].places.append(self.read_reference(elements))
        else:
            self.unexpected("III")

    takers: ClassVar[Mapping[str, Taker]] = {
        "BHT": HierarchyReader.take_beginning,
        "HL": HierarchyReader.take_level,
        "NM1": HierarchyReader.take_name,
        "TRN": HierarchyReader.take_trace,
        "DMG": HierarchyReader.take_person,
        "INS": MemberReader.take_relationship,
        "N3": MemberReader.take_street,
        "N4": MemberReader.take_city,
        "EQ": take_question,
        "REF": take_reference,
        "DTP": take_period,
        "III": take_place,
        "PRV": HierarchyReader.take_nothing,
        "HI": HierarchyReader.take_nothing,
        "AMT": HierarchyReader.take_nothing,
    }
