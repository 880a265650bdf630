"""Texts of elements to cents, numbers and dates, and the quick constructor."""

from dataclasses import FrozenInstanceError
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rcm.x12.memo import Memo, quick
from rcm.x12.remittance_835 import Adjustment
from rcm.x12.values import (
    format_cents,
    format_decimal,
    parse_cents,
    parse_count,
    parse_date,
    parse_decimal,
    parse_range_end,
)


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("0", 0),
        ("100", 10000),
        ("100.5", 10050),
        ("100.50", 10050),
        ("100.", 10000),
        (".05", 5),
        ("-.5", -50),
        ("-12.34", -1234),
        ("-0.01", -1),
        ("9999999999.99", 999999999999),
    ],
)
def test_an_amount_becomes_cents(text: str, cents: int) -> None:
    assert parse_cents(text) == cents


@pytest.mark.parametrize(
    "text",
    ["", ".", "-", "1,00", "1.234", "12.500", "1E2", "+1", " 1", "1 ", "1_0", "٣", "²", "--1"]
    + ["NaN", "0x1", "1.2.3", "-.", "10000000000", "1.-1", "-1-.00", "1\n"],
)
def test_a_text_that_is_no_amount_is_none(text: str) -> None:
    assert parse_cents(text) is None


@given(st.integers(-999_999_999_999, 999_999_999_999))
def test_cents_survive_writing_and_reading(cents: int) -> None:
    text = format_cents(cents)
    assert parse_cents(text) == cents
    assert Decimal(text) * 100 == cents


def test_dates_are_read_from_d8_and_rd8() -> None:
    assert parse_date("20240229") == date(2024, 2, 29)
    assert parse_date("20240101-20240103") == date(2024, 1, 1)
    assert parse_range_end("20240101-20240103") == date(2024, 1, 3)
    assert parse_range_end("20240101") is None
    for text in ("", "20230229", "2024010", "20240101-", "202401 1", "00000000", "２０２４0101"):
        assert parse_date(text) is None


def test_numbers_and_counts() -> None:
    assert parse_decimal("1.50") == Decimal("1.5")
    assert [parse_decimal(text) for text in ("", "1E5", "x", "1,5")] == [None] * 4
    assert format_decimal(Decimal("100.00")) == "100"
    assert format_decimal(Decimal("1E+2")) == "100"
    assert [parse_count(text) for text in ("7", "007", "", "-1", "1.0", "9" * 11)] == [
        7,
        7,
        None,
        None,
        None,
        None,
    ]


def test_a_quickly_made_object_is_an_ordinary_frozen_one() -> None:
    made = quick(Adjustment)("CO", "45", 100)
    assert made == Adjustment("CO", "45", 100)
    assert hash(made) == hash(Adjustment("CO", "45", 100))
    assert type(made) is Adjustment
    assert made.quantity is None
    with pytest.raises(FrozenInstanceError):
        made.amount = 5  # type: ignore[misc]  # frozen on purpose


def test_a_memo_stays_within_its_size() -> None:
    memo: Memo[int, int] = Memo(lambda number: number * 2, size=10)
    assert [memo[number] for number in range(100)] == [number * 2 for number in range(100)]
    assert len(memo) <= 10
