"""The follow-up list: filters of the address, counted views, order, pages by key, rows, CSV."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from django.db.models import (
    Count,
    DateField,
    DecimalField,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Cast, Greatest

from denials.actions.follow_ups import has_denial
from denials.models import Denial, FollowUp
from denials.rules import follow_up as rules
from denials.rules.aging import BY_KEY, age_in_days, served_between
from rcm.counting import MOST, capped, count_all
from rcm.models import User
from rcm.money import ZERO

ROWS = 50
CSV_ROWS = 20_000
LARGE = Decimal(500)
# Each balance counted is looked up among the denials: more than this is "at least" so many.
MOST_OF_VIEW = 500
VIEWS = [
    ("due", "Due"),
    ("mine", "Mine"),
    ("broken", "Promises broken"),
    ("escalated", "Escalated"),
    ("large", "> $500"),
    ("snoozed", "Snoozed"),
    ("unassigned", "Unassigned"),
    ("all", "All open"),
]
FILTERS = (
    *("view", "q", "payer", "payer_class", "provider", "location", "bucket", "denied", "sort"),
    "by",
)
NARROWING = ("q", "payer", "payer_class", "provider", "location", "bucket", "denied")
REASONS = {
    rules.CHANGED: ("Payer answered", "blue", "mail"),
    rules.PROMISE: ("Promise broken", "red", "circle-alert"),
    rules.SILENT: ("Silent", "amber", "clock"),
    rules.REACHED: ("Date reached", "amber", "calendar-clock"),
    rules.UNDATED: ("No date", "gray", "calendar-x"),
    rules.RESTING: ("", "gray", ""),
}
CSV_HEAD = [
    *("claim", "patient", "payer", "payer_id", "balance", "date_of_service", "days", "owner"),
    *("last_touch", "outcome", "reference", "promised_on", "next_on", "due_on", "why", "next_step"),
]
MONEY: "DecimalField[Any, Any]" = DecimalField(max_digits=24, decimal_places=6)


def days_since(column: str, today: date) -> Func:
    """Whole days from a date column to `today`."""
    day = Cast(Value(today), DateField())
    return Func(
        day, F(column), template="(%(expressions)s)", arg_joiner=" - ", output_field=IntegerField()
    )


def order_of(sort: str, today: date) -> Any:
    """The number the list is ordered by, largest first: expected dollars times days by default."""
    if sort == "balance":
        return Cast(F("balance"), MONEY)
    if sort == "days":
        return Greatest(days_since("date_of_service", today), Value(1))
    if sort == "due":
        return days_since("due_on", today)
    return F("weight")


def filtered(rows: QuerySet[FollowUp], query: Mapping[str, Any], today: date) -> QuerySet[FollowUp]:
    """What the address asks for but the view: text, who owes, where it arose, bucket, denials."""
    rows = rows.filter(balance__gt=0)
    if not query.get("denied"):
        rows = rows.exclude(has_denial())
    if text := str(query.get("q") or "").strip():
        rows = rows.filter(
            Q(claim__patient_control_number__istartswith=text)
            | Q(claim__payer_claim_control_number__iexact=text)
            | Q(claim__patient__last_name__istartswith=text.split(",")[0])
        )
    for name in ("payer", "provider", "location"):
        rows = of_one(rows, name, str(query.get(name) or ""))
    if payer_class := query.get("payer_class"):
        is_known = payer_class != "none"
        rows = rows.filter(Q(payer__payer_class=payer_class) if is_known else Q(payer__isnull=True))
    if bucket := BY_KEY.get(str(query.get("bucket") or "")):
        first, last = served_between(bucket, today)
        rows = rows.filter(date_of_service__gte=first) if first else rows
        rows = rows.filter(date_of_service__lte=last) if last else rows
    return rows


def of_one(rows: QuerySet[FollowUp], name: str, chosen: str) -> QuerySet[FollowUp]:
    """Of one payer, provider or location by id, or of those where it is not known ("none")."""
    if chosen == "none":
        return rows.filter(**{f"{name}__isnull": True})
    return rows.filter(**{f"{name}_id": int(chosen[:18])}) if chosen.isdecimal() else rows


def due(rows: QuerySet[FollowUp], today: date) -> QuerySet[FollowUp]:
    """Those that came back to us; what waits for a lead stands under Escalated."""
    return rows.filter(due_on__lte=today, escalated_at__isnull=True)


def in_view(
    rows: QuerySet[FollowUp], view: str, *, today: date, user: User | None
) -> QuerySet[FollowUp]:
    """The rows of one of VIEWS; of the first for a word that is none."""
    if view == "mine":
        return due(rows, today).filter(owner=user)
    if view == "broken":
        return rows.filter(promised_on__lt=today)
    if view == "escalated":
        return rows.filter(escalated_at__isnull=False)
    if view == "large":
        return due(rows, today).filter(balance__gt=LARGE)
    if view == "snoozed":
        return rows.filter(due_on__gt=today, next_on__gt=today, escalated_at__isnull=True)
    if view == "unassigned":
        return rows.filter(owner__isnull=True)
    return rows if view == "all" else due(rows, today)


def view_of(query: Mapping[str, Any]) -> str:
    asked = query.get("view")
    return asked if asked in dict(VIEWS) else "due"


def counts(rows: QuerySet[FollowUp], *, today: date, user: User) -> dict[str, int]:
    """View -> balances in it, whatever else the address narrows. One statement."""
    mine = rows.filter(balance__gt=0).exclude(has_denial())
    views = {key: [in_view(mine, key, today=today, user=user)] for key, _ in VIEWS}
    return count_all(views, most=MOST_OF_VIEW)


def totals(rows: QuerySet[FollowUp]) -> dict[str, Any]:
    """How many and how many dollars; of a list longer than anybody reads only "at least" so many.

    One statement.
    """
    found = rows.order_by()[: MOST + 1].aggregate(count=Count("pk"), amount=Sum("balance"))
    is_whole = found["count"] <= MOST
    amount = (found["amount"] or ZERO) if is_whole else None
    return {"count": capped(found["count"]), "amount": amount}


def ordered(rows: QuerySet[FollowUp], sort: str, today: date) -> QuerySet[FollowUp]:
    return rows.annotate(place=order_of(sort, today)).order_by("-place", "pk")


class Place(NamedTuple):
    """Where a row stands in the order: its number and id."""

    value: Decimal
    pk: int

    def __str__(self) -> str:
        return f"{Decimal(self.value).normalize():f}~{self.pk}"


def read_place(text: str) -> Place | None:
    """The place an address names; None for what is none."""
    value, _, pk = text.partition("~")
    try:
        number = Decimal(value[:30])
    except InvalidOperation:
        return None
    return Place(number, int(pk[:18])) if number.is_finite() and pk.isdecimal() else None


def behind(rows: QuerySet[Any], place: Place | None) -> QuerySet[Any]:
    """The rows of an ordered list behind a place."""
    if place is None:
        return rows
    # The first condition is the one an index can begin at.
    rows = rows.filter(place__lte=place.value)
    return rows.exclude(place=place.value, pk__lte=place.pk)


def place_of(row: FollowUp, sort: str, today: date) -> Place | None:
    """Where a row stands. One statement."""
    found = FollowUp.objects.filter(pk=row.pk).annotate(place=order_of(sort, today))
    value = found.values_list("place", flat=True).first()
    return None if value is None else Place(value, row.pk)


def with_facts(rows: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
    """Everything a shown row needs, without another statement."""
    waiting = Denial.objects.filter(claim=OuterRef("claim_id"), state__in=Denial.UNDECIDED)
    return rows.select_related(
        *("claim__patient", "payer__payment_pattern", "owner", "last_touch__created_by")
    ).annotate(denial_id=Subquery(waiting.order_by("pk").values("pk")[:1]))


def page_of(rows: QuerySet[FollowUp], after: Place | None) -> tuple[list[Any], str]:
    """The rows of an ordered list behind a place, and the place of the last when there are more.

    Two statements: the order is made of narrow rows, and what is shown is read of ROWS only.
    """
    found = list(behind(rows, after).values_list("place", "pk")[: ROWS + 1])
    shown, has_more = found[:ROWS], len(found) > ROWS
    facts = with_facts(FollowUp.objects.all()).in_bulk([pk for _, pk in shown])
    last = str(Place(*shown[-1])) if has_more else ""
    return [facts[pk] for _, pk in shown if pk in facts], last


class Row(NamedTuple):
    """One balance as the list shows it."""

    entry: Any
    days: int
    reason: str
    label: str
    tone: str
    icon: str
    step: str


def show(rows: Iterable[Any], today: date) -> list[Row]:
    """Rows of with_facts with their reason and next step."""
    return [shown(row, today) for row in rows]


def shown(row: Any, today: date) -> Row:
    reason = rules.why_due(dates_of(row), today)
    outcome = row.last_touch.outcome if row.last_touch else ""
    situation = rules.Situation(
        reason, row.claim.status, row.is_own, outcome, row.denial_id is not None
    )
    words = REASONS[reason] if row.denial_id is None else ("Denied", "red", "circle-x")
    return Row(
        row, age_in_days(row.date_of_service, today), reason, *words, rules.next_step(situation)
    )


def dates_of(row: FollowUp) -> rules.Dates:
    return rules.Dates(
        served_on=row.date_of_service,
        next_on=row.next_on,
        promised_on=row.promised_on,
        clock_on=row.clock_on,
        touched_on=row.touched_on,
        is_changed=row.is_changed,
    )


def csv_rows(rows: QuerySet[FollowUp], today: date) -> Iterator[list[Any]]:
    """The first CSV_ROWS of an ordered list. One statement."""
    for row in show(with_facts(rows)[:CSV_ROWS], today):
        entry, last = row.entry, row.entry.last_touch
        yield [
            *(entry.claim.patient_control_number, str(entry.claim.patient)),
            *(entry.payer or "", entry.payer.payer_id if entry.payer else ""),
            *(entry.balance, entry.date_of_service, row.days, entry.owner or ""),
            *(last.created_at.date() if last else "", last.words if last else ""),
            *(last.reference if last else "", entry.promised_on or "", entry.next_on or ""),
            *(entry.due_on, row.label, row.step),
        ]
