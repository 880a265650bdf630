"""Writes 277 (005010X212): what a payer says about each claim asked for. Used by the sandbox."""

from collections.abc import Sequence
from typing import BinaryIO

from rcm.x12.envelope import Envelope, Written
from rcm.x12.status_27x import AnsweredLine, StatusAnswer, StatusDetail
from rcm.x12.values import format_date
from rcm.x12.write_276 import VERSION, ClaimText
from rcm.x12.writer import InterchangeWriter, composite, segment

RESPONSE = "08"
ABOVE = {"2200B": 2, "2200C": 3, "2200D": 3, "2200E": 3}


def write_277(out: BinaryIO, envelope: Envelope, answers: Sequence[StatusAnswer]) -> Written:
    """One interchange with one 277; BHT03 is the first answer's `reference`, BHT06 its kind.

    Raises ValueError without an answer.
    """
    if not answers:
        raise ValueError("A 277 needs at least one answer.")
    writer = InterchangeWriter(out, envelope)
    writer.start_group("HN", VERSION)
    writer.start_transaction("277", VERSION)
    text = _Answers(writer)
    first = answers[0]
    kind = "DG" if first.is_solicited else "TH"
    writer.put(text.beginning("0010", RESPONSE, first.reference, kind))
    for answer in answers:
        writer.put(text.answer(answer))
        writer.items += 1
    writer.end_transaction()
    return writer.finish()


class _Answers(ClaimText):
    def answer(self, answer: StatusAnswer) -> str:
        parties = (answer.payer, answer.receiver, answer.provider)
        has_member = answer.subscriber is not None and answer.level in ("2200D", "2200E")
        texts = [self.levels_above(*parties[: ABOVE[answer.level]], has_more=has_member)]
        if answer.subscriber is not None and has_member:
            texts.append(self.members(answer.subscriber, answer.patient))
        is_ours = answer.level == "2200C" or not answer.is_solicited
        texts += [
            segment("TRN", "1" if is_ours else "2", self.clean[answer.trace_number][:50]),
            *map(self.detail, answer.details),
            self.references(answer.references),
            self.periods(answer.periods),
            *map(self.line, answer.lines),
        ]
        return "".join(texts)

    def detail(self, detail: StatusDetail) -> str:
        """STC."""
        clean, money = self.clean, self.writer.money
        codes = [
            composite(*(clean[part] for part in (code.category, code.code, code.entity)))
            for code in detail.statuses[:3]
        ]
        codes += [""] * (3 - len(codes))
        return segment(
            "STC",
            codes[0],
            "" if detail.effective_on is None else format_date(detail.effective_on),
            clean[detail.action],
            "" if detail.amount_billed is None else money[detail.amount_billed],
            "" if detail.amount_paid is None else money[detail.amount_paid],
            "" if detail.finalized_on is None else format_date(detail.finalized_on),
            clean[detail.method],
            "" if detail.paid_on is None else format_date(detail.paid_on),
            clean[detail.check_number][:50].rstrip(),
            codes[1],
            codes[2],
            clean[detail.free_text][:264].rstrip(),
        )

    def line(self, line: AnsweredLine) -> str:
        head = self.line_head(
            line.procedure, line.amount_billed, line.amount_paid, line.revenue_code, line.units
        )
        details = "".join(map(self.detail, line.details))
        number = self.line_number(line.line_control_number)
        return head + details + number + self.periods(line.periods)
