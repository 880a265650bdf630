"""Institutional claims at the payers' desk. Pure.

Payers' behaviour is written for lines with a procedure and a place; `view_claim` shows an 837I to
it as such, with the revenue code where a line has no procedure. `answer_facility` puts into the 835
what a facility's remittance says: revenue codes, type of bill, days of the statement, MIA.
"""

import json
from dataclasses import replace

from payers.sandbox import documents
from rcm.x12.claim_837i import InstitutionalClaim, RevenueLine
from rcm.x12.claim_837p import Claim, ServiceLine
from rcm.x12.items import AnyClaim
from rcm.x12.remittance_835 import DateReference, RemittedClaim, RemittedLine

REVENUE = "NU"  # SVC01-1 of a line without a procedure
MIA_ELEMENTS = 24


def load_claim(text: str) -> AnyClaim:
    """The claim of a stored document, of whichever kind."""
    is_institutional = "type_of_bill" in json.loads(text)
    if is_institutional:
        return documents.load(InstitutionalClaim, text)
    return documents.load(Claim, text)


def view_claim(claim: AnyClaim) -> Claim:
    """The claim as payers' behaviour looks at it; a professional one is itself."""
    if isinstance(claim, Claim):
        return claim
    diagnoses = (claim.principal_diagnosis, *claim.other_diagnoses)
    pointers = tuple(range(1, len(diagnoses) + 1))
    return Claim(
        patient_control_number=claim.patient_control_number,
        amount_billed=claim.amount_billed,
        place_of_service=claim.type_of_bill[:2],
        frequency=claim.frequency,
        diagnoses=tuple(each.code for each in diagnoses),
        lines=tuple(_view_line(claim, line, pointers) for line in claim.lines),
        billing_provider=claim.billing_provider,
        subscriber=claim.subscriber,
        payer=claim.payer,
        patient=claim.patient,
        rendering_provider=claim.rendering_provider or claim.attending_provider,
        payer_claim_control_number=claim.payer_claim_control_number,
        authorization_number=claim.authorization_number,
        other_payers=claim.other_payers,
    )


def _view_line(
    claim: InstitutionalClaim, line: RevenueLine, pointers: tuple[int, ...]
) -> ServiceLine:
    return ServiceLine(
        position=line.position,
        procedure_code=line.procedure_code or line.revenue_code,
        amount_billed=line.amount_billed,
        units=line.units,
        pointers=pointers,
        date_of_service=line.date_of_service or claim.statement_from,
        date_of_service_end=line.date_of_service_end,
        line_control_number=line.line_control_number,
        modifiers=line.modifiers,
        adjudications=line.adjudications,
    )


def answer_facility(answer: RemittedClaim, claim: AnyClaim) -> RemittedClaim:
    """The answer to a facility's claim; one to a professional claim stays as it is."""
    if isinstance(claim, Claim):
        return answer
    days = (DateReference("232", claim.statement_from), DateReference("233", claim.statement_to))
    lines = tuple(
        _answer_line(told, sent) for told, sent in zip(answer.lines, claim.lines, strict=True)
    )
    answer = replace(
        answer,
        facility_code=claim.type_of_bill[:2],
        frequency=claim.frequency,
        drg_code=claim.drg,
        lines=lines,
        dates=(*days, *answer.dates),
    )
    if not claim.is_inpatient:
        return answer
    return replace(answer, inpatient=_describe_stay(claim, answer.outpatient), outpatient=())


def _answer_line(told: RemittedLine, sent: RevenueLine) -> RemittedLine:
    """Revenue code in SVC04 beside a procedure, in SVC01 without one."""
    if not sent.procedure_code:
        return replace(told, qualifier=REVENUE)
    return replace(told, revenue_code=sent.revenue_code)


def _describe_stay(claim: InstitutionalClaim, outpatient: tuple[str, ...]) -> tuple[str, ...]:
    """MIA: covered days, then the remarks of the claim in MIA05 and MIA20 to 23."""
    days = sum(line.units for line in claim.lines if line.unit_code == "DA")
    elements = [""] * MIA_ELEMENTS
    elements[0] = f"{days:.0f}"
    places = (4, 19, 20, 21, 22)
    for place, remark in zip(places, outpatient[2:], strict=False):
        elements[place] = remark
    while not elements[-1]:
        elements.pop()
    return tuple(elements)
