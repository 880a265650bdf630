"""Amounts as people type them."""

from decimal import Decimal

import pytest

from rcm.money import read_dollars


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1000", "1000.00"),
        ("1,000.00", "1000.00"),
        ("$1,234,567.89", "1234567.89"),
        (" 12.5 ", "12.50"),
        ("0", "0.00"),
    ],
)
def test_an_amount_is_read_as_typed(typed: str, amount: str) -> None:
    assert str(read_dollars(typed)) == amount


@pytest.mark.parametrize(
    "typed",
    ["", "-3000", "−5", "1,00", "1,0000", "1.234", "1e3", "NaN", "Infinity", "٣", "1 000", "(5)"],
)
def test_what_could_be_read_in_two_ways_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="is no amount in dollars and cents"):
        assert read_dollars(typed) == Decimal(0)
