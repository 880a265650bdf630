"""Writes 271 (005010X279A1): what a payer says about each person. Used by the sandbox."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import BinaryIO

from rcm.x12.eligibility_27x import (
    Benefit,
    Delivery,
    EligibilityAnswer,
    EligibilityRejection,
    RelatedParty,
)
from rcm.x12.envelope import Envelope, Written
from rcm.x12.inquiry_parts import Member
from rcm.x12.inquiry_text import InquiryText
from rcm.x12.values import format_decimal
from rcm.x12.write_270 import VERSION
from rcm.x12.writer import InterchangeWriter, segment

RESPONSE = "11"


def write_271(out: BinaryIO, envelope: Envelope, answers: Sequence[EligibilityAnswer]) -> Written:
    """One interchange with one 271 that answers one 270; BHT03 is the first answer's `reference`.

    Raises ValueError without an answer.
    """
    if not answers:
        raise ValueError("A 271 needs at least one answer.")
    writer = InterchangeWriter(out, envelope)
    writer.start_group("HB", VERSION)
    writer.start_transaction("271", VERSION)
    text = _Answers(writer)
    writer.put(text.beginning("0022", RESPONSE, answers[0].reference))
    for answer in answers:
        writer.put(text.answer(answer))
        writer.items += 1
    writer.end_transaction()
    return writer.finish()


class _Answers(InquiryText):
    """The levels of a 271; remembers which payer and provider are open."""

    def __init__(self, writer: InterchangeWriter) -> None:
        super().__init__(writer)
        self.payer: object = None
        self.provider: object = None
        self.payer_level = 0
        self.provider_level = 0

    def answer(self, answer: EligibilityAnswer) -> str:
        by_level: dict[str, list[EligibilityRejection]] = {}
        for rejection in answer.rejections:
            by_level.setdefault(rejection.level, []).append(rejection)
        refused = {level: self.rejections(found) for level, found in by_level.items()}
        has_provider = answer.subscriber is not None or "2100B" in refused
        texts = [self.source(answer, refused, has_more=has_provider)]
        if has_provider:
            texts.append(self.receiver(answer, refused))
        if answer.subscriber is not None:
            texts.append(self.members(answer, answer.subscriber, refused))
        return "".join(texts)

    def source(self, answer: EligibilityAnswer, refused: dict[str, str], *, has_more: bool) -> str:
        of_source = (answer.payer, refused.get("2000A", ""), refused.get("2100A", ""), has_more)
        if of_source == self.payer:
            return ""
        self.payer, self.provider = of_source, None
        head = self.level("20", 0, has_more=has_more)
        self.payer_level = self.levels
        return "".join((head, of_source[1], self.party(answer.payer), of_source[2]))

    def receiver(self, answer: EligibilityAnswer, refused: dict[str, str]) -> str:
        has_more = answer.subscriber is not None
        of_receiver = (answer.provider, refused.get("2100B", ""), has_more)
        if of_receiver == self.provider:
            return ""
        self.provider = of_receiver
        head = self.level("21", self.payer_level, has_more=has_more)
        self.provider_level = self.levels
        return "".join((head, self.party(answer.provider), of_receiver[1]))

    def members(
        self, answer: EligibilityAnswer, subscriber: Member, refused: dict[str, str]
    ) -> str:
        dependent = answer.dependent
        traces = "".join(map(self.trace, answer.traces))
        head = self.level("22", self.provider_level, has_more=dependent is not None)
        if dependent is None:
            texts = [head, traces, self.member(subscriber, refused.get("2100C", ""))]
        else:
            texts = [head, self.member(subscriber, refused.get("2100C", ""))]
            texts += [self.level("23", self.levels, has_more=False), traces]
            texts.append(self.member(dependent, refused.get("2100D", "")))
        texts.append(self.periods(answer.periods))
        texts += map(self.benefit, answer.benefits)
        return "".join(texts)

    def member(self, member: Member, refused: str) -> str:
        return "".join(
            (
                self.party(member.party),
                self.references(member.references),
                self.address(member.address),
                refused,
                self.person(member),
                self.relationship(member),
            )
        )

    def rejections(self, rejections: Iterable[EligibilityRejection]) -> str:
        """AAA."""
        return "".join(
            segment(
                "AAA",
                "Y" if each.is_valid else "N",
                "",
                self.clean[each.reason],
                self.clean[each.follow_up],
            )
            for each in rejections
        )

    def benefit(self, benefit: Benefit) -> str:
        """EB with HSD, REF, DTP, AAA, MSG, III and the parties between LS and LE."""
        clean = self.clean
        texts = [
            segment(
                "EB",
                clean[benefit.code],
                clean[benefit.level],
                self.types(benefit.service_types),
                clean[benefit.insurance_type],
                clean[benefit.plan_name][:50].rstrip(),
                clean[benefit.time],
                "" if benefit.amount is None else self.writer.money[benefit.amount],
                _number(benefit.percent),
                clean[benefit.quantity_qualifier],
                _number(benefit.quantity),
                clean[benefit.authorization],
                clean[benefit.network],
                self.procedure(benefit.procedure),
            ),
            *map(self.delivery, benefit.deliveries),
            self.references(benefit.references),
            self.periods(benefit.periods),
            self.rejections(benefit.rejections),
            *(segment("MSG", clean[each][:264].rstrip()) for each in benefit.messages),
            self.places(benefit.places),
        ]
        if benefit.parties:
            texts += ["LS*2120~", *map(self.related, benefit.parties), "LE*2120~"]
        return "".join(texts)

    def delivery(self, delivery: Delivery) -> str:
        """HSD."""
        clean = self.clean
        return segment(
            "HSD",
            clean[delivery.quantity_qualifier],
            _number(delivery.quantity),
            clean[delivery.unit],
            _number(delivery.sample),
            clean[delivery.period],
            _number(delivery.period_count),
            clean[delivery.frequency],
            clean[delivery.pattern],
        )

    def related(self, related: RelatedParty) -> str:
        """Loop 2120."""
        clean = self.clean
        texts = [self.party(related.party), self.address(related.address)]
        if related.contact_name or related.contact_phone:
            phone = clean[related.contact_phone]
            name = clean[related.contact_name][:60].rstrip()
            texts.append(segment("PER", "IC", name, "TE" if phone else "", phone))
        if related.taxonomy_code:
            texts.append(segment("PRV", "PE", "PXC", clean[related.taxonomy_code]))
        return "".join(texts)


def _number(number: Decimal | None) -> str:
    return "" if number is None else format_decimal(number)
