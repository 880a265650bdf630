"""What the dashboard shows besides KPIs: where the work is, what needs attention, money by week."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncWeek
from django.urls import reverse

from billing.kpis import RECEIVABLES, balance
from billing.models import Account, Batch, Claim, Posting, Remittance
from coding.models import Encounter
from denials.change_pages import change_alerts
from denials.deadline_pages import deadline_alerts
from denials.models import Denial
from denials.rules.triage import cause_label
from rcm.charts import Bar, Bars

CODING_TARGET_DAYS = 3
ACKNOWLEDGMENT_TARGET_DAYS = 2


@dataclass(frozen=True, slots=True)
class Stage:
    """One step from chart to zero balance: how much waits there and how much of it is late."""

    label: str
    url: str
    count: int
    amount: Decimal | None
    late_count: int

    @property
    def on_time(self) -> int:
        return 100 - self.late_count * 100 // self.count if self.count else 100

    @property
    def late(self) -> str:
        return f"{self.late_count} late" if self.late_count else "in time"

    @property
    def tone(self) -> str:
        return "red" if self.late_count else ""

    @property
    def rest(self) -> str:
        return "red" if self.late_count else "rest"


def stages(practice_id: int, today: date) -> list[Stage]:
    """From chart to patient balance, in the order of the work: five statements."""
    late_chart = today - timedelta(days=CODING_TARGET_DAYS)
    charts = Encounter.objects.filter(practice_id=practice_id).aggregate(
        to_code=Count("id", filter=Q(state__in=["new", "in_coding", "returned"])),
        late=Count(
            "id",
            filter=Q(state__in=["new", "in_coding", "returned"], date_of_service__lt=late_chart),
        ),
        held=Count("id", filter=Q(state="held")),
        held_late=Count("id", filter=Q(state="held", hold_until__lt=today)),
    )
    claims = claims_by_status(practice_id, today)
    waiting = Remittance.objects.filter(practice_id=practice_id).aggregate(
        count=Count("id", filter=Q(state="held")),
        amount=Sum("amount_paid", filter=Q(state="held")),
    )
    denied = Denial.objects.filter(practice_id=practice_id, state__in=Denial.WAITING).aggregate(
        count=Count("id"), amount=Sum("amount"), late=Count("id", filter=Q(due_on__lt=today))
    )
    patient = patient_balances(practice_id)
    queue, listing = reverse("coder_queue"), reverse("claims")
    return [
        Stage("To code", queue, charts["to_code"], None, charts["late"]),
        Stage("On hold", f"{queue}?view=held", charts["held"], None, charts["held_late"]),
        Stage("Scrub", reverse("scrub_worklist"), *claims["held"]),
        Stage("Ready", f"{listing}?status=ready", *claims["ready"]),
        Stage("Awaiting ack", f"{listing}?status=submitted", *claims["submitted"]),
        Stage("At payer", f"{listing}?status=accepted", *claims["accepted"]),
        Stage(
            "Held payments",
            f"{reverse('remittances')}?state=held",
            waiting["count"],
            waiting["amount"] or Decimal(0),
            waiting["count"],
        ),
        Stage(
            "Denied",
            f"{reverse('denials')}?state=waiting",
            denied["count"],
            denied["amount"] or Decimal(0),
            denied["late"],
        ),
        Stage("Patient", f"{listing}?owed_by=patient", *patient, 0),
    ]


def claims_by_status(practice_id: int, today: date) -> dict[str, tuple[int, Decimal, int]]:
    """Count, dollars and late count of claims on their way; rejected ones are scrub work."""
    late = today - timedelta(days=ACKNOWLEDGMENT_TARGET_DAYS)
    late_answer = today - timedelta(days=30)
    rows = (
        Claim.objects.filter(practice_id=practice_id)
        .values("status")
        .annotate(
            count=Count("id"),
            amount=Sum("amount_billed"),
            sent_late=Count("id", filter=Q(submitted_at__date__lt=late)),
            paid_late=Count("id", filter=Q(submitted_at__date__lt=late_answer)),
            made_late=Count("id", filter=Q(created_at__date__lt=late)),
        )
    )
    found: dict[str, Mapping[str, Any]] = {row["status"]: row for row in rows}
    late_by = {
        "held": "made_late",
        "rejected": "sent_late",
        "ready": "made_late",
        "submitted": "sent_late",
        "accepted": "paid_late",
    }

    def figures(*statuses: str) -> tuple[int, Decimal, int]:
        chosen = [(found[s], late_by[s]) for s in statuses if s in found]
        return (
            sum(row["count"] for row, _ in chosen),
            sum((row["amount"] for row, _ in chosen), Decimal(0)),
            sum(row[late] for row, late in chosen),
        )

    return {
        "held": figures("held", "rejected"),
        "ready": figures("ready"),
        "submitted": figures("submitted"),
        "accepted": figures("accepted"),
    }


def patient_balances(practice_id: int) -> tuple[int, Decimal]:
    """How many claims patients owe on, and how much."""
    owing = (
        Posting.objects.filter(practice_id=practice_id, claim__isnull=False)
        .values("claim_id")
        .annotate(owed=balance(Account.PATIENT_RECEIVABLE))
        .filter(owed__gt=0)
    )
    amounts = [row["owed"] for row in owing]
    return len(amounts), sum(amounts, Decimal(0))


def attention(practice_id: int, today: date) -> list[dict[str, Any]]:
    """Computed exceptions, each with the page that settles it. Empty means all is well."""
    payments = Remittance.objects.filter(practice_id=practice_id)
    held, partly = (payments.filter(state=s).count() for s in ("held", "partly_posted"))
    silent = Batch.objects.filter(
        practice_id=practice_id, state="sent", sent_at__date__lt=today - timedelta(days=2)
    ).count()
    unknown = Batch.objects.filter(practice_id=practice_id, state__in=["unknown", "failed"]).count()
    rejected = Claim.objects.filter(practice_id=practice_id, status="rejected").count()
    remittances, batches = reverse("remittances"), reverse("batches")
    found = [
        (held, "red", "remittances held", "They do not add up or need a decision.",
         f"{remittances}?state=held"),
        (unknown, "red", "batches with unknown outcome", "Check before anything is sent again.",
         batches),
        (rejected, "red", "claims rejected", "They never reached adjudication; fix and resend.",
         f"{reverse('claims')}?status=rejected"),
        (partly, "amber", "remittances partly posted", "Some of their claims wait for a match.",
         f"{remittances}?state=partly_posted"),
        *deadline_alerts(practice_id, today),
        *change_alerts(practice_id),
        (silent, "amber", "batches without an answer", "No acknowledgment for two days.", batches),
    ]  # fmt: skip
    return [
        {"count": count, "tone": tone, "title": title, "text": text, "url": url}
        for count, tone, title, text, url in found
        if count
    ]


def payments_by_week(practice_id: int, today: date) -> Bars:
    """Cash posted per week over the last twelve weeks."""
    start = today - timedelta(days=today.weekday() + 7 * 11)
    rows = (
        Posting.objects.filter(
            practice_id=practice_id,
            posted_on__gte=start,
            source=Account.UNAPPLIED,
            destination=Account.CASH,
        )
        .annotate(week=TruncWeek("posted_on"))
        .values("week")
        .annotate(amount=Sum("amount"))
    )
    amounts = {row["week"]: row["amount"] for row in rows}
    weeks = [start + timedelta(days=7 * n) for n in range(12)]
    return build_bars([(week, amounts.get(week, Decimal(0))) for week in weeks])


def build_bars(weeks: list[tuple[date, Decimal]]) -> Bars:
    url = reverse("remittances")
    bars = [
        Bar(
            values=[amount],
            text=f"Week of {week:%m/%d/%Y}: ${amount:,.2f}",
            label=f"{week:%m/%d}",
            url=f"{url}?from={week.isoformat()}&to={(week + timedelta(days=6)).isoformat()}",
        )
        for week, amount in weeks
    ]
    top = max(amount for _, amount in weeks) or Decimal(1)
    ticks = [(Decimal(0), "$0"), (top / 2, f"${top / 2:,.0f}"), (top, f"${top:,.0f}")]
    return Bars(title="Payments posted by week", bars=bars, ticks=ticks)


def denials_by_cause(practice_id: int) -> list[dict[str, Any]]:
    """Denials that wait for us by root cause, most dollars first."""
    rows = (
        Denial.objects.filter(practice_id=practice_id, state__in=Denial.WAITING)
        .values("category")
        .annotate(count=Count("id"), amount=Sum("amount"))
        .order_by("-amount")[:6]
    )
    found = list(rows)
    top = max((row["amount"] for row in found), default=Decimal(1))
    url = reverse("denials")
    return [
        row
        | {
            "label": cause_label(row["category"]),
            "share": int(row["amount"] * 100 / top),
            "url": f"{url}?state=waiting&category={row['category']}",
        }
        for row in found
    ]


def aging(practice_id: int, today: date) -> list[dict[str, Any]]:
    """Owed by payer class and age of the service: one row per class, five buckets."""
    limits = (30, 60, 90, 120)
    rows = (
        Posting.objects.filter(practice_id=practice_id, claim__isnull=False)
        .values("claim__payer__payer_class", "claim__date_of_service")
        .annotate(owed=balance(*RECEIVABLES))
        .exclude(owed=0)
    )
    classes: dict[str, list[Decimal]] = {}
    for row in rows:
        age = (today - row["claim__date_of_service"]).days
        bucket = sum(1 for limit in limits if age > limit)
        name = row["claim__payer__payer_class"]
        classes.setdefault(name, [Decimal(0)] * 5)[bucket] += row["owed"]
    return [
        {
            "label": name.replace("_", " ").capitalize(),
            "amounts": amounts,
            "total": sum(amounts, Decimal(0)),
            "percents": shares(amounts),
        }
        for name, amounts in sorted(classes.items())
    ]


def shares(amounts: list[Decimal]) -> list[int]:
    whole = sum((abs(a) for a in amounts), Decimal(0)) or Decimal(1)
    return [int(abs(a) * 100 / whole) for a in amounts]
