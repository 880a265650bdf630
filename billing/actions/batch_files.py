"""Writing a batch's 837 bytes and having a second, independent reader look at them."""

from io import BytesIO

from django.db import connection, transaction
from django.utils import timezone

from billing.actions.claim_status import advance_claims
from billing.models import Batch, Claim, ClaimFinding, InterchangeFile
from billing.rules.claim_content import from_json, institutional_from_json
from billing.rules.findings import BLOCKING
from rcm import events
from rcm.x12.claim_837p import Submitter
from rcm.x12.envelope import Envelope, Written
from rcm.x12.gate import inspect_in_process
from rcm.x12.write_837i import write_institutional_claims
from rcm.x12.write_837p import write_claims

GATE_SECONDS = 120.0
KINDS = {Claim.Form.PROFESSIONAL.value: "837P", Claim.Form.INSTITUTIONAL.value: "837I"}
LOCK_CLASS = 837  # first key of the advisory locks of batches being written


def file_name(batch: Batch) -> str:
    """The name on the server: our submitter id and the interchange's control number."""
    letters = "".join(c for c in batch.channel.submitter_id if c.isalnum())
    return f"{letters}-{batch.interchange_control_number:09d}.837"


def claims_of(batch: Batch) -> list[Claim]:
    """The batch's claims in the order they are sent."""
    return list(
        Claim.objects.filter(submissions__batch=batch, submissions__is_pulled_back=False)
        .order_by("pk")
        .only("pk", "practice_id", "content", "patient_id")
    )


def render_batch(batch: Batch) -> tuple[bytes, Written]:
    """The 837P or 837I of a batch. Raises ValueError for a claim the guide has no room for."""
    practice, channel = batch.practice, batch.channel
    envelope = Envelope(
        sender_id=channel.submitter_id,
        receiver_id=channel.receiver_id,
        control_number=batch.interchange_control_number,
        group_control_number=batch.group_control_number,
        created_at=timezone.localtime(),
        usage="T" if channel.is_test else "P",
    )
    submitter = Submitter(
        name=practice.name,
        identifier=channel.submitter_id,
        contact_name=practice.contact_name,
        contact_phone=practice.phone,
        receiver_name=channel.receiver_name,
        receiver_identifier=channel.receiver_id,
    )
    contents = (
        Claim.objects.filter(submissions__batch=batch, submissions__is_pulled_back=False)
        .order_by("pk")
        .values_list("content", flat=True)
        .iterator(chunk_size=500)
    )
    out = BytesIO()
    if batch.form == Claim.Form.INSTITUTIONAL:
        stays = map(institutional_from_json, contents)
        written = write_institutional_claims(out, envelope, submitter, stays)
    else:
        written = write_claims(out, envelope, submitter, map(from_json, contents))
    return out.getvalue(), written


def fail_batch(batch: Batch, message: str, *, code: str) -> None:
    """The batch does not go out; its claims are held with the reason as a finding."""
    batch.state, batch.message = Batch.State.FAILED, message[:300]
    batch.save(update_fields=["state", "message"])
    return_claims(batch, "held", code=code, message=message)
    events.record("batch.failed", batch, by=None, code=code)


def return_claims(batch: Batch, to: str, *, code: str, message: str) -> list[int]:
    """Move the batch's claims to `to` with a blocking finding each: four statements."""
    claim_ids = [claim.pk for claim in claims_of(batch)]
    moved = advance_claims(batch.practice_id, claim_ids, to, by=None, batch=batch.pk)
    ClaimFinding.objects.bulk_create(
        ClaimFinding(
            practice_id=batch.practice_id,
            claim_id=claim_id,
            code=code,
            severity=BLOCKING,
            message=message[:300],
            fix="Correct what it names, then check the claim again.",
            source=str(batch),
        )
        for claim_id in moved
    )
    return moved


@transaction.atomic
def write_batch(batch: Batch) -> bool:
    """Write and check the file of a queued batch once; is the batch ready to be sent?

    The gate runs in a process of its own with a time limit and sees the bytes only; its segment
    count must be ours. The row is locked only afterwards, so that a person can pull the batch back
    meanwhile. False when the batch failed, left the outbox, or another worker is writing it.
    """
    if not _is_mine(batch.pk):
        return False
    row = Batch.objects.select_related("practice", "channel", "created_by").get(pk=batch.pk)
    if row.state != Batch.State.QUEUED or row.file_id:
        return row.state == Batch.State.QUEUED
    try:
        content, written = render_batch(row)
        refusal = refusal_of_gate(content, written)
    except ValueError as error:
        content, refusal = b"", f"The file could not be written: {error}"
    locked = Batch.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if locked.state != Batch.State.QUEUED:
        return False
    if content:
        row.file = _keep_file(row, content, written, refusal)
        row.save(update_fields=["file"])
        events.record("batch.written", row, by=row.created_by, size=len(content))
    if refusal:
        fail_batch(row, refusal, code="gate")
    return not refusal


def _is_mine(batch_id: int) -> bool:
    """One worker writes a batch at a time; the lock ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK_CLASS, batch_id])
        return bool(cursor.fetchone()[0])


def _keep_file(batch: Batch, content: bytes, written: Written, refusal: str) -> InterchangeFile:
    return InterchangeFile.objects.create(
        practice=batch.practice,
        direction=InterchangeFile.Direction.OUT,
        channel=batch.channel,
        name=file_name(batch),
        kind=KINDS[batch.form],
        content=content,
        size=len(content),
        sha256=written.sha256,
        state=InterchangeFile.State.FAILED if refusal else InterchangeFile.State.READ,
        note=refusal[:300],
        created_by=batch.created_by,
    )


def refusal_of_gate(content: bytes, written: Written) -> str:
    """Why the independent reader refuses the file; empty when it does not. Never a value of it."""
    verdict = inspect_in_process(content, seconds=GATE_SECONDS)
    if not verdict.is_accepted:
        first = verdict.problems[0].message if verdict.problems else "no reason given"
        more = f" ({len(verdict.problems)} problems in all)" if len(verdict.problems) > 1 else ""
        return f"The structure check refused the file: {first}{more}"
    if verdict.segments_read != written.segments:
        return (
            f"The structure check read {verdict.segments_read} segments, "
            f"we wrote {written.segments}."
        )
    return ""
