"""Questions to payers into files: one 270 and one 276 per payer and run, written and read back."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from io import BytesIO
from itertools import groupby
from typing import TypeVar

from django.db import transaction
from django.utils import timezone

from billing.actions.inquiry_content import ask_270, ask_276
from billing.actions.submissions import next_control_numbers
from billing.models import EligibilitySending, InquiryBatch, InterchangeFile, StatusInquiry
from payers.actions.eligibility import fail_inquiries
from payers.models import EligibilityInquiry, InquiryState, Transaction
from payers.rules.routing import Way
from payers.ways import channel_rows, find_ways
from rcm import events
from rcm.models import Practice
from rcm.x12.eligibility_27x import EligibilityInquiry as Asked270
from rcm.x12.envelope import Envelope, Written
from rcm.x12.problems import Problem
from rcm.x12.reader import read
from rcm.x12.status_27x import StatusInquiry as Asked276
from rcm.x12.write_270 import write_270
from rcm.x12.write_276 import write_276

# TR3 X279 and X212 leave the number of questions to the payer; a file stays readable.
QUESTIONS_PER_FILE = 2_000
OPEN = (InquiryState.WAITING, InquiryState.SENT)
Row = TypeVar("Row", EligibilityInquiry, StatusInquiry)
Asked = TypeVar("Asked", Asked270, Asked276)


@transaction.atomic
def queue_inquiries(practice_id: int) -> list[int]:
    """Every question that waits, into one file per payer and kind; ids of the batches.

    Each payer's questions go over its route (payers.rules.routing). Those of a payer without an
    approved one go on waiting and say why. Nothing is queued without an active channel.
    """
    practice = Practice.objects.get(pk=practice_id)
    if not channel_rows(practice):
        return []
    waiting = {"practice_id": practice_id, "state": InquiryState.WAITING}
    eligibility = (
        EligibilityInquiry.objects.filter(sending=None, **waiting)
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("coverage")
        .order_by("coverage__payer_id", "pk")
    )
    status = (
        StatusInquiry.objects.filter(batch=None, **waiting)
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("claim")
        .order_by("claim__payer_id", "pk")
    )
    by_payer = [
        (payer_id, Transaction.ELIGIBILITY, list(rows))
        for payer_id, rows in groupby(eligibility, key=lambda row: row.coverage.payer_id)
    ]
    made, ways = [], find_ways(practice, {(payer, kind) for payer, kind, _ in by_payer})
    for payer_id, kind, asked in by_payer:
        way = ways[payer_id, kind]
        for part in _cut(_with_way(EligibilityInquiry, way, asked)):
            batch = _make_batch(practice_id, way, payer_id, InquiryBatch.Kind.ELIGIBILITY, part)
            EligibilitySending.objects.bulk_create(
                EligibilitySending(practice_id=practice_id, inquiry=row, batch=batch)
                for row in part
            )
            made.append(batch.pk)
    return [*made, *_queue_statuses(practice, status)]


def _queue_statuses(practice: Practice, waiting: Iterable[StatusInquiry]) -> list[int]:
    by_payer = [
        (payer_id, list(rows))
        for payer_id, rows in groupby(waiting, lambda row: row.claim.payer_id)
    ]
    ways = find_ways(practice, {(payer, Transaction.CLAIM_STATUS) for payer, _ in by_payer})
    made = []
    for payer_id, asked in by_payer:
        way = ways[payer_id, Transaction.CLAIM_STATUS]
        for part in _cut(_with_way(StatusInquiry, way, asked)):
            batch = _make_batch(practice.pk, way, payer_id, InquiryBatch.Kind.STATUS, part)
            StatusInquiry.objects.filter(pk__in=[row.pk for row in part]).update(batch=batch)
            made.append(batch.pk)
    return made


def _with_way(
    model: type[EligibilityInquiry] | type[StatusInquiry], way: Way, rows: Sequence[Row]
) -> Sequence[Row]:
    """The questions that can go; those without a way keep the reason, the others lose it."""
    reason = way.reason[:300]
    stale = [row.pk for row in rows if row.message != reason]
    if stale:
        model.objects.filter(pk__in=stale).update(message=reason)
    return rows if way.channel is not None else ()


def _cut(rows: Sequence[Row]) -> list[Sequence[Row]]:
    starts = range(0, len(rows), QUESTIONS_PER_FILE)
    return [rows[start : start + QUESTIONS_PER_FILE] for start in starts]


def _make_batch(
    practice_id: int, way: Way, payer_id: int, kind: InquiryBatch.Kind, part: Sequence[Row]
) -> InquiryBatch:
    interchange, group = next_control_numbers()
    count = len(part)
    batch = InquiryBatch.objects.create(
        practice_id=practice_id,
        kind=kind,
        channel_id=way.channel,  # type: ignore[misc]  # a way without a channel is not used
        payer_id=payer_id,
        payer_identifier=way.payer_identifier,
        interchange_control_number=interchange,
        group_control_number=group,
        inquiries_count=count,
        send_after=timezone.now(),
    )
    events.record("inquiry_batch.queued", batch, by=None, kind=kind, inquiries=count)
    return batch


def eligibility_of(batch: InquiryBatch) -> list[EligibilityInquiry]:
    """The questions of a 270 in the order they are sent."""
    rows = EligibilityInquiry.objects.filter(sending__batch=batch)
    return list(rows.select_related("coverage__patient", "coverage__payer").order_by("pk"))


def statuses_of(batch: InquiryBatch) -> list[StatusInquiry]:
    """The questions of a 276 in the order they are sent."""
    return list(batch.status_inquiries.select_related("claim").order_by("pk"))


def reference_of(batch: InquiryBatch) -> str:
    """BHT03: what a refusal of the whole file names."""
    return f"{batch.interchange_control_number:09d}"


def file_name(batch: InquiryBatch) -> str:
    """The name on the server: our submitter id and the interchange's control number."""
    letters = "".join(c for c in batch.channel.submitter_id if c.isalnum())
    return f"{letters}-{batch.interchange_control_number:09d}.{batch.kind}"


