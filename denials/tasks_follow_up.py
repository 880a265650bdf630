"""The night's look at open insurance balances."""

import logging

from celery import shared_task

from denials.actions.follow_up_refresh import refresh
from denials.follow_up_gaps import count_gaps
from rcm import access, events
from rcm.models import Practice

log = logging.getLogger(__name__)


@shared_task(name="denials.tasks.refresh_follow_ups")
def refresh_follow_ups() -> None:
    """Every night and practice: clocks, parties and patterns, then what nobody would come to.

    A practice whose look fails does not keep the others from theirs; its fault is logged and
    raised at the end.
    """
    failed: list[int] = []
    for practice in Practice.objects.order_by("pk"):
        try:
            with access.acting_in(practice.pk):
                seen = refresh(practice)
                gaps = count_gaps(practice)
                events.record("practice.follow_ups_checked", practice, by=None, **seen, **gaps)
        except Exception:
            log.exception("practice %s: its open balances were not looked at", practice.pk)
            failed.append(practice.pk)
            continue
        if any(gaps.values()):
            log.error("practice %s: open balances nobody would come to: %s", practice.pk, gaps)
    if failed:
        raise RuntimeError(f"open balances of practices {failed} were not looked at")
