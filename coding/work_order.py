"""Which chart a coder gets next, and which charts are open at all."""

from collections.abc import Iterator

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from coding.models import Encounter
from rcm.models import Practice, User

State = Encounter.State
OPEN_STATES = (State.NEW, State.IN_CODING, State.RETURNED)
# What was skipped comes after what nobody skipped, the longest skipped first.
ORDER = (F("skipped_at").asc(nulls_first=True), "-priority", "date_of_service", "pk")


def is_unlocked() -> Q:
    return Q(locked_until__isnull=True) | Q(locked_until__lt=timezone.now())


def is_free(by: User | None) -> Q:
    """Nobody else has it open."""
    return is_unlocked() | Q(assigned_to=by)


def work_order(practice: Practice, by: User) -> Iterator[QuerySet[Encounter]]:
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
    free = Encounter.objects.filter(is_unlocked(), practice=practice).order_by(*ORDER)
    for owner in (Q(owner=by), Q(owner__isnull=True)):
        yield free.filter(owner, state=State.RETURNED)
        yield free.filter(owner, state__in=[State.NEW, State.IN_CODING])
