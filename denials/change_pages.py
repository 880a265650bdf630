"""What pages show of alarms that a payer denies more than before."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.urls import reverse

from billing.models import Claim, ServiceLine
from denials.models import ChangeAlarm, DenialWeek
from denials.rules.shifts import RATE, WEEKS
from rcm.models import Event

SHOWN = 50
UNSENT = (Claim.Status.DRAFT, Claim.Status.HELD, Claim.Status.READY)
EVENT_TEXTS = {
    "change_alarm.opened": "Found",
    "change_alarm.acknowledged": "Acknowledged",
    "change_alarm.claims_held": "Claims held",
    "change_alarm.ended": "Over",
}
TEST = (
    "Fisher's exact test, one-sided, on the last week and on the last four against the thirteen"
    " weeks before them; Benjamini and Hochberg over all payers, procedures and reasons keep the"
    f" expected share of false alarms at {100 * RATE} %. Where no payer has changed anything, at"
    " most one week in twenty has an alarm."
)


def claims_to_hold(alarm: ChangeAlarm) -> QuerySet[Claim]:
    """Claims of the payer with the procedure that are not sent yet, ready ones first."""
    lines = ServiceLine.objects.filter(claim_id=OuterRef("pk"), procedure_code=alarm.procedure_code)
    rows = Claim.objects.filter(
        Exists(lines), practice_id=alarm.practice_id, payer_id=alarm.payer_id, status__in=UNSENT
    )
    return rows.select_related("patient", "payer").order_by("-status", "pk")


def alarm_tabs(alarms: QuerySet[ChangeAlarm], chosen: str) -> list[dict[str, Any]]:
    """The tabs with their counts; one statement."""
    counts = dict(alarms.order_by().values_list("state").annotate(Count("id")))
    return [
        {
            "label": label,
            "url": f"?state={state}",
            "count": counts.get(state, 0),
            "is_current": state == chosen,
        }
        for state, label in ChangeAlarm.State.choices
    ]


def evidence_of(alarm: ChangeAlarm) -> list[tuple[str, Any]]:
    """The two parts the test compares, and how unlikely the difference is."""
    return [
        (
            "Last week" if alarm.weeks == 1 else f"Last {alarm.weeks} weeks",
            f"{alarm.recent_denied:,} of {alarm.recent_claims:,} denied",
        ),
        ("13 weeks before", f"{alarm.baseline_denied:,} of {alarm.baseline_claims:,} denied"),
        ("By chance", chance(alarm.p_value)),
        ("Week of", f"{alarm.week:%m/%d/%Y}"),
        ("Found", f"{alarm.opened_at:%m/%d/%Y}"),
        ("Acknowledged by", alarm.acknowledged_by or "–"),
        ("Note", alarm.note or "–"),
    ]


def chance(p_value: Decimal) -> str:
    """One in so many, in words a person can weigh."""
    if p_value < Decimal("1e-9"):
        return "less than 1 in 1,000,000,000"
    return f"1 in {round(1 / p_value):,}"


def weeks_of(alarm: ChangeAlarm) -> list[dict[str, Any]]:
    """The weeks up to the alarm and since: decided and denied, newest first. One statement."""
    rows = DenialWeek.objects.filter(
        practice_id=alarm.practice_id,
        payer_id=alarm.payer_id,
        procedure_code=alarm.procedure_code,
        reason__in=["", alarm.reason],
        week__gte=alarm.week - timedelta(weeks=WEEKS - 1),
    )
    found: dict[Any, dict[str, Any]] = {}
    for row in rows.order_by("-week"):
        week = found.setdefault(row.week, {"week": row.week, "claims": 0, "denied": 0})
        week["denied" if row.reason else "claims"] = row.claims
        week["is_recent"] = timedelta(0) <= alarm.week - row.week < timedelta(weeks=alarm.weeks)
    return list(found.values())


def history_of(alarm: ChangeAlarm) -> list[dict[str, Any]]:
    """Found, acknowledged, held, over: by whom and when."""
    events = Event.objects.filter(
        practice_id=alarm.practice_id, subject_type="changealarm", subject_id=alarm.pk
    )
    return [
        {
            "text": EVENT_TEXTS.get(event.name, event.name),
            "who": str(event.created_by) if event.created_by else "System",
            "when": event.created_at,
        }
        for event in events.select_related("created_by").order_by("-id")[:30]
    ]


def change_alerts(practice_id: int) -> list[tuple[int, str, str, str, str]]:
    """(count, tone, title, text, address) for the dashboard. One statement."""
    open_ones = ChangeAlarm.objects.filter(practice_id=practice_id, state=ChangeAlarm.State.OPEN)
    text = "Something is denied more often than in the weeks before."
    return [(open_ones.count(), "red", "payer changes", text, reverse("change_alarms"))]
