"""The practice walls hold under the ORM."""

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from rcm import access, events
from rcm.models import Event, Patient, Practice
from tests import make

# Tables with a practice that hold neither PHI nor money and are read to find out the practices.
NOT_WALLED = {"rcm_contract", "rcm_membership"}


def test_every_table_with_a_practice_has_forced_row_security_and_the_policy(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.relname,
                   c.relrowsecurity AND c.relforcerowsecurity
                   AND EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid
                               AND p.polname = 'practice_wall' AND p.polqual IS NOT NULL
                               AND p.polwithcheck IS NOT NULL)
              FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
             WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
               AND a.attname = 'practice_id' AND NOT a.attisdropped
            """
        )
        walled = dict(cursor.fetchall())
    assert {table for table, is_walled in walled.items() if not is_walled} == NOT_WALLED
    assert len(walled) > 25


def test_the_application_role_owns_nothing_and_cannot_bypass_the_walls(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb,"
            " (SELECT count(*) FROM pg_class WHERE relowner = r.oid)"
            " FROM pg_roles r WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False, 0)


def test_rows_of_another_practice_are_neither_seen_nor_written(
    north: Practice, south: Practice
) -> None:
    make.patient(north)
    access.open_walls([south.pk])
    assert Patient.objects.count() == 0
    assert Patient.objects.filter(practice=north).update(first_name="Changed") == 0
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        make.patient(north)


def test_without_open_walls_there_is_nothing(db: None) -> None:
    assert Patient.objects.count() == 0


def test_events_are_never_changed_or_deleted(north: Practice) -> None:
    event = events.record("patient.viewed", make.patient(north), by=None)
    with pytest.raises(Exception, match="never changed or deleted"), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(name="nothing")
    with pytest.raises(Exception, match="never changed or deleted"), transaction.atomic():
        event.delete()
    assert Event.objects.get().name == "patient.viewed"
