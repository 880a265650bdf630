"""Many charts put on hold at once."""

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.db.models import F

from coding.actions.chart_events import record_many
from coding.actions.chart_locks import in_one_order
from coding.actions.encounters import check_hold
from coding.models import Encounter
from coding.work_order import OPEN_STATES, is_free
from rcm.models import Practice, User


@transaction.atomic
def hold_charts(
    practice: Practice, ids: Collection[int], *, reason: str, until: date | None, by: User
) -> int:
    """Set open charts aside, but none that somebody else has open; how many. Three statements.

    Raises Refusal as encounters.hold_encounter does.
    """
    check_hold(reason, until)
    rows = Encounter.objects.filter(
        is_free(by), practice=practice, pk__in=ids, state__in=OPEN_STATES
    )
    found = dict(in_one_order(rows).values_list("pk", "patient_id"))
    Encounter.objects.filter(pk__in=found).update(
        state=Encounter.State.HELD,
        hold_reason=reason.strip()[:200],
        hold_until=until,
        assigned_to=None,
        locked_until=None,
        version=F("version") + 1,
    )
    record_many(practice.pk, "encounter.held", found, by=by)
    return len(found)
