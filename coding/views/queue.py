"""The coder queue: what is to be coded, what waits, what came back, what was done today."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from coding.actions.assignments import coders_of
from coding.actions.encounters import next_encounter
from coding.forms import HOLD_REASONS
from coding.forms_queue import list_query
from coding.models import Encounter
from coding.queue_export import HEAD, export_rows
from coding.queue_page import (
    View,
    charts_of,
    count_lists,
    filters_of,
    list_rows,
    open_tasks,
    rows_of,
    views_of,
)
from coding.saved_views import saved_tabs, saved_views_of
from coding.work_mode import charts_within, query_of, with_list
from rcm import access, events
from rcm.csv_export import csv_stream
from rcm.http import PracticeRequest, page_or_partial, practice_view
from rcm.paging import page_of


@practice_view("coding.view")
def coder_queue(request: PracticeRequest) -> HttpResponseBase:
    """Charts by view and filter, first to code first; as a file with ``format=csv``."""
    practice, user, today = request.practice, request.user, timezone.localdate()
    charts = charts_of(practice, user, request.GET, today)
    if request.GET.get("format") == "csv":
        events.record("encounters.exported", practice, by=user, list=list_query(request.GET))
        return csv_stream("charts", HEAD, export_rows(practice.pk, charts, today))
    page = page_of(request, list_rows(charts))
    rows = rows_of(list(page), today)
    listed = [row.chart.pk for row in rows]
    events.record("encounters.listed", practice, by=user, encounters=listed)
    context = {"page": page, "rows": rows, **around(request)}
    return page_or_partial(request, "coding/queue.html", "rows", context)


def around(request: PracticeRequest) -> dict[str, Any]:
    """What stands around the rows: tabs with counts, filters, what may be done."""
    practice, user, today = request.practice, request.user, timezone.localdate()
    views, saved = views_of(practice, user, today), saved_views_of(practice, user)
    counts = count_lists(practice, user, views, saved, today)
    chosen = request.GET.get("view", "all")
    chosen = chosen if chosen in views else "all"
    query = list_query(request.GET)
    return {
        "view": chosen,
        "view_label": views[chosen].label,
        "views": tabs(views, counts, chosen),
        "saved_views": saved_tabs(saved, counts, query),
        "counts": counts,
        "list_query": query,
        # What is on hold or coded is opened, not worked through.
        "work_query": query if views[chosen].is_workable else "",
        "tasks": tasks_of(request) if chosen == "returned" else [],
        **choices(request),
    }


def choices(request: PracticeRequest) -> dict[str, Any]:
    """What the filters and the bar over a selection offer."""
    coders = coders_of(request.practice.pk)
    filters = filters_of(request.practice, request.GET, coders)
    return {
        "filters": filters,
        "words": filters.words,
        "coders": coders,
        "hold_reasons": HOLD_REASONS,
        "is_tall": request.GET.get("rows") == "tall",
        "may_work": access.may(request, "coding.work"),
        "may_assign": access.may(request, "coding.assign"),
    }


def tabs(views: dict[str, View], counts: dict[str, int], chosen: str) -> list[dict[str, Any]]:
    return [
        {
            "label": view.label,
            "count": counts[key],
            "url": f"?view={key}",
            "is_current": key == chosen,
        }
        for key, view in views.items()
    ]


def tasks_of(request: PracticeRequest) -> list[Any]:
    """The first of the returned work; all of it has a page of its own."""
    tasks = open_tasks(request.practice)
    return list(tasks.select_related("encounter__patient", "encounter__provider")[:50])


@practice_view("coding.view", methods=("POST",))
def coding_next(request: PracticeRequest) -> HttpResponse:
    """Lock the next chart of the list for this coder and go there; the list when none is left."""
    within = charts_within(request)
    chart = next_encounter(request.practice, by=request.user, within=within)
    return HttpResponse(status=303, headers={"Location": after(request, chart)})


def after(request: PracticeRequest, chart: Encounter | None) -> str:
    """The chart, with the list it comes from; without one the list."""
    url = reverse("workspace", args=[chart.pk]) if chart else reverse("coder_queue")
    return with_list(url, query_of(request))
