"""One shape for the codes of 837P and 837I claims, made once per claim for all checks on codes."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from billing.rules.code_facts import CodeFacts
from billing.rules.code_kinds import Kind, kind_of
from billing.rules.findings import WARNING, AnyClaim, AnyLine, ClaimFacts
from coding.rules.line_edits import NCCI_PAYERS
from rcm.x12.claim_837 import Drug
from rcm.x12.claim_837i import InstitutionalClaim, RevenueLine
from rcm.x12.claim_837p import Claim, ServiceLine

# SBR09 to the payer class of payers.Payer, where the indicator says it.
CLASS_OF_INDICATOR = {
    "MA": "medicare",
    "MB": "medicare",
    "MC": "medicaid",
    "16": "advantage",
    "BL": "blue",
    "CI": "commercial",
}


@dataclass(frozen=True, slots=True)
class CodedLine:
    """One service line with a procedure code. `diagnoses` are the codes it points to, in order.

    `provider` is the NPI of who rendered it, `place` its place of service, both as the line or
    else the claim says. `source` is the line itself.
    """

    position: int
    code: str
    kind: Kind
    modifiers: tuple[str, ...]
    marks: frozenset[str]
    units: Decimal
    unit_code: str
    starts_on: date
    ends_on: date
    diagnoses: tuple[str, ...]
    provider: str
    place: str
    drug: Drug | None
    clia_number: str
    source: Any

    @property
    def days(self) -> int:
        return (self.ends_on - self.starts_on).days + 1


@dataclass(frozen=True, slots=True)
class CodedClaim:
    """The codes of one claim. `diagnoses` are the listed ones, first is primary or principal.

    `every_diagnosis` adds admitting, patient's reason and external cause codes, each once.
    `diagnosis_days` are the days a diagnosis must be valid on, `starts_on` is the first day of
    service, which tells the patient's age. `codes`, `kinds` and `marks` are
    all procedure codes, kinds and modifiers of its lines, for a quick no. `taxonomy` is that of the
    billing provider, `element` where a procedure stands in the file.
    """

    is_institutional: bool
    is_inpatient: bool
    diagnoses: tuple[str, ...]
    every_diagnosis: tuple[str, ...]
    diagnosis_days: tuple[date, ...]
    starts_on: date | None
    lines: tuple[CodedLine, ...]
    codes: frozenset[str]
    kinds: frozenset[Kind]
    marks: frozenset[str]
    birth_date: date | None
    sex: str
    filing_indicator: str
    state: str
    taxonomy: str
    element: str

    @property
    def is_supplier(self) -> bool:
        """Taxonomies of suppliers of equipment, pharmacies and prosthetics: 332, 333, 335, 336."""
        return self.taxonomy[:3] in ("332", "333", "335", "336")

    @property
    def is_practitioner(self) -> bool:
        """Taxonomies of people, their groups and clinics: 10 to 26, 36, 39."""
        return self.taxonomy[:1] in ("1", "2") or self.taxonomy[:2] in ("36", "39")

    @property
    def served_on(self) -> date:
        """The first day diagnoses are judged on; without lines a day on which nothing is valid."""
        return self.diagnosis_days[0] if self.diagnosis_days else date.min

    @property
    def age(self) -> int | None:
        """Whole years on the first day of service; None without that day or a birth date."""
        born, on = self.birth_date, self.starts_on
        if born is None or on is None:
            return None
        return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


# The claims looked at last, by id(), oldest first: the facts of a chunk of 500 are looked up before
# its checks. A claim is kept beside its view, so that no other can take its id meanwhile.
KEPT = 600
_kept: dict[int, tuple[AnyClaim, CodedClaim]] = {}


def coded(claim: AnyClaim) -> CodedClaim:
    """The codes of a claim; the same object as long as the same claim is asked for."""
    known = _kept.get(id(claim))
    if known is not None and known[0] is claim:
        return known[1]
    view = _institutional(claim) if isinstance(claim, InstitutionalClaim) else _professional(claim)
    if len(_kept) >= KEPT:
        _kept.pop(next(iter(_kept)), None)
    _kept[id(claim)] = claim, view
    return view


def _professional(claim: Claim) -> CodedClaim:
    provider = claim.rendering_provider.npi if claim.rendering_provider else ""
    provider = provider or claim.billing_provider.npi
    lines = tuple(_line(claim, line, provider) for line in claim.lines if line.procedure_code)
    days = tuple(sorted({line.starts_on for line in lines}))
    return _coded(claim, claim.diagnoses, claim.diagnoses, days, lines, min(days, default=None))


def _institutional(claim: InstitutionalClaim) -> CodedClaim:
    listed = (claim.principal_diagnosis, *claim.other_diagnoses)
    diagnoses = tuple(diagnosis.code for diagnosis in listed if diagnosis.code)
    others = (
        claim.admitting_diagnosis,
        *claim.patient_reasons,
        *(cause.code for cause in claim.external_causes),
    )
    # Inpatient codes are those of the discharge (CMS IOM 100-04 ch. 23 §10.2).
    judged_on = claim.statement_to if claim.is_inpatient else claim.statement_from
    provider = claim.billing_provider.npi
    lines = tuple(
        _revenue_line(claim, line, provider, diagnoses)
        for line in claim.lines
        if line.procedure_code
    )
    every = (*diagnoses, *(code for code in others if code))
    return _coded(claim, diagnoses, every, (judged_on,), lines, claim.statement_from)


def _coded(
    claim: AnyClaim,
    diagnoses: tuple[str, ...],
    every: tuple[str, ...],
    days: tuple[date, ...],
    lines: tuple[CodedLine, ...],
    starts_on: date | None,
) -> CodedClaim:
    person = claim.patient or claim.subscriber
    place = claim.service_facility or claim.billing_provider
    is_institutional = isinstance(claim, InstitutionalClaim)
    return CodedClaim(
        is_institutional=is_institutional,
        is_inpatient=isinstance(claim, InstitutionalClaim) and claim.is_inpatient,
        diagnoses=diagnoses,
        every_diagnosis=tuple(dict.fromkeys(every)),
        diagnosis_days=days,
        starts_on=starts_on,
        lines=lines,
        codes=frozenset([line.code for line in lines]),
        kinds=frozenset([line.kind for line in lines]),
        marks=frozenset([mark for line in lines for mark in line.modifiers]),
        # A patient read without a birth date carries date.min.
        birth_date=None if person.birth_date == date.min else person.birth_date,
        sex=person.sex,
        filing_indicator=claim.subscriber.filing_indicator,
        state=place.address.state,
        taxonomy=claim.billing_provider.taxonomy_code,
        element="2400 SV202" if is_institutional else "2400 SV101",
    )


def _line(claim: Claim, line: ServiceLine, provider: str) -> CodedLine:
    count = len(claim.diagnoses)
    pointed = tuple([claim.diagnoses[at - 1] for at in line.pointers if 1 <= at <= count])
    rendering = line.rendering_provider
    return _coded_line(
        line,
        line.date_of_service,
        pointed,
        rendering.npi if rendering else provider,
        line.place_of_service or claim.place_of_service,
        line.clia_number or claim.clia_number,
    )


def _revenue_line(
    claim: InstitutionalClaim, line: RevenueLine, provider: str, diagnoses: tuple[str, ...]
) -> CodedLine:
    served_on = line.date_of_service or claim.statement_from
    return _coded_line(line, served_on, diagnoses, provider, "", "")


def _coded_line(
    line: AnyLine, served_on: date, pointed: tuple[str, ...], provider: str, place: str, clia: str
) -> CodedLine:
    return CodedLine(
        line.position,
        line.procedure_code,
        kind_of(line.procedure_code),
        line.modifiers,
        frozenset(line.modifiers),
        line.units,
        line.unit_code,
        served_on,
        line.date_of_service_end or served_on,
        pointed,
        provider,
        place,
        line.drug,
        clia,
        line,
    )


def payer_class_of(view: CodedClaim, codes: CodeFacts) -> str:
    """The payer's class as known, else as SBR09 says; empty when neither does."""
    return codes.payer_class or CLASS_OF_INDICATOR.get(view.filing_indicator, "")


def is_medicare(view: CodedClaim, facts: ClaimFacts) -> bool:
    return payer_class_of(view, facts.codes) == "medicare"


def severity_of(view: CodedClaim, facts: ClaimFacts) -> str:
    """Empty (the check's own, blocking) for payers that follow Medicare's logic, else WARNING."""
    return "" if payer_class_of(view, facts.codes) in NCCI_PAYERS else WARNING
