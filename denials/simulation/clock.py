"""One clock for the application and its database, set by the simulation.

The application asks `django.utils.timezone.now`. The database asks functions of its own: those of
the schema `simulated` stand before PostgreSQL's in the search path, and defaults and triggers are
pointed at them. That is done to a database made for the run and thrown away after it.
"""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from time import monotonic

import psycopg2
from django.utils import timezone

SCHEMA = """
CREATE SCHEMA simulated;
CREATE TABLE simulated.clock (base timestamptz NOT NULL, set_at timestamptz NOT NULL);
INSERT INTO simulated.clock VALUES (pg_catalog.now(), pg_catalog.now());
GRANT USAGE ON SCHEMA simulated TO PUBLIC;
GRANT SELECT ON simulated.clock TO PUBLIC;
"""
# Inside a transaction now() stands still, as PostgreSQL's own does.
FUNCTION = """
CREATE FUNCTION simulated.{name}() RETURNS timestamptz LANGUAGE sql STABLE AS
    'SELECT base + (pg_catalog.{name}() - set_at) FROM simulated.clock'
"""
NAMES = ("now", "statement_timestamp", "clock_timestamp", "transaction_timestamp")
# Defaults name PostgreSQL's functions by what they are, not by how they are called.
DEFAULTS = """
SELECT format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT simulated.now()',
    d.adrelid::regclass, a.attname)
FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
WHERE pg_get_expr(d.adbin, d.adrelid) ~ '(now|statement_timestamp|clock_timestamp)\\(\\)'
    OR pg_get_expr(d.adbin, d.adrelid) ~ 'CURRENT_(DATE|TIMESTAMP)'
"""
# current_date is a word of the language: no function of ours stands before it.
TRIGGERS = """
SELECT replace(replace(pg_get_functiondef(p.oid), 'current_date', 'now()::date'),
    'CURRENT_DATE', 'now()::date')
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = 'public' AND p.prosrc ~* 'current_date' AND p.prokind = 'f'
"""
SEARCH_PATH = """
DO $$ BEGIN EXECUTE format(
    'ALTER DATABASE %I SET search_path = simulated, pg_catalog, public', current_database());
END $$
"""


class SimulatedClock:
    """Goes on from the moment it was set to, as fast as the real one.

    `owner_url` is the database's address for the role that owns the tables.
    """

    def __init__(self, owner_url: str) -> None:
        self._owner_url = owner_url
        self._base = datetime.min.replace(tzinfo=UTC)
        self._set_at = monotonic()
        self._real_now: Callable[[], datetime] = timezone.now

    def install(self, moment: datetime) -> None:
        """From here on the application and every new connection to the database ask this clock."""
        with closing(self._connect()) as db, db.cursor() as cursor:
            cursor.execute(SCHEMA)
            for name in NAMES:
                cursor.execute(FUNCTION.format(name=name))
            for query in (DEFAULTS, TRIGGERS):
                cursor.execute(query)
                for (statement,) in cursor.fetchall():
                    cursor.execute(statement)
            cursor.execute(SEARCH_PATH)
        self.set(moment)
        timezone.now = self.now  # type: ignore[assignment]  # what the whole application asks

    def remove(self) -> None:
        """The application asks the real clock again."""
        timezone.now = self._real_now  # type: ignore[assignment]  # put back

    def set(self, moment: datetime) -> None:
        """It is `moment` (UTC) now. Never earlier than before."""
        if moment < self._base:
            raise ValueError("a clock is not set back")
        self._base, self._set_at = moment, monotonic()
        with closing(self._connect()) as db, db.cursor() as cursor:
            cursor.execute(
                "UPDATE simulated.clock SET base = %s, set_at = pg_catalog.clock_timestamp()",
                [moment],
            )

    def now(self) -> datetime:
        return self._base + timedelta(microseconds=int((monotonic() - self._set_at) * 1_000_000))

    def _connect(self) -> "psycopg2.extensions.connection":
        db = psycopg2.connect(self._owner_url)
        db.autocommit = True
        return db
