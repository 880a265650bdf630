"""The checks on coverage, filing limit, eligibility and authorization."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from billing.rules.findings import (
    AnyClaim,
    AuthorizationFacts,
    ClaimFacts,
    EligibilityFacts,
    NotChecked,
)
from billing.rules.scrubbing import scrub
from rcm.x12 import claim_837p as x12
from tests.billing.scrub_cases import (
    CLAIM,
    FACTS,
    STAY,
    TODAY,
    Case,
    assert_says,
    child,
    findings_of,
    holder,
    lines,
)

AFTER = date(2026, 11, 3)
ANSWER = EligibilityFacts(TODAY, is_active=True)
ALLOWED = AuthorizationFacts(frozenset({"99213"}), number="A1")
AUTHORIZED = replace(CLAIM, authorization_number="A1")


def told(**changes: object) -> ClaimFacts:
    return replace(FACTS, eligibility=replace(ANSWER, **changes))


def allowed(**changes: object) -> ClaimFacts:
    return replace(FACTS, authorization=replace(ALLOWED, **changes))


COVERAGE = [
    Case(
        "number_stand_in",
        "The authorization 'N/A' is a word for none.",
        replace(CLAIM, authorization_number="N/A"),
        element="2300 REF*G1",
    ),
    Case(
        "number_stand_in",
        "Line 1: the authorization 'pending' is a word for none.",
        lines({"authorization_number": "pending"}),
        line=1,
        element="2400 REF*G1",
    ),
    Case(
        "coverage_dates",
        "The coverage was not in force on 11/02/2026.",
        CLAIM,
        replace(FACTS, coverage_starts_on=AFTER),
    ),
    Case(
        "filing_passed",
        "The payer's filing limit passed 1 days ago.",
        CLAIM,
        replace(FACTS, timely_filing_days=20),
    ),
    Case(
        "filing_soon",
        "The payer's filing limit is in 9 days.",
        CLAIM,
        replace(FACTS, timely_filing_days=30),
    ),
    Case(
        "eligibility", "The payer says that the policy is not active.", CLAIM, told(is_active=False)
    ),
    Case(
        "eligibility_old",
        "The payer was last asked on 09/01/2026, long before the service.",
        CLAIM,
        told(answered_on=date(2026, 9, 1)),
    ),
    Case(
        "eligibility_name",
        "The payer spells the subscriber's name in another way.",
        CLAIM,
        told(person=x12.Person("Okafour", "Denise")),
    ),
    Case(
        "eligibility_birth",
        "The payer has another birth date of the subscriber.",
        CLAIM,
        told(birth_date=date(1958, 3, 15)),
    ),
    Case(
        "eligibility_member_id",
        "The payer has another member id of the subscriber.",
        CLAIM,
        told(member_id="UC10000002"),
    ),
    Case("authorization", "Line 1 (99213) needs an authorization.", CLAIM, allowed(number=""), 1),
    Case(
        "authorization_number",
        "The authorization's number is not the one on file.",
        AUTHORIZED,
        allowed(number="A2"),
    ),
    Case(
        "authorization_dates",
        "The authorization was not in force on 11/02/2026.",
        AUTHORIZED,
        allowed(ends_on=date(2026, 11, 1)),
    ),
    Case(
        "authorization_code",
        "Line 1: 99213 is not authorized.",
        AUTHORIZED,
        allowed(procedure_codes=frozenset({"99214"})),
        1,
    ),
    Case(
        "authorization_units",
        "1 units are billed; the authorization has 0 left.",
        AUTHORIZED,
        allowed(units_left=Decimal(0)),
    ),
    Case(
        "referral",
        "The payer wants a referral.",
        CLAIM,
        replace(FACTS, authorization=AuthorizationFacts(needs_referral=True)),
    ),
    Case(
        "referral_provider",
        "There is a referral but nobody who referred.",
        replace(CLAIM, referral_number="R1"),
    ),
    Case(
        "newborn",
        "The patient is a newborn and holds the policy.",
        holder(birth_date=date(2026, 10, 20)),
    ),
]


@pytest.mark.parametrize("case", COVERAGE, ids=lambda case: case.code)
def test_a_check_says_what_is_wrong_and_nothing_else_does(case: Case) -> None:
    assert_says(case)


CLEAN: list[tuple[str, AnyClaim, ClaimFacts]] = [
    ("the last day to file", CLAIM, replace(FACTS, timely_filing_days=36)),
    (
        "filing counted from the primary's answer",
        CLAIM,
        replace(FACTS, timely_filing_days=20, filing_from=date(2026, 11, 20)),
    ),
    (
        "a replacement within its own limit",
        replace(CLAIM, frequency="7", payer_claim_control_number="P1"),
        replace(FACTS, timely_filing_days=1),
    ),
    ("an answer in other letters", CLAIM, told(person=x12.Person("OKAFOR", ""))),
    ("the same member id with blanks", CLAIM, told(member_id="UC 1000 0001")),
    ("an authorization that fits", AUTHORIZED, allowed(units_left=Decimal(1))),
    ("an authorization on the line", lines({"authorization_number": "A1"}), allowed()),
    ("a newborn on its mother's policy", child(birth_date=date(2026, 10, 20)), FACTS),
]


@pytest.mark.parametrize(("what", "claim", "facts"), CLEAN, ids=[what for what, *_ in CLEAN])
def test_nothing_is_said_of(what: str, claim: AnyClaim, facts: ClaimFacts) -> None:
    findings = [f for f in findings_of(claim, facts) if f.code != "filing_soon"]
    assert findings == []


def test_a_stay_is_filed_from_its_last_day() -> None:
    facts = replace(FACTS, timely_filing_days=18)
    assert [f.message for f in findings_of(STAY, facts)] == [
        "The payer's filing limit is in 0 days."
    ]
    tomorrow = replace(facts, today=date(2026, 11, 24))
    assert [f.code for f in findings_of(STAY, tomorrow)] == ["filing_passed"]


def test_what_nobody_knows_is_not_checked() -> None:
    scrubbed = scrub(CLAIM, ClaimFacts(today=TODAY))
    assert scrubbed.findings == ()
    reasons = {each.code: each.reason for each in scrubbed.not_checked}
    asked = "The payer was not asked about the policy."
    wanted = "What the payer wants authorized is not known."
    expected = {
        "member_id_form": "No form of this payer's member ids is set.",
        "coverage_dates": "The policy's dates are not known.",
        "filing_passed": "The payer's filing limit is not known.",
        "filing_soon": "The payer's filing limit is not known.",
        "eligibility": asked,
        "eligibility_name": asked,
        "authorization": wanted,
        "referral": wanted,
        "replacement": "Whether the payer takes replacement claims is not known.",
    }
    assert expected.items() <= reasons.items()
    assert NotChecked("eligibility", asked) in scrubbed.not_checked
    assert scrubbed.passed == scrubbed.checks - len(scrubbed.not_checked)
