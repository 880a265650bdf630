"""Negative cases of SNIP types 3 (balancing), 4 (situations) and 5 (code sets), fifty of each.

Each is a claim with one fact changed, the one check that says something, and its exact words. The
tables beside this file show every check once; types 1 and 2 are in tests/x12.
"""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from billing.rules.stand_ins import is_stand_in
from billing.rules.zip_codes import AREAS, is_in_state
from rcm.x12 import claim_837p as x12
from rcm.x12.claim_837i import OccurrenceSpan
from rcm.x12.remittance_835 import Adjustment
from tests.billing.scrub_cases import (
    CLAIM,
    FACTS,
    HOME,
    LINE,
    PAID_LINE,
    SERVED_ON,
    STAY,
    STREET,
    VISIT,
    Case,
    answered,
    assert_says,
    billing,
    child,
    dated,
    findings_of,
    holder,
    rare,
    secondary,
    stay,
    visit,
)
from tests.billing.snip_tables import BALANCE_CASES, CODE_CASES

SITUATION_CASES = [
    Case("patient_address", "The patient's address is not complete: street, city and state.", each)
    for each in (
        holder(address=None),
        holder(address=replace(HOME, line_1=" ")),
        holder(address=replace(HOME, city="")),
        child(address=replace(HOME, line_1="")),
        child(address=replace(HOME, city=" ")),
    )
]
SITUATION_CASES += [
    Case(
        "billing_zip",
        "The billing address needs its nine-digit ZIP code.",
        billing(address=replace(STREET, zip_code=text)),
    )
    for text in ("62701", "62701123", "62701-1234")
]
SITUATION_CASES += [
    Case(
        "billing_street",
        "The billing address is a PO box; payers want the street.",
        billing(address=replace(STREET, **where)),
    )
    for where in (
        {"line_1": "PO BOX 12"},
        {"line_1": "P.O. Box 12"},
        {"line_1": "P O Box 12"},
        {"line_1": "post office box 12"},
        {"line_1": "Lock Box 12"},
        {"line_2": "PO Box 12"},
    )
]
SITUATION_CASES += [
    Case(
        "facility",
        f"Place of service {place} needs the facility's name and NPI.",
        replace(CLAIM, place_of_service=place),
    )
    for place in ("22", "23", "24", "31", "32")
]
SITUATION_CASES += [
    Case("attachment", said, rare(attachments=(x12.Attachment("OZ", how),)))
    for how in ("BM", "EL", "FX", "EM", "FT")
    for said in ("Papers sent apart from the claim need their control number.",)
]
SITUATION_CASES += [
    Case(
        "earlier_date",
        f"{what} is after the last service.",
        dated((qualifier, SERVED_ON + timedelta(1))),
        element=f"2300 DTP*{qualifier}",
    )
    for qualifier, what in (
        ("431", "The onset"),
        ("454", "The initial treatment"),
        ("304", "The last visit"),
        ("453", "The acute phase"),
        ("484", "The last menstrual period"),
        ("455", "The last X-ray"),
    )
]
SITUATION_CASES += [
    Case("birth_after_service", "The patient was born after the date of service.", each)
    for each in (holder(birth_date=date(2026, 11, 3)), child(birth_date=date(2026, 11, 20)))
]
SITUATION_CASES += [
    Case("death", "A service is after the patient's death.", holder(died_on=day))
    for day in (date(2026, 11, 1), date(2025, 12, 31))
]
SITUATION_CASES += [
    Case("frequency", "The payer's number of the claim to be replaced is missing.", each)
    for each in (
        replace(CLAIM, frequency="7"),
        replace(CLAIM, frequency="8"),
        stay(type_of_bill="117"),
        visit(type_of_bill="138"),
    )
]
SITUATION_CASES += [
    Case("rank_alone", "The payer is not the primary, but no other payer is named.", each)
    for each in (
        holder(rank="T"),
        stay(subscriber=replace(STAY.subscriber, rank="S")),
        visit(subscriber=replace(VISIT.subscriber, rank="A")),
    )
]
SITUATION_CASES += [
    Case(
        "cob_line_payer",
        "Line 1: payer OTHER is none of the other payers.",
        replace(
            CLAIM, lines=(replace(LINE, adjudications=(replace(PAID_LINE, payer_id="OTHER"),)),)
        ),
        line=1,
    ),
    Case(
        "discharge",
        "The discharge is before the admission.",
        dated(("435", SERVED_ON), ("096", SERVED_ON - timedelta(1))),
    ),
    Case("accident_date", "An accident needs its date.", rare(related_causes=("OA",))),
    Case(
        "admitting",
        "The admitting diagnosis is missing.",
        stay(type_of_bill="114", admitting_diagnosis=""),
    ),
    Case(
        "occurrence_span",
        "Occurrence span 74 ends before it begins.",
        stay(occurrence_spans=(OccurrenceSpan("74", SERVED_ON, SERVED_ON - timedelta(1)),)),
    ),
]


