"""Open work of this app for the sidebar."""

from django.http import HttpRequest

from billing.models import Claim, Remittance
from rcm import access


def held_claims(request: HttpRequest) -> int:
    claims = access.in_practice(request, Claim.objects.all())
    return claims.filter(status__in=["held", "rejected"]).count()


def remittances_waiting(request: HttpRequest) -> int:
    remittances = access.in_practice(request, Remittance.objects.all())
    return remittances.filter(state__in=["held", "ready", "partly_posted"]).count()