def render_batch(batch: InquiryBatch) -> tuple[bytes, Written]:
    """The 270 or 276 of a batch."""
    channel, reference = batch.channel, reference_of(batch)
    envelope = Envelope(
        sender_id=channel.submitter_id,
        receiver_id=channel.receiver_id,
        control_number=batch.interchange_control_number,
        group_control_number=batch.group_control_number,
        created_at=timezone.localtime(),
        usage="T" if channel.is_test else "P",
    )
    out = BytesIO()
    if batch.kind == InquiryBatch.Kind.ELIGIBILITY:
        asked = [ask_270(row, batch.practice, reference) for row in eligibility_of(batch)]
        written = write_270(out, envelope, [addressed(each, batch) for each in asked])
    else:
        claims = [ask_276(row, channel, batch.practice, reference) for row in statuses_of(batch)]
        written = write_276(out, envelope, [addressed(each, batch) for each in claims])
    return out.getvalue(), written


def addressed(asked: Asked, batch: InquiryBatch) -> Asked:
    """The question under the payer's id on the channel (2100A NM109 of a 270 and a 276)."""
    if not batch.payer_identifier:
        return asked
    return replace(asked, payer=replace(asked.payer, identifier=batch.payer_identifier))


def refusal_of_reader(content: bytes, count: int) -> str:
    """Why our own reader does not read back what was written; empty when it does.

    No other reader knows these sets (docs/inquiries.md). Never a value of the file.
    """
    items = list(read(content))
    problems = [item for item in items if isinstance(item, Problem)]
    if problems:
        return f"The file was refused before it was sent: {problems[0].message}"
    found = sum(isinstance(item, Asked270 | Asked276) for item in items)
    return "" if found == count else f"The file holds {found} questions instead of {count}."


@transaction.atomic
def write_batch(batch: InquiryBatch) -> bool:
    """Write and check the file of a queued batch once; is it ready to be sent?

    False when it failed, was sent, or another worker has it.
    """
    rows = InquiryBatch.objects.select_for_update(of=("self",), skip_locked=True)
    row = rows.select_related("practice", "channel").filter(pk=batch.pk).first()
    if row is None or row.state != InquiryBatch.State.QUEUED:
        return False
    if row.file_id:
        return True
    try:
        content, written = render_batch(row)
        refusal = refusal_of_reader(content, row.inquiries_count)
    except ValueError as error:
        content, refusal = b"", f"The file could not be written: {error}"
    if content:
        row.file = InterchangeFile.objects.create(
            practice=row.practice,
            direction=InterchangeFile.Direction.OUT,
            channel=row.channel,
            name=file_name(row),
            kind=row.kind,
            content=content,
            size=len(content),
            sha256=written.sha256,
            state=InterchangeFile.State.FAILED if refusal else InterchangeFile.State.READ,
            note=refusal[:300],
        )
        row.save(update_fields=["file"])
    if refusal:
        end_batch(row, InquiryBatch.State.FAILED, refusal)
    return not refusal


def end_batch(batch: InquiryBatch, state: InquiryBatch.State, message: str) -> None:
    """The file got nowhere: its open questions fail with the reason. Callers hold its row."""
    batch.state, batch.message = state, message[:300]
    batch.save(update_fields=["state", "message"])
    fail_inquiries(eligibility_of(batch), message)
    fail_status_inquiries(statuses_of(batch), message)
    events.record("inquiry_batch.failed", batch, by=None, state=state)


def fail_status_inquiries(inquiries: Iterable[StatusInquiry], message: str) -> None:
    """Questions about claims that no answer will come to, with why."""
    ids = [row.pk for row in inquiries if row.state in OPEN]
    StatusInquiry.objects.filter(pk__in=ids).update(
        state=InquiryState.FAILED, message=message[:300]
    )
