"""What answers to our 837 files do: TA1 to the interchange, 999 to the group, 277CA to each claim.

Reading a file again changes nothing. A rejection wins over an acceptance of the same sending; a
later acceptance is kept in the claim's history and moves nothing, until the claim is sent again.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

from django.db import transaction
from django.utils import timezone

from billing.actions import inquiry_sending
from billing.actions.batch_files import return_claims
from billing.actions.claim_answers import record_answers
from billing.models import Batch, Claim, FileProblem, InterchangeFile
from rcm import events
from rcm.x12.acknowledgment_277ca import ClaimAcknowledgmentStart, ClaimStatus
from rcm.x12.acknowledgment_999 import (
    GroupAcknowledgment,
    InterchangeAcknowledgment,
    SegmentError,
)

CHUNK = 1_000
ACCEPTED_CODES = frozenset({"A", "E"})
# Not among them: an answer to something never sent, or pulled back, changes nothing.
ANSWERABLE = (
    Batch.State.SENDING,
    Batch.State.SENT,
    Batch.State.UNKNOWN,
    Batch.State.ACKNOWLEDGED,
    Batch.State.REJECTED,
)


@transaction.atomic
def apply_interchange(file: InterchangeFile, answer: InterchangeAcknowledgment) -> Batch | None:
    """A TA1: A or E settles that the file arrived, R returns its claims to `held`.

    None when it answers a file of inquiries, or, with a problem on the file, nothing of ours.
    """
    batch = _answered(file, interchange_control_number=_number(answer.control_number))
    if batch is None and inquiry_sending.apply_interchange(file.practice_id, answer):
        return None
    if batch is None:
        _note_unknown(file, "unknown_interchange", "The TA1 answers no interchange of ours.", "TA1")
        return None
    if batch.interchange_code == answer.code:
        return batch
    batch.interchange_code = answer.code
    message = ""
    if answer.code == "R":
        message = (
            f"The clearinghouse rejected the whole file (TA1, note {answer.note_code or 'none'})."
        )
        return_claims(batch, Claim.Status.HELD, code="interchange_rejected", message=message)
    _acknowledge(batch, is_rejected=answer.code == "R", message=message)
    return batch


@transaction.atomic
def apply_group(file: InterchangeFile, answer: GroupAcknowledgment) -> Batch | None:
    """A 999: A and E mean the form is right; R, or a rejected transaction, rejects the claims.

    A batch is one transaction, so P cannot spare some of its claims. None when it answers a file of
    inquiries, or, with a problem on the file, nothing of ours.
    """
    batch = _answered(file, group_control_number=_number(answer.group_control_number))
    if batch is None and inquiry_sending.apply_group(file.practice_id, answer):
        return None
    if batch is None:
        _note_unknown(file, "unknown_group", "The 999 answers no group of ours.", "AK1")
        return None
    if batch.group_code == answer.code:
        return batch
    batch.group_code = answer.code
    refused = [t for t in answer.transactions if t.code not in ACCEPTED_CODES]
    is_rejected = answer.code not in ACCEPTED_CODES and (answer.code != "P" or bool(refused))
    message = ""
    if is_rejected:
        faults = [error for t in refused for error in t.errors]
        message = _describe_fault(answer.code, faults)
        return_claims(batch, Claim.Status.REJECTED, code="group_rejected", message=message)
    _acknowledge(batch, is_rejected=is_rejected, message=message)
    return batch


def apply_claim_statuses(
    file: InterchangeFile, start: ClaimAcknowledgmentStart, statuses: Iterable[ClaimStatus]
) -> int:
    """The claims of a 277CA, in chunks of 1,000 with a constant number of statements each.

    Returns how many statements were new. Claims nobody knows become problems of the file.
    """
    iterator = iter(statuses)
    count = 0
    for chunk in _chunks(iterator):
        with transaction.atomic():
            count += record_answers(file, start, chunk)
    return count


def _chunks(statuses: Iterator[ClaimStatus]) -> Iterator[list[ClaimStatus]]:
    while chunk := list(islice(statuses, CHUNK)):
        yield chunk


def _number(text: str) -> int:
    """A control number; -1, which no batch has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else -1


def _answered(file: InterchangeFile, **number: int) -> Batch | None:
    batches = Batch.objects.filter(
        practice_id=file.practice_id, state__in=ANSWERABLE, **number
    ).order_by("-pk")
    return batches.select_for_update(of=("self",)).first()


def _acknowledge(batch: Batch, *, is_rejected: bool, message: str) -> None:
    """Move the batch on. A rejection stays; an unknown sending is settled: it did arrive."""
    if is_rejected:
        batch.state, batch.message = Batch.State.REJECTED, message[:300]
    elif batch.state != Batch.State.REJECTED:
        batch.state = Batch.State.ACKNOWLEDGED
        batch.message = ""
    now = timezone.now()
    batch.acknowledged_at = batch.acknowledged_at or now
    batch.sent_at = batch.sent_at or now
    batch.save(
        update_fields=[
            "state",
            "message",
            "interchange_code",
            "group_code",
            "acknowledged_at",
            "sent_at",
        ]
    )
    events.record(
        "batch.rejected" if is_rejected else "batch.acknowledged",
        batch,
        by=None,
        interchange=batch.interchange_code,
        group=batch.group_code,
    )


def _describe_fault(code: str, faults: list[SegmentError]) -> str:
    """Where the 999 says the form is wrong: segment, loop and codes, never the value."""
    if not faults:
        return f"The file was rejected for its form (999, {code})."
    first = faults[0]
    elements = ", ".join(f"element {e.position} (code {e.code})" for e in first.elements)
    where = f"segment {first.segment_id} no. {first.position}"
    if first.loop:
        where += f" in loop {first.loop}"
    return (
        f"The file was rejected for its form (999, {code}): {where}"
        f"{', ' + elements if elements else ''}."
    )


def _note_unknown(file: InterchangeFile, code: str, message: str, element: str) -> None:
    """Once per file and kind of answer, however often it is read."""
    FileProblem.objects.get_or_create(
        practice_id=file.practice_id,
        file=file,
        code=code,
        element=element,
        defaults={"severity": "warning", "message": message},
    )
