"""How much a person coded in how much time: weighted units per productive hour, beside accuracy.

A chart is in a person's hands from each of their events on it to their next event on any chart. A
pause longer than the limit is not counted, nor is anything after the chart was put down: held (a
question to the provider holds it), skipped or finished. Only charts the person finished count. No
speed is shown to anybody without an accuracy on at least 20 audited lines beside it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from coding.rules.audit_scores import Count
from coding.rules.credentials import Care, VisitKind

FINISHED = "encounter.finalized"
# After these a chart is not in hand: the time that follows is nobody's work on it.
PUT_DOWN = frozenset({FINISHED, "encounter.held", "encounter.skipped"})
HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class WeightRow:
    """Units of a kind of visit; an empty field means every one."""

    weight: Decimal
    care: Care = ""
    specialty: str = ""
    visit_type: str = ""


# Until a practice says otherwise. Our own estimates of reading time, an office visit being one.
DEFAULT_WEIGHTS: tuple[WeightRow, ...] = (
    WeightRow(Decimal("1.00")),
    WeightRow(Decimal("1.50"), care="outpatient"),
    WeightRow(Decimal("4.00"), care="inpatient"),
    WeightRow(Decimal("1.25"), care="professional", visit_type="New"),
    WeightRow(Decimal("1.75"), care="professional", visit_type="Procedure"),
    WeightRow(Decimal("2.50"), care="professional", visit_type="Operative"),
)


@dataclass(frozen=True)
class Stamp:
    """One event of a person on a chart."""

    at: datetime
    chart: int
    name: str


@dataclass(frozen=True)
class Work:
    """Finished charts, their units, and the seconds they were in hand."""

    charts: int = 0
    units: Decimal = Decimal(0)
    seconds: Decimal = Decimal(0)

    @property
    def hours(self) -> Decimal:
        """Two places."""
        return (self.seconds / 3600).quantize(HUNDREDTH, ROUND_HALF_UP)


@dataclass(frozen=True)
class Figure:
    """Work with its accuracy; `per_hour` is None when the two may not be shown together."""

    work: Work
    accuracy: Count
    per_hour: Decimal | None


def weight_of(visit: VisitKind, rows: Iterable[WeightRow]) -> Decimal:
    """The weight of the closest row: most fields named, then specialty before visit type.

    Letter case does not matter. Without a row that fits: one unit.
    """
    fitting = [
        row
        for row in rows
        if row.care in ("", visit.care)
        and row.specialty.lower() in ("", visit.specialty.lower())
        and row.visit_type.lower() in ("", visit.visit_type.lower())
    ]
    return max(fitting, key=closeness).weight if fitting else Decimal(1)


def closeness(row: WeightRow) -> tuple[int, bool, bool]:
    named = (bool(row.specialty), bool(row.visit_type), bool(row.care))
    return sum(named), named[0], named[1]


def worked_seconds(stamps: Iterable[Stamp], since: datetime, idle_seconds: int) -> Decimal:
    """Seconds the charts a person finished from `since` on were in their hands.

    `stamps` are all of one person's, in order of time.
    """
    ordered = list(stamps)
    finished: dict[int, datetime] = {}
    for stamp in ordered:
        if stamp.name == FINISHED and stamp.at >= since:
            finished[stamp.chart] = stamp.at
    total = Decimal(0)
    for stamp, following in zip(ordered, ordered[1:], strict=False):
        done_at = finished.get(stamp.chart)
        gap = following.at - stamp.at
        pause = Decimal(gap.days * 86_400 + gap.seconds) + Decimal(gap.microseconds) / 1_000_000
        is_in_hand = stamp.name not in PUT_DOWN and done_at is not None and stamp.at < done_at
        if is_in_hand and pause <= idle_seconds:
            total += pause
    return total


def figure_of(work: Work, accuracy: Count | None) -> Figure:
    """Units per productive hour, but never without an accuracy that may be shown."""
    known = accuracy or Count()
    may_show = known.percent is not None and work.seconds > 0
    if not may_show:
        return Figure(work, known, None)
    per_hour = work.units * 3600 / work.seconds
    return Figure(work, known, per_hour.quantize(HUNDREDTH, ROUND_HALF_UP))
