"""Messages that arrive: kept as they came, once, then applied by a task; tried again, discarded."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NoReturn

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils import timezone

from coding.intake_reading import Label, digest, label_of, shown_name
from coding.models import Encounter, IntakeMessage
from coding.rules import hl7
from coding.rules.told import Unusable
from rcm import events
from rcm.archives import BadArchive, is_archive, open_archive
from rcm.errors import Refusal
from rcm.models import Practice, User

State, Kind = IntakeMessage.State, IntakeMessage.Kind
NAME_LENGTH = 200
MOST_AT_ONCE = 1_000
# As IntakeMessage.is_open has it.
IS_OPEN = Q(state__in=[State.FAILED, State.WAITING])
IS_APPLIED_BATCH = Q(kind=Kind.BATCH, state=State.APPLIED)


@dataclass(frozen=True)
class Arrival:
    """Where a message came from and what was said with it."""

    source: str
    name: str
    by: User | None = None
    encounter: Encounter | None = None
    document_kind: str = ""


@transaction.atomic
def receive(practice: Practice, content: bytes, arrival: Arrival) -> list[IntakeMessage]:
    """Keep what arrived and ask a task to apply it: one message, or those of an archive.

    The same again is counted and not stored; one that failed is tried again, one that a person
    discarded stays so. Raises Refusal when it is empty or larger than settings.INTAKE_LIMIT.
    """
    if len(content) > settings.INTAKE_LIMIT:
        raise too_large()
    if is_empty(content):
        refuse_empty("The file is empty.")
    if is_archive(content) and not is_file(content):
        return receive_archive(practice, content, arrival)
    return [receive_one(practice, content, arrival)]


def too_large() -> Refusal:
    message = f"The file is larger than {settings.INTAKE_LIMIT // 1024 // 1024} MB."
    return Refusal("file_too_large", message, status=413, fields={"file": message})


def is_empty(content: bytes) -> bool:
    """Nothing but blanks and the frame of a line."""
    return not content.strip(b"\r\n\t \x0b\x1c")


def refuse_empty(message: str) -> NoReturn:
    raise Refusal("file_empty", message, fields={"file": message})


def is_file(content: bytes) -> bool:
    """Is it one message or document? A Word document is a zip archive, too."""
    return label_of(content).kind != Kind.OTHER


def receive_archive(practice: Practice, content: bytes, arrival: Arrival) -> list[IntakeMessage]:
    """Everything in a zip or gzip file. One that cannot be opened is kept as failed.

    Empty files are left out; raises Refusal when there is nothing else.
    """
    try:
        members = open_archive(content, limit=settings.INTAKE_LIMIT, is_file=is_file)
    except BadArchive as reason:
        row = receive_one(practice, content, arrival)
        fail(row, Unusable("archive_damaged", str(reason), place=arrival.name))
        return [row]
    members = [member for member in members if not is_empty(member.content)]
    if not members:
        refuse_empty("Every file in the archive is empty.")
    return [
        receive_one(
            practice,
            member.content,
            Arrival(
                arrival.source,
                member.name,
                by=arrival.by,
                encounter=arrival.encounter,
                document_kind=arrival.document_kind,
            ),
        )
        for member in members
    ]


def receive_one(practice: Practice, content: bytes, arrival: Arrival) -> IntakeMessage:
    target = str(arrival.encounter.pk) if arrival.encounter else shown_name(arrival.name)
    label = label_of(content, belongs_to=target)
    row, is_new = IntakeMessage.objects.get_or_create(
        practice=practice, identity=label.identity, defaults=fields_of(content, label, arrival)
    )
    if not is_new:
        count_again(row)
        events.record("intake_message.received_again", row, by=arrival.by)
    else:
        events.record("intake_message.received", row, by=arrival.by, size=row.size)
    if row.state == State.RECEIVED:
        events.notify("intake.received", practice.pk, row.pk)
    return row


def fields_of(content: bytes, label: Label, arrival: Arrival) -> dict[str, object]:
    is_document = label.kind == Kind.DOCUMENT
    return {
        "source": arrival.source,
        "kind": label.kind,
        "event": label.event,
        "sender": label.sender,
        "control_id": label.control_id,
        "name": shown_name(arrival.name)[-NAME_LENGTH:] or "unnamed",
        "content": content,
        "size": len(content),
        "sha256": digest(content),
        "document_kind": arrival.document_kind if is_document else "",
        "encounter": arrival.encounter if is_document else None,
        "created_by": arrival.by,
    }


def count_again(row: IntakeMessage) -> None:
    """The same bytes once more."""
    count_copies(IntakeMessage.objects.filter(pk=row.pk))
    row.refresh_from_db(fields=["times_received", "state"])


def count_copies(rows: QuerySet[IntakeMessage]) -> None:
    """Each came once more: what failed may come right now, of a batch each message.

    By the state as it is stored when the row is written: a worker may have applied it meanwhile.
    """
    rows.update(
        times_received=F("times_received") + 1,
        state=Case(
            When(IS_OPEN | IS_APPLIED_BATCH, then=Value(State.RECEIVED)), default=F("state")
        ),
    )


@transaction.atomic
def split_batch(batch: IntakeMessage) -> int:
    """The messages of a batch as rows of their own; how many. The batch is then applied.

    Messages that came before are counted again, and tried again when they failed or wait. A file
    that is not whole fails as a whole.
    """
    try:
        contents = hl7.split_batch(bytes(batch.content))
        if not contents:
            raise Unusable("batch_empty", "The file holds no message.", place="MSH")
    except Unusable as reason:
        fail(batch, reason)
        return 0
    labels = [label_of(content) for content in contents]
    known = count_known(batch, {label.identity for label in labels})
    rows = []
    for position, (content, label) in enumerate(zip(contents, labels, strict=True), 1):
        if label.identity in known:
            continue
        known.add(label.identity)
        arrival = Arrival(batch.source, f"{batch.name} #{position}", by=batch.created_by)
        rows.append(
            IntakeMessage(
                practice_id=batch.practice_id,
                batch=batch,
                batch_position=position,
                identity=label.identity,
                **fields_of(content, label, arrival),
            )
        )
    IntakeMessage.objects.bulk_create(rows, batch_size=500)
    batch.state, batch.finished_at = State.APPLIED, timezone.now()
    batch.attempts += 1
    batch.save(update_fields=["state", "finished_at", "attempts"])
    events.record("intake_message.split", batch, by=None, messages=len(contents), new=len(rows))
    return len(rows)


def count_known(batch: IntakeMessage, identities: set[str]) -> set[str]:
    """Those that came before, counted once more and, if they are open, to be tried again."""
    same = IntakeMessage.objects.filter(practice_id=batch.practice_id, identity__in=identities)
    known = set(same.values_list("identity", flat=True))
    # The batch's own messages follow it; those of others have to be asked for.
    others = list(same.filter(IS_OPEN).exclude(batch=batch).values_list("pk", flat=True))
    count_copies(same)
    for pk in others:
        events.notify("intake.received", batch.practice_id, pk)
    return known


def fail(row: IntakeMessage, reason: Unusable) -> None:
    row.state, row.error_code, row.error = State.FAILED, reason.code, reason.message[:400]
    row.place, row.advice = reason.place[:120], reason.advice[:300]
    row.save(update_fields=["state", "error_code", "error", "place", "advice"])
    events.record("intake_message.failed", row, by=None, reason=reason.code)


def open_messages(practice_id: int) -> QuerySet[IntakeMessage]:
    return IntakeMessage.objects.filter(IS_OPEN, practice_id=practice_id)


@transaction.atomic
def try_again(practice: Practice, ids: Iterable[int], *, by: User) -> int:
    """Apply failed and waiting messages once more; how many. Raises Refusal 409 when none of them
    is open any more, 422 for more than MOST_AT_ONCE.
    """
    wanted = list(ids)
    if len(wanted) > MOST_AT_ONCE:
        message = f"At most {MOST_AT_ONCE:,} at once."
        raise Refusal("too_many", message, fields={"ids": message})
    rows = open_messages(practice.pk).filter(pk__in=wanted).select_for_update()
    found = list(rows.order_by("pk").values_list("pk", flat=True))
    if not found:
        raise Refusal("not_open", "None of these messages is open any more.", status=409)
    IntakeMessage.objects.filter(pk__in=found).update(
        state=State.RECEIVED, retried_at=timezone.now()
    )
    events.record("intake_message.tried_again", practice, by=by, messages=found)
    for pk in found:
        events.notify("intake.received", practice.pk, pk)
    return len(found)


@transaction.atomic
def discard(message: IntakeMessage, *, reason: str, by: User) -> None:
    """Set a message aside for good, its bytes kept. Raises Refusal without a reason, and 409 when
    it is not open any more.
    """
    why = reason.strip()
    if not why:
        text = "Say why it is not needed."
        raise Refusal("reason_missing", text, fields={"reason": text})
    changed = (
        open_messages(message.practice_id)
        .filter(pk=message.pk)
        .update(
            state=State.DISCARDED,
            discard_reason=why[:200],
            discarded_by=by,
            finished_at=timezone.now(),
        )
    )
    message.refresh_from_db()
    if not changed:
        word = message.get_state_display().lower()
        raise Refusal("not_open", f"Somebody was first: this message is {word}.", status=409)
    events.record("intake_message.discarded", message, by=by, patient_id=message.patient_id)


@transaction.atomic
def choose_visit(message: IntakeMessage, encounter: Encounter, *, by: User) -> None:
    """Say to which visit a document belongs, and apply it. Raises Refusal 409 when it is not open
    any more, 422 when it is no document.
    """
    if message.kind != Kind.DOCUMENT:
        raise Refusal("not_a_document", "Only a document can be put to a visit by hand.")
    row = open_messages(message.practice_id).select_for_update().filter(pk=message.pk).first()
    if row is None:
        raise Refusal("not_open", "This document is not open any more.", status=409)
    row.encounter, row.state, row.retried_at = encounter, State.RECEIVED, timezone.now()
    row.save(update_fields=["encounter", "state", "retried_at"])
    events.record("intake_message.visit_chosen", row, by=by, patient_id=encounter.patient_id)
    events.notify("intake.received", message.practice_id, row.pk)
