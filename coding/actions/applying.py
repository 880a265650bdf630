"""One message made part of the charts: all of it or nothing, once however often it comes.

Whatever it says is merged by time (coding.rules.told), so that the order in which messages arrive
does not matter. What cannot be acted on stays, with the reason and its place.
"""

import logging
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from coding.actions import told_codes, told_documents, told_people, told_visits
from coding.actions.told_people import FoundPerson
from coding.actions.uploaded import apply_document
from coding.intake_reading import key_of, told_by
from coding.models import Document, Encounter, IntakeMessage
from coding.rules.hl7_messages import Ignored
from coding.rules.told import Told, Unusable, Waits
from rcm import events

State = IntakeMessage.State
LOCK_CLASS = 27  # first key of the advisory locks of patients' messages
# What may come right when a patient or a visit arrives or is corrected.
CURABLE = ("patient_unknown", "visit_unknown", "document_unknown", "person_differs")
logger = logging.getLogger(__name__)


@transaction.atomic
def apply_message(message: IntakeMessage) -> IntakeMessage:
    """Act on a received message whose row is locked; its state says what became of it.

    Never raises for what a message says. An error of ours leaves it failed and visible, except
    when the database is gone: then it stays as it was.
    """
    message.attempts += 1
    try:
        told = read(message)
        with transaction.atomic():
            act(message, told)
    except Ignored as reason:
        finish(message, State.DISCARDED, discard_reason=reason.message[:200])
    except Waits as reason:
        stop(message, State.WAITING, reason)
    except Unusable as reason:
        stop(message, State.FAILED, reason)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("intake message %s of practice %s", message.pk, message.practice_id)
        stop(message, State.FAILED, OUR_ERROR)
    return message


OUR_ERROR = Unusable(
    "failed_here",
    "It could not be used because of an error in this system; the log says more.",
    advice="Try again. If it fails again, tell whoever runs this system.",
)


def read(message: IntakeMessage) -> tuple[Told, ...]:
    """What the message says, its patients locked; nothing of a document. Raises Unusable.

    Taking the attempt back must not give the lock back: who works on the visit meanwhile would
    wake what waits for it before this message is seen to wait.
    """
    if message.kind == IntakeMessage.Kind.DOCUMENT:
        return ()
    told = told_by(message)
    message.person_key = key_of(told)
    lock_people(message.practice_id, {one.person.mrn for one in told})
    return told


def act(message: IntakeMessage, told: tuple[Told, ...]) -> None:
    """What the message says, done. Raises Unusable, and then nothing is done."""
    if message.kind == IntakeMessage.Kind.DOCUMENT:
        found = apply_document(message)
        told_visits.settle(found, source=f"intake:{message.pk}")
        complete(message, found.encounter, is_changed=found.is_changed, warnings=found.warnings)
        return
    people: dict[str, FoundPerson] = {}
    visits: dict[tuple[str, str], told_visits.Visit] = {}
    for one in told:
        apply_one(message, one, people, visits)
    for visit in visits.values():
        told_visits.settle(visit, source=f"intake:{message.pk}")
    first = next(iter(visits.values()), None)
    message.patient = next(iter(people.values())).patient
    changed = [person.is_changed for person in people.values()]
    changed += [visit.is_changed for visit in visits.values()]
    warnings = [text for one in told for text in one.warnings]
    warnings += [text for visit in visits.values() for text in visit.warnings]
    encounter = first.encounter if first else None
    complete(message, encounter, is_changed=any(changed), warnings=warnings)
    if any(changed):
        wake_waiting(message, {one.person.mrn for one in told})


def lock_people(practice_id: int, mrns: set[str]) -> None:
    """Messages about one patient follow each other, whoever works on them."""
    keys = [f"{practice_id}:{mrn}" for mrn in sorted(mrns)]
    with connection.cursor() as db:
        db.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(key)) FROM unnest(%s::text[]) AS k(key)",
            [LOCK_CLASS, keys],
        )


