"""Scores of audits, each counted by hand."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.utils import timezone

from coding.audit_stats import by_month, reviewed, totals
from coding.rules.audit_scores import (
    KINDS,
    WEIGHTS,
    ChartScore,
    Count,
    ScoredLine,
    as_percent,
    score_chart,
    wilson,
)
from rcm.models import Practice, User
from tests.coding.auditing import coded_chart, opened

AGREE, WRONG = "agree", "disagree"


def lines(*marks: str) -> list[ScoredLine]:
    """lines("dx+ dx- em+!"): kind, then + agree, - disagree, m missed, a added, ! overturned."""
    verdicts = {"+": "agree", "-": "disagree", "m": "missed", "a": "added"}
    found = []
    for mark in " ".join(marks).split():
        plain = mark.rstrip("!")
        kind, verdict = plain[:-1], verdicts[plain[-1]]
        found.append(ScoredLine(kind, verdict, mark.endswith("!")))  # type: ignore[arg-type]  # short names
    return found


@pytest.mark.parametrize(
    ("marks", "dx", "procedure", "modifier", "every", "overall"),
    [
        # No line at all: nothing to divide by.
        ("", (0, 0), (0, 0), (0, 0), (0, 0), None),
        ("dx+", (1, 1), (0, 0), (0, 0), (1, 1), "100.00"),
        ("dx-", (0, 1), (0, 0), (0, 0), (0, 1), "0.00"),
        # A missed and an added code are as wrong as another one: 2 of 5.
        ("dx+ dx+ dxm dxa dx-", (2, 5), (0, 0), (0, 0), (2, 5), "40.00"),
        # A visit counts among the procedures: 1 of 2; 2/3 of weight 3.
        ("em- procedure+ modifier+", (0, 0), (1, 2), (1, 1), (2, 3), "66.67"),
        # Units and pointers weigh a half: (1 + 0.5) / (1 + 1 + 0.5 + 0.5) = 1.5 / 3.
        ("dx+ em- units+ pointer-", (1, 1), (0, 1), (0, 0), (2, 4), "50.00"),
        # Units alone: their weight cancels.
        ("units+ units-", (0, 0), (0, 0), (0, 0), (1, 2), "50.00"),
        # The coder was right after all.
        ("dx-! dx+", (2, 2), (0, 0), (0, 0), (2, 2), "100.00"),
        ("modifierm! modifiera", (0, 0), (0, 0), (1, 2), (1, 2), "50.00"),
        # 4 dx right, visit wrong, 2 procedures right, 1 of 2 modifiers, 3 units, 3 pointers right:
        # (4 + 2 + 1 + 1.5 + 1.5) / (4 + 1 + 2 + 2 + 1.5 + 1.5) = 10 / 12.
        (
            "dx+ dx+ dx+ dx+ em- procedure+ procedure+ modifier+ modifierm"
            " units+ units+ units+ pointer+ pointer+ pointer+",
            (4, 4),
            (2, 3),
            (1, 2),
            (13, 15),
            "83.33",
        ),
    ],
)
def test_a_chart_is_scored_line_by_line(
    marks: str,
    dx: tuple[int, int],
    procedure: tuple[int, int],
    modifier: tuple[int, int],
    every: tuple[int, int],
    overall: str | None,
) -> None:
    assert score_chart(lines(marks)) == ChartScore(
        dx=Count(*dx),
        procedure=Count(*procedure),
        modifier=Count(*modifier),
        every=Count(*every),
        overall=None if overall is None else D(overall),
    )


def test_weights_change_the_overall_score_and_nothing_else() -> None:
    heavy = dict(WEIGHTS) | {"dx": D(3)}
    plain, weighted = score_chart(lines("dx- em+")), score_chart(lines("dx- em+"), heavy)
    assert (plain.overall, weighted.overall) == (D("50.00"), D("25.00"))
    assert (plain.dx, plain.procedure) == (weighted.dx, weighted.procedure)
    assert set(WEIGHTS) == set(KINDS)


def test_charts_are_added_by_line_and_counted_by_chart(
    north: Practice, ana: User, ada: User
) -> None:
    judged = ("dx+ dx+ em+", "dx- em+", "dx+ em-", "")
    for _ in judged:
        coded_chart(north, ana)
    charts = list(opened(north, ada).charts.order_by("position"))
    for chart, told in zip(charts, judged, strict=True):
        score = score_chart(lines(told))
        chart.dx_right, chart.dx_total = score.dx.right, score.dx.total
        chart.procedure_right, chart.procedure_total = score.procedure.right, score.procedure.total
        chart.right, chart.total = score.every.right, score.every.total
        chart.state, chart.reviewed_by, chart.reviewed_at = "reviewed", ada, timezone.now()
        chart.save()
    together, unfaulted = totals(reviewed(north.pk))
    # By hand: 2 of 2, 0 of 1 and 1 of 1 diagnoses; 1 of 1, 1 of 1 and 0 of 1 visits.
    assert (together.dx, together.procedure) == (Count(3, 4), Count(2, 3))
    assert (together.modifier, together.every) == (Count(), Count(5, 7))
    assert unfaulted == Count(2, 4)
    [month] = by_month(north.pk, timezone.localdate() - timedelta(days=31))
    assert (month.lines, month.charts) == (together, unfaulted)
    assert totals(reviewed(north.pk).none()) == (ChartScore(), Count())


@pytest.mark.parametrize(
    ("right", "total", "low", "high"),
    [
        # By hand: p=1, n=20: 20/(20+z²)=0.8389; the upper bound is 1.
        (20, 20, "83.89", "100.00"),
        (0, 20, "0.00", "16.11"),
        # p=0.5, n=20: 0.5 ± z√(0.0125+z²/1600)/(1+z²/20) = 0.5 ± 0.2007.
        (10, 20, "29.93", "70.07"),
        (95, 100, "88.82", "97.85"),
        (1, 1, "20.65", "100.00"),
        (81263, 100000, "81.02", "81.50"),
    ],
)
def test_the_interval_is_wilsons(right: int, total: int, low: str, high: str) -> None:
    assert wilson(right, total) == (D(low), D(high))


@pytest.mark.parametrize(
    ("right", "total", "percent"),
    [(19, 19, None), (0, 0, None), (20, 20, "100.00"), (19, 20, "95.00"), (2, 30, "6.67")],
)
def test_there_is_no_rate_on_fewer_than_twenty(right: int, total: int, percent: str | None) -> None:
    count = Count(right, total)
    assert count.percent == (None if percent is None else D(percent))
    assert (count.interval is None) == (percent is None)


def test_halves_are_rounded_up_and_nothing_is_divided_by_nothing() -> None:
    assert as_percent(1, 8) == D("12.50")
    assert as_percent(1, 16) == D("6.25")
    assert as_percent(1, 32) == D("3.13")
    for rate in (as_percent, wilson):
        with pytest.raises(ZeroDivisionError):
            rate(0, 0)
