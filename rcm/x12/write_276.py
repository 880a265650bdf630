"""Writes 276 (005010X212): one transaction, the claims grouped by payer, receiver and provider."""

from collections.abc import Sequence
from decimal import Decimal
from typing import BinaryIO

from rcm.x12.envelope import Envelope, Written
from rcm.x12.inquiry_parts import AskedProcedure, Member, Party
from rcm.x12.inquiry_text import InquiryText
from rcm.x12.status_27x import AskedLine, StatusInquiry
from rcm.x12.values import format_decimal
from rcm.x12.writer import InterchangeWriter, segment

VERSION = "005010X212"
REQUEST = "13"


def write_276(out: BinaryIO, envelope: Envelope, inquiries: Sequence[StatusInquiry]) -> Written:
    """One interchange with one 276. Neighbours with the same parties share their levels.

    BHT03 is the first claim's `reference`. Raises ValueError without a claim.
    """
    if not inquiries:
        raise ValueError("A 276 needs at least one claim.")
    writer = InterchangeWriter(out, envelope)
    writer.start_group("HR", VERSION)
    writer.start_transaction("276", VERSION)
    text = _Questions(writer)
    writer.put(text.beginning("0010", REQUEST, inquiries[0].reference))
    for inquiry in inquiries:
        writer.put(text.inquiry(inquiry))
        writer.items += 1
    writer.end_transaction()
    return writer.finish()


class ClaimText(InquiryText):
    """The levels 276 and 277 share; remembers which payer, receiver and provider are open."""

    def __init__(self, writer: InterchangeWriter) -> None:
        super().__init__(writer)
        self.open: list[Party] = []
        self.numbers: list[int] = []

    def levels_above(self, *parties: Party, has_more: bool = True) -> str:
        """HL and NM1 of payer, receiver and provider, as far as they are not open already.

        Nothing stands below the last one unless `has_more`; it is a level of its own then.
        """
        texts = []
        for place, (code, party) in enumerate(zip(("20", "21", "19"), parties, strict=False)):
            is_parent = has_more or place + 1 < len(parties)
            if is_parent and self.open[: place + 1] == list(parties[: place + 1]):
                continue
            above = self.numbers[place - 1] if place else 0
            texts += [self.level(code, above, has_more=is_parent), self.party(party)]
            self.open = [*parties[: place + 1]]
            self.numbers = [*self.numbers[:place], self.levels]
        if not has_more:
            self.open = self.open[:-1]
        return "".join(texts)

    def members(self, subscriber: Member, patient: Member | None) -> str:
        """HL 22, and HL 23 for a patient who is not the subscriber."""
        texts = [self.level("22", self.numbers[-1], has_more=patient is not None)]
        texts += [self.person(subscriber), self.party(subscriber.party)]
        if patient is not None:
            texts.append(self.level("23", self.levels, has_more=False))
            texts += [self.person(patient), self.party(patient.party)]
        return "".join(texts)

    def line_head(
        self,
        procedure: AskedProcedure,
        amount: int,
        paid: int | None,
        revenue_code: str,
        units: Decimal | None,
    ) -> str:
        """SVC."""
        return segment(
            "SVC",
            self.procedure(procedure),
            self.writer.money[amount],
            "" if paid is None else self.writer.money[paid],
            self.clean[revenue_code],
            "",
            "",
            "" if units is None else format_decimal(units),
        )

    def line_number(self, number: str) -> str:
        return segment("REF", "FJ", self.clean[number]) if number else ""


class _Questions(ClaimText):
    def inquiry(self, inquiry: StatusInquiry) -> str:
        amount = inquiry.amount
        return "".join(
            (
                self.levels_above(inquiry.payer, inquiry.receiver, inquiry.provider),
                self.members(inquiry.subscriber, inquiry.patient),
                segment("TRN", "1", self.clean[inquiry.trace_number][:50]),
                self.references(inquiry.references),
                "" if amount is None else segment("AMT", "T3", self.writer.money[amount]),
                self.periods(inquiry.periods),
                *map(self.line, inquiry.lines),
            )
        )

    def line(self, line: AskedLine) -> str:
        head = self.line_head(line.procedure, line.amount, None, line.revenue_code, line.units)
        return head + self.line_number(line.line_control_number) + self.periods(line.periods)
