"""Tasks of statements. Each loads by id, calls actions, and may run twice."""

from celery import shared_task
from django.db.models import Sum
from django.utils import timezone

from billing.actions import patient_plans as plans
from billing.actions import patient_statements as actions
from billing.actions import statement_documents as documents
from billing.models import AccountSettings, BatchAccount, StatementBatch
from rcm import access, events
from rcm.actions.jobs import running_job
from rcm.errors import Refusal
from rcm.every_practice import for_every_practice
from rcm.models import Practice


@shared_task(name="billing.tasks.run_statement_batch")
def run_statement_batch(practice_id: int, batch_id: int) -> int:
    """Make what waits of a batch, part by part; how many accounts were done."""
    with access.acting_in(practice_id):
        queued = StatementBatch.objects.filter(practice_id=practice_id, pk=batch_id, state="queued")
        batch = queued.select_related("made_by").first()
        if batch is None:
            return 0
        waiting = batch.accounts.filter(state=BatchAccount.State.WAITING).count()
    with running_job(
        practice_id,
        kind="statements",
        label=str(batch),
        subject=batch,
        total=waiting,
        by=batch.made_by,
    ) as progress:
        done = 0
        while True:
            with access.acting_in(practice_id):
                part = actions.make_next(practice_id, batch_id)
            if part is None:
                break
            done += part[0]
            progress.failed += part[1]
            progress.reach(done)
        progress.message = f"{done - progress.failed:,} accounts done, {progress.failed:,} failed."
    return done


@shared_task(name="billing.tasks.join_statements")
def join_statements(practice_id: int, batch_id: int) -> int:
    """Put a batch's parts together for the printer, in view; how many statements."""
    with access.acting_in(practice_id):
        batch = documents.unjoined(practice_id).filter(pk=batch_id).first()
        if batch is None:
            return 0
        total = batch.prints.aggregate(count=Sum("count"))["count"]
    with running_job(
        practice_id,
        kind="statement_print",
        label=f"{batch} for the printer",
        subject=batch,
        total=total,
    ) as progress:
        count = documents.join_batch(practice_id, batch_id, report=progress.reach)
        progress.message = f"{count:,} statements in one PDF."
    return count


@shared_task(name="billing.tasks.make_statements")
@for_every_practice
def make_statements(practice: Practice) -> None:
    """Every night: judge plans, go on where a worker was lost, and start the batches wanted."""
    with access.acting_in(practice.pk):
        for batch in StatementBatch.objects.filter(practice=practice, state="queued"):
            events.enqueue_on_commit(actions.RUN, practice.pk, batch.pk)
        for batch in documents.unjoined(practice.pk):
            events.enqueue_on_commit(documents.JOIN, practice.pk, batch.pk)
        plans.judge_plans(practice.pk, timezone.localdate())
        wanted = AccountSettings.objects.filter(practice=practice, is_on=True)
        for row in wanted.select_related("practice"):
            start_quietly(row)


def start_quietly(settings: AccountSettings) -> None:
    """Nothing due, or a batch that goes on, is no fault of the night."""
    try:
        actions.start_batch(settings.practice, by=None)
    except Refusal as refusal:
        if refusal.code not in ("nothing_due", "batch_waits"):
            raise
