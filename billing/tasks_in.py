"""Tasks of what comes in. Each loads by id, calls one action and is safe to repeat.

A message only says "look": the sweeps find what a lost one left behind.
"""

import logging

from celery import shared_task
from django.db import InterfaceError, OperationalError
from django.db.models import Exists, OuterRef, QuerySet

from billing import channels
from billing.actions import cancelling, files, postings, remittances
from billing.models import InterchangeFile, Remittance, RemittedClaim
from billing.turns import LARGE_FILE, LARGE_PAYMENT, own_turn
from payers.models import Channel
from rcm import access, events
from rcm.actions.jobs import Cancelled, Progress, running_job
from rcm.every_practice import for_every_practice
from rcm.locks import alone
from rcm.models import Practice

SWEEP_LIMIT = 200
LOCK_CLASS = 835  # first key of the advisory locks of channels
logger = logging.getLogger(__name__)


@shared_task(name="billing.tasks.fetch_files")
@for_every_practice
def fetch_files(practice: Practice) -> None:
    """Ask for every active channel of every practice."""
    with access.acting_in(practice.pk):
        active = Channel.objects.filter(practice=practice, is_active=True)
        for channel_id in active.order_by("pk").values_list("pk", flat=True):
            events.enqueue_on_commit("billing.tasks.fetch_channel", practice.pk, channel_id)


@shared_task(name="billing.tasks.fetch_channel")
def fetch_channel(practice_id: int, channel_id: int) -> int:
    """Receive what waits on one channel, then archive it there; how many files there were.

    Two pollers never work on one channel at once. A file is archived after our commit, so a crash
    in between shows it twice, and twice the same bytes are one row.
    """
    with alone(LOCK_CLASS, channel_id) as is_ours:
        try:
            return _fetch(practice_id, channel_id) if is_ours else 0
        except channels.ChannelError as error:
            # The next beat tries again; the message names no secret.
            logger.warning("channel %s: %s", channel_id, error)
            return 0


def _fetch(practice_id: int, channel_id: int) -> int:
    with access.acting_in(practice_id):
        channel = Channel.objects.get(pk=channel_id, practice_id=practice_id)
    names = []
    for name, content in channels.fetch(channel):
        with access.acting_in(practice_id):
            practice = Practice.objects.get(pk=practice_id)
            files.receive_file(practice, name, content, channel=channel)
        names.append(name)
    if names:
        channels.archive(channel, *names)
    return len(names)


@shared_task(name="billing.tasks.read_file")
def read_file(practice_id: int, file_id: int) -> None:
    """Read one received file, unless another worker has it.

    A defect of ours must not try the same file for ever: it is set aside and the error raised.
    """
    with access.acting_in(practice_id):
        waiting = InterchangeFile.objects.filter(practice_id=practice_id, pk=file_id)
        size = waiting.values_list("size", flat=True).first() or 0
    try:
        with own_turn(practice_id, is_large=size > LARGE_FILE) as may_begin:
            if may_begin:
                with access.acting_in(practice_id):
                    free = waiting.select_for_update(of=("self",), skip_locked=True).first()
                    if free is not None:
                        files.read_file(free)
    except (OperationalError, InterfaceError):
        # The server or the line to it is gone, not the file bad: the sweep asks again.
        raise
    except Exception:
        with access.acting_in(practice_id):
            files.set_aside(practice_id, file_id)
        raise


@shared_task(name="billing.tasks.sweep_files")
@for_every_practice
def sweep_files(practice: Practice) -> None:
    """Ask again for files nobody has read."""
    with access.acting_in(practice.pk):
        waiting = InterchangeFile.objects.filter(
            practice=practice, direction="in", state="received"
        )
        for file_id in waiting.order_by("pk").values_list("pk", flat=True)[:SWEEP_LIMIT]:
            events.enqueue_on_commit("billing.tasks.read_file", practice.pk, file_id)


