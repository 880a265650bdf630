"""Money: Decimal with two places in the application, integer cents in rcm.x12. Never a float."""

import re
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


def dollars(amount: Decimal) -> str:
    """Decimal('-1234.5') -> '-$1,234.50', for sentences and documents."""
    return f"-${-amount:,.2f}" if amount < 0 else f"${amount:,.2f}"


TYPED = re.compile(r"\$?(\d{1,3}(,\d{3})+|\d{1,10})(\.\d{1,2})?")


def read_dollars(text: str) -> Decimal:
    """What a person types: ``1000``, ``1,000.00``, ``$12.5``. Never a sign.

    Raises ValueError for everything else, so that no typing error becomes another amount.
    """
    typed = text.strip()
    if not typed.isascii() or not TYPED.fullmatch(typed):
        raise ValueError(f"{typed!r} is no amount in dollars and cents")
    return Decimal(typed.lstrip("$").replace(",", "")).quantize(CENT)
