"""Makes statements, one by one and in batches that can be resumed, undone, mailed."""

import logging
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from django.db import Error as DatabaseError
from django.db import connection, transaction
from django.utils import timezone

from billing.account_documents import make_statements_pdf
from billing.actions.statement_documents import JOIN
from billing.models import (
    AccountSettings,
    BatchAccount,
    Statement,
    StatementBatch,
    StatementPrint,
)
from billing.patient_accounts import AccountState, account_states, settings_of
from billing.statement_content import Letter, contents_of
from rcm import events
from rcm.errors import Refusal
from rcm.models import Patient, Practice, User

CHUNK = 200
RUN = "billing.tasks.run_statement_batch"
logger = logging.getLogger(__name__)
State = StatementBatch.State


@transaction.atomic
def make_statement(patient: Patient, *, by: User) -> Statement:
    """One statement, today. Raises Refusal with every reason why there is none."""
    practice, today = patient.practice, timezone.localdate()
    lock_patients([patient.pk])
    [state] = account_states(practice, today, [patient.pk])
    if state.reasons:
        text = " ".join(reason.text for reason in state.reasons)
        raise Refusal("no_statement", text, reasons=[reason.code for reason in state.reasons])
    letter = Letter(practice, settings_of(practice.pk), today)
    return write_statements(letter, [state], None, by)[0]


def lock_patients(ids: Sequence[int]) -> None:
    """Payments of these accounts wait: what is judged is what is written."""
    rows = Patient.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids)
    list(rows.order_by("pk").values_list("pk", flat=True))


def write_statements(
    letter: Letter,
    states: Sequence[AccountState],
    batch: StatementBatch | None,
    by: User | None,
) -> list[Statement]:
    """Statements of accounts that may have one. A constant number of statements."""
    numbers = dict(zip([s.patient_id for s in states], new_numbers(len(states)), strict=True))
    contents = contents_of(letter, states, numbers)
    made = Statement.objects.bulk_create(
        Statement(
            practice=letter.practice,
            batch=batch,
            patient_id=state.patient_id,
            number=numbers[state.patient_id],
            statement_on=letter.on,
            cycle_on=letter.settings.cycle_of(letter.on),
            due_on=letter.due_on,
            amount=state.due,
            content=contents[state.patient_id],
            made_by=by,
        )
        for state in states
    )
    facts = [(row.pk, row.patient_id, {"amount": str(row.amount)}) for row in made]
    events.record_each("statement.made", Statement, letter.practice.pk, facts, by=by)
    return made


def new_numbers(count: int) -> list[str]:
    """Numbers no statement has had."""
    with connection.cursor() as db:
        db.execute(
            "SELECT nextval('billing_statement_number') FROM generate_series(1, %s)", [count]
        )
        return [f"S{number}" for (number,) in db.fetchall()]


@transaction.atomic
def start_batch(practice: Practice, *, by: User | None) -> StatementBatch:
    """Put every account that may be stated today into a batch and let it be made.

    Raises Refusal when a batch is being made, or when no account may be stated.
    """
    today = timezone.localdate()
    Practice.objects.select_for_update(of=("self",), no_key=True).get(pk=practice.pk)
    if StatementBatch.objects.filter(practice=practice, state=State.QUEUED).exists():
        raise Refusal("batch_waits", "A batch is being made already.", status=409)
    due = [row.patient_id for row in account_states(practice, today) if row.may_be_stated]
    if not due:
        raise Refusal("nothing_due", "No account may be sent a statement today.")
    batch = StatementBatch.objects.create(practice=practice, statement_on=today, made_by=by)
    BatchAccount.objects.bulk_create(
        (BatchAccount(practice=practice, batch=batch, patient_id=pk) for pk in due),
        batch_size=5_000,
    )
    events.record("statement_batch.started", batch, by=by, accounts=len(due))
    events.enqueue_on_commit(RUN, practice.pk, batch.pk)
    return batch


@transaction.atomic
def resume_batch(batch: StatementBatch, *, by: User) -> StatementBatch:
    """Go on with a batch whose worker was lost, and try again what failed."""
    locked = take(batch, State.QUEUED, State.MADE)
    failed = locked.accounts.filter(state=BatchAccount.State.FAILED)
    again = failed.update(state=BatchAccount.State.WAITING, note="")
    if locked.state == State.MADE:
        if not again:
            raise Refusal("nothing_to_resume", "Every account of it is done.", status=409)
        locked.state = State.QUEUED
        locked.save(update_fields=["state"])
    events.record("statement_batch.resumed", locked, by=by, accounts=again)
    events.enqueue_on_commit(RUN, locked.practice_id, locked.pk)
    return locked


