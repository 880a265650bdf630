"""What the page of causes reads, in a constant number of statements."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, F, QuerySet, Sum

from denials.models import CauseOverride, Denial
from denials.rules.triage import CODER_QUEUE, QUEUES, UNKNOWN, cause_label, code_of
from payers.models import ReasonCode


def queue_of(row: ReasonCode | CauseOverride) -> str:
    is_for_coder = isinstance(row, ReasonCode) and row.routes_to_coder
    return QUEUES[CODER_QUEUE] if is_for_coder else QUEUES.get(row.owner_queue, row.owner_queue)


def shipped(query: str) -> QuerySet[ReasonCode]:
    """Rows of the shipped table whose code begins so."""
    return ReasonCode.objects.filter(code__startswith=code_of(query)).order_by("code")


def table_rows(rows: Iterable[ReasonCode | CauseOverride]) -> list[dict[str, Any]]:
    """Each row with its cause and its queue in words."""
    return [
        {"row": row, "cause": cause_label(row.category), "queue": queue_of(row)} for row in rows
    ]


def overrides(practice_id: int, query: str, limit: int = 200) -> list[dict[str, Any]]:
    """The practice's own, those in force first, then the newest; ended ones with who and when."""
    rows = CauseOverride.objects.filter(
        practice_id=practice_id, reason__startswith=code_of(query)
    ).select_related("payer", "created_by", "ended_by")
    return table_rows(rows.order_by(F("ended_at").desc(nulls_first=True), "-pk")[:limit])


def unknown_codes(practice_id: int) -> list[Any]:
    """Codes in no table that denials wait with: how many, how much."""
    rows = Denial.objects.filter(
        practice_id=practice_id, state__in=Denial.WAITING, category=UNKNOWN
    )
    counted = rows.order_by().values("reason").annotate(count=Count("id"), amount=Sum("amount"))
    return list(counted.order_by("-amount", "reason"))
