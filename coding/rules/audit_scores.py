"""How well a chart was coded: right and wrong lines counted, rates with what they are worth.

Code over code: a code the coder missed and one that should not be there are wrong like a code that
should be another one; the rate is right over all lines either of the two has. Record over record:
the share of charts without any wrong line. A rate is shown on at least 20 lines or charts, with
the interval of Wilson (1927) at 95 percent. All exact: Decimal, never a float.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Literal

Kind = Literal["dx", "procedure", "em", "modifier", "units", "pointer"]
Verdict = Literal["agree", "disagree", "missed", "added"]
KINDS: tuple[Kind, ...] = ("dx", "procedure", "em", "modifier", "units", "pointer")

# How much a line counts in the overall score. Units and pointers follow from the codes and are
# nearly always right, so that at full weight they would hide wrong codes.
WEIGHTS: Mapping[Kind, Decimal] = {
    "dx": Decimal(1),
    "procedure": Decimal(1),
    "em": Decimal(1),
    "modifier": Decimal(1),
    "units": Decimal("0.5"),
    "pointer": Decimal("0.5"),
}
# A rate on fewer says more about chance than about a person.
LEAST_SHOWN = 20
# The two-sided 95 percent quantile of the normal distribution.
Z = Decimal("1.959963984540054")
PERCENT_PLACES = Decimal("0.01")


@dataclass(frozen=True)
class ScoredLine:
    """One judged line; `is_overturned`: a second reviewer found the coder right after all."""

    kind: Kind
    verdict: Verdict
    is_overturned: bool = False

    @property
    def is_right(self) -> bool:
        return self.verdict == "agree" or self.is_overturned


@dataclass(frozen=True)
class Count:
    """So many right of so many."""

    right: int = 0
    total: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.right + other.right, self.total + other.total)

    @property
    def wrong(self) -> int:
        return self.total - self.right

    @property
    def percent(self) -> Decimal | None:
        """Percent with two places, None on fewer than LEAST_SHOWN: too few for a rate."""
        return None if self.total < LEAST_SHOWN else as_percent(self.right, self.total)

    @property
    def interval(self) -> tuple[Decimal, Decimal] | None:
        """The percents between which the true rate lies with 95 percent; None as `percent`."""
        return None if self.total < LEAST_SHOWN else wilson(self.right, self.total)


@dataclass(frozen=True)
class ChartScore:
    """A chart's counts by kind of line, and its overall score in percent (None: no line)."""

    dx: Count = field(default_factory=Count)
    procedure: Count = field(default_factory=Count)
    modifier: Count = field(default_factory=Count)
    every: Count = field(default_factory=Count)
    overall: Decimal | None = None


def score_chart(
    lines: Iterable[ScoredLine], weights: Mapping[Kind, Decimal] = WEIGHTS
) -> ChartScore:
    """Count the lines of a chart; evaluation and management visits count as procedures."""
    counts = {kind: Count() for kind in KINDS}
    for line in lines:
        counts[line.kind] += Count(int(line.is_right), 1)
    right = sum((weights[kind] * count.right for kind, count in counts.items()), Decimal(0))
    total = sum((weights[kind] * count.total for kind, count in counts.items()), Decimal(0))
    return ChartScore(
        dx=counts["dx"],
        procedure=counts["procedure"] + counts["em"],
        modifier=counts["modifier"],
        every=sum(counts.values(), Count()),
        overall=as_percent(right, total) if total else None,
    )


def as_percent(right: Decimal | int, total: Decimal | int) -> Decimal:
    """Raises ZeroDivisionError when there is nothing to divide by."""
    if not total:
        raise ZeroDivisionError("a rate of nothing")
    return round_percent(Decimal(right) * 100 / Decimal(total))


def round_percent(percent: Decimal) -> Decimal:
    return percent.quantize(PERCENT_PLACES, ROUND_HALF_UP)


def wilson(right: int, total: int) -> tuple[Decimal, Decimal]:
    """Lower and upper bound in percent, two places. Raises ZeroDivisionError for no line at all.

    (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n), E. B. Wilson, JASA 22 (1927) 209-212.
    """
    if not total:
        raise ZeroDivisionError("an interval of nothing")
    with localcontext() as context:
        context.prec = 40
        n, share, square = Decimal(total), Decimal(right) / Decimal(total), Z * Z
        middle = share + square / (2 * n)
        spread = Z * (share * (1 - share) / n + square / (4 * n * n)).sqrt()
        scale = 1 + square / n
        low, high = (middle - spread) / scale, (middle + spread) / scale
    hundred = Decimal(100)
    return (
        round_percent(max(Decimal(0), low * hundred)),
        round_percent(min(hundred, high * hundred)),
    )
