"""A person changes who owes: write off, move to the patient. docs/money.md names the accounts."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from billing import ledger
from billing.models import Account, Claim, Posting, ServiceLine
from rcm import events
from rcm.errors import Refusal
from rcm.models import User

RECEIVABLE = {
    "P": Account.PRIMARY_RECEIVABLE,
    "S": Account.SECONDARY_RECEIVABLE,
    "T": Account.TERTIARY_RECEIVABLE,
}


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
    locked = Claim.objects.select_for_update(of=("self",)).get(pk=claim.pk)
    source = RECEIVABLE[locked.rank]
    owed = ledger.claim_balances(locked.practice_id, [locked.pk])[locked.pk].get(source, Decimal(0))
    if amount <= 0 or amount > owed:
        raise Refusal(
            "not_owed",
            f"The payer owes ${owed:,.2f} on this claim, so ${amount:,.2f} cannot be moved.",
        )
    posting = Posting.objects.create(
        practice_id=locked.practice_id,
        source=source,
        destination=to,
        amount=amount,
        claim=locked,
        service_line=service_line,
        origin=origin,
        posted_on=on or timezone.localdate(),
        created_by=by,
    )
    events.record("claim.receivable_moved", locked, by=by, to=to, amount=str(amount))
    return posting
