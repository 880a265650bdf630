"""The verbs on open insurance balances: call, snooze, escalate, give back, assign, ask, undo.

Each works on one balance or on many at once, in a constant number of statements. What was done at
once has one `act`; it names the act for undo.
"""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import DateTimeField, Exists, Func, OuterRef, QuerySet, Subquery
from django.utils import timezone

from billing.actions.status_inquiries import ask_status
from billing.actions.work_owners import worker
from billing.models import RemittedClaim
from denials.actions.follow_up_undo import kept_state
from denials.models import Denial, FollowUp, FollowUpTouch
from denials.practice_days import practice_today
from denials.rules.follow_up import (
    INQUIRY_DAYS,
    LONGEST_PROMISE,
    LONGEST_REST,
    OUTCOMES,
    business_day_from,
    business_days_after,
    date_after_call,
)
from rcm import events
from rcm.errors import Refusal
from rcm.models import Practice, User

Kind = FollowUpTouch.Kind
MOST_AT_ONCE = 1_000
NAMES = {
    Kind.CALL: "follow_up.called",
    Kind.SNOOZE: "follow_up.snoozed",
    Kind.ESCALATION: "follow_up.escalated",
    Kind.RETURN: "follow_up.given_back",
    Kind.ASSIGNMENT: "follow_up.assigned",
    Kind.INQUIRY: "follow_up.status_asked",
}
# The others change whose work it is; what the payer said meanwhile stays unread.
TOUCHING = frozenset({Kind.CALL, Kind.SNOOZE, Kind.INQUIRY})


class Done(NamedTuple):
    """The act, for undo; how many balances it was about and how many were left as they were."""

    act: UUID
    rows: int
    left: int = 0
    next_on: date | None = None


class Call(NamedTuple):
    """What a call to a payer brought. Without `next_on` the outcome or the promise gives it."""

    outcome: str
    answered_by: str = ""
    reference: str = ""
    promised_on: date | None = None
    next_on: date | None = None
    note: str = ""


def has_denial() -> Exists:
    """Over balances: somebody on our side has a denial of the claim to work."""
    return Exists(Denial.objects.filter(claim=OuterRef("claim_id"), state__in=Denial.UNDECIDED))


def check_of(row: FollowUp) -> str:
    """The number of the last check or EFT that paid or decided its claim, "" without one."""
    answers = RemittedClaim.objects.filter(
        practice_id=row.practice_id, claim=row.claim_id, state=RemittedClaim.State.POSTED
    )
    return answers.order_by("-pk").values_list("remittance__trace_number", flat=True).first() or ""


def take(practice: Practice, pks: Collection[int]) -> list[FollowUp]:
    """Lock these balances, those that are still ours to follow up; in the ledger's order."""
    rows = FollowUp.objects.filter(practice=practice, pk__in=pks, balance__gt=0)
    locked = rows.order_by("claim_id", "account").select_for_update(of=("self",))
    return list(locked.exclude(has_denial()).select_related("claim", "owner"))


def take_one(row: FollowUp) -> FollowUp:
    """Lock one. Raises Refusal 409 when it was paid meanwhile or is worked under Denials."""
    found = take(row.practice, [row.pk])
    if found:
        return found[0]
    row.refresh_from_db(fields=["balance"])
    if row.balance > 0:
        raise Refusal(
            "worked_as_denial", f"{row.claim} is denied: work it under Denials.", status=409
        )
    raise Refusal("paid_meanwhile", paid_words(row), status=409)


def paid_words(row: FollowUp) -> str:
    """ "NO000007 was paid meanwhile: check 88213." """
    check = check_of(row)
    return f"{row.claim} owes nothing any more" + (f": check {check}." if check else ".")


@transaction.atomic
def log_call(row: FollowUp, call: Call, *, by: User) -> Done:
    """Keep what a call to the payer brought; the balance rests until its next date.

    Raises Refusal 422 for days that cannot be, 409 when it was paid meanwhile.
    """
    checked = checked_call(call, practice_today(row.practice))
    return _log([take_one(row)], checked, by=by)


