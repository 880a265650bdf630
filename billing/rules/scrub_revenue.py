"""Checks on revenue lines and the coded facts of an institutional claim (837I)."""

import re
from collections.abc import Callable
from decimal import Decimal

from billing.rules.findings import (
    BLOCKING,
    INSTITUTIONAL,
    WARNING,
    ClaimFacts,
    Hit,
    Look,
    Scrub,
)
from billing.rules.guide_codes import WITHOUT_ROOM
from billing.rules.scrub_institutional import STILL_PATIENT
from billing.rules.scrub_texts import CHART, CLAIM, TR3_I
from rcm.x12.claim_837i import InstitutionalClaim, InstitutionalDiagnosis

_REVENUE = re.compile(r"\d{4}", re.ASCII)
_CODE = re.compile(r"[0-9A-Z]{2}", re.ASCII)
_DRG = re.compile(r"\d{3,4}", re.ASCII)
TOTAL_LINE = "0001"
PRESENT = frozenset({"", "Y", "N", "U", "W"})
# Revenue codes that say nothing of an outpatient's service without its HCPCS code: drugs with
# detailed coding, laboratory, imaging, therapies, emergency, clinic.
WITH_PROCEDURE = (
    "030",
    "031",
    "032",
    "033",
    "034",
    "035",
    "040",
    "042",
    "043",
    "044",
    "045",
    "051",
    "061",
    "0636",
    "073",
    "074",
    "092",
)
ROOM = range(100, 220)
COVERED_DAYS, NONCOVERED_DAYS = "80", "81"
SIDE_MOST = 24


