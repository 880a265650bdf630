"""Reads one 835 (005010X221A1): header, claims one at a time, provider adjustments, balance.

This is the busiest reader, so it works on raw segment text: whole segments that repeat (CAS, DTM,
AMT, LQ, NM1) are parsed once and remembered, and frozen objects are built with `quick`.
A segment out of its place is reported: as an error when it carries money, else as a warning.
"""

from collections.abc import Callable

from rcm.x12.elements import ENVELOPE, Reading, pick, trim
from rcm.x12.limits import Limits
from rcm.x12.memo import quick
from rcm.x12.remittance_835 import (
    Adjustment,
    Amount,
    DateReference,
    Party,
    ProviderAdjustment,
    ProviderSummary,
    Quantity,
    Reference,
    Remark,
    RemittedClaim,
    RemittedLine,
)
from rcm.x12.remittance_balance import Balance
from rcm.x12.remittance_header import RemittanceHeader
from rcm.x12.remittance_segments import RemittanceSegments
from rcm.x12.tokenizer import Segments
from rcm.x12.values import CENTS, DECIMALS

_MONEY = frozenset({"BPR", "TRN", "CLP", "SVC", "CAS", "PLB"})

_new_claim = quick(RemittedClaim)
_new_line = quick(RemittedLine)
_new_reference = quick(Reference)

Taker = Callable[[str], None]


class Details:
    """Rows that hang under one CLP or one SVC, in file order; `adjusted` sums the CAS cents."""

    __slots__ = (
        "adjusted",
        "adjustments",
        "amounts",
        "dates",
        "quantities",
        "references",
        "remarks",
    )

    def __init__(self) -> None:
        self.adjusted = 0
        self.adjustments: list[Adjustment] = []
        self.references: list[Reference] = []
        self.dates: list[DateReference] = []
        self.amounts: list[Amount] = []
        self.quantities: list[Quantity] = []
        self.remarks: list[Remark] = []


