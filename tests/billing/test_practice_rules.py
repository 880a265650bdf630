"""Rules a practice writes: how they are read, what they hit, what they do. Plain data."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from billing.rules.findings import Finding
from billing.rules.practice_rules import (
    Condition,
    NotARule,
    PracticeRule,
    apply_rules,
    check_setting,
    hits_of,
    read_blocks,
    set_value,
    write_blocks,
)
from rcm.x12.claim_837p import Claim, Note
from tests.x12.build import CLAIM

# CLAIM: payer 60054, 162.50, dx E119 I10, line 1 99213-25 (11), line 2 J1885 × 1.5; born 1980.


def hits(text: str, claim: Claim = CLAIM) -> list[int | None]:
    return hits_of(read_blocks(text), claim)


def rule(text: str, action: str = "hold", **changes: object) -> PracticeRule:
    made = PracticeRule(7, "Look twice", read_blocks(text), action, "Call the payer.")
    return replace(made, **changes)  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("payer is 60054", [None]),
        ("payer is 60055", []),
        ("payer is not 60054", []),
        ("payer is 11111, 60054", [None]),
        ("diagnosis starts with E11", [None]),
        ("diagnosis is e11.9", [None]),
        ("first_diagnosis is I10", []),
        ("amount above 162.49", [None]),
        ("amount above 162.50", []),
        ("amount below 162.51", [None]),
        ("amount is 162.50", [None]),
        ("age from 46 to 46", [None]),
        ("authorization is empty", [None]),
        ("authorization is present", []),
        ("referring_npi is present", [None]),
        ("lines is 2", [None]),
        ("procedures have 99213, 99999", [None]),
        ("procedures lack 99213", []),
        ("procedure is 99213", [1]),
        ("procedure from 99202 to 99215", [1]),
        ("modifiers have 25", [1]),
        ("modifiers lack 25", [2]),
        ("modifiers is empty", [2]),
        ("units above 1", [2]),
        ("line_amount from 12.50 to 150", [1, 2]),
        ("pointed_diagnosis is I10", [1]),
        ("drug is present", [2]),
        ("type_of_bill is present", []),
        ("revenue_code is empty", [1, 2]),
    ],
)
def test_a_condition_hits_what_it_names(text: str, found: list[int | None]) -> None:
    assert hits(text) == found


def test_all_conditions_of_a_block_hold_on_the_same_line() -> None:
    assert hits("procedure is 99213\nunits above 1") == []
    assert hits("procedure is J1885\nunits above 1") == [2]
    assert hits("payer is 60054\nprocedure is J1885") == [2]


def test_one_block_is_enough() -> None:
    assert hits("procedure is 99213\n\nunits above 1") == [1, 2]
    assert hits("payer is 60055\n\n\npayer is 60054\n") == [None]


def test_a_rule_reads_back_as_it_was_written() -> None:
    text = "payer have 60054\nage from 0 to 17\n\namount above 100\nauthorization is empty"
    assert write_blocks(read_blocks(text)) == text
    numbers = "lines have 2\nunits lack 3, 4"
    assert write_blocks(read_blocks("lines is 2\nunits is not 3, 4")) == numbers
    assert read_blocks(numbers) == read_blocks("lines is 2\nunits is not 3, 4")
    assert read_blocks("  PAYER   is   a-1 ")[0] == (Condition("payer", "have", ("A1",)),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Write at least one condition, such as: payer is UNIFD"),
        ("payer is X\ncolour is red", "Line 2: “colour” is no property of a claim."),
        ("payer above 3", "Line 1: “payer” is no number; “above” does not fit."),
        ("units starts with 3", "Line 1: “units” is a number; “starts with” does not fit."),
        ("units above many", "Line 1: “many” is no number."),
        ("units above NaN", "Line 1: “NaN” is no number."),
        ("units above", "Line 1: a value is missing after “above”."),
        ("age from 3", "Line 1: write “from A to B”."),
        ("authorization is empty today", "Line 1: nothing comes after “is empty”."),
        ("\n".join(["payer is X"] * 61), "A rule has at most 60 conditions."),
    ],
)
def test_what_is_no_rule_says_where(text: str, message: str) -> None:
    with pytest.raises(NotARule) as refused:
        read_blocks(text)
    assert str(refused.value) == message


def test_an_unknown_operator_names_the_known_ones() -> None:
    with pytest.raises(NotARule, match="Line 1: after “payer” comes one of: is not, is empty"):
        read_blocks("payer resembles X")


def test_a_hold_blocks_and_names_its_rule() -> None:
    claim, findings = apply_rules([rule("procedure is J1885")], CLAIM)
    assert claim == CLAIM
    assert findings == [
        Finding("rule:7", "blocking", "Call the payer.", source="Rule “Look twice”", line=2)
    ]


def test_a_warning_does_not_block() -> None:
    _, [finding] = apply_rules([rule("payer is 60054", "warn")], CLAIM)
    assert (finding.severity, finding.line) == ("warning", None)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "fires"),
    [
        (date(2026, 10, 1), None, True),
        (date(2026, 10, 2), None, False),
        (date(2026, 1, 1), date(2026, 10, 1), True),
        (date(2026, 1, 1), date(2026, 9, 30), False),
    ],
)
def test_a_rule_counts_for_services_of_its_days(
    starts_on: date, ends_on: date | None, fires: bool
) -> None:
    dated = rule("payer is 60054", starts_on=starts_on, ends_on=ends_on)
    assert bool(apply_rules([dated], CLAIM)[1]) is fires


def test_what_a_rule_sets_is_seen_by_the_rules_that_hold() -> None:
    adds = rule("procedure is J1885", "set", id=9, set_field="modifier", set_value="JZ")
    holds = rule("modifiers have JZ", id=3)
    claim, findings = apply_rules([holds, adds], CLAIM)
    assert claim.lines[1].modifiers == ("JZ",)
    assert claim.lines[0] == CLAIM.lines[0]
    assert [(found.code, found.severity) for found in findings] == [
        ("rule:9", "warning"),
        ("rule:3", "blocking"),
    ]


def test_setting_again_changes_nothing_and_says_nothing() -> None:
    adds = rule("procedure is 99213", "set", set_field="modifier", set_value="25")
    assert apply_rules([adds], CLAIM) == (CLAIM, [])


def test_what_is_filled_stays() -> None:
    filled = replace(CLAIM, authorization_number="A1", referral_number="R1")
    assert set_value(filled, "authorization", "B", [None]) == filled
    assert set_value(filled, "referral", "B", [None]) == filled
    assert set_value(CLAIM, "authorization", "B", [None]).authorization_number == "B"
    assert set_value(CLAIM, "note", "SEE CHART", [None]).notes[-1] == Note("ADD", "SEE CHART")


def test_a_fifth_modifier_is_not_added() -> None:
    full = replace(CLAIM.lines[0], modifiers=("25", "59", "GT", "95"))
    claim = replace(CLAIM, lines=(full,))
    assert set_value(claim, "modifier", "76", [None]) == claim


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("amount", "1", "Choose what the rule sets."),
        ("modifier", "2", "A modifier is two letters or digits."),
        ("note", "", "The value is missing or too long."),
        ("note", "X" * 81, "The value is missing or too long."),
    ],
)
def test_what_may_not_be_set_is_refused(field: str, value: str, message: str) -> None:
    with pytest.raises(NotARule) as refused:
        check_setting(field, value)
    assert str(refused.value) == message


def test_units_compare_as_numbers() -> None:
    line = replace(CLAIM.lines[0], units=Decimal("4.0"))
    assert hits("units is 4", replace(CLAIM, lines=(line,))) == [1]


def test_a_range_of_headings_holds_the_codes_below_its_end() -> None:
    for code, found in (("E139", [None]), ("E089", [None]), ("E14", []), ("E079", [])):
        assert hits("diagnosis from E08 to E13", replace(CLAIM, diagnoses=(code,))) == found
