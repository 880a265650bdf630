"""Reads one 277 (005010X212): the statuses of claims, asked for or not.

An STC of the receiver's or provider's level answers for all that was asked there.
"""

from collections.abc import Mapping
from typing import ClassVar

from rcm.x12.acknowledgment_277ca import Status
from rcm.x12.elements import pick
from rcm.x12.hierarchy import (
    DEPENDENT,
    PROVIDER,
    RECEIVER,
    SOURCE,
    SUBSCRIBER,
    HierarchyReader,
    Taker,
)
from rcm.x12.read_276 import ClaimLevelReader, OpenClaim, OpenLine
from rcm.x12.status_27x import AnsweredLine, StatusAnswer, StatusDetail
from rcm.x12.values import CENTS

SOLICITED = "DG"
TRACED = {RECEIVER: "2200B", PROVIDER: "2200C", SUBSCRIBER: "2200D", DEPENDENT: "2200E"}


class StatusAnswerReader(ClaimLevelReader):
    """Yields one StatusAnswer per claim, and per receiver or provider with an STC of its own."""

    __slots__ = ()

    def close_level(self) -> None:
        self.close_claim()

    def close_claim(self) -> None:
        claim, self.claim = self.claim, None
        if claim is None:
            return
        subscriber, patient = self.levels.get(SUBSCRIBER), self.patient_level()
        if not (claim.details or any(line.details for line in claim.lines)):
            if self.is_of_member:
                self.report("missing_segment", "STC is missing.", "STC")
            else:
                return  # a provider's own TRN says nothing without a status
        self.segments.pending.append(
            StatusAnswer(
                self.reference,
                claim.level,
                claim.number,
                tuple(claim.details),
                self.party_of(SOURCE),
                self.party_of(RECEIVER),
                self.party_of(PROVIDER),
                subscriber.member if subscriber else None,
                patient.member if patient else None,
                tuple(claim.references),
                tuple(claim.periods),
                tuple(map(make_line, claim.lines)),
                self.structure in ("", SOLICITED),
                claim.segment,
                claim.offset,
            )
        )

    def take_trace(self, elements: list[str]) -> None:
        level = self.level
        if level is None or level.code not in TRACED:
            self.unexpected("TRN")
            return
        self.close_claim()
        number = self.required(elements, 2)
        self.claim = OpenClaim(number, self.segments.number, self.segments.offset)
        self.claim.level = TRACED[level.code]

    def take_status(self, elements: list[str]) -> None:
        statuses = []
        for index in (1, 10, 11):
            if text := pick(elements, index):
                parts = text.split(self.component)
                statuses.append(Status(parts[0], pick(parts, 1), pick(parts, 2)))
        if not statuses:
            self.report("missing_element", "STC01 is missing.", "STC01")
        found = StatusDetail(
            tuple(statuses),
            self.day(pick(elements, 2), "STC02"),
            pick(elements, 3),
            self.amount(elements, 4),
            self.amount(elements, 5),
            self.day(pick(elements, 6), "STC06"),
            pick(elements, 7),
            self.day(pick(elements, 8), "STC08"),
            pick(elements, 9),
            pick(elements, 12),
        )
        if self.claim is None:
            self.report("misplaced_segment", "STC without a TRN before it.", "STC")
        else:
            owner = self.claim.lines[-1] if self.claim.lines else self.claim
            owner.details.append(found)

    def amount(self, elements: list[str], index: int) -> int | None:
        text = pick(elements, index)
        if text and CENTS[text] is None:
            self.report_amount(text, f"STC{index:02d}")
        return CENTS[text] if text else None

    takers: ClassVar[Mapping[str, Taker]] = {
        "BHT": HierarchyReader.take_beginning,
        "HL": HierarchyReader.take_level,
        "NM1": HierarchyReader.take_name,
        "DMG": HierarchyReader.take_person,
        "TRN": take_trace,
        "STC": take_status,
        "REF": ClaimLevelReader.take_reference,
        "DTP": ClaimLevelReader.take_period,
        "SVC": ClaimLevelReader.take_line,
        "PER": HierarchyReader.take_nothing,
        "QTY": HierarchyReader.take_nothing,
        "AMT": HierarchyReader.take_nothing,
    }


def make_line(line: OpenLine) -> AnsweredLine:
    return AnsweredLine(
        line.procedure,
        line.amount,
        line.paid,
        line.revenue_code,
        line.units,
        line.line_control_number,
        tuple(line.details),
        tuple(line.periods),
    )
