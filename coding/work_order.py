"""Which chart a coder gets next, and which charts are open at all."""

from collections.abc import Iterator

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.utils import timezone

from coding.models import Encounter
from rcm.models import Practice, User

State = Encounter.State
Charts = QuerySet[Encounter]
OPEN_STATES = (State.NEW, State.IN_CODING, State.RETURNED)
# As lists show charts: first to code first.
LIST_ORDER = ("-priority", "date_of_service", "pk")
# What was skipped comes after what nobody skipped, the longest skipped first.
ORDER = (F("skipped_at").asc(nulls_first=True), *LIST_ORDER)


def is_unlocked() -> Q:
    return Q(locked_until__isnull=True) | Q(locked_until__lt=timezone.now())


def is_free(by: User | None) -> Q:
    """Nobody else has it open."""
    return is_unlocked() | Q(assigned_to=by)


def work_order(practice: Practice, by: User) -> Iterator[Charts]:
    """Where to look for the next chart, one place after the other, each in its own order.

    The chart the coder has open; what was on hold until today; returned work of the coder, then
    new work of the coder; then returned and new work that is nobody's. What a lead gave to somebody
    else is given to nobody else.
    """
    mine = Encounter.objects.filter(practice=practice, assigned_to=by)
    yield mine.filter(locked_until__gte=timezone.now(), state__in=OPEN_STATES).order_by("pk")
    due = Encounter.objects.filter(practice=practice, state=State.HELD)
    due = due.filter(hold_until__lte=timezone.localdate())
    yield due.filter(Q(owner=by) | Q(owner__isnull=True)).order_by("hold_until", "pk")
    free = Encounter.objects.filter(is_unlocked(), practice=practice)
    for charts in (free.filter(owner=by).order_by(*ORDER), nobodys(free, *ORDER)):
        yield charts.filter(state=State.RETURNED)
        yield charts.filter(state__in=[State.NEW, State.IN_CODING])


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
