"""Which chart a coder gets next, and which charts are open at all."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.utils import timezone

from coding.credential_facts import credential_gate
from coding.models import CoderTask, Encounter, ProviderQuery
from rcm.models import Practice, User

State = Encounter.State
Charts = QuerySet[Encounter]
OPEN_STATES = (State.NEW, State.IN_CODING, State.RETURNED)
# As lists show charts: first to code first.
LIST_ORDER = ("-priority", "date_of_service", "pk")
# So long an answered query waits for who asked before anybody gets its chart.
KEPT_FOR_ASKER = timedelta(days=1)
# What was skipped comes after what nobody skipped, the longest skipped first.
ORDER = (F("skipped_at").asc(nulls_first=True), *LIST_ORDER)


def is_unlocked() -> Q:
    return Q(locked_until__isnull=True) | Q(locked_until__lt=timezone.now())


def is_free(by: User | None) -> Q:
    """Nobody else has it open."""
    return is_unlocked() | Q(assigned_to=by)


def answered_charts(practice: Practice, *, since: datetime | None = None) -> QuerySet[Any]:
    """Ids of charts back in the queue with an answer of a provider that nobody skipped since.

    An answer of before the chart was coded brings a returned one to nobody: only one given while
    its task was open does.
    """
    tasks = CoderTask.objects.filter(
        encounter=OuterRef("encounter"),
        state=CoderTask.State.OPEN,
        opened_at__lt=OuterRef("settled_at"),
    )
    rows = ProviderQuery.objects.filter(
        Q(encounter__skipped_at__isnull=True) | Q(encounter__skipped_at__lt=F("settled_at")),
        Q(encounter__state__in=[State.NEW, State.IN_CODING])
        | Q(Exists(tasks), encounter__state=State.RETURNED),
        practice=practice,
        state=ProviderQuery.State.ANSWERED,
    )
    return (rows.filter(settled_at__gte=since) if since else rows).values("encounter_id")


def work_order(practice: Practice, by: User) -> Iterator[Charts]:
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
    yield free.filter(pk__in=answered, state__in=OPEN_STATES)
    due = charts.filter(state=State.HELD, hold_until__lte=timezone.localdate())
    yield due.filter(Q(owner=by) | Q(owner__isnull=True)).order_by("hold_until", "pk")
    of_others = answered_charts(practice, since=timezone.now() - KEPT_FOR_ASKER)
    unasked = free.exclude(pk__in=of_others.exclude(asked_by=by))
    for found in (free.filter(owner=by), nobodys(unasked, *ORDER)):
        yield found.filter(state=State.RETURNED)
        yield found.filter(state__in=[State.NEW, State.IN_CODING])


def nobodys(charts: Charts, *order: str | OrderBy) -> Charts:
    """Those without an owner, in this order.

    PostgreSQL takes an index for "owner IS NULL" in order only when the order names the owner: all
    of them are sorted otherwise.
    """
    return charts.filter(owner__isnull=True).order_by("owner", *order)


def view_order(charts: Charts, by: User) -> Iterator[Charts]:
    """The same for the charts of one list, which names its order: next is the next row of it.

    The coder's open chart of the list; what nobody skipped, in the list's order; then what was
    skipped, the longest ago first. What is somebody else's is passed over.
    """
    in_hand = charts.filter(assigned_to=by, locked_until__gte=timezone.now())
    yield in_hand.order_by("pk")
    free = charts.filter(is_unlocked()).filter(Q(owner=by) | Q(owner__isnull=True))
    yield free.filter(skipped_at__isnull=True)
    yield free.filter(skipped_at__isnull=False).order_by("skipped_at", *LIST_ORDER)
