"""Posting rules over a whole remittance: which claims they hold, what they make of adjustments.

Only claims a rule or the stop list could touch are read, in one statement, and judged by
`rules.policy`; ten thousand claims no rule is about cost one walk over their adjustments.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, cast

from django.db.backends.utils import CursorWrapper

from billing.models import PostingRule, Remittance
from billing.rules.policy import (
    ADJUSTMENT,
    KINDS,
    STOP_REASONS,
    ZERO_PAID,
    ZERO_REASONS,
    AdjustmentFact,
    Held,
    PolicyFacts,
    Rule,
    decide,
)
from payers.rules.treatment import Kind
from rcm.money import to_cents

MATCHED = ("matched",)
# Adjustments a rule could be about. `rule` is a handful of rows, so each part joins it by hash.
TOUCHED = """
SELECT a.remitted_claim_id AS id
FROM billing_adjustment a JOIN rule ON rule.reason = {reason}
WHERE a.practice_id = %(practice)s AND a.remittance_id = ANY(%(remittances)s) AND a.amount <> 0
  AND rule."group" IN ('', a."group")
  AND (rule.amount_from IS NULL OR abs(a.amount) >= rule.amount_from)
  AND (rule.amount_to IS NULL OR abs(a.amount) <= rule.amount_to)
"""
# Claims the stop list or a rule about zero payments could be about.
UNPAID = """
SELECT r.id FROM billing_remittedclaim r
WHERE r.practice_id = %(practice)s AND r.remittance_id = ANY(%(remittances)s)
  AND ((r.status_code = '4' AND r.amount_paid <> 0)
       OR (r.amount_paid = 0 AND r.amount_billed > 0 AND {zero}))
"""
BY_CONTRACT_ONLY = """
NOT EXISTS (
    SELECT 1 FROM billing_adjustment a
    WHERE a.remittance_id = r.remittance_id AND a.remitted_claim_id = r.id AND a.amount <> 0
      AND (a."group" <> 'CO' OR a.reason <> ALL(%(contractual)s)))
"""
FACTS = """
WITH rule AS MATERIALIZED (
    SELECT * FROM unnest(%(groups)s::text[], %(reasons)s::text[], %(froms)s::numeric[],
                         %(tos)s::numeric[]) AS t("group", reason, amount_from, amount_to)
), touched AS ({touched})
SELECT r.id, r.status_code, (r.amount_billed * 100)::bigint, (r.amount_paid * 100)::bigint,
       c.payer_id, r.is_released, a.id, a."group", a.reason, (a.amount * 100)::bigint
FROM touched t
JOIN billing_remittedclaim r ON r.id = t.id
JOIN billing_claim c ON c.id = r.claim_id
LEFT JOIN billing_adjustment a
    ON a.remittance_id = r.remittance_id AND a.remitted_claim_id = r.id AND a.amount <> 0
WHERE r.practice_id = %(practice)s AND r.state = ANY(%(states)s)
  AND r.status_code <> ALL('{{23,25}}')
ORDER BY r.id, a.id
"""
PAYERS = """
SELECT DISTINCT c.payer_id FROM billing_remittedclaim r JOIN billing_claim c ON c.id = r.claim_id
WHERE r.practice_id = %(practice)s AND r.remittance_id = ANY(%(remittances)s)
"""
MOVED = """
SELECT a.id FROM billing_adjustment a
JOIN billing_remittedclaim r ON r.id = a.remitted_claim_id
WHERE a.practice_id = %(practice)s AND a.remittance_id = ANY(%(remittances)s)
  AND a."group" || '-' || a.reason = ANY(%(codes)s)
  AND EXISTS (
    SELECT 1 FROM billing_posting p
    WHERE p.practice_id = a.practice_id AND p.claim_id = r.claim_id
      AND p.remitted_claim_id = r.id AND p.origin ~ (':adj:' || a.id || '(#[0-9]+)?$')
      AND NOT EXISTS (SELECT 1 FROM billing_posting q
                      WHERE q.reverses_id = p.id AND q.remitted_claim_id = p.remitted_claim_id))
