"""Open work of this app for the sidebar."""

from datetime import date
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from billing.models import Claim, Remittance
from coding.models import Encounter
from denials.follow_up_list import MOST_OF_VIEW, due, filtered
from denials.models import Appeal, Denial, FollowUp
from denials.practice_days import practice_today
from denials.rules.appeals import UNSENT
from rcm import access
from rcm.counting import Lists, statement_of


def open_denials(request: HttpRequest) -> Lists:
    return [access.in_practice(request, Denial.objects.all()).filter(state="open")]


def due_follow_ups(request: HttpRequest) -> Lists:
    practice = getattr(request, "practice", None)
    if practice is None:
        return []
    rows = filtered(
        access.in_practice(request, FollowUp.objects.all()), {}, today=practice_today(practice)
    )
    return [statement_of(due(rows, practice_today(practice)), most=MOST_OF_VIEW)]


def appeals_to_act_on(request: HttpRequest) -> Lists:
    """Drafts, what is ready to be sent, and what the payer is to be asked about by now."""
    due = Q(state__in=UNSENT) | Q(follow_up_on__lte=timezone.localdate())
    return [access.in_practice(request, Appeal.objects.all()).filter(due)]


def work_by_practice(practice_ids: list[int]) -> dict[int, dict[str, int | None]]:
    """Open and late items per practice: charts, held claims, waiting remittances, denials.

    The walls must be open for these practices. Late means a denial whose day has passed;
    `oldest_days` is the age of the oldest item, None when nothing is open.
    """
    today = timezone.localdate()
    found: dict[int, list[tuple[int, date]]] = {practice_id: [] for practice_id in practice_ids}
    open_rows: list[tuple[QuerySet[Any], str]] = [
        (Encounter.objects.filter(state__in=["new", "in_coding", "returned"]), "date_of_service"),
        (Claim.objects.filter(status__in=["held", "rejected"]), "date_of_service"),
        (Remittance.objects.filter(state__in=["held", "ready", "partly_posted"]), "paid_on"),
        (Denial.objects.filter(state="open"), "denied_on"),
    ]
    for rows, day in open_rows:
        for practice_id, count, oldest in counted(rows, day, practice_ids):
            found[practice_id].append((count, oldest))
    late_rows = Denial.objects.filter(state="open", due_on__lt=today)
    late = {row[0]: row[1] for row in counted(late_rows, "due_on", practice_ids)}
    return {
        practice_id: {
            "open_items": sum(count for count, _ in kinds),
            "late_items": late.get(practice_id, 0),
            "oldest_days": max(((today - oldest).days for _, oldest in kinds), default=None),
        }
        for practice_id, kinds in found.items()
    }


def counted(rows: QuerySet[Any], day: str, practice_ids: list[int]) -> QuerySet[Any]:
    """(practice, number of rows, earliest day) in one statement."""
    mine = rows.filter(practice_id__in=practice_ids).order_by()
    return mine.values_list("practice_id").annotate(count=Count("id"), oldest=Min(day))
