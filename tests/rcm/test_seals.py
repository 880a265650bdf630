"""The audit log is sealed by a hash chain; whoever changes it behind our back is found."""

from collections.abc import Iterator
from io import StringIO

import psycopg2
import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from rcm import access, events
from rcm.actions import seals
from rcm.environment import env_database
from rcm.models import Event, EventSeal, Patient, Practice, User
from rcm.models.seals import NO_HASH
from rcm.tasks import seal_events
from tests import make


@pytest.fixture
def patient(north: Practice) -> Patient:
    return make.patient(north)


def view(patient: Patient, times: int = 1) -> list[Event]:
    """Somebody looked at the patient."""
    return [
        events.record("patient.viewed", patient, by=None, patient_id=patient.pk, page=number)
        for number in range(times)
    ]


def seal(practice: Practice, limit: int = seals.EVENTS_PER_SEAL) -> int:
    horizon = seals.find_horizon(patience_seconds=0)
    assert horizon is not None
    return seals.seal_events(practice.pk, horizon=horizon, limit=limit)


def test_a_seal_covers_every_event_and_stands_on_the_seal_before(
    north: Practice, patient: Patient
) -> None:
    first = view(patient, 3)
    assert seal(north) == 1
    second = view(patient, 2)
    assert seal(north) == 1
    one, two = EventSeal.objects.order_by("last_id")
    assert (one.first_id, one.last_id, one.count) == (first[0].pk, first[2].pk, 3)
    assert (two.first_id, two.last_id, two.count) == (second[0].pk, second[1].pk, 2)
    assert (one.previous_hash, two.previous_hash) == (NO_HASH, one.hash)
    verdict = seals.verify_events(north)
    assert (verdict.seals, verdict.events, verdict.last, verdict.broken) == (2, 5, two, None)


def test_sealing_twice_changes_nothing(north: Practice, patient: Patient) -> None:
    view(patient, 3)
    assert seal(north) == 1
    assert seal(north) == 0
    assert EventSeal.objects.count() == 1


def test_many_events_become_several_seals_of_a_bounded_size(
    north: Practice, patient: Patient
) -> None:
    view(patient, 7)
    assert seal(north, limit=3) == 3
    assert [row.count for row in EventSeal.objects.order_by("last_id")] == [3, 3, 1]
    assert seals.verify_events(north).broken is None


def test_a_seal_takes_the_same_statements_however_many_events_it_covers(
    north: Practice, patient: Patient
) -> None:
    counts = []
    for times in (1, 200):
        view(patient, times)
        with CaptureQueriesContext(connection) as queries:
            assert seal(north) == 1
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_hash_does_not_depend_on_settings_of_the_session(
    north: Practice, patient: Patient
) -> None:
    view(patient)
    seal(north)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL timezone = 'Asia/Tokyo'; SET LOCAL datestyle = 'ISO, DMY'")
    assert seals.verify_events(north).broken is None


def test_seals_are_never_changed_or_deleted(north: Practice, patient: Patient) -> None:
    view(patient)
    seal(north)
    with pytest.raises(Exception, match="never changed or deleted"), transaction.atomic():
        EventSeal.objects.update(hash=NO_HASH)
    with pytest.raises(Exception, match="never changed or deleted"), transaction.atomic():
        EventSeal.objects.all().delete()
    assert seals.verify_events(north).broken is None


def test_each_practice_has_a_chain_of_its_own(
    north: Practice, patient: Patient, south: Practice
) -> None:
    view(patient, 2)
    access.open_walls([south.pk])
    view(make.patient(south), 3)
    seal_events()
    access.open_walls([south.pk])
    assert [row.count for row in EventSeal.objects.all()] == [3]
    access.open_walls([north.pk])
    assert [row.count for row in EventSeal.objects.all()] == [2]


def test_the_audit_page_says_how_far_the_log_is_sealed(
    north: Practice, patient: Patient, mia: User, mia_client: Client
) -> None:
    assert "sealed through" not in mia_client.get("/audit/").content.decode()
    access.open_walls([north.pk])
    [event] = view(patient)
    seal(north)
    page = mia_client.get("/audit/").content.decode()
    assert f"sealed through event {event.pk}, " in page


# From here on rows are committed, because a second connection has to see them.


class Intruder:
    """The owner of the tables, who may switch the trigger off."""

    def __init__(self) -> None:
        owner = env_database("RCM_TEST_OWNER_DATABASE_URL")
        settings = connection.settings_dict
        self.connection = psycopg2.connect(
            dbname=settings["NAME"],
            user=owner["USER"],
            password=owner["PASSWORD"] or None,
            host=owner["HOST"] or None,
            port=owner["PORT"] or None,
        )

    def run(self, table: str, statement: str, *values: object) -> None:
        """One statement behind the back of the trigger."""
        with self.connection, self.connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
            cursor.execute(statement, values)
            assert cursor.rowcount == 1
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER append_only")


