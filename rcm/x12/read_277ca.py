"""Reads one 277CA (005010X214): the start, then each claim's statuses."""

from datetime import date

from rcm.x12.acknowledgment_277ca import (
    ClaimAcknowledgmentStart,
    ClaimStatus,
    Status,
    StatusInformation,
)
from rcm.x12.elements import ENVELOPE, ContentReader, Reading, pick
from rcm.x12.tokenizer import Segments
from rcm.x12.values import CENTS, parse_range_end

SOURCE, RECEIVER, PROVIDER, PATIENT = "20", "21", "19", "PT"
LOOPS = {SOURCE: "2200A", RECEIVER: "2200B", PROVIDER: "2200C", PATIENT: "2200D"}
ACTIONS = ("WQ", "U")


class _OpenClaim:
    """A claim being collected: TRN in 2200D up to the next TRN or HL."""

    __slots__ = (
        "dates",
        "lines",
        "name",
        "number",
        "offset",
        "procedures",
        "references",
        "segment",
    )

    def __init__(self, number: str, name: tuple[str, str, str], segment: int, offset: int) -> None:
        self.number = number
        self.name = name
        self.segment = segment
        self.offset = offset
        self.references: dict[str, str] = {}
        self.dates: tuple[date | None, date | None] = (None, None)
        self.lines: list[tuple[str, list[StatusInformation]]] = []
        self.procedures: list[tuple[str, int]] = []


