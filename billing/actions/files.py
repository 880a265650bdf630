"""Files that arrive: their bytes are kept once and unchanged, then read."""

import hashlib

from django.conf import settings
from django.db import transaction

from billing.actions.reading import read_file
from billing.models import InterchangeFile
from payers.models import Channel
from rcm import events
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
    stored too: reading it says what is wrong. Raises Refusal when the file is larger than
    settings.INTERCHANGE_FILE_LIMIT.
    """
    limit = settings.INTERCHANGE_FILE_LIMIT
    if len(content) > limit:
        message = f"The file is larger than {limit // 1024 // 1024} MB."
        raise Refusal("file_too_large", message, fields={"file": message})
    file, is_new = InterchangeFile.objects.get_or_create(
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
    if is_new:
        events.record("file.received", file, by=by, size=file.size, channel=file.channel_id)
        events.enqueue_on_commit("billing.tasks.read_file", practice.pk, file.pk)
    else:
        events.record("file.received_again", file, by=by, channel=channel and channel.pk)
    return file


@transaction.atomic
def set_aside(practice_id: int, file_id: int) -> None:
    """Mark a file unreadable after an error of ours, so that the sweep does not repeat it."""
    InterchangeFile.objects.filter(
        practice_id=practice_id, pk=file_id, state=InterchangeFile.State.RECEIVED
    ).update(
        state=InterchangeFile.State.FAILED,
        note="Reading stopped with an internal error; the bytes are kept and the log says more.",
    )
