"""What comes of an appeal: what was heard, the payer's decision, withdrawing it, and undo."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from denials.actions import appeals
from denials.actions.appeal_states import (
    hold_appeal,
    keep_due_days,
    meet_level,
    now_and_today,
    release_lines,
    reopen_level,
    rewrite,
    set_lines,
)
from denials.actions.deadlines import write_deadlines
from denials.models import Appeal, AppealEntry, AppealLine, Denial
from denials.rules import appeals as rules
from rcm import events
from rcm.errors import Refusal
from rcm.models import User
from rcm.money import ZERO

# What the end of its denials changes of an appeal.
ENDED = [
    *("follow_up_on", "state", "outcome", "decided_on", "decided_at", "decided_by"),
    *("amount_won", "decision_note"),
]


@dataclass(frozen=True, slots=True)
class Decision:
    """What the payer's notice of a day says. `amount` is given when it gives a part."""

    outcome: str
    decided_on: date
    amount: Decimal | None = None
    note: str = ""
    follow_up_on: date | None = None


@transaction.atomic
def decide(appeal: Appeal, decision: Decision, *, by: User, now: datetime | None = None) -> Appeal:
    """Write the payer's decision down.

    What it pays is waited for; what it does not pay is open again, and the next level, if there is
    one, counts from the notice. Raises Refusal 409 when it is not with the payer, 422 for a day
    or amount that cannot be.
    """
    now, today = now_and_today(appeal.practice, now)
    locked = hold_appeal(appeal, rules.SUBMITTED)
    require_sane(locked, decision, today)
    locked.amount_won = won(locked, decision)
    locked.decision_note = decision.note.strip()[:500]
    pays = decision.outcome in rules.PAYS
    ask_on = decision.follow_up_on or max(
        rules.payment_due(decision.decided_on), rules.payment_due(today)
    )
    end(locked, decision.outcome, on=decision.decided_on, at=now, by=by)
    locked.follow_up_on = ask_on if pays else None
    locked.save(update_fields=["follow_up_on", "amount_won", "decision_note"])
    if not pays:
        release_lines(locked, by=by)
    rewrite(locked, today=today)
    return locked


def require_sane(appeal: Appeal, decision: Decision, today: date) -> None:
    if decision.outcome not in rules.OF_PAYER:
        raise Refusal("outcome_unknown", "Say how the payer decided.")
    sent_on = timezone.localdate(appeal.submitted_at)
    if not sent_on <= decision.decided_on <= today:
        message = f"The notice is of a day from {sent_on:%m/%d/%Y} to {today:%m/%d/%Y}."
        raise Refusal("day_impossible", message, fields={"decided_on": message})
    is_part = decision.outcome == rules.PARTLY
    amount = decision.amount
    if is_part and (amount is None or not 0 < amount < appeal.amount):
        message = f"A part is more than $0.00 and less than ${appeal.amount:,.2f}."
        raise Refusal("amount_impossible", message, fields={"amount": message})
    if decision.follow_up_on is not None and decision.follow_up_on <= today:
        raise Refusal(
            "date_passed", "Choose a day after today.", fields={"follow_up_on": "In the past."}
        )


def won(appeal: Appeal, decision: Decision) -> Decimal:
    if decision.outcome == rules.FAVORABLE:
        return appeal.amount
    return (decision.amount or ZERO) if decision.outcome == rules.PARTLY else ZERO


def end(appeal: Appeal, outcome: str, *, on: date, at: datetime, by: User | None) -> None:
    """Decide a locked appeal: how, by the notice of which day."""
    was = appeal.state
    appeal.outcome, appeal.decided_on, appeal.decided_at, appeal.decided_by = outcome, on, at, by
    appeal.state = rules.DECIDED
    appeal.save(update_fields=["state", "outcome", "decided_on", "decided_at", "decided_by"])
    events.record(
        "appeal.decided",
        appeal,
        by=by,
        patient_id=appeal.claim.patient_id,
        outcome=outcome,
        on=on.isoformat(),
        was=was,
    )