@pytest.fixture
def intruder(transactional_db: None) -> Iterator[Intruder]:
    found = Intruder()
    yield found
    found.connection.close()


@pytest.fixture
def sealed(transactional_db: None) -> tuple[Practice, list[EventSeal]]:
    """A practice with three seals over nine events, and one event that is not sealed yet."""
    practice = make.practice(name="North Medical Group", initials="NO", npi="1234567893")
    with access.acting_in(practice.pk):
        patient = make.patient(practice)
    for _ in range(3):
        with access.acting_in(practice.pk):
            view(patient, 3)
        seal_events()
    with access.acting_in(practice.pk):
        view(patient)
        return practice, list(EventSeal.objects.order_by("last_id"))


def verify() -> tuple[int, str, str]:
    """Exit code and both outputs of the command."""
    out, errors = StringIO(), StringIO()
    try:
        call_command("verify_events", stdout=out, stderr=errors)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue(), errors.getvalue()
    return 0, out.getvalue(), errors.getvalue()


def broken(practice: Practice, seal: EventSeal, reason: str) -> tuple[int, str, str]:
    return 1, "", f"{practice}: {seal} does not hold. {reason}\n"


CHANGED = "An event under it, or the seal itself, was changed."
UNCHAINED = "It does not stand on the seal before it: a seal was changed or removed."


def test_the_command_names_what_holds_and_the_last_hash(
    sealed: tuple[Practice, list[EventSeal]],
) -> None:
    practice, [*_, last] = sealed
    assert verify() == (
        0,
        f"{practice}: 9 events under 3 seals hold, through event {last.last_id}; "
        f"last hash {last.hash}\n",
        "",
    )


@pytest.mark.parametrize(
    "change",
    [
        "name = 'patient.opened'",
        "patient_id = patient_id + 1",
        "data = '{\"page\": 7}'",
        "created_at = created_at + interval '1 microsecond'",
        "ip_address = '203.0.113.9'",
        "subject_id = NULL",
    ],
)
def test_a_changed_event_is_found_under_its_seal(
    sealed: tuple[Practice, list[EventSeal]], intruder: Intruder, change: str
) -> None:
    practice, [_, second, _] = sealed
    statement = f"UPDATE rcm_event SET {change} WHERE id = %s"  # noqa: S608  from the list above
    intruder.run("rcm_event", statement, second.first_id + 1)
    assert verify() == broken(practice, second, CHANGED)


def test_a_removed_event_is_found_under_its_seal(
    sealed: tuple[Practice, list[EventSeal]], intruder: Intruder
) -> None:
    practice, [_, second, _] = sealed
    intruder.run("rcm_event", "DELETE FROM rcm_event WHERE id = %s", second.last_id)
    reason = "It was set over 3 events, 2 are there now."
    assert verify() == broken(practice, second, reason)


def test_an_event_slipped_in_later_is_found(
    sealed: tuple[Practice, list[EventSeal]], intruder: Intruder
) -> None:
    """Nobody needs the trigger for this: a number below a seal is enough."""
    practice, [first, *_] = sealed
    with access.acting_in(practice.pk):
        Event.objects.create(
            pk=first.first_id - 1, practice=practice, name="patient.viewed", subject_type="patient"
        )
    reason = "It was set over 3 events, 4 are there now."
    assert verify() == broken(practice, first, reason)


def test_a_removed_or_rewritten_seal_is_found(
    sealed: tuple[Practice, list[EventSeal]], intruder: Intruder
) -> None:
    practice, [first, second, third] = sealed
    rewrite = "UPDATE rcm_eventseal SET hash = %s WHERE id = %s"
    intruder.run("rcm_eventseal", rewrite, "f" * 64, second.pk)
    assert verify() == broken(practice, second, CHANGED)
    intruder.run("rcm_eventseal", rewrite, second.hash, second.pk)
    assert verify()[0] == 0
    intruder.run("rcm_eventseal", "DELETE FROM rcm_eventseal WHERE id = %s", first.pk)
    assert verify() == broken(practice, second, UNCHAINED)


def test_nothing_is_sealed_while_a_lower_number_may_still_appear(
    sealed: tuple[Practice, list[EventSeal]], intruder: Intruder
) -> None:
    """A slow transaction takes a number first; a quick one commits a higher one before it."""
    practice, _ = sealed
    insert = (
        "INSERT INTO rcm_event (practice_id, name, subject_type, data)"
        " VALUES (%s, 'patient.viewed', 'patient', '{}') RETURNING id"
    )
    with intruder.connection.cursor() as slow:
        slow.execute(insert, [practice.pk])
        [late] = slow.fetchone()
        with access.acting_in(practice.pk):
            quick = events.record("patient.viewed", practice, by=None)
        assert late < quick.pk
        assert seals.find_horizon(patience_seconds=0) is None
        intruder.connection.commit()
    seal_events()
    with access.acting_in(practice.pk):
        newest = EventSeal.objects.latest("last_id")
    assert (newest.last_id, newest.count) == (quick.pk, 3)
    assert verify()[0] == 0