class RemittanceReader(RemittanceSegments):
    """State of one 835 being read. `details` are those of the open line, else of the open claim."""

    __slots__ = (
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
        self.claim_count = 0
        self.claim_segment = 0
        self.claim_offset = 0
        self.header_number = ""
        self.summaries: list[ProviderSummary] = []
        self.provider_adjustments: list[ProviderAdjustment] = []
        self.takers_by_loop = self._takers_by_loop()
        self.clear_claim()

    def clear_claim(self) -> None:
        self.details = self.claim_details = Details()
        self.lines: list[RemittedLine] = []
        self.parties: list[Party] = []
        self.contacts: list[tuple[str, ...]] = []
        self.inpatient: tuple[str, ...] = ()
        self.outpatient: tuple[str, ...] = ()

    def _takers_by_loop(self) -> dict[str, dict[str, Taker]]:
        """By the first three characters: a name, with the separator after a short one."""
        header: dict[str, Taker] = {
            "LX": self.take_header_number,
            "CLP": self.take_claim,
            "PLB": self.take_provider_adjustments,
        }
        shared: dict[str, Taker] = {
            **header,
            "SVC": self.take_line,
            "CAS": self.take_adjustments,
            "DTM": self.take_date,
            "REF": self.take_reference,
            "AMT": self.take_amount,
            "QTY": self.take_quantity,
        }
        loops: dict[str, dict[str, Taker]] = {
            "HEADER": header,
            "2000": {**header, "TS2": self.take_summary, "TS3": self.take_summary},
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
        return {
            loop: {(name + self.separator)[:3]: taker for name, taker in takers.items()}
            for loop, takers in loops.items()
        }

    def enter(self, loop: str) -> None:
        self.loop = loop
        self.takers = self.takers_by_loop[loop]

    def read(self) -> Reading:
        """Yield RemittanceStart, RemittedClaim…, RemittanceEnd and Problems between them."""
        self.enter("HEADER")
        segments, separator = self.segments, self.separator
        ended_by: list[str] | None = None
        for text in segments:
            taker = self.takers.get(text[:3])
            if taker is not None:
                taker(text)
            else:
                elements = text.split(separator)
                if elements[0] in ENVELOPE:
                    ended_by = elements
                    break
                self.take_other(elements)
            if segments.pending:
                yield from self.take_pending()
        self.start_summary()
        segments.pending.append(
            self.balance.finish(
                self.claim_count, tuple(self.provider_adjustments), tuple(self.summaries)
            )
        )
        yield from self.take_pending()
        return ended_by

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

    def take_header_number(self, text: str) -> None:
        self.close_claim()
        self.close_header()
        self.header_number = pick(text.split(self.separator), 1)
        self.enter("2000")

    def take_summary(self, text: str) -> None:
        elements = text.split(self.separator)
        if len(self.summaries) < self.summary_limit:
            self.summaries.append(ProviderSummary(elements[0], trim(elements)))
        elif len(self.summaries) == self.summary_limit:
            self.warn("too_many_summaries", f"Only {self.summary_limit} TS2 and TS3 are kept.")
            self.summary_limit = -1

    def take_claim(self, text: str) -> None:
        """CLP: close the claim before it and open this one. Amounts are checked here, in place."""
        self.close_claim()
        elements = text.split(self.separator)
        if elements[0] != "CLP":
            self.take_other(elements)
            return
        if self.header is not None:
            self.close_header()
        self.loop = "2100"
        self.takers = self.takers_by_loop["2100"]
        self.claim = elements
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

    def take_line(self, text: str) -> None:
        """SVC: close the line before it and open this one."""
        if self.line is not None:
            self.close_line()
        elements = text.split(self.separator)
        if elements[0] != "SVC":
            self.take_other(elements)
            return
        self.loop = "2110"
        self.takers = self.takers_by_loop["2110"]
        self.line = elements
        self.details = Details()
        if len(elements) < 8:
            elements += [""] * (8 - len(elements))
        if CENTS[elements[2]] is None or CENTS[elements[3]] is None:
            self.cents(elements[2], "SVC02")
            self.cents(elements[3], "SVC03")
        if not self.procedure_of[elements[1]][1]:
            self.report("missing_element", "SVC01-2 is missing.", "SVC01-2")
        if elements[5]:
            self.quantity(elements[5], "SVC05")
        if elements[7]:
            self.quantity(elements[7], "SVC07")

    def take_adjustments(self, text: str) -> None:
        adjustments, total = self.adjustments_of[text]
        details = self.details
        details.adjusted += total
        details.adjustments += adjustments

    def take_reference(self, text: str) -> None:
        elements = text.split(self.separator)
        if len(elements) < 3:
            elements += ["", ""]
        self.details.references.append(_new_reference(elements[1], elements[2]))

    def take_date(self, text: str) -> None:
        self.details.dates.append(self.date_of[text])

    def take_amount(self, text: str) -> None:
        self.details.amounts.append(self.amount_of[text])

    def take_quantity(self, text: str) -> None:
        quantity = self.quantity_of[text]
        if quantity is not None:
            self.details.quantities.append(quantity)

    def take_remark(self, text: str) -> None:
        self.details.remarks.append(self.remark_of[text])

    def take_party(self, text: str) -> None:
        self.parties.append(self.party_of[text])

    def take_contact(self, text: str) -> None:
        self.contacts.append(trim(text.split(self.separator)))

    def take_inpatient(self, text: str) -> None:
        self.inpatient = trim(text.split(self.separator))

    def take_outpatient(self, text: str) -> None:
        self.outpatient = trim(text.split(self.separator))

    def take_provider_adjustments(self, text: str) -> None:
        self.start_summary()
        found = self.parse_provider_adjustments(text.split(self.separator))
        self.balance.adjusted += sum(adjustment.amount for adjustment in found)
        self.provider_adjustments.extend(found)

    def close_line(self) -> None:
        """Build the RemittedLine and check its equation: SVC02 less its CAS is SVC03."""
        elements = self.line
        if elements is None:
            return
        billed = CENTS[elements[2]] or 0
        paid = CENTS[elements[3]] or 0
        details, lines = self.details, self.lines
        position = len(lines) + 1
        self.balance.claim_billed += billed
        if billed - details.adjusted != paid:
            where = f"CLP {self.claim_count} SVC {position}"
            self.balance.miss("line", where, paid, billed - details.adjusted)
        self.claim_details.adjusted += details.adjusted
        submitted = self.procedure_of[elements[6]] if elements[6] else ("", "", ())
        lines.append(
            _new_line(
                position,
                *self.procedure_of[elements[1]],
                billed,
                paid,
                elements[4],
                DECIMALS[elements[5]] if elements[5] else None,
                *submitted,
                DECIMALS[elements[7]] if elements[7] else None,
                tuple(details.adjustments),
                tuple(details.references),
                tuple(details.dates),
                tuple(details.amounts),
                tuple(details.quantities),
                tuple(details.remarks),
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
        details, lines = self.claim_details, self.lines
        billed = CENTS[elements[3]] or 0
        paid = CENTS[elements[4]] or 0
        self.balance.close_claim(self.claim_count, billed, paid, details.adjusted, len(lines))
        self.segments.pending.append(
            _new_claim(
                self.claim_count,
                elements[1],
                elements[2],
                billed,
                paid,
                CENTS[elements[5]],
                elements[6],
                elements[7],
                elements[8],
                elements[9],
                elements[11],
                DECIMALS[elements[12]],
                self.header_number,
                tuple(details.adjustments),
                tuple(lines),
                tuple(self.parties),
                tuple(details.references),
                tuple(details.dates),
                tuple(self.contacts),
                tuple(details.amounts),
                tuple(details.quantities),
                self.inpatient,
                self.outpatient,
                self.claim_segment,
                self.claim_offset,
            )
        )
        self.claim = None
        self.clear_claim()
