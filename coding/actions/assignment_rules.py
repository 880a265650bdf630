"""The rules that give charts to coders: kept, put in order, switched on and off."""

from collections.abc import Sequence

from django.db import transaction

from coding.actions.assignments import coders_of
from coding.models import AssignmentRule
from rcm import events
from rcm.errors import Refusal
from rcm.models import Practice, User


@transaction.atomic
def save_rule(rule: AssignmentRule, *, by: User | None) -> None:
    """Write a rule, new ones last. Raises Refusal when it names nobody who codes here."""
    coding = {user.pk for user in coders_of(rule.practice_id)}
    if not rule.coders or not set(rule.coders) <= coding:
        message = "Name at least one coder of this practice."
        raise Refusal("no_coder", message, fields={"coders": message})
    if not rule.name.strip():
        raise Refusal("name_missing", "Give the rule a name.", fields={"name": "Required."})
    if rule.pk is None:
        rule.created_by = by
        last = (
            AssignmentRule.objects.filter(practice_id=rule.practice_id).order_by("position").last()
        )
        rule.position = last.position + 1 if last else 1
    rule.save()
    events.record("assignment_rule.saved", rule, by=by)


@transaction.atomic
def remove_rule(rule: AssignmentRule, *, by: User | None) -> None:
    """Charts it gave stay with their coders."""
    events.record("assignment_rule.removed", rule, by=by, rule=rule.name)
    rule.delete()


@transaction.atomic
def order_rules(practice: Practice, ids: Sequence[int], *, by: User | None) -> None:
    """Put the rules in this order. Raises Refusal 409 when a rule is missing or unknown."""
    rules = {rule.pk: rule for rule in AssignmentRule.objects.filter(practice=practice)}
    if set(ids) != set(rules):
        raise Refusal("rules_changed", "The rules changed meanwhile. Reload the page.", status=409)
    for position, pk in enumerate(ids, 1):
        rules[pk].position = position
    AssignmentRule.objects.bulk_update(rules.values(), ["position"])
    events.record("assignment_rule.ordered", practice, by=by)


@transaction.atomic
def move_rule(rule: AssignmentRule, *, up: bool, by: User | None) -> None:
    """One place up or down; at the end of the list it stays."""
    rows = AssignmentRule.objects.filter(practice=rule.practice_id).order_by("position")
    ids = list(rows.values_list("pk", flat=True))
    at = ids.index(rule.pk)
    to = max(at - 1, 0) if up else min(at + 1, len(ids) - 1)
    ids.insert(to, ids.pop(at))
    order_rules(rule.practice, ids, by=by)


@transaction.atomic
def set_active(rule: AssignmentRule, *, is_active: bool, by: User | None) -> None:
    """A rule that is off gives nothing and keeps its place."""
    rule.is_active = is_active
    rule.save(update_fields=["is_active"])
    events.record("assignment_rule.saved", rule, by=by, is_active=is_active)
