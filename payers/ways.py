"""The way of each payer's transaction as it is now, read in a constant number of statements."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from payers.models import Channel, Payer, PayerRoute
from payers.rules.routing import ChannelRow, RouteRow, Way, find_way
from rcm.models import Practice


def channel_rows(practice: Practice) -> list[ChannelRow]:
    """The channels that are read, in the order they were made."""
    rows = Channel.objects.filter(practice=practice, is_active=True).order_by("pk")
    return [ChannelRow(*row) for row in rows.values_list("pk", "name", "is_test", "is_default")]


def route_rows(practice: Practice, payers: Collection[int]) -> dict[int, list[RouteRow]]:
    """Payer -> its routes."""
    rows = PayerRoute.objects.filter(practice=practice, payer__in=payers).order_by("pk")
    found: defaultdict[int, list[RouteRow]] = defaultdict(list)
    for row in rows.values_list(
        *("payer", "transaction", "channel", "payer_identifier", "enrolment", "is_active")
    ):
        found[row[0]].append(RouteRow(*row))
    return found


def find_ways(practice: Practice, wanted: Iterable[tuple[int, str]]) -> dict[tuple[int, str], Way]:
    """(Payer, transaction) -> its way. Three statements, however many."""
    pairs = set(wanted)
    payers = {payer for payer, _ in pairs}
    names = dict(Payer.objects.filter(practice=practice, pk__in=payers).values_list("pk", "name"))
    channels, routes = channel_rows(practice), route_rows(practice, payers)
    return {
        (payer, transaction): find_way(
            transaction,
            names.get(payer, ""),
            routes.get(payer, []),
            channels,
            is_production=practice.is_production,
        )
        for payer, transaction in pairs
    }