SITUATION_CASES += [
    *(
        Case(
            "birth_date",
            "The patient's birth date is missing.",
            made(subscriber=replace(STAY.subscriber, birth_date=None)),
        )
        for made in (stay, visit)
    ),
    *(
        Case(
            "member_id",
            "The member id is missing.",
            made(subscriber=replace(STAY.subscriber, member_id="")),
        )
        for made in (stay, visit)
    ),
    *(
        Case("attending", "The attending provider is missing.", made(attending_provider=None))
        for made in (stay, visit)
    ),
    *(
        Case(
            "payer_id",
            "The payer has no electronic payer id.",
            made(payer=replace(CLAIM.payer, payer_id="")),
        )
        for made in (stay, visit)
    ),
]


@pytest.mark.parametrize(
    "case", [*BALANCE_CASES, *SITUATION_CASES, *CODE_CASES], ids=lambda case: case.code
)
def test_the_one_check_says_it_and_no_other_says_anything(case: Case) -> None:
    assert_says(case)


def test_types_3_4_and_5_have_fifty_cases_each() -> None:
    tables = (BALANCE_CASES, SITUATION_CASES, CODE_CASES)
    assert min(len(table) for table in tables) >= 50
    codes = [{case.code for case in table} for table in tables]
    assert sum(len(each) for each in codes) == len(set().union(*codes))


@pytest.mark.parametrize("changes", [{"amount_paid": 9_999}, {"amount_paid": 10_001}])
def test_what_a_payer_paid_is_compared_with_its_lines_and_the_bill(changes: dict[str, int]) -> None:
    said = [finding.code for finding in findings_of(secondary(**changes), FACTS)]
    assert said == ["cob_claim_balance", "cob_paid_sum"]


def test_an_adjustment_that_is_off_leaves_line_and_claim_unbalanced() -> None:
    off = (Adjustment("CO", "45", 4_001), Adjustment("PR", "2", 2_500))
    said = [finding.code for finding in findings_of(answered(adjustments=off), FACTS)]
    assert said == ["cob_line_balance", "cob_claim_balance"]


def test_words_for_a_number_are_told_from_numbers() -> None:
    words = ("N/A", "pending", "Self Pay", "0", "000000", "9999", "xxx", "NOT REQUIRED")
    assert [word for word in words if not is_stand_in(word)] == []
    numbers = ("", "A1", "100", "99", "999", "UC10000001", "0012", "NONE1", "1EG4TE5MK73")
    assert [number for number in numbers if is_stand_in(number)] == []


def test_a_zip_code_lies_in_its_state() -> None:
    assert len(AREAS) == 62
    assert is_in_state("627011234", "IL")
    assert is_in_state("06390", "NY")
    assert is_in_state("06390", "CT")
    assert is_in_state("00000", "")
    assert not is_in_state("00000", "IL")
    assert not is_in_state("60601", "IN")
