"""The catalogue as a whole, the checks on codes of before, and the content of a claim as JSON."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from billing.rules.claim_content import from_json, to_json
from billing.rules.findings import WARNING, ClaimFacts, ClaimForm
from billing.rules.scrubbing import (
    CATALOGUE_VERSION,
    LABELS,
    OF_FORM,
    SCRUBS,
    is_blocked,
    scrub,
    scrub_many,
)
from rcm.x12 import claim_837p as x12
from tests.billing import (
    test_scrub_claim,
    test_scrub_cob,
    test_scrub_coverage,
    test_scrub_institutional,
    test_scrub_parties,
    test_scrub_people,
)
from tests.billing.scrub_cases import CHILD, CLAIM, FACTS, OF_CODES, STAY, STREET, Case, lines

CODES = [
    Case("diagnoses", "There is no diagnosis.", replace(CLAIM, diagnoses=())),
    Case("diagnoses", "Diagnosis I10 is there 2 times.", replace(CLAIM, diagnoses=("I10", "I10"))),
    Case(
        "diagnoses",
        "Diagnosis E11.42 does not have the form of an ICD-10-CM code.",
        replace(CLAIM, diagnoses=("I10", "E11.42")),
    ),
    Case(
        "pointers",
        "Line 1 points to a diagnosis that is not on the claim.",
        lines({"pointers": (3,)}),
        line=1,
    ),
    Case("pointers", "Line 1 points to no diagnosis.", lines({"pointers": ()}), line=1),
    Case(
        "procedure",
        "Line 1: the procedure code does not have its form.",
        lines({"procedure_code": "9921"}),
        line=1,
    ),
    Case("procedure", "Line 1 has no units.", lines({"units": Decimal(0)}), line=1),
    Case("modifiers", "Line 1 has one modifier twice.", lines({"modifiers": ("25", "25")}), line=1),
]


@pytest.mark.parametrize("case", CODES, ids=lambda case: case.message)
def test_a_defect_of_codes_blocks_the_claim(case: Case) -> None:
    findings = scrub(case.claim, case.facts).findings
    found = [(f.code, f.message, f.line) for f in findings]
    assert (case.code, case.message, case.line) in found
    assert is_blocked(findings)


def test_a_service_of_before_icd_10_is_not_judged_by_its_form() -> None:
    old = replace(lines({"date_of_service": date(2005, 1, 19)}), diagnoses=("4019",))
    codes = {finding.code for finding in scrub(old, ClaimFacts(today=date(2005, 2, 1))).findings}
    assert "diagnoses" not in codes


def test_many_claims_are_judged_as_each_alone_in_their_order() -> None:
    bad = [(case.claim, case.facts) for case in CODES]
    claims = [(CLAIM, FACTS), *bad, (STAY, FACTS), *reversed(bad)]
    assert scrub_many(claims) == [scrub(claim, facts) for claim, facts in claims]
    assert scrub_many([]) == []


def test_a_complete_claim_of_each_form_has_no_findings() -> None:
    assert scrub(CLAIM, FACTS).findings == ()
    assert scrub(STAY, FACTS).findings == ()


def test_a_warning_does_not_hold_a_claim() -> None:
    findings = scrub(CLAIM, replace(FACTS, timely_filing_days=30)).findings
    assert [f.severity for f in findings] == [WARNING]
    assert not is_blocked(findings)


def test_every_check_has_its_own_code_and_says_all_of_itself() -> None:
    codes = [check.code for check in SCRUBS]
    assert len(set(codes)) == len(codes)
    assert all(LABELS[code] for code in codes)
    assert all(
        check.title and check.element and check.fix and check.source and check.forms
        for check in SCRUBS
    )
    # They must fit the rows that keep them.
    assert max(len(code) for code in codes) <= 40
    assert max(len(check.element) for check in SCRUBS) <= 40
    assert max(len(check.fix) for check in SCRUBS) <= 200
    assert max(len(check.source) for check in SCRUBS) <= 100


def test_every_check_on_structure_has_an_example_that_fails() -> None:
    shown = {
        case.code
        for case in (
            *test_scrub_parties.PARTIES,
            *test_scrub_people.PEOPLE,
            *test_scrub_claim.DATES,
            *test_scrub_claim.AMOUNTS,
            *test_scrub_claim.NUMBERS,
            *test_scrub_coverage.COVERAGE,
            *test_scrub_cob.CASES,
            *test_scrub_institutional.STAYS,
            *test_scrub_institutional.LINES,
            *test_scrub_institutional.CODED,
        )
    }
    assert {check.code for check in SCRUBS} - shown - OF_CODES == set()


def test_a_claim_meets_the_checks_of_its_form_only() -> None:
    of_stays = {check.code for check in OF_FORM[ClaimForm.INSTITUTIONAL]}
    of_visits = {check.code for check in OF_FORM[ClaimForm.PROFESSIONAL]}
    assert "room_days" in of_stays - of_visits
    assert "pointers" in of_visits - of_stays
    assert "npi" in of_stays & of_visits
    assert scrub(STAY, FACTS).checks == len(of_stays)


def test_the_catalogue_version_is_short_and_stable() -> None:
    assert len(CATALOGUE_VERSION) == 12
    assert CATALOGUE_VERSION.lower() == CATALOGUE_VERSION


def test_a_claim_comes_back_from_json_unchanged() -> None:
    claim = replace(
        lines({"drug": x12.Drug("00069315083", Decimal("1.50"), "ML")}, {}),
        patient=CHILD,
        service_facility=x12.ServiceFacility("Main Street", "1245319599", STREET),
    )
    content = to_json(claim)
    assert content["lines"][0]["drug"]["quantity"] == "1.50"
    assert content["subscriber"]["birth_date"] == "1958-03-14"
    assert from_json(content) == claim


def test_an_older_snapshot_takes_the_defaults_of_new_fields() -> None:
    content = to_json(CLAIM)
    del content["notes"]
    content["dropped_long_ago"] = "x"
    assert from_json(content) == CLAIM