@transaction.atomic
def log_call_for_many(practice: Practice, pks: Collection[int], call: Call, *, by: User) -> Done:
    """One call about many claims of one payer, under one reference.

    What was paid meanwhile or is denied is left. Raises Refusal 422 when the balances are owed by
    several payers, are too many, or none is left.
    """
    rows = take_many(practice, pks)
    if len({row.payer_id for row in rows}) != 1 or rows[0].payer_id is None:
        raise Refusal("one_payer", "One call is about claims of one payer: choose those only.")
    done = _log(rows, checked_call(call, practice_today(practice)), by=by)
    return done._replace(left=len(set(pks)) - len(rows))


def take_many(practice: Practice, pks: Collection[int]) -> list[FollowUp]:
    """Lock those of them that are open. Raises Refusal for none and for too many."""
    if len(set(pks)) > MOST_AT_ONCE:
        raise Refusal("too_many", f"At most {MOST_AT_ONCE:,} claims at once: narrow the list.")
    rows = take(practice, pks)
    if not rows:
        raise Refusal("nothing_chosen", "Tick at least one claim that is still open.")
    return rows


def checked_call(call: Call, today: date) -> Call:
    """The call with its next date, a business day. Raises Refusal naming the field."""
    if call.outcome not in OUTCOMES:
        raise refused("outcome", "outcome_unknown", "Choose what came of the call.")
    if call.promised_on is not None and call.promised_on < today:
        raise refused("promised_on", "date_passed", "A promise is for today or a later day.")
    if call.promised_on and call.promised_on > today + timedelta(days=LONGEST_PROMISE):
        raise refused("promised_on", "too_far", too_far(today))
    asked = call.next_on or date_after_call(call.outcome, call.promised_on, today)
    return call._replace(next_on=rest_until(asked, today, "next_on"))


def rest_until(day: date, today: date, field: str) -> date:
    """The business day on or after `day`. Raises Refusal for today and before, and for too far."""
    if day <= today:
        raise refused(field, "date_passed", "Choose a day after today.")
    if day > today + timedelta(days=LONGEST_REST):
        raise refused(field, "too_far", too_far(today))
    return business_day_from(day)


def too_far(today: date) -> str:
    last = today + timedelta(days=LONGEST_REST)
    return f"Nothing rests for longer than {LONGEST_REST} days: until {last:%m/%d/%Y} at most."


def refused(field: str, code: str, message: str) -> Refusal:
    return Refusal(code, message, fields={field: message})


def _log(rows: list[FollowUp], call: Call, *, by: User) -> Done:
    facts = {name: (value or "") for name, value in call._asdict().items() if "_on" not in name}
    dates = {"promised_on": call.promised_on, "next_on": call.next_on}
    mine = [row.pk for row in rows if row.owner_id is None]
    if mine:
        FollowUp.objects.filter(pk__in=mine).update(owner=by)
    return _touch(rows, Kind.CALL, by=by, said={**facts, **dates}, then=dates)


@transaction.atomic
def snooze(row: FollowUp, *, until: date, note: str = "", by: User) -> Done:
    """Let it rest until a business day, then it comes back to the same person."""
    today = practice_today(row.practice)
    until = rest_until(until, today, "until")
    locked = take_one(row)
    said = {"next_on": until, "note": note.strip()[:300]}
    return _touch([locked], Kind.SNOOZE, by=by, said=said, then=_rest(locked, until, by))


def _rest(row: FollowUp, until: date, by: User) -> dict[str, Any]:
    """A promise that ends before is not waited for any longer."""
    keeps = row.promised_on is not None and row.promised_on >= until
    return {"next_on": until, "promised_on": row.promised_on if keeps else None, "owner": by}


@transaction.atomic
def ask_payer(row: FollowUp, *, by: User) -> Done:
    """Ask the claim's own payer for its status (276) and look again in some business days."""
    locked = take_one(row)
    if not locked.is_own:
        raise Refusal("not_its_payer", "A status inquiry goes to the payer the claim was sent to.")
    ask_status(locked.claim, by=by)
    until = business_days_after(practice_today(row.practice), INQUIRY_DAYS)
    then = _rest(locked, until, locked.owner or by)
    return _touch([locked], Kind.INQUIRY, by=by, said={"next_on": until}, then=then)


