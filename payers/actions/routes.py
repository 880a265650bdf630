"""Ways to payers: added, their enrolment followed, chosen; channels opened and closed."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from payers.models import Channel, Payer, PayerRoute
from payers.rules.routing import ENROLLED, default_channel, wrong_usage
from payers.ways import channel_rows
from rcm import events
from rcm.errors import Refusal
from rcm.models import Practice, User

Enrolment = PayerRoute.Enrolment


@transaction.atomic
def set_route(
    payer: Payer,
    channel: Channel,
    transaction_code: str,
    *,
    payer_identifier: str,
    enrolment: str,
    by: User | None,
    on: date | None = None,
    note: str = "",
) -> PayerRoute:
    """The payer's id and enrolment on a channel for one transaction; a later word replaces it.

    `on` is the day of the request or of the answer, today unless given. The first usable route of
    a transaction becomes the active one, unless the payer goes over another channel by default:
    only a re-route moves what is moving. Raises Refusal without an id.
    """
    identifier = payer_identifier.strip()
    if not identifier:
        message = "Give the payer's id at this clearinghouse."
        raise Refusal("route_without_id", message, fields={"payer_identifier": message})
    Payer.objects.select_for_update().get(pk=payer.pk)
    own = PayerRoute.objects.filter(payer=payer, transaction=transaction_code)
    old = own.filter(channel=channel).first()
    facts = {
        "practice_id": payer.practice_id,
        "payer_identifier": identifier[:20],
        "enrolment": enrolment,
        "note": note.strip()[:200],
        **enrolment_dates(old, enrolment, on or timezone.localdate()),
    }
    default = default_channel(channel_rows(payer.practice))
    is_free = default is None or default.id == channel.pk
    if is_free and enrolment in ENROLLED and not own.filter(is_active=True).exists():
        facts["is_active"] = True
    row, _ = PayerRoute.objects.update_or_create(
        payer=payer, channel=channel, transaction=transaction_code, defaults=facts
    )
    events.record("payer_route.set", row, by=by, enrolment=enrolment, identifier=identifier[:20])
    return row


def enrolment_dates(old: PayerRoute | None, enrolment: str, on: date) -> dict[str, date | None]:
    """When it was asked for and answered; a state that did not change keeps its days."""
    if old is not None and old.enrolment == enrolment:
        return {"requested_on": old.requested_on, "decided_on": old.decided_on}
    asked_on = old.requested_on if old else None
    if enrolment == Enrolment.NOT_NEEDED:
        return {"requested_on": None, "decided_on": None}
    if enrolment == Enrolment.REQUESTED:
        return {"requested_on": on, "decided_on": None}
    return {"requested_on": asked_on, "decided_on": on}


@transaction.atomic
def add_channel(practice: Practice, *, by: User | None, **facts: Any) -> Channel:
    """A further clearinghouse. What went over the only one so far keeps going over it.

    Raises Refusal when its name is taken, or when it is of the other usage (ISA15).
    """
    Practice.objects.select_for_update().get(pk=practice.pk)
    own = Channel.objects.filter(practice=practice)
    if own.filter(name=facts["name"]).exists():
        message = "Another channel has this name."
        raise Refusal("channel_name_taken", message, fields={"name": message})
    require_usage(practice, facts["name"], is_test=facts.get("is_test", True))
    active = list(own.filter(is_active=True)[:2])
    if len(active) == 1:
        own.filter(pk=active[0].pk).update(is_default=True)
    channel = Channel.objects.create(practice=practice, **facts)
    events.record("channel.added", channel, by=by)
    return channel


def require_usage(practice: Practice, channel_name: str, *, is_test: bool) -> None:
    """Raises Refusal when the channel's ISA15 is not the practice's."""
    fault = wrong_usage(channel_name, is_test, is_production=practice.is_production)
    if fault:
        raise Refusal("channel_usage", fault)


def close_channel(channel: Channel, *, by: User | None) -> None:
    """Not read any more. Callers have made sure that nothing is awaited over it.

    Raises Refusal while routes use it.
    """
    used = PayerRoute.objects.filter(channel=channel, is_active=True).count()
    if used:
        raise Refusal("channel_in_use", f"{used} routes go over {channel}: re-route them first.")
    Channel.objects.filter(pk=channel.pk).update(is_active=False, is_default=False)
    events.record("channel.closed", channel, by=by)


@transaction.atomic
def set_production(practice: Practice, *, is_production: bool, by: User | None) -> None:
    """From test to production, or back: what is sent says so (ISA15).

    Batches of channels of the other usage do not leave; their claims become ready again.
    """
    Practice.objects.filter(pk=practice.pk).update(is_production=is_production)
    practice.is_production = is_production
    events.record("practice.usage_set", practice, by=by, is_production=is_production)
