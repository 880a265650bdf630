"""Charts in and out of work: give the next one, lock, skip, hold, finalize, reopen.

One chart is in one coder's hands. What says so is a row lock while it is given out and a lock of
ten minutes after, renewed by every change; `version` catches two people saving over each other.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import OperationalError, connection, transaction
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone
from psycopg2.errorcodes import LOCK_NOT_AVAILABLE

from coding.actions import tasks
from coding.actions.priorities import set_priorities
from coding.chart_facts import read_chart
from coding.credential_facts import credential_gate, may_be_given, require_credential
from coding.models import AuditChart, Charge, CoderTask, Encounter
from coding.rules import edits
from coding.work_order import OPEN_STATES, Charts, is_free, view_order, work_order
from rcm import events
from rcm.errors import Refusal
from rcm.models import Event, Practice, User

LOCK = timedelta(minutes=10)
State = Encounter.State


@transaction.atomic
def next_encounter(
    practice: Practice, *, by: User, within: Charts | None = None
) -> Encounter | None:
    """Lock the next chart for this coder: of one list, or of everything in coding.work_order.

    How many charts wait makes no difference: each place is asked through an index of its own order.
    """
    if within is None:
        places = list(work_order(practice, by))
    else:
        places = list(view_order(within.filter(credential_gate(practice.pk, by)), by))
    chart = lock_first(places)
    if chart is None:
        return None
    if chart.state == State.HELD:
        release(chart)
    lock(chart, by)
    events.record("encounter.assigned", chart, by=by, patient_id=chart.patient_id)
    return chart


def lock_first(places: Sequence[Charts]) -> Encounter | None:
    """The first chart of the first place that has one, with its row lock.

    SKIP LOCKED: coders who ask at the same moment get different charts. A row may be locked by a
    statement over many charts that changes nothing about who has them: before "nothing left" is
    said, the places are asked again and wait for it. PostgreSQL looks at a row it waited for once
    more, and passes it over when somebody was given it.
    """
    return first_of(places, skip_locked=True) or wait_for_first(places)


def first_of(places: Sequence[Charts], *, skip_locked: bool) -> Encounter | None:
    for waiting in places:
        chart = waiting.select_for_update(skip_locked=skip_locked, of=("self",)).first()
        if chart is not None:
            return chart
    return None


def wait_for_first(places: Sequence[Charts]) -> Encounter | None:
    """Shorter than PostgreSQL waits before it looks for a deadlock: two coders who each hold what
    the other waits for are told that nothing is left, and ask again.
    """
    try:
        with transaction.atomic(), connection.cursor() as database:
            database.execute("SET LOCAL lock_timeout = '500ms'")
            chart = first_of(places, skip_locked=False)
            database.execute("SET LOCAL lock_timeout = DEFAULT")
            return chart
    except OperationalError as reason:
        if getattr(reason.__cause__, "pgcode", "") != LOCK_NOT_AVAILABLE:
            raise
        return None


def lock(encounter: Encounter, by: User) -> None:
    """Put a chart we hold the row lock of into a coder's hands."""
    encounter.assigned_to = by
    encounter.locked_until = timezone.now() + LOCK
    if encounter.state != State.RETURNED:
        encounter.state = State.IN_CODING
    encounter.save(update_fields=["assigned_to", "locked_until", "state"])


@transaction.atomic
def open_encounter(encounter: Encounter, *, by: User) -> None:
    """Take a chart from the list, or renew the lock on it.

    Raises Refusal 423 when somebody else has it open, 409 when it is not to be coded any more.
    """
    take(encounter, by=by, changes=False)


def take(
    encounter: Encounter, *, by: User | None, version: int | None = None, changes: bool = True
) -> None:
    """Lock the chart for a change in one conditional UPDATE and bring `encounter` up to date.

    Raises Refusal: 423 locked by somebody else, 409 coded meanwhile or `version` is an old one,
    403 when the visit wants a credential the person does not have.
    """
    gate = credential_gate(encounter.practice_id, by)
    rows = Encounter.objects.filter(is_free(by), gate, pk=encounter.pk, state__in=OPEN_STATES)
    if version is not None:
        rows = rows.filter(version=version)
    taken = rows.update(
        state=Case(When(state=State.RETURNED, then=F("state")), default=Value(State.IN_CODING)),
        assigned_to=by,
        locked_until=timezone.now() + LOCK,
        version=F("version") + (1 if changes else 0),
    )
    encounter.refresh_from_db(fields=["state", "assigned_to", "locked_until", "version"])
    if not taken:
        refuse(encounter, by, version)


