"""Money: Decimal with two places in the application, integer cents in rcm.x12. Never a float."""

from decimal import Decimal
from functools import lru_cache

ZERO = Decimal("0.00")
CENT = Decimal("0.01")


def from_cents(cents: int) -> Decimal:
    """12345 -> Decimal('123.45')."""
    return Decimal(cents).scaleb(-2)


def to_cents(amount: Decimal) -> int:
    """Decimal('123.45') -> 12345. Raises ValueError when there is a fraction of a cent."""
    cents = amount.scaleb(2)
    if cents != cents.to_integral_value():
        raise ValueError(f"{amount} is not a whole number of cents")
    return int(cents)


@lru_cache(maxsize=65_536)
def cents_text(cents: int) -> str:
    """12345 -> '123.45', for COPY. Amounts repeat (fee schedules), so most are remembered."""
    sign = "-" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 100)
    return f"{sign}{whole}.{rest:02d}"
