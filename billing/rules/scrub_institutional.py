"""Checks on the stay: type of bill, statement, admission, discharge, providers (837I)."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from billing.rules.findings import (
    BLOCKING,
    INSTITUTIONAL,
    WARNING,
    ClaimFacts,
    Hit,
    Look,
    Scrub,
)
from billing.rules.guide_codes import ADMISSION_TYPES, ORIGINS, PATIENT_STATUSES, TYPES_OF_BILL
from billing.rules.scrub_texts import CLAIM, TR3_I
from rcm.x12.claim_837i import InstitutionalClaim

_TYPE_OF_BILL = re.compile(r"[1-9][1-9][0-9A-Z]", re.ASCII)
_TIME = re.compile(r"([01]\d|2[0-3])[0-5]\d", re.ASCII)
_TWO_DIGITS = re.compile(r"\d\d", re.ASCII)
# ICD-10-PCS has neither I nor O, which would be read as digits.
_ICD_PROCEDURE = re.compile(r"[0-9A-HJ-NP-Z]{7}", re.ASCII)
NEWBORN, NEWBORN_ORIGINS = "4", frozenset({"5", "6"})
STILL_PATIENT = "30"
INTERIM, ENDING = frozenset({"2", "3"}), frozenset({"1", "4"})
# Claim change reasons of a replacement or void at Medicare (condition codes D0-D9, E0).
CHANGE_REASONS = frozenset({*(f"D{digit}" for digit in range(10)), "E0"})
# Hospitals bill what they did in the three days before an admission with it.
WINDOW = timedelta(days=3)


def look_type_of_bill(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    if not _TYPE_OF_BILL.fullmatch(claim.type_of_bill):
        yield Hit(f"The type of bill {claim.type_of_bill!r} does not have its form.")


def look_bill_known(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    known = claim.type_of_bill[:2] in TYPES_OF_BILL
    if _TYPE_OF_BILL.fullmatch(claim.type_of_bill) and not known:
        yield Hit(f"The type of bill {claim.type_of_bill[:2]} is not in use.")


def look_interim(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    """An interim bill says that the patient is still there (30), a last one that he is gone."""
    if not claim.is_inpatient:
        return
    is_there = claim.patient_status == STILL_PATIENT
    if claim.frequency in INTERIM and not is_there:
        yield Hit("An interim bill goes with patient status 30.")
    elif claim.frequency in ENDING and is_there:
        yield Hit("Patient status 30 goes with an interim bill only.")


def look_admission(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    if claim.is_inpatient and claim.admission_on is None:
        yield Hit("An inpatient's claim needs the date of admission.")


def look_admission_time(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    if claim.admission_time and not _TIME.fullmatch(claim.admission_time):
        yield Hit("The hour of admission does not have the form HHMM.")
    elif claim.is_inpatient and claim.admission_on and not claim.admission_time:
        yield Hit("The hour of admission is missing.")


def look_admission_order(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    if claim.admission_on and claim.admission_on > claim.statement_to:
        yield Hit("The admission is after the statement.")


def look_discharge_time(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    is_gone = claim.frequency in ENDING and claim.patient_status != STILL_PATIENT
    if claim.discharge_time and not _TIME.fullmatch(claim.discharge_time):
        yield Hit("The hour of discharge does not have the form HHMM.")
    elif claim.is_inpatient and is_gone and not claim.discharge_time:
        yield Hit("The hour of discharge is missing.")


def look_admission_type(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    if claim.admission_type not in ADMISSION_TYPES:
        yield Hit(f"The type of admission {claim.admission_type!r} is not in use.")


def look_origin(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    origin = claim.admission_source
    if not origin:
        if claim.is_inpatient:
            yield Hit("The point of origin is missing.")
    elif claim.admission_type == NEWBORN and origin not in NEWBORN_ORIGINS:
        yield Hit("A newborn's point of origin is 5 or 6.")
    elif origin not in ORIGINS:
        yield Hit(f"The point of origin {origin} is not in use.")


def look_patient_status(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    if not _TWO_DIGITS.fullmatch(claim.patient_status):
        yield Hit("The patient status is not two digits.")


def look_status_used(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    status = claim.patient_status
    if _TWO_DIGITS.fullmatch(status) and status not in PATIENT_STATUSES:
        yield Hit(f"The patient status {status} is not in use.")


def look_statement(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    if claim.statement_to < claim.statement_from:
        yield Hit("The statement ends before it begins.")


def look_statement_future(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    if claim.statement_to > facts.today:
        yield Hit("The statement ends in the future.")


def _is_outside(day: date, claim: InstitutionalClaim) -> bool:
    return not claim.statement_from <= day <= claim.statement_to


def look_line_dates(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    for line in claim.lines:
        days = (line.date_of_service, line.date_of_service_end)
        if any(day is not None and _is_outside(day, claim) for day in days):
            yield Hit(f"Line {line.position} is outside the statement's days.", line.position)


def look_line_day(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    """Of a statement over several days, an outpatient's line says its own."""
    if claim.is_inpatient or claim.statement_from == claim.statement_to:
        return
    for line in claim.lines:
        if line.procedure_code and line.date_of_service is None:
            yield Hit(f"Line {line.position} has no date of service.", line.position)


