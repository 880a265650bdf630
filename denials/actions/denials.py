"""The verbs people use on denials, and following up the coder's answers."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from billing.actions import claims
from billing.actions.replacements import last_versions
from billing.models import Claim
from coding.actions import encounters
from coding.actions import tasks as coder_tasks
from coding.models import CoderTask, Encounter
from denials.actions import verbs
from denials.actions.cases import take, take_for
from denials.actions.weighing import weigh
from denials.actions.write_offs import check_reason
from denials.models import Denial
from denials.practice_days import practice_today
from denials.rules.write_offs import OTHER
from rcm import events
from rcm.errors import Refusal
from rcm.models import Practice, User


@transaction.atomic
def route_to_coder(denial: Denial, *, by: User | None) -> CoderTask:
    """Open one task for the denial's case in the coder's queue; it waits for the coder's answer.

    Raises Refusal 409 when the coder has answered it already.
    """
    case = take_for(denial, "route", by=by)
    verbs.route([case], by=by)
    task = case.first.coder_task
    assert task is not None  # noqa: S101  # routing opened it
    return task


@transaction.atomic
def send_corrected(denial: Denial, *, by: User) -> Claim:
    """Replace the claim (frequency 7) without new coding: the fault was elsewhere in it."""
    case = take_for(denial, "corrected", by=by)
    for refusal in verbs.correct([case], by=by).values():
        raise refusal
    corrected = case.first.corrected_claim
    assert corrected is not None  # noqa: S101  # it was drafted
    denial.claim.refresh_from_db(fields=["status"])
    return corrected


def corrected_claim(claim: Claim, *, coded_at: datetime | None, by: User | None) -> Claim:
    """The newest version of `claim`; a replacement drafted now when there is none yet.

    A version sent before the chart was coded anew (`coded_at`) is replaced in its turn; an unsent
    one is drafted again by billing's own sweep.
    """
    newest = last_versions([claim])[claim.pk]
    if newest.status == Claim.Status.VOIDED:
        # A correction that was taken back: the next one takes its place.
        newest = claim
    is_stale = (
        coded_at is not None and newest.submitted_at is not None and newest.created_at < coded_at
    )
    if newest == claim or is_stale:
        return claims.replace_claim(newest, by=by)
    return newest


def resubmit(denial: Denial, corrected: Claim, *, by: User | None) -> None:
    denial.corrected_claim = corrected
    denial.state = Denial.State.RESUBMITTED
    denial.save(update_fields=["corrected_claim", "state"])
    events.record("denial.resubmitted", denial, by=by, claim=corrected.pk)


@transaction.atomic
def follow_coder_task(task: CoderTask) -> None:
    """Act on the coder's answer: recoded sends a corrected claim, upheld goes back to the biller.

    A correction that billing refuses goes back to the biller too. Safe to repeat: a denial no
    longer with the coder is left alone.
    """
    waiting = Denial.objects.select_for_update(of=("self",)).filter(
        coder_task=task, state=Denial.State.WITH_CODER
    )
    case = list(waiting.select_related("claim").order_by("pk"))
    if not case:
        return
    by = task.resolved_by
    if task.state == CoderTask.State.RECODED:
        try:
            corrected = corrected_claim(case[0].claim, coded_at=task.resolved_at, by=by)
        except Refusal as refusal:
            for row in case:
                give_back(row, "denial.correction_refused", by=by, code=refusal.code)
        else:
            for row in case:
                resubmit(row, corrected, by=by)
    elif task.state == CoderTask.State.UPHELD:
        for row in case:
            give_back(row, "denial.upheld_by_coder", by=by, task=task.pk)
    weigh(case[0].practice, [row.pk for row in case])


def give_back(denial: Denial, name: str, *, by: User | None, **facts: Any) -> None:
    """Back to the biller's worklist, with the event that says why."""
    denial.state = Denial.State.OPEN
    denial.save(update_fields=["state"])
    events.record(name, denial, by=by, **facts)


@transaction.atomic
def start_recoding(task: CoderTask, *, by: User) -> None:
    """Open the returned chart for changes; one that is open already stays as it is.

    Raises Refusal 409 when somebody has answered the task, 422 when an audit returned it.
    """
    locked = CoderTask.objects.select_for_update(of=("self",)).get(pk=task.pk)
    coder_tasks.require_own_page(locked)
    if locked.state != CoderTask.State.OPEN:
        word = locked.get_state_display().lower()
        raise Refusal("task_answered", f"Somebody was first: this task is {word}.", status=409)
    if locked.encounter.state == Encounter.State.FINALIZED:
        encounters.reopen_encounter(locked.encounter, reason=locked.reason, by=by)


@transaction.atomic
def bill_patient(denial: Denial, *, by: User) -> Decimal:
    """Move the denied amount of the case to the patient; how much.

    Refused for CO: the contract forbids it.
    """
    case = take_for(denial, "bill-patient", by=by)
    verbs.bill_patient([case], by=by)
    return case.amount


@transaction.atomic
def write_off(denial: Denial, *, note: str = "", by: User, reason: str = OTHER) -> Decimal:
    """Give the amount of the case up, for a reason of the list and in words; how much.

    Above the person's limit, all lines together, it is only asked for: the case stays as it is
    until somebody else approves (denials.actions.write_offs).
    """
    check_reason(reason, note)
    case = take_for(denial, "write-off", by=by)
    verbs.write_off([case], by=by, reason=reason, note=note)
    return case.amount


@transaction.atomic
def assign(denial: Denial, *, to: int | None, by: User) -> User | None:
    """Give one denial to a person, or back to nobody."""
    person = verbs.worker(to, denial.practice_id) if to is not None else None
    case = take_for(denial, "assign", by=by)
    verbs.assign([case], by=by, to=person)
    return person


@transaction.atomic
def pend(denial: Denial, *, until: date, reason: str, by: User) -> None:
    """Put it away until a day; the sweep brings it back to the same person."""
    case = take_for(denial, "pend", by=by)
    check_until(until, denial.practice)
    verbs.pend([case], by=by, until=until, reason=reason)


def check_until(until: date, practice: Practice) -> None:
    """Raises Refusal for a day that has come."""
    if until <= practice_today(practice):
        raise Refusal("date_passed", "Choose a day after today.", fields={"until": "In the past."})


@transaction.atomic
def reopen(denial: Denial, *, by: User | None) -> None:
    """Back to the worklist: undo of pend, or its day has come."""
    locked = take(denial, Denial.State.PENDED)
    locked.state = Denial.State.OPEN
    locked.pended_until = None
    locked.save(update_fields=["state", "pended_until"])
    events.record("denial.reopened", locked, by=by)


@transaction.atomic
def reopen_due(practice_id: int, *, today: date) -> int:
    """Those put away until `today` or earlier, back on the worklist; how many. Three statements."""
    resting = Denial.objects.filter(
        practice_id=practice_id, state=Denial.State.PENDED, pended_until__lte=today
    )
    locked = resting.select_for_update(of=("self",)).order_by("pk")
    ids = list(locked.values_list("pk", flat=True))
    if ids:
        rows = Denial.objects.filter(pk__in=ids)
        rows.update(state=Denial.State.OPEN, pended_until=None)
        facts: list[events.Fact] = [(pk, None, {}) for pk in ids]
        events.record_each("denial.reopened", Denial, practice_id, facts, by=None)
    return len(ids)
