"""The checks on diagnoses, each with a claim that fails and one that passes."""

from dataclasses import replace
from datetime import date

import pytest

from coding.rules.code_facts import CodeFacts
from tests.billing.coding_cases import (
    DAY,
    NOTHING_KNOWN,
    Case,
    answer,
    assert_case,
    claim,
    dx,
    entry,
    facts,
    line,
    of,
    present,
    stay,
)

RIGHT, LEFT = entry("Pain in right knee"), entry("Pain in left knee")
KNEES = dx(M25561=RIGHT, M25562=LEFT, M1710=entry("Bilateral osteoarthritis"))
BREAK = entry("Wound of scalp", is_billable=False, seventh="ADS")
WOUNDS = dx(S010=entry(is_billable=False), S0101=BREAK, S0101XA=entry())
FALL = dx(I10=entry(), W19=entry(), W19XXXA=entry())
MANIFESTED = dx(
    F0280=entry("Dementia in other diseases classified elsewhere"),
    G309=entry("Alzheimer's disease"),
    N18=entry("Kidney disease", has_code_first=True, is_billable=False),
    N189=entry("Kidney disease, unspecified"),
)
DIABETES = dx(
    E10=entry("Type 1", excludes1=("E11", "O24"), is_billable=False),
    E109=entry("Type 1 without complications"),
    E119=entry("Type 2 without complications"),
    I10=entry(),
)
SIDED = dx(M25569=entry("Pain in unspecified knee", siblings=(("right", "M25561"),)), I10=entry())
WARNING = "warning"

