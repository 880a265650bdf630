"""Deadlines: the last safe day to act. US federal holidays and weekends move it earlier.

Windows are per payer (Payer.appeal_days, corrected_claim_days, timely_filing_days), counted in
calendar days from the day after the event, as payers' manuals do. A plan has its own where it says
so, a contract over both.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple


class FilingTerms(NamedTuple):
    """What a payer, a plan or a contract says, from day to day, both inclusive; None: nothing."""

    source: str
    timely_filing_days: int | None = None
    corrected_claim_days: int | None = None
    starts_on: date = date.min
    ends_on: date | None = None


class FilingLimits(NamedTuple):
    """Days to the first filing and to a correction, and who says so."""

    timely_filing_days: int
    corrected_claim_days: int
    timely_source: str
    corrected_source: str


def filing_limits_on(on: date, payer: FilingTerms, *others: Iterable[FilingTerms]) -> FilingLimits:
    """The limits of a claim served `on`: the payer's, over it the plans', over all the contracts'.

    `others` come in that order; within one of them the last row in force that speaks wins. Raises
    ValueError when the payer leaves one out.
    """
    if payer.timely_filing_days is None or payer.corrected_claim_days is None:
        raise ValueError("a payer has both limits")
    limits = FilingLimits(
        payer.timely_filing_days, payer.corrected_claim_days, payer.source, payer.source
    )
    for terms in (row for rows in others for row in rows):
        if on < terms.starts_on or (terms.ends_on is not None and on > terms.ends_on):
            continue
        if terms.timely_filing_days is not None:
            limits = limits._replace(
                timely_filing_days=terms.timely_filing_days, timely_source=terms.source
            )
        if terms.corrected_claim_days is not None:
            limits = limits._replace(
                corrected_claim_days=terms.corrected_claim_days, corrected_source=terms.source
            )
    return limits


def last_safe_day(start: date, days: int) -> date:
    """The last business day on or before `start` + `days`."""
    day = start + timedelta(days=days)
    while not is_business_day(day):
        day -= timedelta(days=1)
    return day


def is_business_day(day: date) -> bool:
    """Monday to Friday and no federal holiday (5 U.S.C. 6103)."""
    return day.weekday() < 5 and day not in federal_holidays(day.year)


@cache
def federal_holidays(year: int) -> frozenset[date]:
    """The federal holidays observed in `year`: a Saturday moves to Friday, a Sunday to Monday."""
    days = [date(year, month, day) for month, day in ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))]
    days.append(date(year + 1, 1, 1))
    observed = {day + timedelta(days={5: -1, 6: 1}.get(day.weekday(), 0)) for day in days}
    observed |= {
        nth_weekday(year, 1, 0, 3),
        nth_weekday(year, 2, 0, 3),
        last_weekday(year, 5, 0),
        nth_weekday(year, 9, 0, 1),
        nth_weekday(year, 10, 0, 2),
        nth_weekday(year, 11, 3, 4),
    }
    return frozenset(day for day in observed if day.year == year)


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def last_weekday(year: int, month: int, weekday: int) -> date:
    end = date(year, month + 1, 1) - timedelta(days=1)
    return end - timedelta(days=(end.weekday() - weekday) % 7)
