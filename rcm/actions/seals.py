"""Chains the audit log by hashes, without making anybody who writes an event wait.

Events get their number when they are written and appear when their transaction commits, so a lower
number may appear after a higher one. A run of events is sealed only when no transaction that could
still show an event in it is left; the events themselves carry nothing, their writers pay nothing.
"""

import time
from dataclasses import dataclass

from django.db import connection

from rcm import access
from rcm.models import EventSeal, Practice
from rcm.models.seals import NO_HASH

EVENTS_PER_SEAL = 5_000
POLL_SECONDS = 0.1
LOCK_CLASS = 164  # first key of the advisory locks; the second is the practice

# An INSERT locks the table (ROW EXCLUSIVE, till the end of its transaction) before it takes a
# number. A prepared transaction has no pid.
WRITERS = """
SELECT virtualtransaction FROM pg_locks
 WHERE locktype = 'relation' AND relation = 'rcm_event'::regclass
   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
   AND mode = 'RowExclusiveLock' AND granted AND pid IS DISTINCT FROM pg_backend_pid()
"""
# Every column of an event in one text that depends on no session setting: jsonb has one way to
# write a value, times are UTC to the microsecond. Changing this breaks every seal there is.
CANONICAL = """
jsonb_build_array(
    id, practice_id, name, subject_type, subject_id, patient_id, data, created_by_id,
    to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), ip_address::text
)::text
"""
# The seal's own figures go into its hash, too. LIMIT NULL takes all.
SUMMARY = f"""
SELECT first_id, last_id, count, encode(sha256(convert_to(
           concat_ws('|', %(previous)s, %(practice)s, first_id, last_id, count, hashes), 'UTF8'
       )), 'hex')
FROM (
    SELECT min(id) AS first_id, max(id) AS last_id, count(*) AS count,
           string_agg(encode(sha256(convert_to(canonical, 'UTF8')), 'hex'), '|' ORDER BY id)
               AS hashes
    FROM (
        SELECT id, {CANONICAL} AS canonical FROM rcm_event
        WHERE practice_id = %(practice)s AND id > %(after)s AND id <= %(through)s
        ORDER BY id LIMIT %(limit)s
    ) events
) summary
"""  # noqa: S608  constants of ours


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run of events is now; `first_id` and `last_id` are None when it is empty."""

    first_id: int | None
    last_id: int | None
    count: int
    hash: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying a practice found. `broken` is the first seal that does not hold."""

    seals: int
    events: int
    last: EventSeal | None
    broken: EventSeal | None = None
    reason: str = ""


def find_horizon(*, patience_seconds: float) -> int | None:
    """The highest event number below which nothing can appear any more, in any practice.

    None when a transaction that may hold a lower number goes on for longer than we wait. Sees
    past the walls without opening them: sequence and locks hold no row of anybody.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM rcm_event_id_seq")
        horizon: int = cursor.fetchone()[0]
        end = time.monotonic() + patience_seconds
        waiting = _writers()
        # Whoever comes later takes a higher number: only these have to end.
        while waiting and time.monotonic() < end:
            time.sleep(POLL_SECONDS)
            waiting &= _writers()
    return None if waiting else horizon


def _writers() -> set[str]:
    """Transactions of others that have written, or are about to write, an event."""
    with connection.cursor() as cursor:
        cursor.execute(WRITERS)
        return {row[0] for row in cursor.fetchall()}


def seal_events(practice_id: int, *, horizon: int, limit: int = EVENTS_PER_SEAL) -> int:
    """Seal the practice's events through `horizon`; how many seals were added.

    Opens its transactions itself: one for each seal, with a constant number of statements.
    """
    added = 0
    while True:
        with access.acting_in(practice_id):
            if not _add_seal(practice_id, horizon, limit):
                return added
        added += 1


def _add_seal(practice_id: int, horizon: int, limit: int) -> bool:
    """One more seal; False when nothing is left or somebody else is sealing this practice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK_CLASS, practice_id])
        if not cursor.fetchone()[0]:
            return False
    last = newest_seal(practice_id)
    after, previous = (last.last_id, last.hash) if last else (0, NO_HASH)
    found = summarize(practice_id, previous, after=after, through=horizon, limit=limit)
    if found.first_id is None or found.last_id is None:
        return False
    EventSeal.objects.create(
        practice_id=practice_id,
        first_id=found.first_id,
        last_id=found.last_id,
        count=found.count,
        previous_hash=previous,
        hash=found.hash,
    )
    return True


def newest_seal(practice_id: int) -> EventSeal | None:
    return EventSeal.objects.filter(practice_id=practice_id).order_by("-last_id").first()


def summarize(
    practice_id: int, previous_hash: str, *, after: int, through: int, limit: int | None = None
) -> Summary:
    """Figures and hash of the events after `after` through `through`, in one statement."""
    values: dict[str, int | str | None] = {"practice": practice_id, "previous": previous_hash}
    values |= {"after": after, "through": through, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(SUMMARY, values)
        return Summary(*cursor.fetchone())


def verify_events(practice: Practice) -> Verdict:
    """Recompute every seal, oldest first, one statement each. The walls must be open.

    Events after the last seal are not vouched for yet, and a chain cut off at its end is still a
    chain: compare the last hash with one kept elsewhere.
    """
    seals = events = after = 0
    last: EventSeal | None = None
    chain = EventSeal.objects.filter(practice=practice).order_by("last_id")
    for seal in chain.iterator():
        previous = last.hash if last else NO_HASH
        reason = _find_fault(seal, previous, after)
        if reason:
            return Verdict(seals, events, last, seal, reason)
        seals, events, after, last = seals + 1, events + seal.count, seal.last_id, seal
    return Verdict(seals, events, last)


def _find_fault(seal: EventSeal, previous_hash: str, after: int) -> str:
    """Why the seal does not hold, in one sentence; empty when it does."""
    if seal.previous_hash != previous_hash:
        return "It does not stand on the seal before it: a seal was changed or removed."
    now = summarize(seal.practice_id, previous_hash, after=after, through=seal.last_id)
    if now.count != seal.count:
        return f"It was set over {seal.count} events, {now.count} are there now."
    if now.hash != seal.hash:
        return "An event under it, or the seal itself, was changed."
    return ""
