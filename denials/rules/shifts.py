"""Has a payer begun to deny a procedure for a reason? A test with a known rate of false alarms.

For each payer, procedure and reason the denied among the adjudicated of the last week, and of the
last four weeks, are compared with the thirteen weeks before them. Given how many were denied in
all, and how many adjudicated in each part, the number denied lately has a hypergeometric
distribution when nothing has changed, whatever the true rate is: Fisher's exact test, one-sided.
The smaller of the two p-values counts twice. Over all series of a practice the procedure of
Benjamini and Hochberg keeps the expected share of false ones among the alarms at 5 %; where nothing
has changed anywhere, no more than one week in twenty has an alarm at all.

What is too small to tell is left out by numbers the test holds fixed, so that leaving it out does
not bend the rate: adjudicated in each part, and denied in all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from math import comb

WINDOWS = (1, 4)
BASELINE_WEEKS = 13
# The newest weeks a series needs.
WEEKS = BASELINE_WEEKS + max(WINDOWS)
RATE = Fraction(1, 20)
FEWEST_RECENT = 10
FEWEST_BASELINE = 20
FEWEST_DENIED = 4
# An alarm is over when the last four weeks do not differ from the old rate by this p-value.
OVER = Fraction(1, 5)


@dataclass(frozen=True, slots=True)
class Counts:
    """Adjudicated claims with the procedure, and those of them denied for the reason."""

    lines: int
    denied: int


@dataclass(frozen=True, slots=True)
class Shift:
    """A series whose rate went up: where it stands in the list, the window and the evidence.

    `p_value` is the doubled smaller one of the two windows.
    """

    at: int
    weeks: int
    recent: Counts
    baseline: Counts
    p_value: Fraction


def upper_tail(recent: Counts, baseline: Counts) -> Fraction:
    """The chance of as many denied lately, or more, when nothing has changed; exact.

    Of the claims drawn for "denied" so many fall into the recent weeks: the smaller numbers are
    drawn, which keeps the whole numbers short.
    """
    denied = recent.denied + baseline.denied
    inside, outside = comb(recent.lines, recent.denied), comb(baseline.lines, baseline.denied)
    ways = 0
    for k in range(recent.denied, min(recent.lines, denied) + 1):
        ways += inside * outside
        rest = denied - k
        inside = inside * (recent.lines - k) // (k + 1)
        outside = outside * rest // (baseline.lines - rest + 1)
    return Fraction(ways, comb(recent.lines + baseline.lines, denied))


def shown(p_value: Fraction) -> Decimal:
    """To twelve digits after the point, never less than it is shown."""
    digits = Decimal(p_value.numerator) / Decimal(p_value.denominator)
    return digits.quantize(Decimal("1e-12"), rounding=ROUND_CEILING)


def total(weeks: Sequence[Counts]) -> Counts:
    return Counts(sum(week.lines for week in weeks), sum(week.denied for week in weeks))


def judge(weeks: Sequence[Counts], at: int = 0) -> Shift | None:
    """The stronger window of one series, oldest week first; None when it is too small to tell."""
    tested = []
    for window in WINDOWS:
        recent = total(weeks[-window:])
        baseline = total(weeks[-window - BASELINE_WEEKS : -window])
        if (
            recent.lines >= FEWEST_RECENT
            and baseline.lines >= FEWEST_BASELINE
            and recent.denied + baseline.denied >= FEWEST_DENIED
        ):
            tested.append(Shift(at, window, recent, baseline, upper_tail(recent, baseline)))
    if not tested:
        return None
    best = min(tested, key=lambda shift: shift.p_value)
    return Shift(
        at, best.weeks, best.recent, best.baseline, min(Fraction(1), best.p_value * len(tested))
    )


def find_shifts(series: Sequence[Sequence[Counts]]) -> list[Shift]:
    """The series that changed, strongest first, of all of a practice together."""
    judged = [judge(weeks, at) for at, weeks in enumerate(series)]
    tested = sorted(
        (shift for shift in judged if shift is not None), key=lambda shift: shift.p_value
    )
    return tested[: accepted([shift.p_value for shift in tested])]


def accepted(p_values: Sequence[Fraction], rate: Fraction = RATE) -> int:
    """How many of the p-values, smallest first, are alarms (Benjamini and Hochberg, 1995)."""
    found = 0
    for rank, value in enumerate(p_values, 1):
        if value <= rate * rank / len(p_values):
            found = rank
    return found


def is_over(recent: Counts, baseline: Counts) -> bool:
    """The last four weeks are as they were before the alarm."""
    return recent.lines >= FEWEST_RECENT and upper_tail(recent, baseline) > OVER
