"""What the posting rules of a practice say of one claim of a remittance (docs/posting-policy.md).

Post, hold for a person, transfer to the next party, write off, route its denial to a team. Amounts
are integer cents. Of the rules that match, the most specific one decides; without one the stop list
does; otherwise the claim posts as its groups and reasons say (payers.rules.treatment).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from payers.rules.treatment import CONTRACTUAL_REASONS, Kind

ADJUSTMENT = "adjustment"
ZERO_PAID = "zero_paid"
POST, HOLD, ROUTE = "post", "hold", "route"
# What a rule makes of an adjustment that would otherwise stay owed as a denial.
KINDS: Mapping[str, Kind] = {"transfer": "patient", "write_off": "write_off"}
REVERSAL = "22"
# 23: not the payer's claim, forwarded. 25: predetermination. Nothing of them posts.
WITHOUT_PAYMENT = frozenset({"23", "25"})
DENIED = "4"

# The stop list: reasons (CARC) of which no machine should decide the consequence.
STOP_REASONS: Mapping[str, tuple[str, str]] = {
    "18": ("policy_duplicate", "calls this a duplicate; find the first claim"),
    "B13": ("policy_duplicate", "says it was paid before; find that payment"),
    "A0": ("policy_refund", "asks to refund the patient; find out what was overpaid"),
}
# Nothing paid and all of it taken off by contract is more often a denial in disguise than a price.
# Capitation (24) is paid by the month, so there it is the rule.
ZERO_REASONS = CONTRACTUAL_REASONS - {"24"}


class Rule(NamedTuple):
    """One rule in force. Empty group or reason, and None elsewhere, match anything.

    `amount_from` and `amount_to` belong to the range. They are of the adjustment, or for the scope
    `zero_paid` of the claim's charge.
    """

    id: int
    name: str
    payer_id: int | None
    group: str
    reason: str
    amount_from: int | None
    amount_to: int | None
    scope: str
    action: str
    team: str = ""
    priority: int = 0

    @property
    def weight(self) -> tuple[int, int, int]:
        """Payer before reason before group before amount; then priority; then the newest."""
        has_range = self.amount_from is not None or self.amount_to is not None
        specific = 8 * (self.payer_id is not None) + 4 * bool(self.reason)
        return specific + 2 * bool(self.group) + has_range, self.priority, self.id

    def takes(self, payer_id: int, amount: int) -> bool:
        """Do payer and amount fit?"""
        return (
            self.payer_id in (None, payer_id)
            and (self.amount_from is None or amount >= self.amount_from)
            and (self.amount_to is None or amount <= self.amount_to)
        )

    def names(self, group: str, reason: str) -> bool:
        """Do group and reason fit?"""
        return self.group in ("", group) and self.reason in ("", reason)


class AdjustmentFact(NamedTuple):
    """One CAS triplet of the claim or of one of its lines."""

    id: int
    group: str
    reason: str
    amount: int


class PolicyFacts(NamedTuple):
    """What a payer says of one claim, and whose claim it is."""

    status_code: str
    amount_billed: int
    amount_paid: int
    payer_id: int
    adjustments: Sequence[AdjustmentFact]


class Held(NamedTuple):
    """Why a claim waits: the rule (None for the stop list), a stable code, a sentence."""

    rule_id: int | None
    code: str
    sentence: str


class Decision(NamedTuple):
    """`held` is None when the claim posts; the others say by adjustment what rules make of it."""

    held: Held | None
    kinds: dict[int, Kind]
    teams: dict[int, str]
    rules: dict[int, int]


def decide(claim: PolicyFacts, rules: Iterable[Rule]) -> Decision:
    """Apply the rules in force to one claim.

    A reversal is never held: it follows the payment it takes back. An adjustment of zero says
    nothing about money and matches no rule.
    """
    if claim.status_code in WITHOUT_PAYMENT:
        return Decision(None, {}, {}, {})
    won = list(winners(claim, rules))
    changed = {fact.id: rule for fact, rule in won if fact is not None and rule is not None}
    return Decision(
        held=None if claim.status_code == REVERSAL else find_hold(claim, won),
        kinds={pk: KINDS[rule.action] for pk, rule in changed.items() if rule.action in KINDS},
        teams={pk: rule.team for pk, rule in changed.items() if rule.action == ROUTE},
        rules={pk: rule.id for pk, rule in changed.items() if rule.action in KINDS},
    )


def winners(
    claim: PolicyFacts, rules: Iterable[Rule]
) -> Iterable[tuple[AdjustmentFact | None, Rule | None]]:
    """The most specific rule of each adjustment, and (with None) of a claim that pays nothing."""
    known = list(rules)
    for fact in claim.adjustments:
        if fact.amount:
            fitting = [
                rule
                for rule in known
                if rule.scope == ADJUSTMENT
                and rule.names(fact.group, fact.reason)
                and rule.takes(claim.payer_id, abs(fact.amount))
            ]
            yield fact, heaviest(fitting)
    if is_zero_paid(claim):
        fitting = [
            rule
            for rule in known
            if rule.scope == ZERO_PAID
            and rule.takes(claim.payer_id, claim.amount_billed)
            and all(rule.names(fact.group, fact.reason) for fact in claim.adjustments if fact[-1])
        ]
        yield None, heaviest(fitting)


def heaviest(rules: Sequence[Rule]) -> Rule | None:
    return max(rules, key=lambda rule: rule.weight, default=None)


def is_zero_paid(claim: PolicyFacts) -> bool:
    """Something was billed and nothing is paid."""
    return claim.amount_paid == 0 and claim.amount_billed > 0 and claim.status_code != REVERSAL


def find_hold(
    claim: PolicyFacts, won: Iterable[tuple[AdjustmentFact | None, Rule | None]]
) -> Held | None:
    """The heaviest rule that holds; else the first stop nobody has lifted."""
    holding = [(rule, fact) for fact, rule in won if rule is not None and rule.action == HOLD]
    if holding:
        held_by, about = max(holding, key=lambda pair: pair[0].weight)
        text = _because(claim, about)
        return Held(held_by.id, "policy", f"Held by rule “{held_by.name}”: {text}")
    if claim.status_code == DENIED and claim.amount_paid:
        text = f"status 4 says denied, yet {_dollars(claim.amount_paid)} is paid."
        return Held(None, "policy_denied_paid", f"Held by the stop list: {text}")
    for fact, rule in won:
        stop = _stop_of(claim, fact, rule)
        if stop is not None:
            return stop
    return None


def _stop_of(claim: PolicyFacts, fact: AdjustmentFact | None, rule: Rule | None) -> Held | None:
    """The stop of one adjustment or of the zero payment; a rule that names the reason lifts it."""
    if fact is None:
        if rule is not None or not is_taken_off_whole(claim):
            return None
        text = f"nothing of {_dollars(claim.amount_billed)} is paid and all of it is taken off."
        return Held(None, "policy_zero_paid", f"Held by the stop list: {text}")
    if fact.reason not in STOP_REASONS or (rule is not None and rule.reason):
        return None
    code, text = STOP_REASONS[fact.reason]
    return Held(None, code, f"Held by the stop list: {fact.group}-{fact.reason} {text}.")


def is_taken_off_whole(claim: PolicyFacts) -> bool:
    """A zero payment of which everything would be taken off by contract."""
    moving = [fact for fact in claim.adjustments if fact.amount]
    by_contract = all(fact.group == "CO" and fact.reason in ZERO_REASONS for fact in moving)
    return is_zero_paid(claim) and bool(moving) and by_contract


def _because(claim: PolicyFacts, fact: AdjustmentFact | None) -> str:
    if fact is None:
        return f"nothing of {_dollars(claim.amount_billed)} is paid."
    return f"{fact.group}-{fact.reason} of {_dollars(fact.amount)}."


def _dollars(cents: int) -> str:
    whole, rest = divmod(abs(cents), 100)
    return f"{'−' if cents < 0 else ''}${whole:,}.{rest:02d}"