def apply_one(
    message: IntakeMessage,
    told: Told,
    people: dict[str, FoundPerson],
    visits: dict[tuple[str, str], told_visits.Visit],
) -> None:
    """One patient's, visit's or document's part; a person is compared once per message."""
    practice, mrn = message.practice, told.person.mrn
    if mrn not in people:
        people[mrn] = told_people.find_person(practice, told)
    patient = people[mrn].patient
    if told.visit is None:
        for document in told.documents:
            withdraw_anywhere(message, patient.pk, document.external_id)
        return
    name = (told.visit.sender, told.visit.number)
    found = visits.get(name)
    if found is None:
        found = visits[name] = told_visits.find_visit(practice, told, told.visit, patient)
    is_covered, warnings = told_people.cover(found.encounter, told.policies)
    found.is_changed |= is_covered
    found.warnings += warnings
    for document in told.documents:
        told_documents.file_document(found, told, document)
    told_codes.propose_codes(found, told)


def withdraw_anywhere(message: IntakeMessage, patient_id: int, number: str) -> None:
    """A withdrawal without a visit number means a visit a person has to find."""
    rows = Document.objects.filter(
        practice_id=message.practice_id, encounter__patient=patient_id, external_id=number
    )
    numbers = sorted(set(rows.values_list("encounter__number", flat=True)))
    where = f"It is on {', '.join(numbers)}." if numbers else "It is on no chart of this patient."
    raise Unusable(
        "visit_number_missing",
        f"The message withdraws document {number} and names no visit. {where}",
        place="PV1-19",
        advice="Ask the sender to fill PV1-19.",
    )


def complete(
    message: IntakeMessage, encounter: Encounter | None, *, is_changed: bool, warnings: list[str]
) -> None:
    message.encounter = encounter
    if encounter is not None:
        message.patient_id = encounter.patient_id
    message.warnings = [text[:300] for text in dict.fromkeys(warnings)]
    finish(message, State.APPLIED if is_changed else State.REPEATED)


def finish(message: IntakeMessage, state: str, **more: Any) -> None:
    fields = {
        "state": state,
        "error_code": "",
        "error": "",
        "place": "",
        "advice": "",
        "finished_at": timezone.now(),
        **more,
    }
    write(message, fields)
    patient_id = message.patient_id
    events.record(f"intake_message.{state}", message, by=None, patient_id=patient_id)


def stop(message: IntakeMessage, state: str, reason: Unusable) -> None:
    """Failed or waiting, with the reason."""
    # The attempt that was taken back may have set these.
    message.patient, message.warnings = None, []
    if message.kind != IntakeMessage.Kind.DOCUMENT:
        message.encounter = None
    fields = {
        "state": state,
        "error_code": reason.code,
        "error": reason.message[:400],
        "place": reason.place[:120],
        "advice": reason.advice[:300],
        "finished_at": None,
    }
    write(message, fields)
    events.record(f"intake_message.{state}", message, by=None, reason=reason.code)


def write(message: IntakeMessage, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        setattr(message, name, value)
    kept = ("attempts", "warnings", "person_key", "encounter", "patient")
    message.save(update_fields=[*fields, *kept])


def wake_waiting(message: IntakeMessage, mrns: set[str]) -> None:
    """What waited for this patient or visit is to be tried again."""
    waiting = IntakeMessage.objects.filter(
        practice_id=message.practice_id,
        person_key__in=[mrn[:60] for mrn in mrns],
        state__in=[State.WAITING, State.FAILED],
        error_code__in=CURABLE,
    ).exclude(pk=message.pk)
    found = list(waiting.order_by("pk").values_list("pk", flat=True))
    if not found:
        return
    IntakeMessage.objects.filter(pk__in=found).update(state=State.RECEIVED)
    for pk in found:
        events.notify("intake.received", message.practice_id, pk)
