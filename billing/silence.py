"""Who is silent for longer than usual: batches without a 999, claims without a 277CA or a payment.

How long is usual comes from billing_answerclock (one row per payer and step), else from the rule's
default. Everything is asked of rows in flight only, by the indexes named at each question.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Min, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from billing.models import AnswerClock, Batch, Claim, Submission
from billing.rules.answer_clocks import BOUNDS, CLAIMS, FORM, PAYMENT

ON_THE_WAY = ("sent", "acknowledged", "unknown")
# Did not get out, or only a person can settle whether it did.
STUCK = Q(state=Batch.State.UNKNOWN) | Q(state=Batch.State.QUEUED, attempts__gt=0)


@dataclass(frozen=True, slots=True)
class SilentBatch:
    """A batch with claims nobody has answered, `silent` of them worth `amount` dollars."""

    batch: Batch
    silent: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class SilentPayer:
    """A payer with accepted claims it has not decided, `since` the first of them was accepted."""

    payer_pk: int
    payer_id: str
    name: str
    silent: int
    amount: Decimal
    since: datetime


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


def without_answer(rows: QuerySet[Claim], now: datetime) -> QuerySet[Claim]:
    """Sent claims without a 277CA for longer than usual (index claim_list, then submissions).

    Each has its latest sending as `sending` and when that went out as `sent_at`.
    """
    latest = Submission.objects.filter(claim=OuterRef("pk"), is_pulled_back=False).order_by("-pk")
    waiting = rows.filter(status=Claim.Status.SUBMITTED).annotate(
        sending=Subquery(latest.values("batch_id")[:1]),
        sent_at=Subquery(latest.values("batch__sent_at")[:1]),
    )
    overdue = waiting.annotate(expected_at=F("sent_at") + expected(CLAIMS))
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


def stuck_batches(practice_id: int) -> list[Batch]:
    """Batches that did not get out or whose outcome is unknown, oldest first."""
    rows = Batch.objects.filter(STUCK, practice_id=practice_id)
    return list(rows.select_related("payer", "channel").order_by("pk"))


def silent_claims(practice_id: int, now: datetime) -> list[SilentBatch]:
    """Batches with claims whose 277CA is overdue, longest silent first. Two statements."""
    claims: Any = without_answer(Claim.objects.filter(practice_id=practice_id), now)
    found = (
        claims.order_by()
        .values("sending")
        .annotate(silent=Count("pk"), amount=Sum("amount_billed"), since=Min("sent_at"))
        .order_by("since", "sending")
    )
    rows = [(row["sending"], row["silent"], row["amount"]) for row in found]
    batches = Batch.objects.select_related("payer", "channel").in_bulk([pk for pk, _, _ in rows])
    return [SilentBatch(batches[pk], silent, amount) for pk, silent, amount in rows]


def silent_payers(practice_id: int, now: datetime) -> list[SilentPayer]:
    """Payers that have not decided claims they accepted, longest silent first. One statement."""
    claims = without_payment(Claim.objects.filter(practice_id=practice_id), now)
    found = (
        claims.order_by()
        .values("payer_id", "payer__short_name", "payer__payer_id")
        .annotate(silent=Count("pk"), amount=Sum("amount_billed"), since=Min("accepted_at"))
        .order_by("since", "payer_id")
    )
    return [
        SilentPayer(
            row["payer_id"],
            row["payer__payer_id"],
            row["payer__short_name"],
            row["silent"],
            row["amount"],
            row["since"],
        )
        for row in found
    ]
