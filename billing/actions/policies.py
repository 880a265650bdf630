"""Posting rules made, approved and retired by people, and held claims released in spite of them."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from billing.actions import postings
from billing.models import PostingRule, Remittance, RemittedClaim
from rcm import events
from rcm.errors import Refusal
from rcm.models import Practice, User

HELD_CODE = "policy"


@transaction.atomic
def add_rule(
    practice: Practice, *, by: User, replaces: PostingRule | None = None, **terms: Any
) -> PostingRule:
    """A new rule; one that `replaces` another retires that one.

    A write-off waits for the approval of somebody else, so the rule it replaces stays until then.
    Raises Refusal 409 when the replaced rule is not the newest version any more.
    """
    is_proposed = terms["action"] == PostingRule.Action.WRITE_OFF
    if replaces is not None:
        old = lock_rule(replaces)
        if old.retired_at is not None or old.successors.filter(retired_at=None).exists():
            raise Refusal(
                "rule_changed", f"Somebody was first: “{old}” is changed already.", status=409
            )
        if not is_proposed:
            end_rule(old)
    rule = PostingRule.objects.create(
        practice=practice, is_active=not is_proposed, created_by=by, replaces=replaces, **terms
    )
    rule.refresh_from_db()
    events.record("posting_rule.made", rule, by=by, replaces=replaces.pk if replaces else None)
    return rule


@transaction.atomic
def retire_rule(rule: PostingRule, *, by: User) -> PostingRule:
    """Out of force for good. What it holds posts with the next posting of its payment."""
    locked = lock_rule(rule)
    if locked.retired_at is not None:
        raise Refusal("rule_retired", f"“{locked}” is retired already.", status=409)
    end_rule(locked)
    events.record("posting_rule.retired", locked, by=by)
    return locked


@transaction.atomic
def approve_rule(rule: PostingRule, *, by: User) -> PostingRule:
    """Put a proposed write-off into force. Raises Refusal for the one who made it."""
    locked = lock_rule(rule)
    if locked.is_active or locked.retired_at is not None:
        raise Refusal("rule_not_proposed", f"“{locked}” does not wait for approval.", status=409)
    if locked.created_by_id == by.pk:
        raise Refusal(
            "own_rule", "You made this rule: somebody else has to approve it.", status=403
        )
    if locked.replaces is not None and locked.replaces.retired_at is None:
        end_rule(lock_rule(locked.replaces))
    locked.is_active = True
    locked.approved_by = by
    locked.approved_at = timezone.now()
    locked.save(update_fields=["is_active", "approved_by", "approved_at"])
    events.record("posting_rule.approved", locked, by=by)
    return locked


def lock_rule(rule: PostingRule) -> PostingRule:
    return PostingRule.objects.select_for_update(of=("self",)).get(pk=rule.pk)


def end_rule(rule: PostingRule) -> None:
    rule.is_active = False
    rule.retired_at = timezone.now()
    rule.save(update_fields=["is_active", "retired_at"])


@transaction.atomic
def release_held(
    remittance: Remittance, rule: PostingRule | None, *, by: User, reason: str, code: str = ""
) -> int:
    """Post everything one rule holds of a remittance; returns how many.

    Without a rule `code` names the entry of the stop list.
    """
    held = held_claims().filter(held_by_rule=rule)
    if rule is None:
        held = held.filter(exception_code=code)
    return release(remittance, held, by, reason)


def held_claims() -> QuerySet[RemittedClaim]:
    """Matched claims that wait because of a rule or the stop list."""
    return RemittedClaim.objects.filter(
        state=RemittedClaim.State.MATCHED, exception_code__startswith=HELD_CODE
    )


def release(remittance: Remittance, held: QuerySet[RemittedClaim], by: User, reason: str) -> int:
    """Mark them released, record it, post; a constant number of statements besides the posting."""
    if not reason.strip():
        message = "Say why it may post."
        raise Refusal("reason_missing", message, fields={"reason": message})
    locked = Remittance.objects.select_for_update(of=("self",)).get(pk=remittance.pk)
    rows = list(held.filter(remittance=locked).select_related("claim").order_by("pk"))
    if not rows:
        raise Refusal("not_held", "No rule holds this claim any more.", status=409)
    RemittedClaim.objects.filter(pk__in=[row.pk for row in rows]).update(is_released=True)
    record_release(locked, rows, by, reason.strip()[:300])
    postings.post_remittance(locked, by=by)
    return len(rows)


def record_release(
    remittance: Remittance, rows: list[RemittedClaim], by: User, reason: str
) -> None:
    """One event about one claim, or one about the payment for many."""
    rules = sorted({row.held_by_rule_id for row in rows if row.held_by_rule_id})
    if len(rows) > 1:
        ids = [row.pk for row in rows]
        events.record(
            "remittance.holds_released",
            remittance,
            by=by,
            remitted_claims=ids,
            rules=rules,
            reason=reason,
        )
        return
    [row] = rows
    patient_id = row.claim.patient_id if row.claim else None
    events.record(
        "remitted_claim.released", row, by=by, patient_id=patient_id, rules=rules, reason=reason
    )
