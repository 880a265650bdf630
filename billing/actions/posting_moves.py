"""The moves of a remittance as SQL: what staged_plan says, applied to every recorded amount.

One SELECT is both the preview and the posting. A negative amount is the same move swapped, zero is
no move. A reversal that was paired takes back exactly what its payment moved.
"""

from typing import Any

from django.db.backends.utils import CursorWrapper

from billing.models import Remittance

CHUNK_CLAIMS = 5000

# Exactly CLP04 leaves `unapplied`: with claim-level adjustments, or without lines, the difference
# between CLP04 and the lines' SVC03 is a move of the claim.
PLANNED = """
WITH plan AS MATERIALIZED (
    SELECT p.*, s.owed, s.share FROM staged_plan p
    JOIN staged_accounts s USING (rank, status_code, ranks, forwarded, is_other_payer)
    WHERE NOT p.waits AND p.reverses_id IS NULL AND p.status_code NOT IN ('23', '25')
      AND p.position BETWEEN %(first)s AND %(last)s
),
line AS MATERIALIZED (
    SELECT l.id, l.remitted_claim_id, l.service_line_id, l.amount_paid
    FROM billing_remittedline l
    WHERE l.practice_id = %(practice)s AND l.remittance_id = %(remittance)s
      AND l.remitted_claim_id BETWEEN %(first_id)s AND %(last_id)s
),
planned AS (
    SELECT p.owed AS owed, 'unapplied' AS other, l.amount_paid AS amount,
           'remitted_line:' || l.id || ':paid' || p.suffix AS origin,
           l.service_line_id, l.id AS remitted_line_id, p.claim_id, p.id AS remitted_claim_id
    FROM line l JOIN plan p ON p.id = l.remitted_claim_id
    UNION ALL
    SELECT p.owed, coalesce(nullif(coalesce(k.account, t.account), ''), p.share), a.amount,
           CASE WHEN a.remitted_line_id IS NULL THEN 'remitted_claim:' || p.id
                ELSE 'remitted_line:' || a.remitted_line_id END
               || ':adj:' || a.id || p.suffix,
           l.service_line_id, a.remitted_line_id, p.claim_id, p.id
    FROM billing_adjustment a
    JOIN plan p ON p.id = a.remitted_claim_id
    LEFT JOIN staged_kind k ON k.adjustment_id = a.id
    LEFT JOIN staged_treatment t
        ON t.payer_id = p.payer_id AND t."group" = a."group" AND t.reason = a.reason
    LEFT JOIN line l ON l.id = a.remitted_line_id
    WHERE a.practice_id = %(practice)s AND a.remittance_id = %(remittance)s
      AND a.remitted_claim_id BETWEEN %(first_id)s AND %(last_id)s
      AND coalesce(k.account, t.account) IS NOT NULL
    UNION ALL
    SELECT p.owed, 'unapplied', p.amount_paid - coalesce(l.paid, 0),
           'remitted_claim:' || p.id || ':paid' || p.suffix, NULL, NULL, p.claim_id, p.id
    FROM plan p
    LEFT JOIN (
        SELECT remitted_claim_id, sum(amount_paid) AS paid FROM line GROUP BY 1
    ) l ON l.remitted_claim_id = p.id
)
"""
SIGNED = """
CASE WHEN amount > 0 THEN owed ELSE other END AS source,
CASE WHEN amount > 0 THEN other ELSE owed END AS destination, abs(amount) AS amount, origin
"""
SHOW = f"""
{PLANNED}
SELECT {SIGNED}, service_line_id, remitted_line_id, claim_id, remitted_claim_id
FROM planned WHERE amount <> 0
ORDER BY remitted_claim_id, remitted_line_id NULLS LAST, origin DESC
"""  # noqa: S608  constants of ours
COLUMNS = """
practice_id, remittance_id, posted_on, created_by_id, source, destination, amount, origin,
service_line_id, remitted_line_id, claim_id, remitted_claim_id
"""
# In the order of claims, so that each index is filled from one place on.
WRITE = f"""
INSERT INTO billing_posting ({COLUMNS})
{PLANNED}
SELECT %(practice)s, %(remittance)s, %(today)s, %(by)s, {SIGNED},
       service_line_id, remitted_line_id, claim_id, remitted_claim_id
FROM planned WHERE amount <> 0
ORDER BY remitted_claim_id, remitted_line_id
"""  # noqa: S608  constants of ours
# A move counts unless a person took it back; what took it back does not count either. A payer's
# reversal is of another remitted claim, so it counts by itself.
STANDING = """
NOT EXISTS (
    SELECT 1 FROM billing_posting u WHERE u.reverses_id = m.id
      AND u.remittance_id = m.remittance_id
      AND u.remitted_claim_id IS NOT DISTINCT FROM m.remitted_claim_id
)
AND NOT EXISTS (
    SELECT 1 FROM billing_posting b WHERE b.id = m.reverses_id
      AND b.remittance_id = m.remittance_id
      AND b.remitted_claim_id IS NOT DISTINCT FROM m.remitted_claim_id
)
"""
PAIRED = f"""
FROM staged_plan p
JOIN billing_posting m ON m.practice_id = %(practice)s AND m.claim_id = p.claim_id
    AND m.remitted_claim_id = p.reverses_id AND {STANDING}
WHERE p.reverses_id = ANY(%(payments)s) AND NOT p.waits
"""  # noqa: S608  constants of ours
TAKE_BACK = f"""
INSERT INTO billing_posting ({COLUMNS}, reverses_id)
SELECT %(practice)s, %(remittance)s, %(today)s, %(by)s, m.destination, m.source, m.amount,
       'remitted_claim:' || p.id || ':takes:' || m.id || p.suffix,
       m.service_line_id, NULL, p.claim_id, p.id, m.id
{PAIRED}
"""  # noqa: S608  constants of ours
SHOW_TAKEN = f"""
SELECT m.destination, m.source, m.amount,
       'remitted_claim:' || p.id || ':takes:' || m.id || p.suffix, m.service_line_id, NULL,
       p.claim_id, p.id
{PAIRED}
"""  # noqa: S608  constants of ours
SPANS = """
SELECT min(position), max(position), min(id), max(id), count(*)
FROM (SELECT position, id, (row_number() OVER (ORDER BY position) - 1) / %(size)s AS part
      FROM staged_plan) s
GROUP BY part ORDER BY part
"""
PAIRS = "SELECT id, reverses_id FROM staged_plan WHERE reverses_id IS NOT NULL AND NOT waits"

