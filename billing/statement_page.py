"""What the pages of statements show: what a batch would be, what one is."""

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Count, Sum

from billing.models import BatchAccount, StatementBatch, StatementDocument
from billing.patient_accounts import account_states
from billing.rules.statements import CODES
from rcm.models import Practice
from rcm.money import ZERO

BATCHES = 30
NOTES = 50


class Preview(NamedTuple):
    """What a batch of today would be: accounts, dollars, and (code, label, accounts) left out."""

    statements: int
    amount: Decimal
    excluded: list[tuple[str, str, int]]


def preview_of(practice: Practice, today: date) -> Preview:
    """Nothing is written. Two statements. An account counts under each of its reasons."""
    owing = [row for row in account_states(practice, today) if row.owed > 0]
    due = [row for row in owing if row.may_be_stated]
    counts = Counter(reason.code for row in owing for reason in row.reasons)
    excluded = [(code, label, counts[code]) for code, label in CODES.items() if counts[code]]
    return Preview(len(due), sum((row.due for row in due), ZERO), excluded)


def newest_batches(practice_id: int) -> Any:
    """Batches with their statements and dollars."""
    rows = StatementBatch.objects.filter(practice_id=practice_id).select_related("made_by")
    sums = {"count": Count("statements"), "amount": Sum("statements__amount")}
    return rows.annotate(**sums).order_by("-pk")[:BATCHES]


def batch_of(batch: StatementBatch) -> dict[str, Any]:
    """One batch: how far, and which accounts got none or failed."""
    counts = dict(batch.accounts.values_list("state").annotate(Count("id")))
    noted = batch.accounts.exclude(note="").select_related("patient").order_by("-state", "pk")
    sums = batch.statements.aggregate(count=Count("id"), amount=Sum("amount"))
    printed = batch.prints.aggregate(count=Sum("count"))["count"] or 0
    labels = dict(BatchAccount.State.choices)
    return {
        "batch": batch,
        "tiles": [(label, f"{counts.get(state, 0):,}") for state, label in labels.items()],
        "amount": sums["amount"] or ZERO,
        "count": sums["count"],
        "noted": noted[:NOTES],
        "failed": counts.get(BatchAccount.State.FAILED, 0),
        "can_undo": batch.state in ("queued", "made"),
        "can_mail": batch.state == "made",
        "can_resume": batch.state == "queued" or bool(counts.get("failed")),
        "has_print": StatementDocument.objects.filter(batch=batch, count=printed).exists(),
        "is_joining": bool(printed),
    }
