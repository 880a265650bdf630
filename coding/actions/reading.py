"""Which pages of a chart a person has read."""

from django.db import transaction

from coding.models import Document, DocumentRead
from rcm import events
from rcm.models import User


@transaction.atomic
def mark_read(document: Document, *, by: User) -> None:
    """The person read the page to its end. Repeating it changes nothing."""
    _, is_new = DocumentRead.objects.get_or_create(
        practice_id=document.practice_id, document=document, user=by
    )
    if is_new:
        patient_id = document.encounter.patient_id
        events.record("document.read", document, by=by, patient_id=patient_id)


@transaction.atomic
def mark_unread(document: Document, *, by: User) -> None:
    """Take the tick off again."""
    DocumentRead.objects.filter(document=document, user=by).delete()
