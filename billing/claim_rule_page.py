"""What the pages of claim rules show."""

from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet

from billing.claim_rules import precision_of, rule_of
from billing.models import Claim, ClaimRule
from billing.rules.chart_rules import is_told
from billing.rules.practice_rules import SET, SET_FIELDS
from rcm.models import Event

TABS = [("active", "In force"), ("draft", "Drafts"), ("retired", "Retired")]
STATES = {
    "active": Q(enabled_at__isnull=False, retired_at=None),
    "draft": Q(enabled_at=None, retired_at=None),
    "retired": Q(retired_at__isnull=False),
}
NONE = Q(pk__in=())
# Below this a share is not shown: it would be read as more than it is.
FEW = 10
ON_CHART = {
    True: "Told while the visit is coded",
    False: "Not told: no condition on what a coder decides",
}
EVENT_TEXTS = {
    "claim_rule.made": "Made",
    "claim_rule.tried": "Tried on past claims",
    "claim_rule.enabled": "Enabled",
    "claim_rule.retired": "Retired",
}


def rule_tabs(rules: QuerySet[ClaimRule], chosen: str) -> list[dict[str, Any]]:
    """The tabs with their counts; one statement."""
    counts = rules.aggregate(**{state: Count("pk", filter=STATES[state]) for state, _ in TABS})
    return [
        {
            "label": label,
            "url": f"?state={state}",
            "count": counts[state],
            "is_current": state == chosen,
        }
        for state, label in TABS
    ]


def rule_labels(practice_id: int) -> dict[str, str]:
    """Code of a rule's findings to its name, for the worklist. One statement."""
    rows = ClaimRule.objects.filter(practice_id=practice_id, enabled_at__isnull=False)
    return {row.code: f"Rule: {row}" for row in rows.only("pk", "name", "version")}


def terms_of(rule: ClaimRule) -> list[tuple[str, Any]]:
    """Label and value of everything the rule says but its conditions."""
    sets = f"{SET_FIELDS[rule.set_field]}: {rule.set_value}" if rule.set_field else ""
    pairs: list[tuple[str, Any]] = [
        ("What it does", rule.get_action_display()),
        ("Message", rule.message),
        ("Sets", sets),
        ("On the chart", "" if rule.action == SET else ON_CHART[is_told(rule_of(rule))]),
        ("Services from", f"{rule.starts_on:%m/%d/%Y}"),
        ("Services to", f"{rule.ends_on:%m/%d/%Y}" if rule.ends_on else ""),
        ("Made by", rule.created_by),
        ("Enabled by", rule.enabled_by),
    ]
    return [(label, value) for label, value in pairs if value not in ("", None)]


def tried_facts(rule: ClaimRule) -> list[tuple[str, str]]:
    """The back-test in words; [] when the rule was not tried yet."""
    found = rule.back_test
    if not found:
        return []
    decided = found["denied"] + found["paid"]
    return [
        ("Claims sent", f"{found['claims']:,} in {found['days']} days"),
        ("Hits", f"{found['hits']:,}"),
        ("Denied later: caught", f"{found['denied']:,} · ${Decimal(found['amount_denied']):,.2f}"),
        ("Paid: false alarms", f"{found['paid']:,} · ${Decimal(found['amount_paid']):,.2f}"),
        ("Not decided yet", f"{found['hits'] - decided:,}"),
        ("Denied and not hit", f"{found['missed']:,}"),
        ("Right of the decided", share(found["denied"], decided)),
    ]


def since_facts(rule: ClaimRule) -> list[tuple[str, str]]:
    """What it did since it was enabled; [] for a draft."""
    if rule.enabled_at is None:
        return []
    found = precision_of(rule)
    return [
        ("Fired on", f"{found.fired:,} claims"),
        ("Holds now", f"{found.held:,} · ${found.amount:,.2f}"),
        ("Sent in spite", f"{found.sent:,}"),
        ("Denied of those decided", f"{found.denied:,} of {found.decided:,}"),
        ("Right of the decided", share(found.denied, found.decided)),
    ]


def share(part: int, whole: int) -> str:
    """A share in percent, or why there is none."""
    if whole < FEW:
        return f"fewer than {FEW} decided: no share"
    return f"{100 * part / whole:.0f}%"


def examples_of(rule: ClaimRule) -> QuerySet[Claim]:
    """Past claims the rule hits, denied ones first."""
    ids = (rule.back_test or {}).get("examples", [])
    return (
        Claim.objects.filter(practice_id=rule.practice_id, pk__in=ids)
        .select_related("patient", "payer")
        .order_by("-pk")
    )


def history_of(rule: ClaimRule) -> list[dict[str, Any]]:
    """Who made, tried, enabled and retired it."""
    events = Event.objects.filter(
        practice_id=rule.practice_id, subject_type="claimrule", subject_id=rule.pk
    )
    return [
        {
            "text": EVENT_TEXTS.get(event.name, event.name),
            "who": str(event.created_by) if event.created_by else "System",
            "when": event.created_at,
        }
        for event in events.select_related("created_by").order_by("-id")[:30]
    ]
