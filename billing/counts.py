"""Open work of this app for the sidebar."""

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
from rcm.counting import Lists


def charge_reviews_waiting(request: HttpRequest) -> Lists:
    reviews = access.in_practice(request, ChargeReview.objects.all())
    return [reviews.filter(state=ChargeReview.State.WAITING)]


def held_claims(request: HttpRequest) -> Lists:
    claims = access.in_practice(request, Claim.objects.all())
    return [claims.filter(status__in=["held", "rejected"])]


def acknowledgments_waiting(request: HttpRequest) -> Lists:
    """Rejections to correct, and everybody who is silent for longer than usual."""
    now = timezone.now()
    batches = access.in_practice(request, Batch.objects.all())
    claims = access.in_practice(request, Claim.objects.all())
    return [
        open_work(access.in_practice(request, Rejection.objects.all())),
        without_form(batches, now),
        batches.filter(STUCK),
        without_answer(claims, now),
        without_payment(claims, now),
    ]


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
    if practice is None:
        return []
    today = timezone.localdate()
    return [overdue_payments(practice.pk, today), overdue_lines(practice.pk, today)]
