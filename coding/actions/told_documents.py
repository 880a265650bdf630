"""Documents of a visit as their sender tells them: new, amended, replaced, withdrawn, in any order.

A document has the sender's number. Its text with the greatest key counts; older ones are kept as
superseded versions, also when they arrive later.
"""

from typing import Any

from django.utils import timezone

from coding.actions.told_visits import Visit
from coding.document_files import ReadFile, read_file
from coding.intake_reading import digest
from coding.models import Document, DocumentFile, Encounter
from coding.rules.told import DocumentTold, Told, Waits

AMENDED = "The note was amended after coding"
WITHDRAWN = "A document was withdrawn after coding"
LATE = "“{title}” came after the chart was coded. Reopen the chart if it changes the codes."
NO_TEXT = "“{title}” has no text layer: read the page image."


def file_document(found: Visit, told: Told, document: DocumentTold) -> Document | None:
    """Put one document on the chart; None when it says nothing new.

    Raises Waits for the withdrawal of a document that has not come yet, Unusable for a file that
    cannot be opened.
    """
    charted = Document.objects.filter(encounter=found.encounter).order_by("pk")
    rows = list(charted.select_related("file").defer("file__content"))
    own = [row for row in rows if row.external_id == document.external_id]
    latest = max(own, key=lambda row: row.told_key, default=None)
    if document.is_cancelled:
        withdraw(found, told, document, latest)
        return None
    read = read_file(document.file) if document.file else None
    text = document.text or (read.text if read else "")
    if latest and is_same(latest, document, text):
        sign(found, latest, document, told.key)
        return None
    is_older = latest is not None and latest.told_key > told.key
    if is_older and any(is_same(row, document, text) for row in own):
        return None
    is_replaced = any(
        row.relation == Document.Relation.REPLACEMENT
        and row.parent_number == document.external_id
        and not row.is_withdrawn
        for row in rows
    )
    gone = [] if is_older or is_replaced else supersede(document, rows)
    row = create_version(found, told, document, text, own, is_current=not (is_older or is_replaced))
    keep_file(row, document, read)
    found.is_changed = found.has_new_documents = True
    tell(found, row, document, read, gone)
    return row


def is_same(row: Document, document: DocumentTold, text: str) -> bool:
    """The same words and the same file; who signed it when may differ."""
    if row.is_withdrawn or row.text != text or row.title != document.title[:120]:
        return False
    file = getattr(row, "file", None)
    if document.file is None or file is None:
        return document.file is None and file is None
    return file.sha256 == digest(document.file.content)


def sign(found: Visit, row: Document, document: DocumentTold, key: str) -> None:
    """The same text told later: only its signature can be new."""
    if key < row.told_key:
        return
    fields: dict[str, Any] = {"told_key": key}
    if document.signed_by != row.signed_by or document.signed_at != row.signed_at:
        fields |= {"signed_by": document.signed_by, "signed_at": document.signed_at}
        found.is_changed = True
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=list(fields))


def withdraw(found: Visit, told: Told, document: DocumentTold, latest: Document | None) -> None:
    """T11: the document does not count any more, unless its sender told it anew later."""
    if latest is None:
        raise Waits(
            "document_unknown",
            f"Document {document.external_id}, which the message withdraws, has not come yet.",
            place="TXA-12",
            advice="It is tried again by itself when the document arrives.",
        )
    if latest.told_key > told.key or latest.is_withdrawn:
        return
    was_current = latest.superseded_at is None
    latest.told_key, latest.is_withdrawn = told.key, True
    latest.superseded_at = latest.superseded_at or timezone.now()
    latest.save(update_fields=["told_key", "is_withdrawn", "superseded_at"])
    found.is_changed = found.has_new_documents = True
    if was_current:
        found.amendments.append(WITHDRAWN)


def supersede(document: DocumentTold, rows: list[Document]) -> list[Document]:
    """Versions that stop to count because of this one: its own, and the one it replaces."""
    numbers = {document.external_id}
    if document.relation == Document.Relation.REPLACEMENT:
        numbers.add(document.parent_id)
    gone = [row for row in rows if row.external_id in numbers and row.superseded_at is None]
    if gone:
        now = timezone.now()
        Document.objects.filter(pk__in=[row.pk for row in gone]).update(superseded_at=now)
    return gone


def create_version(
    found: Visit,
    told: Told,
    document: DocumentTold,
    text: str,
    own: list[Document],
    *,
    is_current: bool,
) -> Document:
    latest = max(own, key=lambda row: row.version, default=None)
    return Document.objects.create(
        practice_id=found.encounter.practice_id,
        encounter=found.encounter,
        kind=document.kind,
        title=document.title[:120] or "Document",
        text=text,
        signed_by=document.signed_by[:80],
        signed_at=document.signed_at,
        external_id=document.external_id,
        version=latest.version + 1 if latest else 1,
        replaces=latest,
        relation=document.relation,
        parent_number=document.parent_id,
        told_key=told.key,
        superseded_at=None if is_current else timezone.now(),
    )


def keep_file(row: Document, document: DocumentTold, read: ReadFile | None) -> None:
    if document.file is None or read is None:
        return
    DocumentFile.objects.create(
        practice_id=row.practice_id,
        document=row,
        name=document.file.name[-120:],
        media_type=document.file.media_type[:80],
        content=document.file.content,
        size=len(document.file.content),
        sha256=digest(document.file.content),
        pages=read.pages,
        has_text=bool(read.text.strip()) or bool(document.text),
    )


def tell(
    found: Visit, row: Document, document: DocumentTold, read: ReadFile | None, gone: list[Document]
) -> None:
    """Amendments and warnings a document gives rise to."""
    is_addendum = document.relation == Document.Relation.ADDENDUM
    if row.superseded_at is None and (gone or is_addendum):
        found.amendments.append(AMENDED)
    elif row.superseded_at is None and found.encounter.state == Encounter.State.FINALIZED:
        found.warnings.append(LATE.format(title=row.title))
    if read is not None and not row.text.strip():
        found.warnings.append(NO_TEXT.format(title=row.title))
