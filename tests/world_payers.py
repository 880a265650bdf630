"""How payers are reached and what they agreed to, for tests that walk all addresses."""

from dataclasses import dataclass

from billing.models import Batch, Reroute, RerouteMove
from payers.models import Channel, PayerRoute
from tests import make


@dataclass(frozen=True)
class PayerTerms:
    """The rows of a world about its payer."""

    channel: Channel
    route: PayerRoute
    reroute: Reroute


def make_terms(batch: Batch, mark: str) -> PayerTerms:
    """One of everything about the payer of the batch."""
    moved = make_reroute(batch, mark)
    return PayerTerms(batch.channel, moved.new_route, moved.reroute)


def make_reroute(batch: Batch, mark: str) -> RerouteMove:
    """The payer's claims went from the channel of the batch to another one."""
    practice, payer = batch.practice, batch.payer
    channel = make.channel(practice, name=f"Second of {mark}")
    route = PayerRoute.objects.create(
        practice=practice,
        payer=payer,
        channel=channel,
        transaction="837P",
        payer_identifier=f"{mark}2",
        is_active=True,
    )
    row = Reroute.objects.create(
        practice=practice,
        from_channel=batch.channel,
        to_channel=channel,
        reason=f"{mark} outage",
        in_flight=[batch.pk],
    )
    return RerouteMove.objects.create(
        practice=practice, reroute=row, payer=payer, transaction="837P", new_route=route
    )