"""


class Decisions(NamedTuple):
    """Of one remittance: held claims by id; by adjustment id its kind and its team.

    `rules` names per claim the rule behind each such adjustment.
    """

    held: dict[int, Held]
    kinds: dict[int, Kind]
    teams: dict[int, str]
    rules: dict[int, dict[int, int]]


def load_rules(practice_id: int) -> list[Rule]:
    """The rules in force. One statement."""
    rows = PostingRule.objects.filter(practice_id=practice_id, is_active=True).order_by("pk")
    return [rule_of(row) for row in rows]


def rule_of(row: PostingRule) -> Rule:
    """A row as the pure rules know it."""
    return Rule(
        id=row.pk or 0,
        name=row.name,
        payer_id=row.payer_id,
        group=row.group,
        reason=row.reason,
        amount_from=None if row.amount_from is None else to_cents(row.amount_from),
        amount_to=None if row.amount_to is None else to_cents(row.amount_to),
        scope=row.scope,
        action=row.action,
        team=row.team,
        priority=row.priority,
    )


def find_decisions(
    db: CursorWrapper, remittance: Remittance, *, states: Sequence[str] = MATCHED
) -> Decisions:
    """Everything the rules say of a remittance's claims in these states."""
    rules = load_rules(remittance.practice_id)
    scope: dict[str, Any] = {
        "practice": remittance.practice_id,
        "remittances": [remittance.pk],
        "states": list(states),
    }
    if any(rule.payer_id for rule in rules):
        db.execute(PAYERS, scope)
        payers = {None, *(row[0] for row in db.fetchall())}
        rules = [rule for rule in rules if rule.payer_id in payers]
    found = Decisions({}, {}, {}, {})
    for pk, (facts, is_released) in facts_of(db, rules, scope).items():
        decision = decide(facts, rules)
        if decision.held and not is_released:
            found.held[pk] = decision.held
            continue
        found.kinds.update(decision.kinds)
        found.teams.update(decision.teams)
        if decision.rules:
            found.rules[pk] = decision.rules
    return found


def facts_of(
    db: CursorWrapper, rules: Sequence[Rule], scope: dict[str, Any], *, stops: bool = True
) -> dict[int, tuple[PolicyFacts, bool]]:
    """Remitted claim id -> its facts and whether it is released; of claims rules could touch."""
    rows = [(r.group, r.reason, r.amount_from, r.amount_to) for r in rules if r.scope == ADJUSTMENT]
    rows += [("", reason, None, None) for reason in STOP_REASONS if stops]
    parts = [TOUCHED.format(reason="a.reason")] if any(row[1] for row in rows) else []
    parts += [TOUCHED.format(reason="''")] if any(not row[1] for row in rows) else []
    if any(rule.scope == ZERO_PAID for rule in rules):
        parts.append(UNPAID.format(zero="true"))
    elif stops:
        parts.append(UNPAID.format(zero=BY_CONTRACT_ONLY))
    if not parts:
        return {}
    names = {"contractual": list(ZERO_REASONS)} | scope
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    for name, column in zip(("groups", "reasons", "froms", "tos"), columns, strict=True):
        is_cents = name in ("froms", "tos")
        names[name] = [_dollars(value) if is_cents else value for value in column]
    db.execute(FACTS.format(touched=" UNION ".join(parts)), names)
    return assemble(db.fetchall())


def assemble(rows: Iterable[tuple[Any, ...]]) -> dict[int, tuple[PolicyFacts, bool]]:
    """Rows of claim and adjustment to facts by claim."""
    claims: dict[int, tuple[PolicyFacts, bool]] = {}
    for pk, status_code, billed, paid, payer_id, is_released, *triplet in rows:
        if pk not in claims:
            claims[pk] = (PolicyFacts(status_code, billed, paid, payer_id, []), is_released)
        if triplet[0] is not None:
            found = claims[pk][0].adjustments
            cast(list[AdjustmentFact], found).append(AdjustmentFact(*triplet))
    return claims


def account_codes(practice_id: int) -> list[str]:
    """CO-97 and the like: every code a rule ever transferred or wrote off."""
    rows = PostingRule.objects.filter(practice_id=practice_id, action__in=list(KINDS))
    pairs = rows.order_by().values_list("group", "reason").distinct()
    return [f"{group}-{reason}" for group, reason in pairs]


def moved_by_rules(db: CursorWrapper, remittance: Remittance) -> set[int]:
    """Adjustments of the remittance that left the payer's account though they are denials.

    Read from the ledger, so that a rule retired since changes nothing.
    """
    codes = account_codes(remittance.practice_id)
    if not codes:
        return set()
    scope: dict[str, Any] = {"practice": remittance.practice_id, "codes": codes}
    db.execute(MOVED, scope | {"remittances": [remittance.pk]})
    return {row[0] for row in db.fetchall()}


def _dollars(cents: int | None) -> str | None:
    return None if cents is None else f"{cents // 100}.{cents % 100:02d}"
