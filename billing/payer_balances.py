"""What the page of payer balances shows: what payers will take next, open and closed entries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict

from billing.models import OffsetLink, ProviderAdjustment
from billing.open_offsets import STATES, with_open
from billing.rules.offsets import bucket_of
from payers.rules.provider_adjustments import meaning_of
from rcm.money import ZERO

TABS = [("open", "Open"), ("closed", "Closed"), ("final", "Final")]
CHAIN = 40
CSV_ROWS = 20_000
CSV_HEAD = [
    *("payer", "payer_id", "code", "meaning", "reference", "claim", "payment", "paid_on"),
    *("amount", "open", "state", "days"),
]


@dataclass(frozen=True, slots=True)
class Row:
    """One entry as the page shows it; sizes are amounts without their sign."""

    entry: Any
    size: Decimal
    open_size: Decimal
    label: str
    days: int
    bucket: str
    state_label: str


@dataclass(slots=True)
class PayerTotal:
    """What is open with one payer: `will_take` comes off the next check."""

    identifier: str
    name: str
    will_take: Decimal = ZERO
    kept: Decimal = ZERO
    count: int = 0
    oldest: date | None = None
    days: int = 0

    def add(self, amount: Decimal, day: date, today: date) -> None:
        self.will_take += max(-amount, ZERO)
        self.kept += max(amount, ZERO)
        self.count += 1
        self.oldest = min(self.oldest or day, day)
        self.days = (today - self.oldest).days


def entries(practice_id: int) -> QuerySet[Any]:
    rows = ProviderAdjustment.objects.filter(practice_id=practice_id)
    return with_open(rows).select_related("remittance__payer", "claim", "refers_to")


def filter_entries(rows: QuerySet[Any], query: QueryDict) -> QuerySet[Any]:
    """What the address asks for but for the state: text, payer."""
    if text := query.get("q", "").strip():
        rows = rows.filter(
            Q(reference__icontains=text)
            | Q(code__iexact=text)
            | Q(remittance__trace_number__istartswith=text)
            | Q(remittance__payer_name__icontains=text)
            | Q(claim__patient_control_number__istartswith=text)
        )
    if payer := query.get("payer", "").strip():
        rows = rows.filter(remittance__payer_identifier=payer)
    return rows


def ordered(rows: QuerySet[Any], state: str) -> QuerySet[Any]:
    """Open ones oldest first, the others newest first."""
    names = ("remittance__paid_on", "remittance_id", "position")
    return (
        rows.order_by(*names) if state == "open" else rows.order_by("-remittance__paid_on", "-pk")
    )


def show(rows: Iterable[Any], today: date) -> list[Row]:
    return [
        Row(
            row,
            abs(row.amount),
            abs(row.amount_open),
            meaning_of(row.code).label,
            days := (today - row.remittance.paid_on).days,
            bucket_of(days),
            STATES[row.state],
        )
        for row in rows
    ]


def payer_totals(practice_id: int, today: date) -> list[PayerTotal]:
    """Payers with something open, most to be taken first. One statement."""
    found: dict[str, PayerTotal] = {}
    rows = entries(practice_id).filter(state="open").order_by("remittance__paid_on")
    for row in rows.iterator(1000):
        remittance = row.remittance
        name = str(remittance.payer or remittance.payer_name or "Unknown payer")
        identifier = remittance.payer_identifier
        total = found.setdefault(identifier, PayerTotal(identifier, name))
        total.add(row.amount_open, remittance.paid_on, today)
    return sorted(found.values(), key=lambda total: (-total.will_take, total.name))


def detail(entry: ProviderAdjustment, today: date) -> dict[str, Any]:
    """One entry with the chain it stands in and what could close it."""
    known = chain_of(entry)
    rows = entries(entry.practice_id).filter(pk__in=known)
    [row] = show((each for each in rows if each.pk == entry.pk), today)
    links = OffsetLink.objects.filter(Q(opening=entry) | Q(closing=entry), undone="")
    return {
        "row": row,
        "chain": show(ordered(rows, "open"), today),
        "links": links.select_related(
            "opening__remittance", "closing__remittance", "linked_by"
        ).order_by("pk"),
        "candidates": candidates_for(row.entry),
    }


def chain_of(entry: ProviderAdjustment) -> set[int]:
    """The entry and all that are linked with it, directly or through others; CHAIN at most."""
    known = {entry.pk}
    fresh = known
    while fresh and len(known) < CHAIN:
        links = OffsetLink.objects.filter(Q(opening__in=fresh) | Q(closing__in=fresh), undone="")
        pairs = links.order_by("pk").values_list("opening_id", "closing_id")[:CHAIN]
        fresh = {pk for pair in pairs for pk in pair} - known
        known = known | fresh
    return known


def candidates_for(entry: Any) -> list[ProviderAdjustment]:
    """Open entries of the same payer that would close this one, oldest first."""
    if entry.state != "open":
        return []
    rows = entries(entry.practice_id).filter(
        state="open", remittance__payer_identifier=entry.remittance.payer_identifier
    )
    opposite = rows.filter(amount__lt=0) if entry.amount > 0 else rows.filter(amount__gt=0)
    return list(ordered(opposite, "open")[:20])


def csv_rows(rows: QuerySet[Any], today: date) -> Iterable[list[Any]]:
    for row in show(rows[:CSV_ROWS], today):
        entry = row.entry
        paid = entry.remittance
        yield [
            *(paid.payer or paid.payer_name, paid.payer_identifier, entry.code, row.label),
            *(entry.reference, entry.claim or "", paid.trace_number, paid.paid_on.isoformat()),
            *(entry.amount, entry.amount_open, entry.state, row.days),
        ]
