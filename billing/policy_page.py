"""What the pages of posting rules show, and what a payment's page shows of its holds."""

from itertools import groupby
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum, Window
from django.db.models.functions import RowNumber

from billing.models import PostingRule, Remittance, RemittedClaim
from rcm.models import Event
from rcm.money import ZERO

SHOWN = 50
TABS = [("active", "In force"), ("proposed", "To approve"), ("retired", "Retired")]
STATES = {
    "active": Q(is_active=True),
    "proposed": Q(is_active=False, retired_at=None),
    "retired": Q(retired_at__isnull=False),
}
NONE = Q(pk__in=())
EVENT_TEXTS = {
    "posting_rule.made": "Made",
    "posting_rule.approved": "Approved",
    "posting_rule.retired": "Retired",
}
HOLDING = Q(state=RemittedClaim.State.MATCHED, exception_code__startswith="policy") & ~Q(
    exception=""
)
# Our words for the stop list, by the code of the hold.
STOPS = {
    "policy_duplicate": "Stop list: duplicates",
    "policy_refund": "Stop list: refunds to the patient",
    "policy_zero_paid": "Stop list: nothing paid, all taken off",
    "policy_denied_paid": "Stop list: denied and paid",
}


def rules_with_holds(rules: QuerySet[PostingRule]) -> QuerySet[PostingRule]:
    """Rules with how many claims each holds now; the most specific way of reading: by payer."""
    holding = Count("holds", filter=Q(holds__state=RemittedClaim.State.MATCHED))
    return rules.select_related("payer").annotate(held=holding).order_by("payer__name", "pk")


def rule_tabs(rules: QuerySet[PostingRule], chosen: str) -> list[dict[str, Any]]:
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


def saved_text(rule: PostingRule) -> str:
    """What a person reads after saving."""
    if rule.is_active:
        return f"“{rule}” is in force."
    return f"“{rule}” waits for somebody else's approval."


def terms_of(rule: PostingRule) -> list[tuple[str, Any]]:
    """Label and value of everything the rule says."""
    code = f"{rule.group or 'any group'}-{rule.reason or 'any reason'}"
    pairs: list[tuple[str, Any]] = [
        ("What it does", rule.get_action_display()),
        ("About", rule.get_scope_display()),
        ("Payer", rule.payer.name if rule.payer else "Any payer"),
        ("Group and reason", code),
        ("Amount", range_of(rule)),
        ("Team", rule.team),
        ("Priority", rule.priority),
        ("Note", rule.note),
        ("Made by", rule.created_by),
        ("Approved by", rule.approved_by),
    ]
    return [(label, value) for label, value in pairs if value not in ("", None)]


def range_of(rule: PostingRule) -> str:
    """$5.00 to $10.00, in words."""
    low, high = rule.amount_from, rule.amount_to
    if low is None and high is None:
        return "any amount"
    if low is None or high is None:
        return f"up to ${high:,.2f}" if low is None else f"from ${low:,.2f}"
    return f"${low:,.2f} to ${high:,.2f}"


def held_now(rule: PostingRule) -> QuerySet[RemittedClaim]:
    """Claims the rule holds now, oldest payment first."""
    held = RemittedClaim.objects.filter(HOLDING, practice_id=rule.practice_id, held_by_rule=rule)
    return held.select_related("remittance").order_by("remittance_id", "position")[:SHOWN]


def holds_of(remittance: Remittance) -> list[dict[str, Any]]:
    """Held claims of a payment by rule: the rule, its claims (at most 50), all of them counted."""
    if remittance.state == Remittance.State.HELD:
        return []
    same = [F("held_by_rule_id"), F("exception_code")]
    held = (
        RemittedClaim.objects.filter(
            HOLDING, practice_id=remittance.practice_id, remittance=remittance
        )
        .annotate(
            turn=Window(RowNumber(), same, F("position").asc()),
            count=Window(Count("pk"), same),
            amount=Window(Sum("amount_billed"), same),
        )
        .filter(turn__lte=SHOWN)
        .select_related("held_by_rule")
        .order_by("held_by_rule_id", "exception_code", "position")
    )
    groups = []
    for (rule, code), members in groupby(
        held, key=lambda row: (row.held_by_rule, row.exception_code)
    ):
        rows = list(members)
        label = rule.name if rule else STOPS.get(code, code)
        groups.append(
            {"rule": rule, "code": code, "label": label, "rows": rows}
            | {"count": rows[0].count, "amount": rows[0].amount}
        )
    return groups


def held_total(practice_id: int) -> dict[str, Any]:
    """How many claims wait because of rules, and their charges."""
    held = RemittedClaim.objects.filter(HOLDING, practice_id=practice_id)
    return held.aggregate(count=Count("pk"), amount=Sum("amount_billed", default=ZERO))


def history_of(rule: PostingRule) -> list[dict[str, Any]]:
    """Who made, approved and retired it."""
    events = Event.objects.filter(
        practice_id=rule.practice_id, subject_type="postingrule", subject_id=rule.pk
    )
    return [
        {
            "text": EVENT_TEXTS.get(event.name, event.name),
            "who": str(event.created_by) if event.created_by else "System",
            "when": event.created_at,
        }
        for event in events.select_related("created_by").order_by("-id")[:30]
    ]
