"""What answers to our 837 files do: TA1 to the interchange, 999 to the group, 277CA to each claim.

Every answer is kept, however late, often or contradicting it comes. What a batch and a claim are
then does not depend on the order: of all answers to one sending the worst stands, and an answer to
an earlier sending of a claim changes nothing of the later one.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from billing.actions import inquiry_sending
from billing.actions.claim_answers import (
    AnswerSource,
    apply_levels,
    find_answered_batch,
    record_answers,
)
from billing.actions.form_answers import note_errors, transaction_causes
from billing.actions.rejections import Cause, claims_still_in, open_rejections
from billing.models import Batch, BatchAnswer, FileProblem, InterchangeFile
from billing.rules import acknowledgment_words as words
from billing.rules.answer_verdicts import ACCEPTING_CODES, worse_code
from rcm import events
from rcm.x12.acknowledgment_277ca import (
    ClaimAcknowledgmentEnd,
    ClaimAcknowledgmentStart,
    ClaimStatus,
)
from rcm.x12.acknowledgment_999 import GroupAcknowledgment, InterchangeAcknowledgment

CHUNK = 1_000
# Not among them: an answer to something never sent, or pulled back, changes nothing.
ANSWERABLE = (
    Batch.State.SENDING,
    Batch.State.SENT,
    Batch.State.UNKNOWN,
    Batch.State.ACKNOWLEDGED,
    Batch.State.REJECTED,
)
CLAIM_GROUP = "HC"


@transaction.atomic
def apply_interchange(
    file: InterchangeFile, answer: InterchangeAcknowledgment, *, answer_number: str = ""
) -> Batch | None:
    """A TA1: A or E settles that the file arrived, R rejects its claims.

    None when it answers a file of inquiries, or, with a problem on the file, nothing of ours.
    """
    batch = _answered(file, interchange_control_number=_number(answer.control_number))
    if batch is None and inquiry_sending.apply_interchange(file.practice_id, answer):
        return None
    if batch is None:
        _note_unknown(
            file,
            "unknown_interchange",
            f"The TA1 answers interchange {answer.control_number[:9]}, which is none we sent.",
            "TA1",
        )
        return None
    is_rejected = answer.code == "R"
    message = ""
    if is_rejected:
        message = (
            "The clearinghouse rejected the whole file "
            f"(TA1, note {answer.note_code or 'none'}): {words.describe_note(answer.note_code)}."
        )
    _, is_new = _keep(
        file, batch, BatchAnswer.Kind.TA1, answer.code, answer.note_code, message, answer_number
    )
    if not is_new:
        return batch
    batch.interchange_code = worse_code(batch.interchange_code, answer.code)
    if is_rejected:
        cause = Cause(f"TA1:{answer.note_code}", message, message)
        causes = dict.fromkeys(claims_still_in(batch).values(), cause)
        open_rejections(file, batch, causes, source="TA1", code="interchange_rejected")
    _acknowledge(batch, is_rejected=is_rejected, message=message)
    return batch


@transaction.atomic
def apply_group(
    file: InterchangeFile, answer: GroupAcknowledgment, *, answer_number: str = ""
) -> Batch | None:
    """A 999: A and E mean the form is right; of a partly accepted group only the refused
    transactions reject their claims.

    Every IK3 and IK4 is kept with the claim and the value of our file it points at. None when it
    answers a file of inquiries, or, with a problem on the file, nothing of ours.
    """
    batch = None
    if answer.functional_id in (CLAIM_GROUP, ""):
        batch = _answered(file, group_control_number=_number(answer.group_control_number))
    if batch is None and inquiry_sending.apply_group(file.practice_id, answer):
        return None
    if batch is None:
        what = f"{answer.functional_id} {answer.group_control_number}"[:14]
        _note_unknown(
            file, "unknown_group", f"The 999 answers group {what}, which is none we sent.", "AK1"
        )
        return None
    refused = [t for t in answer.transactions if t.code not in ACCEPTING_CODES]
    is_whole = answer.code not in ACCEPTING_CODES and answer.code != "P"
    is_rejected = is_whole or bool(refused)
    causes, message = transaction_causes(batch, answer, refused, is_whole=is_whole)
    codes = " ".join(answer.error_codes)
    group, is_new = _keep(
        file, batch, BatchAnswer.Kind.GROUP, answer.code, codes, message, answer_number
    )
    if not is_new:
        return batch
    note_errors(group, answer)
    batch.group_code = worse_code(batch.group_code, answer.code)
    batch.form_answered_at = batch.form_answered_at or timezone.now()
    if is_rejected:
        open_rejections(file, batch, causes, source="999", code="group_rejected")
    _acknowledge(batch, is_rejected=is_rejected, message=message)
    return batch


def apply_claim_statuses(
    file: InterchangeFile,
    start: ClaimAcknowledgmentStart,
    statuses: Iterable[ClaimStatus],
    end: ClaimAcknowledgmentEnd | None = None,
    *,
    answer_number: str = "",
) -> int:
    """The claims of a 277CA, in chunks of 1,000 with a constant number of statements each.

    Then what it says of whole levels (`end`). Returns how many statements were new. Claims nobody
    knows, and totals that are not those of the claims listed, become problems of the file.
    """
    batch = find_answered_batch(file.practice_id, start.batch_trace)
    if batch is not None:
        _settle(batch)
    source = AnswerSource(file, start, batch, answer_number)
    iterator = iter(statuses)
    count = 0
    for chunk in _chunks(iterator):
        with transaction.atomic():
            count += record_answers(source, chunk)
    if end is not None:
        with transaction.atomic():
            apply_levels(source, end.levels)
    return count


def _settle(batch: Batch) -> None:
    """Who answers its claims has the file: a sending of unknown outcome did arrive."""
    with transaction.atomic():
        row = Batch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        is_retried = row.state == Batch.State.QUEUED and row.attempts > 0
        if is_retried or row.state in (Batch.State.SENDING, Batch.State.UNKNOWN):
            _acknowledge(row, is_rejected=False, message="")


def _chunks(statuses: Iterator[ClaimStatus]) -> Iterator[list[ClaimStatus]]:
    while chunk := list(islice(statuses, CHUNK)):
        yield chunk


def _number(text: str) -> int:
    """A control number; -1, which no batch has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else -1


def _answered(file: InterchangeFile, **number: int) -> Batch | None:
    """The batch answered. One that waits for another try was sent before: the answer proves it."""
    tried = Q(state__in=ANSWERABLE) | Q(state=Batch.State.QUEUED, attempts__gt=0)
    batches = Batch.objects.filter(tried, practice_id=file.practice_id, **number).order_by("-pk")
    return batches.select_for_update(of=("self",)).first()


def _keep(
    file: InterchangeFile,
    batch: Batch,
    kind: str,
    code: str,
    note: str,
    message: str,
    answer_number: str,
) -> tuple[BatchAnswer, bool]:
    """The answer as history, and whether it is new: one of a file read again is not."""
    return BatchAnswer.objects.get_or_create(
        practice_id=file.practice_id,
        file=file,
        batch=batch,
        kind=kind,
        transaction_number="",
        code=code[:1],
        defaults={
            "note": note[:20],
            "message": message[:300],
            "answer_number": answer_number[:20],
        },
    )


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
            "form_answered_at",
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


def _note_unknown(file: InterchangeFile, code: str, message: str, element: str) -> None:
    """Once per file and kind of answer, however often it is read."""
    FileProblem.objects.get_or_create(
        practice_id=file.practice_id,
        file=file,
        code=code,
        element=element,
        defaults={"severity": "warning", "message": message},
    )
