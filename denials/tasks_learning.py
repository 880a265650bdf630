"""The night's learning from denials, practice by practice."""

import logging
from collections.abc import Callable

from celery import shared_task

from denials.actions.change_alarms import watch_changes
from denials.actions.learning import draft_rules
from denials.practice_days import practice_today
from rcm import access
from rcm.models import Practice

log = logging.getLogger(__name__)


@shared_task(name="denials.tasks.draft_rules")
def draft_learned_rules() -> None:
    """A draft for each group of denials that has no rule; nobody's claims are touched."""
    for_each_practice(lambda practice: draft_rules(practice, practice_today(practice), None))


@shared_task(name="denials.tasks.watch_changes")
def watch_payer_changes() -> None:
    """What payers deny more than before."""
    for_each_practice(lambda practice: watch_changes(practice, practice_today(practice)))


def for_each_practice(act: Callable[[Practice], object]) -> None:
    """One practice's fault does not keep the others from theirs; it is raised at the end."""
    failed: list[int] = []
    for practice in Practice.objects.order_by("pk"):
        try:
            with access.acting_in(practice.pk):
                act(practice)
        except Exception:
            log.exception("practice %s: its denials taught nothing", practice.pk)
            failed.append(practice.pk)
    if failed:
        raise RuntimeError(f"denials of practices {failed} were not learned from")
