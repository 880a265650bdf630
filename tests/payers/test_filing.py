"""Deadlines fall on the last business day before the window closes."""

from datetime import date

import pytest

from payers.rules.filing import (
    FilingLimits,
    FilingTerms,
    federal_holidays,
    filing_limits_on,
    is_business_day,
    last_safe_day,
)


def test_a_window_that_ends_on_a_workday_ends_there() -> None:
    assert last_safe_day(date(2026, 11, 2), 30) == date(2026, 12, 2)


def test_a_window_that_ends_on_a_weekend_ends_on_friday() -> None:
    assert last_safe_day(date(2026, 11, 13), 30) == date(2026, 12, 11)


def test_a_window_that_ends_on_thanksgiving_ends_the_day_before() -> None:
    assert last_safe_day(date(2026, 11, 1), 25) == date(2026, 11, 25)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 7, 3), "Independence Day on a Saturday is observed on Friday"),
        (date(2021, 12, 31), "New Year's Day 2022 on a Saturday is observed in 2021"),
        (date(2026, 1, 19), "third Monday of January"),
        (date(2026, 5, 25), "last Monday of May"),
        (date(2023, 1, 2), "New Year's Day on a Sunday is observed on Monday"),
    ],
)
def test_observed_holidays_are_no_business_days(day: date, name: str) -> None:
    assert not is_business_day(day), name


def test_a_year_has_eleven_federal_holidays() -> None:
    assert len(federal_holidays(2026)) == 11
    assert federal_holidays(2026) is federal_holidays(2026)


PAYER = FilingTerms("Unified", 365, 180)
PLAN = FilingTerms("Gold", 90, None, date(2026, 1, 1), date(2026, 12, 31))
CONTRACT = FilingTerms("Unified 2026", None, 60, date(2026, 7, 1))


@pytest.mark.parametrize(
    ("on", "limits"),
    [
        (date(2025, 12, 31), FilingLimits(365, 180, "Unified", "Unified")),
        (date(2026, 1, 1), FilingLimits(90, 180, "Gold", "Unified")),
        (date(2026, 7, 1), FilingLimits(90, 60, "Gold", "Unified 2026")),
        (date(2027, 1, 1), FilingLimits(365, 60, "Unified", "Unified 2026")),
    ],
)
def test_a_plan_wins_over_the_payer_and_a_contract_over_both(
    on: date, limits: FilingLimits
) -> None:
    assert filing_limits_on(on, PAYER, [PLAN], [CONTRACT]) == limits


def test_a_contract_of_the_plan_wins_over_one_for_all_plans() -> None:
    own = FilingTerms("Gold 2026", 30, None, date(2026, 1, 1))
    wide = FilingTerms("All 2026", 120, 45, date(2026, 1, 1))
    found = filing_limits_on(date(2026, 3, 1), PAYER, [PLAN], [wide, own])
    assert found == FilingLimits(30, 45, "Gold 2026", "All 2026")


def test_a_payer_has_both_limits() -> None:
    with pytest.raises(ValueError, match="a payer has both limits"):
        filing_limits_on(date(2026, 1, 1), FilingTerms("Unified", 365))