class ClaimAcknowledgmentReader(ContentReader):
    """Yields ClaimAcknowledgmentStart before the first claim, then one ClaimStatus each.

    Several provider levels are read; the start names the first one only.
    """

    __slots__ = ("claim", "fields", "information", "is_started", "level", "patient")

    def __init__(self, segments: Segments) -> None:
        super().__init__(segments)
        self.level = ""
        self.fields: dict[str, object] = {}
        self.is_started = False
        self.patient = ("", "", "")
        self.claim: _OpenClaim | None = None
        self.information: list[StatusInformation] = []

    def read(self) -> Reading:
        ended_by: list[str] | None = None
        for text in self.segments:
            elements = text.split(self.separator)
            if elements[0] in ENVELOPE:
                ended_by = elements
                break
            taker = _TAKERS.get(elements[0])
            if taker is None:
                self.unexpected(elements[0])
            else:
                taker(self, elements)
            if self.segments.pending:
                yield from self.take_pending()
        self.close_claim()
        self.start()
        yield from self.take_pending()
        return ended_by

    def start(self) -> None:
        if self.is_started:
            return
        self.is_started = True
        if "reference" not in self.fields:
            self.report("missing_segment", "BHT is missing.", "BHT")
        names = ("source_name", "source_id", "receiver_name", "receiver_id", "reference")
        texts = dict.fromkeys(names, "")
        # The fields were typed where they were read; a mapping cannot carry their types.
        fields = texts | {"created_on": None} | self.fields
        self.segments.pending.append(
            ClaimAcknowledgmentStart(**fields)  # type: ignore[arg-type]  # by name
        )

    def take_beginning(self, elements: list[str]) -> None:
        self.fields["reference"] = pick(elements, 3)
        self.fields["created_on"] = self.day(pick(elements, 4), "BHT04")

    def take_level(self, elements: list[str]) -> None:
        self.close_claim()
        self.level = pick(elements, 3)
        self.loop = LOOPS.get(self.level, "")
        if not self.loop:
            self.report("invalid_code", "HL03 is not one of 20, 21, 19, PT.", "HL03")
        if self.level == PATIENT:
            self.patient = ("", "", "")

    def take_name(self, elements: list[str]) -> None:
        name, identifier = pick(elements, 3), pick(elements, 9)
        if self.level == SOURCE:
            self.fields |= {"source_name": name, "source_id": identifier}
        elif self.level == RECEIVER:
            self.fields |= {"receiver_name": name, "receiver_id": identifier}
        elif self.level == PROVIDER:
            self.fields.setdefault("provider_name", name)
            self.fields.setdefault("provider_npi", identifier)
        elif self.level == PATIENT:
            self.patient = (name, pick(elements, 4), identifier)
        else:
            self.unexpected("NM1")

    def take_trace(self, elements: list[str]) -> None:
        if self.level == RECEIVER:
            self.fields["batch_trace"] = pick(elements, 2)
        elif self.level == PATIENT:
            self.close_claim()
            self.start()
            number = self.required(elements, 2)
            segments = self.segments
            self.claim = _OpenClaim(number, self.patient, segments.number, segments.offset)
            self.information = []

    def take_date(self, elements: list[str]) -> None:
        qualifier, text = pick(elements, 1), pick(elements, 3)
        on = self.day(text, "DTP03")
        if self.level == SOURCE and qualifier == "050":
            self.fields["received_on"] = on
        elif self.level == SOURCE and qualifier == "009":
            self.fields["processed_on"] = on
        elif self.claim is not None and qualifier == "472":
            if not self.claim.lines:
                self.claim.dates = (on, parse_range_end(text))
        else:
            self.unexpected("DTP")

    def take_status(self, elements: list[str]) -> None:
        statuses = []
        for index in (1, 10, 11):
            text = pick(elements, index)
            if text:
                parts = text.split(self.component)
                statuses.append(Status(parts[0], pick(parts, 1), pick(parts, 2)))
        if not statuses:
            self.report("missing_element", "STC01 is missing.", "STC01")
        action = self.required(elements, 3)
        if action and action not in ACTIONS:
            self.report("invalid_code", "STC03 must be WQ (accepted) or U (rejected).", "STC03")
        amount = None
        if pick(elements, 4):
            amount = CENTS[elements[4]]
            if amount is None:
                self.report_amount(elements[4], "STC04")
        found = StatusInformation(
            tuple(statuses),
            self.day(pick(elements, 2), "STC02"),
            action,
            amount,
            pick(elements, 12),
        )
        if self.claim is None:
            if self.level == PATIENT:
                self.report("misplaced_segment", "STC without a TRN before it.", "STC")
        elif self.claim.lines:
            self.claim.lines[-1][1].append(found)
        else:
            self.information.append(found)

    def take_reference(self, elements: list[str]) -> None:
        claim, qualifier, value = self.claim, pick(elements, 1), pick(elements, 2)
        if claim is None:
            if self.level != PROVIDER:
                self.unexpected("REF")
        elif claim.lines and qualifier == "FJ":
            claim.lines[-1] = (value, claim.lines[-1][1])
        elif not claim.lines:
            claim.references[qualifier] = value

    def take_line(self, elements: list[str]) -> None:
        if self.claim is None:
            self.report("misplaced_segment", "SVC without a claim before it.", "SVC")
            return
        self.claim.lines.append(("", []))
        procedure = pick(pick(elements, 1).split(self.component), 1)
        self.claim.procedures.append((procedure, self.cents(pick(elements, 2), "SVC02")))

    def take_total(self, elements: list[str]) -> None:
        """QTY and AMT repeat what the claims say; nothing is acted on."""

    def close_claim(self) -> None:
        claim = self.claim
        if claim is None:
            return
        self.claim = None
        if not self.information:
            self.report("missing_segment", "STC is missing.", "STC")
        last_name, first_name, member_id = claim.name
        self.segments.pending.append(
            ClaimStatus(
                claim.number,
                tuple(self.information),
                last_name,
                first_name,
                member_id,
                claim.references.get("1K", ""),
                claim.references.get("D9", ""),
                claim.dates[0],
                claim.dates[1],
                tuple((number, tuple(information)) for number, information in claim.lines),
                claim.segment,
                claim.offset,
                tuple(claim.procedures),
            )
        )


_TAKERS = {
    "BHT": ClaimAcknowledgmentReader.take_beginning,
    "HL": ClaimAcknowledgmentReader.take_level,
    "NM1": ClaimAcknowledgmentReader.take_name,
    "TRN": ClaimAcknowledgmentReader.take_trace,
    "DTP": ClaimAcknowledgmentReader.take_date,
    "STC": ClaimAcknowledgmentReader.take_status,
    "REF": ClaimAcknowledgmentReader.take_reference,
    "SVC": ClaimAcknowledgmentReader.take_line,
    "QTY": ClaimAcknowledgmentReader.take_total,
    "AMT": ClaimAcknowledgmentReader.take_total,
}
