"""Open work of this app for the sidebar."""

from django.http import HttpRequest

from billing.models import Claim, Refund, Remittance
from rcm import access


def held_claims(request: HttpRequest) -> int:
    claims = access.in_practice(request, Claim.objects.all())
    return claims.filter(status__in=["held", "rejected"]).count()


def remittances_waiting(request: HttpRequest) -> int:
    remittances = access.in_practice(request, Remittance.objects.all())
    return remittances.filter(state__in=["held", "ready", "partly_posted"]).count()


def refunds_waiting(request: HttpRequest) -> int:
    refunds = access.in_practice(request, Refund.objects.all())
    return refunds.filter(state__in=["requested", "approved"]).count()
