"""The worklist of remitted claims that wait for a person, over all payments of the practice."""

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.http import QueryDict
from django.utils import timezone

from billing.models import Remittance, RemittedClaim
from billing.rules.waiting import reason_of
from rcm.money import ZERO

# A held payment waits as a whole, one that is not recorded to its end is not looked at yet.
OPEN_PAYMENTS = [Remittance.State.READY, Remittance.State.PARTLY_POSTED]
WAITING = Q(state__in=["unmatched", "matched"]) & ~Q(exception="")
FILTERS = ("reason", "payer", "q", "payment")
CSV_ROWS = 20_000
CSV_HEAD = [
    *("reason", "code", "payer", "check", "paid_on", "claim", "patient", "billed", "paid"),
    *("matched_with", "received", "days", "why"),
]


def waiting(claims: QuerySet[RemittedClaim]) -> QuerySet[RemittedClaim]:
    """Claims of payments that may post, which wait for a person."""
    return claims.filter(WAITING, remittance__state__in=OPEN_PAYMENTS)


def filtered(
    rows: QuerySet[RemittedClaim], query: Mapping[str, Any], *, but: str = ""
) -> QuerySet[RemittedClaim]:
    """What the address asks for; `but` leaves one filter out."""
    if (code := query.get("reason")) and but != "reason":
        rows = rows.filter(exception_code=code)
    payer = str(query.get("payer") or "")
    if payer.isascii() and payer.isdigit():
        rows = rows.filter(remittance__payer_id=int(payer[:18]))
    payment = str(query.get("payment") or "")
    if payment.isascii() and payment.isdigit():
        rows = rows.filter(remittance_id=int(payment[:18]))
    if text := str(query.get("q") or "").strip():
        rows = rows.filter(
            Q(patient_control_number__icontains=text)
            | Q(patient_last_name__istartswith=text)
            | Q(remittance__trace_number__icontains=text)
            | Q(payer_claim_control_number__iexact=text)
        )
    return rows


def in_order(rows: QuerySet[RemittedClaim]) -> QuerySet[RemittedClaim]:
    """By reason, the oldest payment first."""
    rows = rows.select_related("remittance__payer", "claim", "held_by_rule")
    return rows.order_by("exception_code", "remittance_id", "position")


def following(rows: QuerySet[RemittedClaim], worked: RemittedClaim, code: str) -> Any:
    """The row after `worked`, which stood under `code`, else the one before; None when none is."""
    same = Q(exception_code=code)
    behind = (
        Q(exception_code__gt=code)
        | same & Q(remittance_id__gt=worked.remittance_id)
        | same & Q(remittance_id=worked.remittance_id, position__gt=worked.position)
    )
    others = in_order(rows).exclude(pk=worked.pk)
    return others.filter(behind).first() or others.last()


def totals_by_code(rows: QuerySet[RemittedClaim]) -> dict[str, tuple[int, Any]]:
    """Exception code -> how many, and what the payer paid for them; one statement."""
    found = rows.order_by().values_list("exception_code")
    return {
        code: (count, paid)
        for code, count, paid in found.annotate(Count("pk"), Sum("amount_paid", default=ZERO))
    }


def tabs(totals: Mapping[str, tuple[int, Any]], query: QueryDict) -> list[dict[str, Any]]:
    """All, then a tab per reason that waits or is chosen."""
    chosen = query.get("reason", "")
    codes = sorted(totals.keys() | ({chosen} - {""}), key=lambda code: reason_of(code).label)
    counts = {code: totals.get(code, (0, ZERO))[0] for code in codes}
    found = []
    for code, label, count in [
        ("", "All", sum(counts.values())),
        *((code, reason_of(code).label, counts[code]) for code in codes),
    ]:
        address = query.copy()
        for name in ("page", "item", "reason", "format"):
            address.pop(name, None)
        if code:
            address["reason"] = code
        found.append(
            {
                "label": label,
                "url": f"?{address.urlencode()}",
                "count": count,
                "is_current": code == chosen,
            }
        )
    return found


def groups_of(
    rows: Iterable[RemittedClaim], totals: Mapping[str, tuple[int, Any]], today: date
) -> list[dict[str, Any]]:
    """The rows of one page by reason; count and amount are of the whole group."""
    groups = []
    for code, members in groupby(rows, key=lambda row: row.exception_code):
        count, paid = totals.get(code, (0, ZERO))
        found = [{"remitted": row, "days": days_of(row, today)} for row in members]
        groups.append(
            {
                "code": code,
                "label": reason_of(code).label,
                "rows": found,
                "count": count,
                "amount": paid,
            }
        )
    return groups


def days_of(row: RemittedClaim, today: date) -> int:
    """Since when it waits: the day its payment was recorded."""
    return (today - timezone.localdate(row.remittance.recorded_at)).days


def payers_waiting(rows: QuerySet[RemittedClaim]) -> list[tuple[int, str]]:
    """Payers something waits of, for the filter."""
    found = rows.filter(remittance__payer__isnull=False).order_by("remittance__payer__name")
    return list(found.values_list("remittance__payer_id", "remittance__payer__name").distinct())


def csv_rows(rows: Iterable[RemittedClaim], today: date) -> list[list[Any]]:
    """At most CSV_ROWS rows for a spreadsheet."""
    return [
        [
            *(reason_of(row.exception_code).label, row.exception_code),
            row.remittance.payer.name if row.remittance.payer else row.remittance.payer_name,
            *(row.remittance.trace_number, row.remittance.paid_on, row.patient_control_number),
            f"{row.patient_last_name}, {row.patient_first_name}".strip(", "),
            *(row.amount_billed, row.amount_paid, str(row.claim or "")),
            *(timezone.localdate(row.remittance.recorded_at), days_of(row, today), row.exception),
        ]
        for row in rows
    ]
