"""Managers' figures: KPIs, stages, exceptions, and the claims behind every number."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from denials import dashboard as figures
from denials.practice_days import practice_today
from rcm.http import PracticeRequest, page_or_partial, practice_view
from rcm.kpi import Definition, Figure, Period, definitions

RANGES = {"30d": 30, "90d": 90, "365d": 365}
DEFAULT_RANGE = "90d"


def chosen_period(request: PracticeRequest) -> tuple[str, Period]:
    """The range in the address, or 90 days; ends on the practice's own day."""
    name = request.GET.get("range", DEFAULT_RANGE)
    name = name if name in RANGES else DEFAULT_RANGE
    today = practice_today(request.practice)
    return name, Period(today - timedelta(days=RANGES[name] - 1), today)


@practice_view("dashboard.view")
def dashboard(request: PracticeRequest) -> HttpResponse:
    """The overview page; every mark on it is a link to the rows behind it."""
    name, period = chosen_period(request)
    practice_id, today = request.practice.pk, period.end
    ages = figures.aging(practice_id, today)
    context = {
        "range": name,
        "ranges": [(key, f"Last {days} days") for key, days in RANGES.items()],
        "kpis": [tile(d, d.compute(practice_id, period), name) for d in definitions().values()],
        "alerts": figures.attention(practice_id, today),
        "stages": figures.stages(practice_id, today),
        "chart": figures.payments_by_week(practice_id, today),
        "aging": ages,
        "aging_total": sum((row["total"] for row in ages), Decimal(0)),
        "causes": figures.denials_by_cause(practice_id),
        "as_of": timezone.now(),
        "age_legend": [
            *(("age-1", "0–30"), ("age-2", "31–60"), ("age-3", "61–90")),
            *(("age-4", "91–120"), ("age-5", "over 120")),
        ],
    }
    return render(request, "dashboard/dashboard.html", context)


def tile(definition: Definition, figure: Figure, range_name: str) -> dict[str, Any]:
    on_target = definition.is_on_target(figure)
    tone = {True: "green", False: "red", None: ""}[on_target]
    return {
        "label": definition.label,
        "value": shown(definition, figure.value),
        "unit": "" if figure.value is None or definition.unit == "percent" else "days",
        "change": {True: "On target", False: "Off target", None: ""}[on_target],
        "tone": tone,
        "note": f"target {shown(definition, definition.target)}",
        "url": f"{reverse('kpi', args=[definition.key])}?range={range_name}",
    }


def shown(definition: Definition, value: Decimal | None) -> str:
    if value is None:
        return "–"
    return f"{value * 100:.1f}%" if definition.unit == "percent" else f"{value:.1f}"


@practice_view("dashboard.view")
def kpi(request: PracticeRequest, key: str) -> HttpResponse:
    """One KPI: its definition, the two numbers, and the claims behind either."""
    definition = definitions().get(key)
    if definition is None:
        raise Http404
    name, period = chosen_period(request)
    practice_id = request.practice.pk
    side = "denominator" if request.GET.get("side") == "denominator" else "numerator"
    rows = getattr(definition, f"{side}_rows")(practice_id, period)
    page = Paginator(rows.select_related("payer").order_by("-date_of_service", "-pk"), 50)
    figure = definition.compute(practice_id, period)
    context = {
        "definition": definition,
        "figure": figure,
        "value": shown(definition, figure.value),
        "target": shown(definition, definition.target),
        "period": period,
        "range": name,
        "page": page.get_page(request.GET.get("page")),
        "views": sides(name, side),
    }
    return page_or_partial(request, "dashboard/kpi.html", "rows", context)


def sides(range_name: str, chosen: str) -> list[dict[str, Any]]:
    """The two tabs: what is counted, and of how much."""
    return [
        {
            "label": side.capitalize(),
            "url": f"?range={range_name}&side={side}",
            "count": None,
            "is_current": side == chosen,
        }
        for side in ("numerator", "denominator")
    ]
