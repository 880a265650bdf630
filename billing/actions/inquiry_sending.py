"""Files of questions onto the wire, as batches of claims are (billing.actions.submissions).

A file is marked `sending` in a committed transaction, uploaded outside any transaction, then marked
`sent` with its questions. What broke in between is `unknown` and never sent again by itself.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from billing import channels
from billing.actions.inquiry_batches import (
    OPEN,
    end_batch,
    fail_status_inquiries,
    queue_inquiries,
    write_batch,
)
from billing.actions.submissions import RETRY_SECONDS, SENDING_LIMIT
from billing.models import InquiryBatch, InterchangeFile, StatusInquiry
from payers.actions.eligibility import fail_inquiries
from payers.models import EligibilityInquiry, InquiryState
from payers.rules.routing import wrong_usage
from rcm import access, events
from rcm.x12.acknowledgment_999 import GroupAcknowledgment, InterchangeAcknowledgment

State = InquiryBatch.State
# A payer that has not answered by then will not: the question may be asked again.
PATIENCE = timedelta(days=3)
UNDER_WAY = (State.SENDING, State.SENT, State.UNKNOWN, State.ACKNOWLEDGED)


def send_waiting(practice_id: int) -> list[str]:
    """Every question that waits, in one file per payer and kind; the states of the files then."""
    with access.acting_in(practice_id):
        made = queue_inquiries(practice_id)
    return [send_batch(practice_id, batch_id) for batch_id in made]


def send_batch(practice_id: int, batch_id: int) -> str:
    """Take a file as far as it can go now; its state afterwards. Safe to repeat, even at once."""
    with access.acting_in(practice_id):
        batch = InquiryBatch.objects.filter(practice_id=practice_id, pk=batch_id).first()
        if batch is None:
            return ""
        if not write_batch(batch):
            batch.refresh_from_db(fields=["state"])
            return batch.state
    with access.acting_in(practice_id):
        if not (_is_of_the_usage(batch_id) and _begin_sending(batch_id)):
            batch.refresh_from_db(fields=["state"])
            return batch.state
        batch = InquiryBatch.objects.select_related("channel", "file").get(pk=batch_id)
    assert batch.file is not None  # noqa: S101  # _begin_sending takes written files only
    # Committed: from here a crash leaves `sending`, never a second sending.
    try:
        channels.put(batch.channel, batch.file.name, bytes(batch.file.content))
    except channels.OutcomeUnknown as error:
        outcome, message = State.UNKNOWN, str(error)
    except channels.ChannelError as error:
        outcome, message = State.QUEUED, str(error)
    else:
        outcome, message = State.SENT, ""
    with access.acting_in(practice_id):
        return _end_sending(batch_id, outcome, message)


def _is_of_the_usage(batch_id: int) -> bool:
    """May its channel send for the practice (ISA15)? One that may not fails its questions."""
    rows = InquiryBatch.objects.select_for_update(of=("self",))
    batch = rows.select_related("channel", "practice").get(pk=batch_id)
    channel, is_production = batch.channel, batch.practice.is_production
    fault = wrong_usage(channel.name, channel.is_test, is_production=is_production)
    if fault and batch.state == State.QUEUED:
        end_batch(batch, State.FAILED, fault)
    return not fault


def _begin_sending(batch_id: int) -> bool:
    """Claim a written, queued file whose time has come."""
    now = timezone.now()
    rows = InquiryBatch.objects.select_for_update(of=("self",), skip_locked=True)
    row = rows.filter(
        pk=batch_id, state=State.QUEUED, send_after__lte=now, file__isnull=False
    ).first()
    if row is None:
        return False
    row.state, row.sent_at, row.attempts = State.SENDING, now, row.attempts + 1
    row.save(update_fields=["state", "sent_at", "attempts"])
    return True


def _end_sending(batch_id: int, outcome: State, message: str) -> str:
    """Write down how the sending ended, unless an answer was faster."""
    rows = InquiryBatch.objects.select_for_update(of=("self",)).select_related("file")
    row = rows.get(pk=batch_id)
    if row.state != State.SENDING:
        return row.state
    row.state, row.message = outcome, message[:300]
    if outcome == State.QUEUED:
        wait = RETRY_SECONDS[min(row.attempts, len(RETRY_SECONDS)) - 1]
        row.send_after = timezone.now() + timedelta(seconds=wait)
        row.sent_at = None
    row.save(update_fields=["state", "message", "send_after", "sent_at"])
    if outcome == State.SENT:
        mark_sent(row)
    names = {
        State.SENT: "inquiry_batch.sent",
        State.UNKNOWN: "inquiry_batch.outcome_unknown",
        State.QUEUED: "inquiry_batch.not_sent",
    }
    events.record(names[outcome], row, by=None, attempts=row.attempts)
    return row.state


def mark_sent(batch: InquiryBatch) -> None:
    """The file did arrive: its questions wait for the payer now. Callers hold its row."""
    waiting = {"state": InquiryState.WAITING}
    sent = {"state": InquiryState.SENT, "sent_at": batch.sent_at or timezone.now()}
    EligibilityInquiry.objects.filter(sending__batch=batch, **waiting).update(**sent)
    StatusInquiry.objects.filter(batch=batch, **waiting).update(**sent)
    if batch.file is not None:
        batch.file.state = InterchangeFile.State.SENT
        batch.file.save(update_fields=["state"])


def acknowledge(batch: InquiryBatch) -> None:
    """An answer to the file came, so it arrived. Callers hold its row."""
    if batch.state in (State.SENDING, State.SENT, State.UNKNOWN):
        batch.state, batch.message = State.ACKNOWLEDGED, ""
        batch.sent_at = batch.sent_at or timezone.now()
        batch.save(update_fields=["state", "message", "sent_at"])
        mark_sent(batch)
        events.record("inquiry_batch.acknowledged", batch, by=None)


@transaction.atomic
def apply_interchange(practice_id: int, answer: InterchangeAcknowledgment) -> bool:
    """A TA1 for a file of questions; False when none has that control number."""
    batch = find_batch(practice_id, interchange_control_number=number_of(answer.control_number))
    if batch is None:
        return False
    if answer.code == "R":
        note = answer.note_code or "none"
        reject(batch, f"The clearinghouse rejected the whole file (TA1, note {note}).")
    else:
        acknowledge(batch)
    return True


@transaction.atomic
def apply_group(practice_id: int, answer: GroupAcknowledgment) -> bool:
    """A 999 for a file of questions; False when none has that group control number."""
    batch = find_batch(practice_id, group_control_number=number_of(answer.group_control_number))
    if batch is None:
        return False
    is_refused = any(each.code not in ("A", "E") for each in answer.transactions)
    if answer.code not in ("A", "E") and (answer.code != "P" or is_refused):
        reject(batch, f"The file was rejected for its form (999, {answer.code}).")
    else:
        acknowledge(batch)
    return True


def reject(batch: InquiryBatch, message: str) -> None:
    """Once: a rejection that comes again changes nothing."""
    if batch.state != State.REJECTED:
        end_batch(batch, State.REJECTED, message)


def number_of(text: str) -> int:
    """A control number; -1, which no file has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else -1


