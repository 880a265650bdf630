"""What a claim rule would have done to the claims already sent, before anybody enables it."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from billing.claim_rules import outcomes
from billing.models import Claim
from billing.rules.claim_content import read_content
from billing.rules.practice_rules import PracticeRule, hits_of
from rcm.models import Practice
from rcm.money import ZERO

DAYS = 365
MOST_CLAIMS = 20_000
SHOWN = 50


@dataclass(frozen=True, slots=True)
class BackTest:
    """Of `claims` sent in `days` (the newest 20,000 of them): which the rule hits.

    `denied` were denied in part or whole: caught. `paid` were decided without a denial: false
    alarms. The rest wait for their payer. Dollars are charges; `examples` are claim ids.
    """

    claims: int
    hits: int
    denied: int
    paid: int
    amount_denied: str
    amount_paid: str
    days: int
    missed: int
    examples: tuple[int, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For the rule's own row."""
        return asdict(self)


def back_test(practice: Practice, rule: PracticeRule, *, today: date) -> BackTest:
    """Try the rule's conditions on the claims sent in the last year, newest first; writes nothing.

    The rule's own dates are left aside: what it would have caught before is the question.
    `missed` are denied claims it does not hit.
    """
    sent = Claim.objects.filter(
        practice=practice,
        submitted_at__isnull=False,
        date_of_service__gte=today - timedelta(days=DAYS),
    ).exclude(frequency=Claim.Frequency.VOID)
    rows = sent.order_by("-pk").values_list("pk", "amount_billed", "content")[:MOST_CLAIMS]
    amounts, hits = {}, []
    for claim_id, amount, content in rows.iterator(chunk_size=500):
        amounts[claim_id] = amount
        if content and hits_of(rule.blocks, read_content(content)):
            hits.append(claim_id)
    found = outcomes(practice.pk, amounts)
    denied = [claim_id for claim_id in hits if claim_id in found.denied]
    paid = [claim_id for claim_id in hits if claim_id in found.decided - found.denied]
    return BackTest(
        claims=len(amounts),
        hits=len(hits),
        denied=len(denied),
        paid=len(paid),
        amount_denied=str(sum((amounts[claim_id] for claim_id in denied), ZERO)),
        amount_paid=str(sum((amounts[claim_id] for claim_id in paid), ZERO)),
        days=DAYS,
        missed=len(found.denied) - len(denied),
        examples=tuple((denied + paid + hits)[:SHOWN]),
    )
