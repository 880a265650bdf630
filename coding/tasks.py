"""The tasks of this app under their public names (settings.NOTICES). Each is safe to repeat."""

from celery import shared_task
from django.utils import timezone

from coding.actions.query_deadlines import follow_up
from coding.actions.suggestions import suggest_for
from coding.models import Encounter
from coding.tasks_intake import (
    apply_message,
    fetch_charts,
    fetch_source,
    read_folder,
    sweep_messages,
)
from rcm import access
from rcm.models import Practice

__all__ = [
    "apply_message",
    "fetch_charts",
    "fetch_source",
    "follow_up_queries",
    "read_folder",
    "suggest_codes",
    "sweep_messages",
]


@shared_task(name="coding.tasks.follow_up_queries")
def follow_up_queries() -> None:
    """Remind, escalate and expire the queries of every practice."""
    today = timezone.localdate()
    for practice in Practice.objects.order_by("pk"):
        with access.acting_in(practice.pk):
            follow_up(practice, today=today)


@shared_task
def suggest_codes(practice_id: int, encounter_id: int) -> None:
    """Read one chart for codes. A lost message costs nothing: opening the chart reads it, too."""
    with access.acting_in(practice_id):
        chart = Encounter.objects.filter(pk=encounter_id).first()
        if chart is not None:
            suggest_for(chart)
