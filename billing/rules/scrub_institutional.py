"""Claim edits of an institutional claim (837I): the stay, its codes, its revenue lines.

What both kinds of claim have in common is looked at by the functions of the professional catalogue.
Refuses nothing by itself: one blocking finding holds the claim.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from billing.rules import scrub_parties as parties
from billing.rules import scrub_services as services
from billing.rules.findings import BLOCKING, WARNING, ClaimFacts, Finding, Scrub
from rcm.x12.claim_837i import InstitutionalClaim

Look = Iterator[tuple[str, str]]

_TR3 = "TR3 005010X223"
_NUBC = "NUBC UB-04 data specifications"
_SETUP = "Correct it in the practice's set-up, then check again."
_COVERAGE = "Correct the patient's coverage, then check again."
_CHART = "Send it back to the coder."
_PAYER = "Complete the payer, then check again."
_REDRAFT = "Draft the claim again from its chart."
_BILL = re.compile(r"[1-9]\d[0-9A-Z]", re.ASCII)
_REVENUE = re.compile(r"\d{4}", re.ASCII)
_PROCEDURE = re.compile(r"\d{4}[0-9A-Z]|[A-Z]\d{4}", re.ASCII)
TOTAL_LINE = "0001"
STILL_PATIENT = "30"
OTHER_DIAGNOSES = 24


def look_npis(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    """Every NPI of the claim."""
    who = (
        ("attending provider", claim.attending_provider, "2310A NM109"),
        ("operating provider", claim.operating_provider, "2310B NM109"),
        ("other operating provider", claim.other_operating_provider, "2310C NM109"),
        ("rendering provider", claim.rendering_provider, "2310D NM109"),
        ("referring provider", claim.referring_provider, "2310F NM109"),
    )
    numbers = [("billing provider", claim.billing_provider.npi, "2010AA NM109")]
    numbers += [(name, provider.npi, place) for name, provider, place in who if provider]
    if claim.service_facility and claim.service_facility.npi:
        numbers.append(("service facility", claim.service_facility.npi, "2310E NM109"))
    for name, number, place in numbers:
        if not parties.is_npi(number):
            yield f"The NPI of the {name} is not valid: its check digit does not fit.", place


def look_attending(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    if claim.attending_provider is None:
        yield "The attending provider is missing.", ""


def look_bill_type(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    if not _BILL.fullmatch(claim.type_of_bill):
        yield "The type of bill is not three characters, two digits and the frequency.", ""
    elif claim.frequency in ("2", "3") and claim.patient_status != STILL_PATIENT:
        yield "An interim bill that goes on needs patient status 30.", "2300 CL103"
    elif claim.patient_status == STILL_PATIENT and claim.frequency in ("1", "4"):
        yield "Patient status 30 means the stay goes on: it is no admit-to-discharge bill.", ""


def look_stay(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    """An inpatient was admitted on a day and hour for a reason, and goes at an hour."""
    if claim.is_inpatient:
        if claim.admission_on is None or not claim.admission_time:
            yield "An inpatient claim needs the day and hour of admission.", "2300 DTP*435"
        if not claim.discharge_time and claim.patient_status != STILL_PATIENT:
            yield "An inpatient claim needs the hour of discharge.", "2300 DTP*096"
        if not claim.admitting_diagnosis:
            yield "An inpatient claim needs the admitting diagnosis.", "2300 HI*ABJ"
    if claim.admission_on and claim.admission_on > claim.statement_to:
        yield "The admission is after the end of the statement.", "2300 DTP*435"
    if claim.statement_to < claim.statement_from:
        yield "The statement ends before it begins.", "2300 DTP*434"


def look_patient(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    holder, patient = claim.subscriber, claim.patient
    who, loop = (patient, "2010CA") if patient else (holder, "2010BA")
    if not (who.person.last_name and who.person.first_name):
        yield "The patient's first and last name are needed.", loop
    if who.birth_date is None:
        yield "The patient's birth date is missing.", loop
    elif who.birth_date > claim.statement_to:
        yield "The patient was born after the statement.", f"{loop} DMG02"
    if who.sex not in ("F", "M", "U"):
        yield "The patient's sex is not F, M or U.", loop
    address = who.address
    if address is None or not (address.line_1 and address.city and address.state):
        yield "The patient's address is not complete: street, city and state.", loop
    if patient and not holder.person.last_name:
        yield "The subscriber's last name is missing.", "2010BA NM103"


def look_coverage_dates(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    """The policy is in force on the day the stay began."""
    day = claim.admission_on or claim.statement_from
    is_over = facts.coverage_ends_on is not None and day > facts.coverage_ends_on
    if day < facts.coverage_starts_on or is_over:
        yield f"The coverage was not in force on {day:%m/%d/%Y}.", ""


def look_future(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    if claim.statement_to > facts.today:
        yield "The statement ends in the future.", ""


def _days_left(claim: InstitutionalClaim, facts: ClaimFacts) -> int:
    """Days to the filing limit, counted from the end of the statement (CMS 100-04 ch. 1 §70.4)."""
    is_corrected = claim.frequency in ("7", "8")
    days = facts.corrected_claim_days if is_corrected else facts.timely_filing_days
    return (claim.statement_to + timedelta(days=days) - facts.today).days


def look_filing_passed(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    days_left = _days_left(claim, facts)
    if days_left < 0:
        yield f"The payer's filing limit passed {-days_left} days ago.", ""


def look_filing_soon(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    days_left = _days_left(claim, facts)
    if 0 <= days_left <= services.LAST_DAYS:
        yield f"The payer's filing limit is in {days_left} days.", ""


def look_diagnoses(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    """One principal and up to 24 others, each once, an inpatient's with its answer on admission."""
    principal = claim.principal_diagnosis.code
    if not principal:
        yield "There is no principal diagnosis.", ""
    if len(claim.other_diagnoses) > OTHER_DIAGNOSES:
        yield f"{len(claim.other_diagnoses)} other diagnoses; a claim carries at most 24.", ""
    codes = [principal, *(each.code for each in claim.other_diagnoses)]
    for code, times in Counter(codes).items():
        if code and times > 1:
            yield f"Diagnosis {code} is there {times} times.", ""
    for code in [*filter(None, codes), *(cause.code for cause in claim.external_causes)]:
        if not services.is_diagnosis(code):
            yield f"Diagnosis {code} does not have the form of an ICD-10-CM code.", ""


