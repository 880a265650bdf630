"""Files that arrive: their bytes are kept once and unchanged, then read."""

import hashlib

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from billing.actions.reading import read_file
from billing.models import ArchiveMember, FileProblem, InterchangeFile
from payers.models import Channel
from rcm import events
from rcm.archives import BadArchive, is_archive, open_archive
from rcm.errors import Refusal
from rcm.models import Practice, User

__all__ = ["read_file", "receive_file", "set_aside"]

NAME_LENGTH = 200


@transaction.atomic
def receive_file(
    practice: Practice,
    name: str,
    content: bytes,
    *,
    by: User | None = None,
    channel: Channel | None = None,
) -> InterchangeFile:
    """Store the bytes with their SHA-256 and ask a task to read them.

    The same bytes again return the first row and record `file.received_again`. An empty file is
    stored too: reading it says what is wrong. The files in a zip or gzip archive are received one
    by one. Raises Refusal when the file is larger than settings.INTERCHANGE_FILE_LIMIT.
    """
    limit = settings.INTERCHANGE_FILE_LIMIT
    if len(content) > limit:
        message = f"The file is larger than {limit // 1024 // 1024} MB."
        raise Refusal("file_too_large", message, fields={"file": message})
    file, is_new = store(practice, name, content, by=by, channel=channel)
    if not is_new:
        events.record("file.received_again", file, by=by, channel=channel and channel.pk)
        return file
    events.record("file.received", file, by=by, size=file.size, channel=file.channel_id)
    if is_archive(content):
        receive_members(file, content, by=by)
    else:
        events.enqueue_on_commit("billing.tasks.read_file", practice.pk, file.pk)
    return file


def store(
    practice: Practice, name: str, content: bytes, *, by: User | None, channel: Channel | None
) -> tuple[InterchangeFile, bool]:
    """The row of these bytes, and whether it is new."""
    return InterchangeFile.objects.get_or_create(
        practice=practice,
        direction=InterchangeFile.Direction.IN,
        sha256=hashlib.sha256(content).hexdigest(),
        defaults={
            "name": name[-NAME_LENGTH:] or "unnamed",
            "content": content,
            "size": len(content),
            "channel": channel,
            "created_by": by,
        },
    )


def receive_members(archive: InterchangeFile, content: bytes, *, by: User | None) -> None:
    """Receive what is in an archive; one that cannot be opened ends as not readable, with why."""
    try:
        members = open_archive(content, limit=settings.INTERCHANGE_FILE_LIMIT)
    except BadArchive as reason:
        archive.state, archive.note = InterchangeFile.State.FAILED, str(reason)
        FileProblem.objects.create(
            practice_id=archive.practice_id,
            file=archive,
            code="bad_archive",
            severity="error",
            message=str(reason),
            byte_offset=0,
        )
    else:
        for member in members:
            name = f"{archive.name}/{member.name}"
            file = receive_file(
                archive.practice, name, member.content, by=by, channel=archive.channel
            )
            ArchiveMember.objects.create(
                practice_id=archive.practice_id,
                archive=archive,
                file=file,
                name=member.name[-NAME_LENGTH:],
            )
        archive.state = InterchangeFile.State.READ
        archive.note = f"Archive of {len(members)} file{'s' if len(members) > 1 else ''}."
    archive.kind, archive.read_at = "archive", timezone.now()
    archive.save(update_fields=["state", "note", "kind", "read_at"])


@transaction.atomic
def set_aside(practice_id: int, file_id: int) -> None:
    """Mark a file unreadable after an error of ours, so that the sweep does not repeat it."""
    InterchangeFile.objects.filter(
        practice_id=practice_id, pk=file_id, state=InterchangeFile.State.RECEIVED
    ).update(
        state=InterchangeFile.State.FAILED,
        note="Reading stopped with an internal error; the bytes are kept and the log says more.",
    )
