"""Reads one 835 (005010X221A1): header, claims one at a time, provider adjustments, balance.

This is the busiest reader, so it works on raw segment text: whole segments that repeat (CAS, DTM,
AMT, LQ, NM1) are parsed once and remembered, and frozen objects are built with `quick`.
A segment out of its place is reported: as an error when it carries money, else as a warning.
"""

from collections.abc import Callable
from typing import Any

from rcm.x12.elements import ENVELOPE, Reading, pick, trim
from rcm.x12.limits import Limits
from rcm.x12.memo import quick
from rcm.x12.remittance_835 import (
    Party,
    ProviderAdjustment,
    ProviderSummary,
    RemittedClaim,
    RemittedLine,
)
from rcm.x12.remittance_balance import Balance
from rcm.x12.remittance_header import RemittanceHeader
from rcm.x12.remittance_segments import Procedure, RemittanceSegments
from rcm.x12.tokenizer import Segments
from rcm.x12.values import CENTS, DECIMALS

_MONEY = frozenset({"BPR", "TRN", "CLP", "SVC", "CAS", "PLB"})
_NO_PROCEDURE: Procedure = ("", "", (), "")

_new_claim = quick(RemittedClaim)
_new_line = quick(RemittedLine)

Taker = Callable[[list[str]], None]

# Rows under one CLP or SVC, in file order: one list each, found by position. (A list of lists and
# not an object because one is made for every line.)
Details = list[list[Any]]
ADJUSTMENTS, REFERENCES, DATES, AMOUNTS, QUANTITIES, REMARKS = range(6)