def look_attending(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    """Only transport that nobody ordered has no attending provider (revenue code 054x)."""
    is_transport = all(line.revenue_code.startswith("054") for line in claim.lines)
    if claim.attending_provider is None and not (claim.lines and is_transport):
        yield Hit("The attending provider is missing.")


def look_operating(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    if claim.principal_procedure is not None and claim.operating_provider is None:
        yield Hit("There is a procedure but no operating provider.")


def look_rendering(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    rendering, attending = claim.rendering_provider, claim.attending_provider
    if rendering and attending and rendering.npi and rendering.npi == attending.npi:
        yield Hit("The rendering provider is the attending one; payers want it once.")


def look_procedure_dates(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    first = claim.principal_procedure
    for each in (*((first,) if first else ()), *claim.other_procedures):
        if not claim.statement_from - WINDOW <= each.on <= claim.statement_to:
            yield Hit(f"Procedure {each.code} is outside the statement's days.")


def look_procedure_form(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    first = claim.principal_procedure
    for each in (*((first,) if first else ()), *claim.other_procedures):
        if not _ICD_PROCEDURE.fullmatch(each.code):
            yield Hit(f"Procedure {each.code} does not have the form of an ICD-10-PCS code.")


def look_change_reason(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    is_asked = claim.frequency in ("7", "8") and claim.subscriber.filing_indicator == "MA"
    if is_asked and not CHANGE_REASONS & set(claim.condition_codes):
        yield Hit("Medicare wants the reason of the change as a condition code (D0 to D9, E0).")


Looks = Callable[[InstitutionalClaim, ClaimFacts], Look]


def _of(
    code: str,
    title: str,
    severity: str,
    element: str,
    look: Looks,
) -> Scrub:
    return Scrub(code, title, severity, element, CLAIM, TR3_I, look, INSTITUTIONAL)


_B, _W = BLOCKING, WARNING
SCRUBS: tuple[Scrub, ...] = (
    _of("bill_type", "Type of bill", _B, "2300 CLM05", look_type_of_bill),
    _of("bill_type_unused", "Type of bill not in use", _W, "2300 CLM05-1", look_bill_known),
    _of("interim", "Interim bill and status", _B, "2300 CL103", look_interim),
    _of("stay_admission", "Admission date missing", _B, "2300 DTP*435", look_admission),
    _of("admission_time", "Admission hour", _W, "2300 DTP*435", look_admission_time),
    _of("admission_order", "Admission after statement", _B, "2300 DTP*435", look_admission_order),
    _of("discharge_time", "Discharge hour", _W, "2300 DTP*096", look_discharge_time),
    _of("admission_type", "Type of admission", _B, "2300 CL101", look_admission_type),
    _of("origin", "Point of origin", _B, "2300 CL102", look_origin),
    _of("patient_status", "Patient status", _B, "2300 CL103", look_patient_status),
    _of("patient_status_unused", "Patient status not in use", _W, "2300 CL103", look_status_used),
    _of("statement", "Statement reversed", _B, "2300 DTP*434", look_statement),
    _of("statement_future", "Statement in the future", _B, "2300 DTP*434", look_statement_future),
    _of("statement_line", "Line outside statement", _B, "2400 DTP*472", look_line_dates),
    _of("line_day", "Line without day", _W, "2400 DTP*472", look_line_day),
    _of("attending", "Attending provider missing", _B, "2310A NM1*71", look_attending),
    _of("operating", "Operating provider missing", _W, "2310B NM1*72", look_operating),
    _of("rendering_attending", "Rendering provider repeated", _W, "2310D", look_rendering),
    _of("procedure_date", "Procedure outside statement", _B, "2300 HI", look_procedure_dates),
    _of("procedure_form", "Form of a procedure", _B, "2300 HI*BBR", look_procedure_form),
    _of("change_reason", "Reason of a change", _B, "2300 HI*BG", look_change_reason),
)
