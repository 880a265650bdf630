"""Files from a watched folder or an SFTP server, and the servers they are fetched from."""

from django.db import transaction
from django.utils import timezone

from coding.actions.intake import Arrival, receive, too_large
from coding.intake_reading import digest, shown_name
from coding.models import IntakeMessage, IntakeSource
from rcm import events, sftp
from rcm.errors import Refusal
from rcm.models import Practice, User


@transaction.atomic
def take_file(practice: Practice, name: str, content: bytes, *, source: str) -> bool:
    """Receive one file. False when it cannot even be kept (empty, too large): then a failed
    message without content says so, and the file belongs into failed/.
    """
    name = shown_name(name)
    try:
        with transaction.atomic():
            receive(practice, content, Arrival(source, name))
    except Refusal as refusal:
        sha256 = digest(content)
        note_refused(practice, name, refusal, source=source, seen=content, sha256=sha256)
        return False
    return True


@transaction.atomic
def note_too_large(practice: Practice, name: str, size: int, *, source: str) -> bool:
    """A file of `size` bytes that was not even read, as take_file says it: always False."""
    seen = f"{size} bytes".encode()
    note_refused(practice, shown_name(name), too_large(), source=source, seen=seen)
    return False


@transaction.atomic
def note_untaken(practice: Practice, name: str, seen: bytes, *, source: str) -> bool:
    """A file that failed for no reason its sender could mend, as take_file says it: always False.

    `seen` is the content as far as it was read.
    """
    message = "The file could not be taken in. The log of the application says why."
    refusal = Refusal("file_not_taken", message)
    note_refused(practice, shown_name(name), refusal, source=source, seen=seen)
    return False


def note_refused(
    practice: Practice, name: str, refusal: Refusal, *, source: str, seen: bytes, sha256: str = ""
) -> None:
    """A failed message without content; the same file again is the same row, by what was `seen`.

    `sha256` is empty when the file was not read.
    """
    where = "on the server" if source == IntakeMessage.Source.SFTP else "beside the watched folder"
    row, is_new = IntakeMessage.objects.get_or_create(
        practice=practice,
        identity=digest(f"refused\0{name}\0".encode() + seen[:4096]),
        defaults={
            "source": source,
            "name": name[-200:],
            "content": b"",
            "size": 0,
            "sha256": sha256,
            "state": IntakeMessage.State.FAILED,
            "error_code": refusal.code,
            "error": refusal.message,
            "place": name[:120],
            "advice": f"The file lies in failed/ {where}.",
        },
    )
    if is_new:
        events.record("intake_message.failed", row, by=None, reason=refusal.code)


def address_of(source: IntakeSource) -> sftp.Address:
    """Raises ChannelUnavailable when its password is not configured."""
    password = sftp.password_of(source.secret_name)
    return sftp.Address(source.host, source.port, source.host_key, source.username, password)


@transaction.atomic
def note_fetch(source: IntakeSource, trouble: str) -> None:
    """When the server was last asked, and what was in the way."""
    source.last_fetched_at = source.last_fetched_at if trouble else timezone.now()
    source.trouble = trouble[:200]
    source.save(update_fields=["last_fetched_at", "trouble"])


@transaction.atomic
def add_source(practice: Practice, *, by: User | None = None, **fields: object) -> IntakeSource:
    """Name an SFTP server to fetch charts from; the same name again changes it."""
    name = fields.pop("name")
    source, _ = IntakeSource.objects.update_or_create(practice=practice, name=name, defaults=fields)
    events.record("intake_source.set", source, by=by)
    return source
