"""Steps that verbs of appeals share: lock and move it, its denied lines and its level."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from denials.actions.deadlines import DUE, write_deadlines
from denials.models import Appeal, Denial, DenialDeadline
from denials.practice_days import practice_today
from denials.rules import appeals as rules
from denials.rules.deadlines import remedy_of_level
from rcm import events
from rcm.errors import Refusal
from rcm.models import Practice, User


def now_and_today(practice: Practice, now: datetime | None) -> tuple[datetime, date]:
    """The moment, and the practice's day of it."""
    moment = now or timezone.now()
    return moment, practice_today(practice, now=moment)


def hold_appeal(appeal: Appeal, *states: str) -> Appeal:
    """Lock an appeal that is in one of `states`. Raises Refusal 409."""
    rows = Appeal.objects.select_for_update(of=("self",)).select_related(
        "practice", "payer", "claim__patient", "follows__payer"
    )
    locked = rows.get(pk=appeal.pk)
    if locked.state not in states:
        state = locked.get_outcome_display() or locked.get_state_display()
        raise Refusal(
            "appeal_moved_on", f"Somebody was first: this appeal is {state.lower()}.", status=409
        )
    return locked


def move(appeal: Appeal, to: str, name: str, *, by: User | None, **facts: Any) -> Appeal:
    """Bring a locked appeal to another state, with the event that says so."""
    if not rules.may_become(appeal.state, to):
        raise ValueError(f"an appeal that is {appeal.state} cannot become {to}")
    appeal.state = to
    appeal.save(update_fields=["state"])
    events.record(name, appeal, by=by, patient_id=appeal.claim.patient_id, **facts)
    return appeal


def set_lines(
    lines: Iterable[Denial], state: Denial.State, name: str, *, by: User | None, **facts: Any
) -> None:
    """Give locked denials a state, one event each. Two statements."""
    found = list(lines)
    if not found:
        return
    Denial.objects.filter(pk__in=[row.pk for row in found]).update(state=state, pended_until=None)
    told = [(row.pk, None, facts) for row in found]
    events.record_each(name, Denial, found[0].practice_id, told, by=by)


def release_lines(appeal: Appeal, *, by: User | None) -> None:
    """Back to the worklist: the denials that wait for this appeal and for no other one."""
    rows = Denial.objects.select_for_update(of=("self",)).filter(
        appeal_lines__appeal=appeal, state=Denial.State.APPEALED
    )
    # Sent, or decided in part and waiting for its payment.
    waits = Q(state=rules.SUBMITTED) | Q(outcome__in=rules.PAYS, follow_up_on__isnull=False)
    others = Appeal.objects.exclude(pk=appeal.pk).filter(
        waits, lines__denial__appeal_lines__appeal=appeal
    )
    if others.exists():
        return
    set_lines(
        rows.order_by("pk"), Denial.State.OPEN, "denial.appeal_ended", by=by, appeal=appeal.pk
    )


def denial_ids(appeal: Appeal) -> list[int]:
    return sorted(appeal.lines.values_list("denial", flat=True))


def deadlines_of(appeal: Appeal) -> Any:
    """The deadline of the appeal's level, of each of its lines."""
    return DenialDeadline.objects.filter(
        denial__appeal_lines__appeal=appeal, remedy=remedy_of_level(appeal.level)
    )


def meet_level(appeal: Appeal, *, at: datetime, today: date) -> None:
    """The level was used; what else is open decides the day to act by."""
    pks = list(deadlines_of(appeal).values_list("pk", flat=True))
    DenialDeadline.objects.filter(pk__in=pks).update(met_at=at, missed_at=None)
    keep_due_days(denial_ids(appeal))


def reopen_level(appeal: Appeal, *, today: date) -> None:
    """The level was not used after all: its deadline runs again."""
    pks = list(deadlines_of(appeal).values_list("pk", flat=True))
    DenialDeadline.objects.filter(pk__in=pks).update(met_at=None)
    rewrite(appeal, today=today)


def rewrite(appeal: Appeal, *, today: date) -> None:
    """Compute the deadlines of the lines again: a decision opens or closes the next level."""
    write_deadlines(denial_ids(appeal), today=today)


@transaction.atomic
def keep_due_days(ids: list[int]) -> None:
    with connection.cursor() as db:
        db.execute(DUE, {"ids": ids})
