"""Outgoing work by name: each task opens its practice and calls one action. Safe to repeat."""

import logging

from celery import shared_task

from billing.actions import (
    answer_clocks,
    charge_reviews,
    claims,
    coded_anew,
    reroutes,
    submissions,
)
from payers.models import Channel
from rcm import access, events
from rcm.errors import Refusal
from rcm.every_practice import for_every_practice
from rcm.models import Practice

logger = logging.getLogger(__name__)


@shared_task(name="billing.tasks.draft_ready_claims")
def draft_ready_claims(practice_id: int, encounter_id: int | None = None) -> None:
    """Draft every coded encounter of the practice; the id only says who rang."""
    with access.acting_in(practice_id):
        claims.draft_ready_claims(practice_id)
        coded_anew.notice_coded_anew(practice_id)


@shared_task(name="billing.tasks.send_batch")
def send_batch(practice_id: int, batch_id: int) -> None:
    """Opens its transactions itself: the upload happens between two of them."""
    submissions.send_batch(practice_id, batch_id)


@shared_task(name="billing.tasks.sweep_batches")
@for_every_practice
def sweep_batches(practice: Practice) -> None:
    """What lost messages left behind: undrafted charts, unwritten, due and interrupted batches.

    What waits in charge review is looked at again: its reason may be gone. What waits in the
    outbox of a clearinghouse its payer has left goes over to the other one.
    """
    try:
        with access.acting_in(practice.pk):
            charge_reviews.recheck(practice.pk)
            claims.draft_ready_claims(practice.pk)
    except Refusal as refusal:
        # What cannot be drafted here must not keep the batches, and the practices behind.
        logger.warning("practice %s: nothing drafted (%s)", practice.pk, refusal.code)
    with access.acting_in(practice.pk):
        coded_anew.notice_coded_anew(practice.pk)
        reroutes.follow_routes(practice.pk)
        due = submissions.sweep_practice(practice.pk)
    for batch_id in due:
        events.enqueue("billing.tasks.send_batch", practice.pk, batch_id)


@shared_task(name="billing.tasks.learn_answer_clocks")
@for_every_practice
def learn_answer_clocks(practice: Practice) -> None:
    """How long each payer's silence may last, from its last answers; once a day is enough."""
    with access.acting_in(practice.pk):
        answer_clocks.learn_clocks(practice.pk)


@shared_task(name="billing.tasks.submit_daily")
@for_every_practice
def submit_daily(practice: Practice) -> None:
    """Everything ready into the outbox, once a day; a practice without a channel is left alone."""
    try:
        with access.acting_in(practice.pk):
            if Channel.objects.filter(practice=practice, is_active=True).exists():
                submissions.submit_ready(practice, by=None)
    except Refusal as refusal:
        # Its claims stay ready, and their pages say why; the practices behind go on.
        logger.info("practice %s: nothing submitted (%s)", practice.pk, refusal.code)
