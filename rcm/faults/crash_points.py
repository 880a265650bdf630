"""Counts what one process asks of PostgreSQL, and lets something happen before the k-th time.

A point is reached before each statement, each COPY and each COMMIT, and once more when a COMMIT is
done: there a message may be lost. Only a process that calls `watch` counts.
"""

import re
import threading
from collections.abc import Callable
from typing import Any

import psycopg2.extensions
from django.db import connection

from rcm.faults import workers

Strike = Callable[[psycopg2.extensions.connection], None]
_SAVEPOINT = re.compile(r'"s\d+_x\d+"')


def kill_worker(_on: psycopg2.extensions.connection) -> None:
    """SIGKILL to this process."""
    workers.kill_myself()


class Counter:
    """How many points this process has reached, and at which one to strike."""

    def __init__(self) -> None:
        self.reached = 0
        self.names: list[str] | None = None
        self.strike_at = 0
        self.strike: Strike = kill_worker
        self.has_struck = False
        self._lock = threading.Lock()

    def reach(self, name: str, on: psycopg2.extensions.connection) -> None:
        """Count one point, on this connection. More than one thread may come here."""
        with self._lock:
            self.reached += 1
            if self.names is not None:
                self.names.append(name_of(name))
            is_now = self.reached == self.strike_at
        if is_now:
            self.has_struck = True
            self.strike(on)


COUNTER = Counter()


def name_of(statement: str) -> str:
    """The statement without line breaks and without what differs from run to run."""
    return _SAVEPOINT.sub("a savepoint", " ".join(str(statement).split()))


class CountingCursor(psycopg2.extensions.cursor):
    """Tells of each statement before it is sent."""

    def execute(self, query: Any, vars: Any = None) -> None:
        COUNTER.reach(query, self.connection)
        super().execute(query, vars)

    def executemany(self, query: Any, vars_list: Any) -> None:
        COUNTER.reach(query, self.connection)
        super().executemany(query, vars_list)

    def copy_expert(self, sql: Any, file: Any, size: int = 8192) -> None:
        COUNTER.reach(sql, self.connection)
        super().copy_expert(sql, file, size)


class CountingConnection(psycopg2.extensions.connection):
    """Tells of each COMMIT before and after."""

    def commit(self) -> None:
        COUNTER.reach("COMMIT", self)
        super().commit()
        COUNTER.reach("COMMIT is done", self)


def watch(strike_at: int = 0, strike: Strike = kill_worker, *, names: bool = False) -> None:
    """From its next connection on, this process counts; `names` keeps every point's name.

    With `strike_at` 0 nothing strikes.
    """
    COUNTER.reached, COUNTER.has_struck = 0, False
    COUNTER.strike_at, COUNTER.strike = strike_at, strike
    COUNTER.names = [] if names else None
    options: dict[str, Any] = connection.settings_dict.setdefault("OPTIONS", {})
    options |= {"connection_factory": CountingConnection, "cursor_factory": CountingCursor}
