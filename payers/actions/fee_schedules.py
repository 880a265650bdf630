"""Prices: read those of a day, set a new one from a date on."""

from collections.abc import Collection
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from payers.models import Fee, FeeSchedule
from payers.rules.fees import FeeRow
from rcm import events
from rcm.errors import Refusal
from rcm.models import User


def fee_rows(
    practice_id: int, procedure_codes: Collection[str], on: date, *, until: date | None = None
) -> list[FeeRow]:
    """The practice's own charges (the schedule without a payer) in force on a day, or some day of
    those from `on` to `until`.
    """
    fees = Fee.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on),
        practice_id=practice_id,
        schedule__payer__isnull=True,
        procedure_code__in=procedure_codes,
        starts_on__lte=until or on,
    ).order_by("pk")
    return [
        FeeRow(fee.procedure_code, fee.amount, fee.starts_on, fee.ends_on, fee.modifier)
        for fee in fees
    ]


@transaction.atomic
def set_fee(
    schedule: FeeSchedule,
    procedure_code: str,
    amount: Decimal,
    *,
    starts_on: date,
    by: User | None,
    modifier: str = "",
) -> Fee:
    """A price from `starts_on` on; the price before it ends the day before.

    Raises Refusal when the amount is negative or a price starts on that day or later.
    """
    if amount < 0:
        raise Refusal("fee_negative", "A price cannot be negative.", fields={"amount": "Negative."})
    same = schedule.fees.filter(procedure_code=procedure_code, modifier=modifier)
    if same.filter(starts_on__gte=starts_on).exists():
        raise Refusal(
            "fee_later_exists", f"{procedure_code} already has a price from a later date."
        )
    same.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on)).update(
        ends_on=starts_on - timedelta(days=1)
    )
    fee = Fee.objects.create(
        practice_id=schedule.practice_id,
        schedule=schedule,
        procedure_code=procedure_code,
        modifier=modifier,
        amount=amount,
        starts_on=starts_on,
    )
    events.record("fee.set", fee, by=by, procedure_code=procedure_code, amount=str(amount))
    return fee