CASES = (
    Case(
        "dx_not_valid",
        claim(dx="I10 Z999"),
        "Z99.9 is not a valid code on 11/02/2026.",
        claim(dx="I10"),
    ),
    Case(
        "dx_heading",
        claim(dx="E10"),
        "E10 is a heading; a claim needs a more specific code.",
        claim(dx="E109"),
        facts(diagnoses=DIABETES),
    ),
    Case(
        "dx_seventh_missing",
        claim(dx="S0101"),
        "S01.01 needs a 7th character: A, D, S.",
        claim(dx="S0101XA"),
        facts(diagnoses=WOUNDS),
    ),
    Case(
        "dx_seventh_wrong",
        claim(dx="S0101XB"),
        "S01.01XB: 7th character B is not allowed, only A, D, S.",
        claim(dx="S0101XA"),
        facts(diagnoses=WOUNDS),
    ),
    Case(
        "dx_placeholder",
        claim(dx="S0101D"),
        "S01.01D: write S01.01XD, the 7th character at its place.",
        claim(dx="S0101XA"),
        facts(diagnoses=WOUNDS),
    ),
    Case(
        "poa_missing",
        stay(dx="I10 E119", other_diagnoses=(present("E119"), present("Z794"))),
        "E11.9 does not say whether it was present on admission.",
        stay(dx="I10 E119"),
        severity=WARNING,
    ),
    Case(
        "external_cause_form",
        stay(external_causes=(present("I10", "Y"),)),
        "I10 is sent as an external cause but is none (V00-Y99).",
        stay(external_causes=(present("W19XXXA", "Y"),)),
    ),
    Case(
        "external_cause_first",
        claim(dx="W19XXXA I10"),
        "W19.XXXA is an external cause and stands first.",
        claim(dx="I10 W19XXXA"),
    ),
    Case(
        "external_cause_pointed",
        claim(line("99213", pointers=(2, 1)), dx="I10 W19XXXA"),
        "Line 1 points first to W19.XXXA, an external cause.",
        claim(line("99213", pointers=(1, 2)), dx="I10 W19XXXA"),
        severity=WARNING,
    ),
    Case(
        "manifestation_first",
        claim(dx="F0280 G309"),
        "F02.80 is a manifestation; its cause must stand before it.",
        claim(dx="G309 F0280"),
        facts(diagnoses=MANIFESTED),
    ),
    Case(
        "code_first",
        claim(dx="N189"),
        "N18.9 has a note to code its cause first, and stands first.",
        claim(dx="G309 N189"),
        facts(diagnoses=MANIFESTED),
        WARNING,
    ),
    Case(
        "dx_only_first",
        claim(dx="I10 Z0000"),
        "Z00.00 may only stand first.",
        claim(dx="Z0000 I10 Z006"),
        severity=WARNING,
    ),
    Case(
        "dx_never_first",
        claim(dx="Z6835 I10"),
        "Z68.35 only adds to another diagnosis and stands first.",
        claim(dx="I10 Z6835"),
        severity=WARNING,
    ),
    Case(
        "excludes1",
        claim(dx="E109 E119"),
        "E10.9 has an Excludes1 note for E11.9: not both for one condition.",
        claim(dx="E109 I10"),
        facts(diagnoses=DIABETES),
        WARNING,
    ),
    Case(
        "side_open",
        claim(dx="M25569"),
        "M25.569 leaves the side open. More specific: M25.561 right.",
        claim(dx="I10"),
        facts(diagnoses=SIDED),
        WARNING,
    ),
    Case(
        "side_contradicts",
        claim(line("20610", "RT"), dx="M25562"),
        "Line 1 says RT, its diagnosis is on the left.",
        claim(line("20610", "LT"), dx="M25562"),
        facts(diagnoses=KNEES),
    ),
    Case(
        "both_sides",
        claim(line("20610", "50"), dx="M25561"),
        "Line 1 says both sides (50), its diagnosis the right only.",
        claim(line("20610", "50", pointers=(1, 2)), dx="M25561 M25562"),
        facts(diagnoses=KNEES),
        WARNING,
    ),
    Case(
        "age_newborn",
        stay(dx="Z3800", subscriber=of(date(2020, 1, 1))),
        "Z38.00 is for newborns; the patient is 6.",
        stay(dx="Z3800", subscriber=of(date(2026, 11, 1))),
    ),
    Case(
        "age_child",
        stay(dx="Z00129", subscriber=of(date(2008, 11, 2))),
        "Z00.129 is for children; the patient is 18.",
        stay(dx="Z00129", subscriber=of(date(2008, 11, 3))),
    ),
    Case(
        "age_maternity",
        claim(dx="O0990"),
        "O09.90 is for ages 9 to 64; the patient is 68.",
        claim(dx="O0990", subscriber=of(date(1990, 1, 1))),
        severity=WARNING,
    ),
    Case(
        "age_adult",
        claim(dx="Z0000", subscriber=of(date(2015, 1, 1))),
        "Z00.00 is for ages from 15; the patient is 11.",
        claim(dx="Z0000"),
        severity=WARNING,
    ),
    Case(
        "age_perinatal",
        claim(dx="P229", subscriber=of(date(2020, 1, 1))),
        "P22.9 is for newborns; the patient is 6.",
        claim(dx="P229", subscriber=of(date(2026, 10, 1))),
        severity=WARNING,
    ),
    Case(
        "sex_prompt",
        claim(dx="N400"),
        "N40.0 is mostly of men; look at the patient's record.",
        claim(dx="N400", subscriber=of(date(1958, 1, 1), "M")),
        severity=WARNING,
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_a_check_on_diagnoses_fails_and_passes(case: Case) -> None:
    assert_case(case)


@pytest.mark.parametrize(
    "code",
    [
        *("dx_not_valid", "dx_heading", "dx_seventh_missing", "dx_seventh_wrong"),
        *("dx_placeholder", "manifestation_first", "code_first", "excludes1", "side_open"),
        *("side_contradicts", "both_sides"),
    ],
)
def test_without_the_code_set_a_check_on_diagnoses_is_not_made(code: str) -> None:
    reason = "No release of ICD-10-CM is loaded for the date of service."
    assert answer(code, claim(dx="Z999"), NOTHING_KNOWN) == reason


def test_a_code_retired_today_was_valid_on_the_day_and_the_reverse() -> None:
    old = entry(ends_on=date(2026, 9, 30))
    new = entry(starts_on=date(2026, 10, 1))
    known = facts(diagnoses=dx(C8150=old, C8151=new))
    september = line("99213", date_of_service=date(2026, 9, 30))
    assert answer("dx_not_valid", claim(september, dx="C8150"), known) == []
    assert answer("dx_not_valid", claim(dx="C8151"), known) == []
    assert answer("dx_not_valid", claim(dx="C8150"), known) == [
        ("blocking", "C81.50 is not a valid code on 11/02/2026; it is from 10/01/2020 to "
         "09/30/2026.")
    ]  # fmt: skip
    assert answer("dx_not_valid", claim(september, dx="C8151"), known) == [
        ("blocking", "C81.51 is not a valid code on 09/30/2026; it is from 10/01/2026.")
    ]


def test_a_diagnosis_must_be_valid_on_every_day_of_the_claim() -> None:
    known = facts(diagnoses=dx(C8150=entry(ends_on=date(2026, 9, 30))))
    both = claim(line("99213", date_of_service=date(2026, 9, 30)), line("99213"), dx="C8150")
    assert len(answer("dx_not_valid", both, known)) == 1


def test_an_inpatient_diagnosis_is_judged_on_the_day_of_discharge() -> None:
    known = facts(diagnoses=dx(C8151=entry(starts_on=date(2026, 11, 4))))
    assert answer("dx_not_valid", stay(dx="C8151"), known) == []
    assert len(answer("dx_not_valid", stay(dx="C8151", type_of_bill="131"), known)) == 1


def test_a_wrong_seventh_character_is_told_once() -> None:
    known = facts(diagnoses=WOUNDS)
    for code in ("S0101XB", "S0101D"):
        assert answer("dx_not_valid", claim(dx=code), known) == []
    assert answer("dx_placeholder", claim(dx="S0101XB"), known) == []
    assert answer("dx_seventh_wrong", claim(dx="S0101D"), known) == []


def test_codes_that_begin_with_two_letters_are_codes() -> None:
    assert answer("dx_not_valid", claim(dx="QA01"), facts(diagnoses=dx(QA01=entry()))) == []


def test_age_blocks_facilities_and_warns_others() -> None:
    holder = of(date(2020, 1, 1))
    assert answer("age_newborn", claim(dx="Z3800", subscriber=holder), facts()) == [
        ("warning", "Z38.00 is for newborns; the patient is 6.")
    ]
    assert answer("age_newborn", stay(dx="Z3800", subscriber=holder), facts()) == [
        ("blocking", "Z38.00 is for newborns; the patient is 6.")
    ]


def test_a_patient_without_birth_date_has_no_age() -> None:
    nobody = replace(of(DAY), birth_date=None)
    assert answer("age_child", claim(dx="Z00129", subscriber=nobody), facts()) == []


def test_excludes1_looks_at_the_headings_above_and_tells_a_pair_once() -> None:
    both = DIABETES | dx(E11=entry(excludes1=("E10",), is_billable=False))
    assert len(answer("excludes1", claim(dx="E109 E119"), facts(diagnoses=both))) == 1


def test_the_entry_of_a_day_is_the_one_in_force() -> None:
    before = entry("Before", ends_on=date(2026, 9, 30))
    after = entry("After", starts_on=date(2026, 10, 1))
    codes = CodeFacts(diagnoses={"I10": (before, after)})
    assert codes.diagnosis_on("I10", date(2026, 9, 30)) is before
    assert codes.diagnosis_on("I10", date(2026, 10, 1)) is after
    assert codes.diagnosis_on("I10", date(2020, 9, 30)) is None
