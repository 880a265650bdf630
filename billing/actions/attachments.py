"""Files that go with a claim: added and removed while it is with us, never once it was sent."""

import hashlib
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.utils import timezone

from billing.actions.claim_scrubs import lock_claim, scrub_claim
from billing.actions.claim_status import record_for_claim
from billing.attachment_packet import count_printed
from billing.claim_attachments import carried_by, goes_with
from billing.models import Claim, ClaimAttachment, Submission
from billing.rules.attachment_files import file_type
from billing.rules.attachment_kinds import MOST_ATTACHMENTS
from billing.rules.page_images import page_name
from billing.rules.transitions import UNSENT
from rcm.errors import Refusal
from rcm.models import User
from rcm.pdf import NotReadable

ADDED, REMOVED = "claim.attachment_added", "claim.attachment_removed"
LISTED, VIEWED = "claim.attachments_listed", "claim.attachment_viewed"
PACKET_MADE = "claim.packet_made"


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file as it came: codes of billing.rules.attachment_kinds, its name, its bytes."""

    report_type: str
    transmission: str
    name: str
    content: bytes


def read_upload(upload: UploadedFile, *, report_type: str, transmission: str) -> NewFile:
    """The upload, no further than one byte beyond what is allowed: adding it refuses the rest."""
    content = upload.read(settings.ATTACHMENT_LIMIT + 1)
    return NewFile(report_type, transmission, upload.name or "", content)


def may_change(claim: Claim) -> bool:
    """May files come and go? For a page; the actions ask again. A void repeats its original's."""
    return claim.status in UNSENT and claim.frequency != Claim.Frequency.VOID


@transaction.atomic
def add_attachment(
    claim: Claim, file: NewFile, *, by: User | None, today: date | None = None
) -> ClaimAttachment:
    """Keep a file with the claim, announce it (PWK) and check the claim again.

    Raises Refusal: 409 the claim was sent, is a void, or has these bytes; 422 the file is empty,
    larger than settings.ATTACHMENT_LIMIT, none of the types, cannot be printed, or is one too many.
    """
    kind, pages = _look_at(file.content)
    row = _take_open(claim)
    digest = hashlib.sha256(file.content).hexdigest()
    here = carried_by(row)
    if here.filter(sha256=digest).exists():
        raise _refusal("attachment_is_here", "This claim has the file already.", status=409)
    if here.count() >= MOST_ATTACHMENTS:
        message = f"A claim announces {MOST_ATTACHMENTS} files at most. Join some into one."
        raise _refusal("too_many_attachments", message)
    attachment = ClaimAttachment.objects.create(
        practice_id=row.practice_id,
        encounter_id=row.encounter_id,
        rank=row.rank,
        part=row.part,
        report_type=file.report_type,
        transmission=file.transmission,
        control_number=_next_number(row.encounter.practice.initials),
        name=page_name(file.name),
        content_type=kind,
        content=file.content,
        size=len(file.content),
        pages=pages,
        sha256=digest,
        added_to=row,
        added_by=by,
    )
    record_for_claim(ADDED, row, by=by, attachment=attachment.pk, size=attachment.size)
    scrub_claim(claim, by=by, today=today)
    return attachment


@transaction.atomic
def remove_attachment(
    attachment: ClaimAttachment, claim: Claim, *, by: User | None, today: date | None = None
) -> None:
    """Take a file off the claim and check it again. What a sending named is kept, else deleted.

    Raises Refusal 409 when the claim was sent, is a void, or does not carry the file.
    """
    row = _take_open(claim)
    found = carried_by(row).select_for_update(of=("self",)).filter(pk=attachment.pk).first()
    if found is None:
        raise _refusal("attachment_gone", "This claim does not have the file.", status=409)
    was_sent = Submission.objects.filter(
        goes_with(found.part, "claim__"),
        practice_id=row.practice_id,
        claim__encounter_id=row.encounter_id,
        claim__rank=row.rank,
        claim_id__gte=found.added_to_id,
        is_pulled_back=False,
    ).exists()
    record_for_claim(
        REMOVED, row, by=by, attachment=found.pk, sha256=found.sha256, is_kept=was_sent
    )
    if was_sent:
        found.removed_from, found.removed_at, found.removed_by = row, timezone.now(), by
        found.save(update_fields=["removed_from", "removed_at", "removed_by"])
    else:
        found.delete()
    scrub_claim(claim, by=by, today=today)


def _take_open(claim: Claim) -> Claim:
    """The claim, locked, while it may change. Raises Refusal 409."""
    row = lock_claim(claim)
    if row.status not in UNSENT:
        message = f"Claim {row} was sent already; its files are kept as they were sent."
        raise Refusal("claim_sent", message, status=409)
    if not may_change(row):
        message = f"Claim {row} is a void and repeats the files of what it takes back."
        raise Refusal("claim_is_void", message, status=409)
    return row


def _look_at(content: bytes) -> tuple[str, int]:
    """What a file is and how many pages it takes. Raises Refusal 422."""
    limit = settings.ATTACHMENT_LIMIT
    if not content:
        raise _refusal("attachment_empty", "The file is empty.")
    if len(content) > limit:
        message = f"The file is larger than {limit // 1024 // 1024} MB."
        raise _refusal("attachment_too_large", message)
    kind = file_type(content)
    if kind is None:
        message = "The file is not a whole PDF, PNG, JPEG or TIFF, and no plain text."
        raise _refusal("attachment_not_readable", message)
    try:
        return kind, count_printed(kind, content)
    except NotReadable as reason:
        raise _refusal("attachment_not_readable", str(reason)) from reason


def _next_number(practice_initials: str) -> str:
    """A control number no file has had or will have."""
    letters = "".join(
        sign for sign in practice_initials.upper() if sign.isascii() and sign.isalnum()
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('billing_attachment_number')")
        return f"{letters}A{cursor.fetchone()[0]}"


def _refusal(code: str, message: str, *, status: int = 422) -> Refusal:
    return Refusal(code, message, status=status, fields={"file": message})
