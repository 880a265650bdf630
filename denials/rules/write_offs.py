"""How much one may write off alone, and the reasons reports count by."""

from collections.abc import Mapping
from decimal import Decimal

# Where a practice has set nothing: a manager's word is enough for any amount.
DEFAULT_LIMITS: Mapping[str, Decimal | None] = {
    "biller": Decimal("250.00"),
    "coder_biller": Decimal("250.00"),
    "manager": None,
}
OTHER = "other"
REASONS = {
    "timely_filing": "Filed too late",
    "no_authorization": "No authorization",
    "not_covered": "Not covered, and the patient may not be billed",
    "bundled": "Bundled by contract",
    "documentation": "Documentation missing",
    "small_balance": "Not worth the work",
    "goodwill": "Goodwill",
    OTHER: "Other",
}


def limit_for(role: str, own: Mapping[str, Decimal | None]) -> Decimal | None:
    """Dollars a role may write off alone, None without a limit; 0 for roles that have none.

    `own` are the practice's limits, which win.
    """
    if role in own:
        return own[role]
    return DEFAULT_LIMITS.get(role, Decimal(0))


def is_above(amount: Decimal, limit: Decimal | None) -> bool:
    """Does it need a second person? At the limit it does not."""
    return limit is not None and amount > limit
