"""The night's look at open insurance balances."""

import logging

from celery import shared_task

from denials.actions.follow_up_refresh import refresh
from denials.follow_up_gaps import count_gaps
from rcm import access, events
from rcm.every_practice import for_every_practice
from rcm.models import Practice

log = logging.getLogger(__name__)


@shared_task(name="denials.tasks.refresh_follow_ups")
@for_every_practice
def refresh_follow_ups(practice: Practice) -> None:
    """Every night: clocks, parties and patterns, then what nobody would come to."""
    with access.acting_in(practice.pk):
        seen = refresh(practice)
        gaps = count_gaps(practice)
        events.record("practice.follow_ups_checked", practice, by=None, **seen, **gaps)
    if any(gaps.values()):
        log.error("practice %s: open balances nobody would come to: %s", practice.pk, gaps)
