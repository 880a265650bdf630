"""Writes 277CA (005010X214): source, receiver, provider, each claim. Used by the sandbox."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import BinaryIO

from rcm.x12.acknowledgment_277ca import (
    ClaimAcknowledgmentStart,
    ClaimStatus,
    Status,
    StatusInformation,
)
from rcm.x12.envelope import Envelope, Written
from rcm.x12.values import format_date
from rcm.x12.writer import InterchangeWriter, composite, segment

VERSION = "005010X214"
RECEIVED = Status("A1", "19", "PR")


def write_277ca(
    out: BinaryIO,
    envelope: Envelope,
    start: ClaimAcknowledgmentStart,
    claims: Iterable[ClaimStatus],
) -> Written:
    """One transaction answering one of our files. The receiver's totals are computed here.

    The totals precede the claims, so all of them are held in memory; `Written.items` counts them.
    """
    answered = tuple(claims)
    writer = InterchangeWriter(out, envelope)
    writer.start_group("HN", VERSION)
    writer.start_transaction("277", VERSION)
    text = _StatusText(writer)
    writer.put(text.header(start))
    writer.put(text.receiver(start, answered))
    writer.put(text.provider(start, answered))
    for level, claim in enumerate(answered, 4):
        writer.put(text.claim(claim, level))
        writer.items += 1
    writer.end_transaction()
    return writer.finish()


class _StatusText:
    """Composes the segments of each level."""

    def __init__(self, writer: InterchangeWriter) -> None:
        self.writer = writer
        self.clean = writer.clean
        self.money = writer.money
        self.today = writer.envelope.created_at.date()

    def header(self, start: ClaimAcknowledgmentStart) -> str:
        """BHT and the information source level."""
        created = self.writer.envelope.created_at
        day = format_date(start.created_on or created)
        clean = self.clean
        reference = clean[start.reference] or f"{self.writer.envelope.control_number}"
        return "".join(
            (
                segment("BHT", "0085", "08", reference, day, f"{created:%H%M}", "TH"),
                "HL*1**20*1~",
                self.name("PR", start.source_name, "PI", start.source_id),
                segment("TRN", "1", reference),
                segment("DTP", "050", "D8", format_date(start.received_on or self.today)),
                segment("DTP", "009", "D8", format_date(start.processed_on or self.today)),
            )
        )

    def name(self, entity: str, name: str, qualifier: str, identifier: str) -> str:
        shown, code = self.clean[name][:60].rstrip(), self.clean[identifier]
        return segment("NM1", entity, "2", shown, "", "", "", "", qualifier if code else "", code)

    def receiver(self, start: ClaimAcknowledgmentStart, claims: Sequence[ClaimStatus]) -> str:
        """HL 21: the batch as a whole, with counts and amounts accepted and rejected."""
        rejected = [claim for claim in claims if claim.is_rejected]
        accepted = [claim for claim in claims if not claim.is_rejected]
        is_rejected = bool(rejected) and not accepted
        batch = StatusInformation(
            (RECEIVED,), self.today, "U" if is_rejected else "WQ", _sum_amounts(claims)
        )
        totals = []
        for quantity, group in (("90", accepted), ("AA", rejected)):
            totals.append(segment("QTY", quantity, str(len(group))) if group else "")
        for amount, group in (("YU", accepted), ("YY", rejected)):
            totals.append(segment("AMT", amount, self.money[_sum_amounts(group)]) if group else "")
        return "".join(
            (
                "HL*2*1*21*1~",
                self.name("41", start.receiver_name, "46", start.receiver_id),
                segment("TRN", "2", self.clean[start.batch_trace] or "0"),
                self.status(batch),
                *totals,
            )
        )

    def provider(self, start: ClaimAcknowledgmentStart, claims: Sequence[ClaimStatus]) -> str:
        """HL 19: the billing provider. Its STC has an amount and no date."""
        status = StatusInformation((RECEIVED,), None, "WQ", _sum_amounts(claims))
        return "".join(
            (
                "HL*3*2*19*1~",
                self.name("85", start.provider_name, "XX", start.provider_npi),
                "TRN*1*0~",
                self.status(status, is_dated=False),
            )
        )

    def status(self, information: StatusInformation, *, is_dated: bool = True) -> str:
        """STC: up to three composites in 01, 10 and 11."""
        codes = [
            composite(*(self.clean[part] for part in (code.category, code.code, code.entity)))
            for code in information.statuses[:3]
        ]
        codes += [""] * (3 - len(codes))
        effective = information.effective_on or self.today
        amount = information.amount
        return segment(
            "STC",
            codes[0],
            format_date(effective) if is_dated else "",
            self.clean[information.action],
            "" if amount is None else self.money[amount],
            *([""] * 5),
            codes[1],
            codes[2],
            self.clean[information.free_text][:264].rstrip(),
        )

    def claim(self, claim: ClaimStatus, level: int) -> str:
        """HL PT: one patient with one claim."""
        clean = self.clean
        names = (clean[claim.last_name][:60], clean[claim.first_name][:35], "", "", "")
        member = clean[claim.member_id]
        texts = [
            f"HL*{level}*3*PT~",
            segment("NM1", "QC", "1", *names, "MI" if member else "", member),
            segment("TRN", "2", clean[claim.patient_control_number]),
            *map(self.status, claim.information),
        ]
        for qualifier, number in (
            ("1K", claim.payer_claim_control_number),
            ("D9", claim.clearinghouse_number),
        ):
            if number:
                texts.append(segment("REF", qualifier, clean[number]))
        if claim.date_of_service is not None:
            texts.append(_service_date(claim.date_of_service, claim.date_of_service_end))
        for index, (number, information) in enumerate(claim.lines):
            texts.append(self.line(claim, index, number, information))
        return "".join(texts)

    def line(
        self,
        claim: ClaimStatus,
        index: int,
        number: str,
        information: tuple[StatusInformation, ...],
    ) -> str:
        """Loop 2220D: SVC is mandatory there; without the service known it carries code 0."""
        code, amount = "0", information[0].amount if information else None
        if index < len(claim.line_procedures):
            code, amount = claim.line_procedures[index]
        return "".join(
            (
                segment("SVC", composite("HC", self.clean[code]), self.money[amount or 0]),
                *map(self.status, information),
                segment("REF", "FJ", self.clean[number]),
            )
        )


def _sum_amounts(claims: Sequence[ClaimStatus]) -> int:
    """Cents of the claims' first stated amounts."""
    return sum(
        next((part.amount for part in claim.information if part.amount is not None), 0)
        for claim in claims
    )


def _service_date(first: date, last: date | None) -> str:
    if last is None:
        return segment("DTP", "472", "D8", format_date(first))
    return segment("DTP", "472", "RD8", f"{format_date(first)}-{format_date(last)}")
