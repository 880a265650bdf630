"""Upholding returned work, with the chart and the claim it is about."""

from django.db import transaction

from billing.sent_codes import is_as_sent
from coding.actions import encounters, tasks
from coding.models import CoderTask, Encounter
from rcm.errors import Refusal
from rcm.models import User


@transaction.atomic
def uphold(task: CoderTask, *, answer: str, by: User) -> None:
    """The coding stands. A chart that was opened for a denial is closed again as it was sent.

    Raises Refusal 409 "chart_changed" when its codes are no longer those of the claim, otherwise as
    coding.actions.tasks.uphold_task and encounters.finalize_encounter.
    """
    tasks.uphold_task(task, answer=answer, by=by)
    denial = task.denials.select_related("claim").order_by("pk").first()
    if denial is None:
        return
    chart = Encounter.objects.select_for_update(of=("self",)).get(pk=task.encounter_id)
    if chart.state == Encounter.State.FINALIZED:
        return
    if not is_as_sent(denial.claim):
        raise Refusal(
            "chart_changed",
            "The codes were changed since the claim was sent. Complete the chart to send a"
            " corrected claim, or undo the changes and uphold.",
            status=409,
        )
    encounters.finalize_encounter(chart, by=by, is_as_sent=True)
