"""One event per chart for what was done to many at once."""

from collections.abc import Mapping
from typing import Any

from coding.models import Encounter
from rcm import events
from rcm.models import User


def record_many(
    practice_id: int,
    name: str,
    patients: Mapping[int, int],
    *,
    by: User | None,
    own: Mapping[int, Mapping[str, Any]] | None = None,
    **data: Any,
) -> list[int]:
    """Write events of charts (chart -> patient), `data` in all and `own` in each; their ids."""
    facts = (
        (pk, patient_id, {**data, **(own[pk] if own else {})})
        for pk, patient_id in patients.items()
    )
    return events.record_each(name, Encounter, practice_id, facts, by=by)
