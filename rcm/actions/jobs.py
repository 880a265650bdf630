"""Long work in view: a row that is there before the work begins and tells how far it is.

The work itself is often one transaction, whose own writes nobody sees before its end; progress goes
over a connection of its own. A job is only a picture: what is done is in the rows it is about.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connections, models
from django.utils import timezone

from rcm import access
from rcm.models import Job, User

EVERY_SECONDS = 1.0


class Progress:
    """What the work reports to: `count` items are completed so far, `message` is the result."""

    def __init__(self, write: Callable[[int], None]) -> None:
        self.completed = 0
        self.failed = 0
        self.message = ""
        self._write = write
        self._told_at = time.monotonic()

    def reach(self, count: int) -> None:
        """Now `count` items are completed; told to the page at most once a second."""
        self.completed = count
        if time.monotonic() - self._told_at >= EVERY_SECONDS:
            self._told_at = time.monotonic()
            self._write(count)


@contextmanager
def running_job(
    practice_id: int,
    *,
    kind: str,
    label: str,
    subject: models.Model,
    total: int,
    by: User | None = None,
) -> Iterator[Progress]:
    """A job around a piece of work; an exception ends it as failed and goes on.

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
            started_at=timezone.now(),
        )
    progress = Progress(lambda count: tell(practice_id, job.pk, count))
    try:
        yield progress
    except BaseException:
        finish(job, progress, Job.State.FAILED, "It did not finish and will be tried again.")
        raise
    state = Job.State.PARTIAL if progress.failed else Job.State.DONE
    finish(job, progress, state, progress.message)


def finish(job: Job, progress: Progress, state: Job.State, message: str) -> None:
    with access.acting_in(job.practice_id):
        Job.objects.filter(pk=job.pk).update(
            state=state,
            completed=progress.completed,
            failed=progress.failed,
            message=message[:300],
            finished_at=timezone.now(),
        )


def tell(practice_id: int, job_id: int, count: int) -> None:
    """Write progress over a second connection, so that it is seen before the work commits."""
    second = connections["default"].copy()
    try:
        with second.cursor() as cursor:
            cursor.execute("SELECT set_config('rcm.practices', %s, false)", [f"{{{practice_id}}}"])
            cursor.execute("UPDATE rcm_job SET completed = %s WHERE id = %s", [count, job_id])
    finally:
        second.close()