@transaction.atomic
def withdraw(appeal: Appeal, *, note: str, by: User, now: datetime | None = None) -> Appeal:
    """Give an appeal up, or a draft away; its denials are open again and so is its level."""
    now, today = now_and_today(appeal.practice, now)
    locked = hold_appeal(appeal, *rules.LIVING)
    if not note.strip():
        raise Refusal("reason_missing", "Say why it is withdrawn.", fields={"note": "Required."})
    was_sent = locked.state == rules.SUBMITTED
    locked.decision_note, locked.follow_up_on = note.strip()[:500], None
    end(locked, rules.WITHDRAWN, on=today, at=now, by=by)
    locked.save(update_fields=["decision_note", "follow_up_on"])
    if was_sent:
        release_lines(locked, by=by)
        reopen_level(locked, today=today)
    return locked


@transaction.atomic
def undo_decision(appeal: Appeal, *, by: User, now: datetime | None = None) -> Appeal:
    """Take a decision or a withdrawal back: the appeal is where it was.

    Raises Refusal 409 when its denials moved on, or another appeal of them was opened since.
    """
    now, today = now_and_today(appeal.practice, now)
    locked = hold_appeal(appeal, rules.DECIDED)
    lines = appeals.hold_lines(locked)
    later = Appeal.objects.filter(lines__denial__in=lines, pk__gt=locked.pk).exclude(
        outcome=rules.WITHDRAWN
    )
    if (other := later.select_related("payer", "claim").first()) is not None:
        message = f"{other.level_label} was opened since. Withdraw it first."
        raise Refusal("later_appeal", message, status=409)
    was_sent = locked.submitted_at is not None
    locked.outcome, locked.decided_on, locked.decided_at, locked.decided_by = "", None, None, None
    locked.amount_won, locked.decision_note = None, ""
    locked.follow_up_on = follow_up_again(locked, today) if was_sent else None
    locked.state = rules.SUBMITTED if was_sent else rules.DRAFT
    locked.save(
        update_fields=[
            *("state", "outcome", "decided_on", "decided_at", "decided_by", "amount_won"),
            *("decision_note", "follow_up_on"),
        ]
    )
    patient = locked.claim.patient_id
    events.record("appeal.decision_undone", locked, by=by, patient_id=patient, to=locked.state)
    if was_sent:
        waiting = [row for row in lines if row.state != Denial.State.APPEALED]
        set_lines(waiting, Denial.State.APPEALED, "denial.appealed", by=by, appeal=locked.pk)
        rewrite(locked, today=today)
        meet_level(locked, at=locked.submitted_at or now, today=today)
    return locked


def follow_up_again(appeal: Appeal, today: date) -> date:
    """The day a decision is due, or tomorrow when that has passed."""
    sent_on = timezone.localdate(appeal.submitted_at)
    due = rules.decision_due(appeal.payer.payer_class, appeal.level, sent_on)
    return max(due, date.fromordinal(today.toordinal() + 1))


@transaction.atomic
def log(
    appeal: Appeal,
    *,
    kind: str,
    text: str,
    by: User,
    reference: str = "",
    follow_up_on: date | None = None,
    now: datetime | None = None,
) -> AppealEntry:
    """Write down a call, a proof of receipt or a note, and when to ask next.

    Raises Refusal 422 for no words, an unknown kind, or a day that is not after today.
    """
    _, today = now_and_today(appeal.practice, now)
    locked = hold_appeal(appeal, *rules.TRANSITIONS)
    if kind not in AppealEntry.Kind.values or not text.strip():
        raise Refusal("entry_empty", "Say what was heard.", fields={"text": "Required."})
    waits = locked.state == rules.SUBMITTED or locked.outcome in rules.PAYS
    if follow_up_on is not None:
        if follow_up_on <= today or not waits:
            message = "Choose a day after today." if waits else "Nothing is waited for."
            raise Refusal("date_passed", message, fields={"follow_up_on": message})
        locked.follow_up_on = follow_up_on
        locked.save(update_fields=["follow_up_on"])
    entry = AppealEntry.objects.create(
        practice_id=locked.practice_id,
        appeal=locked,
        kind=kind,
        text=text.strip()[:500],
        reference=reference.strip()[:60],
        made_by=by,
    )
    events.record("appeal.logged", locked, by=by, entry=entry.pk, kind=kind)
    return entry


