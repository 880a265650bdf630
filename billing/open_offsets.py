"""What is open of each provider adjustment, computed from its links when asked for."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.fields import CharField, DecimalField
from django.db.models.functions import Coalesce

from billing.models import OffsetLink, ProviderAdjustment, Remittance
from payers.rules.provider_adjustments import FINAL_CODES
from rcm.money import ZERO

MONEY: DecimalField = DecimalField(max_digits=12, decimal_places=2)
IN_LEDGER = (Remittance.State.POSTED, Remittance.State.PARTLY_POSTED)
FINAL = Q(code__in=FINAL_CODES)
STATES = {
    "open": "Open",
    "closed": "Closed",
    "final": "Final",
    "not_posted": "Not posted",
}


def with_open(rows: QuerySet[ProviderAdjustment]) -> QuerySet[Any]:
    """Each with `linked` (dollars, no sign), `amount_open` (signed) and `state`.

    Final kinds and entries of a payment that is not posted have nothing open.
    """
    active = OffsetLink.objects.filter(undone="").order_by()

    def total(side: str) -> Coalesce:
        of_one = active.filter(**{side: OuterRef("pk")}).values(side)
        summed = of_one.annotate(total=Sum("amount")).values("total")
        return Coalesce(Subquery(summed, output_field=MONEY), Value(ZERO, MONEY))

    is_waiting = ~FINAL & Q(remittance__state__in=IN_LEDGER)
    return rows.annotate(linked=total("opening") + total("closing")).annotate(
        amount_open=Case(
            When(is_waiting & Q(amount__gt=0), then=F("amount") - F("linked")),
            When(is_waiting, then=F("amount") + F("linked")),
            default=Value(ZERO),
            output_field=MONEY,
        ),
        state=Case(
            When(~Q(remittance__state__in=IN_LEDGER), then=Value("not_posted")),
            When(FINAL, then=Value("final")),
            When(amount=F("linked"), then=Value("closed")),
            When(amount=-F("linked"), then=Value("closed")),
            default=Value("open"),
            output_field=CharField(),
        ),
    )


def open_amounts(ids: Collection[int]) -> dict[int, Decimal]:
    """Id -> what is open of it, signed."""
    rows = with_open(ProviderAdjustment.objects.filter(pk__in=ids)).order_by()
    return dict(rows.values_list("pk", "amount_open"))


def open_entries(practice_id: int, payer_identifier: str) -> QuerySet[Any]:
    """What is open with one payer, of posted payments."""
    rows = ProviderAdjustment.objects.filter(
        practice_id=practice_id, remittance__payer_identifier=payer_identifier
    )
    return with_open(rows).filter(state="open")
