"""Who is silent for longer than usual: batches without a 999, claims without a 277CA or a payment.

How long is usual comes from billing_answerclock (one row per payer and step), else from the rule's
default. Everything is asked of rows in flight only, by the indexes named at each question.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from billing.models import AnswerClock, Batch, Claim
from billing.rules.answer_clocks import BOUNDS, CLAIMS, FORM, PAYMENT

ON_THE_WAY = ("sent", "acknowledged", "unknown")
# Batches that did not get out, or whose outcome only a person can settle.
STUCK = Q(state=Batch.State.UNKNOWN) | Q(state=Batch.State.QUEUED, attempts__gt=0)

# Claims in flight by index claim_list, each with its latest sending.
SILENT_CLAIMS = """
SELECT b.id, count(*), sum(c.amount_billed)
FROM billing_claim c
CROSS JOIN LATERAL (
    SELECT s.batch_id FROM billing_submission s
    WHERE s.claim_id = c.id AND NOT s.is_pulled_back ORDER BY s.id DESC LIMIT 1
) sending
JOIN billing_batch b ON b.id = sending.batch_id
LEFT JOIN billing_answerclock k
    ON k.practice_id = c.practice_id AND k.payer_id = c.payer_id AND k.step = 'claims'
WHERE c.practice_id = %(practice)s AND c.status = 'submitted'
  AND b.state IN ('sent', 'acknowledged', 'unknown', 'rejected')
  AND b.sent_at + coalesce(k.expected_within, %(default)s) < %(at)s
GROUP BY b.id, b.sent_at ORDER BY b.sent_at, b.id
"""


@dataclass(frozen=True, slots=True)
class SilentBatch:
    """A batch with claims nobody has answered, `silent` of them worth `amount` dollars."""

    batch: Batch
    silent: int
    amount: Decimal


def expected(step: str) -> Any:
    """The time a payer has for a step, as an expression over rows with a `payer`."""
    clocks = AnswerClock.objects.filter(
        practice_id=OuterRef("practice_id"), payer_id=OuterRef("payer_id"), step=step
    )
    return Coalesce(Subquery(clocks.values("expected_within")[:1]), Value(BOUNDS[step].default))


def without_form(rows: QuerySet[Batch], now: datetime) -> QuerySet[Batch]:
    """Batches without a 999 for longer than usual (index batch_form_silent)."""
    waiting = rows.filter(state__in=ON_THE_WAY, form_answered_at__isnull=True)
    overdue = waiting.annotate(expected_at=F("sent_at") + expected(FORM))
    return overdue.filter(expected_at__lt=now)


def without_payment(rows: QuerySet[Claim], now: datetime) -> QuerySet[Claim]:
    """Accepted claims without a decision for longer than usual (index claim_list)."""
    waiting = rows.filter(status=Claim.Status.ACCEPTED, accepted_at__isnull=False)
    overdue = waiting.annotate(expected_at=F("accepted_at") + expected(PAYMENT))
    return overdue.filter(expected_at__lt=now)


def silent_forms(practice_id: int, now: datetime) -> list[Batch]:
    """Batches whose 999 is overdue, longest silent first."""
    rows = without_form(Batch.objects.filter(practice_id=practice_id), now)
    return list(rows.select_related("payer", "channel").order_by("sent_at", "pk"))


def silent_claims(practice_id: int, now: datetime) -> list[SilentBatch]:
    """Batches with claims whose 277CA is overdue, longest silent first. Two statements."""
    values: dict[str, Any] = {"practice": practice_id, "at": now, "default": BOUNDS[CLAIMS].default}
    with connection.cursor() as cursor:
        cursor.execute(SILENT_CLAIMS, values)
        found = cursor.fetchall()
    batches = Batch.objects.select_related("payer", "channel").in_bulk([row[0] for row in found])
    return [SilentBatch(batches[pk], count, amount) for pk, count, amount in found]
