"""What a claim's charges move in the ledger, and taking those moves back."""

from collections.abc import Iterable, Mapping
from datetime import date

from billing.models import Account, Posting, ServiceLine
from rcm.models import User

RECEIVABLES: Mapping[str, str] = {
    "P": Account.PRIMARY_RECEIVABLE,
    "S": Account.SECONDARY_RECEIVABLE,
    "T": Account.TERTIARY_RECEIVABLE,
}


def post_charges(
    lines: Iterable[ServiceLine], *, ranks: Mapping[int, str], by: User | None, today: date
) -> None:
    """revenue → the receivable of the claim's rank, once per line. One statement.

    `ranks` maps a claim's id to its SBR01. A line without a price moves nothing.
    """
    Posting.objects.bulk_create(
        Posting(
            practice_id=line.practice_id,
            source=Account.REVENUE,
            destination=RECEIVABLES[ranks[line.claim_id]],
            amount=line.amount_billed,
            claim_id=line.claim_id,
            service_line=line,
            origin=f"line:{line.pk}:charge",
            posted_on=today,
            created_by=by,
        )
        for line in lines
        if line.amount_billed > 0
    )


def reverse_charges(claim_id: int, *, by: User | None, today: date) -> None:
    """Swap the accounts of the claim's charge moves, but once each. Two statements."""
    charged = Posting.objects.filter(
        claim_id=claim_id, origin__endswith=":charge", reversed_by__isnull=True
    ).order_by("pk")
    Posting.objects.bulk_create(
        Posting(
            practice_id=move.practice_id,
            source=move.destination,
            destination=move.source,
            amount=move.amount,
            claim_id=move.claim_id,
            service_line_id=move.service_line_id,
            reverses=move,
            origin=f"{move.origin}:reversed",
            posted_on=today,
            created_by=by,
        )
        for move in charged
    )
