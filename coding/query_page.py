"""What the pages of queries show, computed once so that their templates only print."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.utils import timezone

from coding.models import Encounter, ProviderQuery
from rcm import events
from rcm.http import PracticeRequest
from rcm.models import Event

LABELS = {
    "provider_query.asked": ("Asked", "blue"),
    "provider_query.reminded": ("Reminded", "amber"),
    "provider_query.escalated": ("Overdue", "red"),
    "provider_query.answered": ("Answered", "green"),
    "provider_query.withdrawn": ("Withdrawn", "gray"),
    "provider_query.expired": ("Expired", "red"),
}
Rows = TypeVar("Rows", bound=Iterable[ProviderQuery])


def with_age(rows: Rows) -> Rows:
    """Each query with `age` in days, from asking until it was settled or now, and `is_late`."""
    now, today = timezone.now(), timezone.localdate()
    for row in rows:
        row.age = ((row.settled_at or now) - row.asked_at).days  # type: ignore[attr-defined]  # for the list
        row.is_late = row.state == "open" and row.due_on < today  # type: ignore[attr-defined]  # for the list
    return rows


def note_list(request: PracticeRequest, rows: Iterable[ProviderQuery]) -> None:
    """Record whose questions a list showed, with their patients' names."""
    seen = [row.pk for row in rows]
    events.record("provider_queries.listed", request.practice, by=request.user, queries=seen)


def chart_queries(chart: Encounter) -> QuerySet[ProviderQuery]:
    """Queries of a chart that wait or were answered; asked for only where they are shown."""
    rows = chart.queries.filter(state__in=["open", "answered"])
    return rows.select_related("provider").order_by("pk")


def query_facts(query: ProviderQuery) -> dict[str, Any]:
    """One query with its age and its timeline."""
    [row] = with_age([query])
    told = Event.objects.filter(
        practice_id=row.practice_id, subject_type="providerquery", subject_id=row.pk
    )
    shown = [
        event for event in told.order_by("pk").select_related("created_by") if event.name in LABELS
    ]
    stops = [
        {
            "label": LABELS[event.name][0],
            "tone": LABELS[event.name][1],
            "when": f"{timezone.localtime(event.created_at):%m/%d/%Y %H:%M}",
            "note": str(event.created_by or ""),
        }
        for event in shown
    ]  # fmt: skip
    return {"query": row, "stops": stops}
