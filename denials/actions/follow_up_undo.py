"""Taking back what was done to open balances: each gets the state from before the act."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from denials.models import FollowUp, FollowUpTouch
from rcm import events
from rcm.errors import Refusal
from rcm.models import Practice, User

UNDO_HOURS = 24
KEPT = (
    *("owner_id", "next_on", "promised_on", "touched_at", "touched_on", "last_touch_id"),
    *("escalated_by_id", "escalated_at", "escalation_reason"),
)
# One statement whatever the number: json_populate_record casts each text to its column.
RESTORE = f"""
UPDATE denials_followup f SET ({", ".join(KEPT)}) = ROW ({", ".join(f"b.{each}" for each in KEPT)})
FROM unnest(%(ids)s::bigint[], %(states)s::json[]) AS s (id, state),
    LATERAL json_populate_record(NULL::denials_followup, s.state) b
WHERE f.id = s.id AND f.practice_id = %(practice)s
"""  # noqa: S608  columns of ours


def kept_state(row: FollowUp) -> dict[str, Any]:
    """What an act may change, as it is now: ids, days and the reason of an escalation."""
    found = {name: getattr(row, name) for name in KEPT}
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in found.items()
    }


@transaction.atomic
def undo(practice: Practice, act: UUID, *, by: User) -> int:
    """Take back one's own act of the last day; of how many balances.

    A balance somebody worked on since keeps its state. A question the payer got stays asked.
    Raises Refusal 409 when nothing is left to take back.
    """
    touches = FollowUpTouch.objects.filter(
        practice=practice,
        act=act,
        created_by=by,
        created_at__gte=timezone.now() - timedelta(hours=UNDO_HOURS),
        undone_by__isnull=True,
    ).exclude(kind=FollowUpTouch.Kind.UNDO)
    mine = FollowUp.objects.filter(practice=practice, pk__in=touches.values("follow_up"))
    locked = mine.order_by("claim_id", "account").select_for_update(of=("self",))
    rows = {row.pk: row for row in locked.select_related("claim")}
    standing = FollowUpTouch.objects.filter(
        follow_up=OuterRef("follow_up"), undone_by__isnull=True
    ).exclude(kind=FollowUpTouch.Kind.UNDO)
    newest = Subquery(standing.order_by("-pk").values("pk")[:1])
    found = list(touches.annotate(newest=newest).filter(pk=newest, follow_up__in=rows))
    if not found:
        raise Refusal("undo_gone", "There is nothing to undo here any more.", status=409)
    restore(practice, found)
    write_undone(found, rows, by=by)
    return len(found)


def restore(practice: Practice, touches: Sequence[FollowUpTouch]) -> None:
    with connection.cursor() as db:
        states = [json.dumps(touch.before) for touch in touches]
        ids = [touch.follow_up_id for touch in touches]
        db.execute(RESTORE, {"ids": ids, "states": states, "practice": practice.pk})


def write_undone(touches: Sequence[FollowUpTouch], rows: dict[int, FollowUp], *, by: User) -> None:
    """The touch that says so, and the event, for each."""
    act = uuid4()
    FollowUpTouch.objects.bulk_create(
        FollowUpTouch(
            practice_id=touch.practice_id,
            follow_up_id=touch.follow_up_id,
            act=act,
            kind=FollowUpTouch.Kind.UNDO,
            amount=rows[touch.follow_up_id].balance,
            before=kept_state(rows[touch.follow_up_id]),
            undoes=touch,
            created_by=by,
        )
        for touch in touches
    )
    facts = [
        (
            touch.follow_up_id,
            rows[touch.follow_up_id].claim.patient_id,
            {"claim": rows[touch.follow_up_id].claim_id, "act": str(touch.act)},
        )
        for touch in touches
    ]
    practice_id = touches[0].practice_id
    events.record_each("follow_up.undone", FollowUp, practice_id, facts, by=by)
