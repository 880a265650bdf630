"""The tasks of this app under their public names (settings.NOTICES). Each is safe to repeat."""

from celery import shared_task
from django.utils import timezone

from coding.actions.assignments import assign_by_rules
from coding.actions.priorities import rank_charts, set_priorities
from coding.actions.query_deadlines import follow_up
from coding.actions.suggestions import suggest_for
from coding.models import AssignmentRule, Encounter
from coding.tasks_intake import (
    apply_message,
    fetch_charts,
    fetch_source,
    practice_ids,
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


@shared_task(name="coding.tasks.rank_all_charts")
def rank_all_charts() -> None:
    """Once a day: a day has passed, and visits may be worth something else."""
    for practice_id in practice_ids():
        rank_charts(practice_id)


@shared_task(name="coding.tasks.prepare_chart")
def prepare_chart(practice_id: int, encounter_id: int) -> None:
    """A chart has come in: its priority, then a coder by the rules."""
    with access.acting_in(practice_id):
        set_priorities(practice_id, [encounter_id])
        assign_by_rules(Practice.objects.get(pk=practice_id), ids=[encounter_id])


@shared_task(name="coding.tasks.sweep_assignments")
def sweep_assignments() -> None:
    """Give out what is nobody's: what a notice missed, came back, or waited for a new rule."""
    for practice_id in practice_ids():
        with access.acting_in(practice_id):
            if AssignmentRule.objects.filter(practice_id=practice_id, is_active=True).exists():
                assign_by_rules(Practice.objects.get(pk=practice_id))
