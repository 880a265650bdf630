"""Days on which US banks settle: Monday to Friday without the holidays of the Federal Reserve.

Computed by rule for any year; nothing to load and nothing that runs out.
"""

from datetime import date, timedelta
from functools import lru_cache

MONDAY, THURSDAY, SATURDAY, SUNDAY = 0, 3, 5, 6
ONE_DAY = timedelta(days=1)
# The first years of the two youngest holidays.
KING_SINCE, JUNETEENTH_SINCE = 1986, 2021


@lru_cache(maxsize=128)
def bank_holidays(year: int) -> frozenset[date]:
    """The weekdays of `year` on which the Federal Reserve Banks are closed.

    A holiday on a Sunday is kept on the Monday; one on a Saturday is not moved, the banks are open
    on the Friday before.
    """
    fixed = [date(year, 1, 1), date(year, 7, 4), date(year, 11, 11), date(year, 12, 25)]
    if year >= JUNETEENTH_SINCE:
        fixed.append(date(year, 6, 19))
    days = [day + ONE_DAY if day.weekday() == SUNDAY else day for day in fixed]
    days += [
        _nth(year, 2, MONDAY, 3),
        _nth(year, 6, MONDAY, 1) - timedelta(days=7),  # the last Monday of May
        _nth(year, 9, MONDAY, 1),
        _nth(year, 10, MONDAY, 2),
        _nth(year, 11, THURSDAY, 4),
    ]
    if year >= KING_SINCE:
        days.append(_nth(year, 1, MONDAY, 3))
    return frozenset(day for day in days if day.weekday() != SATURDAY)


def _nth(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def is_business_day(day: date) -> bool:
    return day.weekday() < SATURDAY and day not in bank_holidays(day.year)


def add_business_days(day: date, count: int) -> date:
    """The `count`-th business day after `day`; `day` itself for 0. Raises ValueError below 0."""
    if count < 0:
        raise ValueError("count must not be negative")
    for _ in range(count):
        day += ONE_DAY
        while not is_business_day(day):
            day += ONE_DAY
    return day


def business_days_between(start: date, end: date) -> int:
    """How many business days lie after `start` up to and including `end`; negative when reversed.

    The whole weeks are counted at once, so that a typing error in a year costs nothing.
    """
    if end < start:
        return -business_days_between(end, start)
    weeks, rest = divmod((end - start).days, 7)
    tail = [end - timedelta(days=back) for back in range(rest)]
    weekdays = weeks * 5 + sum(day.weekday() < SATURDAY for day in tail)
    closed = (day for year in range(start.year, end.year + 1) for day in bank_holidays(year))
    return weekdays - sum(start < day <= end for day in closed)


def latest_start(end: date, count: int) -> date:
    """The last day from which `count` business days have passed by `end`.

    The same question the other way round, so that a database can answer it with one comparison:
    add_business_days(day, count) <= end exactly when day <= latest_start(end, count).
    """
    if count < 1:
        raise ValueError("count must be positive")
    day = end
    while not is_business_day(day):
        day -= ONE_DAY
    for _ in range(count - 1):
        day -= ONE_DAY
        while not is_business_day(day):
            day -= ONE_DAY
    return day - ONE_DAY
