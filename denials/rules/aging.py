"""How old a balance is: buckets of days from the date of service.

HFMA MAP and MGMA age insurance receivables in steps of thirty days; the day counted from is the
date of service, as a payer's filing windows count from it.
"""

from datetime import date, timedelta
from typing import NamedTuple


class Bucket(NamedTuple):
    """Days `first` to `last`, both inclusive; `last` None is without an end."""

    key: str
    label: str
    first: int
    last: int | None


BUCKETS = (
    Bucket("0-30", "0–30", 0, 30),
    Bucket("31-60", "31–60", 31, 60),
    Bucket("61-90", "61–90", 61, 90),
    Bucket("91-120", "91–120", 91, 120),
    Bucket("over-120", "> 120", 121, None),
)
BY_KEY = {bucket.key: bucket for bucket in BUCKETS}


def age_in_days(served_on: date, today: date) -> int:
    """Days since the service; 0 for a service of today or, keyed ahead, of a later day."""
    return max((today - served_on).days, 0)


def bucket_of(served_on: date, today: date) -> Bucket:
    """The bucket a service of `served_on` is in on `today`."""
    days = age_in_days(served_on, today)
    return next(each for each in BUCKETS if each.last is None or days <= each.last)


def served_between(bucket: Bucket, today: date) -> tuple[date | None, date | None]:
    """The first and the last day of service in a bucket; None is without an end.

    The youngest bucket takes services of later days as well.
    """
    first = None if bucket.last is None else today - timedelta(days=bucket.last)
    last = None if bucket.first == 0 else today - timedelta(days=bucket.first)
    return first, last
