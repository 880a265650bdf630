"""Payment plans: the schedule of a sum, what of it is paid, and when it is in default."""

import calendar
from collections.abc import Sequence
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import NamedTuple

from rcm.money import CENT, ZERO

MOST = 60


class Installment(NamedTuple):
    """One part in dollars and the day it is due."""

    due_on: date
    amount: Decimal


class Standing(NamedTuple):
    """An instalment with what is paid of it."""

    due_on: date
    amount: Decimal
    paid: Decimal

    @property
    def is_paid(self) -> bool:
        return self.paid >= self.amount

    def is_missed(self, today: date) -> bool:
        """Its day is over and a part of it is open."""
        return not self.is_paid and self.due_on < today


def month_after(first: date, months: int) -> date:
    """The same day `months` later; the last day of a month that has no such day."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, min(first.day, calendar.monthrange(year, month + 1)[1]))


def schedule(total: Decimal, count: int, first: date) -> list[Installment]:
    """`count` monthly parts of `total` dollars from `first` on; the last takes the remainder.

    Raises ValueError unless every part is at least a cent and there are 1 to MOST of them.
    """
    if not 1 <= count <= MOST:
        raise ValueError(f"A plan has 1 to {MOST} instalments.")
    part = (total / count).quantize(CENT, rounding=ROUND_DOWN)
    if part <= 0:
        raise ValueError("Every instalment must be at least one cent.")
    amounts = [part] * (count - 1) + [total - part * (count - 1)]
    return [Installment(month_after(first, at), amount) for at, amount in enumerate(amounts)]


def settle(installments: Sequence[Installment], paid: Decimal) -> list[Standing]:
    """What was paid in all, laid over the instalments, the earliest first."""
    left = max(paid, ZERO)
    found = []
    for due_on, amount in installments:
        part = min(left, amount)
        left -= part
        found.append(Standing(due_on, amount, part))
    return found


def missed(standings: Sequence[Standing], today: date) -> int:
    """How many instalments are past their day and not paid in full."""
    return sum(each.is_missed(today) for each in standings)
