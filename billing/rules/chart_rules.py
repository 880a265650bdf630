"""Which claim rules of a practice are told on the chart, and what they say of its claim."""

from collections.abc import Iterator, Sequence

from billing.rules.claim_properties import PROPERTIES
from billing.rules.findings import AnyClaim, Finding
from billing.rules.practice_rules import (
    SET,
    Blocks,
    Condition,
    PracticeRule,
    apply_rules,
    findings_of,
    hits_of,
    is_in_force,
)

# These say which service a rule is about; a second one is about what is coded beside it.
SERVICES = frozenset({"procedure", "procedures", "revenue_code"})


def is_told(rule: PracticeRule) -> bool:
    """Does it hold or warn for something a coder decides?"""
    return rule.action != SET and bool(blocks_for_coder(rule.blocks))


def blocks_for_coder(blocks: Blocks) -> Blocks:
    """The blocks with a condition on what a coder decides.

    An authorization, a referral, a plan, a provider, an amount is the biller's. Payer and
    procedure alone leave a coder nothing to change.
    """
    return tuple(block for block in blocks if _is_for_coder(block))


def _is_for_coder(block: Sequence[Condition]) -> bool:
    coded = [one for one in block if PROPERTIES[one.name].is_coded]
    services = [one for one in coded if one.name in SERVICES]
    if len(services) < len(coded) or any(_asks_for_missing(one) for one in services):
        return True
    own = [one for one in services if one.name == "procedure"] or services[:1]
    known = {one.values for one in own}
    return any(one not in own and one.values not in known for one in services)


def _asks_for_missing(condition: Condition) -> bool:
    """A service the claim should have, or a line without the procedure it should name."""
    if condition.name == "procedures":
        return condition.operator in ("lack", "is empty")
    return condition.name == "procedure" and condition.operator == "is empty"


def judge_for_coder(
    rules: Sequence[PracticeRule], claim: AnyClaim
) -> tuple[AnyClaim, list[Finding]]:
    """The claim with what the rules set, and what those that are told find in it, oldest first."""
    claim, _ = apply_rules([rule for rule in rules if rule.action == SET], claim)
    told = [rule for rule in rules if is_told(rule) and is_in_force(rule, claim)]
    return claim, [finding for rule in told for finding in _found(rule, claim)]


def _found(rule: PracticeRule, claim: AnyClaim) -> Iterator[Finding]:
    hits = hits_of(blocks_for_coder(rule.blocks), claim)
    if hits == [None]:
        # Another block may be about lines: then the rule names lines, here as on the claim.
        hits = hits_of(rule.blocks, claim)
    return findings_of(rule, hits, claim)