@shared_task(name="billing.tasks.post_remittance")
def post_remittance(practice_id: int, remittance_id: int) -> None:
    """Match and post one remittance, unless it is held, done, or in another worker's hands.

    One that is partly posted is tried again: what it waited for may have come. A person may cancel
    it while it runs; then nothing of it is written and it is held.
    """
    with access.acting_in(practice_id):
        free = unfinished(practice_id).select_for_update(of=("self",), skip_locked=True)
        remittance = free.filter(pk=remittance_id).first()
        if remittance is None or cancelling.heed_cancel(remittance):
            return
    with own_turn(practice_id, is_large=remittance.claims_count > LARGE_PAYMENT) as may_begin:
        if may_begin:
            post_as_job(remittance)


def post_as_job(remittance: Remittance) -> None:
    """Match what is not matched yet and post, in view."""
    practice_id = remittance.practice_id
    with running_job(
        practice_id,
        kind=cancelling.KIND,
        label=f"Posting 835 {remittance.payer_name} {remittance.trace_number}",
        subject=remittance,
        total=remittance.claims_count,
        can_cancel=True,
    ) as progress:
        match_and_post(practice_id, remittance.pk, progress)


def match_and_post(practice_id: int, remittance_id: int, progress: Progress) -> None:
    """One transaction. Raises Cancelled, with the hold committed, when a person cancelled it."""
    progress.message = "Another worker posted it."
    with access.acting_in(practice_id):
        locked = unfinished(practice_id).select_for_update(of=("self",))
        waiting = locked.filter(pk=remittance_id).first()
        if waiting is None:
            return

        def post() -> Remittance:
            remittances.match_remittance(waiting)
            return postings.post_remittance(waiting, report=progress.reach)

        posted = cancelling.post_unless_cancelled(waiting, progress, post)
        if posted is not None:
            tell_result(posted, progress)
    if posted is None:
        raise Cancelled


def unfinished(practice_id: int) -> QuerySet[Remittance]:
    states = ["recorded", "ready", "partly_posted"]
    return Remittance.objects.filter(practice_id=practice_id, state__in=states)


def waiting_remittances(practice_id: int) -> QuerySet[Remittance]:
    """Nothing of them is posted yet."""
    return Remittance.objects.filter(practice_id=practice_id, state__in=["recorded", "ready"])


def reversals_to_post(practice_id: int) -> QuerySet[Remittance]:
    """Partly posted: a reversal in them waited for a payment that is posted by now."""
    fitting = RemittedClaim.objects.filter(
        practice_id=practice_id,
        claim=OuterRef("claim"),
        state=RemittedClaim.State.POSTED,
        amount_billed=-OuterRef("amount_billed"),
        amount_paid=-OuterRef("amount_paid"),
        reversed_by=None,
    )
    waiting = RemittedClaim.objects.filter(
        Exists(fitting),
        practice_id=practice_id,
        state=RemittedClaim.State.MATCHED,
        exception_code__in=["nothing_to_reverse", "reversal_differs"],
    ).exclude(exception="")
    return Remittance.objects.filter(
        practice_id=practice_id, state="partly_posted", pk__in=waiting.values("remittance")
    )


def tell_result(remittance: Remittance, progress: Progress) -> None:
    """Say on the job how many claims are posted and how many wait for a person."""
    waiting = remittance.claims.exclude(state=RemittedClaim.State.POSTED).count()
    progress.failed = waiting
    progress.completed = remittance.claims_count - waiting
    claims = "claim" if progress.completed == 1 else "claims"
    waits = "waits" if waiting == 1 else "wait"
    progress.message = f"{progress.completed:,} {claims} posted, {waiting:,} {waits} for a person."


@shared_task(name="billing.tasks.sweep_remittances")
@for_every_practice
def sweep_remittances(practice: Practice) -> None:
    """Ask again for remittances that are ready and not posted, or have more to post by now."""
    with access.acting_in(practice.pk):
        waiting = waiting_remittances(practice.pk) | reversals_to_post(practice.pk)
        for remittance_id in waiting.order_by("pk").values_list("pk", flat=True)[:SWEEP_LIMIT]:
            events.enqueue_on_commit("billing.tasks.post_remittance", practice.pk, remittance_id)
