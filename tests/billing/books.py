"""The ledger as tests look at it."""

from decimal import Decimal

from billing import ledger
from billing.models import Claim, Posting
from rcm.models import Practice
from tests.billing.oracle import without_zeros


def charge(*claims: Claim) -> None:
    """Post the charges of claims, as drafting them does."""
    for claim in claims:
        for line in claim.lines.all():
            Posting.objects.create(
                practice=claim.practice,
                source="revenue",
                destination="primary_receivable",
                amount=line.amount_billed,
                claim=claim,
                service_line=line,
                origin=f"line:{line.pk}:charge",
                posted_on=line.date_of_service,
            )


def book_of(claim: Claim) -> dict[str, Decimal]:
    """Account -> balance of one claim, without zeros."""
    return without_zeros(ledger.claim_balances(claim.practice_id, [claim.pk])[claim.pk])


def assert_ledger(practice: Practice, unapplied: str = "0.00") -> None:
    """All accounts together are zero, and this much waits to be explained."""
    assert ledger.ledger_sum(practice) == 0
    assert ledger.unapplied(practice) == Decimal(unapplied)
