"""Writes which line of ours each remitted line is: rules decide, one UPDATE per 1,000 claims."""

from collections import defaultdict
from collections.abc import Iterator

from django.db.backends.utils import CursorWrapper

from billing.models import Remittance
from billing.rules.matching import RemittedLineFact, ServiceLineFact, match_lines
from billing.staging import StagedTable

CHUNK_CLAIMS = 1000
PAIRS = StagedTable("line_match", {"id": "bigint", "service_line_id": "bigint"})

CLAIMS = """
SELECT position, id, claim_id FROM billing_remittedclaim
WHERE practice_id = %(practice)s AND remittance_id = %(remittance)s AND state = 'matched'
  AND position > %(after)s AND (%(only)s::bigint IS NULL OR id = %(only)s)
ORDER BY position LIMIT %(limit)s
"""
REMITTED = """
SELECT remitted_claim_id, id, line_control_number,
       CASE submitted_code WHEN '' THEN procedure_code ELSE submitted_code END,
       modifiers, (amount_billed * 100)::bigint, date_of_service, service_line_id
FROM billing_remittedline
WHERE practice_id = %(practice)s AND remittance_id = %(remittance)s
  AND remitted_claim_id BETWEEN %(first)s AND %(last)s
ORDER BY id
"""
# The range says nothing new, but without statistics the planner believes a range to be narrow and
# a list of a thousand to be the whole table.
OURS = """
SELECT claim_id, id, line_control_number, procedure_code, modifiers,
       (amount_billed * 100)::bigint, date_of_service
FROM billing_serviceline
WHERE claim_id = ANY(%(claims)s) AND claim_id BETWEEN %(lowest)s AND %(highest)s
ORDER BY claim_id, position
"""
UPDATE = f"""
UPDATE billing_remittedline l SET service_line_id = m.service_line_id
FROM {PAIRS.table} m
WHERE l.practice_id = %(practice)s AND l.remittance_id = %(remittance)s
  AND l.remitted_claim_id BETWEEN %(first)s AND %(last)s AND l.id = m.id
"""  # noqa: S608  a constant of ours


def match_lines_of(db: CursorWrapper, remittance: Remittance, *, only: int | None = None) -> None:
    """Match the lines of every matched claim of the remittance, or of one remitted claim."""
    PAIRS.open(db)
    names = {"practice": remittance.practice_id, "remittance": remittance.pk}
    for claims in matched_claims(db, remittance, only):
        span = names | {"first": min(claims), "last": max(claims)}
        db.execute(REMITTED, span)
        remitted: defaultdict[int, list[RemittedLineFact]] = defaultdict(list)
        for claim_id, pk, number, code, modifiers, cents, day, known in db.fetchall():
            if known is not None or claim_id not in claims:
                continue
            fact = RemittedLineFact(pk, number, code, tuple(modifiers), cents, day)
            remitted[claim_id].append(fact)
        own = sorted(set(claims.values()))
        db.execute(OURS, {"claims": own, "lowest": own[0], "highest": own[-1]})
        ours: defaultdict[int, list[ServiceLineFact]] = defaultdict(list)
        for claim_id, pk, number, code, modifiers, cents, day in db.fetchall():
            line = ServiceLineFact(pk, number, code, tuple(modifiers), cents, day)
            ours[claim_id].append(line)
        pairs: list[str] = []
        for remitted_claim_id, lines in remitted.items():
            found = match_lines(lines, ours[claims[remitted_claim_id]])
            pairs += [f"{line_id}\t{own_id}" for line_id, own_id in found.items()]
        PAIRS.fill(db, pairs)
        db.execute(UPDATE, span)


def matched_claims(
    db: CursorWrapper, remittance: Remittance, only: int | None
) -> Iterator[dict[int, int]]:
    """Chunks of remitted claim id -> claim id, in the payer's order."""
    names = {"practice": remittance.practice_id, "remittance": remittance.pk, "only": only}
    after = 0
    while True:
        db.execute(CLAIMS, names | {"after": after, "limit": CHUNK_CLAIMS})
        rows = db.fetchall()
        if rows:
            yield {pk: claim_id for _, pk, claim_id in rows}
            after = rows[-1][0]
        if len(rows) < CHUNK_CLAIMS:
            return
