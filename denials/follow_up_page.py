"""What the pane of one open balance shows, and how payers answer."""

from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from billing.actions.status_inquiries import ASKABLE
from billing.models import StatusAnswer
from denials.actions.follow_ups import check_of
from denials.follow_up_list import Row, shown, with_facts
from denials.models import FollowUp, PayerPattern
from denials.rules import follow_up as rules
from rcm import access
from rcm.models import Membership, User

TOUCHES = 20


def workers(practice_id: int) -> list[User]:
    """Everybody who may follow up here, by name."""
    members = Membership.objects.filter(
        practice_id=practice_id, role__in=access.roles_with("denials.work")
    )
    return [row.user for row in members.select_related("user").order_by("user__last_name", "pk")]


def patterns(practice_id: int) -> list[PayerPattern]:
    """Payers with enough answers to say how long they take, most claims past it first."""
    rows = PayerPattern.objects.filter(practice_id=practice_id, answers__gte=rules.ENOUGH)
    return list(rows.select_related("payer").order_by("-past_slow", "payer__short_name"))


def facts_of(row: Any, today: date) -> list[tuple[str, str]]:
    """The dates of a balance, for the pane."""
    found = [("Next", row.next_on), ("Promised", row.promised_on), ("Clock ends", row.clock_on)]
    told = [(label, f"{day:%m/%d/%Y}") for label, day in found if day is not None]
    return [
        ("Owner", str(row.owner) if row.owner else "Nobody"),
        ("Claim", row.claim.get_status_display()),
        *told,
        ("Due", "now" if row.due_on <= today else f"{row.due_on:%m/%d/%Y}"),
    ]


def pattern_words(row: Any, today: date) -> str:
    """How the payer usually answers beside how long this claim waits; "" without enough answers."""
    pattern = getattr(row.payer, "payment_pattern", None) if row.payer else None
    if pattern is None or pattern.answers < rules.ENOUGH or not row.is_own:
        return ""
    text = (
        f"{row.payer.short_name} decides half of its claims within {pattern.median_days} days and"
        f" nine of ten within {pattern.slow_days} (n = {pattern.answers:,})."
    )
    sent = row.claim.submitted_at
    if sent is None or row.claim.status not in rules.WITH_PAYER:
        return text
    waiting = (today - sent.date()).days
    is_past = waiting > pattern.slow_days
    return f"{text} This one waits {waiting} days{': later than nine of ten' if is_past else ''}."


def value_words(row: Any, days: int) -> str:
    """Why it stands where it does: the numbers of the order."""
    pattern = getattr(row.payer, "payment_pattern", None) if row.payer else None
    is_known = pattern is not None and pattern.answers >= rules.ENOUGH and pattern.paid_share
    share = f"{pattern.paid_share:.0%} usually paid" if is_known else "no history: all of it"  # type: ignore[union-attr]  # known
    return f"${row.balance:,.2f} × {share} × {max(days, 1)} days"


def detail(rows: QuerySet[FollowUp], pk: int, today: date) -> dict[str, Any]:
    """One balance with its history and what the payer last said. Three statements."""
    row: Any = with_facts(rows).select_related("claim__encounter__provider").get(pk=pk)
    line: Row = shown(row, today)
    touches = row.touches.select_related("created_by", "owner", "undone_by").order_by("-pk")
    answers = StatusAnswer.objects.filter(claim=row.claim_id).order_by("-pk")
    return {
        "row": row,
        "line": line,
        "facts": facts_of(row, today),
        "touches": list(touches[:TOUCHES]),
        "status_answer": answers.first(),
        "pattern": pattern_words(row, today),
        "value": value_words(row, line.days),
        "is_open": row.balance > 0 and row.denial_id is None,
        "may_ask": row.is_own and row.claim.status in ASKABLE,
        "check_number": check_of(row) if row.balance <= 0 else "",
        "outcomes": [(key, label) for key, (label, _) in rules.OUTCOMES.items()],
        "tomorrow": today + timedelta(days=1),
        "snooze_until": rules.business_days_after(today, rules.SNOOZE_DAYS),
        "latest": today + timedelta(days=rules.LONGEST_REST),
    }
