"""Which claim rules are told on the chart, and what they find there. Plain data."""

import pytest

from billing.rules.chart_rules import is_told, judge_for_coder
from billing.rules.coded_claim import coded
from billing.rules.practice_rules import PracticeRule, read_blocks
from coding.rules.overrides import is_overridable, subject_of
from tests.x12.build import CLAIM

# CLAIM: payer 60054, 162.50, dx E119 I10, line 1 99213-25 (11), line 2 J1885 × 1.5; born 1980.


def rule(terms: str, action: str = "hold") -> PracticeRule:
    return PracticeRule(7, "Look twice", read_blocks(terms), action, "Call the payer.")


@pytest.mark.parametrize(
    ("terms", "is_for_coder"),
    [
        ("payer is UNIFD\nprocedure is 99213\nmodifiers lack 25", True),
        ("payer is UNIFD\nprocedure is 99213\nunits above 1", True),
        ("procedure is 99213\npointed_diagnosis lack E119", True),
        ("payer is UNIFD\ndiagnosis starts with Z00", True),
        ("first_diagnosis is I10", True),
        ("procedure is 99213\nplace_of_service is 02", True),
        ("procedure is 99213\nlines above 1", True),
        ("procedure is 99213\nprocedures have 20610", True),
        ("procedures have 20610\nprocedures have 99213", True),
        ("payer is UNIFD\nprocedures lack G2211", True),
        ("revenue_code is 0450\nprocedure is empty", True),
        ("revenue_code is 0450\nprocedure is 99283", True),
        ("authorization is empty\nprocedure is 99213\nmodifiers have 25", True),
        ("authorization is empty\n\nprocedure is 99213\nmodifiers have 25", True),
        ("payer is UNIFD", False),
        ("payer is UNIFD\nprocedure is 99213", False),
        ("payer is UNIFD\nprocedure from 99202 to 99215\nprocedure is not 99211", False),
        ("payer is UNIFD\nprocedures have 99213", False),
        ("procedure is 99213\nprocedures have 99213", False),
        ("payer is UNIFD\nrevenue_code is 0450", False),
        ("procedure is 99213\nauthorization is empty", False),
        ("procedure is 99213\nreferral is empty\namount above 100", False),
        ("procedure is 99213\ngroup_number is 1200", False),
        ("procedure is 99213\nrendering_npi is 1098765435", False),
        ("procedure is 99213\nline_amount above 100", False),
        ("procedure is 99213\nage below 18\nsex is F", False),
    ],
)
def test_only_rules_about_what_a_coder_decides_are_told(terms: str, is_for_coder: bool) -> None:
    assert is_told(rule(terms)) is is_for_coder
    assert is_told(rule(terms, "warn")) is is_for_coder
    assert not is_told(rule(terms, "set"))


def test_of_several_blocks_only_those_for_the_coder_are_told() -> None:
    mixed = rule("procedure is J1885\nreferral is empty\n\nprocedure is 99213\nmodifiers have 25")
    assert [each.line for each in judge_for_coder([mixed], CLAIM)[1]] == [1]


def test_a_rule_names_lines_on_the_chart_as_on_the_claim() -> None:
    """A block about the whole claim hits every line when another block is about lines."""
    mixed = rule("diagnosis is I10\n\nprocedure is J0000\nauthorization is empty")
    assert [each.line for each in judge_for_coder([mixed], CLAIM)[1]] == [1, 2]


def test_a_finding_keeps_what_the_rule_looked_at_of_the_codes() -> None:
    one = rule("payer is 60054\nprocedure is J1885\nunits below 2\ndiagnosis is I10\nage above 1")
    [finding] = judge_for_coder([one], CLAIM)[1]
    assert finding.looked_at == ("diagnosis E119 I10", "procedure J1885", "units 1.5")


def test_two_rules_that_say_the_same_have_different_subjects() -> None:
    view = coded(CLAIM)
    names = ("rule:1", "rule:11", "rule:12", "rule:2")
    subjects = {subject_of(code, "Line 1: look.", 1, view, "blue") for code in names}
    assert len(subjects) == 4
    assert subject_of("rule:1", "Look.", 1, view, "blue", ("units 1",)) not in {
        subject_of("rule:1", "Look.", 1, view, "blue", ("units 2",)),
        subject_of("rule:1", "Look.", 1, view, "blue"),
    }
    assert all(map(is_overridable, names))
    assert not is_overridable("ncci_never")
