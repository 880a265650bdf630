"""Reads one 277CA (005010X214): the start, then each claim's statuses."""

from datetime import date

from rcm.x12.acknowledgment_277ca import (
    ClaimAcknowledgmentEnd,
    ClaimAcknowledgmentStart,
    ClaimStatus,
    LevelStatus,
    Status,
    StatusInformation,
)
from rcm.x12.elements import ENVELOPE, ContentReader, Reading, pick
from rcm.x12.tokenizer import Segments
from rcm.x12.values import CENTS, parse_count, parse_range_end

SOURCE, RECEIVER, PROVIDER, PATIENT = "20", "21", "19", "PT"
LOOPS = {SOURCE: "2200A", RECEIVER: "2200B", PROVIDER: "2200C", PATIENT: "2200D"}
ACTIONS = ("WQ", "U")
# QTY01: 2200B counts with 90 and AA, 2200C with QA and QC.
TOTALS = {"90": "accepted", "AA": "rejected", "QA": "accepted", "QC": "rejected"}


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


class _OpenLevel:
    """A receiver or provider level being collected, up to the next one of its kind."""

    __slots__ = ("amounts", "counts", "identifier", "information", "listed", "loop", "trace")

    def __init__(self, loop: str) -> None:
        self.loop = loop
        self.identifier = ""
        self.trace = ""
        self.information: list[StatusInformation] = []
        self.counts: dict[str, int] = {}
        self.amounts: dict[str, int] = {}
        self.listed = [0, 0]

    def close(self) -> LevelStatus:
        return LevelStatus(
            self.loop,
            self.identifier,
            self.trace,
            tuple(self.information),
            self.counts.get("accepted"),
            self.counts.get("rejected"),
            self.amounts.get("YU"),
            self.amounts.get("YY"),
            *self.listed,
        )


class ClaimAcknowledgmentReader(ContentReader):
    """Yields ClaimAcknowledgmentStart before the first claim, one ClaimStatus each, then the end.

    Several provider levels are read; the start names the first one only.
    """

    __slots__ = ("claim", "fields", "information", "is_started", "level", "levels", "patient")

    def __init__(self, segments: Segments) -> None:
        super().__init__(segments)
        self.level = ""
        self.fields: dict[str, object] = {}
        self.is_started = False
        self.patient = ("", "", "")
        self.claim: _OpenClaim | None = None
        self.information: list[StatusInformation] = []
        self.levels: list[_OpenLevel] = []

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
        levels = tuple(level.close() for level in self.levels)
        self.segments.pending.append(ClaimAcknowledgmentEnd(levels))
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
        if self.level in (RECEIVER, PROVIDER):
            self.levels.append(_OpenLevel(self.loop))
        if self.level == PATIENT:
            self.patient = ("", "", "")

    def open_level(self) -> _OpenLevel | None:
        """The receiver or provider level that the current segment stands in."""
        return self.levels[-1] if self.level in (RECEIVER, PROVIDER) else None

    def take_name(self, elements: list[str]) -> None:
        name, identifier = pick(elements, 3), pick(elements, 9)
        if level := self.open_level():
            level.identifier = identifier
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
        if level := self.open_level():
            level.trace = pick(elements, 2)
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
            if level := self.open_level():
                level.information.append(found)
            elif self.level == PATIENT:
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
        """QTY and AMT of a level: how many claims and dollars, accepted and rejected."""
        level, qualifier = self.open_level(), pick(elements, 1)
        if level is None:
            self.unexpected(elements[0])
        elif elements[0] == "AMT":
            level.amounts[qualifier] = self.cents(pick(elements, 2), "AMT02")
        elif qualifier in TOTALS:
            count = parse_count(pick(elements, 2))
            if count is None:
                self.report("invalid_number", "QTY02 is not a count.", "QTY02")
            else:
                level.counts[TOTALS[qualifier]] = count

    def close_claim(self) -> None:
        claim = self.claim
        if claim is None:
            return
        self.claim = None
        if not self.information:
            self.report("missing_segment", "STC is missing.", "STC")
        last_name, first_name, member_id = claim.name
        self.segments.pending.append(
            self.counted(
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
        )

    def counted(self, status: ClaimStatus) -> ClaimStatus:
        """The claim, counted in the provider level it stands under and in the receiver's."""
        for level in {level.loop: level for level in self.levels}.values():
            level.listed[0] += 1
            level.listed[1] += status.is_rejected
        return status


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