@transaction.atomic
def make_next(practice_id: int, batch_id: int) -> tuple[int, int] | None:
    """The next CHUNK accounts of a batch in one transaction: (done, failed); None at the end.

    Two workers take turns: the batch is locked.
    """
    rows = StatementBatch.objects.select_for_update(of=("self",)).select_related("practice")
    batch = rows.filter(practice_id=practice_id, pk=batch_id, state=State.QUEUED).first()
    if batch is None:
        return None
    waiting = list(batch.accounts.filter(state=BatchAccount.State.WAITING).order_by("pk")[:CHUNK])
    if not waiting:
        batch.state = State.MADE
        batch.save(update_fields=["state"])
        events.record("statement_batch.made", batch, by=None, statements=batch.statements.count())
        events.enqueue_on_commit(JOIN, practice_id, batch_id)
        return None
    letter = Letter(batch.practice, settings_of(practice_id), batch.statement_on)
    try:
        with transaction.atomic():
            make_together(letter, batch, waiting)
    except (DatabaseError, ArithmeticError, LookupError, TypeError, ValueError, RuntimeError):
        logger.exception("statement batch %s: a part failed and is made one by one", batch.pk)
        for each in waiting:
            make_alone(letter, batch, each)
    BatchAccount.objects.bulk_update(waiting, ["state", "note"])
    failed = sum(each.state == BatchAccount.State.FAILED for each in waiting)
    return len(waiting), failed


def make_together(letter: Letter, batch: StatementBatch, waiting: Sequence[BatchAccount]) -> None:
    """Judge, write and print these accounts; an account with a reason by now is skipped."""
    ids = [each.patient_id for each in waiting]
    lock_patients(ids)
    states = {row.patient_id: row for row in account_states(letter.practice, letter.on, ids)}
    for each in waiting:
        reasons = states[each.patient_id].reasons
        each.state = BatchAccount.State.SKIPPED if reasons else BatchAccount.State.MADE
        each.note = " ".join(reason.text for reason in reasons)[:300]
    due = [states[each.patient_id] for each in waiting if not states[each.patient_id].reasons]
    if not due:
        return
    made = write_statements(letter, due, batch, batch.made_by)
    content = make_statements_pdf([row.content for row in made], made_at=midnight(letter.on))
    StatementPrint.objects.create(
        practice=letter.practice, batch=batch, content=content, count=len(made)
    )


def make_alone(letter: Letter, batch: StatementBatch, each: BatchAccount) -> None:
    """One account by itself; when it fails the others go on, and the batch says which."""
    try:
        with transaction.atomic():
            make_together(letter, batch, [each])
    except (DatabaseError, ArithmeticError, LookupError, TypeError, ValueError, RuntimeError) as e:
        logger.exception("statement batch %s: account %s failed", batch.pk, each.patient_id)
        each.state = BatchAccount.State.FAILED
        each.note = f"It could not be made ({type(e).__name__}). Try again, or look at the log."


def midnight(day: date) -> datetime:
    """The document's date."""
    return timezone.make_aware(datetime.combine(day, time.min))


def take(batch: StatementBatch, *states: State) -> StatementBatch:
    """Lock the batch in one of `states`. Raises Refusal 409 when somebody was first."""
    locked = StatementBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if locked.state not in states:
        word = locked.get_state_display().lower()
        raise Refusal("batch_changed", f"Somebody was first: it is {word} now.", status=409)
    return locked


@transaction.atomic
def undo_batch(batch: StatementBatch, *, by: User) -> StatementBatch:
    """Void every statement of it, as long as they are not mailed; the accounts are due again."""
    locked = take(batch, State.QUEUED, State.MADE)
    now = timezone.now()
    count = locked.statements.filter(voided_at=None).update(voided_at=now)
    locked.state, locked.undone_by, locked.undone_at = State.UNDONE, by, now
    locked.save(update_fields=["state", "undone_by", "undone_at"])
    events.record("statement_batch.undone", locked, by=by, statements=count)
    return locked


@transaction.atomic
def mark_mailed(batch: StatementBatch, *, by: User) -> StatementBatch:
    """They went out: from now on they cannot be undone."""
    locked = take(batch, State.MADE)
    locked.state, locked.mailed_by, locked.mailed_at = State.MAILED, by, timezone.now()
    locked.save(update_fields=["state", "mailed_by", "mailed_at"])
    events.record("statement_batch.mailed", locked, by=by)
    return locked


@transaction.atomic
def resend_statement(statement: Statement, *, by: User) -> Statement:
    """The same document goes out again. Raises Refusal 409 for one that is void."""
    locked = Statement.objects.select_for_update(of=("self",)).get(pk=statement.pk)
    if locked.voided_at:
        raise Refusal("statement_void", "This statement was taken back.", status=409)
    locked.resent_on = timezone.localdate()
    locked.save(update_fields=["resent_on"])
    events.record("statement.resent", locked, by=by, patient_id=locked.patient_id)
    return locked


@transaction.atomic
def void_statement(statement: Statement, *, by: User) -> Statement:
    """Take a single statement back on the day it was made. Raises Refusal 409 afterwards."""
    locked = Statement.objects.select_for_update(of=("self",)).get(pk=statement.pk)
    today = timezone.localdate()
    if locked.voided_at or locked.batch_id or locked.statement_on != today:
        message = "Only a single statement of today can be taken back."
        raise Refusal("statement_out", message, status=409)
    locked.voided_at = timezone.now()
    locked.save(update_fields=["voided_at"])
    events.record("statement.voided", locked, by=by, patient_id=locked.patient_id)
    return locked


@transaction.atomic
def save_settings(practice: Practice, values: dict[str, Any], *, by: User) -> AccountSettings:
    """How the practice deals with accounts from now on."""
    Practice.objects.select_for_update(of=("self",), no_key=True).get(pk=practice.pk)
    row = settings_of(practice.pk)
    changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, values[name])
    row.save()
    events.record("account_settings.saved", row, by=by, fields=changed)
    return row