def end_for(
    denials: Collection[Denial],
    *,
    by: User | None,
    on: date | None = None,
    kept: Mapping[int, Decimal] | None = None,
) -> None:
    """Denials were resolved: appeals that are only of resolved lines end with them.

    What a payment of the day `on` pays is a favorable decision, whatever the letter said or when it
    comes; another denial is an unfavorable one. Everything else withdraws them. `kept` is what the
    payment denies again of a line it pays, by denial. A constant number of statements.
    """
    rows = Appeal.objects.select_for_update(of=("self",)).filter(
        Exists(
            AppealLine.objects.filter(appeal=OuterRef("pk"), denial__in=[row.pk for row in denials])
        ),
        ~Exists(
            AppealLine.objects.filter(appeal=OuterRef("pk")).exclude(
                denial__state=Denial.State.RESOLVED
            )
        ),
        Q(state__in=rules.LIVING) | Q(follow_up_on__isnull=False),
    )
    found = rows.select_related("practice", "claim").prefetch_related("lines__denial")
    appeals_ended = list(found.order_by("pk"))
    if not appeals_ended:
        return
    now, today = now_and_today(appeals_ended[0].practice, None)
    decided: list[tuple[Appeal, str]] = []
    for appeal in appeals_ended:
        appeal.follow_up_on = None
        if appeal.state != rules.DECIDED:
            was = appeal.state
            decide_by_lines(appeal, kept or {}, on=on)
            appeal.state, appeal.decided_by = rules.DECIDED, by
            appeal.decided_on, appeal.decided_at = on or today, now
            decided.append((appeal, was))
    Appeal.objects.bulk_update(appeals_ended, ENDED)
    tell_decided(decided, by=by)
    carry_over([each for each, _ in decided if each.outcome in rules.OPENS_NEXT], today)


def decide_by_lines(appeal: Appeal, kept: Mapping[int, Decimal], *, on: date | None) -> None:
    """How the resolved lines of an appeal say it ended.

    Without a notice the payer decided nothing of what it has: the appeal became needless.
    """
    lines = [line.denial for line in appeal.lines.all()]
    appeal.decision_note = lines[0].get_resolution_display()
    appeal.outcome, appeal.amount_won = rules.WITHDRAWN, None
    if appeal.state != rules.SUBMITTED or on is None:
        return
    paid = [row for row in lines if row.resolution == Denial.Resolution.OVERTURNED]
    amount = sum((max(row.amount - kept.get(row.pk, ZERO), ZERO) for row in paid), ZERO)
    if paid and amount:
        is_all = len(paid) == len(lines) and not any(row.pk in kept for row in paid)
        appeal.outcome = rules.FAVORABLE if is_all else rules.PARTLY
        appeal.amount_won = appeal.amount if is_all else min(amount, appeal.amount)
    elif any(row.resolution == Denial.Resolution.DENIED_AGAIN for row in lines):
        appeal.outcome = rules.UNFAVORABLE


def tell_decided(decided: Sequence[tuple[Appeal, str]], *, by: User | None) -> None:
    """One event per appeal with the state it had, in one statement."""
    if not decided:
        return
    facts: list[events.Fact] = [
        (
            appeal.pk,
            appeal.claim.patient_id,
            {
                "outcome": str(appeal.outcome),
                "on": appeal.decided_on.isoformat() if appeal.decided_on else None,
                "was": str(was),
            },
        )
        for appeal, was in decided
    ]
    events.record_each("appeal.decided", Appeal, decided[0][0].practice_id, facts, by=by)


def carry_over(decided: Sequence[Appeal], today: date) -> None:
    """The same lines, denied again: their next level counts from these decisions."""
    if not decided:
        return
    again = Denial.objects.filter(
        practice_id=decided[0].practice_id, claim_id__in={each.claim_id for each in decided}
    ).exclude(state=Denial.State.RESOLVED)
    ids = sorted(again.values_list("pk", flat=True))
    if ids:
        write_deadlines(ids, today=today)
        keep_due_days(ids)
