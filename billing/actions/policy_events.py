"""Which rule took which adjustment elsewhere than by default: the proof behind a write-off."""

from collections.abc import Collection

from billing.models import Remittance
from billing.policies import Decisions
from rcm import events
from rcm.models import User


def record_applied(
    remittance: Remittance, decisions: Decisions, *, waiting: Collection[int], by: User | None
) -> None:
    """One event with the adjustments of each rule; of claims that just posted, not of `waiting`."""
    by_rule: dict[int, list[int]] = {}
    for claim_id, rules in decisions.rules.items():
        if claim_id not in waiting:
            for adjustment_id, rule_id in rules.items():
                by_rule.setdefault(rule_id, []).append(adjustment_id)
    if by_rule:
        events.record("remittance.rules_applied", remittance, by=by, adjustments=by_rule)
