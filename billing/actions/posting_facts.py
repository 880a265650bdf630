"""What `rules.posting` needs to know, fetched in three statements per 1,000 claims."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple, cast

from django.db.backends.utils import CursorWrapper

from billing.models import ProviderAdjustment, Remittance
from billing.rules.posting import AdjustmentFact, ClaimFact, LineFact, Move, Payments
from payers.models import Treatment
from payers.rules.treatment import Kind
from rcm.money import to_cents

CHUNK_CLAIMS = 1000

CLAIMS = """
SELECT r.position, r.id, r.claim_id, c.rank, r.status_code, (r.amount_billed * 100)::bigint,
       (r.amount_paid * 100)::bigint,
       ARRAY(SELECT v.rank FROM payers_coverage v
             WHERE v.patient_id = c.patient_id
               AND v.starts_on <= c.date_of_service
               AND (v.ends_on IS NULL OR v.ends_on >= c.date_of_service)),
       r.match_method = 'person', r.exception <> '', c.payer_id
FROM billing_remittedclaim r
JOIN billing_claim c ON c.id = r.claim_id
WHERE r.practice_id = %(practice)s AND r.remittance_id = %(remittance)s AND r.state = 'matched'
  AND r.position > %(after)s
ORDER BY r.position LIMIT %(limit)s
"""
LINES = """
SELECT remitted_claim_id, id, position, service_line_id, (amount_paid * 100)::bigint
FROM billing_remittedline
WHERE practice_id = %(practice)s AND remittance_id = %(remittance)s
  AND remitted_claim_id BETWEEN %(first)s AND %(last)s
ORDER BY id
"""
ADJUSTMENTS = """
SELECT remitted_claim_id, remitted_line_id, id, "group", reason, (amount * 100)::bigint
FROM billing_adjustment
WHERE practice_id = %(practice)s AND remittance_id = %(remittance)s
  AND remitted_claim_id BETWEEN %(first)s AND %(last)s
ORDER BY id
"""
# What CLAIMS gives between the id and the payer, as fields of ClaimFact.
FIELDS = (
    *("claim_id", "rank", "status_code", "amount_billed", "amount_paid"),
    *("later_ranks", "is_chosen", "has_waited"),
)
REVERSED = """
SELECT DISTINCT claim_id FROM billing_remittedclaim
WHERE practice_id = %(practice)s AND remittance_id = %(remittance)s
  AND status_code = '22' AND state = 'matched'
"""
# Payments of the claims this remittance reverses: posted ones, and those it brings itself.
PAYMENTS = """
SELECT p.claim_id, p.status_code, (p.amount_billed * 100)::bigint, (p.amount_paid * 100)::bigint
FROM billing_remittedclaim p
WHERE p.practice_id = %(practice)s
  AND p.status_code NOT IN ('23', '25')
  AND (p.state = 'posted'
       OR (p.remittance_id = %(remittance)s AND p.state = 'matched' AND p.status_code <> '22'))
  AND p.claim_id = ANY(%(claims)s)
"""


class ClaimMove(NamedTuple):
    """A move and the claims it belongs to; both None for moves of the payment itself."""

    move: Move
    claim_id: int | None
    remitted_claim_id: int | None


def cents(amount: Decimal) -> int:
    """Dollars to cents."""
    return to_cents(amount)


def provider_adjustments(remittance: Remittance) -> list[tuple[int, int]]:
    """PLB pairs as (id, cents)."""
    rows = ProviderAdjustment.objects.filter(remittance=remittance).order_by("position")
    return [(pk, to_cents(amount)) for pk, amount in rows.values_list("pk", "amount")]


def payments_of(db: CursorWrapper, remittance: Remittance) -> Payments:
    """What the reversals of this remittance may take back."""
    names = {"practice": remittance.practice_id, "remittance": remittance.pk}
    db.execute(REVERSED, names)
    claims = [row[0] for row in db.fetchall()]
    if not claims:
        return Payments([])
    db.execute(PAYMENTS, names | {"claims": claims})
    return Payments(db.fetchall())


def claims_of(
    db: CursorWrapper, remittance: Remittance, *, limit: int = CHUNK_CLAIMS
) -> Iterator[list[tuple[ClaimFact, int]]]:
    """Chunks of the matched claims in the payer's order, each with its claim's payer id."""
    names = {"practice": remittance.practice_id, "remittance": remittance.pk}
    after = 0
    while True:
        db.execute(CLAIMS, names | {"after": after, "limit": limit})
        rows = db.fetchall()
        if rows:
            # Ids rise with the position: a range of them is one short walk along the index, which
            # a list of a thousand is not while the tables have no statistics yet.
            ids = names | {"first": rows[0][1], "last": rows[-1][1]}
            db.execute(ADJUSTMENTS, ids)
            adjustments = db.fetchall()
            db.execute(LINES, ids)
            yield assemble(rows, db.fetchall(), adjustments)
            after = rows[-1][0]
        if len(rows) < limit:
            return


def assemble(
    claims: list[tuple], lines: list[tuple], adjustments: list[tuple]
) -> list[tuple[ClaimFact, int]]:
    """Rows of three tables to facts."""
    of_claim: defaultdict[int, list[AdjustmentFact]] = defaultdict(list)
    of_line: defaultdict[int, list[AdjustmentFact]] = defaultdict(list)
    for claim_id, line_id, pk, group, reason, amount in adjustments:
        found = of_claim[claim_id] if line_id is None else of_line[line_id]
        found.append(AdjustmentFact(pk, group, reason, amount))
    lines_of: defaultdict[int, list[LineFact]] = defaultdict(list)
    for claim_id, pk, position, service_line_id, paid in lines:
        line = LineFact(pk, position, service_line_id, paid, of_line[pk])
        lines_of[claim_id].append(line)
    facts = []
    for _, pk, *figures, payer_id in claims:
        fact_fields = dict(zip(FIELDS, figures, strict=True))
        fact = ClaimFact(pk, **fact_fields, adjustments=of_claim[pk], lines=lines_of[pk])
        facts.append((fact, payer_id))
    return facts


class Overrides:
    """Treatment rows of a practice; a payer's own wins over the one for all payers."""

    def __init__(self, practice_id: int) -> None:
        rows = Treatment.objects.filter(practice_id=practice_id)
        self._by_payer: defaultdict[int | None, dict[tuple[str, str], Kind]] = defaultdict(dict)
        for payer_id, group, reason, kind in rows.values_list(
            "payer_id", "group", "reason", "kind"
        ):
            self._by_payer[payer_id][group, reason] = cast(Kind, kind)
        self._merged: dict[int, dict[tuple[str, str], Kind]] = {}

    def of(self, payer_id: int) -> dict[tuple[str, str], Kind]:
        """(group, reason) -> kind for one payer."""
        merged = self._merged.get(payer_id)
        if merged is None:
            merged = self._by_payer[None] | self._by_payer[payer_id]
            self._merged[payer_id] = merged
        return merged
