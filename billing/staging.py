"""COPY for tables behind row-level security: into a temporary table, from there by INSERT … SELECT.

PostgreSQL refuses COPY into a table whose policies bind the role. A staged table lives until the
end of the transaction; columns hold exactly what one statement needs.
"""

import gc
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from io import StringIO
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

NULL = "\\N"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\x00": ""})


class StagedTable:
    """A temporary table `staged_<name>` with `columns` (name -> SQL type)."""

    def __init__(self, name: str, columns: dict[str, str]) -> None:
        self.table = f"staged_{name}"
        self.columns = columns

    def open(self, cursor: CursorWrapper) -> None:
        """Create it for this transaction; `fill` empties it first."""
        columns = ", ".join(f'"{name}" {kind}' for name, kind in self.columns.items())
        cursor.execute(
            f"CREATE TEMPORARY TABLE IF NOT EXISTS {self.table} ({columns}) ON COMMIT DROP"
        )

    def fill(self, cursor: CursorWrapper, rows: Sequence[str]) -> None:
        """Replace its content by `rows`: tab-separated fields, escaped by `field`."""
        cursor.execute(f"TRUNCATE {self.table}")
        if rows:
            source = StringIO("\n".join(rows) + "\n")
            # Django does not translate what COPY raises: a lost connection must look like one.
            with cursor.db.wrap_database_errors:
                cursor.copy_expert(f"COPY {self.table} FROM STDIN", source)


@contextmanager
def collector_paused() -> Iterator[None]:
    """Leave cyclic garbage alone while rows stream through: they are freed by counting references,
    and walking a large heap again and again costs a third of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def field(text: str) -> str:
    """Text as a COPY field. Most are codes and numbers, in which nothing has to be escaped."""
    return text if text.isalnum() else text.translate(_ESCAPES)


@lru_cache(maxsize=8192)
def array_field(values: tuple[str, ...]) -> str:
    """Strings as a COPY field of an array column. The few that occur repeat: they are kept."""
    if not values:
        return "{}"
    quoted = [value.replace("\\", "\\\\").replace('"', '\\"') for value in values]
    return field("{" + ",".join(f'"{value}"' for value in quoted) + "}")


def json_field(value: dict[str, Any]) -> str:
    """A dict as a COPY field of a jsonb column."""
    return field(json.dumps(value, separators=(",", ":"))) if value else "{}"


def next_ids(cursor: CursorWrapper, table: str, count: int) -> list[int]:
    """`count` fresh primary keys of `table`, so that children can be written with their parents."""
    if not count:
        return []
    # The sequence of an identity column by its name: looking it up would cost more per row.
    cursor.execute(
        "SELECT nextval(%s::regclass) FROM generate_series(1, %s)", [f"{table}_id_seq", count]
    )
    return [row[0] for row in cursor.fetchall()]


def cursor() -> CursorWrapper:
    """A cursor on the application's connection."""
    return connection.cursor()