def look_revenue_codes(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    for line in claim.lines:
        if not _REVENUE.fullmatch(line.revenue_code):
            yield Hit(f"Line {line.position}: the revenue code is not four digits.", line.position)


def look_total_line(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    """The total stands in CLM02 only."""
    for line in claim.lines:
        if line.revenue_code == TOTAL_LINE:
            yield Hit(f"Line {line.position} is the total; it is not sent.", line.position)


def look_units(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    for line in claim.lines:
        if line.units <= 0:
            yield Hit(f"Line {line.position} has no units.", line.position)


def look_procedures(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    for line in () if claim.is_inpatient else claim.lines:
        if not line.procedure_code and line.revenue_code.startswith(WITH_PROCEDURE):
            yield Hit(
                f"Line {line.position}: revenue code {line.revenue_code} goes with a HCPCS code.",
                line.position,
            )


def _room_days(claim: InstitutionalClaim) -> Decimal:
    return sum(
        (
            line.units
            for line in claim.lines
            if line.unit_code == "DA"
            and line.revenue_code.isdecimal()
            and int(line.revenue_code) in ROOM
        ),
        Decimal(0),
    )


def _stay_days(claim: InstitutionalClaim) -> int:
    """Nights from the admission or the statement's first day, one at least.

    The last day counts only while the patient is still there.
    """
    begins = claim.statement_from
    if claim.admission_on is not None and claim.admission_on <= claim.statement_to:
        begins = max(begins, claim.admission_on)
    is_there = claim.patient_status == STILL_PATIENT
    return max((claim.statement_to - begins).days + is_there, 1)


def look_room_days(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    billed, stayed = _room_days(claim), _stay_days(claim)
    if billed > stayed:
        yield Hit(f"{billed} days of room are billed; the statement has {stayed}.")


def look_room_days_short(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    billed, stayed = _room_days(claim), _stay_days(claim)
    if claim.is_inpatient and 0 < billed < stayed:
        yield Hit(f"{billed} days of room are billed; the statement has {stayed}.")


def look_room_outpatient(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    """Room and board, revenue codes 0100 to 0219, on the bill of somebody who went home."""
    for line in claim.lines if claim.type_of_bill[:2] in WITHOUT_ROOM else ():
        if _REVENUE.fullmatch(line.revenue_code) and "0100" <= line.revenue_code <= "0219":
            yield Hit(
                f"Line {line.position}: room {line.revenue_code} does not go on a bill of type "
                f"{claim.type_of_bill[:2]}.",
                line.position,
            )


def look_covered_days(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    """Value codes 80 and 81, in hundredths of a day, are the days of the statement."""
    days = [
        each.amount for each in claim.value_codes if each.code in (COVERED_DAYS, NONCOVERED_DAYS)
    ]
    if claim.is_inpatient and days and sum(days) != _stay_days(claim) * 100:
        yield Hit("Covered and noncovered days are not the days of the statement.")


def look_value_codes(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    for each in claim.value_codes:
        if not _CODE.fullmatch(each.code):
            yield Hit(f"Value code {each.code!r} is not two characters.")
        if each.amount < 0:
            yield Hit(f"Value code {each.code} has a negative amount.")


def look_occurrences(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    of_spans = [each.code for each in claim.occurrence_spans]
    for code in [*(each.code for each in claim.occurrences), *of_spans]:
        if not _CODE.fullmatch(code):
            yield Hit(f"Occurrence code {code!r} is not two characters.")


def look_occurrence_future(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    for each in claim.occurrences:
        if each.on > facts.today:
            yield Hit(f"Occurrence {each.code} is in the future.")


def look_spans(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    for each in claim.occurrence_spans:
        if each.ends_on < each.starts_on:
            yield Hit(f"Occurrence span {each.code} ends before it begins.")


def look_conditions(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    for code in claim.condition_codes:
        if not _CODE.fullmatch(code):
            yield Hit(f"Condition code {code!r} is not two characters.")


def look_coded_count(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    """Each kind of code has room for 24."""
    for name, codes in (
        ("value", claim.value_codes),
        ("occurrence", claim.occurrences),
        ("occurrence span", claim.occurrence_spans),
        ("condition", claim.condition_codes),
    ):
        if len(codes) > SIDE_MOST:
            yield Hit(f"{len(codes)} {name} codes; a claim carries at most 24.")


def look_coded_twice(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    for name, codes in (
        ("Value", [each.code for each in claim.value_codes]),
        ("Condition", list(claim.condition_codes)),
    ):
        for code in dict.fromkeys(codes):
            if codes.count(code) > 1:
                yield Hit(f"{name} code {code} is there {codes.count(code)} times.")


def _diagnoses(claim: InstitutionalClaim) -> tuple[InstitutionalDiagnosis, ...]:
    return (claim.principal_diagnosis, *claim.other_diagnoses, *claim.external_causes)


def look_principal(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    if not claim.principal_diagnosis.code:
        yield Hit("The principal diagnosis is missing.")


def look_diagnosis_count(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    if len(claim.other_diagnoses) > SIDE_MOST:
        yield Hit(f"{len(claim.other_diagnoses)} other diagnoses; a claim carries at most 24.")


def look_admitting(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    if claim.is_inpatient and not claim.admitting_diagnosis:
        yield Hit("The admitting diagnosis is missing.")


def look_patient_reasons(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    if len(claim.patient_reasons) > 3:
        yield Hit("A claim carries at most three reasons of the patient's visit.")


def look_reason_missing(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    """Asked of unscheduled visits: emergency, urgent or trauma, in such a department (CMS IOM
    100-04 ch. 25 §75.6, FL 70)."""
    is_asked = claim.type_of_bill[:2] in ("13", "85") and claim.admission_type in ("1", "2", "5")
    if is_asked and not claim.patient_reasons:
        for line in claim.lines:
            if line.revenue_code.startswith(("045", "0516", "0762")):
                yield Hit("An unscheduled visit needs the patient's reason for it.")
                return


def look_present_codes(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    for each in _diagnoses(claim):
        if each.present_on_admission not in PRESENT:
            yield Hit(f"Diagnosis {each.code}: present on admission is not Y, N, U or W.")


def look_present_missing(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    """Exempt diagnoses have none; that all are exempt is unlikely."""
    is_hospital = claim.type_of_bill.startswith("11")
    if is_hospital and not any(each.present_on_admission for each in _diagnoses(claim)):
        yield Hit("No diagnosis says whether it was present on admission.")


def look_drg(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    if claim.drg and not _DRG.fullmatch(claim.drg):
        yield Hit(f"The DRG {claim.drg!r} is not three or four digits.")


def look_drg_outpatient(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    if claim.drg and not claim.is_inpatient:
        yield Hit("A DRG is for inpatients.")


Looks = Callable[[InstitutionalClaim, ClaimFacts], Look]


def _of(
    code: str,
    title: str,
    severity: str,
    element: str,
    look: Looks,
    fix: str = CLAIM,
) -> Scrub:
    return Scrub(code, title, severity, element, fix, TR3_I, look, INSTITUTIONAL)


_B, _W = BLOCKING, WARNING
SCRUBS: tuple[Scrub, ...] = (
    _of("revenue_code", "Revenue code", _B, "2400 SV201", look_revenue_codes),
    _of("total_line", "Total line", _B, "2400 SV201", look_total_line),
    _of("revenue_units", "Units of a line", _B, "2400 SV205", look_units),
    _of("revenue_procedure", "HCPCS code missing", _W, "2400 SV202", look_procedures, CHART),
    _of("room_days", "More room than days", _B, "2400 SV205", look_room_days),
    _of("room_days_short", "Less room than days", _W, "2400 SV205", look_room_days_short),
    _of("room_outpatient", "Room of an outpatient", _B, "2400 SV201", look_room_outpatient),
    _of("covered_days", "Covered days", _W, "2300 HI*BE", look_covered_days),
    _of("value_code", "Value code", _B, "2300 HI*BE", look_value_codes),
    _of("occurrence_code", "Occurrence code", _B, "2300 HI*BH", look_occurrences),
    _of("occurrence_future", "Occurrence in the future", _W, "2300 HI*BH", look_occurrence_future),
    _of("occurrence_span", "Occurrence span reversed", _B, "2300 HI*BI", look_spans),
    _of("condition_code", "Condition code", _B, "2300 HI*BG", look_conditions),
    _of("coded_count", "Too many codes", _B, "2300 HI", look_coded_count),
    _of("coded_twice", "Code repeated", _W, "2300 HI", look_coded_twice),
    _of("principal", "Principal diagnosis missing", _B, "2300 HI*ABK", look_principal, CHART),
    _of("diagnosis_count", "Too many diagnoses", _B, "2300 HI*ABF", look_diagnosis_count, CHART),
    _of("admitting", "Admitting diagnosis missing", _B, "2300 HI*ABJ", look_admitting, CHART),
    _of("patient_reason", "Reasons of the visit", _B, "2300 HI*APR", look_patient_reasons, CHART),
    _of(
        "patient_reason_missing",
        "Reason of the visit missing",
        _B,
        "2300 HI*APR",
        look_reason_missing,
        CHART,
    ),
    _of("present_code", "Present on admission", _B, "2300 HI", look_present_codes, CHART),
    _of(
        "present_missing",
        "Present on admission missing",
        _W,
        "2300 HI",
        look_present_missing,
        CHART,
    ),
    _of("drg", "DRG", _B, "2300 HI*DR", look_drg),
    _of("drg_outpatient", "DRG of an outpatient", _W, "2300 HI*DR", look_drg_outpatient),
)
