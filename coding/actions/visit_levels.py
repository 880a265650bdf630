"""What the coder says of the level of a visit, in place of what the note seems to say."""

from collections.abc import Mapping

from django.db import transaction

from coding.actions.encounters import take
from coding.models import ChartReading, Encounter
from coding.visit_level import ELEMENTS
from rcm import events
from rcm.errors import Refusal
from rcm.models import User


@transaction.atomic
def choose_level(encounter: Encounter, levels: Mapping[str, int | None], *, by: User) -> None:
    """Set problems, reviewed (data) or risk, 0 to 4; None goes back to what the note says.

    Raises Refusal 409 when the chart was not read yet, 423 and 409 as
    coding.actions.encounters.take.
    """
    take(encounter, by=by, changes=False)
    reading = ChartReading.objects.select_for_update().filter(encounter=encounter).first()
    if reading is None:
        raise Refusal("not_read", "The note was not read yet. Reload the chart.", status=409)
    chosen = dict(reading.chosen_level)
    for name, level in levels.items():
        if name not in ELEMENTS or not (level is None or 0 <= level <= 4):
            raise Refusal("level_unknown", "A level is one of none to high.")
        chosen.pop(name, None)
        if level is not None and level != reading.visit_level.get(name):
            chosen[name] = level
    reading.chosen_level = chosen
    reading.save(update_fields=["chosen_level"])
    patient_id = encounter.patient_id
    events.record("encounter.level_chosen", encounter, by=by, patient_id=patient_id, **chosen)
