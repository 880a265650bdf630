"""Returned work: a denial comes back to the coder, who upholds the coding or recodes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from coding.models import CoderTask, Encounter
from rcm import events
from rcm.errors import Refusal
from rcm.models import User

OPEN_FRESH = """
INSERT INTO coding_codertask (practice_id, encounter_id, source, reason, state, answer)
SELECT %(practice)s, n.encounter_id, n.source, n.reason, 'open', ''
FROM unnest(%(encounters)s::bigint[], %(sources)s::text[], %(reasons)s::text[])
    WITH ORDINALITY AS n (encounter_id, source, reason, place)
ORDER BY n.place
RETURNING source, id
"""


@dataclass(frozen=True, slots=True)
class NewTask:
    """One task to open: the fact above us that asks ("denial:12"), and what the coder reads."""

    encounter: Encounter
    source: str
    reason: str


@transaction.atomic
def open_task(
    encounter: Encounter, *, source: str, reason: str, by: User | None = None
) -> CoderTask:
    """The task for one fact above us ("denial:12"); the same source again gives the same task."""
    task, is_new = CoderTask.objects.get_or_create(
        practice_id=encounter.practice_id,
        source=source,
        defaults={"encounter": encounter, "reason": reason[:300]},
    )
    if is_new:
        events.record("coder_task.opened", task, by=by, patient_id=encounter.patient_id)
    return task


@transaction.atomic
def open_tasks(wanted: Sequence[NewTask], *, by: User | None = None) -> dict[str, CoderTask]:
    """Tasks of one practice by source, in a constant number of statements.

    A source asked before gives its task; one that was closed without an answer is open again.
    Callers hold the row locks of the facts that ask, so that nobody opens a task of the same source
    meanwhile.
    """
    if not wanted:
        return {}
    practice_id = wanted[0].encounter.practice_id
    found = CoderTask.objects.filter(
        practice_id=practice_id, source__in=[each.source for each in wanted]
    )
    known = set(found.values_list("source", flat=True))
    closed = list(found.filter(state=CoderTask.State.CLOSED).select_for_update().order_by("pk"))
    found.filter(pk__in=[task.pk for task in closed]).update(
        state=CoderTask.State.OPEN, resolved_at=None
    )
    news = {each.source for each in wanted} - known | {task.source for task in closed}
    CoderTask.objects.bulk_create(
        CoderTask(
            practice_id=practice_id,
            encounter=each.encounter,
            source=each.source,
            reason=each.reason[:300],
        )
        for each in wanted
        if each.source not in known
    )
    tasks = {task.source: task for task in found.select_related("encounter").all()}
    facts: list[events.Fact] = [
        (task.pk, task.encounter.patient_id, {}) for source, task in tasks.items() if source in news
    ]
    events.record_each("coder_task.opened", CoderTask, practice_id, facts, by=by)
    return tasks


class FreshTask(NamedTuple):
    """One task for a fact that never asked before: nothing of it has to be read."""

    encounter_id: int
    patient_id: int
    source: str
    reason: str


@transaction.atomic
def open_fresh(practice_id: int, wanted: Sequence[FreshTask]) -> dict[str, int]:
    """Tasks of one practice, source -> id, for facts just made. Two statements for any number."""
    if not wanted:
        return {}
    names: dict[str, Any] = {
        "practice": practice_id,
        "encounters": [each.encounter_id for each in wanted],
        "sources": [each.source for each in wanted],
        "reasons": [each.reason[:300] for each in wanted],
    }
    with connection.cursor() as db:
        db.execute(OPEN_FRESH, names)
        made = dict(db.fetchall())
    facts: list[events.Fact] = [(made[each.source], each.patient_id, {}) for each in wanted]
    events.record_each("coder_task.opened", CoderTask, practice_id, facts, by=None)
    return made


@transaction.atomic
def uphold_task(task: CoderTask, *, answer: str, by: User) -> None:
    """The coding stands, for the reason given; the biller takes it from here."""
    require_own_page(task)
    if not answer.strip():
        message = "Say why the coding is right; the appeal will need it."
        raise Refusal("answer_missing", message, fields={"answer": message})
    resolve(task, CoderTask.State.UPHELD, answer.strip(), by)


def require_own_page(task: CoderTask) -> None:
    """Raises Refusal for what an audit returned: its findings are answered before anything else."""
    if task.is_from_audit:
        raise Refusal(
            "task_of_audit", "Accept or dispute what the audit found on its own page, My audits."
        )


@transaction.atomic
def resolve_recoded(task: CoderTask, *, by: User | None) -> None:
    """The encounter was coded anew; a corrected claim follows. Repeating it changes nothing."""
    task.refresh_from_db()
    if task.state == CoderTask.State.RECODED:
        return
    resolve(task, CoderTask.State.RECODED, "", by)


@transaction.atomic
def close_task(task: CoderTask) -> None:
    """The payer settled it first: nobody needs the answer. An answered task stays as it is."""
    is_open = CoderTask.objects.filter(pk=task.pk, state=CoderTask.State.OPEN)
    if is_open.update(state=CoderTask.State.CLOSED, resolved_at=timezone.now()):
        patient_id = task.encounter.patient_id
        events.record("coder_task.closed", task, by=None, patient_id=patient_id)


def close_tasks(tasks: QuerySet[CoderTask], *, by: User | None) -> set[int]:
    """The same for many of one practice, taken back by the person who asked; the ids closed.

    Three statements. Callers hold the transaction.
    """
    found = list(tasks.select_for_update(of=("self",)).select_related("encounter").order_by("pk"))
    rows = CoderTask.objects.filter(pk__in=[task.pk for task in found])
    rows.update(state=CoderTask.State.CLOSED, resolved_at=timezone.now())
    if found:
        facts: list[events.Fact] = [(task.pk, task.encounter.patient_id, {}) for task in found]
        events.record_each("coder_task.closed", CoderTask, found[0].practice_id, facts, by=by)
    return {task.pk for task in found}


def resolve(task: CoderTask, state: str, answer: str, by: User | None) -> None:
    """Close an open task. Raises Refusal 409 when somebody was first."""
    changed = CoderTask.objects.filter(pk=task.pk, state=CoderTask.State.OPEN).update(
        state=state, answer=answer, resolved_at=timezone.now(), resolved_by=by
    )
    task.refresh_from_db()
    if not changed:
        word = task.get_state_display().lower()
        raise Refusal("task_answered", f"Somebody was first: this task is {word}.", status=409)
    patient_id = task.encounter.patient_id
    events.record(f"coder_task.{state}", task, by=by, patient_id=patient_id)
    events.notify("coder_task.resolved", task.practice_id, task.pk)
