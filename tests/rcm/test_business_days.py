"""The bank calendar against dates written down by hand, and against counting day by day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rcm.business_days import (
    add_business_days,
    bank_holidays,
    business_days_between,
    is_business_day,
    latest_start,
)

# Weekdays the Federal Reserve Banks are closed, as month and day.
CLOSED = {
    2024: "0101 0115 0219 0527 0619 0704 0902 1014 1111 1128 1225",
    2025: "0101 0120 0217 0526 0619 0704 0901 1013 1111 1127 1225",
    2026: "0101 0119 0216 0525 0619 0907 1012 1111 1126 1225",
    2027: "0101 0118 0215 0531 0705 0906 1011 1111 1125",
    2028: "0117 0221 0529 0619 0704 0904 1009 1123 1225",
}
DAYS = st.dates(date(1990, 1, 1), date(2120, 12, 31))
COUNTS = st.integers(0, 40)


@pytest.mark.parametrize("year", CLOSED)
def test_the_banks_close_on_exactly_these_days(year: int) -> None:
    wanted = {date(year, int(day[:2]), int(day[2:])) for day in CLOSED[year].split()}
    assert bank_holidays(year) == wanted


def test_a_holiday_on_saturday_is_not_moved_to_friday() -> None:
    assert date(2026, 7, 4).weekday() == 5
    assert is_business_day(date(2026, 7, 3))
    assert is_business_day(date(2027, 12, 24))
    assert is_business_day(date(2027, 12, 31))


def test_a_holiday_on_sunday_is_kept_on_monday() -> None:
    assert date(2027, 7, 4).weekday() == 6
    assert not is_business_day(date(2027, 7, 5))
    assert not is_business_day(date(2023, 1, 2))


def test_the_young_holidays_begin_with_their_first_year() -> None:
    assert is_business_day(date(2020, 6, 19))
    assert not is_business_day(date(2023, 6, 19))
    assert is_business_day(date(1985, 1, 21))
    assert not is_business_day(date(1986, 1, 20))


@pytest.mark.parametrize(
    ("day", "count", "wanted"),
    [
        (date(2026, 11, 20), 0, date(2026, 11, 20)),
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 23), 3, date(2026, 11, 27)),  # over Thanksgiving
        (date(2026, 11, 21), 1, date(2026, 11, 23)),  # from a Saturday
        (date(2027, 12, 22), 3, date(2027, 12, 27)),  # Christmas on a Saturday
        (date(2028, 12, 22), 3, date(2028, 12, 28)),
        (date(2027, 7, 2), 3, date(2027, 7, 8)),
    ],
)
def test_business_days_are_added(day: date, count: int, wanted: date) -> None:
    assert add_business_days(day, count) == wanted


def test_days_are_counted_with_the_last_and_without_the_first() -> None:
    assert business_days_between(date(2026, 11, 20), date(2026, 11, 20)) == 0
    assert business_days_between(date(2026, 11, 20), date(2026, 11, 22)) == 0
    assert business_days_between(date(2026, 11, 20), date(2026, 11, 30)) == 5
    assert business_days_between(date(2026, 11, 30), date(2026, 11, 20)) == -5


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="^count must not be negative$"):
        add_business_days(date(2026, 11, 20), -1)
    with pytest.raises(ValueError, match="^count must be positive$"):
        latest_start(date(2026, 11, 20), 0)


@given(DAYS, COUNTS)
def test_as_many_days_lie_between_as_were_added(day: date, count: int) -> None:
    assert business_days_between(day, add_business_days(day, count)) == count


@given(DAYS, st.integers(0, 800))
def test_counting_at_once_equals_counting_day_by_day(start: date, length: int) -> None:
    days = (start + timedelta(days=step) for step in range(1, length + 1))
    end = start + timedelta(days=length)
    assert business_days_between(start, end) == sum(is_business_day(day) for day in days)


@given(DAYS, st.integers(0, 40), st.integers(1, 10))
def test_the_latest_start_answers_the_same_question(day: date, back: int, count: int) -> None:
    end = day + timedelta(days=back)
    assert (add_business_days(day, count) <= end) == (day <= latest_start(end, count))


@given(st.integers(1990, 2200))
def test_a_year_has_eight_to_eleven_holidays_all_on_weekdays(year: int) -> None:
    days = bank_holidays(year)
    assert 8 <= len(days) <= 11
    assert all(day.weekday() < 5 and day.year == year for day in days)