class RemittanceReader(RemittanceSegments):
    """State of one 835 being read.

    `details` are those of the open line, else of the open claim, None outside of claims.
    `adjusted` sums the CAS cents of the open claim; `adjusted_before` is its value at SVC.
    """

    __slots__ = (
        "adjusted",
        "adjusted_before",
        "balance",
        "claim",
        "claim_count",
        "claim_details",
        "claim_offset",
        "claim_segment",
        "contacts",
        "details",
        "header",
        "header_number",
        "inpatient",
        "line",
        "line_billed",
        "line_paid",
        "line_procedure",
        "lines",
        "outpatient",
        "parties",
        "provider_adjustments",
        "summaries",
        "summary_limit",
        "takers",
        "takers_by_loop",
    )

    def __init__(self, segments: Segments, limits: Limits) -> None:
        super().__init__(segments)
        self.header: RemittanceHeader | None = RemittanceHeader(segments)
        self.balance = Balance(limits.differences)
        self.summary_limit = limits.summaries
        self.claim: list[str] | None = None
        self.line: list[str] | None = None
        self.line_billed = 0
        self.line_paid = 0
        self.line_procedure = _NO_PROCEDURE
        self.claim_count = 0
        self.claim_segment = 0
        self.claim_offset = 0
        self.claim_details: Details = []
        self.header_number = ""
        self.summaries: list[ProviderSummary] = []
        self.provider_adjustments: list[ProviderAdjustment] = []
        self.takers_by_loop = self._takers_by_loop()
        self.clear_claim()

    def clear_claim(self) -> None:
        self.details: Details | None = None
        self.adjusted = 0
        self.adjusted_before = 0
        self.lines: list[RemittedLine] = []
        self.parties: list[Party] = []
        self.contacts: list[tuple[str, ...]] = []
        self.inpatient: tuple[str, ...] = ()
        self.outpatient: tuple[str, ...] = ()

    def _takers_by_loop(self) -> dict[str, dict[str, Taker]]:
        """What each loop knows, apart from CAS, DTM, AMT and REF, which `read` takes itself."""
        starts: dict[str, Taker] = {
            "LX": self.take_header_number,
            "CLP": self.take_claim,
            "PLB": self.take_provider_adjustments,
        }
        shared: dict[str, Taker] = {**starts, "SVC": self.take_line, "QTY": self.take_quantity}
        return {
            "HEADER": starts,
            "2000": {**starts, "TS2": self.take_summary, "TS3": self.take_summary},
            "2100": {
                **shared,
                "NM1": self.take_party,
                "PER": self.take_contact,
                "MIA": self.take_inpatient,
                "MOA": self.take_outpatient,
            },
            "2110": {**shared, "LQ": self.take_remark},
            "SUMMARY": {"PLB": self.take_provider_adjustments},
        }

    def enter(self, loop: str) -> None:
        self.loop = loop
        self.takers = self.takers_by_loop[loop]

    def read(self) -> Reading:
        """Yield RemittanceStart, RemittedClaim…, RemittanceEnd and Problems between them."""
        self.enter("HEADER")
        segments, separator = self.segments, self.separator
        adjustments_of, dates, amounts = self.adjustments_of, self.date_of, self.amount_of
        adjustment, day, amount, reference = (
            name + separator for name in ("CAS", "DTM", "AMT", "REF")
        )
        ended_by: list[str] | None = None
        for text in segments:
            details = self.details
            if details is not None:
                name = text[:4]
                if name == adjustment:
                    found, total = adjustments_of[text]
                    self.adjusted += total
                    details[ADJUSTMENTS] += found
                    continue
                if name == day:
                    details[DATES].append(dates[text])
                    continue
                if name == amount:
                    details[AMOUNTS].append(amounts[text])
                    continue
                if name == reference:
                    details[REFERENCES].append(self.parse_reference(text))
                    continue
            elements = text.split(separator)
            taker = self.takers.get(elements[0])
            if taker is not None:
                taker(elements)
            elif elements[0] in ENVELOPE:
                ended_by = elements
                break
            else:
                self.take_other(elements)
            if segments.pending:
                yield from self.take_pending()
        self.finish()
        yield from self.take_pending()
        return ended_by

    def finish(self) -> None:
        """At SE, or where the transaction breaks off: the RemittanceEnd."""
        self.start_summary()
        self.segments.pending.append(
            self.balance.finish(
                self.claim_count, tuple(self.provider_adjustments), tuple(self.summaries)
            )
        )

    def take_other(self, elements: list[str]) -> None:
        """A segment the current loop does not list: the header's, or one out of place."""
        name = elements[0]
        if self.header is not None and self.header.take(elements):
            return
        if name in _MONEY:
            self.report("misplaced_segment", f"{name} is out of its place and was not read.", name)
        else:
            self.unexpected(name)

    def close_header(self) -> None:
        """At the first LX, CLP or PLB: hand on the RemittanceStart."""
        if self.header is not None:
            start = self.header.finish()
            self.segments.pending.append(start)
            self.balance.start(start)
            self.header = None

    def start_summary(self) -> None:
        self.close_claim()
        self.close_header()
        self.enter("SUMMARY")

    def take_header_number(self, elements: list[str]) -> None:
        self.close_claim()
        self.close_header()
        self.header_number = pick(elements, 1)
        self.enter("2000")

    def take_summary(self, elements: list[str]) -> None:
        if len(self.summaries) < self.summary_limit:
            self.summaries.append(ProviderSummary(elements[0], trim(elements), self.header_number))
        elif len(self.summaries) == self.summary_limit:
            self.warn("too_many_summaries", f"Only {self.summary_limit} TS2 and TS3 are kept.")
            self.summary_limit = -1

    def take_claim(self, elements: list[str]) -> None:
        """CLP: close the claim before it and open this one. Amounts are checked here, in place."""
        self.close_claim()
        if self.header is not None:
            self.close_header()
        self.loop = "2100"
        self.takers = self.takers_by_loop["2100"]
        self.claim = elements
        self.details = self.claim_details = [[], [], [], [], [], []]
        self.claim_count += 1
        self.claim_segment = self.segments.number
        self.claim_offset = self.segments.offset
        if len(elements) < 15:
            elements += [""] * (15 - len(elements))
        if not (elements[1] and elements[2] and elements[7]):
            for index in (1, 2, 7):
                self.required(elements, index)
        if not elements[6]:
            self.warn("missing_element", "CLP06 is missing.", "CLP06")
        if CENTS[elements[3]] is None or CENTS[elements[4]] is None:
            self.cents(elements[3], "CLP03")
            self.cents(elements[4], "CLP04")
        if elements[5] and CENTS[elements[5]] is None:
            self.report_amount(elements[5], "CLP05")
        if elements[12]:
            self.quantity(elements[12], "CLP12")
        if elements[13]:
            self.quantity(elements[13], "CLP13")

    def take_line(self, elements: list[str]) -> None:
        """SVC: close the line before it and open this one."""
        if self.line is not None:
            self.close_line()
        self.loop = "2110"
        self.takers = self.takers_by_loop["2110"]
        self.line = elements
        self.details = [[], [], [], [], [], []]
        self.adjusted_before = self.adjusted
        if len(elements) < 8:
            elements += [""] * (8 - len(elements))
        billed, paid = CENTS[elements[2]], CENTS[elements[3]]
        if billed is None or paid is None:
            billed = self.cents(elements[2], "SVC02")
            paid = self.cents(elements[3], "SVC03")
        self.line_billed = billed
        self.line_paid = paid
        self.line_procedure = self.procedure_of[elements[1]]
        if not self.line_procedure[1]:
            self.report("missing_element", "SVC01-2 is missing.", "SVC01-2")
        if elements[5]:
            self.quantity(elements[5], "SVC05")
        if elements[7]:
            self.quantity(elements[7], "SVC07")

    def take_quantity(self, elements: list[str]) -> None:
        quantity = self.parse_quantity(elements)
        if quantity is not None and self.details is not None:
            self.details[QUANTITIES].append(quantity)

    def take_remark(self, elements: list[str]) -> None:
        if self.details is not None:
            self.details[REMARKS].append(self.parse_remark(elements))

    def take_party(self, elements: list[str]) -> None:
        self.parties.append(self.parse_party(elements))

    def take_contact(self, elements: list[str]) -> None:
        self.contacts.append(trim(elements))

    def take_inpatient(self, elements: list[str]) -> None:
        self.inpatient = trim(elements)

    def take_outpatient(self, elements: list[str]) -> None:
        self.outpatient = trim(elements)

    def take_provider_adjustments(self, elements: list[str]) -> None:
        self.start_summary()
        found = self.parse_provider_adjustments(elements)
        self.balance.adjusted += sum(adjustment.amount for adjustment in found)
        self.provider_adjustments.extend(found)

    def close_line(self) -> None:
        """Build the RemittedLine and check its equation: SVC02 less its CAS is SVC03."""
        elements, details = self.line, self.details
        if elements is None or details is None:
            return
        billed, paid, lines = self.line_billed, self.line_paid, self.lines
        position = len(lines) + 1
        computed = billed - (self.adjusted - self.adjusted_before)
        self.balance.claim_billed += billed
        if computed != paid:
            where = f"CLP {self.claim_count} SVC {position}"
            self.balance.miss("line", where, paid, computed)
        qualifier, code, modifiers, description = self.line_procedure
        submitted = self.procedure_of[elements[6]] if elements[6] else _NO_PROCEDURE
        adjustments, references, dates, amounts, quantities, remarks = details
        lines.append(
            _new_line(
                position,
                qualifier,
                code,
                modifiers,
                billed,
                paid,
                elements[4],
                DECIMALS[elements[5]] if elements[5] else None,
                submitted[0],
                submitted[1],
                submitted[2],
                DECIMALS[elements[7]] if elements[7] else None,
                tuple(adjustments),
                tuple(references),
                tuple(dates),
                tuple(amounts),
                tuple(quantities) if quantities else (),
                tuple(remarks) if remarks else (),
                description,
                submitted[3],
            )
        )
        self.line = None

    def close_claim(self) -> None:
        """Build the RemittedClaim, check its equations, hand it on and forget it."""
        elements = self.claim
        if elements is None:
            return
        if self.line is not None:
            self.close_line()
        lines = self.lines
        billed = CENTS[elements[3]] or 0
        paid = CENTS[elements[4]] or 0
        self.balance.close_claim(self.claim_count, billed, paid, self.adjusted, len(lines))
        adjustments, references, dates, amounts, quantities, _ = self.claim_details
        self.segments.pending.append(
            _new_claim(
                self.claim_count,
                elements[1],
                elements[2],
                billed,
                paid,
                CENTS[elements[5]] if elements[5] else None,
                elements[6],
                elements[7],
                elements[8],
                elements[9],
                elements[11],
                DECIMALS[elements[12]] if elements[12] else None,
                self.header_number,
                tuple(adjustments),
                tuple(lines),
                tuple(self.parties),
                tuple(references),
                tuple(dates),
                tuple(self.contacts) if self.contacts else (),
                tuple(amounts),
                tuple(quantities),
                self.inpatient,
                self.outpatient,
                self.claim_segment,
                self.claim_offset,
                elements[10],
                DECIMALS[elements[13]] if elements[13] else None,
                elements[14],
            )
        )
        self.claim = None
        self.clear_claim()
