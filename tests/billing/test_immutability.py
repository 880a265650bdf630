"""What is posted, recorded or logged is never changed or deleted, by whichever way one tries.

The tables come from the catalogue: a new append-only table is under these tests from its migration
on. TRUNCATE is not refused by a trigger but by the rights of the role, so a role with exactly the
rights of production tries it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import psycopg2
import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, models, transaction
from django.db.models import ProtectedError

from billing.models import (
    Adjustment,
    Claim,
    Posting,
    ProviderAdjustment,
    Remittance,
    RemittedClaim,
    RemittedLine,
)
from rcm.actions import seals
from rcm.embedded.postgres import SUPERUSER
from rcm.environment import env_database
from rcm.models import Event, Practice, User
from tests import make
from tests.billing import banking
from tests.billing import remitting as r
from tests.billing.books import charge
from tests.world_accounts import make_account_work
from tests.world_follow_up import make_follow_up

Attempt = Callable[[type[models.Model]], Any]
MODELS = {model._meta.db_table: model for model in apps.get_models()}
REFUSED = "never changed"


def tables_with(trigger: str) -> list[str]:
    """Tables that have the trigger, from the catalogue."""
    with connection.cursor() as db:
        db.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = %s ORDER BY 1", [trigger]
        )
        return [row[0] for row in db.fetchall()]


@pytest.fixture
def rows(north: Practice, ben: User) -> Practice:
    """At least one row in every append-only table and of everything a payer says."""
    claim = make.claim(north)
    charge(claim)
    told = r.echo(claim, ("72.00", "CO-45 93.00"))
    r.posted(north, r.content("67.00", told, adjustments=(r.plb("WO", "5.00"),)))
    banking.imported(north, banking.statement((6700, "CHECK1")))
    leave_patient_rows(claim, ben)
    seals.seal_events(north.pk, horizon=Event.objects.latest("pk").pk + 1)
    return north


def leave_patient_rows(claim: Claim, ben: User) -> None:
    """What the account of a patient and the follow-up of a claim keep for ever."""
    make_account_work(claim.patient, "Norwood")
    make_follow_up(claim.encounter, "Norwood")


def facts() -> dict[str, list[Any]]:
    """Every row of the tables that must not change."""
    names = [*tables_with("append_only"), *RECORDED]
    return {name: list(MODELS[name].objects.order_by("pk").values()) for name in names}


@contextmanager
def nothing_changes(*expected: type[Exception], match: str | None = None) -> Iterator[None]:
    """The attempt inside is refused and leaves every row as it was."""
    before = facts()
    with pytest.raises(expected or (DatabaseError,), match=match), transaction.atomic():
        yield
    assert facts() == before


def some_column(model: type[models.Model]) -> models.Field:
    """A plain column to write to, a reference where the table has nothing else."""
    columns = [f for f in model._meta.concrete_fields if not f.primary_key and not f.null]
    return next((f for f in columns if not f.is_relation), columns[0])


def queryset_update(model: type[models.Model]) -> None:
    column = some_column(model)
    model.objects.update(**{column.name: model.objects.values_list(column.name, flat=True)[0]})


def save(model: type[models.Model]) -> None:
    model.objects.all()[0].save(force_update=True)


def bulk_update(model: type[models.Model]) -> None:
    model.objects.bulk_update(list(model.objects.all()), [some_column(model).name])


def upsert(model: type[models.Model]) -> None:
    """INSERT … ON CONFLICT DO UPDATE with the key of a row that exists."""
    model.objects.bulk_create(
        [model.objects.all()[0]],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[some_column(model).name],
    )


def queryset_delete(model: type[models.Model]) -> None:
    model.objects.all().delete()


def raw_delete(model: type[models.Model]) -> None:
    model.objects.all()._raw_delete("default")


def instance_delete(model: type[models.Model]) -> None:
    model.objects.all()[0].delete()


def sql_update(model: type[models.Model]) -> None:
    run(f"UPDATE {model._meta.db_table} SET id = id")


def sql_delete(model: type[models.Model]) -> None:
    run(f"DELETE FROM {model._meta.db_table}")


def sql_merge(model: type[models.Model]) -> None:
    table = model._meta.db_table
    run(f"MERGE INTO {table} t USING {table} s ON t.id = s.id WHEN MATCHED THEN DELETE")


def sql_cte(model: type[models.Model]) -> None:
    run(f"WITH gone AS (DELETE FROM {model._meta.db_table} RETURNING id) SELECT * FROM gone")


def row_locks_then_update(model: type[models.Model]) -> None:
    run(f"SELECT id FROM {model._meta.db_table} FOR UPDATE")
    run(f"UPDATE ONLY {model._meta.db_table} SET practice_id = practice_id")


def run(statement: str) -> None:
    with connection.cursor() as db:
        db.execute(statement)


ATTEMPTS: list[Attempt] = [
    *(queryset_update, save, bulk_update, upsert, queryset_delete, raw_delete, instance_delete),
    *(sql_update, sql_delete, sql_merge, sql_cte, row_locks_then_update),
]


def test_the_ledger_and_the_audit_log_are_append_only(db: None) -> None:
    assert {"billing_posting", "rcm_event", "rcm_eventseal"} <= set(tables_with("append_only"))


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_no_row_of_an_append_only_table_is_changed_or_deleted(
    rows: Practice, attempt: Attempt
) -> None:
    for table in tables_with("append_only"):
        assert MODELS[table].objects.exists(), f"no row in {table}: the test would say nothing"
        with nothing_changes(DatabaseError, ProtectedError):
            attempt(MODELS[table])


def test_copy_cannot_write_over_or_into_the_ledger(rows: Practice) -> None:
    """COPY never replaces rows; into a walled table it is refused altogether."""
    for table in tables_with("append_only"):
        with nothing_changes(psycopg2.Error), connection.cursor() as db:
            db.copy_expert(f"COPY {table} FROM STDIN", StringIO("1\n"))


PARENTS: list[Callable[[], models.Model]] = [
    lambda: Practice.objects.get(initials="NO"),
    lambda: Posting.objects.exclude(claim=None)[0].claim,
    lambda: Posting.objects.exclude(service_line=None)[0].service_line,
    lambda: Posting.objects.exclude(remittance=None)[0].remittance,
    lambda: Remittance.objects.get().file,
    lambda: RemittedClaim.objects.get(),
    lambda: RemittedLine.objects.get(),
    lambda: RemittedClaim.objects.get().claim.patient,
    lambda: Event.objects.exclude(created_by=None)[0].created_by,
]


@pytest.mark.parametrize("parent", PARENTS)
def test_deleting_what_rows_belong_to_deletes_none_of_them(
    rows: Practice, ben: User, parent: Callable[[], models.Model]
) -> None:
    from rcm import events

    events.record("claim.viewed", rows, by=ben)
    found = parent()
    with nothing_changes(ProtectedError):
        found.delete()
    with nothing_changes(DatabaseError):
        run(f"DELETE FROM {found._meta.db_table} WHERE id = {found.pk}")
        run("SET CONSTRAINTS ALL IMMEDIATE")


def test_there_is_no_admin(db: None) -> None:
    assert not any("admin" in app for app in settings.INSTALLED_APPS)


# What a payer said. What we make of it (match, state, exception) moves on; what was said does not.

FREE = {
    "billing_remittedclaim": {
        *("claim_id", "match_method", "match_score", "state", "exception", "exception_code"),
        *("posting_round", "is_released", "reverses_id", "held_by_rule_id"),
    },
    "billing_remittedline": {"service_line_id", "match_method"},
    "billing_adjustment": set(),
    "billing_provideradjustment": {"claim_id", "refers_to_id", "looked_at"},
}
RECORDED = sorted(FREE)
COLUMNS = [
    (table, field.column)
    for table, free in FREE.items()
    for field in MODELS[table]._meta.concrete_fields
    if field.column not in free
]


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_what_a_payer_said_is_never_changed(rows: Practice, table: str, column: str) -> None:
    """A new column is refused here until it is guarded or named as free."""
    field = next(f for f in MODELS[table]._meta.concrete_fields if f.column == column)
    kind = str(field.db_type(connection))
    other = {"jsonb": "'{\"x\": 1}'", "date": "DATE '2001-01-01'"}.get(kind)
    if other is None:
        other = "'{X}'" if "[]" in kind else "'X'" if "char" in kind else "77"
    with nothing_changes(DatabaseError, match=REFUSED):
        run(f'UPDATE {table} SET "{column}" = {other}')


@pytest.mark.parametrize("table", sorted(RECORDED))
def test_what_a_payer_said_is_never_deleted(rows: Practice, table: str) -> None:
    with nothing_changes(DatabaseError, match=REFUSED):
        run(f"DELETE FROM {table}")


def test_what_we_make_of_it_moves_on(rows: Practice) -> None:
    claim, line = RemittedClaim.objects.get(), RemittedLine.objects.get()
    RemittedClaim.objects.update(state="matched", exception="Waits.", match_method="person")
    RemittedLine.objects.update(service_line=None)
    claim.refresh_from_db()
    line.refresh_from_db()
    assert (claim.state, claim.exception, line.service_line_id) == ("matched", "Waits.", None)
    assert Adjustment.objects.count() == ProviderAdjustment.objects.count() == 1


def test_the_guard_sleeps_while_posting_moves_states_on(rows: Practice) -> None:
    """EXPLAIN lists every trigger a statement wakes: set-based matching and posting wake none."""
    for statement, is_awake in (
        ("UPDATE billing_remittedclaim SET state = 'posted', exception = ''", False),
        ("UPDATE billing_remittedline SET service_line_id = service_line_id", False),
        ("UPDATE billing_remittedclaim SET amount_paid = amount_paid", False),
    ):
        with connection.cursor() as db:
            db.execute(f"EXPLAIN (ANALYZE, TIMING OFF) {statement}")
            plan = "\n".join(row[0] for row in db.fetchall())
        assert ("Trigger recorded_facts" in plan) is is_awake, plan


# TRUNCATE and the rights of the role

USUAL = ["DELETE", "INSERT", "SELECT", "UPDATE"]
RIGHTS = """
SELECT table_name, array_agg(privilege_type::text ORDER BY privilege_type)
FROM information_schema.role_table_grants
WHERE grantee = %s AND table_schema = 'public' GROUP BY 1
"""
FORBIDDEN = [
    "TRUNCATE {table}",
    "TRUNCATE {table} CASCADE",
    "ALTER TABLE {table} DISABLE TRIGGER {trigger}",
    "ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
    "DROP TABLE {table} CASCADE",
    "DROP TRIGGER {trigger} ON {table}",
    "CREATE RULE away AS ON INSERT TO {table} DO INSTEAD NOTHING",
    "SET session_replication_role = replica",
]


@pytest.fixture
def production(db: None) -> Iterator[Any]:
    """A connection whose application role has the rights migrations give, and no more.

    The tests give that role TRUNCATE to clean up (tests/conftest.py). Here it is taken away, in a
    transaction that is rolled back.
    """
    own = env_database("RCM_TEST_OWNER_DATABASE_URL")
    made = psycopg2.connect(
        dbname=connection.settings_dict["NAME"],
        **{"user": SUPERUSER, "host": own["HOST"], "port": own["PORT"]},
    )
    with made.cursor() as db:
        role = settings.DATABASE_APP_ROLE
        db.execute(f"REVOKE TRUNCATE ON ALL TABLES IN SCHEMA public FROM {role}")
        yield db
    made.rollback()
    made.close()


def test_migrations_give_the_application_four_rights_and_no_table(production: Any) -> None:
    role = settings.DATABASE_APP_ROLE
    production.execute(RIGHTS, [role])
    assert {table: rights for table, rights in production.fetchall() if rights != USUAL} == {}
    production.execute("SELECT count(*) FROM pg_tables WHERE tableowner = %s", [role])
    assert production.fetchone() == (0,)


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_with_the_rights_of_production_nothing_gets_round_the_triggers(
    production: Any, statement: str
) -> None:
    guarded = [
        (table, trigger)
        for trigger in ("append_only", "recorded_facts", "never_deleted")
        for table in tables_with(trigger)
    ]
    production.execute(f"SET LOCAL SESSION AUTHORIZATION {settings.DATABASE_APP_ROLE}")
    for table, trigger in guarded:
        production.execute("SAVEPOINT attempt")
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            production.execute(statement.format(table=table, trigger=trigger))
        production.execute("ROLLBACK TO attempt")
