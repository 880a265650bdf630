"""Reads one 271 (005010X279A1): benefits, refusals and corrections for each person asked about."""

from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar

from rcm.x12.claim_837 import Identifier
from rcm.x12.elements import pick
from rcm.x12.eligibility_27x import (
    Benefit,
    Delivery,
    EligibilityAnswer,
    EligibilityRejection,
    RelatedParty,
)
from rcm.x12.hierarchy import (
    DEPENDENT,
    RECEIVER,
    SOURCE,
    SUBSCRIBER,
    HierarchyReader,
    Taker,
    make_address,
)
from rcm.x12.inquiry_parts import Party, Period
from rcm.x12.read_270 import MemberReader
from rcm.x12.tokenizer import Segments
from rcm.x12.values import CENTS


class _OpenParty:
    """NM1 between LS and LE with what follows it."""

    __slots__ = ("city", "contact", "party", "street", "taxonomy_code")

    def __init__(self, party: Party) -> None:
        self.party = party
        self.street: list[str] = []
        self.city: list[str] = []
        self.contact = ("", "")
        self.taxonomy_code = ""

    @property
    def finished(self) -> RelatedParty:
        address = make_address(self.street, self.city)
        return RelatedParty(self.party, address, *self.contact, self.taxonomy_code)


class _OpenBenefit:
    """EB with the segments after it."""

    __slots__ = (
        "amount",
        "deliveries",
        "elements",
        "messages",
        "parties",
        "percent",
        "periods",
        "places",
        "quantity",
        "references",
        "rejections",
    )

    def __init__(self, elements: list[str]) -> None:
        self.elements = elements
        self.amount: int | None = None
        self.percent: Decimal | None = None
        self.quantity: Decimal | None = None
        self.deliveries: list[Delivery] = []
        self.references: list[Identifier] = []
        self.periods: list[Period] = []
        self.rejections: list[EligibilityRejection] = []
        self.messages: list[str] = []
        self.places: list[Identifier] = []
        self.parties: list[_OpenParty] = []


