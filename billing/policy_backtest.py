"""What a posting rule would have done to the payments of the last days, before it is saved."""

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from billing.models import Remittance, RemittedClaim
from billing.policies import facts_of, load_rules
from billing.rules.policy import PolicyFacts, Rule, winners
from rcm.models import Practice
from rcm.money import from_cents

DAYS = 90
# A draft is newer than every rule there is.
DRAFT_ID = 2**62


class BackTest(NamedTuple):
    """Claims the rule would have decided about, of all of the period; dollars it is about."""

    claims: int
    total: int
    amount: Decimal
    days: int


def back_test(
    practice: Practice, draft: Rule, *, today: date, replaced: int | None = None
) -> BackTest:
    """Try a draft on every claim paid or denied in the last 90 days, beside the rules in force.

    `replaced` is the rule the draft takes the place of. Reversals are left out: never held.
    """
    since = today - timedelta(days=DAYS - 1)
    paid = Remittance.objects.filter(practice=practice, paid_on__range=(since, today))
    scope = {
        "practice": practice.pk,
        "remittances": list(paid.values_list("pk", flat=True)),
        "states": ["matched", "posted"],
    }
    rules = [rule for rule in load_rules(practice.pk) if rule.id != replaced] + [draft]
    with connection.cursor() as db:
        facts = facts_of(db, [draft], scope, stops=False)
    amounts = [decided_by(draft, claim, rules) for claim, _ in facts.values()]
    hit = [amount for amount in amounts if amount is not None]
    told = RemittedClaim.objects.filter(remittance__in=paid, state__in=scope["states"])
    total = told.exclude(status_code__in=["22", "23", "25"]).count()
    return BackTest(len(hit), total, from_cents(sum(hit)), DAYS)


def decided_by(draft: Rule, claim: PolicyFacts, rules: list[Rule]) -> int | None:
    """Cents of the claim the draft would have decided about; None when it would have lost."""
    if claim.status_code == "22":
        return None
    won = [fact for fact, rule in winners(claim, rules) if rule is draft]
    if not won:
        return None
    return sum(claim.amount_billed if fact is None else fact.amount for fact in won)
