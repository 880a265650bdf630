"""What a claim's charges move in the ledger, and taking those moves back."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import Q

from billing.models import Account, Claim, Posting
from rcm.models import User

RECEIVABLES: Mapping[str, str] = {
    "P": Account.PRIMARY_RECEIVABLE,
    "S": Account.SECONDARY_RECEIVABLE,
    "T": Account.TERTIARY_RECEIVABLE,
}


# Moves people made of a denied amount (denials.actions.moves) name the denial.
DENIED = "denial:"


@dataclass(frozen=True, slots=True)
class Share:
    """Dollars an earlier claim holds on `account` for the next payer."""

    claim_id: int
    account: str
    amount: Decimal


CHARGES = """
INSERT INTO billing_posting (practice_id, source, destination, amount, claim_id, service_line_id,
    origin, posted_on, created_by_id)
SELECT l.practice_id, %(revenue)s, charged.receivable, l.amount_billed, l.claim_id, l.id,
    'line:' || l.id || ':charge', %(today)s, %(by)s
FROM unnest(%(claims)s::bigint[], %(receivables)s::text[]) AS charged (claim_id, receivable)
JOIN billing_serviceline l ON l.claim_id = charged.claim_id
WHERE l.amount_billed > 0
ORDER BY l.id
"""


def post_charges(ranks: Mapping[int, str], *, by: User | None, today: date) -> None:
    """revenue → the receivable of the claim's rank, once per line. One statement.

    `ranks` maps the ids of new claims, whose lines are written already, to their SBR01. A line
    without a price moves nothing.
    """
    if not ranks:
        return
    with connection.cursor() as db:
        db.execute(
            CHARGES,
            {
                "revenue": Account.REVENUE,
                "today": today,
                "by": by.pk if by else None,
                "claims": list(ranks),
                "receivables": [RECEIVABLES[rank] for rank in ranks.values()],
            },
        )


def move_shares(shares: Iterable[tuple[Claim, Share]], *, by: User | None, today: date) -> None:
    """What an earlier claim left → between_claims → the receivable of the new claim's rank, once.

    One statement; `shares` pairs the new claim with what it takes over.
    """
    moves = [
        (claim, *move)
        for claim, share in shares
        for move in (
            (share.claim_id, share.account, Account.BETWEEN_CLAIMS, share.amount, "given"),
            (claim.pk, Account.BETWEEN_CLAIMS, RECEIVABLES[claim.rank], share.amount, "taken"),
        )
    ]
    Posting.objects.bulk_create(
        Posting(
            practice_id=claim.practice_id,
            source=source,
            destination=destination,
            amount=amount,
            claim_id=of_claim,
            origin=f"claim:{claim.pk}:share:{way}",
            posted_on=today,
            created_by=by,
        )
        for claim, of_claim, source, destination, amount, way in moves
    )


def reverse_charges(claims: Collection[Claim], *, by: User | None, today: date) -> None:
    """Swap the accounts of the claims' charge and share moves, but once each. Two statements.

    So are moves people made of what the payer had denied: without its charge nobody owes it, and
    the next version of the claim asks for it anew.
    """
    ids = [claim.pk for claim in claims]
    ways = [f"claim:{pk}:share:{way}" for pk in ids for way in ("given", "taken")]
    if not ids:
        return
    charged = Posting.objects.filter(
        Q(claim_id__in=ids, origin__endswith=":charge", reverses=None)
        | Q(claim_id__in=ids, origin__startswith=DENIED, reverses=None)
        | Q(origin__in=ways),
        practice_id=next(iter(claims)).practice_id,
        reversed_by__isnull=True,
    ).order_by("pk")
    Posting.objects.bulk_create(
        swapped(move, f"{move.origin}:{ending(move)}", by, today) for move in charged
    )


def ending(move: Posting) -> str:
    """What tells a move that went with its charge from one a person took back."""
    return "replaced" if move.origin.startswith(DENIED) else "reversed"


def swapped(move: Posting, origin: str, by: User | None, today: date) -> Posting:
    """The same move with the accounts swapped, not saved."""
    return Posting(
        practice_id=move.practice_id,
        source=move.destination,
        destination=move.source,
        amount=move.amount,
        claim_id=move.claim_id,
        service_line_id=move.service_line_id,
        reverses=move,
        origin=origin,
        posted_on=today,
        created_by=by,
    )


RESTORED = """
INSERT INTO billing_posting (practice_id, source, destination, amount, claim_id, service_line_id,
    origin, posted_on, created_by_id)
SELECT p.practice_id, p.source, p.destination, p.amount, p.claim_id, p.service_line_id,
    'line:' || p.service_line_id || ':after:' || r.id || ':charge', %(today)s, %(by)s
FROM billing_posting p JOIN billing_posting r ON r.reverses_id = p.id
WHERE p.practice_id = %(practice)s AND p.claim_id = ANY (%(claims)s) AND p.origin LIKE '%%:charge'
    AND p.id = (SELECT max(q.id) FROM billing_posting q
        WHERE q.practice_id = p.practice_id AND q.claim_id = p.claim_id
            AND q.service_line_id = p.service_line_id AND q.origin LIKE '%%:charge')
UNION ALL
SELECT p.practice_id, p.source, p.destination, p.amount, p.claim_id, p.service_line_id,
    p.origin || ':after:' || r.id, %(today)s, %(by)s
FROM billing_posting p JOIN billing_posting r ON r.reverses_id = p.id
WHERE p.practice_id = %(practice)s AND p.claim_id = ANY (%(claims)s)
    AND p.origin LIKE 'denial:%%' AND r.origin LIKE '%%:replaced'
    AND NOT EXISTS (SELECT 1 FROM billing_posting q WHERE q.practice_id = p.practice_id
        AND q.claim_id = p.claim_id AND q.origin = p.origin || ':after:' || r.id)
"""


def restore_charges(
    practice_id: int, claim_ids: Collection[int], *, by: User | None, today: date
) -> None:
    """Post the charges of claims again whose charge moves were swapped back. One statement.

    What people had moved of them stands again, too.

    They are new moves: what was swapped back stays so, and can be told from the new ones.
    """
    with connection.cursor() as db:
        db.execute(
            RESTORED,
            {
                "practice": practice_id,
                "claims": list(claim_ids),
                "today": today,
                "by": by.pk if by else None,
            },
        )
