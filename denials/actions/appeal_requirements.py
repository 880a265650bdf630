"""What payers want in the packet of an appeal, by level."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils import timezone

from denials.models import AppealRequirement
from denials.rules.appeals import ITEMS, LETTER
from payers.models import Payer
from rcm import events
from rcm.errors import Refusal
from rcm.models import User

LEVELS = range(1, 7)


def asked_by(payer_id: int, level: int) -> list[str]:
    """What the payer wants at the level beside the usual. One statement."""
    found = AppealRequirement.objects.filter(payer=payer_id, level=level)
    return next(iter(found.values_list("items", flat=True)), [])


@transaction.atomic
def set_items(payer: Payer, *, level: int, items: Collection[str], by: User) -> None:
    """From now on the payer wants these at the level; none of them leaves the usual.

    Appeals opened before keep their checklists. Raises Refusal 422 for an unknown level or item.
    """
    if level not in LEVELS or not set(items) <= set(ITEMS) - {LETTER}:
        raise Refusal("unknown_choice", "Choose a level and items of the lists.")
    wanted = [item for item in ITEMS if item in items]
    # Two people at the same payer wait for each other.
    Payer.objects.select_for_update(of=("self",), no_key=True).get(pk=payer.pk)
    rows = AppealRequirement.objects.filter(payer=payer, level=level)
    row = rows.first()
    if wanted == (row.items if row else []):
        return
    if row is None:
        row = AppealRequirement(practice_id=payer.practice_id, payer=payer, level=level)
    before, row.items, row.changed_by, row.changed_at = row.items, wanted, by, timezone.now()
    facts: dict[str, Any] = {
        "payer": payer.pk,
        "level": level,
        "before": before or [],
        "after": wanted,
    }
    if wanted:
        row.save()
    events.record("appeal_requirement.set", row, by=by, **facts)
    if not wanted:
        rows.delete()
