"""The books of a practice in terms that do not depend on ids: to compare, and to look at halves.

Reads over a connection of its own that sees all practices; shares no code with posting.
"""

import re
from typing import Any

from psycopg2.extensions import connection as Connection

LEDGER = """
SELECT p.source, p.destination, p.amount::text, coalesce(c.patient_control_number, ''),
       coalesce(r.trace_number, ''), p.origin, coalesce(b.origin, '')
FROM billing_posting p
LEFT JOIN billing_claim c ON c.id = p.claim_id
LEFT JOIN billing_remittance r ON r.id = p.remittance_id
LEFT JOIN billing_posting b ON b.id = p.reverses_id
WHERE p.practice_id = %(practice)s
"""
# What an id in an origin stands for.
NAMES = """
SELECT 'line', id, line_control_number FROM billing_serviceline WHERE practice_id = %(practice)s
UNION ALL
SELECT 'remittance', id, trace_number FROM billing_remittance WHERE practice_id = %(practice)s
UNION ALL
SELECT 'remitted_claim', c.id, r.trace_number || '/' || c.position
FROM billing_remittedclaim c JOIN billing_remittance r ON r.id = c.remittance_id
WHERE c.practice_id = %(practice)s
UNION ALL
SELECT 'remitted_line', l.id, r.trace_number || '/' || c.position || '/' || l.position
FROM billing_remittedline l JOIN billing_remittedclaim c ON c.id = l.remitted_claim_id
JOIN billing_remittance r ON r.id = c.remittance_id
WHERE l.practice_id = %(practice)s
UNION ALL
SELECT 'adj', a.id, coalesce(l.position, 0) || '/' || a.position
FROM billing_adjustment a LEFT JOIN billing_remittedline l ON l.id = a.remitted_line_id
WHERE a.practice_id = %(practice)s
UNION ALL
SELECT 'provider_adjustment', a.id, r.trace_number || '/' || a.position
FROM billing_provideradjustment a JOIN billing_remittance r ON r.id = a.remittance_id
WHERE a.practice_id = %(practice)s
"""
# Everything else that must have happened exactly once.
OUTCOME = """
SELECT 'file', name, state, '' FROM billing_interchangefile WHERE practice_id = %(practice)s
UNION ALL
SELECT 'claim', patient_control_number, status, payer_claim_control_number
FROM billing_claim WHERE practice_id = %(practice)s
UNION ALL
SELECT 'remitted', r.trace_number || '/' || c.position, c.state, c.exception
FROM billing_remittedclaim c JOIN billing_remittance r ON r.id = c.remittance_id
WHERE c.practice_id = %(practice)s
UNION ALL
SELECT 'event', e.name || ' ' || coalesce(r.trace_number, c.patient_control_number, ''),
       count(*)::text, ''
FROM rcm_event e
LEFT JOIN billing_remittance r ON e.subject_type = 'remittance' AND r.id = e.subject_id
LEFT JOIN billing_claim c ON e.subject_type = 'claim' AND c.id = e.subject_id
WHERE e.practice_id = %(practice)s AND e.name IN (
    'remittance.recorded', 'remittance.held', 'remittance.posted',
    'claim.adjudicated', 'claim.payment_reversed', 'file.read')
GROUP BY 2
"""
# One row per payment, from one snapshot: all of it is there, or nothing.
PAYMENTS = """
SELECT r.trace_number, r.state,
       (SELECT count(*) FROM billing_remittedclaim c WHERE c.remittance_id = r.id),
       (SELECT count(*) FROM billing_remittedclaim c
        WHERE c.remittance_id = r.id AND c.state = 'posted'),
       (SELECT count(*) FROM rcm_event e
        WHERE e.practice_id = r.practice_id AND e.name = 'remittance.posted'
          AND e.subject_type = 'remittance' AND e.subject_id = r.id),
       m.moves, m.unapplied, m.everything
FROM billing_remittance r
LEFT JOIN LATERAL (
    SELECT count(DISTINCT s.id) AS moves,
           coalesce(sum(s.amount) FILTER (WHERE s.account = 'unapplied'), 0)::text AS unapplied,
           coalesce(sum(s.amount), 0)::text AS everything
    FROM (
        SELECT id, destination AS account, amount FROM billing_posting
        WHERE practice_id = r.practice_id AND remittance_id = r.id
        UNION ALL
        SELECT id, source, -amount FROM billing_posting
        WHERE practice_id = r.practice_id AND remittance_id = r.id
    ) s
) m ON true
WHERE r.practice_id = %(practice)s
"""
UNFINISHED = """
SELECT (SELECT count(*) FROM billing_interchangefile
        WHERE practice_id = %(practice)s AND state = 'received')
     + (SELECT count(*) FROM billing_remittance
        WHERE practice_id = %(practice)s AND state IN ('recorded', 'ready'))
"""
ORIGINS = "SELECT id, origin FROM billing_posting WHERE practice_id = %(practice)s ORDER BY id"
_NUMBER = re.compile(
    r"\b(line|remittance|remitted_claim|remitted_line|adj|provider_adjustment|takes):(\d+)"
)
Row = tuple[str, ...]


