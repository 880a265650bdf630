"""Giving charts out, and how urgent they are: plain data in, plain data out."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from coding.rules.assignment import GivingRule, WaitingChart, distribute
from coding.rules.credentials import WantedCredential
from coding.rules.priority import priority_of

TODAY = date(2026, 11, 26)


def chart(number: int, **facts: object) -> WaitingChart:
    told = {
        "specialty": "Cardiology",
        "visit_type": "Established",
        "provider_id": 7,
        "payer_id": 3,
        "payer_class": "medicare",
    }
    return WaitingChart(number, **(told | facts))  # type: ignore[arg-type]  # keywords of one chart


def test_charts_go_to_whoever_has_the_fewest() -> None:
    rules = [GivingRule(coders=(1, 2))]
    assert distribute([chart(n) for n in range(5)], rules, {1: 3}) == {0: 2, 1: 2, 2: 2, 3: 1, 4: 2}


def test_of_equals_the_one_named_first_gets_the_chart() -> None:
    assert distribute([chart(1)], [GivingRule(coders=(9, 4))], {}) == {1: 9}


@pytest.mark.parametrize(
    "condition",
    [
        {"specialty": "Dermatology"},
        {"visit_type": "New"},
        {"provider_id": 8},
        {"payer_id": 4},
        {"payer_class": "blue"},
    ],
)
def test_each_condition_keeps_a_chart_from_a_rule(condition: dict[str, object]) -> None:
    other = GivingRule(coders=(1,), **condition)  # type: ignore[arg-type]  # one keyword
    assert distribute([chart(1)], [other], {}) == {}
    assert distribute([chart(1, **condition)], [other], {}) == {1: 1}


def test_the_first_rule_that_fits_decides() -> None:
    rules = [GivingRule(specialty="Cardiology", coders=(1,)), GivingRule(coders=(2,))]
    charts = [chart(1), chart(2, specialty="Dermatology")]
    assert distribute(charts, rules, {}) == {1: 1, 2: 2}


def test_work_given_by_one_rule_counts_for_the_next() -> None:
    rules = [GivingRule(specialty="Cardiology", coders=(1,)), GivingRule(coders=(1, 2))]
    charts = [chart(1), chart(2), chart(3, specialty="Other"), chart(4, specialty="Other")]
    assert distribute(charts, rules, {}) == {1: 1, 2: 1, 3: 2, 4: 2}


def test_a_rule_whose_coders_have_all_left_gives_nothing() -> None:
    rules = [GivingRule(coders=()), GivingRule(coders=(2,))]
    assert distribute([chart(1)], rules, {}) == {1: 2}


def test_no_chart_and_no_rule_is_nothing() -> None:
    assert distribute([], [GivingRule(coders=(1,))], {}) == {}
    assert distribute([chart(1)], [], {}) == {}


class Counted(dict[int, list[WantedCredential]]):
    """What coders lack, and how often it was gone through."""

    read = 0

    def items(self) -> Any:
        self.read += 1
        return super().items()


def test_who_may_not_code_is_asked_once_for_each_kind_of_visit() -> None:
    unmet = Counted({1: [WantedCredential(("ccs",), specialty="Cardiology")], 2: []})
    charts = [chart(n) for n in range(5)] + [chart(9, specialty="Dermatology")]
    given = distribute(charts, [GivingRule(coders=(1, 2))], {2: 0}, unmet)
    assert given == {**dict.fromkeys(range(5), 2), 9: 1}
    assert unmet.read == 2


@pytest.mark.parametrize(
    ("days", "points"), [(0, 0), (3, 0), (4, 1), (33, 30), (93, 90), (400, 90)]
)
def test_a_chart_gains_a_point_for_each_day_past_target(days: int, points: int) -> None:
    assert priority_of(today=TODAY, served_on=TODAY - timedelta(days)) == points


@pytest.mark.parametrize(
    ("value", "points"), [("99.99", 0), ("100", 1), ("2840", 28), ("99999", 100)]
)
def test_money_that_waits_is_a_point_a_hundred_dollars(value: str, points: int) -> None:
    assert priority_of(today=TODAY, served_on=TODAY, value=Decimal(value)) == points


@pytest.mark.parametrize(("left", "points"), [(15, 0), (14, 500), (7, 570), (0, 640), (-3, 640)])
def test_the_last_day_to_file_goes_before_everything(left: int, points: int) -> None:
    last = TODAY + timedelta(left)
    assert priority_of(today=TODAY, served_on=TODAY, last_filing_day=last) == points


def test_returned_and_urgent_charts_come_before_ordinary_ones() -> None:
    assert priority_of(today=TODAY, served_on=TODAY, is_returned=True) == 100
    assert priority_of(today=TODAY, served_on=TODAY, asked_for=True) == 200


def test_the_number_never_leaves_its_column() -> None:
    most = priority_of(
        today=TODAY,
        served_on=TODAY - timedelta(400),
        last_filing_day=TODAY,
        value=Decimal(99999),
        is_returned=True,
        asked_for=True,
    )
    assert most == 999
