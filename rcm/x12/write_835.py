"""Writes 835 (005010X221A1) from the dataclasses the reader yields. Used by the sandbox payers.

Nothing is balanced or corrected here: a wrong amount goes out as it is.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import BinaryIO

from rcm.x12.envelope import Envelope, Written
from rcm.x12.remittance_835 import (
    Adjustment,
    Amount,
    DateReference,
    Party,
    ProviderAdjustment,
    ProviderSummary,
    Quantity,
    Reference,
    RemittanceStart,
    RemittedClaim,
    RemittedLine,
)
from rcm.x12.values import format_decimal
from rcm.x12.writer import AsSaid, InterchangeWriter, composite, segment

VERSION = "005010X221A1"
TRIPLETS = 6
PAIRS = 6
MODIFIERS = 4
BANK_ELEMENTS = 10  # BPR06 to 15

Remitted = tuple[RemittanceStart, Iterable[RemittedClaim], tuple[ProviderAdjustment, ...]]


def write_remittances(
    out: BinaryIO, envelope: Envelope, remittances: Iterable[Remitted]
) -> Written:
    """One ST per remittance, claims streamed in the order given. `Written.items` counts claims."""
    writer = InterchangeWriter(out, envelope)
    writer.start_group("HP", VERSION)
    text = _RemittanceText(writer)
    for start, claims, provider_adjustments in remittances:
        writer.start_transaction("835")
        writer.put(text.header(start))
        header_number = ""
        for claim in claims:
            if header_number != (claim.header_number or "1"):
                header_number = claim.header_number or "1"
                writer.put(segment("LX", writer.clean[header_number]))
            writer.put(text.claim(claim))
            writer.items += 1
        writer.put(text.provider_adjustments(provider_adjustments))
        writer.end_transaction()
    return writer.finish()


def write_as_said(
    out: BinaryIO,
    envelope: Envelope,
    remitted: Remitted,
    summaries: Sequence[ProviderSummary] = (),
) -> Written:
    """One remittance with every value as its payer wrote it, upper case or not.

    LX only where the payer numbered; TS2 and TS3 stand under the LX they came with. Raises
    SeparatorInText when a value holds a separator of the envelope.
    """
    writer = InterchangeWriter(out, envelope, clean=AsSaid(envelope.delimiters))
    writer.start_group("HP", VERSION)
    text = _RemittanceText(writer, longest_name=None)
    start, claims, provider_adjustments = remitted
    waiting: dict[str, list[ProviderSummary]] = {}
    for row in summaries:
        waiting.setdefault(row.header_number, []).append(row)
    writer.start_transaction("835")
    writer.put(text.header(start))
    header_number = ""
    for claim in claims:
        if claim.header_number != header_number:
            header_number = claim.header_number
            writer.put(text.headers(header_number, waiting))
        writer.put(text.claim(claim))
        writer.items += 1
    if waiting:
        writer.put(text.headers(list(waiting)[-1], waiting))
    writer.put(text.provider_adjustments(provider_adjustments))
    writer.end_transaction()
    return writer.finish()


def quantity(number: Decimal | None) -> str:
    """A quantity that may be absent."""
    return "" if number is None else format_decimal(number)


class _RemittanceText:
    """Composes the segments of each loop as one text."""

    def __init__(self, writer: InterchangeWriter, *, longest_name: int | None = 60) -> None:
        self.longest_name = longest_name
        self.clean = writer.clean
        self.money = writer.money
        self.days = writer.days

    def header(self, start: RemittanceStart) -> str:
        clean = self.clean
        bank = [*self.texts(start.bank), *([""] * (BANK_ELEMENTS - len(start.bank)))]
        currency = start.currency_elements or (("PR", start.currency) if start.currency else ())
        return "".join(
            (
                segment(
                    "BPR",
                    clean[start.transaction_code],
                    self.money[start.amount_paid],
                    clean[start.credit_or_debit],
                    clean[start.method],
                    clean[start.payment_format],
                    *bank[:BANK_ELEMENTS],
                    self.days[start.paid_on] if start.paid_on else "",
                    *bank[BANK_ELEMENTS:],
                ),
                segment(
                    "TRN",
                    clean[start.trace_type],
                    clean[start.trace_number],
                    clean[start.payer_identifier],
                    clean[start.originating_code],
                ),
                segment("CUR", *self.texts(currency)),
                self.references(start.references),
                segment("DTM", "405", self.days[start.produced_on]) if start.produced_on else "",
                self.payer(start),
                self.payee(start),
            )
        )

    def payer(self, start: RemittanceStart) -> str:
        clean = self.clean
        payer = (start.payer_qualifier, start.payer_id)
        return "".join(
            (
                segment(
                    "N1", "PR", clean[start.payer_name][: self.longest_name], *self.texts(payer)
                ),
                self.address(start.payer_address),
                self.references(start.payer_references),
                *(segment("PER", *self.texts(contact)) for contact in start.payer_contacts),
            )
        )

    def payee(self, start: RemittanceStart) -> str:
        clean = self.clean
        return "".join(
            (
                segment(
                    "N1",
                    "PE",
                    clean[start.payee_name][: self.longest_name],
                    clean[start.payee_qualifier],
                    clean[start.payee_identifier],
                ),
                self.address(start.payee_address),
                self.references(start.payee_references),
                segment("RDM", *self.texts(start.delivery)),
            )
        )

    def headers(self, number: str, waiting: dict[str, list[ProviderSummary]]) -> str:
        """LX `number` with its TS3 and TS2, which leave `waiting`; before it, LX without claims."""
        texts = []
        while number in waiting:
            first = next(iter(waiting))
            texts.append(segment("LX", self.clean[first]))
            for row in waiting.pop(first):
                texts.append(segment(row.segment, *self.texts(row.elements)))
            if first == number:
                return "".join(texts)
        return segment("LX", self.clean[number])

    def texts(self, values: tuple[str, ...]) -> list[str]:
        return [self.clean[value] for value in values]

    def address(self, parts: tuple[str, ...]) -> str:
        values = self.texts(parts)
        return segment("N3", *values[:2]) + segment("N4", *values[2:])

    def claim(self, claim: RemittedClaim) -> str:
        clean, money = self.clean, self.money
        patient = "" if claim.amount_patient is None else money[claim.amount_patient]
        return "".join(
            (
                segment(
                    "CLP",
                    clean[claim.patient_control_number],
                    clean[claim.status_code],
                    money[claim.amount_billed],
                    money[claim.amount_paid],
                    patient,
                    clean[claim.filing_indicator],
                    clean[claim.payer_claim_control_number],
                    clean[claim.facility_code],
                    clean[claim.frequency],
                    clean[claim.patient_status],
                    clean[claim.drg_code],
                    quantity(claim.drg_weight),
                    quantity(claim.discharge_fraction),
                    clean[claim.condition_response],
                ),
                self.adjustments(claim.adjustments),
                *map(self.party, claim.parties),
                segment("MIA", *self.texts(claim.inpatient)),
                segment("MOA", *self.texts(claim.outpatient)),
                self.references(claim.references),
                self.dates(claim.dates),
                *(segment("PER", *self.texts(contact)) for contact in claim.contacts),
                self.amounts(claim.amounts),
                self.quantities(claim.quantities),
                *map(self.line, claim.lines),
            )
        )

    def line(self, line: RemittedLine) -> str:
        clean, money = self.clean, self.money
        return "".join(
            (
                segment(
                    "SVC",
                    self.procedure(
                        line.qualifier, line.procedure_code, line.modifiers, line.description
                    ),
                    money[line.amount_billed],
                    money[line.amount_paid],
                    clean[line.revenue_code],
                    quantity(line.units_paid),
                    self.procedure(
                        line.submitted_qualifier,
                        line.submitted_code,
                        line.submitted_modifiers,
                        line.submitted_description,
                    ),
                    quantity(line.units_submitted),
                ),
                self.dates(line.dates),
                self.adjustments(line.adjustments),
                self.references(line.references),
                self.amounts(line.amounts),
                self.quantities(line.quantities),
                *(segment("LQ", *self.texts((r.qualifier, r.code))) for r in line.remarks),
            )
        )

    def procedure(
        self, qualifier: str, code: str, modifiers: tuple[str, ...], description: str
    ) -> str:
        """SVC01 or SVC06; the description is its seventh component."""
        blanks = ("",) * (MODIFIERS - len(modifiers))
        return composite(*self.texts((qualifier, code, *modifiers, *blanks, description)))

    def party(self, party: Party) -> str:
        names = (party.last_name, party.first_name, party.middle_name, party.prefix, party.suffix)
        return segment(
            "NM1",
            *self.texts((party.entity, party.entity_type, *names)),
            *self.texts((party.identifier_qualifier, party.identifier)),
        )

    def adjustments(self, adjustments: tuple[Adjustment, ...]) -> str:
        """CAS segments: consecutive adjustments of one group share a segment, six at most."""
        texts: list[str] = []
        group = ""
        open_elements: list[str] = []
        for adjustment in adjustments:
            if adjustment.group != group or len(open_elements) == 3 * TRIPLETS:
                if open_elements:
                    texts.append(segment("CAS", self.clean[group], *open_elements))
                group, open_elements = adjustment.group, []
            open_elements += (
                self.clean[adjustment.reason],
                self.money[adjustment.amount],
                quantity(adjustment.quantity),
            )
        if open_elements:
            texts.append(segment("CAS", self.clean[group], *open_elements))
        return "".join(texts)

    def references(self, references: tuple[Reference, ...]) -> str:
        return "".join(
            segment("REF", *self.texts((r.qualifier, r.value, r.description))) for r in references
        )

    def dates(self, dates: tuple[DateReference, ...]) -> str:
        """DTM; text that was not one plain day goes out as it came."""
        return "".join(
            segment(
                "DTM",
                self.clean[d.qualifier],
                self.clean[d.text] if d.text or d.on is None else self.days[d.on],
            )
            for d in dates
        )

    def amounts(self, amounts: tuple[Amount, ...]) -> str:
        return "".join(
            segment("AMT", self.clean[a.qualifier], self.money[a.amount]) for a in amounts
        )

    def quantities(self, quantities: tuple[Quantity, ...]) -> str:
        return "".join(
            segment("QTY", self.clean[q.qualifier], format_decimal(q.quantity)) for q in quantities
        )

    def provider_adjustments(self, adjustments: tuple[ProviderAdjustment, ...]) -> str:
        """PLB: consecutive adjustments of one provider and period share a segment, six at most."""
        texts: list[str] = []
        for index, adjustment in enumerate(adjustments):
            previous = adjustments[index - 1] if index else None
            is_same = (
                previous is not None
                and previous.provider_identifier == adjustment.provider_identifier
                and previous.fiscal_period_end == adjustment.fiscal_period_end
                and texts[-1].count("*") < 2 + 2 * PAIRS
            )
            identifier = composite(*self.texts((adjustment.code, adjustment.reference)))
            pair = f"{identifier}*{self.money[adjustment.amount]}~"
            if is_same:
                texts[-1] = f"{texts[-1][:-1]}*{pair}"
            else:
                end = adjustment.fiscal_period_end
                provider = self.clean[adjustment.provider_identifier]
                texts.append(f"PLB*{provider}*{self.days[end] if end else ''}*{pair}")
        return "".join(texts)
