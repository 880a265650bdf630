"""The checks on institutional claims: the stay, its revenue lines, its coded facts."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from billing.rules.findings import AnyClaim
from rcm.x12.claim_837 import Address, ServiceFacility
from rcm.x12.claim_837i import (
    DatedCode,
    InstitutionalClaim,
    InstitutionalDiagnosis,
    OccurrenceSpan,
    RevenueLine,
    ValueCode,
)
from tests.billing.scrub_cases import (
    CLAIM,
    FACTS,
    LABORATORY,
    OTHER_NPI,
    ROOM,
    SERVED_ON,
    STAY,
    VISIT,
    Case,
    assert_says,
    findings_of,
    room,
    stay,
    visit,
)

SURGEON = CLAIM.rendering_provider
MEDICARE = replace(CLAIM.subscriber, filing_indicator="MA", member_id="1EG4TE5MK73")
NO_PATTERN = replace(FACTS, member_id_pattern="")
INTERIM = stay(
    type_of_bill="112",
    patient_status="30",
    discharge_time="",
    lines=(replace(ROOM, units=Decimal(4)), LABORATORY),
)


def outpatient(**changes: object) -> InstitutionalClaim:
    """VISIT with its line changed."""
    return replace(VISIT, lines=(replace(VISIT.lines[0], **changes),))


EMERGENCY = outpatient(revenue_code="0450", procedure_code="99283")

STAYS = [
    Case(
        "patient_status_unused", "The patient status 08 is not in use.", stay(patient_status="08")
    ),
    Case(
        "procedure_form",
        "Procedure OSRC0J9 does not have the form of an ICD-10-PCS code.",
        stay(
            principal_procedure=DatedCode("OSRC0J9", SERVED_ON),
            operating_provider=SURGEON,
        ),
    ),
    Case(
        "patient_reason_missing",
        "An unscheduled visit needs the patient's reason for it.",
        replace(EMERGENCY, admission_type="1"),
    ),
    Case(
        "room_outpatient",
        "Line 1: room 0120 does not go on a bill of type 13.",
        outpatient(revenue_code="0120"),
        line=1,
    ),
    Case("bill_type", "The type of bill '11' does not have its form.", stay(type_of_bill="11")),
    Case("bill_type_unused", "The type of bill 55 is not in use.", visit(type_of_bill="551")),
    Case(
        "interim",
        "An interim bill goes with patient status 30.",
        stay(type_of_bill="112", discharge_time=""),
    ),
    Case(
        "interim",
        "Patient status 30 goes with an interim bill only.",
        replace(INTERIM, type_of_bill="111"),
    ),
    Case(
        "stay_admission",
        "An inpatient's claim needs the date of admission.",
        stay(admission_on=None),
    ),
    Case("admission_time", "The hour of admission is missing.", stay(admission_time="")),
    Case(
        "admission_time",
        "The hour of admission does not have the form HHMM.",
        stay(admission_time="2400"),
    ),
    Case(
        "admission_order",
        "The admission is after the statement.",
        stay(admission_on=date(2026, 11, 6)),
    ),
    Case("discharge_time", "The hour of discharge is missing.", stay(discharge_time="")),
    Case("admission_type", "The type of admission '7' is not in use.", stay(admission_type="7")),
    Case("origin", "The point of origin is missing.", stay(admission_source="")),
    Case(
        "origin",
        "A newborn's point of origin is 5 or 6.",
        stay(admission_type="4", admission_source="1"),
    ),
    Case("patient_status", "The patient status is not two digits.", stay(patient_status="1")),
    Case(
        "statement",
        "The statement ends before it begins.",
        visit(
            statement_to=date(2026, 11, 1),
            lines=(replace(LABORATORY, position=1, revenue_code="0250", procedure_code=""),),
        ),
    ),
    Case(
        "statement_future",
        "The statement ends in the future.",
        visit(statement_to=date(2026, 12, 1)),
    ),
    Case(
        "statement_line",
        "Line 1 is outside the statement's days.",
        outpatient(date_of_service=date(2026, 11, 3)),
        line=1,
    ),
    Case(
        "line_day",
        "Line 1 has no date of service.",
        visit(
            statement_to=date(2026, 11, 3), lines=(replace(VISIT.lines[0], date_of_service=None),)
        ),
        line=1,
    ),
    Case("attending", "The attending provider is missing.", stay(attending_provider=None)),
    Case(
        "operating",
        "There is a procedure but no operating provider.",
        stay(principal_procedure=DatedCode("0DTJ4ZZ", SERVED_ON)),
    ),
    Case(
        "rendering_attending",
        "The rendering provider is the attending one; payers want it once.",
        stay(rendering_provider=CLAIM.rendering_provider),
    ),
    Case(
        "procedure_date",
        "Procedure 0DTJ4ZZ is outside the statement's days.",
        stay(
            principal_procedure=DatedCode("0DTJ4ZZ", date(2026, 10, 29)),
            operating_provider=SURGEON,
        ),
    ),
    Case(
        "change_reason",
        "Medicare wants the reason of the change as a condition code (D0 to D9, E0).",
        stay(type_of_bill="117", payer_claim_control_number="P1", subscriber=MEDICARE),
        NO_PATTERN,
    ),
]
LINES = [
    Case(
        "revenue_code",
        "Line 2: the revenue code is not four digits.",
        stay(lines=(ROOM, replace(LABORATORY, revenue_code="300"))),
        line=2,
    ),
    Case(
        "total_line",
        "Line 3 is the total; it is not sent.",
        stay(lines=(ROOM, LABORATORY, RevenueLine(3, "0001", 0, Decimal(1)))),
        line=3,
    ),
    Case("revenue_units", "Line 1 has no units.", outpatient(units=Decimal(0)), line=1),
    Case(
        "revenue_procedure",
        "Line 1: revenue code 0300 goes with a HCPCS code.",
        outpatient(procedure_code=""),
        line=1,
    ),
    Case("room_days", "4 days of room are billed; the statement has 3.", room(units=Decimal(4))),
    Case(
        "room_days_short",
        "2 days of room are billed; the statement has 3.",
        room(units=Decimal(2)),
    ),
    Case(
        "revenue_line_count",
        "The claim has 0 lines; 1 to 999 are allowed.",
        stay(lines=(), amount_billed=0),
    ),
    Case(
        "noncovered",
        "Line 1: the noncovered amount is negative or above its amount.",
        room(amount_noncovered=300_001),
        line=1,
    ),
    Case(
        "revenue_tax",
        "Line 1: its taxes are more than its amount.",
        outpatient(service_tax=4_001),
        line=1,
    ),
    Case(
        "patient_due",
        "What the patient is to pay is negative or more than the claim.",
        stay(amount_due_from_patient=304_001),
    ),
]
CODED = [
    Case(
        "covered_days",
        "Covered and noncovered days are not the days of the statement.",
        stay(value_codes=(ValueCode("80", 200),)),
    ),
    Case(
        "value_code",
        "Value code A1 has a negative amount.",
        stay(value_codes=(ValueCode("A1", -1),)),
    ),
    Case(
        "occurrence_code",
        "Occurrence code '1' is not two characters.",
        stay(occurrences=(DatedCode("1", SERVED_ON),)),
    ),
    Case(
        "occurrence_future",
        "Occurrence 11 is in the future.",
        stay(occurrences=(DatedCode("11", date(2026, 12, 1)),)),
    ),
    Case(
        "occurrence_span",
        "Occurrence span 70 ends before it begins.",
        stay(occurrence_spans=(OccurrenceSpan("70", SERVED_ON, date(2026, 11, 1)),)),
    ),
    Case(
        "condition_code",
        "Condition code 'x' is not two characters.",
        stay(condition_codes=("x",)),
    ),
    Case(
        "coded_count",
        "25 condition codes; a claim carries at most 24.",
        stay(condition_codes=tuple(f"{n:02d}" for n in range(25))),
    ),
    Case("coded_twice", "Condition code 09 is there 2 times.", stay(condition_codes=("09", "09"))),
    Case(
        "principal",
        "The principal diagnosis is missing.",
        visit(principal_diagnosis=InstitutionalDiagnosis("")),
    ),
    Case(
        "diagnosis_count",
        "25 other diagnoses; a claim carries at most 24.",
        stay(other_diagnoses=tuple(InstitutionalDiagnosis(f"A{n:02d}") for n in range(25))),
    ),
    Case("admitting", "The admitting diagnosis is missing.", stay(admitting_diagnosis="")),
    Case(
        "patient_reason",
        "A claim carries at most three reasons of the patient's visit.",
        visit(patient_reasons=("R05", "R06", "R07", "R08")),
    ),
    Case(
        "present_code",
        "Diagnosis J189: present on admission is not Y, N, U or W.",
        stay(principal_diagnosis=InstitutionalDiagnosis("J189", "1")),
    ),
    Case(
        "present_missing",
        "No diagnosis says whether it was present on admission.",
        stay(principal_diagnosis=InstitutionalDiagnosis("J189")),
    ),
    Case("drg", "The DRG '19' is not three or four digits.", stay(drg="19")),
    Case("drg_outpatient", "A DRG is for inpatients.", visit(drg="194")),
]


@pytest.mark.parametrize("case", [*STAYS, *LINES, *CODED], ids=lambda case: case.code)
def test_a_check_says_what_is_wrong_and_nothing_else_does(case: Case) -> None:
    assert_says(case)


CLEAN: list[tuple[str, AnyClaim]] = [
    ("a stay", STAY),
    ("a visit", VISIT),
    ("an interim bill", INTERIM),
    (
        "a stay of less than a day",
        stay(statement_to=SERVED_ON, lines=(replace(ROOM, units=Decimal(1)), LABORATORY)),
    ),
    (
        "tests of the three days before",
        stay(
            statement_from=date(2026, 10, 31),
            principal_procedure=DatedCode("0DTJ4ZZ", SERVED_ON),
            operating_provider=SURGEON,
        ),
    ),
    ("a newborn", stay(admission_type="4", admission_source="5")),
    (
        "an ambulance nobody ordered",
        visit(
            lines=(replace(VISIT.lines[0], revenue_code="0540", procedure_code="A0429"),),
            attending_provider=None,
        ),
    ),
    ("days that add up", stay(value_codes=(ValueCode("80", 200), ValueCode("81", 100)))),
    ("a line all noncovered", room(amount_noncovered=300_000)),
    (
        "a facility of its own",
        stay(
            service_facility=ServiceFacility(
                "East Wing", OTHER_NPI, Address("1 East St", "Springfield", "IL", "627011234")
            )
        ),
    ),
]


@pytest.mark.parametrize(("what", "claim"), CLEAN, ids=[what for what, _ in CLEAN])
def test_nothing_is_said_of(what: str, claim: AnyClaim) -> None:
    assert findings_of(claim, FACTS) == []


def test_medicare_takes_a_change_with_its_reason() -> None:
    claim = stay(
        type_of_bill="117",
        payer_claim_control_number="P1",
        subscriber=MEDICARE,
        condition_codes=("D1",),
    )
    assert findings_of(claim, NO_PATTERN) == []
