"""How a practice measures coding: limits, the board of people, weights of visits."""

from decimal import Decimal
from typing import Any

from django.db import transaction

from coding.models import ProductivityWeight, QualitySettings
from rcm import events
from rcm.models import Practice, User


@transaction.atomic
def save_settings(practice: Practice, *, by: User, **chosen: Any) -> QualitySettings:
    """Set what is measured and shown from now on."""
    row, _ = QualitySettings.objects.update_or_create(practice=practice, defaults=chosen)
    told = {name: str(value) for name, value in chosen.items()}
    events.record("quality_settings.saved", row, by=by, chosen=told)
    return row


@transaction.atomic
def save_weight(
    practice: Practice,
    weight: Decimal,
    *,
    by: User,
    care: str = "",
    specialty: str = "",
    visit_type: str = "",
) -> ProductivityWeight:
    """The units of a kind of visit, new or instead of the earlier ones."""
    row, _ = ProductivityWeight.objects.update_or_create(
        practice=practice,
        care=care,
        specialty=specialty.strip(),
        visit_type=visit_type.strip(),
        defaults={"weight": weight},
    )
    events.record("productivity_weight.saved", row, by=by, weight=str(weight))
    return row


@transaction.atomic
def remove_weight(row: ProductivityWeight, *, by: User) -> None:
    """Back to the default of these visits."""
    events.record("productivity_weight.removed", row, by=by, weight=str(row.weight))
    row.delete()
