"""Queries that wait too long: reminded when due, escalated when late, given up at last.

Runs once a day. Every step is set-based: a fixed number of statements whatever waits.
"""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from coding.actions.chart_events import record_many
from coding.models import CoderTask, Encounter, ProviderQuery
from rcm import events
from rcm.business_days import latest_start
from rcm.models import Practice

# So many business days after its day a query is given up and its chart coded as it stands.
EXPIRE_BUSINESS_DAYS = 7
State = ProviderQuery.State


@transaction.atomic
def follow_up(practice: Practice, *, today: date) -> dict[str, int]:
    """Remind, escalate and expire what waits; how many of each. Running it again changes nothing.

    A reminder goes out the day before the due day, once, and an escalation the day after it.
    """
    # The chart is locked with its query: whoever answers at this moment is passed over.
    locked = (
        ProviderQuery.objects.filter(practice=practice, state=State.OPEN)
        .select_related("encounter")
        .select_for_update(skip_locked=True, of=("self", "encounter"))
    )
    given_up = locked.filter(due_on__lte=latest_start(today, EXPIRE_BUSINESS_DAYS))
    expired = change(given_up, "expired", state=State.EXPIRED, settled_at=timezone.now())
    late = locked.filter(due_on__lt=today, escalated_at__isnull=True)
    soon = locked.filter(
        due_on__lte=today + timedelta(days=1), due_on__gte=today, reminded_at__isnull=True
    )
    counts = {
        "escalated": len(change(late, "escalated", escalated_at=timezone.now())),
        "reminded": len(change(soon, "reminded", reminded_at=timezone.now())),
        "expired": len(expired),
    }
    return_charts(practice, expired)
    return counts


def change(rows: QuerySet[ProviderQuery], verb: str, **changes: object) -> list[int]:
    """Write the changes to the locked rows and an event for each; the charts they are about."""
    found = list(rows)
    ProviderQuery.objects.filter(pk__in=[query.pk for query in found]).update(**changes)
    if found:
        facts: list[events.Fact] = [(query.pk, query.encounter.patient_id, {}) for query in found]
        name = f"provider_query.{verb}"
        events.record_each(name, ProviderQuery, found[0].practice_id, facts, by=None)
    return [query.encounter_id for query in found]


def return_charts(practice: Practice, charts: list[int]) -> None:
    """Off hold where no query waits any more; returned work stays returned work."""
    waiting = ProviderQuery.objects.filter(encounter=OuterRef("pk"), state=State.OPEN)
    held = Encounter.objects.filter(~Exists(waiting), pk__in=charts, state=Encounter.State.HELD)
    found = dict(held.values_list("pk", "patient_id"))
    is_returned = Q(
        Exists(CoderTask.objects.filter(encounter=OuterRef("pk"), state=CoderTask.State.OPEN))
    )
    off = {"hold_reason": "", "hold_until": None}
    rows = Encounter.objects.filter(pk__in=found)
    rows.filter(is_returned).update(state=Encounter.State.RETURNED, **off)
    rows.filter(state=Encounter.State.HELD).update(state=Encounter.State.NEW, **off)
    record_many(practice.pk, "encounter.released", found, by=None)
