"""Open work of this app for the sidebar."""

from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from billing.models import Claim, Remittance
from coding.models import Encounter
from denials.models import Denial
from rcm import access


def open_denials(request: HttpRequest) -> int:
    return access.in_practice(request, Denial.objects.all()).filter(state="open").count()


def work_by_practice(practice_ids: list[int]) -> dict[int, dict[str, int]]:
    """Open and late items per practice: charts, held claims, waiting remittances, denials.

    The walls must be open for these practices. Late means a denial whose day has passed.
    """
    work = {practice_id: {"open_items": 0, "late_items": 0} for practice_id in practice_ids}
    open_rows: list[QuerySet[Any]] = [
        Encounter.objects.filter(state__in=["new", "in_coding", "returned"]),
        Claim.objects.filter(status__in=["held", "rejected"]),
        Remittance.objects.filter(state__in=["held", "ready", "partly_posted"]),
        Denial.objects.filter(state="open"),
    ]
    for rows in open_rows:
        for practice_id, count in count_by_practice(rows, practice_ids):
            work[practice_id]["open_items"] += count
    late = Denial.objects.filter(state="open", due_on__lt=timezone.localdate())
    for practice_id, count in count_by_practice(late, practice_ids):
        work[practice_id]["late_items"] += count
    return work


def count_by_practice(rows: QuerySet[Any], practice_ids: list[int]) -> QuerySet[Any]:
    mine = rows.filter(practice_id__in=practice_ids).order_by()
    return mine.values_list("practice_id").annotate(count=Count("id"))
