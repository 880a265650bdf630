"""What the worklist shows around its rows: views with counts, groups with sums, filters."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from itertools import islice
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils.http import urlencode

from denials.forms_worklist import MINE, NOBODYS, WorklistFilters
from denials.models import Denial, VerbHistory
from denials.models.denials import LARGE
from denials.queries import narrowed, worklist
from denials.rules.triage import QUEUES, cause_label
from payers.models import Payer
from rcm import access
from rcm.counting import count_all
from rcm.models import Practice, Provider, User

# Each view is a list of its own filters.
VIEWS: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("Open", {"state": "open"}),
    ("Mine", {"state": "waiting", "owner": MINE}),
    ("Due in 7 days", {"state": "waiting", "left": "7"}),
    ("Over $500", {"state": "waiting", "amount_from": str(LARGE)}),
    ("To approve", {"state": "waiting", "approval": "1"}),
    ("With coder", {"state": "with_coder"}),
    ("Resubmitted", {"state": "resubmitted"}),
    ("Appealed", {"state": "appealed"}),
    ("Pended", {"state": "pended"}),
    ("Resolved", {"state": "resolved"}),
    ("All that wait for us", {"state": "waiting"}),
)
GROUPS = ("category", "payer_id", "payer__payer_id", "payer__short_name", "group", "reason")
MOST_GROUPS = 200
# Tabs count no further: what is shown is counted whole.
MOST_OF_VIEW = 1_000
EXPORT_HEAD = (
    *("Claim", "Patient", "MRN", "Payer", "Date of service", "Denied on", "Act by", "Group"),
    *("Reason", "Remarks", "Cause", "Team", "Owner", "State", "Amount", "Pended until", "Case"),
)
AT_ONCE = 2_000


def views_of(
    rows: QuerySet[Denial], filters: Mapping[str, Any], today: date, by: User
) -> list[dict[str, Any]]:
    """The tabs. One statement counts them all."""
    lists = {
        label: [narrowed(rows, asked["state"], asked_of(label), today, by)]
        for label, asked in VIEWS
    }
    counts = count_all(lists, most=MOST_OF_VIEW)
    current = {"state": "open"} | {
        key: str(filters[key])
        for key in ("state", *WorklistFilters.base_fields)
        if filters.get(key)
    }
    return [
        {
            "label": label,
            "url": f"?{urlencode(asked)}",
            "count": counts[label],
            "is_current": current == dict(asked),
        }
        for label, asked in VIEWS
    ]


@cache
def asked_of(label: str) -> dict[str, Any]:
    """The filters of a view as its form reads them."""
    return WorklistFilters(dict(VIEWS)[label]).asked


def cause_sums(rows: QuerySet[Denial]) -> dict[str, tuple[int, Decimal]]:
    """Cause -> how many and how much of all that match. One statement."""
    found = rows.order_by().values_list("category").annotate(rows=Count("*"), dollars=Sum("amount"))
    return {category: (count, amount) for category, count, amount in found}


def totals_of(sums: Mapping[str, tuple[int, Decimal]]) -> dict[str, Any]:
    """Of all that match."""
    return {
        "count": sum(count for count, _ in sums.values()),
        "amount": sum((amount for _, amount in sums.values()), Decimal(0)),
    }


def groups_of(rows: QuerySet[Denial]) -> list[dict[str, Any]]:
    """Cause × payer × code of all that match, the most dollars first. One statement."""
    found = rows.order_by().values(*GROUPS).annotate(count=Count("*"), amount=Sum("amount"))
    return [
        {
            "category": row["category"],
            "cause": cause_label(row["category"]),
            "payer": row["payer__payer_id"],
            "payer_name": row["payer__short_name"],
            "group": row["group"],
            "reason": row["reason"],
            "code": f"{row['group']}-{row['reason']}",
            "count": row["count"],
            "amount": row["amount"],
        }
        for row in found.order_by("-amount", "category", "payer_id", "group", "reason")[
            :MOST_GROUPS
        ]
    ]


def grouped(
    rows: list[Denial], sums: Mapping[str, tuple[int, Decimal]], *, is_by_cause: bool
) -> list[dict[str, Any]]:
    """Rows of one cause together, with count and dollars of all that match; one list else."""
    if not is_by_cause:
        return [{"label": "", "rows": rows, "count": 0, "amount": None}] if rows else []
    groups: dict[str, dict[str, Any]] = {}
    for row in rows:
        count, amount = sums.get(row.category, (0, Decimal(0)))
        empty = {
            "label": row.cause,
            "category": row.category,
            "rows": [],
            "count": count,
            "amount": amount,
        }
        groups.setdefault(row.category, empty)["rows"].append(row)
    return list(groups.values())


def learned_at(practice_id: int) -> datetime | None:
    """When the order by worth was computed for all; None before the first night with a history."""
    rows = VerbHistory.objects.filter(practice=practice_id)
    return rows.order_by("-computed_at").values_list("computed_at", flat=True).first()


def filters_of(
    practice: Practice, data: Mapping[str, Any], workers: Iterable[User]
) -> WorklistFilters:
    """The filters with what their selects offer. Two statements."""
    form = WorklistFilters(data)
    payers = Payer.objects.filter(practice=practice).order_by("short_name", "pk")
    form.offer("payer", "Any payer", list(payers.values_list("payer_id", "short_name")))
    providers = Provider.objects.filter(practice=practice).order_by("last_name", "pk")
    form.offer("provider", "Any provider", [(row.pk, row.short_name) for row in providers])
    people: list[tuple[Any, str]] = [(MINE, "Mine"), (NOBODYS, "Nobody's")]
    people += [(row.pk, str(row)) for row in workers]
    form.offer("owner", "Any owner", people)
    return form


def export_rows(
    practice: Practice, filters: Mapping[str, Any], today: date, by: User
) -> Iterator[list[Any]]:
    """Every denial of the list, in a transaction of its own, a few thousand in memory at a time."""
    with access.acting_in(practice.pk):
        rows = worklist(Denial.objects.filter(practice=practice), filters, today, by)
        found = rows.iterator(chunk_size=AT_ONCE)
        while chunk := list(islice(found, AT_ONCE)):
            yield from map(cells_of, chunk)


def cells_of(row: Denial) -> list[Any]:
    claim = row.claim
    return [
        *(claim.patient_control_number, claim.patient, claim.patient.mrn, row.payer.name),
        *(claim.date_of_service, row.denied_on, row.due_on, row.group, row.reason),
        *(" ".join(row.remarks), row.cause, QUEUES.get(row.owner_queue, row.owner_queue)),
        *(row.assigned_to or "", row.get_state_display(), row.amount, row.pended_until or ""),
        row.case,
    ]
