"""Long work in view: a row that is there before the work begins and tells how far it is.

The work itself is often one transaction, whose own writes nobody sees before its end; progress goes
over a connection of its own. A job is only a picture: what is done is in the rows it is about.
The same connection brings back whether somebody asked the work to stop.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import connections, models, transaction
from django.utils import timezone

from rcm import access, events
from rcm.errors import Refusal
from rcm.models import Job, User

EVERY_SECONDS = 1.0
TELL = """
UPDATE rcm_job SET completed = %s WHERE id = %s RETURNING cancel_requested_at IS NOT NULL
"""
NOTHING_LEFT = "Nothing of it was written."
LOST_MARGIN_SECONDS = 60
LOST = "Its worker was stopped. What was not written is tried again by itself."


class Cancelled(Exception):
    """A person asked the work to stop; whatever it wrote has to be rolled back."""


class Progress:
    """What the work reports to: `count` items are completed so far, `message` is the result.

    Both reports raise Cancelled when a person has asked the work to stop.
    """

    def __init__(self, write: Callable[[int], bool]) -> None:
        self.completed = 0
        self.failed = 0
        self.message = ""
        self._write = write
        self._told_at = time.monotonic()

    def reach(self, count: int) -> None:
        """Now `count` items are completed; told to the page at most once a second."""
        self.completed = count
        if time.monotonic() - self._told_at >= EVERY_SECONDS:
            self._tell()

    def finish(self) -> None:
        """All is written and not committed: the last moment to stop."""
        self._tell()

    def _tell(self) -> None:
        self._told_at = time.monotonic()
        if self._write(self.completed):
            raise Cancelled


@contextmanager
def running_job(
    practice_id: int,
    *,
    kind: str,
    label: str,
    subject: models.Model,
    total: int,
    by: User | None = None,
    can_cancel: bool = False,
) -> Iterator[Progress]:
    """A job around a piece of work; an exception ends it as failed and goes on.

    Cancelled ends it as cancelled and goes no further.

    Must not be inside a transaction: start and end are committed by themselves.
    """
    with access.acting_in(practice_id):
        job = Job.objects.create(
            practice_id=practice_id,
            kind=kind,
            label=label[:120],
            state=Job.State.RUNNING,
            subject_type=subject._meta.model_name or "",
            subject_id=subject.pk,
            total=total,
            started_by=by,
            can_cancel=can_cancel,
            started_at=timezone.now(),
        )
    progress = Progress(lambda count: tell(practice_id, job.pk, count))
    try:
        yield progress
    except Cancelled:
        progress.completed = progress.failed = 0
        finish(job, progress, Job.State.CANCELLED, progress.message or NOTHING_LEFT)
        return
    except BaseException:
        finish(job, progress, Job.State.FAILED, "It did not finish and will be tried again.")
        raise
    state = Job.State.PARTIAL if progress.failed else Job.State.DONE
    finish(job, progress, state, progress.message)


def finish(job: Job, progress: Progress, state: Job.State, message: str) -> None:
    with access.acting_in(job.practice_id):
        row = Job.objects.select_for_update(of=("self",)).get(pk=job.pk)
        if row.state == Job.State.CANCELLED and state == Job.State.DONE:
            return  # somebody else heeded the request
        if row.cancel_requested_at and state in (Job.State.DONE, Job.State.PARTIAL):
            message = f"{message} It was over before it could be cancelled."
        row.state = state
        row.completed, row.failed = progress.completed, progress.failed
        row.message = message[:300]
        row.finished_at = timezone.now()
        row.save(update_fields=["state", "completed", "failed", "message", "finished_at"])


def tell(practice_id: int, job_id: int, count: int) -> bool:
    """Write progress over a second connection, so that it is seen before the work commits.

    True when somebody has asked the work to stop.
    """
    second = connections["default"].copy()
    try:
        with second.cursor() as cursor:
            cursor.execute("SELECT set_config('rcm.practices', %s, false)", [f"{{{practice_id}}}"])
            cursor.execute(TELL, [count, job_id])
            row = cursor.fetchone()
            return bool(row and row[0])
    finally:
        second.close()


def end_lost(practice_id: int) -> int:
    """End jobs whose worker is gone: no task runs longer than the hard limit. How many.

    Their work is not lost: what was not committed is asked for again by its own sweep.
    """
    limit = timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT + LOST_MARGIN_SECONDS)
    now = timezone.now()
    lost = Job.objects.filter(
        practice_id=practice_id,
        state__in=[Job.State.QUEUED, Job.State.RUNNING],
        started_at__lt=now - limit,
    )
    return lost.update(state=Job.State.FAILED, message=LOST, finished_at=now)


@transaction.atomic
def cancel_job(job: Job, *, by: User) -> Job:
    """Ask running work to stop; it does at its next report, or was over first.

    Raises Refusal 409 when it is over or somebody asked before, 422 when it cannot be stopped.
    """
    locked = Job.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if locked.is_finished:
        raise Refusal("job_finished", f"“{locked}” is over already.", status=409)
    if not locked.can_cancel:
        raise Refusal("job_not_cancellable", f"“{locked}” cannot be cancelled.")
    if locked.cancel_requested_at is not None:
        who = locked.cancel_requested_by
        raise Refusal("cancel_requested", f"{who} has asked it to stop already.", status=409)
    locked.cancel_requested_by = by
    locked.cancel_requested_at = timezone.now()
    locked.save(update_fields=["cancel_requested_by", "cancel_requested_at"])
    events.record("job.cancel_requested", locked, by=by)
    return locked


def unheeded_cancel(practice_id: int, kind: str, subject: models.Model) -> Job | None:
    """The newest work on `subject` somebody asked to stop that has not stopped cleanly.

    It still runs, or broke off before it could look; then whoever tries again has to heed it.
    """
    return (
        Job.objects.select_related("cancel_requested_by")
        .filter(practice_id=practice_id, kind=kind, subject_id=subject.pk)
        .filter(subject_type=subject._meta.model_name or "", cancel_requested_at__isnull=False)
        .filter(state__in=[Job.State.RUNNING, Job.State.FAILED])
        .order_by("-pk")
        .first()
    )
