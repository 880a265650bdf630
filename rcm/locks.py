"""Work that only one process does at a time, wherever it runs."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def alone(lock_class: int, key: int) -> Iterator[bool]:
    """True when the work is ours until the end of the block; False when somebody is at it.

    A lock of the session, not of a transaction: the work may commit in between. `lock_class` names
    the kind of work, `key` the row it is about.
    """
    with connection.cursor() as db:
        db.execute("SELECT pg_try_advisory_lock(%s, %s)", [lock_class, key])
        is_ours = bool(db.fetchone()[0])
    try:
        yield is_ours
    finally:
        if is_ours:
            with connection.cursor() as db:
                db.execute("SELECT pg_advisory_unlock(%s, %s)", [lock_class, key])
