"""What the remittances list shows: tabs by state, and per row what needs a person."""

from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import QueryDict

from billing.models import Remittance, RemittedClaim

TABS = [
    ("", "All"),
    ("held", "Held"),
    ("ready", "Ready"),
    ("partly_posted", "Partly posted"),
    ("posted", "Posted"),
]
WAITING = Q(state="unmatched") | (Q(state="matched") & ~Q(exception=""))
DENIED = Q(amount_paid=0, amount_billed__gt=0) & ~Q(status_code__in=["22", "23", "25"])


def filter_remittances(rows: QuerySet[Remittance], query: QueryDict) -> QuerySet[Remittance]:
    """Everything the address asks for except the state: trace number or payer."""
    if text := query.get("q", "").strip():
        rows = rows.filter(
            Q(trace_number__icontains=text)
            | Q(payer_name__icontains=text)
            | Q(payer__name__icontains=text)
        )
    return rows


def state_tabs(rows: QuerySet[Remittance], query: QueryDict) -> list[dict[str, Any]]:
    """The tabs with their counts; one statement."""
    counts = dict(rows.order_by().values_list("state").annotate(Count("id")))
    counts[""] = sum(counts.values())
    chosen = query.get("state", "")
    tabs = []
    for state, label in TABS:
        address = query.copy()
        address.pop("page", None)
        address.pop("state", None)
        if state:
            address["state"] = state
        tabs.append(
            {
                "label": label,
                "url": f"?{address.urlencode()}",
                "count": counts.get(state, 0),
                "is_current": state == chosen,
            }
        )
    return tabs


def with_counts(rows: QuerySet[Remittance]) -> QuerySet[Remittance]:
    """Each remittance with how many of its claims wait, and how many were denied."""

    def count(what: Q) -> Coalesce:
        claims = RemittedClaim.objects.filter(what, remittance=OuterRef("pk"))
        counted = claims.order_by().values("remittance").annotate(n=Count("pk")).values("n")
        return Coalesce(Subquery(counted, output_field=IntegerField()), 0)

    return rows.annotate(exceptions=count(WAITING), denied=count(DENIED))
