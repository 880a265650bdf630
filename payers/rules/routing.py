"""Which way a payer's transaction goes, or why it cannot go. Plain rows in, no database.

An active route of the payer for the transaction decides, if enrolment allows it. Where the payer
has none, the practice's only active channel (or the default of several) is the way, under the
payer's own id, unless a route on that very channel says that enrolment is still open.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

ENROLLED = frozenset({"not_needed", "approved"})


class ChannelRow(NamedTuple):
    """A channel that is read. `is_test` is what it writes into ISA15."""

    id: int
    name: str
    is_test: bool
    is_default: bool = False


class RouteRow(NamedTuple):
    """One row of payers.PayerRoute."""

    payer: int
    transaction: str
    channel: int
    payer_identifier: str
    enrolment: str
    is_active: bool


class Way(NamedTuple):
    """The way found; `channel` is None when there is none and `reason` says why.

    An empty `payer_identifier` leaves the id the claim already carries.
    """

    channel: int | None
    payer_identifier: str = ""
    reason: str = ""


def find_way(
    transaction: str,
    payer_name: str,
    routes: Iterable[RouteRow],
    channels: Sequence[ChannelRow],
    *,
    is_production: bool,
) -> Way:
    """The way of one payer's transaction; `routes` are all of that payer."""
    own = [route for route in routes if route.transaction == transaction]
    active = next((route for route in own if route.is_active), None)
    refused = Way(
        None,
        reason=f"No approved route for {transaction} to {payer_name}:"
        " request enrolment or re-route.",
    )
    if active is not None:
        channel = next((row for row in channels if row.id == active.channel), None)
        if channel is None or active.enrolment not in ENROLLED:
            return refused
        return checked_way(channel, active.payer_identifier, is_production)
    channel = default_channel(channels)
    if channel is None:
        return Way(
            None,
            reason=f"{payer_name} has no route for {transaction} and there are"
            f" {len(channels)} channels: choose its route.",
        )
    there = next((route for route in own if route.channel == channel.id), None)
    if there is not None and there.enrolment not in ENROLLED:
        return refused
    return checked_way(channel, there.payer_identifier if there else "", is_production)


def default_channel(channels: Sequence[ChannelRow]) -> ChannelRow | None:
    """The only channel, or the default of several."""
    if len(channels) == 1:
        return channels[0]
    return next((row for row in channels if row.is_default), None)


def checked_way(channel: ChannelRow, payer_identifier: str, is_production: bool) -> Way:
    """The way over a channel, unless its ISA15 is not the practice's."""
    if fault := wrong_usage(channel.name, channel.is_test, is_production=is_production):
        return Way(None, reason=fault)
    return Way(channel.id, payer_identifier)


def wrong_usage(channel_name: str, is_test: bool, *, is_production: bool) -> str:
    """Why this channel must not send for the practice (ISA15); empty when it may."""
    if is_test and is_production:
        return f"{channel_name} is a test channel and the practice is in production."
    if not is_test and not is_production:
        return f"{channel_name} is a production channel and the practice is in test."
    return ""
