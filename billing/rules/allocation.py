"""Which visits a patient's payment pays: the oldest first, the rest is prepaid."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from rcm.money import CENT, ZERO


class Allocation(NamedTuple):
    """Visit -> dollars, and what is more than owed. The parts add up to the payment."""

    parts: dict[int, Decimal]
    prepaid: Decimal


class Wrong(ValueError):
    """An allocation that cannot be; its text says why, in a sentence for people."""


def allocate(amount: Decimal, owed: Sequence[tuple[int, Decimal]]) -> Allocation:
    """Pay the visits in the order of `owed` (visit, dollars above zero), the oldest first."""
    parts: dict[int, Decimal] = {}
    left = amount
    for visit, balance in owed:
        part = min(left, balance)
        if part > 0:
            parts[visit] = part
            left -= part
    return Allocation(parts, left)


def check_allocation(
    amount: Decimal, wanted: Mapping[int, Decimal], owed: Mapping[int, Decimal]
) -> Allocation:
    """The allocation a person chose; what it leaves of `amount` is prepaid.

    Raises Wrong for a part below zero or of fractions of a cent, a visit that owes less, and parts
    that are more than the payment.
    """
    parts = {visit: part for visit, part in wanted.items() if part}
    for visit, part in parts.items():
        if part < 0 or part != part.quantize(CENT):
            raise Wrong("A part of a payment is dollars and cents above zero.")
        balance = owed.get(visit, ZERO)
        if part > balance:
            raise Wrong(f"${balance:,.2f} is owed for this visit, less than ${part:,.2f}.")
    total = sum(parts.values(), ZERO)
    if total > amount:
        raise Wrong(f"The parts are ${total:,.2f}, more than the payment of ${amount:,.2f}.")
    return Allocation(parts, amount - total)


def spread(part: Decimal, claims: Sequence[tuple[int, Decimal]]) -> list[tuple[int, Decimal]]:
    """Divide what is paid for a visit among the claims that owe it, (claim, dollars) in order.

    A visit never owes more than its claims together. Raises Wrong when they owe less than `part`.
    """
    found = allocate(part, [(claim, owed) for claim, owed in claims if owed > 0])
    if found.prepaid:
        raise Wrong("The claims of this visit owe less than is paid for it.")
    return list(found.parts.items())
