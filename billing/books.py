"""Do the ledger and the recorded payments say the same? Each check is one statement that names the
rows which disagree; nothing is read from a place where posting might have kept a result.
"""

from collections.abc import Iterator
from typing import NamedTuple

from django.db import connection

from billing.actions.posting_moves import STANDING
from rcm.models import Practice

LIMIT = 100


class Disagreement(NamedTuple):
    """One row that is wrong: which check, which row, and the two figures as text."""

    check: str
    row: int
    expected: str
    found: str


COUNTING = f"""
standing AS (
    SELECT m.* FROM billing_posting m WHERE m.practice_id = %(practice)s AND {STANDING}
)
"""  # noqa: S608  constants of ours
OUT_OF_UNAPPLIED = """
sum(CASE WHEN destination = 'unapplied' THEN amount WHEN source = 'unapplied' THEN -amount
    ELSE 0 END)
"""
CHECKS = {
    # What leaves unapplied for a posted claim is CLP04, to the cent; for any other, nothing.
    "claim_paid": f"""
WITH {COUNTING}
SELECT r.id, CASE WHEN r.state = 'posted' THEN r.amount_paid ELSE 0 END AS expected,
       coalesce(m.moved, 0) AS found
FROM billing_remittedclaim r
LEFT JOIN (
    SELECT remitted_claim_id, {OUT_OF_UNAPPLIED} AS moved FROM standing
    WHERE remitted_claim_id IS NOT NULL GROUP BY 1
) m ON m.remitted_claim_id = r.id
WHERE r.practice_id = %(practice)s
""",  # noqa: S608  constants of ours
    # The deposit is BPR02 less what an earlier copy deposited; nothing while it is held.
    "deposit": f"""
WITH {COUNTING}
SELECT r.id,
       CASE WHEN r.posted_at IS NULL THEN 0 ELSE r.amount_paid - r.amount_elsewhere END AS expected,
       coalesce(m.moved, 0) AS found
FROM billing_remittance r
LEFT JOIN (
    SELECT remittance_id, sum(CASE WHEN destination = 'cash' THEN amount ELSE -amount END) AS moved
    FROM standing WHERE origin LIKE 'remittance:%%' AND 'cash' IN (source, destination) GROUP BY 1
) m ON m.remittance_id = r.id
WHERE r.practice_id = %(practice)s
""",  # noqa: S608  constants of ours
    # What a payment leaves unapplied is what its waiting claims were paid.
    "unapplied": """
SELECT r.id,
       CASE WHEN r.posted_at IS NULL THEN 0 ELSE coalesce(w.waiting, 0) END AS expected,
       coalesce(m.moved, 0) AS found
FROM billing_remittance r
LEFT JOIN (
    SELECT remittance_id, sum(amount_paid) AS waiting FROM billing_remittedclaim
    WHERE practice_id = %(practice)s AND state <> 'posted' GROUP BY 1
) w ON w.remittance_id = r.id
LEFT JOIN (
    SELECT remittance_id, sum(CASE WHEN source = 'unapplied' THEN amount
                                   WHEN destination = 'unapplied' THEN -amount ELSE 0 END) AS moved
    FROM billing_posting WHERE practice_id = %(practice)s GROUP BY 1
) m ON m.remittance_id = r.id
WHERE r.practice_id = %(practice)s
""",
    # What was charged for a claim is where the claim's money is, in whatever accounts.
    "claim_zero": """
SELECT claim_id, 0 AS expected, sum(amount) AS found FROM (
    SELECT claim_id, amount FROM billing_posting
    WHERE practice_id = %(practice)s AND claim_id IS NOT NULL
    UNION ALL
    SELECT claim_id, -amount FROM billing_posting
    WHERE practice_id = %(practice)s AND claim_id IS NOT NULL
) s GROUP BY 1
""",
    # A payer's reversal moved exactly what its payment had moved, the other way.
    "reversal": f"""
WITH {COUNTING}
SELECT r.id, coalesce(p.total, 0) AS expected, coalesce(t.total, 0) AS found
FROM billing_remittedclaim r
LEFT JOIN (SELECT remitted_claim_id, sum(amount) AS total FROM standing GROUP BY 1) p
    ON p.remitted_claim_id = r.reverses_id
LEFT JOIN (SELECT remitted_claim_id, sum(amount) AS total FROM standing GROUP BY 1) t
    ON t.remitted_claim_id = r.id
WHERE r.practice_id = %(practice)s AND r.reverses_id IS NOT NULL AND r.state = 'posted'
""",  # noqa: S608  constants of ours
}


def disagreements(practice: Practice) -> Iterator[Disagreement]:
    """Every row whose figures differ, at most LIMIT per check."""
    with connection.cursor() as db:
        for check, statement in CHECKS.items():
            db.execute(
                f"SELECT * FROM ({statement}) c WHERE expected <> found "  # noqa: S608  constants
                f"ORDER BY 1 LIMIT {LIMIT}",
                {"practice": practice.pk},
            )
            for row, expected, found in db.fetchall():
                yield Disagreement(check, row, f"{expected:.2f}", f"{found:.2f}")
