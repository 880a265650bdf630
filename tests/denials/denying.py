"""Claims that were sent, and payers' answers to them, through the real way of a remittance."""

from typing import Any

from billing.actions.claim_status import advance
from billing.models import Claim, Remittance
from denials.actions.opening import open_denials
from denials.models import Denial
from rcm.models import Practice
from rcm.money import from_cents
from rcm.x12.remittance_835 import RemittedClaim
from tests.billing import remitting
from tests.billing.outgoing import ready_claim


def sent_claim(practice: Practice, *lines: tuple[str, str], **changes: Any) -> Claim:
    """A claim the payer has taken in; its charges are in the ledger."""
    claim = ready_claim(practice, *lines, **changes)
    advance(claim, Claim.Status.SUBMITTED, by=None)
    advance(claim, Claim.Status.ACCEPTED, by=None)
    return claim


def pay(practice: Practice, *claims: RemittedClaim) -> Remittance:
    """Receive, read and post one payment of these claims; denials are not opened yet."""
    number = Remittance.objects.count() + 1
    total = str(from_cents(sum(claim.amount_paid for claim in claims)))
    content = remitting.content(total, *claims, number=number, trace_number=f"CHECK{number}")
    return remitting.posted(practice, content)


def answer(practice: Practice, *claims: RemittedClaim) -> Remittance:
    """`pay`, and the denials of it opened."""
    remittance = pay(practice, *claims)
    open_denials(remittance)
    return remittance


def denied(practice: Practice, code: str = "CO-29", amount: str = "165.00") -> Denial:
    """A claim of one line denied in full with one code."""
    claim = sent_claim(practice, ("99213", amount))
    answer(practice, remitting.echo(claim, ("0.00", f"{code} {amount}")))
    return Denial.objects.get(claim=claim)