def find_batch(practice_id: int, **number: int) -> InquiryBatch | None:
    """The file with this number that is under way, locked."""
    rows = InquiryBatch.objects.select_for_update(of=("self",))
    states = (*UNDER_WAY, State.REJECTED)
    return rows.filter(practice_id=practice_id, state__in=states, **number).order_by("-pk").first()


@transaction.atomic
def sweep_practice(practice_id: int) -> list[int]:
    """Files to go on with, and what has waited too long ended with the reason."""
    now = timezone.now()
    open_ones = InquiryBatch.objects.filter(practice_id=practice_id)
    lost = open_ones.filter(state=State.SENDING, sent_at__lt=now - SENDING_LIMIT)
    for batch in lost.select_for_update(skip_locked=True):
        batch.state, batch.message = State.UNKNOWN, "The sending was interrupted."
        batch.save(update_fields=["state", "message"])
        events.record("inquiry_batch.outcome_unknown", batch, by=None, attempts=batch.attempts)
    end_silent(practice_id)
    due = open_ones.filter(state=State.QUEUED).filter(Q(file=None) | Q(send_after__lte=now))
    return list(due.order_by("send_after", "pk").values_list("pk", flat=True))


def end_silent(practice_id: int) -> None:
    """Questions no payer has answered for three days fail, so that they may be asked again.

    Those in a file whose outcome is unknown end here too. One still to be sent goes on waiting.
    """
    before = timezone.now() - PATIENCE
    message = "The payer has not answered within three days. Ask again or call."
    late = {"practice_id": practice_id, "state__in": OPEN, "asked_at__lt": before}
    eligibility = EligibilityInquiry.objects.filter(**late).filter(
        Q(state=InquiryState.SENT) | Q(sending__batch__state=State.UNKNOWN)
    )
    locked = eligibility.select_for_update(of=("self",), skip_locked=True)
    fail_inquiries(locked.select_related("coverage"), message)
    status = StatusInquiry.objects.filter(**late).filter(
        Q(state=InquiryState.SENT) | Q(batch__state=State.UNKNOWN)
    )
    fail_status_inquiries(status.select_for_update(of=("self",), skip_locked=True), message)
