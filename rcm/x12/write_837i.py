"""Writes 837I (005010X223A2): billing provider, subscriber, patient, claim, revenue lines.

Refuses (ValueError) what the guide has no room for: more than 999 lines or 4 modifiers, more codes
of a kind than HI holds, a billing provider who is a person. Whether a claim is complete is decided
before, by scrubbing.
"""

from collections.abc import Callable, Iterable
from typing import BinaryIO, ClassVar

from rcm.x12.claim_837 import Provider, Submitter
from rcm.x12.claim_837i import InstitutionalClaim, RevenueLine
from rcm.x12.claim_segments import LAST, order_of
from rcm.x12.claim_text import CLAIMS_PER_TRANSACTION, ClaimText, stream_claims
from rcm.x12.envelope import Envelope, Written
from rcm.x12.institutional_codes import CodeText
from rcm.x12.writer import InterchangeWriter, segment

VERSION = "005010X223A2"
LINES = 999
# 2300 REF in the guide's order.
_REFERENCES = order_of("4N", "9F", "G1", "F8", "9A", "9C", "LX", "D9", "LU", "EA", "P4", "G4")
_LINE_REFERENCES = order_of("9B", "9D")
_LINE_NOTE, _BILLING_NOTE = "TPO", "ADD"
_CATEGORIES = order_of("ZZ")


def write_institutional_claims(
    out: BinaryIO,
    envelope: Envelope,
    submitter: Submitter,
    claims: Iterable[InstitutionalClaim],
    *,
    claims_per_transaction: int = CLAIMS_PER_TRANSACTION,
) -> Written:
    """Stream `claims`, in order; consecutive ones of a billing provider share its HL 20.

    `Written.items` counts claims. Raises ValueError for a claim the guide has no room for.
    """
    return stream_claims(out, envelope, submitter, claims, _compose, claims_per_transaction)


def _compose(
    writer: InterchangeWriter,
) -> tuple[ClaimText, Callable[[InstitutionalClaim], str]]:
    text = InstitutionalText(writer)
    return text, text.claim


