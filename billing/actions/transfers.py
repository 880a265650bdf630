"""A person changes who owes: write off, move to the patient. docs/money.md names the accounts."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from billing import ledger
from billing.actions.charge_moves import swapped
from billing.models import Account, Claim, Posting, ServiceLine
from rcm import events
from rcm.errors import Refusal
from rcm.models import User

RECEIVABLE = {
    "P": Account.PRIMARY_RECEIVABLE,
    "S": Account.SECONDARY_RECEIVABLE,
    "T": Account.TERTIARY_RECEIVABLE,
}


class Move(NamedTuple):
    """One change of who owes: `origin` names the fact, `service_line_id` None is the claim."""

    claim_id: int
    service_line_id: int | None
    to: str
    amount: Decimal
    origin: str


@transaction.atomic
def move_receivable(
    claim: Claim,
    *,
    to: Account,
    amount: Decimal,
    origin: str,
    by: User,
    service_line: ServiceLine | None = None,
    on: date | None = None,
) -> Posting:
    """Move `amount` from what the claim's payer owes to another account.

    Raises Refusal when the payer does not owe that much on this claim: nothing may go below zero.
    """
    line_id = service_line.pk if service_line else None
    move = Move(claim.pk, line_id, to, amount, origin)
    [posting] = move_many(claim.practice_id, [move], by=by, on=on)
    return posting


@transaction.atomic
def move_many(
    practice_id: int, moves: Sequence[Move], *, by: User, on: date | None = None
) -> list[Posting]:
    """The same for many, all or none of them. A constant number of statements."""
    rows = Claim.objects.select_for_update(of=("self",)).filter(
        practice_id=practice_id, pk__in={move.claim_id for move in moves}
    )
    claims = {claim.pk: claim for claim in rows.defer("content").order_by("pk")}
    left = owed_on(practice_id, claims.values())
    for move in moves:
        owed = left[move.claim_id]
        if move.amount <= 0 or move.amount > owed:
            raise Refusal("not_owed", not_owed(owed, move.amount))
        left[move.claim_id] = owed - move.amount
    made = Posting.objects.bulk_create(
        Posting(
            practice_id=practice_id,
            source=RECEIVABLE[claims[move.claim_id].rank],
            destination=move.to,
            amount=move.amount,
            claim_id=move.claim_id,
            service_line_id=move.service_line_id,
            origin=move.origin,
            posted_on=on or timezone.localdate(),
            created_by=by,
        )
        for move in moves
    )
    facts: list[events.Fact] = [
        (move.claim_id, None, {"to": move.to, "amount": str(move.amount)}) for move in moves
    ]
    events.record_each("claim.receivable_moved", Claim, practice_id, facts, by=by)
    return made


def owed_on(practice_id: int, claims: Iterable[Claim]) -> dict[int, Decimal]:
    """Claim id -> what its payer owes by the ledger. One statement."""
    ranks = {claim.pk: claim.rank for claim in claims}
    found = ledger.claim_balances(practice_id, ranks)
    return {pk: found[pk].get(RECEIVABLE[rank], Decimal(0)) for pk, rank in ranks.items()}


def not_owed(owed: Decimal, amount: Decimal) -> str:
    """Why an amount cannot be moved."""
    return f"The payer owes ${owed:,.2f} on this claim, so ${amount:,.2f} cannot be moved."


@transaction.atomic
def take_back_moves(practice_id: int, posting_ids: Sequence[int], *, by: User) -> None:
    """Swap the accounts of moves nobody has reversed yet; callers have locked what they are about.

    Two statements.
    """
    rows = Posting.objects.filter(practice_id=practice_id, pk__in=posting_ids, reversed_by=None)
    today = timezone.localdate()
    Posting.objects.bulk_create(
        swapped(move, f"{move.origin}:reversed", by, today) for move in rows.order_by("pk")
    )
