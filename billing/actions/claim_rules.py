"""Claim rules made, tried, enabled and retired by people."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from billing.claim_rule_tests import BackTest, back_test
from billing.claim_rules import rule_of
from billing.models import ClaimRule
from billing.rules.practice_rules import NotARule, check_setting, read_blocks, write_blocks
from rcm import events
from rcm.errors import Refusal
from rcm.models import Practice, User


@transaction.atomic
def make_rule(
    practice: Practice, *, by: User | None, replaces: ClaimRule | None = None, **terms: Any
) -> ClaimRule:
    """A draft of a rule, or of a new version of one, which stays in force until this is enabled.

    Raises Refusal naming the line when the terms are no rule, and 409 when the rule to be replaced
    has a newer version.
    """
    try:
        terms["terms"] = write_blocks(read_blocks(terms["terms"]))
        if terms["action"] == ClaimRule.Action.SET:
            check_setting(terms["set_field"], terms["set_value"])
    except NotARule as error:
        raise Refusal("not_a_rule", str(error), fields={"terms": str(error)}) from error
    version = 1
    if replaces is not None:
        old = lock_rule(replaces)
        if ClaimRule.objects.filter(replaces=old).exists():
            raise Refusal(
                "rule_changed", f"Somebody was first: “{old}” has a newer version.", status=409
            )
        version = old.version + 1
    rule = ClaimRule.objects.create(
        practice=practice, created_by=by, replaces=replaces, version=version, **terms
    )
    rule.refresh_from_db()
    replaced = replaces.pk if replaces else None
    events.record("claim_rule.made", rule, by=by, replaces=replaced)
    return rule


@transaction.atomic
def try_rule(rule: ClaimRule, *, by: User | None, today: date | None = None) -> BackTest:
    """Try a draft on past claims and keep the result with it. Raises Refusal for a retired rule."""
    locked = lock_rule(rule)
    if locked.retired_at is not None:
        raise Refusal("rule_retired", f"“{locked}” is retired.", status=409)
    found = back_test(locked.practice, rule_of(locked), today=today or timezone.localdate())
    locked.back_test = found.as_json() | {"tried_at": timezone.now().isoformat()}
    locked.save(update_fields=["back_test"])
    events.record("claim_rule.tried", locked, by=by, hits=found.hits, claims=found.claims)
    return found


@transaction.atomic
def enable_rule(rule: ClaimRule, *, by: User) -> ClaimRule:
    """Put a tried draft in force; the version before it retires.

    Raises Refusal when it was not tried on past claims, or is not a draft.
    """
    locked = lock_rule(rule)
    if locked.state != "draft":
        raise Refusal("rule_not_draft", f"“{locked}” is {locked.state}.", status=409)
    if locked.back_test is None:
        raise Refusal("rule_not_tried", f"Try “{locked}” on past claims first.")
    if locked.replaces is not None and locked.replaces.state == "active":
        end_rule(lock_rule(locked.replaces), by=by)
    locked.enabled_at, locked.enabled_by = timezone.now(), by
    locked.save(update_fields=["enabled_at", "enabled_by"])
    events.record("claim_rule.enabled", locked, by=by)
    return locked


@transaction.atomic
def retire_rule(rule: ClaimRule, *, by: User) -> ClaimRule:
    """Out of force for good; what it holds is freed when its claims are checked again."""
    locked = lock_rule(rule)
    if locked.retired_at is not None:
        raise Refusal("rule_retired", f"“{locked}” is retired already.", status=409)
    end_rule(locked, by=by)
    return locked


def lock_rule(rule: ClaimRule) -> ClaimRule:
    return ClaimRule.objects.select_for_update(of=("self",)).get(pk=rule.pk)


def end_rule(rule: ClaimRule, *, by: User) -> None:
    rule.retired_at = timezone.now()
    rule.save(update_fields=["retired_at"])
    events.record("claim_rule.retired", rule, by=by)
