"""What the page of causes reads, in a constant number of statements."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, F, QuerySet, Sum

from denials.models import CauseOverride, Denial
from denials.rules.triage import CAUSES, CODER_QUEUE, QUEUES, UNKNOWN
from payers.models import ReasonCode


def cause_label(category: str) -> str:
    return CAUSES.get(category, category)


def queue_label(owner_queue: str, routes_to_coder: bool) -> str:
    return QUEUES[CODER_QUEUE] if routes_to_coder else QUEUES.get(owner_queue, owner_queue)


def shipped(query: str) -> QuerySet[ReasonCode]:
    """Rows of the shipped table whose code begins so."""
    return ReasonCode.objects.filter(code__startswith=code_of(query)).order_by("code")


def table_rows(rows: Iterable[ReasonCode]) -> list[dict[str, Any]]:
    return [
        {
            "row": row,
            "cause": cause_label(row.category),
            "queue": queue_label(row.owner_queue, row.routes_to_coder),
        }
        for row in rows
    ]


def overrides(practice_id: int, query: str, limit: int = 200) -> list[dict[str, Any]]:
    """The practice's own, those in force first, then the newest; ended ones with who and when."""
    rows = CauseOverride.objects.filter(
        practice_id=practice_id, reason__startswith=code_of(query)
    ).select_related("payer", "created_by", "ended_by")
    ordered = rows.order_by(F("ended_at").desc(nulls_first=True), "-pk")[:limit]
    return [
        {
            "row": row,
            "cause": cause_label(row.category),
            "queue": queue_label(row.owner_queue, row.routes_to_coder),
        }
        for row in ordered
    ]


def unknown_codes(practice_id: int) -> list[Any]:
    """Codes in no table that denials wait with: how many, how much."""
    rows = Denial.objects.filter(
        practice_id=practice_id, state__in=Denial.WAITING, category=UNKNOWN
    )
    counted = rows.order_by().values("reason").annotate(count=Count("id"), amount=Sum("amount"))
    return list(counted.order_by("-amount", "reason"))


def code_of(query: str) -> str:
    """The reason in "CO-50" and in "50"."""
    return query.rpartition("-")[2]
