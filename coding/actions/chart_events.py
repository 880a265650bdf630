"""One event per chart for what was done to many at once."""

from collections.abc import Mapping
from typing import Any

from rcm import events
from rcm.models import Event, User


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
    ip_address = events.address.get()
    made = Event.objects.bulk_create(
        Event(
            practice_id=practice_id,
            name=name,
            subject_type="encounter",
            subject_id=pk,
            patient_id=patient_id,
            data={**data, **(own[pk] if own else {})},
            created_by=by,
            ip_address=ip_address,
        )
        for pk, patient_id in patients.items()
    )
    return [event.pk for event in made]
