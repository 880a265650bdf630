"""Scanned pages of a paper EOB: kept byte for byte, of the type their bytes say."""

import hashlib

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from billing.actions.manual_batches import take_open
from billing.models import ManualBatch, ManualPage
from billing.rules.page_images import page_name, page_type
from rcm import events
from rcm.errors import Refusal
from rcm.models import User

MOST_PAGES = 100


@transaction.atomic
def add_page(batch: ManualBatch, name: str, content: bytes, *, by: User | None) -> ManualPage:
    """Keep one page behind the others.

    Raises Refusal: 409 the batch is closed or has these bytes, 422 empty, larger than
    settings.MANUAL_PAGE_LIMIT, one too many, or no PDF, PNG or JPEG.
    """
    locked = take_open(batch)
    limit = settings.MANUAL_PAGE_LIMIT
    if len(content) > limit:
        raise _refusal("page_too_large", f"The page is larger than {limit // 1024 // 1024} MB.")
    kind = page_type(content)
    if kind is None:
        raise _refusal("page_not_readable", "The file is not a whole PDF, PNG or JPEG.")
    digest = hashlib.sha256(content).hexdigest()
    if locked.pages.filter(sha256=digest).exists():
        raise _refusal("page_is_here", "This batch has the page already.", status=409)
    if locked.pages.count() >= MOST_PAGES:
        raise _refusal("too_many_pages", f"A batch holds {MOST_PAGES} pages at most.")
    last = locked.pages.aggregate(last=Max("position"))["last"] or 0
    page = ManualPage.objects.create(
        practice_id=locked.practice_id,
        batch=locked,
        position=last + 1,
        name=page_name(name),
        content_type=kind,
        content=content,
        size=len(content),
        sha256=digest,
        added_by=by,
    )
    events.record("manual_page.added", page, by=by, batch=locked.pk, size=page.size)
    return page


@transaction.atomic
def remove_page(page: ManualPage, *, by: User | None) -> None:
    """Take a page off an open batch. Raises Refusal 409 when the batch is closed."""
    take_open(page.batch)
    events.record("manual_page.removed", page, by=by, batch=page.batch_id, sha256=page.sha256)
    page.delete()


def _refusal(code: str, message: str, *, status: int = 422) -> Refusal:
    return Refusal(code, message, status=status, fields={"file": message})
