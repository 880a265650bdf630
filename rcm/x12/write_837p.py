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
        texts = [
            self.levels(claim.subscriber, claim.patient, claim.payer),
            self.claim_head(claim),
        ]
        if claim.rare is None:
            texts.append(self.claim_references(claim))
            texts.append(self.notes(claim.notes))
            texts.append(self.diagnoses(claim.diagnoses))
            if claim.referring_provider is not None:
                texts.append(self.provider("DN", claim.referring_provider))
        else:
            diagnoses = self.diagnoses(claim.diagnoses)
            texts.append(self.rare.claim_facts(claim, claim.rare, diagnoses))
        if claim.rendering_provider is not None:
            texts.append(self.provider("82", claim.rendering_provider))
        if claim.service_facility is not None:
            texts.append(self.facility(claim.service_facility))
        if claim.rare is not None:
            texts.append(self.rare.claim_parties(claim.rare))
        if claim.other_payers:
            texts.append(self.other_payers(claim.other_payers, claim.lines))
        texts.extend(map(self.line, claim.lines))
        return "".join(texts)

    def claim_head(self, claim: Claim) -> str:
        """CLM, and the amount the patient paid where nothing stands between the two."""
        clean = self.clean
        place = f"{clean[claim.place_of_service]}:B:{clean[claim.frequency]}"
        number, billed = clean[claim.patient_control_number], self.money[claim.amount_billed]
        answers = (
            f"{'Y' if claim.has_provider_signature else 'N'}*{clean[claim.accepts_assignment]}*"
            f"{clean[claim.assigns_benefits]}*{clean[claim.releases_information]}"
        )
        head = f"CLM*{number}*{billed}***{place}*{answers}"
        if claim.rare is not None:
            return head + self.rare.claim_elements(claim, claim.rare)
        if claim.patient_signature_source:
            head += f"*{clean[claim.patient_signature_source]}"
        return f"{head.rstrip('*')}~{self.amount('F5', claim.amount_paid_by_patient)}"

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
        when = self.line_date(line)
        number = self.clean[line.line_control_number]
        text = f"LX*{line.position}~{self.line_head(line)}"
        if line.rare is not None:
            return text + self.rare.line_facts(line, line.rare, when)
        text += when
        if line.authorization_number:
            text += segment("REF", "G1", self.clean[line.authorization_number])
        if number:
            text += f"REF*6R*{number}~"
        if line.clia_number:
            text += segment("REF", "X4", self.clean[line.clia_number])
        if line.referral_number:
            text += segment("REF", "9F", self.clean[line.referral_number])
        if line.notes:
            text += self.notes(line.notes)
        if line.drug is not None:
            text += self.drug(line.drug)
        if line.rendering_provider is not None:
            text += self.provider("82", line.rendering_provider)
        if line.adjudications:
            text += self.line_adjudications(line.adjudications)
        return text

    def line_head(self, line: ServiceLine) -> str:
        """SV1."""
        clean = self.clean
        procedure = self.procedure[
            line.procedure_qualifier, line.procedure_code, line.modifiers, line.description
        ]
        units = f"{line.unit_code}*{self.units[line.units]}"
        place = clean[line.place_of_service] if line.place_of_service else ""
        pointers = self.pointers[line.pointers]
        work = f"SV1*{procedure}*{self.money[line.amount_billed]}*{units}*{place}**{pointers}"
        if line.is_emergency or line.is_epsdt or line.is_family_planning or line.is_copay_exempt:
            marks = (
                "Y" if line.is_emergency else "",
                "",
                "Y" if line.is_epsdt else "",
                "Y" if line.is_family_planning else "",
                "",
                "",
                "0" if line.is_copay_exempt else "",
            )
            work += f"**{'*'.join(marks)}"
        return f"{work.rstrip('*')}~"

    def line_date(self, line: ServiceLine) -> str:
        """DTP*472."""
        first, last = self.days[line.date_of_service], line.date_of_service_end
        return f"DTP*472*RD8*{first}-{self.days[last]}~" if last else f"DTP*472*D8*{first}~"
