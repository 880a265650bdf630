"""Open work of this app for the sidebar."""

from django.http import HttpRequest
from django.utils import timezone

from billing.deposit_state import overdue_lines, overdue_payments
from billing.exception_list import waiting
from billing.models import Claim, ManualBatch, Refund, Remittance, RemittedClaim
from rcm import access


def held_claims(request: HttpRequest) -> int:
    claims = access.in_practice(request, Claim.objects.all())
    return claims.filter(status__in=["held", "rejected"]).count()


def remittances_waiting(request: HttpRequest) -> int:
    remittances = access.in_practice(request, Remittance.objects.all())
    return remittances.filter(state__in=["held", "ready", "partly_posted"]).count()


def exceptions_waiting(request: HttpRequest) -> int:
    return waiting(access.in_practice(request, RemittedClaim.objects.all())).count()


def refunds_waiting(request: HttpRequest) -> int:
    refunds = access.in_practice(request, Refund.objects.all())
    return refunds.filter(state__in=["requested", "approved"]).count()


def open_manual_batches(request: HttpRequest) -> int:
    batches = access.in_practice(request, ManualBatch.objects.all())
    return batches.exclude(state=ManualBatch.State.CLOSED).count()


def deposits_overdue(request: HttpRequest) -> int:
    """Payments without money and money without a remittance, past three business days."""
    practice = getattr(request, "practice", None)
    if practice is None:
        return 0
    today = timezone.localdate()
    late = overdue_payments(practice.pk, today), overdue_lines(practice.pk, today)
    return sum(rows.count() for rows in late)
