"""What audits say of coders: accuracy by month, the errors made most. One statement each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count as Rows
from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from coding.models import AuditChart, AuditLine
from coding.rules.audit_scores import ChartScore, Count

SUMS = (
    *("dx_right", "dx_total", "procedure_right", "procedure_total"),
    *("modifier_right", "modifier_total", "right", "total"),
)

UNFAULTED = Rows("pk", filter=Q(right=F("total")))


@dataclass(frozen=True)
class MonthRow:
    """One coder in one month: lines by kind, and charts without a finding."""

    coder: int
    name: str
    month: date
    lines: ChartScore
    charts: Count


@dataclass(frozen=True)
class ErrorRow:
    """How often a kind of line was wrong for a reason, and what it did to the claim."""

    kind: str
    reason: str
    count: int
    over: int
    under: int
    share: int


def reviewed(practice_id: int) -> QuerySet[AuditChart]:
    """Charts with a score; while a finding is disputed it still counts."""
    charts = AuditChart.objects.filter(practice_id=practice_id)
    return charts.exclude(state=AuditChart.State.WAITING)


def totals(charts: QuerySet[AuditChart]) -> tuple[ChartScore, Count]:
    """All lines together, and charts without a finding of all charts."""
    sums = {f"sum_{name}": Sum(name, default=0) for name in SUMS}
    found = charts.aggregate(**sums, charts=Rows("pk"), unfaulted=UNFAULTED)
    return score_of(found), Count(found["unfaulted"], found["charts"])


def score_of(found: dict[str, Any]) -> ChartScore:
    dx, procedure, modifier, every = (
        Count(found[f"sum_{name}right"], found[f"sum_{name}total"])
        for name in ("dx_", "procedure_", "modifier_", "")
    )
    return ChartScore(dx, procedure, modifier, every)


def by_month(practice_id: int, since: date, coder: int | None = None) -> list[MonthRow]:
    """Accuracy of each coder and month of review, newest month first."""
    charts = reviewed(practice_id).filter(reviewed_at__date__gte=since)
    if coder is not None:
        charts = charts.filter(coder=coder)
    sums = {f"sum_{name}": Sum(name) for name in SUMS}
    months = charts.annotate(month=TruncMonth("reviewed_at")).values(
        "coder", "coder__first_name", "coder__last_name", "coder__email", "month"
    )
    found: Any = months.annotate(**sums, charts=Rows("pk"), unfaulted=UNFAULTED)
    return [
        MonthRow(
            coder=row["coder"],
            name=f"{row['coder__first_name']} {row['coder__last_name']}".strip()
            or row["coder__email"],
            month=row["month"].date(),
            lines=score_of(row),
            charts=Count(row["unfaulted"], row["charts"]),
        )
        for row in found.order_by("-month", "coder__last_name", "coder")
    ]


def rank_errors(practice_id: int, since: date, coder: int | None = None) -> list[ErrorRow]:
    """What is found wrong most, without what a second reviewer overturned."""
    lines = AuditLine.objects.filter(
        practice_id=practice_id,
        verdict__in=["disagree", "missed", "added"],
        chart__reviewed_at__date__gte=since,
    ).exclude(outcome="overturned")
    if coder is not None:
        lines = lines.filter(chart__coder=coder)
    counted = lines.values("kind", "reason").annotate(
        count=Rows("pk"),
        over=Rows("pk", filter=Q(effect="over_coded")),
        under=Rows("pk", filter=Q(effect="under_coded")),
    )
    rows = list(counted.order_by("-count", "kind", "reason"))
    every = sum(row["count"] for row in rows)
    return [
        ErrorRow(
            str(AuditLine.Kind(row["kind"]).label),
            str(AuditLine.Reason(row["reason"]).label),
            row["count"],
            row["over"],
            row["under"],
            row["count"] * 100 // every,
        )
        for row in rows
    ]


def accuracy_of(
    practice_id: int, people: Iterable[int], start: date, end: date
) -> dict[int, Count]:
    """Person -> right of all lines audited in charts reviewed on these days."""
    charts = reviewed(practice_id).filter(
        coder__in=list(people), reviewed_at__date__gte=start, reviewed_at__date__lte=end
    )
    summed = charts.values_list("coder").annotate(Sum("right"), Sum("total"))
    return {coder: Count(right, total) for coder, right, total in summed}
