"""One shape for the codes of 837P and 837I claims, made once per claim for all checks on codes."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import TypeVar

from billing.rules.findings import AnyClaim, AnyLine, ClaimFacts
from coding.rules.code_facts import CodeFacts
from coding.rules.code_kinds import kind_of
from coding.rules.coded_claim import CodedClaim, CodedLine
from rcm.x12.claim_837i import InstitutionalClaim, RevenueLine
from rcm.x12.claim_837p import Claim, ServiceLine

T = TypeVar("T")

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


def on_codes(judge: Callable[[CodedClaim, CodeFacts], T]) -> Callable[[AnyClaim, ClaimFacts], T]:
    """A check on codes as a check of claims: the same function the chart runs."""

    @wraps(judge)
    def look(claim: AnyClaim, facts: ClaimFacts) -> T:
        return judge(coded(claim), facts.codes)

    return look
