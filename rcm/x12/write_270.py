"""Writes 270 (005010X279A1): one transaction, the questions grouped by payer and provider."""

from collections.abc import Sequence
from typing import BinaryIO

from rcm.x12.eligibility_27x import EligibilityInquiry, Wanted
from rcm.x12.envelope import Envelope, Written
from rcm.x12.inquiry_parts import Member, Party
from rcm.x12.inquiry_text import InquiryText
from rcm.x12.writer import InterchangeWriter, segment

VERSION = "005010X279A1"
REQUEST = "13"


def write_270(
    out: BinaryIO, envelope: Envelope, inquiries: Sequence[EligibilityInquiry]
) -> Written:
    """One interchange with one 270. Neighbours with the same payer and provider share their levels.

    BHT03 is the first question's `reference`. Raises ValueError without a question.
    """
    if not inquiries:
        raise ValueError("A 270 needs at least one question.")
    writer = InterchangeWriter(out, envelope)
    writer.start_group("HS", VERSION)
    writer.start_transaction("270", VERSION)
    text = _Questions(writer)
    writer.put(text.beginning("0022", REQUEST, inquiries[0].reference))
    for inquiry in inquiries:
        writer.put(text.inquiry(inquiry))
        writer.items += 1
    writer.end_transaction()
    return writer.finish()


class _Questions(InquiryText):
    """The levels of a 270; remembers which payer and provider are open."""

    def __init__(self, writer: InterchangeWriter) -> None:
        super().__init__(writer)
        self.payer: Party | None = None
        self.provider: object = None
        self.payer_level = 0
        self.provider_level = 0

    def inquiry(self, inquiry: EligibilityInquiry) -> str:
        texts = []
        if inquiry.payer != self.payer:
            self.payer, self.provider = inquiry.payer, None
            texts += [self.level("20", 0, has_more=True), self.party(inquiry.payer)]
            self.payer_level = self.levels
        asker = (inquiry.provider, inquiry.provider_references)
        if asker != self.provider:
            self.provider = asker
            texts += [
                self.level("21", self.payer_level, has_more=True),
                self.party(inquiry.provider),
                self.references(inquiry.provider_references),
            ]
            self.provider_level = self.levels
        dependent = inquiry.dependent
        texts.append(self.level("22", self.provider_level, has_more=dependent is not None))
        if dependent is not None:
            texts += [self.member(inquiry.subscriber)]
            texts.append(self.level("23", self.levels, has_more=False))
        texts += map(self.trace, inquiry.traces)
        texts += [
            self.member(dependent or inquiry.subscriber),
            self.periods(inquiry.periods),
            *map(self.wanted, inquiry.wanted),
        ]
        return "".join(texts)

    def member(self, member: Member) -> str:
        return "".join(
            (
                self.party(member.party),
                self.references(member.references),
                self.address(member.address),
                self.person(member),
                self.relationship(member),
            )
        )

    def wanted(self, wanted: Wanted) -> str:
        return "".join(
            (
                segment(
                    "EQ",
                    self.types(wanted.service_types),
                    self.procedure(wanted.procedure),
                    self.clean[wanted.coverage_level],
                ),
                self.places(wanted.places),
                self.references(wanted.references),
                self.periods(wanted.periods),
            )
        )
