"""What the pages of authorizations show: what is left of each, and what ends soon."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from billing.authorizations import approval_of, quantities_used, uses_of
from coding.models import Encounter
from payers.models import Authorization
from payers.rules.authorizations import quantity_used

SOON = timedelta(days=30)
State = Authorization.State
VIEWS = {"": "In force", "soon": "Ending soon", "requested": "Requested", "past": "Past"}


def chosen_view(rows: QuerySet[Authorization], view: str, today: date) -> QuerySet[Authorization]:
    """The rows of one tab: in force, ending within 30 days, asked for, over."""
    in_force = Q(state=State.APPROVED) & (Q(ends_on__isnull=True) | Q(ends_on__gte=today))
    wanted = {
        "soon": in_force & Q(ends_on__lte=today + SOON),
        "requested": Q(state=State.REQUESTED),
        "past": Q(state__in=[State.REFUSED, State.CANCELLED]) | Q(ends_on__lt=today),
    }
    return rows.filter(wanted.get(view, in_force))


def filtered(rows: QuerySet[Authorization], query: Mapping[str, Any]) -> QuerySet[Authorization]:
    """What the address asks for; those that end first on top."""
    patient = str(query.get("patient") or "")
    if patient.isascii() and patient.isdigit():
        rows = rows.filter(patient=int(patient[:18]))
    if text := str(query.get("q") or "").strip():
        rows = rows.filter(
            Q(number__iexact=text)
            | Q(patient__mrn__iexact=text)
            | Q(patient__last_name__istartswith=text)
        )
    return rows.select_related("patient", "coverage__payer", "provider").order_by(
        "ends_on", "-starts_on", "pk"
    )


def tabs(rows: QuerySet[Authorization], view: str, today: date) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "url": f"?view={name}" if name else "?",
            "count": chosen_view(rows, name, today).count(),
            "is_current": name == view,
        }
        for name, label in VIEWS.items()
    ]


def rows_of(practice_id: int, rows: Sequence[Authorization], today: date) -> list[dict[str, Any]]:
    """Each with what is used and left of it. One statement."""
    used = quantities_used(practice_id, rows)
    return [
        {
            "row": row,
            "codes": ", ".join(row.codes) or "any",
            "used": used[row.pk],
            "left": max(row.quantity - used[row.pk], Decimal(0)),
            "is_over": used[row.pk] > row.quantity,
            "days": (row.ends_on - today).days if row.ends_on else None,
        }
        for row in rows
    ]


def visits_of(row: Authorization) -> list[dict[str, Any]]:
    """The coded visits that name it, and what each takes."""
    key = (row.patient_id, row.coverage.payer_id, row.number)
    uses = uses_of(row.practice_id, [row.patient_id], [row.number])[key] if row.number else []
    visits = Encounter.objects.in_bulk([use.encounter for use in uses])
    approval = approval_of(row)
    return [
        {"visit": visits[use.encounter], "taken": quantity_used(approval, [use.visit])}
        for use in uses
    ]