@transaction.atomic
def escalate(row: FollowUp, *, reason: str, by: User) -> Done:
    """Hand it to the lead with a reason; it waits under Escalated."""
    reason = reason.strip()[:200]
    if not reason:
        raise refused("reason", "reason_missing", "Say what the lead should decide.")
    locked = take_one(row)
    if locked.escalated_at is not None:
        raise Refusal("escalated_already", f"{row.claim} is with the lead already.", status=409)
    then = {"escalated_by": by, "escalated_at": timezone.now(), "escalation_reason": reason}
    return _touch([locked], Kind.ESCALATION, by=by, said={"note": reason}, then=then)


@transaction.atomic
def give_back(row: FollowUp, *, note: str = "", by: User, is_lead: bool) -> Done:
    """Back to who escalated it, due today; by a lead, or by who escalated it."""
    locked = take_one(row)
    if locked.escalated_at is None:
        raise Refusal("not_escalated", f"{row.claim} is not with the lead.", status=409)
    if not is_lead and locked.escalated_by_id != by.pk:
        raise Refusal("not_allowed", "A lead gives it back, or who escalated it.", status=403)
    then = {
        **{"owner_id": locked.escalated_by_id, "next_on": practice_today(row.practice)},
        **{"escalated_by": None, "escalated_at": None, "escalation_reason": ""},
    }
    return _touch([locked], Kind.RETURN, by=by, said={"note": note.strip()[:300]}, then=then)


@transaction.atomic
def assign(practice: Practice, pks: Collection[int], *, to: int | None, by: User) -> Done:
    """Make one person, or nobody, the owner of balances.

    Raises Refusal for somebody who does not work on billing here, or when nothing is left.
    """
    owner = worker(to, practice.pk) if to is not None else None
    rows = take_many(practice, pks)
    said = {"owner": owner}
    done = _touch(rows, Kind.ASSIGNMENT, by=by, said=said, then={"owner": owner})
    return done._replace(left=len(set(pks)) - len(rows))


def _touch(
    rows: list[FollowUp], kind: Kind, *, by: User, said: dict[str, Any], then: dict[str, Any]
) -> Done:
    """Write the touches, the new state and the events. Three statements, whatever the number."""
    act = uuid4()
    FollowUpTouch.objects.bulk_create(
        FollowUpTouch(
            practice_id=row.practice_id,
            follow_up=row,
            act=act,
            kind=kind,
            amount=row.balance,
            before=kept_state(row),
            created_by=by,
            **said,
        )
        for row in rows
    )
    if kind in TOUCHING:
        then = then | touched(act, practice_today(rows[0].practice))
    FollowUp.objects.filter(pk__in=[row.pk for row in rows]).update(**then)
    shown = ("outcome", "next_on", "promised_on")
    told: dict[str, Any] = {name: str(said[name]) for name in shown if said.get(name)}
    if kind == Kind.ASSIGNMENT:
        told["owner"] = said["owner"].pk if said["owner"] else None
    record(NAMES[kind], rows, {"act": str(act), **told}, by=by)
    return Done(act, len(rows), next_on=said.get("next_on"))


def touched(act: UUID, today: date) -> dict[str, Any]:
    """Columns of the last touch. The moment is the database's, as that of the payer's changes."""
    own = FollowUpTouch.objects.filter(follow_up=OuterRef("pk"), act=act)
    moment = Func(function="clock_timestamp", output_field=DateTimeField())
    return {
        "touched_at": moment,
        "touched_on": today,
        "last_touch": Subquery(own.values("pk")[:1]),
    }


def record(name: str, rows: Iterable[FollowUp], data: dict[str, Any], *, by: User | None) -> None:
    """One event per balance, with ids and days only."""
    found = list(rows)
    facts = [(row.pk, row.claim.patient_id, {"claim": row.claim_id, **data}) for row in found]
    if found:
        events.record_each(name, FollowUp, found[0].practice_id, facts, by=by)


def open_rows(practice: Practice) -> QuerySet[FollowUp]:
    """Every balance an insurer owes; also those worked elsewhere."""
    return FollowUp.objects.filter(practice=practice, balance__gt=0)
