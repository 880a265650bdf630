"""What goes with an appeal: pages of the chart, uploaded files, and what is not to be had."""

import hashlib
from collections.abc import Collection

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from billing.attachment_packet import count_printed
from billing.rules.attachment_files import file_type
from coding.models import Document
from denials.actions.appeal_states import hold_appeal
from denials.models import Appeal, AppealDocument, AppealFile, AppealItem
from denials.models.appeal_files import PACKET
from denials.rules import appeals as rules
from rcm import access, events
from rcm.errors import Refusal
from rcm.models import User
from rcm.pdf import NotReadable

MOST_FILES = 20


def hold_unsent(appeal: Appeal) -> Appeal:
    """Lock an appeal whose packet may change; a complete one is a draft again."""
    locked = hold_appeal(appeal, *rules.UNSENT)
    if locked.state != rules.DRAFT:
        locked.state = Appeal.State.DRAFT
        locked.save(update_fields=["state"])
    return locked


@transaction.atomic
def choose_parts(
    appeal: Appeal, *, documents: Collection[int], included: Collection[str], by: User
) -> None:
    """Which pages of the chart go, and which items that are not required.

    Raises Refusal 409 when it was sent, 422 for a page of another chart.
    """
    locked = hold_unsent(appeal)
    pages = Document.objects.current().filter(encounter_id=locked.claim.encounter_id)
    known = set(pages.filter(pk__in=documents).values_list("pk", flat=True))
    if known != set(documents):
        raise Refusal("page_unknown", "Choose pages of this visit’s chart.")
    locked.documents.exclude(document__in=known).delete()
    kept = set(locked.documents.values_list("document", flat=True))
    AppealDocument.objects.bulk_create(
        AppealDocument(practice_id=locked.practice_id, appeal=locked, document_id=pk)
        for pk in sorted(known - kept)
    )
    optional = locked.items.filter(is_required=False)
    optional.filter(kind__in=list(included)).update(is_included=True)
    optional.exclude(kind__in=list(included)).update(is_included=False)
    events.record("appeal.parts_chosen", locked, by=by, documents=sorted(known))


@transaction.atomic
def add_file(appeal: Appeal, *, item: str, name: str, content: bytes, by: User) -> AppealFile:
    """Keep a file with an appeal under an item of its checklist.

    Raises Refusal: 409 the appeal was sent or has these bytes; 422 the file is empty, too large,
    none of the types billing prints, cannot be printed, or is one too many.
    """
    if item not in rules.ITEMS or item == rules.LETTER:
        raise Refusal("item_unknown", "Say what the file is for.", fields={"item": "Choose one."})
    kind, pages = look_at(content)
    locked = hold_unsent(appeal)
    digest = hashlib.sha256(content).hexdigest()
    here = locked.files.exclude(item=PACKET)
    if here.filter(sha256=digest).exists():
        raise refused("file_is_here", "This appeal has the file already.", status=409)
    if here.count() >= MOST_FILES:
        raise refused("too_many_files", f"An appeal holds {MOST_FILES} files. Join some into one.")
    row = AppealFile.objects.create(
        practice_id=locked.practice_id,
        appeal=locked,
        item=item,
        name="".join(sign for sign in name if sign.isprintable())[-200:] or "unnamed",
        content_type=kind,
        content=content,
        size=len(content),
        pages=pages,
        sha256=digest,
        added_by=by,
    )
    locked.items.filter(kind=item).update(is_included=True)
    events.record("appeal.file_added", locked, by=by, file=row.pk, item=item, size=row.size)
    return row


def read_upload(upload: UploadedFile) -> bytes:
    """The upload, no further than one byte beyond what is allowed: adding it refuses the rest."""
    content: bytes = upload.read(settings.ATTACHMENT_LIMIT + 1)
    return content


def look_at(content: bytes) -> tuple[str, int]:
    """What a file is and how many pages it takes. Raises Refusal 422."""
    limit = settings.ATTACHMENT_LIMIT
    if not content:
        raise refused("file_empty", "The file is empty.")
    if len(content) > limit:
        raise refused("file_too_large", f"The file is larger than {limit // 1024 // 1024} MB.")
    kind = file_type(content)
    if kind is None:
        message = "The file is not a whole PDF, PNG, JPEG or TIFF, and no plain text."
        raise refused("file_not_readable", message)
    try:
        return kind, count_printed(kind, content)
    except NotReadable as error:
        raise refused("file_not_readable", str(error)) from error


def refused(code: str, message: str, *, status: int = 422) -> Refusal:
    return Refusal(code, message, status=status, fields={"file": message})


@transaction.atomic
def remove_file(row: AppealFile, *, by: User) -> None:
    """Take a file away again. Raises Refusal 409 when the appeal was sent."""
    locked = hold_unsent(row.appeal)
    if row.item == PACKET:
        raise Refusal("packet_kept", "The packet is kept as it was sent.", status=409)
    events.record("appeal.file_removed", locked, by=by, file=row.pk, sha256=row.sha256)
    row.delete()


@transaction.atomic
def let_go(appeal: Appeal, *, item: str, reason: str, by: User) -> AppealItem:
    """A required item is not to be had, and why; an empty reason asks for it again.

    Raises Refusal 403 for who is no manager, 409 when it was sent, 422 for the letter.
    """
    membership = access.membership_of(by, appeal.practice_id)
    if membership is None or "denials.approve" not in access.CAPABILITIES[membership.role]:
        raise Refusal("manager_only", "Only a manager can do without a required item.", status=403)
    if item not in rules.ITEMS or item == rules.LETTER:
        raise Refusal("item_unknown", "An appeal needs its letter. Choose another item.")
    locked = hold_unsent(appeal)
    row = locked.items.select_for_update().get(kind=item)
    row.not_available = reason.strip()[:300]
    row.not_available_by = by if row.not_available else None
    row.save(update_fields=["not_available", "not_available_by"])
    name = "appeal.item_let_go" if row.not_available else "appeal.item_wanted"
    events.record(name, locked, by=by, item=item)
    return row
