"""The tabs of the list of paper EOBs."""

from typing import Any

from django.db.models import Count, QuerySet

from billing.models import ManualBatch

TABS = [("", "All"), ("open", "Open"), ("reopened", "Reopened"), ("closed", "Closed")]


def state_tabs(rows: QuerySet[ManualBatch], chosen: str) -> list[dict[str, Any]]:
    """The tabs with their counts; one statement."""
    counts = dict(rows.order_by().values_list("state").annotate(Count("id")))
    counts[""] = sum(counts.values())
    return [
        {
            "label": label,
            "url": f"?state={state}" if state else "?",
            "count": counts.get(state, 0),
            "is_current": state == chosen,
        }
        for state, label in TABS
    ]
