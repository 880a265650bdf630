"""Finds which line of ours each remitted line is: the rules decide, a thousand claims at a time."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.backends.utils import CursorWrapper

from billing.rules.matching import Matches, RemittedLineFact, ServiceLineFact, match_lines

# The range says nothing new, but without statistics the planner believes a range to be narrow and
# a list of a thousand to be the whole table.
NUMBERS = """
SELECT line_control_number, id, claim_id FROM billing_serviceline
WHERE claim_id = ANY(%(claims)s) AND claim_id BETWEEN %(lowest)s AND %(highest)s
"""
OURS = """
SELECT claim_id, id, line_control_number,
       coalesce(nullif(procedure_code, ''), revenue_code), modifiers,
       (amount_billed * 100)::bigint, date_of_service
FROM billing_serviceline
WHERE claim_id = ANY(%(claims)s) AND claim_id BETWEEN %(lowest)s AND %(highest)s
ORDER BY claim_id, position
"""


def line_numbers(db: CursorWrapper, claims: Collection[int]) -> dict[str, tuple[int, int]]:
    """Line control number -> (line id, claim id) of these claims."""
    if not claims:
        return {}
    db.execute(NUMBERS, span(claims))
    return {number: (pk, claim_id) for number, pk, claim_id in db.fetchall()}


def find_lines(
    db: CursorWrapper, asked: Mapping[int, tuple[int, Sequence[RemittedLineFact]]]
) -> Matches:
    """`asked`: key of a remitted claim -> (claim id, its lines). Remitted line id -> our line."""
    claims = {claim_id for claim_id, _ in asked.values()}
    if not claims:
        return {}
    db.execute(OURS, span(claims))
    ours: defaultdict[int, list[ServiceLineFact]] = defaultdict(list)
    for claim_id, pk, number, code, modifiers, cents, day in db.fetchall():
        line = ServiceLineFact(pk, number, code, tuple(modifiers), cents, day)
        ours[claim_id].append(line)
    found: Matches = {}
    for claim_id, lines in asked.values():
        found |= match_lines(lines, ours[claim_id])
    return found


def span(claims: Collection[int]) -> dict[str, Any]:
    return {"claims": list(claims), "lowest": min(claims), "highest": max(claims)}
