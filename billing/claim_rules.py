"""The claim rules of a practice as the pure rules want them, and what they did since."""

from collections.abc import Collection
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from django.db import connection

from billing.models import Claim, ClaimFinding, ClaimRule
from billing.rules.practice_rules import PracticeRule, read_blocks
from billing.treatments import Overrides
from payers.rules.treatment import treat
from rcm.money import ZERO

# What payers decided, by reason; takings back decide nothing.
DECIDED = """
SELECT r.claim_id, c.payer_id, a."group", a.reason, sum(a.amount)
FROM billing_remittedclaim r
JOIN billing_claim c ON c.id = r.claim_id
LEFT JOIN billing_adjustment a ON a.remitted_claim_id = r.id
WHERE r.practice_id = %(practice)s AND r.claim_id = ANY(%(claims)s) AND r.state = 'posted'
  AND r.status_code NOT IN ('22', '23', '25')
GROUP BY r.claim_id, c.payer_id, a."group", a.reason
"""

# The same terms are read with every chart and every claim.
_blocks = lru_cache(maxsize=4096)(read_blocks)


def rule_of(row: ClaimRule) -> PracticeRule:
    """The row as a rule. Raises NotARule when its terms are none."""
    return PracticeRule(
        id=row.pk or 0,
        name=str(row),
        blocks=_blocks(row.terms),
        action=row.action,
        message=row.message,
        set_field=row.set_field,
        set_value=row.set_value,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
    )


def rules_in_force(practice_id: int) -> list[PracticeRule]:
    """The enabled rules, oldest first. One statement."""
    rows = ClaimRule.objects.filter(
        practice_id=practice_id, enabled_at__isnull=False, retired_at__isnull=True
    )
    # The trial names claims by the hundred, and no rule asks for it.
    return [rule_of(row) for row in rows.defer("back_test").order_by("pk")]


class Outcome(NamedTuple):
    """Of some claims: decided by a payer, and of those denied in part or whole; ids."""

    decided: frozenset[int]
    denied: frozenset[int]


def outcomes(practice_id: int, claim_ids: Collection[int]) -> Outcome:
    """How payers decided these claims, by the practice's own treatment of reasons.

    Two statements.
    """
    overrides = Overrides(practice_id)
    decided, denied = set(), set()
    with connection.cursor() as db:
        db.execute(DECIDED, {"practice": practice_id, "claims": list(claim_ids)})
        for claim_id, payer_id, group, reason, amount in db.fetchall():
            decided.add(claim_id)
            if group and amount > 0:
                kind = treat(group, reason, overrides.of(payer_id))
                if kind == "denial":
                    denied.add(claim_id)
    return Outcome(frozenset(decided), frozenset(denied))


class Precision(NamedTuple):
    """What a rule did since it was enabled.

    `fired` claims; of them `sent` in spite (warned, set, or overridden), of those `decided` by a
    payer and `denied`; `held` stand held by it now, about `amount` dollars.
    """

    fired: int
    sent: int
    decided: int
    denied: int
    held: int
    amount: Decimal


def precision_of(rule: ClaimRule) -> Precision:
    """Counted from the findings kept under the rule. Four statements."""
    findings = ClaimFinding.objects.filter(practice_id=rule.practice_id, code=rule.code)
    fired = set(findings.values_list("claim_id", flat=True))
    claims = Claim.objects.filter(practice_id=rule.practice_id, pk__in=fired)
    sent = set(claims.filter(submitted_at__isnull=False).values_list("pk", flat=True))
    still = findings.filter(resolved_at__isnull=True).values("claim_id")
    held = claims.filter(status=Claim.Status.HELD, pk__in=still).values_list("amount_billed")
    amounts = [amount for (amount,) in held]
    found = outcomes(rule.practice_id, sent)
    return Precision(
        len(fired),
        len(sent),
        len(found.decided),
        len(found.denied),
        len(amounts),
        sum(amounts, ZERO),
    )
