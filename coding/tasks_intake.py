"""Tasks of intake. Each loads by id, calls one action and is safe to repeat.

A message only says "look": the sweeps find what a lost one left behind.
"""

import logging
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from celery import shared_task
from django.conf import settings
from django.db import InterfaceError, OperationalError

from coding import intake_folders
from coding.actions import applying, intake, intake_sources
from coding.intake_reading import shown_name
from coding.models import IntakeMessage, IntakeSource
from rcm import access, events, sftp
from rcm.actions.jobs import Progress, running_job
from rcm.every_practice import for_every_practice
from rcm.locks import alone
from rcm.models import Practice

SWEEP_LIMIT = 200
# First key of the advisory locks: one reader per folder or server at a time.
FOLDER_LOCK, SFTP_LOCK = 271, 272
# A long batch leaves the rest to the sweep, far below the time limit of tasks.
BATCH_SECONDS = 240
FILES_AT_ONCE = 200
logger = logging.getLogger(__name__)
State, Kind = IntakeMessage.State, IntakeMessage.Kind


@shared_task(name="coding.tasks.apply_message")
def apply_message(practice_id: int, message_id: int) -> None:
    """Apply one received message, unless another worker has it; of a batch all its messages."""
    if apply_one(practice_id, message_id) == Kind.BATCH:
        apply_batch(practice_id, message_id)


def apply_one(practice_id: int, message_id: int) -> str:
    """Apply a received message in a transaction of its own; its kind, empty when it was not free.

    Of a batch, its messages become rows; nothing of them is applied yet.
    """
    with access.acting_in(practice_id):
        waiting = IntakeMessage.objects.filter(practice_id=practice_id, state=State.RECEIVED)
        free = waiting.select_for_update(of=("self",), skip_locked=True)
        row = free.select_related("practice").filter(pk=message_id).first()
        if row is None:
            return ""
        if row.kind == Kind.BATCH:
            intake.split_batch(row)
        else:
            applying.apply_message(row)
        return str(row.kind)


def apply_batch(practice_id: int, batch_id: int) -> None:
    """Its messages in order, in view. One that fails does not stop those behind it."""
    with access.acting_in(practice_id):
        batch = IntakeMessage.objects.defer("content").get(pk=batch_id, practice_id=practice_id)
        members = batch.messages.filter(state=State.RECEIVED).order_by("batch_position")
        ids = list(members.values_list("pk", flat=True))
    if not ids:
        return
    label = f"Charts from {batch.name}"
    with running_job(
        practice_id, kind="intake", label=label, subject=batch, total=len(ids), by=batch.created_by
    ) as progress:
        apply_members(practice_id, ids, progress)
        with access.acting_in(practice_id):
            tell_result(batch, progress)


def apply_members(practice_id: int, ids: list[int], progress: Progress) -> None:
    until = time.monotonic() + BATCH_SECONDS
    for done, message_id in enumerate(ids, 1):
        if time.monotonic() > until:
            return
        apply_one(practice_id, message_id)
        progress.reach(done)


def tell_result(batch: IntakeMessage, progress: Progress) -> None:
    """Say on the job how many failed and how many are still to come."""
    states = list(batch.messages.values_list("state", flat=True))
    progress.failed = states.count(State.FAILED)
    left = states.count(State.RECEIVED)
    progress.completed = len(states) - progress.failed - left
    rest = f", {left:,} follow by themselves" if left else ""
    progress.message = f"{progress.completed:,} applied, {progress.failed:,} failed{rest}."


@shared_task(name="coding.tasks.sweep_messages")
@for_every_practice
def sweep_messages(practice: Practice) -> None:
    """Ask again for messages nobody has applied."""
    with access.acting_in(practice.pk):
        waiting = IntakeMessage.objects.filter(practice=practice, state=State.RECEIVED)
        for message_id in waiting.order_by("pk").values_list("pk", flat=True)[:SWEEP_LIMIT]:
            events.enqueue_on_commit("coding.tasks.apply_message", practice.pk, message_id)


@shared_task(name="coding.tasks.fetch_charts")
@for_every_practice
def fetch_charts(practice: Practice) -> None:
    """Look into the watched folders that are there and at the SFTP servers of every practice."""
    with access.acting_in(practice.pk):
        if intake_folders.folder_of(practice) is not None:
            events.enqueue_on_commit("coding.tasks.read_folder", practice.pk)
        active = IntakeSource.objects.filter(practice=practice, is_active=True)
        for source_id in active.order_by("pk").values_list("pk", flat=True):
            events.enqueue_on_commit("coding.tasks.fetch_source", practice.pk, source_id)


