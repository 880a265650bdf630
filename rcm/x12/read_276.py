"""Reads one 276 (005010X212): each claim a payer is asked about."""

from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar

from rcm.x12.claim_837 import Identifier
from rcm.x12.elements import pick
from rcm.x12.hierarchy import (
    DEPENDENT,
    PROVIDER,
    RECEIVER,
    SOURCE,
    SUBSCRIBER,
    HierarchyReader,
    Level,
    Taker,
)
from rcm.x12.inquiry_parts import AskedProcedure, Period
from rcm.x12.status_27x import AskedLine, StatusDetail, StatusInquiry
from rcm.x12.tokenizer import Segments
from rcm.x12.values import CENTS

NO_PROCEDURE = AskedProcedure("", "")


class OpenLine:
    """SVC with the segments after it."""

    __slots__ = (
        "amount",
        "details",
        "line_control_number",
        "paid",
        "periods",
        "procedure",
        "revenue_code",
        "units",
    )

    def __init__(self, procedure: AskedProcedure, amount: int) -> None:
        self.procedure = procedure
        self.amount = amount
        self.paid: int | None = None
        self.revenue_code = ""
        self.units: Decimal | None = None
        self.line_control_number = ""
        self.periods: list[Period] = []
        self.details: list[StatusDetail] = []


class OpenClaim:
    """TRN of a subscriber or dependent with what follows it, to the next TRN or HL."""

    __slots__ = (
        "amount",
        "details",
        "level",
        "lines",
        "number",
        "offset",
        "periods",
        "references",
        "segment",
    )

    def __init__(self, number: str, segment: int, offset: int) -> None:
        self.number = number
        self.segment = segment
        self.offset = offset
        self.references: list[Identifier] = []
        self.amount: int | None = None
        self.periods: list[Period] = []
        self.lines: list[OpenLine] = []
        self.level = ""
        self.details: list[StatusDetail] = []


class ClaimLevelReader(HierarchyReader):
    """What 276 and 277 share: five levels, and claims that begin with TRN."""

    __slots__ = ("claim",)

    order: ClassVar[tuple[str, ...]] = (SOURCE, RECEIVER, PROVIDER, SUBSCRIBER, DEPENDENT)
    loops: ClassVar[Mapping[str, str]] = {
        SOURCE: "2100A",
        RECEIVER: "2100B",
        PROVIDER: "2100C",
        SUBSCRIBER: "2100D",
        DEPENDENT: "2100E",
    }

    def __init__(self, segments: Segments) -> None:
        super().__init__(segments)
        self.claim: OpenClaim | None = None

    @property
    def is_of_member(self) -> bool:
        return self.level is not None and self.level.code in (SUBSCRIBER, DEPENDENT)

    def patient_level(self) -> Level | None:
        """The open dependent's level."""
        return self.level if self.level and self.level.code == DEPENDENT else None

    def take_reference(self, elements: list[str]) -> None:
        claim, found = self.claim, self.read_reference(elements)
        if claim is None:
            if self.level is None:
                self.unexpected("REF")
            else:
                self.level.references.append(found)
        elif not claim.lines:
            claim.references.append(found)
        elif found.qualifier == "FJ":
            claim.lines[-1].line_control_number = found.value

    def take_period(self, elements: list[str]) -> None:
        found = self.read_period(elements)
        if self.claim is None:
            self.unexpected("DTP")
        elif found is not None:
            owner = self.claim.lines[-1] if self.claim.lines else self.claim
            owner.periods.append(found)

    def take_line(self, elements: list[str]) -> None:
        """SVC: procedure, charge, paid amount (277), revenue code, units."""
        if self.claim is None:
            self.report("misplaced_segment", "SVC without a claim before it.", "SVC")
            return
        procedure = self.read_procedure(pick(elements, 1))
        if procedure is None:
            self.report("missing_element", "SVC01 is missing.", "SVC01")
        line = OpenLine(procedure or NO_PROCEDURE, self.cents(pick(elements, 2), "SVC02"))
        if text := pick(elements, 3):
            line.paid = self.cents(text, "SVC03")
        line.revenue_code = pick(elements, 4)
        line.units = self.quantity(pick(elements, 7), "SVC07")
        self.claim.lines.append(line)


class StatusInquiryReader(ClaimLevelReader):
    """Yields one StatusInquiry per claim asked about."""

    __slots__ = ()

    def close_level(self) -> None:
        self.close_claim()

    def close_claim(self) -> None:
        claim, self.claim = self.claim, None
        subscriber, patient = self.levels.get(SUBSCRIBER), self.patient_level()
        if claim is None or subscriber is None:
            return
        if (patient or subscriber).party is None:
            self.report("missing_segment", "NM1 is missing.", "NM1")
        self.segments.pending.append(
            StatusInquiry(
                self.reference,
                claim.number,
                self.party_of(SOURCE),
                self.party_of(RECEIVER),
                self.party_of(PROVIDER),
                subscriber.member,
                patient.member if patient else None,
                tuple(claim.references),
                claim.amount,
                tuple(claim.periods),
                tuple(map(make_line, claim.lines)),
                claim.segment,
                claim.offset,
            )
        )

    def take_trace(self, elements: list[str]) -> None:
        if not self.is_of_member:
            self.unexpected("TRN")
            return
        self.close_claim()
        number = self.required(elements, 2)
        self.claim = OpenClaim(number, self.segments.number, self.segments.offset)

    def take_amount(self, elements: list[str]) -> None:
        if self.claim is None or pick(elements, 1) != "T3":
            self.unexpected("AMT")
            return
        text = pick(elements, 2)
        self.claim.amount = CENTS[text]
        if self.claim.amount is None:
            self.report_amount(text, "AMT02")

    takers: ClassVar[Mapping[str, Taker]] = {
        "BHT": HierarchyReader.take_beginning,
        "HL": HierarchyReader.take_level,
        "NM1": HierarchyReader.take_name,
        "DMG": HierarchyReader.take_person,
        "TRN": take_trace,
        "REF": ClaimLevelReader.take_reference,
        "AMT": take_amount,
        "DTP": ClaimLevelReader.take_period,
        "SVC": ClaimLevelReader.take_line,
    }


def make_line(line: OpenLine) -> AskedLine:
    return AskedLine(
        line.procedure,
        line.amount,
        line.revenue_code,
        line.units,
        line.line_control_number,
        tuple(line.periods),
    )
