"""The checks on the people of a claim: subscriber and patient."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from billing.rules.findings import AnyClaim
from rcm.x12 import claim_837p as x12
from tests.billing.scrub_cases import (
    CLAIM,
    DEPENDENT,
    FACTS,
    FIRST,
    LINE,
    SERVED_ON,
    Case,
    assert_says,
    child,
    findings_of,
    holder,
)

MBI = "1EG4TE5MK73"
MEDICARE = replace(CLAIM.subscriber, filing_indicator="MB", member_id=MBI)

PEOPLE = [
    Case(
        "member_id_stand_in",
        "The member id 'Self-pay' is a word for none.",
        holder(member_id="Self-pay"),
        replace(FACTS, member_id_pattern=""),
        element="2010BA NM109",
    ),
    Case(
        "name",
        "The patient's last name is missing.",
        holder(person=x12.Person("", "Denise")),
        element="2010BA NM103",
    ),
    Case(
        "name",
        "The subscriber's name is missing.",
        replace(
            DEPENDENT,
            subscriber=replace(
                DEPENDENT.subscriber, is_organization=True, person=x12.Person("", "")
            ),
        ),
        element="2010BA NM103",
    ),
    Case(
        "first_name",
        "The patient's first name is missing.",
        child(person=x12.Person("Okafor", "")),
        element="2010CA NM104",
    ),
    Case(
        "name_characters",
        "The patient's name has a character that separates elements in X12.",
        holder(person=x12.Person("Oka^for", "Denise")),
        element="2010BA NM103",
    ),
    Case(
        "name_accents",
        "The patient's name goes out without its accents.",
        holder(person=x12.Person("Muñoz", "Denise")),
        element="2010BA NM103",
    ),
    Case(
        "name_digits",
        "The patient's name has a digit.",
        holder(person=x12.Person("Okafor2", "Denise")),
        element="2010BA NM103",
    ),
    Case(
        "birth_date",
        "The patient's birth date is missing.",
        child(birth_date=date.min),
        element="2010CA DMG02",
    ),
    Case(
        "birth_future",
        "The patient's birth date is in the future.",
        child(birth_date=date(2026, 11, 24)),
        element="2010CA DMG02",
    ),
    Case(
        "birth_after_service",
        "The patient was born after the date of service.",
        child(birth_date=date(2026, 11, 3)),
        element="2010CA DMG02",
    ),
    Case(
        "age",
        "The patient would be over 120 years old.",
        holder(birth_date=date(1906, 1, 1)),
        element="2010BA DMG02",
    ),
    Case(
        "death",
        "A service is after the patient's death.",
        holder(died_on=date(2026, 11, 1)),
        element="2010BA PAT06",
    ),
    Case(
        "death_date",
        "The date of death is in the future.",
        child(died_on=date(2026, 12, 1)),
        element="2010CA PAT06",
    ),
    Case("sex", "The patient's sex is not F, M or U.", child(sex=""), element="2010CA DMG03"),
    Case(
        "patient_address",
        "The patient's address is not complete: street, city and state.",
        holder(address=None),
        element="2010BA N3",
    ),
    Case("pregnancy", "The patient is said to be pregnant, and a man.", child(is_pregnant=True)),
    Case(
        "relationship",
        "The subscriber is not the patient, but no patient follows.",
        holder(relationship=""),
    ),
    Case(
        "relationship",
        "The subscriber is the patient, but another patient follows.",
        child(relationship="18"),
    ),
    Case(
        "relationship_code",
        "The patient's relationship '77' is none of the guide's.",
        child(relationship="77"),
    ),
    Case(
        "filing_indicator",
        "The kind of payer 'XX' is none of the guide's.",
        holder(filing_indicator="XX"),
    ),
    Case("member_id", "The member id is missing.", holder(member_id="")),
    Case(
        "member_id_form",
        "The member id does not look like one of Unified.",
        holder(member_id="X1"),
    ),
    Case(
        "mbi",
        "The member id does not have the form of a Medicare number (MBI).",
        replace(CLAIM, subscriber=replace(MEDICARE, member_id="1SG4TE5MK73")),
        replace(FACTS, member_id_pattern=".*"),
    ),
    Case(
        "other_mbi",
        "The member id at First Mutual does not have the form of an MBI.",
        replace(
            CLAIM,
            other_payers=(
                replace(
                    FIRST, rank="S", filing_indicator="MB", amount_paid=None, amount_remaining=None
                ),
            ),
        ),
    ),
    Case(
        "property_claim_number",
        "An injury's payer wants its case number (REF*Y4).",
        holder(filing_indicator="WC"),
    ),
]


@pytest.mark.parametrize("case", PEOPLE, ids=lambda case: case.code)
def test_a_check_says_what_is_wrong_and_nothing_else_does(case: Case) -> None:
    assert_says(case)


CLEAN: list[tuple[str, AnyClaim]] = [
    ("born on the day of service", child(birth_date=SERVED_ON)),
    ("died on the day of service", holder(died_on=SERVED_ON)),
    ("120 years old", holder(birth_date=SERVED_ON.replace(year=1906) + timedelta(days=60))),
    ("a hyphen and an apostrophe", holder(person=x12.Person("O'Neil-Smith", "Ann Marie"))),
    (
        "an injury's case without member id",
        holder(filing_indicator="WC", member_id="", property_claim_number="C1"),
    ),
]


@pytest.mark.parametrize(("what", "claim"), CLEAN, ids=[what for what, _ in CLEAN])
def test_nothing_is_said_of(what: str, claim: AnyClaim) -> None:
    assert findings_of(claim, FACTS) == []


def test_a_medicare_number_of_before_2020_is_not_judged() -> None:
    facts = replace(FACTS, member_id_pattern="", coverage_starts_on=None, today=date(2019, 12, 1))
    old = replace(LINE, date_of_service=date(2019, 11, 2))
    claim = replace(CLAIM, subscriber=replace(MEDICARE, member_id="123456789A"), lines=(old,))
    assert findings_of(claim, facts) == []


def test_a_medicare_number_in_its_form_passes() -> None:
    facts = replace(FACTS, member_id_pattern="")
    assert findings_of(replace(CLAIM, subscriber=MEDICARE), facts) == []


def test_a_date_of_death_before_birth_is_said() -> None:
    claim = child(died_on=date(2018, 4, 30))
    messages = [finding.message for finding in findings_of(claim, FACTS)]
    assert messages == [
        "A service is after the patient's death.",
        "The date of death is before the birth date.",
    ]
