"""The verbs people use on denials, and following up the coder's answers."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from billing.actions import claims, transfers
from billing.models import Account, Claim
from coding.actions import encounters
from coding.actions import tasks as coder_tasks
from coding.models import CoderTask, Encounter
from denials.actions.appeal_decisions import end_for
from denials.actions.cases import require_unanswered, take, take_case
from denials.actions.routing import open_tasks
from denials.models import Denial
from denials.practice_days import practice_today
from rcm import events
from rcm.errors import Refusal
from rcm.models import Role, User

# Above this a biller needs a manager.
WRITE_OFF_LIMIT = Decimal("250.00")


@transaction.atomic
def route_to_coder(denial: Denial, *, by: User | None) -> CoderTask:
    """Open one task for the denial's case in the coder's queue; it waits for the coder's answer.

    Raises Refusal 409 when the coder has answered it already.
    """
    case = take_case(denial)
    require_unanswered(case)
    [task] = open_tasks(case, by=by)
    return task


@transaction.atomic
def send_corrected(denial: Denial, *, by: User) -> Claim:
    """Replace the claim (frequency 7) without new coding: the fault was elsewhere in it."""
    case = take_case(denial)
    corrected = corrected_claim(case[0].claim, coded_at=None, by=by)
    for row in case:
        resubmit(row, corrected, by=by)
    return corrected


def corrected_claim(claim: Claim, *, coded_at: datetime | None, by: User | None) -> Claim:
    """The newest version of `claim`; a replacement drafted now when there is none yet.

    A version sent before the chart was coded anew (`coded_at`) is replaced in its turn; an unsent
    one is drafted again by billing's own sweep.
    """
    newest = claim
    while (later := Claim.objects.filter(replaces=newest).first()) is not None:
        newest = later
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
    case = take_case(denial)
    if denial.group == "CO":
        raise Refusal(
            "contractual_obligation",
            "The payer's group code is CO: the contract forbids billing the patient for this.",
        )
    for row in case:
        move(row, Account.PATIENT_RECEIVABLE, "patient", by)
        resolve(row, Denial.Resolution.PATIENT, by=by)
    end_for(case, by=by)
    return amount_of(case)


@transaction.atomic
def write_off(denial: Denial, *, note: str, by: User) -> Decimal:
    """Give the amount of the case up, with a reason; how much.

    Above WRITE_OFF_LIMIT, all lines together, only a manager may.
    """
    case = take_case(denial)
    if not note.strip():
        raise Refusal("reason_missing", "Say why it is written off.", fields={"note": "Required."})
    if amount_of(case) > WRITE_OFF_LIMIT and not is_manager(by, denial.practice_id):
        raise Refusal(
            "above_limit",
            f"Write-offs above ${WRITE_OFF_LIMIT} need a manager. Assign the denial to one.",
            status=403,
        )
    for row in case:
        move(row, Account.WRITE_OFF, "write_off", by)
        resolve(row, Denial.Resolution.WRITTEN_OFF, note=note, by=by)
    end_for(case, by=by)
    return amount_of(case)


def amount_of(case: list[Denial]) -> Decimal:
    return sum((row.amount for row in case), Decimal(0))


def is_manager(user: User, practice_id: int) -> bool:
    return user.memberships.filter(practice_id=practice_id, role=Role.MANAGER).exists()


def move(denial: Denial, to: Account, verb: str, by: User) -> None:
    transfers.move_receivable(
        denial.claim,
        to=to,
        amount=denial.amount,
        origin=f"denial:{denial.pk}:{verb}",
        service_line=denial.service_line,
        by=by,
    )


@transaction.atomic
def pend(denial: Denial, *, until: date, reason: str, by: User) -> None:
    """Put it away until a day; the sweep brings it back to the same person."""
    locked = take(denial)
    if until <= practice_today(locked.practice):
        raise Refusal("date_passed", "Choose a day after today.", fields={"until": "In the past."})
    locked.state = Denial.State.PENDED
    locked.pended_until = until
    locked.pend_reason = reason.strip()[:200]
    locked.assigned_to = by
    locked.save(update_fields=["state", "pended_until", "pend_reason", "assigned_to"])
    events.record("denial.pended", locked, by=by, until=until.isoformat())


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


def resolve(
    denial: Denial,
    resolution: Denial.Resolution,
    *,
    by: User | None,
    note: str = "",
) -> None:
    """Close a locked denial and say how it ended. Callers end its appeals (end_for)."""
    denial.state = Denial.State.RESOLVED
    denial.resolution = resolution
    denial.resolution_note = note.strip()[:300]
    denial.resolved_at = timezone.now()
    denial.resolved_by = by
    denial.save(
        update_fields=["state", "resolution", "resolution_note", "resolved_at", "resolved_by"]
    )
    events.record("denial.resolved", denial, by=by, resolution=resolution)
