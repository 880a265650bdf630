"""Tasks of the ground floor. Each is safe to repeat."""

import logging

from celery import shared_task

from rcm import access
from rcm.actions import jobs, seals
from rcm.every_practice import for_every_practice
from rcm.models import Practice

WAIT_SECONDS = 20
logger = logging.getLogger(__name__)


@shared_task(name="rcm.tasks.end_lost_jobs")
@for_every_practice
def end_lost_jobs(practice: Practice) -> None:
    """A job whose worker was killed must not be shown as running for ever."""
    with access.acting_in(practice.pk):
        jobs.end_lost(practice.pk)


@shared_task(name="rcm.tasks.seal_events")
def seal_events() -> None:
    """Seal the audit log of every practice as far as it can no longer change."""
    horizon = seals.find_horizon(patience_seconds=WAIT_SECONDS)
    if horizon is None:
        # The next beat tries again.
        logger.info("events are not sealed: a transaction that writes them goes on")
        return
    for practice_id in Practice.objects.order_by("pk").values_list("pk", flat=True):
        seals.seal_events(practice_id, horizon=horizon)
