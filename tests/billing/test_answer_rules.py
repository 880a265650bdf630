"""The pure rules of acknowledgments: clocks, verdicts, words, fields of a claim."""

from datetime import UTC, datetime, timedelta

import pytest

from billing.rejection_list import clock_of
from billing.rules import acknowledgment_words as words
from billing.rules.answer_clocks import CLAIMS, FORM, PAYMENT, expected_within
from billing.rules.answer_verdicts import verdict_of_information, worse_code, worst
from billing.rules.claim_fields import field_of
from rcm.x12.acknowledgment_277ca import Status, StatusInformation
from tests.sandbox.cast import make_claim

HOUR = 3600


@pytest.mark.parametrize(
    ("step", "seconds", "expected"),
    [
        (FORM, [], timedelta(hours=1)),
        (FORM, [5 * HOUR] * 9, timedelta(hours=1)),
        (FORM, [5 * HOUR] * 10, timedelta(hours=5)),
        (FORM, [60] * 50, timedelta(hours=1)),
        (FORM, [400 * HOUR] * 10, timedelta(hours=72)),
        # Of twenty the nineteenth: one slow answer in twenty teaches nothing.
        (CLAIMS, [6 * HOUR] * 19 + [90 * HOUR], timedelta(hours=6)),
        (CLAIMS, [6 * HOUR] * 18 + [90 * HOUR] * 2, timedelta(hours=90)),
        (CLAIMS, [1 * HOUR], timedelta(hours=48)),
        # Only the newest 200 count.
        (CLAIMS, [6 * HOUR] * 200 + [90 * HOUR] * 200, timedelta(hours=6)),
        (PAYMENT, [20 * 24 * HOUR] * 10, timedelta(days=20)),
        (PAYMENT, [24 * HOUR] * 10, timedelta(days=14)),
        (PAYMENT, [], timedelta(days=30)),
    ],
)
def test_a_payers_history_sets_its_clock_between_floor_and_ceiling(
    step: str, seconds: list[int], expected: timedelta
) -> None:
    assert expected_within(step, seconds) == expected


def test_the_action_decides_before_the_category() -> None:
    def said(action: str, *categories: str) -> str:
        statuses = tuple(Status(category, "20") for category in categories)
        return verdict_of_information(StatusInformation(statuses, None, action))

    assert said("U", "A2") == "rejected"
    assert said("WQ", "A7") == "accepted"
    assert said("WQ", "A1") == "received"
    assert said("WQ", "A1", "A2") == "accepted"
    assert worst(["accepted", "rejected", "received"]) == "rejected"
    assert worst([]) == "received"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "A", "A"),
        ("A", "R", "R"),
        ("R", "A", "R"),
        ("E", "P", "P"),
        ("A", "E", "E"),
        ("A", "?", "A"),
    ],
)
def test_the_worse_of_two_codes_stands(old: str, new: str, expected: str) -> None:
    assert worse_code(old, new) == expected


def test_codes_are_said_in_words_and_unknown_ones_by_number() -> None:
    assert words.describe_note("023") == "the file ends too early"
    assert words.describe_note("099") == "note 099"
    assert words.describe_note("") == "no reason given"
    assert words.describe_verdict("X") == "was rejected: it could not be decrypted"
    assert words.describe_transaction_errors(["4", "77"]) == (
        "it does not hold as many segments as it says; code 77"
    )
    assert words.name_field("SV1", 1, 2) == "procedure code"
    assert words.name_field("SV1", 1, 7) == "procedure"
    assert words.name_field("XX", 3, 1) == "XX03-1"
    assert words.name_field("HI", 2, 0) == "diagnosis 2"
    assert words.describe_segment_error("Claim", "3") == "Claim is missing"
    assert words.describe_element_error("Claim", "frequency", "99") == (
        "Claim, frequency: is wrong (code 99)"
    )


def test_a_status_names_the_field_and_what_it_says_on_the_claim() -> None:
    claim = make_claim("C1")
    assert field_of(Status("A7", "164", "IL"), claim) == ("Member id", claim.subscriber.member_id)
    assert field_of(Status("A7", "562", "85"), claim) == ("NPI", claim.billing_provider.npi)
    assert field_of(Status("A7", "464", ""), claim) == ("Payer's claim number", "(empty)")
    assert field_of(Status("A3", "54", ""), claim) == ("", "")


def test_the_clock_of_a_rejection_says_what_is_left() -> None:
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)

    def clock(**time: int) -> tuple[str, bool]:
        found = clock_of(now + timedelta(**time), now)
        return found.text, found.is_late

    assert clock(hours=5, minutes=12) == ("5 h 12 min left", False)
    assert clock(minutes=40) == ("40 min left", False)
    assert clock(minutes=-40) == ("40 min late", True)
    assert clock(hours=-3) == ("3 h late", True)
    assert clock(days=-4) == ("4 d late", True)
