"""The tasks of this app under their public names (settings.NOTICES)."""

from celery import shared_task

from coding.actions.suggestions import suggest_for
from coding.models import Encounter
from rcm import access


@shared_task
def suggest_codes(practice_id: int, encounter_id: int) -> None:
    """Read one chart for codes. A lost message costs nothing: opening the chart reads it, too."""
    with access.acting_in(practice_id):
        chart = Encounter.objects.filter(pk=encounter_id).first()
        if chart is not None:
            suggest_for(chart)