class InstitutionalText(ClaimText):
    """Composes loops 2300 and 2400 of an institutional claim."""

    version: ClassVar[str] = VERSION
    taxonomy_qualifiers: ClassVar[dict[str, str]] = {"71": "AT"}
    other_payer_amounts: ClassVar[tuple[str, ...]] = ("D", "EAF", "A8")

    def __init__(self, writer: InterchangeWriter) -> None:
        super().__init__(writer)
        codes = CodeText(self.code.__getitem__, self.days.__getitem__, self.money.__getitem__)
        self.codes = codes.compose

    def claim(self, claim: InstitutionalClaim) -> str:
        """HL 22 and 23, the claim and its lines."""
        if len(claim.lines) > LINES:
            raise ValueError(f"An institutional claim has at most {LINES} lines.")
        if claim.billing_provider.is_person:
            raise ValueError("The billing provider of an institutional claim is an organisation.")
        return "".join(
            (
                self.levels(claim.subscriber, claim.patient, claim.payer),
                self.heading(claim),
                self.stay(claim),
                self.attachments(claim.attachments),
                self.contract(claim.contract),
                self.amount("F3", claim.amount_due_from_patient),
                self.claim_references(claim),
                self.fixed_formats(claim.fixed_format),
                self.claim_notes(claim),
                self.conditions(claim.conditions, _CATEGORIES),
                self.codes(claim),
                self.repricing(claim.repricing),
                self.claim_providers(claim),
                self.other_payers(claim.other_payers, claim.lines),
                *map(self.line, claim.lines),
            )
        )

    def heading(self, claim: InstitutionalClaim) -> str:
        """CLM: the bill type is facility and care (CLM05-1) and the frequency (CLM05-3)."""
        clean = self.clean
        bill = clean[claim.type_of_bill]
        return segment(
            "CLM",
            clean[claim.patient_control_number],
            self.money[claim.amount_billed],
            "",
            "",
            f"{bill[:2]}:A:{bill[2:]}",
            "",
            clean[claim.accepts_assignment],
            clean[claim.assigns_benefits],
            clean[claim.releases_information],
            *[""] * 10,
            clean[claim.delay_reason],
        )

    def stay(self, claim: InstitutionalClaim) -> str:
        """DTP 096, 434, 435 and 050, then CL1."""
        days, clean = self.days, self.clean
        text = ""
        if claim.discharge_time:
            text = f"DTP*096*TM*{self.code[claim.discharge_time]}~"
        text += f"DTP*434*RD8*{days[claim.statement_from]}-{days[claim.statement_to]}~"
        if claim.admission_on is not None:
            form = "DT" if claim.admission_time else "D8"
            hour = self.code[claim.admission_time]
            text += f"DTP*435*{form}*{days[claim.admission_on]}{hour}~"
        nature = (claim.admission_type, claim.admission_source, claim.patient_status)
        return (
            text + self.dates(claim.dates, {}) + segment("CL1", *(clean[code] for code in nature))
        )

    def claim_references(self, claim: InstitutionalClaim) -> str:
        numbers = [(each.qualifier, each.value) for each in claim.references]
        numbers += [
            ("9F", claim.referral_number),
            ("G1", claim.authorization_number),
            ("F8", claim.payer_claim_control_number),
        ]
        numbers.sort(key=lambda pair: _REFERENCES.get(pair[0], LAST))
        return "".join(segment("REF", *self.texts(pair)) for pair in numbers if pair[1])

    def claim_notes(self, claim: InstitutionalClaim) -> str:
        """NTE; the billing note comes last."""
        return self.notes(sorted(claim.notes, key=lambda note: note.code == _BILLING_NOTE))

    def claim_providers(self, claim: InstitutionalClaim) -> str:
        """Loops 2310A to 2310F."""
        facility = claim.service_facility
        return "".join(
            (
                self.optional_provider("71", claim.attending_provider),
                self.optional_provider("72", claim.operating_provider),
                self.optional_provider("ZZ", claim.other_operating_provider),
                self.optional_provider("82", claim.rendering_provider),
                self.facility(facility) if facility else "",
                self.optional_provider("DN", claim.referring_provider),
            )
        )

    def optional_provider(self, entity: str, provider: Provider | None) -> str:
        return self.provider(entity, provider) if provider is not None else ""

    def line(self, line: RevenueLine) -> str:
        """Loop 2400 with 2410, 2420 and 2430."""
        number = self.clean[line.line_control_number]
        rare = sorted(line.references, key=lambda each: _LINE_REFERENCES.get(each.qualifier, LAST))
        return "".join(
            (
                f"LX*{line.position}~",
                self.work(line),
                self.attachments(line.attachments),
                self.line_day(line),
                f"REF*6R*{number}~" if number else "",
                self.identifiers(rare),
                self.amount("GT", line.service_tax),
                self.amount("N8", line.facility_tax),
                self.notes(line.notes),
                self.repricing(line.repricing),
                self.drug(line.drug) if line.drug else "",
                self.optional_provider("72", line.operating_provider),
                self.optional_provider("ZZ", line.other_operating_provider),
                self.optional_provider("82", line.rendering_provider),
                self.optional_provider("DN", line.referring_provider),
                self.line_adjudications(line.adjudications),
            )
        )

    def work(self, line: RevenueLine) -> str:
        """SV2; outpatient lines name the procedure."""
        procedure = ""
        if line.procedure_code:
            parts = (
                line.procedure_qualifier,
                line.procedure_code,
                line.modifiers,
                line.description,
            )
            procedure = self.procedure[parts]
        return segment(
            "SV2",
            self.code[line.revenue_code],
            procedure,
            self.money[line.amount_billed],
            self.clean[line.unit_code],
            self.units[line.units],
            "",
            self.cents(line.amount_noncovered),
        )

    def line_day(self, line: RevenueLine) -> str:
        """DTP 472: a day or a range."""
        if line.date_of_service is None:
            return ""
        first, last = self.days[line.date_of_service], line.date_of_service_end
        return f"DTP*472*RD8*{first}-{self.days[last]}~" if last else f"DTP*472*D8*{first}~"