@shared_task(name="coding.tasks.read_folder")
def read_folder(practice_id: int) -> int:
    """Receive what lies in the practice's folder; how many files there were."""
    with alone(FOLDER_LOCK, practice_id) as is_ours:
        return _read_folder(practice_id) if is_ours else 0


def _read_folder(practice_id: int) -> int:
    with access.acting_in(practice_id):
        practice = Practice.objects.get(pk=practice_id)
    folder = intake_folders.folder_of(practice)
    if folder is None:
        return 0
    waiting = intake_folders.waiting_files(folder)[:FILES_AT_ONCE]
    for path in waiting:
        # One file that cannot be read must not keep those behind it.
        try:
            take_path(practice, path)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            logger.exception("a file in the intake folder of practice %s", practice_id)
    return len(waiting)


def take_path(practice: Practice, path: Path) -> None:
    """Receive one file of the folder and move it away, unless somebody still writes to it."""
    content = intake_folders.read_settled(path)
    if content is None:
        return
    with access.acting_in(practice.pk):
        is_kept = intake_sources.take_file(practice, path.name, content, source="folder")
    intake_folders.move(path, intake_folders.DONE if is_kept else intake_folders.FAILED)


@shared_task(name="coding.tasks.fetch_source")
def fetch_source(practice_id: int, source_id: int) -> int:
    """Receive what waits on one SFTP server, then move it to done/ or failed/ there; how many."""
    with alone(SFTP_LOCK, source_id) as is_ours:
        return _fetch_source(practice_id, source_id) if is_ours else 0


def _fetch_source(practice_id: int, source_id: int) -> int:
    with access.acting_in(practice_id):
        source = IntakeSource.objects.select_related("practice").get(
            pk=source_id, practice_id=practice_id
        )
    taken = Taken([], [], [])
    try:
        address = intake_sources.address_of(source)
        waiting = sftp.look(address, source.folder, largest=settings.INTAKE_LIMIT)
        take_waiting(source, waiting, taken)
        for names, below in (
            (taken.done, intake_folders.DONE),
            (taken.failed, intake_folders.FAILED),
        ):
            if names:
                sftp.move(address, source.folder, below, names)
        trouble = untaken_words(taken.untaken)
    except sftp.ChannelError as error:
        # The next beat tries again; the message names no secret.
        trouble = str(error)
    with access.acting_in(practice_id):
        intake_sources.note_fetch(source, trouble)
    return len(taken.done) + len(taken.failed)


class Taken(NamedTuple):
    """Names of files: kept, to go to failed/, and those of failed/ that could not be taken."""

    done: list[str]
    failed: list[str]
    untaken: list[str]


def take_waiting(source: IntakeSource, waiting: sftp.Waiting, taken: Taken) -> None:
    """Receive each file in a transaction of its own: one that cannot be taken keeps none back."""
    practice = source.practice
    files = [
        (name, content, partial(intake_sources.take_file, practice, name, content, source="sftp"))
        for name, content in waiting.files
    ]
    files += [
        (name, b"", partial(intake_sources.note_too_large, practice, name, size, source="sftp"))
        for name, size in waiting.too_large[:FILES_AT_ONCE]
    ]
    for name, content, take in files:
        is_kept = guarded(source, take)
        if is_kept is None:
            # Left where it is, it would be read first again and again.
            note = partial(intake_sources.note_untaken, practice, name, content, source="sftp")
            guarded(source, note)
            taken.untaken.append(shown_name(name))
        (taken.done if is_kept else taken.failed).append(name)


def guarded(source: IntakeSource, take: Callable[[], bool]) -> bool | None:
    """The answer of one transaction; None when it failed, which the log says in full.

    A database that is away fails the task: it is tried again with all files where they are.
    """
    try:
        with access.acting_in(source.practice_id):
            return take()
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("a file on the server %s of practice %s", source, source.practice_id)
        return None


def untaken_words(names: list[str]) -> str:
    """What is said of files that could not be taken, "" without any."""
    if not names:
        return ""
    count = "One file" if len(names) == 1 else f"{len(names)} files"
    return f"{count} could not be taken, now in failed/: {', '.join(names)}"
