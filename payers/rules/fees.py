"""The price of a procedure on a day. Decides nothing else; no price is an answer, never a zero."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rcm.money import CENT


@dataclass(frozen=True)
class FeeRow:
    """One line of a fee schedule: dollars for one unit, both dates inclusive."""

    procedure_code: str
    amount: Decimal
    starts_on: date
    ends_on: date | None = None
    modifier: str = ""


def price_on(
    fees: Iterable[FeeRow], procedure_code: str, modifiers: Sequence[str], on: date
) -> Decimal | None:
    """Dollars for one unit on the date of service, or None when the schedule has no price.

    A price for one of the line's modifiers wins over the plain price; of several, the modifier
    that stands first on the line.
    """
    prices = {
        fee.modifier: fee.amount
        for fee in fees
        if fee.procedure_code == procedure_code
        and fee.starts_on <= on
        and (fee.ends_on is None or on <= fee.ends_on)
    }
    for modifier in (*modifiers, ""):
        if modifier in prices:
            return prices[modifier]
    return None


def line_price(
    fees: Iterable[FeeRow],
    procedure_code: str,
    modifiers: Sequence[str],
    units: Decimal,
    on: date,
) -> Decimal | None:
    """Dollars of a whole line, to the cent, or None when the schedule has no price."""
    unit = price_on(fees, procedure_code, modifiers, on)
    return None if unit is None else (unit * units).quantize(CENT)