Names = dict[str, Any]


def spans(db: CursorWrapper, size: int = CHUNK_CLAIMS) -> list[tuple[Names, int]]:
    """Ranges of the plan by position, each with how many claims it holds."""
    db.execute(SPANS, {"size": size})
    return [
        ({"first": first, "last": last, "first_id": low, "last_id": high}, count)
        for first, last, low, high, count in db.fetchall()
    ]


def write_span(db: CursorWrapper, names: Names, span: Names) -> int:
    """Write the moves of a range of claims; how many."""
    # Joins by hash: without statistics a nested loop compares every line with every claim.
    db.execute("SET LOCAL enable_nestloop = off")
    db.execute(WRITE, names | span)
    written: int = db.rowcount
    db.execute("SET LOCAL enable_nestloop = on")
    return written


def levels(db: CursorWrapper) -> list[list[int]]:
    """The payments that reversals take back, in the order in which they can be: a payment of this
    remittance posts before what reverses it, a reversal before what reverses the reversal.
    """
    db.execute(PAIRS)
    pairs = dict(db.fetchall())
    found: list[list[int]] = []
    placed: set[int] = set()
    while len(placed) < len(pairs):
        level = [
            pk for pk, of in pairs.items() if pk not in placed and (of not in pairs or of in placed)
        ]
        found.append([pairs[pk] for pk in level])
        placed.update(level)
    return found


def write_taken_back(db: CursorWrapper, names: Names) -> int:
    """Swap what each reversed payment moved; how many moves."""
    written = 0
    for payments in levels(db):
        db.execute(TAKE_BACK, names | {"payments": payments})
        written += db.rowcount
    return written


def show_moves(db: CursorWrapper, remittance: Remittance, limit: int) -> list[tuple[Any, ...]]:
    """The rows posting would write for the first `limit` claims. A reversal of a payment that posts
    beside it has nothing to show yet.
    """
    names = {"practice": remittance.practice_id, "remittance": remittance.pk}
    rows: list[tuple[Any, ...]] = []
    for span, _ in spans(db, limit)[:1]:
        db.execute(SHOW, names | span)
        rows = db.fetchall()
    for payments in levels(db):
        db.execute(SHOW_TAKEN, names | {"payments": payments})
        rows += db.fetchall()
    return rows