def rows_of(seen_by: Connection, statement: str, practice_id: int) -> list[tuple[Any, ...]]:
    with seen_by.cursor() as db:
        db.execute(statement, {"practice": practice_id})
        return list(db.fetchall())


def ledger_of(seen_by: Connection, practice_id: int) -> list[Row]:
    """Every move with accounts, amount, claim, payment and origin; ids are replaced by names."""
    named = {(kind, pk): name for kind, pk, name in rows_of(seen_by, NAMES, practice_id)}

    def rename(origin: str) -> str:
        plain = origin.partition("~")[0]  # a planted defect makes each origin its own
        return _NUMBER.sub(lambda m: f"{m[1]}:{named.get((m[1], int(m[2])), m[2])}", plain)

    # A move that takes back another names it by its id: earlier moves have their names first.
    for pk, origin in rows_of(seen_by, ORIGINS, practice_id):
        named["takes", pk] = f"({rename(origin)})"
    return sorted(
        (*row[:5], rename(row[5]), rename(row[6])) for row in rows_of(seen_by, LEDGER, practice_id)
    )


def outcome_of(seen_by: Connection, practice_id: int) -> list[Row]:
    """What became of files, claims and payments, and how often each was announced."""
    return sorted(rows_of(seen_by, OUTCOME, practice_id))


def is_finished(seen_by: Connection, practice_id: int) -> bool:
    """Nothing waits to be read or posted."""
    return not rows_of(seen_by, UNFINISHED, practice_id)[0][0]


class Expected:
    """What an uninterrupted run left behind. Every payment is seen as before or as after."""

    def __init__(self, seen_by: Connection, practice_id: int) -> None:
        self.ledger = ledger_of(seen_by, practice_id)
        self.outcome = outcome_of(seen_by, practice_id)
        self.payments = {row[0]: row[1:] for row in rows_of(seen_by, PAYMENTS, practice_id)}

    def find_halves(self, seen_by: Connection, practice_id: int) -> list[str]:
        """A sentence for each payment that is neither whole nor untouched."""
        return [
            f"practice {practice_id}, payment {trace}: {seen} instead of {self.payments[trace]}"
            for trace, *seen in rows_of(seen_by, PAYMENTS, practice_id)
            if not self._is_whole(self.payments[trace], tuple(seen))
        ]

    def _is_whole(self, after: tuple[Any, ...], seen: tuple[Any, ...]) -> bool:
        state, claims, *posted = seen
        untouched = (0, 0, 0, "0", "0")
        is_before = state in ("recorded", "ready") and claims == after[1]
        return seen == after or (is_before and tuple(posted) == untouched)
