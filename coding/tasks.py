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
    read_folder,
    sweep_messages,
)
from rcm import access
from rcm.every_practice import for_every_practice
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
@for_every_practice
def follow_up_queries(practice: Practice) -> None:
    """Remind, escalate and expire the queries of every practice."""
    with access.acting_in(practice.pk):
        follow_up(practice, today=timezone.localdate())


@shared_task
def suggest_codes(practice_id: int, encounter_id: int) -> None:
    """Read one chart for codes. A lost message costs nothing: opening the chart reads it, too."""
    with access.acting_in(practice_id):
        chart = Encounter.objects.filter(pk=encounter_id).first()
        if chart is not None:
            suggest_for(chart)


@shared_task(name="coding.tasks.rank_all_charts")
@for_every_practice
def rank_all_charts(practice: Practice) -> None:
    """Once a day: a day has passed, and visits may be worth something else."""
    rank_charts(practice.pk)


@shared_task(name="coding.tasks.prepare_chart")
def prepare_chart(practice_id: int, encounter_id: int) -> None:
    """A chart has come in: its priority, then a coder by the rules."""
    with access.acting_in(practice_id):
        set_priorities(practice_id, [encounter_id])
        assign_by_rules(Practice.objects.get(pk=practice_id), ids=[encounter_id])


@shared_task(name="coding.tasks.sweep_assignments")
@for_every_practice
def sweep_assignments(practice: Practice) -> None:
    """Give out what is nobody's: what a notice missed, came back, or waited for a new rule."""
    with access.acting_in(practice.pk):
        if AssignmentRule.objects.filter(practice=practice, is_active=True).exists():
            assign_by_rules(practice)
