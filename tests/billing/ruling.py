"""Posting rules for tests: valid by default, the changed thing visible in the test."""

from decimal import Decimal
from typing import Any

from django.utils import timezone

from billing.models import PostingRule
from rcm.models import Practice, User


def make_rule(practice: Practice, by: User, **changes: Any) -> PostingRule:
    """A rule in force that holds CO-97 of any payer; `approved_by` puts a write-off into force."""
    fields: dict[str, Any] = {
        "name": "CO-97 to look at",
        "group": "CO",
        "reason": "97",
        "action": "hold",
        "created_by": by,
    }
    fields |= changes
    if fields.get("approved_by"):
        fields.setdefault("approved_at", timezone.now())
    for end in ("amount_from", "amount_to"):
        if isinstance(fields.get(end), str):
            fields[end] = Decimal(fields[end])
    return PostingRule.objects.create(practice=practice, **fields)
