"""Tasks around deadlines: terms that changed, and the night's look at all of them."""

import logging

from celery import shared_task

from denials.actions import deadlines
from denials.gaps import CHECKED, count_gaps
from denials.models import Denial
from denials.practice_days import practice_today
from rcm import access, events
from rcm.every_practice import for_every_practice
from rcm.models import Practice

log = logging.getLogger(__name__)


@shared_task(name="denials.tasks.rewrite_deadlines")
def rewrite_deadlines(practice_id: int, payer_id: int) -> None:
    """The terms of a payer have changed."""
    with access.acting_in(practice_id):
        today = practice_today(Practice.objects.get(pk=practice_id))
        rows = Denial.objects.filter(practice_id=practice_id, payer_id=payer_id)
        deadlines.rewrite_deadlines(rows, today=today)


@shared_task(name="denials.tasks.watch_deadlines")
@for_every_practice
def watch_deadlines(practice: Practice) -> None:
    """Every night: what was missed, what ends soon, and what nobody would come to."""
    seen = deadlines.watch_deadlines(practice)
    with access.acting_in(practice.pk):
        gaps = count_gaps(practice.pk)
        events.record(CHECKED, practice, by=None, **seen, **gaps)
    if any(gaps.values()):
        log.error("practice %s: denials nobody would come to: %s", practice.pk, gaps)
