"""What the remittances list shows: tabs by state, and per row what needs a person."""

from contextlib import suppress
from datetime import date
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import QueryDict

from billing.exception_list import waiting
from billing.models import Adjustment, Remittance, RemittedClaim
from payers.rules.treatment import (
    CONTRACTUAL_REASONS,
    PATIENT_SHARE_REASONS,
    PRIOR_PAYER_REASON,
)

TABS = [
    ("", "All"),
    ("held", "Held"),
    ("ready", "Ready"),
    ("partly_posted", "Partly posted"),
    ("posted", "Posted"),
    ("replaced", "Replaced"),
]
# Posted, and no person matched or released it.
AUTOMATIC = Q(state="posted", is_released=False) & ~Q(match_method="person")
# What posting takes as a denial by default; a payer's own treatment shows on the page itself.
DENIED = ~(
    Q(group="CO", reason__in=CONTRACTUAL_REASONS)
    | Q(group="PR", reason__in=PATIENT_SHARE_REASONS)
    | Q(group="OA", reason=PRIOR_PAYER_REASON)
    | Q(amount__lte=0)
    | Q(remitted_claim__status_code__in=["22", "23", "25"])
)


def filter_remittances(rows: QuerySet[Remittance], query: QueryDict) -> QuerySet[Remittance]:
    """Everything the address asks for except the state: trace number or payer, days of posting."""
    if text := query.get("q", "").strip():
        rows = rows.filter(
            Q(trace_number__icontains=text)
            | Q(payer_name__icontains=text)
            | Q(payer__name__icontains=text)
        )
    for name, lookup in (("from", "posted_at__date__gte"), ("to", "posted_at__date__lte")):
        with suppress(ValueError):
            rows = rows.filter(**{lookup: date.fromisoformat(query.get(name, ""))})
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
    """Each remittance with how many claims posted by themselves, wait, or hold a denial."""

    def count(claims: QuerySet[Any], what: str) -> Coalesce:
        of_one = claims.filter(remittance=OuterRef("pk")).order_by().values("remittance")
        counted = of_one.annotate(n=Count(what, distinct=True)).values("n")
        return Coalesce(Subquery(counted, output_field=IntegerField()), 0)

    denied = Adjustment.objects.filter(DENIED)
    return rows.annotate(
        automatic=count(RemittedClaim.objects.filter(AUTOMATIC), "pk"),
        exceptions=count(waiting(RemittedClaim.objects.all()), "pk"),
        denied=count(denied, "remitted_claim"),
    )
