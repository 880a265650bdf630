"""Writes 837P (005010X222A1): billing provider, subscriber, patient, claim, service lines.

Refuses (ValueError) what the guide has no room for: more than 12 diagnoses, 50 lines, 4 pointers or
4 modifiers. Whether a claim is complete is decided before, by scrubbing.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import BinaryIO

from rcm.x12.claim_837p import (
    Address,
    BillingProvider,
    Claim,
    Note,
    Patient,
    Person,
    Provider,
    ServiceFacility,
    ServiceLine,
    Submitter,
    Subscriber,
)
from rcm.x12.envelope import Envelope, Written
from rcm.x12.memo import Memo
from rcm.x12.values import format_date, format_decimal
from rcm.x12.writer import InterchangeWriter, composite, segment

VERSION = "005010X222A1"
CLAIMS_PER_TRANSACTION = 5_000  # TR3 X222 1.4.1 advises no more
DIAGNOSES = 12
LINES = 50
POINTERS = 4
MODIFIERS = 4
_PIECE = 64  # claims joined before each write
_PUNCTUATION = re.compile(r"[^A-Z0-9]+")


def write_claims(
    out: BinaryIO,
    envelope: Envelope,
    submitter: Submitter,
    claims: Iterable[Claim],
    *,
    claims_per_transaction: int = CLAIMS_PER_TRANSACTION,
) -> Written:
    """Stream `claims`, in order; consecutive ones of a billing provider share its HL 20.

    `Written.items` counts claims. Raises ValueError for a claim the guide has no room for.
    """
    writer = InterchangeWriter(out, envelope)
    writer.start_group("HC", VERSION)
    text = _ClaimText(writer)
    pieces: list[str] = []
    provider: BillingProvider | None = None
    in_transaction = 0
    for claim in claims:
        if in_transaction == claims_per_transaction:
            _end_transaction(writer, pieces)
            in_transaction = 0
        if not in_transaction:
            writer.start_transaction("837", VERSION)
            pieces.append(text.header(submitter, writer.transactions))
            provider = None
        if claim.billing_provider is not provider and claim.billing_provider != provider:
            pieces.append(text.billing_provider(claim.billing_provider))
        provider = claim.billing_provider
        pieces.append(text.claim(claim))
        in_transaction += 1
        writer.items += 1
        if len(pieces) >= _PIECE:
            writer.put("".join(pieces))
            pieces.clear()
    if in_transaction:
        _end_transaction(writer, pieces)
    return writer.finish()


def _end_transaction(writer: InterchangeWriter, pieces: list[str]) -> None:
    writer.put("".join(pieces))
    pieces.clear()
    writer.end_transaction()


class _ClaimText:
    """Composes each loop as one text. Numbers the HL segments of the open transaction."""

    def __init__(self, writer: InterchangeWriter) -> None:
        self.writer = writer
        self.clean = writer.clean
        self.money = writer.money
        self.days = writer.days
        self.units: Memo[Decimal, str] = Memo(format_decimal)
        self.code: Memo[str, str] = Memo(self._compact, 16_384)
        self.pointers: Memo[tuple[int, ...], str] = Memo(self._pointers)
        self.procedure: Memo[tuple[str, tuple[str, ...]], str] = Memo(self._procedure)
        self.level = 0
        self.provider_level = 0

    def _compact(self, text: str) -> str:
        """Codes without dots and dashes: ICD-10, ZIP, NDC, tax id, telephone."""
        return _PUNCTUATION.sub("", self.clean[text])

    def _pointers(self, pointers: tuple[int, ...]) -> str:
        if len(pointers) > POINTERS:
            raise ValueError(f"A service line has at most {POINTERS} diagnosis pointers.")
        return ":".join(map(str, pointers))

    def _procedure(self, procedure: tuple[str, tuple[str, ...]]) -> str:
        code, modifiers = procedure
        if len(modifiers) > MODIFIERS:
            raise ValueError(f"A service line has at most {MODIFIERS} modifiers.")
        return composite("HC", self.code[code], *(self.code[modifier] for modifier in modifiers))

    def header(self, submitter: Submitter, transaction: int) -> str:
        """BHT and loops 1000A, 1000B; HL numbers begin again."""
        self.level = 0
        clean, envelope = self.clean, self.writer.envelope
        reference = f"{envelope.control_number:09d}{transaction:04d}"
        created = envelope.created_at
        return "".join(
            (
                segment(
                    "BHT", "0019", "00", reference, format_date(created), f"{created:%H%M}", "CH"
                ),
                self.organisation("41", submitter.name, "46", clean[submitter.identifier]),
                self.contact(submitter.contact_name, submitter.contact_phone),
                self.organisation(
                    "40", submitter.receiver_name, "46", clean[submitter.receiver_identifier]
                ),
            )
        )

    def organisation(self, entity: str, name: str, qualifier: str, identifier: str) -> str:
        """NM1 of an organisation; `identifier` is already clean."""
        shown = self.clean[name][:60].rstrip()
        if not identifier:
            return segment("NM1", entity, "2", shown)
        return f"NM1*{entity}*2*{shown}*****{qualifier}*{identifier}~"

    def person(self, entity: str, person: Person, qualifier: str, identifier: str) -> str:
        """NM1 of a person; `identifier` is already clean."""
        clean = self.clean
        last = clean[person.last_name][:60].rstrip()
        first = clean[person.first_name][:35].rstrip()
        if not identifier:
            names = (clean[person.middle_name][:25], "", clean[person.suffix])
            return segment("NM1", entity, "1", last, first, *names)
        middle = clean[person.middle_name][:25] if person.middle_name else ""
        suffix = clean[person.suffix] if person.suffix else ""
        return f"NM1*{entity}*1*{last}*{first}*{middle}**{suffix}*{qualifier}*{identifier}~"

    def contact(self, name: str, phone: str) -> str:
        if not (name or phone):
            return ""
        number = self.code[phone]
        return segment("PER", "IC", self.clean[name][:60].rstrip(), "TE" if number else "", number)

    def address(self, address: Address) -> str:
        clean = self.clean
        street = f"N3*{clean[address.line_1][:55].rstrip()}"
        if address.line_2:
            street += f"*{clean[address.line_2][:55].rstrip()}"
        place = f"{clean[address.city][:30].rstrip()}*{clean[address.state]}"
        return f"{street.rstrip('*')}~N4*{place}*{self.code[address.zip_code]}~"

    def birth(self, patient: Subscriber | Patient) -> str:
        if patient.birth_date is None:
            return ""
        return f"DMG*D8*{self.days[patient.birth_date]}*{self.clean[patient.sex] or 'U'}~"

    def billing_provider(self, provider: BillingProvider) -> str:
        """HL 20 with loops 2010AA and 2010AB."""
        self.level += 1
        self.provider_level = self.level
        taxonomy = self.clean[provider.taxonomy_code]
        pay_to = provider.pay_to
        return "".join(
            (
                f"HL*{self.level}**20*1~",
                f"PRV*BI*PXC*{taxonomy}~" if taxonomy else "",
                self.organisation("85", provider.name, "XX", self.code[provider.npi]),
                self.address(provider.address),
                segment("REF", provider.tax_id_qualifier, self.code[provider.tax_id]),
                self.contact(provider.contact_name, provider.contact_phone),
                f"NM1*87*2~{self.address(pay_to)}" if pay_to else "",
            )
        )

    def claim(self, claim: Claim) -> str:
        """HL 22 and 23, the claim and its lines."""
        if len(claim.diagnoses) > DIAGNOSES or len(claim.lines) > LINES:
            raise ValueError(f"A claim has at most {DIAGNOSES} diagnoses and {LINES} lines.")
        clean = self.clean
        assignment = clean[claim.accepts_assignment]
        place = f"{clean[claim.place_of_service]}:B:{clean[claim.frequency]}"
        number = clean[claim.patient_control_number]
        texts = [
            self.subscriber(claim),
            f"CLM*{number}*{self.money[claim.amount_billed]}***{place}*Y*{assignment}*Y*Y~",
            self.claim_references(claim),
            self.diagnoses(claim.diagnoses),
        ]
        if claim.referring_provider is not None:
            texts.append(self.provider("DN", claim.referring_provider))
        if claim.rendering_provider is not None:
            texts.append(self.provider("82", claim.rendering_provider))
        if claim.service_facility is not None:
            texts.append(self.facility(claim.service_facility))
        texts.extend(map(self.line, claim.lines))
        return "".join(texts)

    def subscriber(self, claim: Claim) -> str:
        """Loops 2000B, 2010BA, 2010BB and, for another patient, 2000C, 2010CA."""
        clean = self.clean
        subscriber, patient, payer = claim.subscriber, claim.patient, claim.payer
        self.level += 1
        policy = f"{clean[subscriber.group_number]}*{clean[subscriber.group_name][:60]}"
        indicator = clean[subscriber.filing_indicator]
        name = self.person("IL", subscriber.person, "MI", clean[subscriber.member_id])
        at_payer = self.organisation("PR", payer.name, "PI", clean[payer.payer_id])
        if patient is None:
            relation = clean[subscriber.relationship]
            home = self.address(subscriber.address) if subscriber.address else ""
            return (
                f"HL*{self.level}*{self.provider_level}*22*0~"
                f"SBR*{clean[subscriber.rank]}*{relation}*{policy}*****{indicator}".rstrip("*")
                + f"~{name}{home}{self.birth(subscriber)}{at_payer}"
            )
        self.level += 1
        # Address and birth date of a subscriber who is not the patient are not sent (2010BA notes).
        return (
            f"HL*{self.level - 1}*{self.provider_level}*22*1~"
            f"SBR*{clean[subscriber.rank]}**{policy}*****{indicator}".rstrip("*")
            + f"~{name}{at_payer}HL*{self.level}*{self.level - 1}*23*0~"
            f"PAT*{clean[patient.relationship]}~{self.person('QC', patient.person, '', '')}"
            f"{self.address(patient.address)}{self.birth(patient)}"
        )

    def claim_references(self, claim: Claim) -> str:
        clean = self.clean
        text = ""
        if claim.referral_number:
            text += segment("REF", "9F", clean[claim.referral_number])
        if claim.authorization_number:
            text += segment("REF", "G1", clean[claim.authorization_number])
        if claim.payer_claim_control_number:
            text += segment("REF", "F8", clean[claim.payer_claim_control_number])
        if claim.clia_number:
            text += segment("REF", "X4", clean[claim.clia_number])
        return text + self.notes(claim.notes)

    def notes(self, notes: tuple[Note, ...]) -> str:
        clean = self.clean
        texts = [(note.code, clean[note.text][:80].rstrip()) for note in notes]
        return "".join(segment("NTE", code, text) for code, text in texts if text)

    def diagnoses(self, diagnoses: tuple[str, ...]) -> str:
        if not diagnoses:
            return ""
        codes = [self.code[diagnosis] for diagnosis in diagnoses]
        return f"HI*ABK:{'*ABF:'.join(codes)}~"

    def provider(self, entity: str, provider: Provider) -> str:
        text = self.person(entity, provider.person, "XX", self.code[provider.npi])
        if provider.taxonomy_code and entity == "82":
            text += f"PRV*PE*PXC*{self.clean[provider.taxonomy_code]}~"
        return text

    def facility(self, facility: ServiceFacility) -> str:
        name = self.organisation("77", facility.name, "XX", self.code[facility.npi])
        return name + self.address(facility.address)

    def line(self, line: ServiceLine) -> str:
        """Loop 2400, and 2410 for a drug."""
        clean = self.clean
        procedure = self.procedure[line.procedure_code, line.modifiers]
        units = f"{line.unit_code}*{self.units[line.units]}"
        place = clean[line.place_of_service] if line.place_of_service else ""
        pointers = self.pointers[line.pointers]
        work = f"SV1*{procedure}*{self.money[line.amount_billed]}*{units}*{place}**{pointers}"
        first, last = self.days[line.date_of_service], line.date_of_service_end
        when = f"RD8*{first}-{self.days[last]}" if last else f"D8*{first}"
        number = clean[line.line_control_number]
        text = (
            f"LX*{line.position}~{work.rstrip('*')}~DTP*472*{when}~"
            f"{f'REF*6R*{number}~' if number else ''}"
        )
        if line.clia_number or line.notes or line.drug:
            return text + self.line_extras(line)
        return text

    def line_extras(self, line: ServiceLine) -> str:
        clean = self.clean
        text = segment("REF", "X4", clean[line.clia_number]) if line.clia_number else ""
        text += self.notes(line.notes)
        if line.drug:
            text += f"LIN**N4*{self.code[line.drug.code]}~"
            if line.drug.quantity is not None:
                quantity = self.units[line.drug.quantity]
                text += segment("CTP", "", "", "", quantity, clean[line.drug.unit])
        return text
