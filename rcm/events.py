"""Writing down what happened, and telling whoever listens after the commit."""

from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import models, transaction

from rcm.models import Event, User

# The address of the person whose request is being answered; the middleware sets it.
address: ContextVar[str | None] = ContextVar("address", default=None)


def record(
    name: str,
    subject: models.Model,
    *,
    by: User | None,
    patient_id: int | None = None,
    **data: Any,
) -> Event:
    """Append one event about `subject` (a row with practice_id). Data holds ids, never PHI."""
    return Event.objects.create(
        practice_id=getattr(subject, "practice_id", None) or subject.pk,
        name=name,
        subject_type=subject._meta.model_name or "",
        subject_id=subject.pk,
        patient_id=patient_id,
        data=data,
        created_by=by,
        ip_address=address.get(),
    )


# Subject, patient (None: about nobody) and data of one event.
Fact = tuple[int, int | None, Mapping[str, Any]]


def record_each(
    name: str,
    subjects: type[models.Model],
    practice_id: int,
    facts: Iterable[Fact],
    *,
    by: User | None,
) -> list[int]:
    """Append one event per fact about rows of `subjects` of one practice; their ids.

    One statement whatever the number, as record is for one. Data holds ids, never PHI.
    """
    made = Event.objects.bulk_create(
        Event(
            practice_id=practice_id,
            name=name,
            subject_type=subjects._meta.model_name or "",
            subject_id=subject_id,
            patient_id=patient_id,
            data=dict(data),
            created_by=by,
            ip_address=address.get(),
        )
        for subject_id, patient_id, data in facts
    )
    return [event.pk for event in made]


def notify(name: str, practice_id: int, subject_id: int) -> None:
    """After commit, call the tasks settings.NOTICES lists under `name` with (practice, id)."""
    for task in settings.NOTICES.get(name, []):
        enqueue_on_commit(task, practice_id, subject_id)


def enqueue_on_commit(task: str, *ids: int) -> None:
    """Send a task by name with ids only, once the work it is about is committed.

    The message is only speed; a sweep finds the fact if it is lost, so a broker that is down must
    not fail what is already committed.
    """

    def send() -> None:
        enqueue(task, *ids)

    transaction.on_commit(send, robust=True)


def enqueue(task: str, *ids: int) -> None:
    """Send a task by name with ids only, now."""
    current_app.send_task(task, args=list(ids), retry=False)
