"""A payer's transactions from one clearinghouse to another, in one act that can be undone.

What waits in the outbox of the old channel is pulled back and goes by the new one. What has left,
or may have, is never sent again: it is listed until its answers came, over the old channel.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from billing.actions.submissions import pull_back, submit_ready
from billing.models import Batch, Claim, InquiryBatch, Reroute, RerouteMove
from payers.actions.eligibility import OPEN
from payers.actions.routes import close_channel, require_usage
from payers.models import Channel, Payer, PayerRoute, Transaction
from payers.rules.routing import ENROLLED, default_channel
from payers.ways import channel_rows, find_ways
from rcm import events
from rcm.errors import Refusal
from rcm.models import Practice, User


class Move(NamedTuple):
    """One transaction of a payer that can go by the new channel; no `old`: it went by default."""

    payer: Payer
    transaction: str
    old: PayerRoute | None
    new: PayerRoute


class Stay(NamedTuple):
    """One that cannot, and why."""

    payer: Payer
    transaction: str
    reason: str


class Plan(NamedTuple):
    """What a re-route would do now."""

    moves: Sequence[Move]
    stays: Sequence[Stay]
    queued: Sequence[Batch]
    in_flight: Sequence[Batch]


def plan_reroute(old: Channel, new: Channel, payers: Iterable[Payer] | None = None) -> Plan:
    """Everything `old` carries for these payers (all, when None), and whether `new` can.

    Raises Refusal for one and the same channel, a closed one, or one of the other usage (ISA15).
    Six statements, however many payers.
    """
    practice = old.practice
    if old.pk == new.pk:
        raise Refusal("same_channel", "Choose two different channels.")
    if not new.is_active:
        raise Refusal("channel_closed", f"{new} is closed.")
    require_usage(practice, new.name, is_test=new.is_test)
    chosen = Payer.objects.filter(practice=practice).order_by("name", "pk")
    if payers is not None:
        chosen = chosen.filter(pk__in=[payer.pk for payer in payers])
    moves: list[Move] = []
    stays: list[Stay] = []
    by_key = routes_by_key(practice)
    by_default = used_by_default(old)
    for payer in chosen:
        for code in Transaction.values:
            key = (payer.pk, code)
            routes = by_key.get(key, [])
            is_used = by_default is not None and (
                code == Transaction.PROFESSIONAL
                or key in by_default
                or any(route.channel_id == new.pk for route in routes)
            )
            found = judge(payer, code, routes, old, new, is_used)
            if isinstance(found, Move):
                moves.append(found)
            elif found is not None:
                stays.append(found)
    moved = {(move.payer.pk, move.transaction) for move in moves}
    in_flight = [
        batch for batch in in_flight_batches(old) if (batch.payer_id, batch.transaction) in moved
    ]
    return Plan(moves, stays, queued_batches(old, moved), in_flight)


def used_by_default(channel: Channel) -> set[tuple[int, str]] | None:
    """What payers without a route sent, or are about to, over the default channel; else None."""
    if not is_default(channel):
        return None
    own = {"practice_id": channel.practice_id}
    sent = Batch.objects.filter(channel=channel, **own).order_by()
    ready = Claim.objects.filter(status=Claim.Status.READY, **own).order_by()
    forms = ready.values_list("payer_id", "form").distinct()
    return {
        *sent.values_list("payer_id", "transaction").distinct(),
        *((payer, Claim(form=form).guide) for payer, form in forms),
    }


def routes_by_key(practice: Practice) -> dict[tuple[int, str], list[PayerRoute]]:
    found: dict[tuple[int, str], list[PayerRoute]] = {}
    rows = PayerRoute.objects.filter(practice=practice).select_related("channel").order_by("pk")
    for row in rows:
        found.setdefault((row.payer_id, row.transaction), []).append(row)
    return found


def judge(
    payer: Payer,
    code: str,
    routes: Sequence[PayerRoute],
    old: Channel,
    new: Channel,
    is_used: bool,
) -> Move | Stay | None:
    """Does this transaction go over `old`, and may it go over `new`? None when it does not.

    `is_used`: it goes over `old` by default while the payer has no route for it.
    """
    active = next((route for route in routes if route.is_active), None)
    there = next((route for route in routes if route.channel_id == new.pk), None)
    if active is not None and active.channel_id != old.pk:
        return None
    if active is None and not is_used:
        return None
    if there is None:
        return Stay(payer, code, f"No route over {new}: add the payer's id there.")
    if there.enrolment not in ENROLLED:
        return Stay(payer, code, f"Enrolment over {new}: {there.get_enrolment_display().lower()}.")
    return Move(payer, code, active, there)


def queued_batches(channel: Channel, moved: set[tuple[int, str]]) -> list[Batch]:
    """What still waits in the outbox and nobody can have received."""
    rows = Batch.objects.filter(channel=channel, state=Batch.State.QUEUED, was_unknown=False)
    return [
        batch
        for batch in rows.select_related("payer").order_by("pk")
        if (batch.payer_id, batch.transaction) in moved
    ]


def in_flight_batches(channel: Channel) -> QuerySet[Batch]:
    """What left over the channel, or may have, and is not answered for every claim of it."""
    waiting = Claim.objects.filter(
        status=Claim.Status.SUBMITTED, submissions__is_pulled_back=False
    ).values("submissions__batch")
    rows = Batch.objects.filter(
        Q(state__in=[Batch.State.SENDING, Batch.State.SENT, Batch.State.UNKNOWN])
        | Q(state=Batch.State.QUEUED, was_unknown=True)
        | Q(state=Batch.State.ACKNOWLEDGED, pk__in=waiting),
        practice_id=channel.practice_id,
        channel=channel,
    )
    return rows.select_related("payer", "channel").order_by("pk")


@transaction.atomic
def reroute(
    old: Channel,
    new: Channel,
    *,
    by: User | None,
    payers: Iterable[Payer] | None = None,
    reason: str = "",
) -> Reroute:
    """Move what can be moved, all of it or nothing.

    Raises Refusal when nothing can be moved, besides the reasons of plan_reroute.
    """
    lock_routes(old.practice)
    plan = plan_reroute(old, new, payers)
    if not plan.moves:
        why = plan.stays[0].reason if plan.stays else f"Nothing goes over {old}."
        raise Refusal("nothing_to_reroute", f"Nothing can be moved. {why}", status=409)
    row = Reroute.objects.create(
        practice_id=old.practice_id,
        from_channel=old,
        to_channel=new,
        reason=reason.strip()[:200],
        in_flight=[batch.pk for batch in plan.in_flight],
        made_by=by,
    )
    RerouteMove.objects.bulk_create(
        RerouteMove(
            practice_id=old.practice_id,
            reroute=row,
            payer=move.payer,
            transaction=move.transaction,
            old_route=move.old,
            new_route=move.new,
        )
        for move in plan.moves
    )
    switch([move.old.pk for move in plan.moves if move.old], [move.new.pk for move in plan.moves])
    row.batches, row.claims_count = send_other_way(plan.queued, by)
    if payers is None and not plan.stays and is_default(old):
        row.is_default_moved = True
        make_default(new)
    row.save(update_fields=["batches", "claims_count", "is_default_moved"])
    events.record(
        "reroute.made", row, by=by, moves=len(plan.moves), batches=row.batches, reason=row.reason
    )
    return row


def lock_routes(practice: Practice) -> None:
    """One re-route of a practice at a time."""
    Practice.objects.select_for_update().get(pk=practice.pk)


def is_default(channel: Channel) -> bool:
    """Do payers without a route go over this channel?"""
    default = default_channel(channel_rows(channel.practice))
    return default is not None and default.id == channel.pk


def make_default(channel: Channel) -> None:
    own = Channel.objects.filter(practice_id=channel.practice_id)
    own.filter(is_default=True).update(is_default=False)
    own.filter(pk=channel.pk).update(is_default=True)


def switch(off: Sequence[int], on: Sequence[int]) -> None:
    """The old routes out of use first: one of a payer and transaction is active at most."""
    PayerRoute.objects.filter(pk__in=off).update(is_active=False)
    PayerRoute.objects.filter(pk__in=on).update(is_active=True)


def send_other_way(queued: Sequence[Batch], by: User | None) -> tuple[list[int], int]:
    """Out of the outbox and into it again by the routes of now; which batches, how many claims.

    One that begins to be sent meanwhile is left alone.
    """
    locked = Batch.objects.select_for_update(of=("self",)).filter(
        pk__in=[batch.pk for batch in queued], state=Batch.State.QUEUED, was_unknown=False
    )
    pulled: list[int] = []
    claim_ids: list[int] = []
    for batch in locked.order_by("pk"):
        claim_ids += batch.submissions.filter(is_pulled_back=False).values_list("claim", flat=True)
        pull_back(batch, by=by)
        pulled.append(batch.pk)
    if not claim_ids:
        return pulled, 0
    sent = submit_ready(batch.practice, by=by, claim_ids=claim_ids)
    # One whose chart has gone back to its coder meanwhile waits for it.
    return pulled, sum(each.claims_count for each in sent)


@transaction.atomic
def undo_reroute(row: Reroute, *, by: User | None) -> Reroute:
    """The routes as they were; what waits in the new channel's outbox goes back as well.

    What left over the new channel meanwhile stays there. Raises Refusal 409 when it was undone
    already, or one of its routes was changed since.
    """
    lock_routes(row.practice)
    locked = Reroute.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if locked.undone_at is not None:
        raise Refusal("reroute_undone", "This re-route is undone already.", status=409)
    moves = list(locked.moves.select_related("new_route", "old_route", "payer"))
    if not all(move.new_route.is_active for move in moves):
        message = "A route was changed since: re-route it by hand."
        raise Refusal("routes_changed", message, status=409)
    if not locked.from_channel.is_active:
        raise Refusal("channel_closed", f"{locked.from_channel} is closed.", status=409)
    switch(
        [move.new_route_id for move in moves],
        [move.old_route_id for move in moves if move.old_route_id],
    )
    if locked.is_default_moved:
        make_default(locked.from_channel)
    moved = {(move.payer_id, move.transaction) for move in moves}
    pulled, count = send_other_way(queued_batches(locked.to_channel, moved), by)
    locked.undone_at, locked.undone_by = timezone.now(), by
    locked.save(update_fields=["undone_at", "undone_by"])
    events.record("reroute.undone", locked, by=by, batches=pulled, claims=count)
    return locked


@transaction.atomic
def follow_routes(practice_id: int) -> int:
    """Queued batches whose payer goes another way by now, over to it; how many.

    What was being sent while its payer was re-routed comes back into the outbox when the old
    clearinghouse does not answer.
    """
    practice = Practice.objects.get(pk=practice_id)
    queued = list(
        Batch.objects.filter(
            practice=practice, state=Batch.State.QUEUED, was_unknown=False
        ).order_by("pk")
    )
    if not queued:
        return 0
    ways = find_ways(practice, {(batch.payer_id, batch.transaction) for batch in queued})
    stray = [
        batch
        for batch in queued
        if ways[batch.payer_id, batch.transaction].channel not in (None, batch.channel_id)
    ]
    pulled, _ = send_other_way(stray, None)
    return len(pulled)


@transaction.atomic
def stop_reading(channel: Channel, *, by: User | None) -> None:
    """Close a channel. Raises Refusal 409 while an answer is awaited over it, or it is in use."""
    lock_routes(channel.practice)
    queued = Q(channel=channel, state=Batch.State.QUEUED)
    states = InquiryBatch.State
    asked = (states.QUEUED, states.SENDING, states.SENT, states.UNKNOWN, states.ACKNOWLEDGED)
    questions = InquiryBatch.objects.filter(
        Q(eligibility_sendings__inquiry__state__in=OPEN) | Q(status_inquiries__state__in=OPEN),
        channel=channel,
        state__in=asked,
    )
    waiting = (
        in_flight_batches(channel).exclude(queued).count()
        + Batch.objects.filter(queued).count()
        + questions.distinct().count()
    )
    if waiting:
        told = "1 file is" if waiting == 1 else f"{waiting} files are"
        raise Refusal("answers_awaited", f"{told} not answered yet over {channel}.", status=409)
    close_channel(channel, by=by)