class EligibilityAnswerReader(MemberReader):
    """Yields one EligibilityAnswer per person, or per refused source or receiver.

    A subscriber without benefits of its own only stands above its dependents; its refusals then
    belong to each of their answers.
    """

    __slots__ = ("above", "benefits", "is_related", "rejections")

    def __init__(self, segments: Segments) -> None:
        super().__init__(segments)
        self.benefits: list[_OpenBenefit] = []
        self.rejections: list[EligibilityRejection] = []
        # Refusals of the levels above the open one, by HL03.
        self.above: dict[str, tuple[EligibilityRejection, ...]] = {}
        self.is_related = False

    def take_level(self, elements: list[str]) -> None:
        """HL. A level with something below it does not answer for itself."""
        below, level = pick(elements, 3), self.level
        if level is not None and below in self.order and not self.benefits:
            place = self.order.index(level.code)
            if self.order.index(below) > place:
                self.above[level.code] = tuple(self.rejections)
                self.rejections = []
                self.level = None
        super().take_level(elements)
        if self.level is not None:
            place = self.order.index(self.level.code)
            for code in self.order[place:]:
                self.above.pop(code, None)

    def close_level(self) -> None:
        level, self.is_related = self.level, False
        benefits, self.benefits = self.benefits, []
        rejections, self.rejections = self.rejections, []
        if level is None or (not self.is_of_member and not rejections):
            return
        subscriber = self.levels.get(SUBSCRIBER)
        inherited = [each for found in self.above.values() for each in found]
        traces = level.traces or (subscriber.traces if subscriber else [])
        self.segments.pending.append(
            EligibilityAnswer(
                self.reference,
                self.party_of(SOURCE),
                self.party_of(RECEIVER),
                tuple(traces),
                subscriber.member if subscriber else None,
                level.member if level.code == DEPENDENT else None,
                (*inherited, *rejections),
                tuple(level.periods),
                tuple(map(self.make_benefit, benefits)),
                level.segment,
                level.offset,
            )
        )

    def make_benefit(self, each: _OpenBenefit) -> Benefit:
        elements = each.elements
        return Benefit(
            elements[1],
            pick(elements, 2),
            self.split_types(pick(elements, 3)),
            pick(elements, 4),
            pick(elements, 5),
            pick(elements, 6),
            each.amount,
            each.percent,
            pick(elements, 9),
            each.quantity,
            pick(elements, 11),
            pick(elements, 12),
            self.read_procedure(pick(elements, 13)),
            tuple(each.deliveries),
            tuple(each.references),
            tuple(each.periods),
            tuple(each.rejections),
            tuple(each.messages),
            tuple(each.places),
            tuple(party.finished for party in each.parties),
        )

    def take_benefit(self, elements: list[str]) -> None:
        """EB; its numbers are read here, where a problem has its place."""
        self.is_related = False
        if not self.is_of_member:
            self.report("misplaced_segment", "EB without a subscriber before it.", "EB")
            return
        if not self.required(elements, 1):
            return
        found = _OpenBenefit(elements)
        if text := pick(elements, 7):
            found.amount = CENTS[text]
            if found.amount is None:
                self.report_amount(text, "EB07")
        found.percent = self.quantity(pick(elements, 8), "EB08")
        found.quantity = self.quantity(pick(elements, 10), "EB10")
        self.benefits.append(found)

    def take_rejection(self, elements: list[str]) -> None:
        if self.level is None:
            self.unexpected("AAA")
            return
        reason = self.required(elements, 3)
        loop = self.loop
        if self.benefits:
            loop = "2110D" if self.level.code == DEPENDENT else "2110C"
        elif self.level.code == SOURCE and self.level.party is None:
            loop = "2000A"
        found = EligibilityRejection(loop, reason, pick(elements, 4), pick(elements, 1) == "Y")
        (self.benefits[-1].rejections if self.benefits else self.rejections).append(found)

    def take_name(self, elements: list[str]) -> None:
        if self.is_related and self.benefits:
            self.benefits[-1].parties.append(_OpenParty(self.read_party(elements)))
        else:
            super().take_name(elements)

    def related(self) -> _OpenParty | None:
        """The party between LS and LE that is being read."""
        if not (self.is_related and self.benefits):
            return None
        return next(reversed(self.benefits[-1].parties), None)

    def take_street(self, elements: list[str]) -> None:
        if party := self.related():
            party.street = elements
        else:
            super().take_street(elements)

    def take_city(self, elements: list[str]) -> None:
        if party := self.related():
            party.city = elements
        else:
            super().take_city(elements)

    def take_contact(self, elements: list[str]) -> None:
        """PER: kept for related parties only."""
        if party := self.related():
            party.contact = (pick(elements, 2), pick(elements, 4))

    def take_taxonomy(self, elements: list[str]) -> None:
        """PRV: kept for related parties only."""
        if party := self.related():
            party.taxonomy_code = pick(elements, 3)

    def take_start_of_loop(self, elements: list[str]) -> None:
        self.is_related = bool(self.benefits)

    def take_end_of_loop(self, elements: list[str]) -> None:
        self.is_related = False

    def take_delivery(self, elements: list[str]) -> None:
        if not self.benefits:
            self.unexpected("HSD")
            return
        self.benefits[-1].deliveries.append(
            Delivery(
                pick(elements, 1),
                self.quantity(pick(elements, 2), "HSD02"),
                pick(elements, 3),
                self.quantity(pick(elements, 4), "HSD04"),
                pick(elements, 5),
                self.quantity(pick(elements, 6), "HSD06"),
                pick(elements, 7),
                pick(elements, 8),
            )
        )

    def take_reference(self, elements: list[str]) -> None:
        found = self.read_reference(elements)
        if self.benefits:
            self.benefits[-1].references.append(found)
        elif self.level is not None:
            self.level.references.append(found)
        else:
            self.unexpected("REF")

    def take_period(self, elements: list[str]) -> None:
        found = self.read_period(elements)
        if self.level is None:
            self.unexpected("DTP")
        elif found is not None:
            (self.benefits[-1] if self.benefits else self.level).periods.append(found)

    def take_message(self, elements: list[str]) -> None:
        if self.benefits:
            self.benefits[-1].messages.append(self.required(elements, 1))
        else:
            self.unexpected("MSG")

    def take_place(self, elements: list[str]) -> None:
        if self.benefits:
            self.benefits[-1].places.append(self.read_reference(elements))
        else:
            self.unexpected("III")

    takers: ClassVar[Mapping[str, Taker]] = {
        "BHT": HierarchyReader.take_beginning,
        "HL": take_level,
        "TRN": HierarchyReader.take_trace,
        "NM1": take_name,
        "DMG": HierarchyReader.take_person,
        "INS": MemberReader.take_relationship,
        "N3": take_street,
        "N4": take_city,
        "PER": take_contact,
        "PRV": take_taxonomy,
        "AAA": take_rejection,
        "EB": take_benefit,
        "HSD": take_delivery,
        "REF": take_reference,
        "DTP": take_period,
        "MSG": take_message,
        "III": take_place,
        "LS": take_start_of_loop,
        "LE": take_end_of_loop,
        "HI": HierarchyReader.take_nothing,
        "MPI": HierarchyReader.take_nothing,
    }
