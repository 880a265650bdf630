"""The list of messages: its views with their counts, and its filters."""

from typing import Any

from django.db.models import Q, QuerySet

from coding.forms_intake import IntakeFilters
from coding.models import IntakeMessage
from rcm.counting import count_all

State = IntakeMessage.State
# View -> label and states; the first is shown when none is chosen.
VIEWS: dict[str, tuple[str, list[str]]] = {
    "failed": ("Failed", [State.FAILED]),
    "waiting": ("Waiting", [State.WAITING]),
    "received": ("Not read yet", [State.RECEIVED]),
    "applied": ("Applied", [State.APPLIED, State.REPEATED]),
    "discarded": ("Discarded", [State.DISCARDED]),
}


def tabs(mine: QuerySet[IntakeMessage], chosen: str) -> list[dict[str, Any]]:
    # A view's states are counted apart, each along its part of the index.
    counts = count_all({key: [mine.filter(state__in=states)] for key, (_, states) in VIEWS.items()})
    return [
        {"label": label, "count": counts[key], "url": f"?view={key}", "is_current": key == chosen}
        for key, (label, _) in VIEWS.items()
    ]


def filtered(rows: QuerySet[IntakeMessage], filters: IntakeFilters) -> QuerySet[IntakeMessage]:
    """A filter that cannot be read is no filter. Text finds the name, control id, chart number or
    the number of the encounter.
    """
    filters.is_valid()
    asked = filters.cleaned_data
    if asked.get("kind") in IntakeMessage.Kind.values:
        rows = rows.filter(kind=asked["kind"])
    if asked.get("source") in IntakeMessage.Source.values:
        rows = rows.filter(source=asked["source"])
    if text := asked.get("q", "").strip():
        name = Q(name__istartswith=text) | Q(control_id=text) | Q(person_key__iexact=text)
        rows = rows.filter(name | Q(encounter__number__iexact=text))
    return rows


def list_rows(rows: QuerySet[IntakeMessage]) -> QuerySet[IntakeMessage]:
    """Newest first, without the bytes."""
    return rows.defer("content").select_related("encounter", "patient", "batch").order_by("-pk")
