"""Writes which claim of ours each remitted claim is: by our number, else by the payer's.

A thousand at a time, each by the list of its numbers: one join over everything would be left to
the planner, which on tables without statistics may compare every claim with every other.
"""

from collections.abc import Iterable
from typing import Any

from django.db.backends.utils import CursorWrapper

from billing.models import Remittance
from billing.staging import StagedTable

CHUNK_CLAIMS = 1000
PAIRS = StagedTable(
    "claim_match", {"id": "bigint", "claim_id": "bigint", "match_method": "varchar(20)"}
)
OPEN = """
SELECT position, id, patient_control_number, payer_claim_control_number
FROM billing_remittedclaim
WHERE practice_id = %(practice)s AND remittance_id = %(remittance)s
  AND state IN ('recorded', 'unmatched') AND position > %(after)s
ORDER BY position LIMIT %(limit)s
"""
BY_CLAIM_NUMBER = """
SELECT patient_control_number, id FROM billing_claim
WHERE practice_id = %(practice)s AND patient_control_number = ANY(%(numbers)s)
"""
# The payer's own number decides only when it names one claim of ours.
BY_PAYER_NUMBER = """
SELECT payer_claim_control_number, min(id) FROM billing_claim
WHERE practice_id = %(practice)s AND payer_claim_control_number <> ''
  AND payer_claim_control_number = ANY(%(numbers)s)
  AND (%(payer)s::bigint IS NULL OR payer_id = %(payer)s)
GROUP BY payer_claim_control_number HAVING count(*) = 1
"""
UPDATE = f"""
UPDATE billing_remittedclaim r
SET claim_id = m.claim_id, match_method = m.match_method, state = 'matched', exception = ''
FROM {PAIRS.table} m
WHERE r.practice_id = %(practice)s AND r.remittance_id = %(remittance)s
  AND r.position BETWEEN %(first)s AND %(last)s AND r.id = m.id
"""  # noqa: S608  a constant of ours


def match_claims_of(db: CursorWrapper, remittance: Remittance) -> None:
    """Match every remitted claim that is not matched yet and has a claim."""
    PAIRS.open(db)
    names: dict[str, Any] = {
        "practice": remittance.practice_id,
        "remittance": remittance.pk,
        "payer": remittance.payer_id,
        "after": 0,
        "limit": CHUNK_CLAIMS,
    }
    while True:
        db.execute(OPEN, names)
        rows = db.fetchall()
        if rows:
            pairs = find_claims(db, rows, names)
            PAIRS.fill(db, pairs)
            db.execute(UPDATE, names | {"first": rows[0][0], "last": rows[-1][0]})
            names["after"] = rows[-1][0]
        if len(rows) < CHUNK_CLAIMS:
            return


def find_claims(
    db: CursorWrapper, rows: list[tuple[int, int, str, str]], names: dict[str, Any]
) -> list[str]:
    """COPY rows of remitted claim id, claim id and how it was found."""
    ours = look_up(db, BY_CLAIM_NUMBER, names, (row[2] for row in rows))
    lost = [row[3] for row in rows if row[2] not in ours and row[3]]
    theirs = look_up(db, BY_PAYER_NUMBER, names, lost) if lost else {}
    pairs = []
    for _, pk, number, payer_number in rows:
        if number in ours:
            pairs.append(f"{pk}\t{ours[number]}\tclaim_number")
        elif payer_number in theirs:
            pairs.append(f"{pk}\t{theirs[payer_number]}\tpayer_number")
    return pairs


def look_up(
    db: CursorWrapper, statement: str, names: dict[str, Any], numbers: Iterable[str]
) -> dict[str, int]:
    """Number -> claim id."""
    db.execute(statement, names | {"numbers": list(numbers)})
    return dict(db.fetchall())
