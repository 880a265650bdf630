"""Joins the parts of a statement batch to one PDF for the printer, away from any request."""

from collections.abc import Callable, Iterator

from django.db import transaction
from django.db.models import F, OuterRef, QuerySet, Subquery, Sum

from billing.models import StatementBatch, StatementDocument, StatementPrint
from rcm import access, events, pdf
from rcm.errors import Refusal

JOIN = "billing.tasks.join_statements"


def unjoined(practice_id: int) -> QuerySet[StatementBatch]:
    """Batches with parts whose document is missing or older than the newest part."""
    printed = StatementPrint.objects.filter(batch=OuterRef("pk")).order_by().values("batch")
    rows = StatementBatch.objects.filter(practice_id=practice_id).exclude(
        state=StatementBatch.State.QUEUED
    )
    counted = rows.annotate(printed=Subquery(printed.annotate(n=Sum("count")).values("n")))
    return counted.filter(printed__gt=0).exclude(document__count=F("printed"))


def join_batch(
    practice_id: int, batch_id: int, *, report: Callable[[int], None] = lambda count: None
) -> int:
    """Make the document of a batch that lacks it; how many statements it has, 0 for none to make.

    `report` is told how many are joined. Must not be inside a transaction: joining takes long.
    """
    with access.acting_in(practice_id):
        if not unjoined(practice_id).filter(pk=batch_id).exists():
            return 0
        rows = StatementPrint.objects.filter(practice_id=practice_id, batch=batch_id)
        parts = list(rows.order_by("pk").values_list("content", "count"))

    def told() -> Iterator[bytes]:
        joined = 0
        for content, count in parts:
            yield bytes(content)
            joined += count
            report(joined)

    content = pdf.join(told())
    total = sum(count for _, count in parts)
    with access.acting_in(practice_id):
        store(practice_id, batch_id, content, total)
    return total


def store(practice_id: int, batch_id: int, content: bytes, count: int) -> None:
    """Keep the document; of two workers the one with more statements wins."""
    batch = StatementBatch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    found = StatementDocument.objects.filter(batch=batch).only("count").first()
    if found is not None and found.count >= count:
        return
    StatementDocument.objects.update_or_create(
        batch=batch, defaults={"practice_id": practice_id, "content": content, "count": count}
    )
    events.record("statement_batch.joined", batch, by=None, statements=count)


def document_of(batch: StatementBatch) -> bytes:
    """All statements of the batch as one PDF, in the order they were made.

    Raises Refusal 409 while none is made, or while a worker joins them, which is asked for then.
    """
    printed = batch.prints.aggregate(count=Sum("count"))["count"]
    if not printed:
        raise Refusal("nothing_printed", "No statement of this batch is made yet.", status=409)
    found = StatementDocument.objects.filter(batch=batch, count=printed).first()
    if found is None:
        transaction.on_commit(
            lambda: events.enqueue(JOIN, batch.practice_id, batch.pk), robust=True
        )
        message = "The statements are being put together for the printer. Look again in a minute."
        raise Refusal("document_waits", message, status=409)
    return bytes(found.content)
