"""The rejection queue: claims turned away before adjudication, overdue first, grouped by reason."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Min, QuerySet, Sum

from billing.models import Claim, Rejection
from rcm.money import ZERO

# Claims whose rejection is still work: not in a batch again, not voided, not decided after all.
WAITING = (Claim.Status.REJECTED, Claim.Status.HELD, Claim.Status.READY)


def open_work(rows: QuerySet[Rejection]) -> QuerySet[Rejection]:
    """Those that wait for a person (index rejection_open)."""
    return rows.filter(resolved_at__isnull=True, claim__status__in=WAITING)


@dataclass(frozen=True, slots=True)
class Clock:
    """What is left of the day: "5 h 12 min left" or "3 h late"."""

    text: str
    is_late: bool


def clock_of(due_at: datetime, now: datetime) -> Clock:
    """The time to `due_at`, in words."""
    minutes = int((due_at - now).total_seconds()) // 60
    is_late = minutes < 0
    hours, rest = divmod(abs(minutes), 60)
    if hours >= 48:
        text = f"{hours // 24} d"
    elif hours:
        text = f"{hours} h {rest} min" if not is_late else f"{hours} h"
    else:
        text = f"{rest} min"
    return Clock(f"{text} late" if is_late else f"{text} left", is_late)


@dataclass(frozen=True, slots=True)
class Group:
    """Rejections of one reason. `total` counts all of them, `rows` are those of the page."""

    reason: str
    label: str
    total: int
    amount: Decimal
    rows: list[tuple[Rejection, Clock]]


def groups_of(waiting: QuerySet[Rejection], *, now: datetime, limit: int) -> list[Group]:
    """The reason with the earliest clock first, at most `limit` rows in all. Two statements."""
    totals = (
        waiting.order_by()
        .values("reason")
        .annotate(
            label=Min("label"),
            due=Min("due_at"),
            total=Count("pk"),
            amount=Sum("claim__amount_billed"),
        )
    )
    rows: dict[str, list[tuple[Rejection, Clock]]] = {}
    shown = waiting.select_related("claim__patient", "claim__payer", "owner", "batch")
    for row in shown.order_by("due_at", "pk")[:limit]:
        rows.setdefault(row.reason, []).append((row, clock_of(row.due_at, now)))
    return [
        Group(
            total["reason"],
            total["label"],
            total["total"],
            total["amount"] or ZERO,
            rows[total["reason"]],
        )
        for total in sorted(totals, key=lambda total: (total["due"], total["reason"]))
        if total["reason"] in rows
    ]


def owners_of(waiting: QuerySet[Rejection]) -> list[dict[str, Any]]:
    """Who owns open rejections, with how many; nobody last."""
    counts = waiting.order_by().values("owner", "owner__first_name", "owner__last_name")
    found: list[dict[str, Any]] = list(counts.annotate(total=Count("pk")))  # type: ignore[arg-type]  # plain rows
    return sorted(found, key=lambda row: (row["owner"] is None, row["owner__last_name"] or ""))
