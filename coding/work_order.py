"""Which chart a coder gets next, and which charts are open at all."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from coding.credential_facts import credential_gate
from coding.models import Encounter, ProviderQuery
from rcm.models import Practice, User

State = Encounter.State
OPEN_STATES = (State.NEW, State.IN_CODING, State.RETURNED)
# So long an answered query waits for who asked before anybody gets its chart.
KEPT_FOR_ASKER = timedelta(days=1)
# What was skipped comes after what nobody skipped, the longest skipped first.
ORDER = (F("skipped_at").asc(nulls_first=True), "-priority", "date_of_service", "pk")


def is_unlocked() -> Q:
    return Q(locked_until__isnull=True) | Q(locked_until__lt=timezone.now())


def is_free(by: User | None) -> Q:
    """Nobody else has it open."""
    return is_unlocked() | Q(assigned_to=by)


def answered_charts(practice: Practice, *, since: datetime | None = None) -> QuerySet[Any]:
    """Ids of charts back in the queue with an answer of a provider that nobody skipped since."""
    rows = ProviderQuery.objects.filter(
        Q(encounter__skipped_at__isnull=True) | Q(encounter__skipped_at__lt=F("settled_at")),
        practice=practice,
        state=ProviderQuery.State.ANSWERED,
        encounter__state__in=[State.NEW, State.IN_CODING],
    )
    return (rows.filter(settled_at__gte=since) if since else rows).values("encounter_id")


def work_order(practice: Practice, by: User) -> Iterator[QuerySet[Encounter]]:
    """Where to look for the next chart, one place after the other, each in its own order.

    The chart the coder has open; what providers answered her; what was on hold until today;
    returned work of the coder, then new work of the coder; then returned and new work that is
    nobody's. What a lead gave to somebody else is given to nobody else, and what a provider
    answered somebody else not before a day has passed. A chart that requires a credential the
    coder lacks is not given to her.
    """
    mine = Encounter.objects.filter(practice=practice, assigned_to=by)
    yield mine.filter(locked_until__gte=timezone.now(), state__in=OPEN_STATES).order_by("pk")
    charts = Encounter.objects.filter(credential_gate(practice.pk, by), practice=practice)
    free = charts.filter(is_unlocked()).order_by(*ORDER)
    answered = answered_charts(practice).filter(asked_by=by)
    yield free.filter(pk__in=answered, state__in=[State.NEW, State.IN_CODING])
    due = charts.filter(state=State.HELD, hold_until__lte=timezone.localdate())
    yield due.filter(Q(owner=by) | Q(owner__isnull=True)).order_by("hold_until", "pk")
    of_others = answered_charts(practice, since=timezone.now() - KEPT_FOR_ASKER)
    nobodys = Q(owner__isnull=True) & ~Q(pk__in=of_others.exclude(asked_by=by))
    for owner in (Q(owner=by), nobodys):
        yield free.filter(owner, state=State.RETURNED)
        yield free.filter(owner, state__in=[State.NEW, State.IN_CODING])