def look_lines(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    if not 1 <= len(claim.lines) <= 999:
        yield f"The claim has {len(claim.lines)} lines; 1 to 999 are allowed.", "2400 LX"
    for line in claim.lines:
        if not _REVENUE.fullmatch(line.revenue_code):
            yield f"Line {line.position} has no revenue code of four digits.", ""
        elif line.revenue_code == TOTAL_LINE:
            yield f"Line {line.position}: the total, 0001, is not sent in an 837I.", ""
        if line.procedure_code and not _PROCEDURE.fullmatch(line.procedure_code):
            yield f"Line {line.position}: the procedure code does not have its form.", ""
        if line.units <= 0:
            yield f"Line {line.position} has no units.", "2400 SV205"


def look_line_days(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    """Outpatient lines have a day, and every day lies in the statement."""

    def is_outside(day: date) -> bool:
        return not claim.statement_from <= day <= claim.statement_to

    for line in claim.lines:
        day = line.date_of_service
        if day is None and not claim.is_inpatient:
            yield f"Line {line.position} has no date of service.", ""
        elif day is not None and is_outside(day):
            yield f"Line {line.position} is dated outside of the statement.", ""


def look_frequency(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    """7 and 8 carry the payer's own number of the claim they replace or void; others must not."""
    is_corrected = claim.frequency in ("7", "8")
    if is_corrected and not claim.payer_claim_control_number:
        yield "The payer's number of the claim to be replaced is missing.", ""
    elif not is_corrected and claim.payer_claim_control_number:
        yield "An original claim must not carry a payer's claim number.", ""


# fmt: off
SCRUBS: tuple[Scrub, ...] = (
    Scrub("npi", "NPI not valid", BLOCKING, "NM109", _SETUP, "CMS NPI check digit", look_npis),
    Scrub("tax_id", "Tax id not nine digits", BLOCKING, "2010AA REF02", _SETUP, _TR3,
          parties.look_tax_id),
    Scrub("billing_address", "Billing address", BLOCKING, "2010AA N3", _SETUP, _TR3,
          parties.look_billing_address),
    Scrub("attending", "Attending provider", BLOCKING, "2310A", _CHART, _TR3, look_attending),
    Scrub("member_id", "Member id", BLOCKING, "2010BA NM109", _COVERAGE, "Payer table",
          parties.look_member_id),
    Scrub("payer_id", "Payer id missing", BLOCKING, "2010BB NM109", _PAYER, _TR3,
          parties.look_payer_id),
    Scrub("patient", "Patient's data", BLOCKING, "2010BA",
          "Correct the patient's record, then check again.", _TR3, look_patient),
    Scrub("coverage_dates", "Not covered on the day", BLOCKING, "2300 DTP*434", _COVERAGE,
          "Coverage dates", look_coverage_dates),
    Scrub("future_date", "Date of service in the future", BLOCKING, "2300 DTP*434", _CHART, _TR3,
          look_future),
    Scrub("filing_passed", "Filing limit passed", BLOCKING, "2300 DTP*434",
          "Ask the manager: write off, or appeal with proof of timely filing.", "Payer table",
          look_filing_passed),
    Scrub("filing_soon", "Filing limit near", WARNING, "2300 DTP*434", "Send it today.",
          "Payer table", look_filing_soon),
    Scrub("bill_type", "Type of bill", BLOCKING, "2300 CLM05", _CHART, _NUBC, look_bill_type),
    Scrub("stay", "Admission and discharge", BLOCKING, "2300 DTP", _CHART, _TR3, look_stay),
    Scrub("diagnoses", "Diagnoses", BLOCKING, "2300 HI", _CHART, _TR3, look_diagnoses),
    Scrub("revenue_line", "Revenue lines", BLOCKING, "2400 SV201", _CHART, _NUBC, look_lines),
    Scrub("line_date", "Date of a revenue line", BLOCKING, "2400 DTP*472", _CHART, _TR3,
          look_line_days),
    Scrub("modifiers", "Modifiers", BLOCKING, "2400 SV202", _CHART, _TR3, services.look_modifiers),
    Scrub("amount", "No price", BLOCKING, "2400 SV203",
          "Add the price to the fee schedule and code the chart again.", _TR3,
          services.look_amounts),
    Scrub("total", "Claim total", BLOCKING, "2300 CLM02", _REDRAFT, _TR3, services.look_total),
    Scrub("frequency", "Claim frequency", BLOCKING, "2300 REF*F8",
          "Wait for the payer's claim number, or send it as an original.", "X12 RFI 1538, 2110",
          look_frequency),
    Scrub("replacement", "Replacement not taken", BLOCKING, "2300 CLM05-3",
          "Ask the payer for a reopening.", "Payer table", services.look_replacement),
    Scrub("control_number", "Claim and line numbers", BLOCKING, "2300 CLM01", _REDRAFT, _TR3,
          services.look_control_numbers),
)
# fmt: on


def scrub_institutional(claim: InstitutionalClaim, facts: ClaimFacts) -> list[Finding]:
    """Every finding on one institutional claim, in catalogue order."""
    return [finding for check in SCRUBS for finding in check.findings(claim, facts)]
