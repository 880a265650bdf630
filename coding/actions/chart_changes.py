"""Every change of a chart's codes begins here, so that it can be taken back.

The codes as they were are kept with the change while the chart is open; undoing puts the same rows
back, ids included, so that whatever names them still finds them.
"""

from typing import Any

from django.db import connection, transaction

from coding.actions.encounters import take
from coding.models import Charge, ChartChange, CodingSuggestion, Encounter, EncounterDiagnosis
from rcm import events
from rcm.errors import Refusal
from rcm.models import User

DIAGNOSIS_FIELDS = (*("position", "code", "label", "evidence", "present_on_admission", "source"),)
CHARGE_FIELDS = (
    *("position", "procedure_code", "label", "modifiers", "units", "pointers"),
    *("drug_code", "revenue_code", "evidence", "source"),
)

# Numbers as text: JSON in Python would make them floats.
REMEMBER = f"""
INSERT INTO coding_chartchange
    (practice_id, encounter_id, what, changed_at, changed_by_id, before)
SELECT %(practice)s, %(encounter)s, %(what)s, statement_timestamp(), %(by)s, jsonb_build_object(
    'diagnoses', coalesce((
        SELECT jsonb_agg(to_jsonb(d)) FROM (
            SELECT id, {", ".join(DIAGNOSIS_FIELDS)} FROM coding_encounterdiagnosis
            WHERE encounter_id = %(encounter)s
        ) d
    ), '[]'),
    'charges', coalesce((
        SELECT jsonb_agg(to_jsonb(c) || jsonb_build_object('units', c.units::text)) FROM (
            SELECT id, {", ".join(CHARGE_FIELDS)} FROM coding_charge
            WHERE encounter_id = %(encounter)s
        ) c
    ), '[]')
)
"""  # noqa: S608  # the names are ours


def begin_change(
    encounter: Encounter, what: str, *, by: User | None, version: int | None = None
) -> None:
    """Take the chart for a change and remember its codes as they are.

    `what` names the change in the past tense, as the undo offers it: "I10 added". Raises Refusal
    423 and 409 as coding.actions.encounters.take.
    """
    take(encounter, by=by, version=version)
    with connection.cursor() as cursor:
        cursor.execute(
            REMEMBER,
            {
                "practice": encounter.practice_id,
                "encounter": encounter.pk,
                "what": what[:80],
                "by": by.pk if by else None,
            },
        )


def begin_anew(encounter: Encounter, *, by: User | None, version: int | None = None) -> None:
    """Take the chart for a change that is no part of its codes alone: nothing before it is undone.

    A facility's facts hang together with its charges; putting back one without the other would
    leave neither. Raises Refusal 423 and 409 as coding.actions.encounters.take.
    """
    take(encounter, by=by, version=version)
    ChartChange.objects.filter(encounter=encounter).delete()


def last_change(encounter: Encounter) -> ChartChange | None:
    """What an undo would take back."""
    return ChartChange.objects.filter(encounter=encounter).order_by("pk").last()


@transaction.atomic
def undo_change(encounter: Encounter, *, by: User | None, version: int | None = None) -> str:
    """Take back the last change of the chart's codes and say what it was ("I10 added").

    Raises Refusal 409 when there is none, else as coding.actions.encounters.take.
    """
    take(encounter, by=by, version=version)
    change = ChartChange.objects.select_for_update().filter(encounter=encounter).last()
    if change is None:
        raise Refusal("nothing_to_undo", "There is nothing to undo on this chart.", status=409)
    coded = codes_of_chart(encounter)
    restore(encounter, EncounterDiagnosis, DIAGNOSIS_FIELDS, change.before["diagnoses"])
    restore(encounter, Charge, CHARGE_FIELDS, change.before["charges"])
    reopen_suggestions(encounter, coded - codes_of_chart(encounter))
    change.delete()
    events.record(
        "encounter.change_undone",
        encounter,
        by=by,
        patient_id=encounter.patient_id,
        what=change.what,
    )
    return change.what


def codes_of_chart(encounter: Encounter) -> set[str]:
    diagnoses = encounter.diagnoses.order_by().values_list("code")
    return {code for (code,) in diagnoses.union(encounter.charges.values_list("procedure_code"))}


def reopen_suggestions(encounter: Encounter, gone: set[str]) -> None:
    """What was accepted and is taken back with its code waits for a decision again."""
    State = CodingSuggestion.State
    accepted = CodingSuggestion.objects.filter(encounter=encounter, state=State.ACCEPTED)
    accepted.filter(code__in=gone).update(state=State.OPEN, decided_at=None, decided_by=None)


def restore(
    encounter: Encounter,
    model: type[EncounterDiagnosis] | type[Charge],
    fields: tuple[str, ...],
    before: list[dict[str, Any]],
) -> None:
    """Make the chart's rows of one kind what they were. At most four statements."""
    manager: Any = model._default_manager
    rows = manager.filter(encounter=encounter)
    rows.exclude(pk__in=[row["id"] for row in before]).delete()
    there = set(rows.values_list("pk", flat=True))
    made = [model(practice_id=encounter.practice_id, encounter=encounter, **row) for row in before]
    manager.bulk_update([row for row in made if row.pk in there], fields)
    manager.bulk_create([row for row in made if row.pk not in there])
