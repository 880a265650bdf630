"""Writing down what happened, and telling whoever listens after the commit."""

import json
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import connection, models, transaction

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


# A model per event would cost more than the event.
RECORD_EACH = """
INSERT INTO rcm_event (practice_id, name, subject_type, subject_id, patient_id, data,
    created_by_id, ip_address)
SELECT %(practice)s, %(name)s, %(subjects)s, f.subject_id, f.patient_id, f.data::jsonb,
    %(by)s, %(address)s::inet
FROM unnest(%(ids)s::bigint[], %(patients)s::bigint[], %(data)s::text[])
    WITH ORDINALITY AS f (subject_id, patient_id, data, place)
ORDER BY f.place
RETURNING id
"""
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
    told = list(facts)
    if not told:
        return []
    names: dict[str, Any] = {
        "practice": practice_id,
        "name": name,
        "subjects": subjects._meta.model_name or "",
        "by": by.pk if by else None,
        "address": address.get(),
        "ids": [subject_id for subject_id, _, _ in told],
        "patients": [patient_id for _, patient_id, _ in told],
        "data": [json.dumps(dict(data)) for _, _, data in told],
    }
    with connection.cursor() as db:
        db.execute(RECORD_EACH, names)
        return [event_id for (event_id,) in db.fetchall()]


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
