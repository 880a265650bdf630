"""Ready claims into batches, batches into the outbox, and the outbox onto the wire.

A batch is written and checked first, waits until `send_after`, is marked `sending` in a committed
transaction, uploaded outside any transaction, then marked `sent`. What broke in between is
`unknown` and stays so until the server, an acknowledgment or a person says more.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from billing import channels
from billing.actions.batch_files import claims_of, write_batch
from billing.actions.claim_status import advance_claims
from billing.actions.kept_scrubs import last_scrubs
from billing.models import Batch, Claim, InterchangeFile, Rejection, Submission
from billing.sendable import is_sendable
from payers.rules.routing import Way, wrong_usage
from payers.ways import channel_rows, find_ways
from rcm import access, events
from rcm.errors import Refusal
from rcm.models import Practice, User
from rcm.money import ZERO

# TR3 X222 and X223 1.4.1 advise no more claims in one transaction; a batch is one transaction.
CLAIMS_PER_BATCH = 5_000
SENDING_LIMIT = timedelta(minutes=10)
RETRY_SECONDS = (15, 30, 60, 120, 300, 900)


@transaction.atomic
def submit_ready(
    practice: Practice,
    *,
    by: User | None,
    send_after: datetime | None = None,
    claim_ids: Sequence[int] | None = None,
) -> list[Batch]:
    """Every ready claim (or those of `claim_ids`) into one batch per payer and form of claim.

    None ready gives []; one whose chart is back with its coder waits for it. Each payer's claims go
    over its route (payers.rules.routing); claims without one stay ready. `send_after` defaults to
    settings.OUTBOX_SECONDS from now. Raises Refusal when the practice has no active channel, or
    when no claim has a route.
    """
    ready = Claim.objects.filter(is_sendable(), practice=practice, status=Claim.Status.READY)
    if claim_ids is not None:
        ready = ready.filter(pk__in=claim_ids)
    claims = list(
        ready.select_for_update(of=("self",), skip_locked=True)
        .order_by("payer_id", "form", "pk")
        .only("pk", "practice_id", "payer_id", "form", "amount_billed")
    )
    if not claims:
        return []
    if not channel_rows(practice):
        raise Refusal("no_channel", "This practice has no active channel to a clearinghouse.")
    ways = find_ways(practice, {route_key(claim) for claim in claims})
    send_after = send_after or timezone.now() + timedelta(seconds=settings.OUTBOX_SECONDS)
    batches = []
    for key, group in groupby(sorted(claims, key=route_key), key=route_key):
        if ways[key].channel is not None:
            pieces = _cut(list(group))
            batches += [_queue_batch(ways[key], key[1], piece, send_after, by) for piece in pieces]
    if not batches:
        raise Refusal("no_route", " ".join(sorted({way.reason for way in ways.values()})))
    return batches


def route_key(claim: Claim) -> tuple[int, str]:
    """What its route depends on: the payer, and which 837 it goes out with."""
    return claim.payer_id, claim.guide


def _cut(claims: Sequence[Claim]) -> list[Sequence[Claim]]:
    """One payer's claims of one form in pieces that fit a transaction."""
    starts = range(0, len(claims), CLAIMS_PER_BATCH)
    return [claims[start : start + CLAIMS_PER_BATCH] for start in starts]


def _queue_batch(
    way: Way, transaction: str, claims: Sequence[Claim], send_after: datetime, by: User | None
) -> Batch:
    interchange, group = next_control_numbers()
    practice_id = claims[0].practice_id
    batch = Batch.objects.create(
        practice_id=practice_id,
        channel_id=way.channel,  # type: ignore[misc]  # a way without a channel is not used
        payer_id=claims[0].payer_id,
        payer_identifier=way.payer_identifier,
        transaction=transaction,
        interchange_control_number=interchange,
        group_control_number=group,
        claims_count=len(claims),
        amount_billed=sum((claim.amount_billed for claim in claims), ZERO),
        send_after=send_after,
        created_by=by,
    )
    ids = [claim.pk for claim in claims]
    scrubs = last_scrubs(practice_id, ids)
    Submission.objects.bulk_create(
        Submission(
            practice_id=practice_id,
            claim=claim,
            batch=batch,
            scrub_id=scrubs.get(claim.pk),
        )
        for claim in claims
    )
    # Sent again: what turned an earlier sending away is worked off.
    Rejection.objects.filter(
        practice_id=practice_id, claim_id__in=ids, resolved_at__isnull=True
    ).update(resolved_at=timezone.now())
    advance_claims(practice_id, ids, Claim.Status.SUBMITTED, by=by, batch=batch.pk)
    events.record("batch.queued", batch, by=by, claims=len(claims))
    events.enqueue_on_commit("billing.tasks.send_batch", practice_id, batch.pk)
    return batch


