"""Writes 837P (005010X222A1): billing provider, subscriber, patient, claim, service lines.

Refuses (ValueError) what the guide has no room for: more than 12 diagnoses, 50 lines, 4 pointers or
4 modifiers. Whether a claim is complete is decided before, by scrubbing.
"""

from collections.abc import Callable, Iterable
from typing import BinaryIO, ClassVar

from rcm.x12.claim_837p import Claim, ServiceLine, Submitter
from rcm.x12.claim_text import CLAIMS_PER_TRANSACTION, ClaimText, stream_claims
from rcm.x12.envelope import Envelope, Written
from rcm.x12.memo import Memo
from rcm.x12.write_837p_rare import RareText
from rcm.x12.writer import InterchangeWriter, segment

VERSION = "005010X222A1"
DIAGNOSES = 12
LINES = 50
POINTERS = 4


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
    return stream_claims(out, envelope, submitter, claims, _compose, claims_per_transaction)


def _compose(writer: InterchangeWriter) -> tuple[ClaimText, Callable[[Claim], str]]:
    text = _ProfessionalText(writer)
    return text, text.claim


class _ProfessionalText(ClaimText):
    """Loops 2300 to 2440. What few claims or lines carry is composed by RareText."""

    version: ClassVar[str] = VERSION
    taxonomy_qualifiers: ClassVar[dict[str, str]] = {"82": "PE"}

    def __init__(self, writer: InterchangeWriter) -> None:
        super().__init__(writer)
        self.pointers: Memo[tuple[int, ...], str] = Memo(self._pointers)
        self.rare = RareText(self)

    def _pointers(self, pointers: tuple[int, ...]) -> str:
        if len(pointers) > POINTERS:
            raise ValueError(f"A service line has at most {POINTERS} diagnosis pointers.")
        return ":".join(map(str, pointers))

    def claim(self, claim: Claim) -> str:
        """HL 22 and 23, the claim and its lines."""
        if len(claim.diagnoses) > DIAGNOSES or len(claim.lines) > LINES:
            raise ValueError(f"A claim has at most {DIAGNOSES} diagnoses and {LINES} lines.")
        rare = claim.rare
        texts = [
            self.levels(claim.subscriber, claim.patient, claim.payer),
            self.claim_head(claim),
        ]
        if rare is not None:
            texts.append(self.rare.claim_facts(claim, rare, self.diagnoses(claim.diagnoses)))
        else:
            texts.append(self.claim_references(claim))
            if claim.notes:
                texts.append(self.notes(claim.notes))
            texts.append(self.diagnoses(claim.diagnoses))
            if claim.referring_provider is not None:
                texts.append(self.provider("DN", claim.referring_provider))
        if claim.rendering_provider is not None:
            texts.append(self.provider("82", claim.rendering_provider))
        if claim.service_facility is not None:
            texts.append(self.facility(claim.service_facility))
        if rare is not None:
            texts.append(self.rare.claim_parties(rare))
        if claim.other_payers:
            texts.append(self.other_payers(claim.other_payers, claim.lines))
        texts.extend(map(self.line, claim.lines))
        return "".join(texts)

    def claim_head(self, claim: Claim) -> str:
        """CLM, and the amount the patient paid where nothing stands between the two."""
        clean = self.clean
        head = (
            f"CLM*{clean[claim.patient_control_number]}*{self.money[claim.amount_billed]}***"
            f"{clean[claim.place_of_service]}:B:{clean[claim.frequency]}*"
            f"{'Y' if claim.has_provider_signature else 'N'}*{clean[claim.accepts_assignment]}*"
            f"{clean[claim.assigns_benefits]}*{clean[claim.releases_information]}"
        )
        if claim.rare is not None:
            return head + self.rare.claim_elements(claim, claim.rare)
        if claim.patient_signature_source:
            head += f"*{clean[claim.patient_signature_source]}"
        if claim.amount_paid_by_patient is not None:
            return f"{head}~AMT*F5*{self.money[claim.amount_paid_by_patient]}~"
        return f"{head}~"

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
        return text

    def diagnoses(self, diagnoses: tuple[str, ...]) -> str:
        if not diagnoses:
            return ""
        codes = [self.code[diagnosis] for diagnosis in diagnoses]
        return f"HI*ABK:{'*ABF:'.join(codes)}~"

    def line(self, line: ServiceLine) -> str:
        """Loop 2400 and those under it."""
        procedure = self.procedure[
            line.procedure_qualifier, line.procedure_code, line.modifiers, line.description
        ]
        place = self.clean[line.place_of_service] if line.place_of_service else ""
        work = (
            f"SV1*{procedure}*{self.money[line.amount_billed]}*{line.unit_code}*"
            f"{self.units[line.units]}*{place}**{self.pointers[line.pointers]}"
        )
        if line.is_emergency or line.is_epsdt or line.is_family_planning or line.is_copay_exempt:
            work += self.line_marks(line)
        first, last = self.days[line.date_of_service], line.date_of_service_end
        when = f"RD8*{first}-{self.days[last]}" if last else f"D8*{first}"
        text = f"LX*{line.position}~{work.rstrip('*')}~"
        if line.rare is not None:
            return text + self.rare.line_facts(line, line.rare, f"DTP*472*{when}~")
        text = f"{text}DTP*472*{when}~"
        if line.authorization_number:
            text += segment("REF", "G1", self.clean[line.authorization_number])
        number = self.clean[line.line_control_number]
        if number:
            text += f"REF*6R*{number}~"
        if (
            line.drug is not None
            or line.clia_number
            or line.notes
            or line.adjudications
            or line.referral_number
            or line.rendering_provider is not None
        ):
            text += self.line_extras(line)
        return text

    def line_marks(self, line: ServiceLine) -> str:
        """SV109 to SV115."""
        emergency = "Y" if line.is_emergency else ""
        epsdt = "Y" if line.is_epsdt else ""
        planning = "Y" if line.is_family_planning else ""
        copay = "0" if line.is_copay_exempt else ""
        return f"**{emergency}**{epsdt}*{planning}***{copay}"

    def line_extras(self, line: ServiceLine) -> str:
        """What follows the line's own number, without rare facts."""
        text = ""
        if line.clia_number:
            text += segment("REF", "X4", self.clean[line.clia_number])
        if line.referral_number:
            text += segment("REF", "9F", self.clean[line.referral_number])
        text += self.notes(line.notes)
        if line.drug is not None:
            text += self.drug(line.drug)
        if line.rendering_provider is not None:
            text += self.provider("82", line.rendering_provider)
        return text + self.line_adjudications(line.adjudications)
