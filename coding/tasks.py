"""The tasks of this app. Each is safe to repeat: what it does is already done then."""

from celery import shared_task

from coding.actions.assignments import assign_by_rules
from coding.actions.priorities import rank_charts, set_priorities
from coding.models import AssignmentRule
from rcm import access
from rcm.models import Practice


def practice_ids() -> list[int]:
    return list(Practice.objects.order_by("pk").values_list("pk", flat=True))


@shared_task(name="coding.tasks.rank_all_charts")
def rank_all_charts() -> None:
    """Once a day: a day has passed, and visits may be worth something else."""
    for practice_id in practice_ids():
        with access.acting_in(practice_id):
            rank_charts(practice_id)


@shared_task(name="coding.tasks.prepare_chart")
def prepare_chart(practice_id: int, encounter_id: int) -> None:
    """A chart has come in: its priority, then a coder by the rules."""
    with access.acting_in(practice_id):
        set_priorities(practice_id, [encounter_id])
        assign_by_rules(Practice.objects.get(pk=practice_id))


@shared_task(name="coding.tasks.sweep_assignments")
def sweep_assignments() -> None:
    """Give out what is nobody's: what a notice missed, came back, or waited for a new rule."""
    for practice_id in practice_ids():
        with access.acting_in(practice_id):
            if AssignmentRule.objects.filter(practice_id=practice_id, is_active=True).exists():
                assign_by_rules(Practice.objects.get(pk=practice_id))