def refuse(encounter: Encounter, by: User | None, version: int | None) -> None:
    """Say why a chart could not be taken."""
    if encounter.state not in OPEN_STATES:
        word = encounter.get_state_display().lower()
        raise Refusal(
            "encounter_not_open", f"This chart is {word} now. Nothing was changed.", status=409
        )
    require_credential(encounter, by)
    if encounter.is_locked and encounter.assigned_to_id != (by.pk if by else None):
        raise Refusal("encounter_locked", who_has(encounter, by), status=423)
    raise Refusal(
        "changed_meanwhile",
        "Somebody changed this chart after you loaded it. Reload it, then change it again.",
        status=409,
    )


def who_has(encounter: Encounter, by: User | None) -> str:
    """Who has the chart; told apart when she took it out of this person's hands."""
    taken = Event.objects.filter(
        practice_id=encounter.practice_id,
        subject_type="encounter",
        subject_id=encounter.pk,
        name="encounter.taken_over",
        created_by=encounter.assigned_to_id,
    ).last()
    if taken and by and taken.data.get("earlier") == by.pk:
        at = timezone.localtime(taken.created_at).strftime("%H:%M")
        return (
            f"{encounter.assigned_to} took this chart over at {at}. "
            "What you saved before is kept; this change was not saved."
        )
    until = timezone.localtime(encounter.locked_until).strftime("%H:%M")
    return f"{encounter.assigned_to} is coding this chart (until {until} at least)."


@transaction.atomic
def skip_encounter(encounter: Encounter, *, reason: str, by: User | None) -> None:
    """Give the chart back; it comes again after those nobody skipped. Needs a reason."""
    if not reason.strip():
        raise Refusal("reason_missing", "Say why you skip it.", fields={"reason": "Required."})
    take(encounter, by=by)
    put_down(encounter, state=resting_state(encounter), skipped_at=timezone.now())
    events.record("encounter.skipped", encounter, by=by, patient_id=encounter.patient_id)


@transaction.atomic
def hold_encounter(
    encounter: Encounter, *, reason: str, until: date | None, by: User | None
) -> None:
    """Set the chart aside with a reason, and if given until a day after which it comes back.

    Raises Refusal when the reason is empty or the day is not after today.
    """
    check_hold(reason, until)
    take(encounter, by=by)
    put_down(encounter, state=State.HELD, hold_reason=reason.strip()[:200], hold_until=until)
    events.record("encounter.held", encounter, by=by, patient_id=encounter.patient_id)


def check_hold(reason: str, until: date | None) -> None:
    if not reason.strip():
        raise Refusal("reason_missing", "Say why it waits.", fields={"reason": "Required."})
    if until is not None and until <= timezone.localdate():
        message = "The day it comes back must be after today."
        raise Refusal("hold_until_past", message, fields={"until": message})


@transaction.atomic
def release_encounter(encounter: Encounter, *, by: User | None) -> None:
    """Take a chart off hold. Raises Refusal 409: not on hold any more, or a query of it waits."""
    row = Encounter.objects.select_for_update(of=("self",)).get(pk=encounter.pk)
    if row.state != State.HELD:
        raise Refusal("not_on_hold", "This chart is not on hold any more.", status=409)
    if query := row.queries.filter(state="open").select_related("provider").first():
        message = f"A query to {query.provider.address_name} waits. Withdraw it first."
        raise Refusal("query_waits", message, status=409)
    release(row)
    encounter.refresh_from_db()
    events.record("encounter.released", encounter, by=by, patient_id=encounter.patient_id)


def release(encounter: Encounter) -> None:
    put_down(encounter, state=resting_state(encounter), hold_reason="", hold_until=None)


