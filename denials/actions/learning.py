"""Rules drafted from denials. A draft touches no claim: a person publishes it, or nobody."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from billing.actions import claim_rules
from billing.models import ClaimRule
from billing.rules.practice_rules import write_blocks
from denials.learning import DAYS, DenialGroup, PayerClaims, groups_of, rules_by_group
from denials.models import LearnedRule
from denials.rules.drafting import Draft, NoDraft
from rcm import events
from rcm.errors import Refusal
from rcm.models import Practice, User


@transaction.atomic
def draft_from(
    practice: Practice, found: DenialGroup, *, by: User | None, today: date | None = None
) -> LearnedRule:
    """A draft from a group of denials, tried on past claims.

    Raises Refusal 409 when the group has a rule already, 422 when its claims suggest none.
    """
    day = today or timezone.localdate()
    Practice.objects.select_for_update(no_key=True).get(pk=practice.pk)
    rule = rules_by_group(practice.pk).get(found.key)
    if rule is not None and rule.state != "retired":
        raise Refusal("rule_there", f"“{rule.rule}” is {rule.state} for these denials.", status=409)
    draft = PayerClaims(practice, found.payer_pk, day).draft(found.group)
    if isinstance(draft, NoDraft):
        raise Refusal("no_rule_found", draft.why)
    return keep(practice, found, draft, by=by, today=day)


def draft_rules(practice: Practice, today: date, by: User | None) -> list[LearnedRule]:
    """Draft for every group worth it that has no rule; what cannot be drafted is left out.

    A group whose rule was retired waits for a person to ask again. Reads each payer's claims once.
    """
    made = []
    claims: dict[int, PayerClaims] = {}
    known = rules_by_group(practice.pk)
    for found in sorted(groups_of(practice, today), key=lambda each: each.payer_pk):
        if found.key in known:
            continue
        if found.payer_pk not in claims:
            claims = {found.payer_pk: PayerClaims(practice, found.payer_pk, today)}
        draft = claims[found.payer_pk].draft(found.group)
        if isinstance(draft, Draft):
            with transaction.atomic():
                made.append(keep(practice, found, draft, by=by, today=today))
    return made


def keep(
    practice: Practice, found: DenialGroup, draft: Draft, *, by: User | None, today: date
) -> LearnedRule:
    rule = claim_rules.make_rule(
        practice,
        by=by,
        name=draft.name,
        terms=write_blocks(draft.blocks),
        action=ClaimRule.Action(draft.action),
        message=draft.message,
        starts_on=today - timedelta(days=DAYS),
    )
    claim_rules.try_rule(rule, by=by, today=today)
    rule.refresh_from_db()
    learned = LearnedRule.objects.create(
        practice=practice,
        rule=rule,
        payer_id=found.payer_pk,
        category=found.group.category,
        reason=found.group.reason,
        procedure_code=found.group.procedure_code,
        claims=found.claims,
        amount=found.amount,
        denied_hit=draft.score.denied_hit,
        denied_of=draft.score.denied,
        paid_hit=draft.score.paid_hit,
        paid_of=draft.score.paid,
    )
    events.record("learned_rule.drafted", learned, by=by, rule=rule.pk, claims=found.claims)
    return learned
