"""The catalogue of checks on codes as a whole, and the finer points of modifiers and visits."""

from dataclasses import replace
from datetime import date

import pytest

from billing.rules.coded_claim import coded
from billing.rules.scrub_code_sets import SCRUBS
from billing.rules.scrubbing import scrub
from tests.billing import (
    test_code_checks_diagnoses,
    test_code_checks_procedures,
    test_code_checks_services,
)
from tests.billing.coding_cases import (
    HOLDER,
    answer,
    claim,
    facts,
    line,
    past,
)
from tests.billing.test_code_checks_services import LOADED


def test_every_check_on_codes_has_a_failing_and_a_passing_case() -> None:
    modules = (
        test_code_checks_diagnoses,
        test_code_checks_procedures,
        test_code_checks_services,
    )
    cases = [case for module in modules for case in module.CASES]
    assert sorted(case.code for case in cases) == sorted(check.code for check in SCRUBS)


@pytest.mark.parametrize("code", ["new_patient", "visit_elsewhere"])
def test_without_the_patients_history_a_check_on_visits_is_not_made(code: str) -> None:
    reason = "The patient's other claims are not known."
    assert answer(code, claim(line("99203")), facts(history=None)) == reason


def test_letters_are_known_by_the_release_alone() -> None:
    judged = claim(line("17000", "ZZ"))
    assert answer("modifier_unknown", judged, facts()) == []
    assert answer("modifier_unknown", judged, LOADED) == [
        ("blocking", "Line 1: ZZ is not a modifier.")
    ]


def test_three_years_to_the_day_make_a_patient_new_again() -> None:
    for day, count in ((date(2023, 11, 2), 0), (date(2023, 11, 3), 1)):
        known = facts(history=(past("99213", 0, served_on=day),))
        assert len(answer("new_patient", claim(line("99203")), known)) == count


@pytest.mark.parametrize(
    ("first", "second"),
    [
        *(("80", "82"), ("76", "77"), ("62", "66"), ("JW", "JZ"), ("GA", "GZ"), ("93", "95")),
        *(("GN", "GP"), ("P1", "P2"), ("AA", "QZ"), ("73", "74")),
    ],
)
def test_two_modifiers_that_cannot_both_be_true(first: str, second: str) -> None:
    [(severity, message)] = answer(
        "modifier_contradiction", claim(line("27447", first, second)), facts()
    )
    assert severity == "blocking"
    assert message.startswith(f"Line 1: {first} and {second} contradict each other (")


def test_the_payers_class_is_read_from_the_claim_of_a_stranger() -> None:
    both = claim(line("20610", "RT", "LT"))
    commercial = replace(both, subscriber=replace(HOLDER, filing_indicator="CI"))
    assert [s for s, _ in answer("modifier_sides", both, facts(payer=""))] == ["blocking"]
    assert [s for s, _ in answer("modifier_sides", commercial, facts(payer=""))] == ["warning"]


def test_a_claim_without_lines_is_looked_at() -> None:
    scrubbed = scrub(replace(claim(dx="I10 E119"), lines=()), facts())
    assert {finding.code for finding in scrubbed.findings} & {c.code for c in SCRUBS} == set()


def test_the_codes_of_one_claim_are_put_together_once() -> None:
    one, other = claim(line("99213")), claim(line("99213"))
    assert coded(one) is coded(one)
    assert coded(other) is not coded(one)


def test_a_simple_claim_passes_every_check_of_the_catalogue_on_codes() -> None:
    scrubbed = scrub(claim(line("99213")), facts())
    codes = {check.code for check in SCRUBS}
    assert [finding for finding in scrubbed.findings if finding.code in codes] == []
    assert [lack for lack in scrubbed.not_checked if lack.code in codes] == []
