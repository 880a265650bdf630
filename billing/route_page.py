"""What the routes page shows: ways by payer and transaction, what waits for one, re-routes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Case, Count, Q, QuerySet, When

from billing.actions.reroutes import in_flight_batches
from billing.actions.submissions import route_key
from billing.models import Batch, Claim, Reroute
from billing.sendable import is_sendable
from payers.models import Channel, Payer, PayerRoute, Transaction
from payers.rules.routing import default_channel
from payers.ways import channel_rows, find_ways
from rcm.models import Practice

WITH_CODER = "The chart is back with its coder."
# What goes by the default channel when the payer has no route of its own.
CLAIMS = (Transaction.PROFESSIONAL, Transaction.INSTITUTIONAL)


def waiting_reasons(practice: Practice, claims: QuerySet[Claim] | None = None) -> list[str]:
    """Why ready claims cannot be sent now, each with how many wait for it."""
    rows = Claim.objects.filter(practice=practice) if claims is None else claims
    ready = rows.filter(status=Claim.Status.READY).order_by()
    counts: defaultdict[tuple[int, str], int] = defaultdict(int)
    found: defaultdict[str, int] = defaultdict(int)
    kinds = ready.annotate(may_go=Case(When(is_sendable(), then=True), default=False))
    grouped = kinds.values_list("payer", "form", "may_go").annotate(Count("pk"))
    for payer, form, may_go, count in grouped:
        if may_go:
            counts[route_key(Claim(payer_id=payer, form=form))] += count
        else:
            found[WITH_CODER] += count
    ways = find_ways(practice, counts) if counts else {}
    for key, count in counts.items():
        if reason := ways[key].reason:
            found[reason] += count
    return [f"{claims_of(count)} ready. {reason}" for reason, count in sorted(found.items())]


def claims_of(count: int) -> str:
    return "1 claim is" if count == 1 else f"{count:,} claims are"


def matrix(practice: Practice, payers: Sequence[Payer]) -> list[dict[str, Any]]:
    """One row per payer with a cell per transaction: its routes, the one in use first."""
    routes: defaultdict[tuple[int, str], list[PayerRoute]] = defaultdict(list)
    rows = PayerRoute.objects.filter(practice=practice, payer__in=payers)
    for route in rows.select_related("channel").order_by("-is_active", "pk"):
        routes[route.payer_id, route.transaction].append(route)
    default = default_channel(channel_rows(practice))
    name = default.name if default else ""
    return [
        {
            "payer": payer,
            "cells": [
                {
                    "transaction": code,
                    "routes": routes[payer.pk, code],
                    "default": name if code in CLAIMS else "",
                }
                for code in Transaction.values
            ],
        }
        for payer in payers
    ]


def channels_of(practice: Practice) -> list[dict[str, Any]]:
    """Every channel with what goes over it and what is awaited there. Two statements each."""
    default = default_channel(channel_rows(practice))
    return [
        {
            "channel": channel,
            "routes": channel.routes_count,  # type: ignore[attr-defined]  # annotated below
            "awaited": in_flight_batches(channel).count(),
            "is_default": default is not None and default.id == channel.pk,
        }
        for channel in Channel.objects.filter(practice=practice)
        .annotate(routes_count=Count("routes", filter=Q(routes__is_active=True)))
        .order_by("pk")
    ]


def report_of(reroute: Reroute) -> dict[str, Any]:
    """What a re-route moved, and what is still awaited of what had left."""
    batches = {
        batch.pk: batch
        for batch in Batch.objects.filter(
            practice_id=reroute.practice_id, pk__in=[*reroute.batches, *reroute.in_flight]
        ).select_related("payer", "channel")
    }
    awaited = set(in_flight_batches(reroute.from_channel).values_list("pk", flat=True))
    return {
        "moves": reroute.moves.select_related("payer", "old_route", "new_route").order_by("pk"),
        "moved": listed(batches, reroute.batches),
        "left": [
            {"batch": batch, "is_awaited": batch.pk in awaited}
            for batch in listed(batches, reroute.in_flight)
        ],
        "awaited": len(awaited & set(reroute.in_flight)),
    }


def listed(batches: dict[int, Batch], ids: Iterable[int]) -> list[Batch]:
    return [batches[pk] for pk in ids if pk in batches]