def resting_state(encounter: Encounter) -> str:
    """Where a chart waits: returned work stays returned work."""
    is_returned = encounter.tasks.filter(state=CoderTask.State.OPEN).exists()
    return State.RETURNED if is_returned or encounter.state == State.RETURNED else State.NEW


def put_down(encounter: Encounter, **changes: object) -> None:
    """Out of the coder's hands, with what else changes."""
    changes |= {"assigned_to": None, "locked_until": None}
    for name, value in changes.items():
        setattr(encounter, name, value)
    encounter.save(update_fields=list(changes))


@transaction.atomic
def finalize_encounter(
    encounter: Encounter, *, by: User | None, version: int | None = None, is_as_sent: bool = False
) -> None:
    """Price and freeze the charges; from here on billing has it. One without a price waits there.

    `is_as_sent`: the codes are those of the claim that went out, so that no claim is drafted and
    the practice's claim rules stop nothing. Raises Refusal "findings_block" (422,
    `data["findings"]`) while an edit blocks, 409 or 423 as `take`. The amount of a charge is the
    price of one unit on the date of service by its units.
    """
    take(encounter, by=by, version=version)
    rows = read_chart(encounter)
    findings = edits.check(rows.facts)
    if stops := edits.blocking(findings, is_as_sent=is_as_sent):
        count = f"{len(stops)} edits block" if len(stops) > 1 else "One edit blocks"
        raise Refusal(
            "findings_block", f"{count} this chart: {stops[0].message}", findings=findings
        )
    for charge in rows.charges:
        charge.amount_billed = rows.price(charge)
        charge.is_frozen = charge.amount_billed is not None
    Charge.objects.bulk_update(rows.charges, ["amount_billed", "is_frozen"])
    # Frozen codes have nothing to undo.
    encounter.changes.all().delete()
    encounter.finalized_by = by
    put_down(
        encounter,
        state=State.FINALIZED,
        finalized_at=timezone.now(),
        finalized_by=by,
        skipped_at=None,
        amended_at=None,
    )
    events.record(
        "encounter.finalized",
        encounter,
        by=by,
        patient_id=encounter.patient_id,
        charges=len(rows.charges),
        warnings=len(findings),
    )
    events.notify("encounter.finalized", encounter.practice_id, encounter.pk)


@transaction.atomic
def complete_encounter(
    encounter: Encounter, *, by: User, version: int | None = None, within: Charts | None = None
) -> Encounter | None:
    """Finalize, answer the open tasks as recoded, and lock the next chart for the same coder.

    What an audit found and the coder has not accepted, or disputes, stays open.
    """
    finalize_encounter(encounter, by=by, version=version)
    is_due = Q(audit_chart__isnull=True) | Q(audit_chart__state=AuditChart.State.SETTLED)
    for task in encounter.tasks.filter(is_due, state=CoderTask.State.OPEN):
        tasks.resolve_recoded(task, by=by)
    return next_encounter(encounter.practice, by=by, within=within)


@transaction.atomic
def reopen_encounter(encounter: Encounter, *, reason: str, by: User | None) -> None:
    """Back to the coder: the charges may change again. Raises Refusal 409 unless it was coded."""
    if not reason.strip():
        raise Refusal("reason_missing", "Say why it goes back.", fields={"reason": "Required."})
    row = Encounter.objects.select_for_update(of=("self",)).get(pk=encounter.pk)
    if row.state != State.FINALIZED:
        encounter.refresh_from_db()
        raise Refusal("not_coded", "This chart is not coded, so it is still open.", status=409)
    # It goes to whoever coded it, or to nobody in particular when that person may not code it now.
    coder = row.finalized_by_id
    Encounter.objects.filter(pk=row.pk).update(
        state=State.RETURNED,
        owner=coder if coder and may_be_given(row, coder) else None,
        finalized_at=None,
        finalized_by=None,
        version=F("version") + 1,
    )
    encounter.refresh_from_db()
    encounter.charges.update(is_frozen=False)
    set_priorities(encounter.practice_id, [encounter.pk])
    encounter.refresh_from_db(fields=["priority"])
    events.record("encounter.reopened", encounter, by=by, patient_id=encounter.patient_id)
