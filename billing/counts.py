"""Open work of this app for the sidebar."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from billing.deposit_state import overdue_lines, overdue_payments
from billing.exception_list import waiting
from billing.models import (
    Batch,
    ChargeReview,
    Claim,
    ManualBatch,
    Refund,
    Rejection,
    Remittance,
    RemittedClaim,
)
from billing.rejection_list import open_work
from billing.silence import STUCK, without_answer, without_form, without_payment
from rcm import access
from rcm.counting import Lists, statement_of


def charge_reviews_waiting(request: HttpRequest) -> Lists:
    reviews = access.in_practice(request, ChargeReview.objects.all())
    return [reviews.filter(state=ChargeReview.State.WAITING)]


def held_claims(request: HttpRequest) -> Lists:
    claims = access.in_practice(request, Claim.objects.all())
    return [claims.filter(status__in=["held", "rejected"])]


def acknowledgments_waiting(request: HttpRequest) -> Lists:
    """Rejections to correct, and everybody who is silent for longer than usual."""
    practice = getattr(request, "practice", None)
    if practice is None:
        return []
    now = timezone.now()
    return unanswered(
        practice.pk, now.replace(minute=now.minute - now.minute % 5, second=0, microsecond=0)
    )


@lru_cache(maxsize=1000)
def unanswered(practice_id: int, now: datetime) -> Lists:
    """The five statements of a practice and a time: that of the last five minutes is enough."""
    batches = Batch.objects.filter(practice_id=practice_id)
    claims = Claim.objects.filter(practice_id=practice_id)
    rows: list[QuerySet[Any]] = [
        open_work(Rejection.objects.filter(practice_id=practice_id)),
        without_form(batches, now),
        batches.filter(STUCK),
        without_answer(claims, now),
        without_payment(claims, now),
    ]
    return [statement_of(each) for each in rows]


def remittances_waiting(request: HttpRequest) -> Lists:
    remittances = access.in_practice(request, Remittance.objects.all())
    return [remittances.filter(state__in=["held", "ready", "partly_posted"])]


def exceptions_waiting(request: HttpRequest) -> Lists:
    return [waiting(access.in_practice(request, RemittedClaim.objects.all()))]


def refunds_waiting(request: HttpRequest) -> Lists:
    refunds = access.in_practice(request, Refund.objects.all())
    return [refunds.filter(state__in=["requested", "approved"])]


def open_manual_batches(request: HttpRequest) -> Lists:
    batches = access.in_practice(request, ManualBatch.objects.all())
    return [batches.exclude(state=ManualBatch.State.CLOSED)]


def deposits_overdue(request: HttpRequest) -> Lists:
    """Payments without money and money without a remittance, past three business days."""
    practice = getattr(request, "practice", None)
    return [] if practice is None else overdue(practice.pk, timezone.localdate())


@lru_cache(maxsize=1000)
def overdue(practice_id: int, today: date) -> Lists:
    """The two statements of a practice and a day."""
    rows = overdue_payments(practice_id, today), overdue_lines(practice_id, today)
    return [statement_of(each) for each in rows]
