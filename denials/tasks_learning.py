"""The night's learning from denials, practice by practice."""

from celery import shared_task

from denials.actions.change_alarms import watch_changes
from denials.actions.learning import draft_rules
from denials.actions.weighing import weigh_all
from denials.practice_days import practice_today
from rcm import access
from rcm.every_practice import for_every_practice
from rcm.models import Practice


@shared_task(name="denials.tasks.draft_rules")
@for_every_practice
def draft_learned_rules(practice: Practice) -> None:
    """A draft for each group of denials that has no rule; nobody's claims are touched."""
    with access.acting_in(practice.pk):
        draft_rules(practice, practice_today(practice), None)


@shared_task(name="denials.tasks.watch_changes")
@for_every_practice
def watch_payer_changes(practice: Practice) -> None:
    """What payers deny more than before."""
    with access.acting_in(practice.pk):
        watch_changes(practice, practice_today(practice))


@shared_task(name="denials.tasks.weigh_denials")
@for_every_practice
def weigh_denials(practice: Practice) -> None:
    """What the denials that wait are worth per minute."""
    weigh_all(practice)
