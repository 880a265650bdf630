"""Deadlines fall on the last business day before the window closes."""

from datetime import date

import pytest

from payers.rules.filing import federal_holidays, is_business_day, last_safe_day


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