def next_control_numbers() -> tuple[int, int]:
    """ISA13 and GS06, each from its sequence: never used twice."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval('billing_interchange_control_number'),"
            " nextval('billing_group_control_number')"
        )
        interchange, group = cursor.fetchone()
    return interchange, group


@transaction.atomic
def pull_back(batch: Batch, *, by: User | None) -> Batch:
    """Out of the outbox; its claims are ready again.

    Raises Refusal 409 when it is too late: also when an earlier sending may have arrived, because
    its claims would go out a second time under another control number.
    """
    row = Batch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if row.state != Batch.State.QUEUED:
        raise Refusal(
            "batch_gone",
            f"{row} is {row.get_state_display().lower()}: it cannot be pulled back any more.",
            status=409,
        )
    if row.was_unknown:
        raise Refusal(
            "batch_may_have_arrived",
            f"{row} may have arrived when it was first sent: pulled back, its claims could go out"
            " twice. It can only be sent again as it is.",
            status=409,
        )
    claim_ids = [claim.pk for claim in claims_of(row)]
    row.state = Batch.State.PULLED_BACK
    row.save(update_fields=["state"])
    row.submissions.update(is_pulled_back=True)
    advance_claims(row.practice_id, claim_ids, "ready", by=by, sources=["submitted"], batch=row.pk)
    events.record("batch.pulled_back", row, by=by, claims=len(claim_ids))
    return row


def send_batch(practice_id: int, batch_id: int) -> str:
    """Take a batch as far as it can go now; the state it is in afterwards.

    Writes and checks the file, and sends it when its time has come. Safe to repeat and to run
    twice at once: the row is claimed with SKIP LOCKED, and only a queued batch is ever sent.
    """
    with access.acting_in(practice_id):
        batch = Batch.objects.filter(practice_id=practice_id, pk=batch_id).first()
        if batch is None:
            return ""
        if not write_batch(batch):
            batch.refresh_from_db(fields=["state"])
            return batch.state
    with access.acting_in(practice_id):
        if not (_is_of_the_usage(batch_id) and _begin_sending(batch_id)):
            batch.refresh_from_db(fields=["state"])
            return batch.state
        batch = Batch.objects.select_related("channel", "file").get(pk=batch_id)
    assert batch.file is not None  # noqa: S101  # _begin_sending takes written batches only
    # Committed: from here a crash leaves `sending`, never a second sending.
    try:
        channels.put(batch.channel, batch.file.name, bytes(batch.file.content))
    except channels.OutcomeUnknown as error:
        outcome, message = Batch.State.UNKNOWN, str(error)
    except channels.ChannelError as error:
        outcome, message = Batch.State.QUEUED, str(error)
    else:
        outcome, message = Batch.State.SENT, ""
    with access.acting_in(practice_id):
        return _end_sending(batch_id, outcome, message)


def _is_of_the_usage(batch_id: int) -> bool:
    """May its channel send for the practice (ISA15)? One that may not gives its claims back.

    Unless it was unknown once: then it is unknown again, and its claims stay with it.
    """
    rows = Batch.objects.select_for_update(of=("self",)).select_related("channel", "practice")
    batch = rows.get(pk=batch_id)
    channel, is_production = batch.channel, batch.practice.is_production
    fault = wrong_usage(channel.name, channel.is_test, is_production=is_production)
    if fault and batch.state == Batch.State.QUEUED:
        if batch.was_unknown:
            Batch.objects.filter(pk=batch_id).update(state=Batch.State.UNKNOWN)
            events.record("batch.outcome_unknown", batch, by=None, attempts=batch.attempts)
        else:
            pull_back(batch, by=None)
        Batch.objects.filter(pk=batch_id).update(message=fault[:300])
    return not fault


def _begin_sending(batch_id: int) -> bool:
    """Claim a written, queued batch whose time has come."""
    now = timezone.now()
    row = (
        Batch.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(pk=batch_id, state=Batch.State.QUEUED, send_after__lte=now, file__isnull=False)
        .first()
    )
    if row is None:
        return False
    row.state, row.sent_at, row.attempts = Batch.State.SENDING, now, row.attempts + 1
    row.save(update_fields=["state", "sent_at", "attempts"])
    return True


def _end_sending(batch_id: int, outcome: str, message: str) -> str:
    """Write down how the sending ended, unless an acknowledgment was faster."""
    row = Batch.objects.select_for_update(of=("self",)).select_related("file").get(pk=batch_id)
    if row.state != Batch.State.SENDING:
        return row.state
    row.state, row.message = outcome, message[:300]
    row.was_unknown = row.was_unknown or outcome == Batch.State.UNKNOWN
    if outcome == Batch.State.QUEUED:
        wait = RETRY_SECONDS[min(row.attempts, len(RETRY_SECONDS)) - 1]
        row.send_after = timezone.now() + timedelta(seconds=wait)
        row.sent_at = None
    row.save(update_fields=["state", "message", "send_after", "sent_at", "was_unknown"])
    if outcome == Batch.State.SENT and row.file:
        _mark_file_sent(row.file)
    names = {"sent": "batch.sent", "unknown": "batch.outcome_unknown", "queued": "batch.not_sent"}
    events.record(names[outcome], row, by=None, attempts=row.attempts)
    return row.state


def _mark_file_sent(file: InterchangeFile) -> None:
    file.state = InterchangeFile.State.SENT
    file.save(update_fields=["state"])


def settle_unknown(batch: Batch, *, by: User | None) -> bool:
    """Ask the server whether the file arrived; True marks the batch sent.

    False proves nothing: the receiver may have taken the file already. Raises Refusal when the
    batch is not unknown or the server does not answer.
    """
    row = _require_unknown(batch)
    assert row.file is not None  # noqa: S101  # only written batches are ever sent
    try:
        found = channels.is_there(row.channel, row.file.name, row.file.size)
    except channels.ChannelError as error:
        raise Refusal("no_answer", f"The server gave no answer: {error}") from error
    with transaction.atomic():
        changed = Batch.objects.filter(pk=row.pk, state=Batch.State.UNKNOWN).update(
            state=Batch.State.SENT if found else Batch.State.UNKNOWN,
            message="" if found else "Looked: the file is not in the server's folder (any more).",
        )
        if changed and found:
            _mark_file_sent(row.file)
        events.record("batch.looked_for", row, by=by, found=found)
    return found


def send_again(batch: Batch, *, by: User | None) -> Batch:
    """A person's decision to send an unknown batch once more, after the server was asked.

    The same bytes under the same control numbers, so that the receiver can tell a repetition.
    Raises Refusal 409 when the file turned out to be there.
    """
    if settle_unknown(batch, by=by):
        raise Refusal("batch_arrived", f"{batch} did arrive; it is marked sent.", status=409)
    with transaction.atomic():
        row = _require_unknown(batch)
        row.state, row.send_after, row.sent_at = Batch.State.QUEUED, timezone.now(), None
        row.was_unknown = True
        row.save(update_fields=["state", "send_after", "sent_at", "was_unknown"])
        events.record("batch.sent_again", row, by=by)
        events.enqueue_on_commit("billing.tasks.send_batch", row.practice_id, row.pk)
    return row


def _require_unknown(batch: Batch) -> Batch:
    row = Batch.objects.select_related("channel", "file").get(pk=batch.pk)
    if row.state != Batch.State.UNKNOWN:
        raise Refusal(
            "outcome_known",
            f"{row} is {row.get_state_display().lower()}: there is nothing to settle.",
            status=409,
        )
    return row


@transaction.atomic
def sweep_practice(practice_id: int) -> list[int]:
    """Batches to go on with: unwritten or due. Sendings that never ended become unknown."""
    now = timezone.now()
    lost = Batch.objects.filter(
        practice_id=practice_id, state=Batch.State.SENDING, sent_at__lt=now - SENDING_LIMIT
    )
    for batch in lost.select_for_update(skip_locked=True):
        batch.state, batch.message = Batch.State.UNKNOWN, "The sending was interrupted."
        batch.was_unknown = True
        batch.save(update_fields=["state", "message", "was_unknown"])
        events.record("batch.outcome_unknown", batch, by=None, attempts=batch.attempts)
    due = Batch.objects.filter(practice_id=practice_id, state=Batch.State.QUEUED).filter(
        Q(file__isnull=True) | Q(send_after__lte=now)
    )
    return list(due.order_by(F("send_after").asc(), "pk").values_list("pk", flat=True))
