"""Texts of an element to values: cents, quantities, dates. None means the text is not one."""

import re
from datetime import date, datetime
from decimal import Decimal

from rcm.x12.memo import Memo

_AMOUNT = re.compile(r"-?(?:\d{1,10}(?:\.\d{0,2})?|\.\d{1,2})", re.ASCII)
_NUMBER = re.compile(r"-?(?:\d{1,15}(?:\.\d{0,6})?|\.\d{1,6})", re.ASCII)
_DIGITS = re.compile(r"\d+", re.ASCII)


def parse_cents(text: str) -> int | None:
    """Integer cents of an X12 R element such as ``-12.5``; None for commas, three decimals, text.

    At most ten digits before the point (the most an 835 allows).
    """
    whole, _, fraction = text.partition(".")
    if (
        len(fraction) == 2
        and len(whole) <= 10
        and (whole + fraction).isdecimal()
        and text.isascii()
    ):
        return int(whole + fraction)  # what nearly all amounts look like
    if _AMOUNT.fullmatch(text) is None:
        return None
    digits = whole + (fraction + "00")[:2]
    return int(digits)


def parse_decimal(text: str) -> Decimal | None:
    """The Decimal of a quantity or weight; None when it is not a plain number."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def parse_date(text: str) -> date | None:
    """The date of CCYYMMDD (D8); for a range (RD8) its first day; None when there is none such."""
    if len(text) == 17 and text[8] == "-":
        text = text[:8]
    if len(text) != 8 or _DIGITS.fullmatch(text) is None:
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def parse_range_end(text: str) -> date | None:
    """The last day of an RD8 range; None when the text is a single day."""
    return parse_date(text[9:]) if len(text) == 17 and text[8] == "-" else None


def parse_count(text: str) -> int | None:
    """A count such as SE01; None when it is not digits."""
    return int(text) if len(text) <= 10 and _DIGITS.fullmatch(text) else None


def format_cents(amount: int) -> str:
    """Cents as X12 writes them: no trailing zeros, at most two decimals, leading minus."""
    sign = "-" if amount < 0 else ""
    whole, fraction = divmod(abs(amount), 100)
    if not fraction:
        return f"{sign}{whole}"
    return f"{sign}{whole}.{fraction:02d}".rstrip("0")


def format_decimal(quantity: Decimal) -> str:
    """A quantity without exponent and trailing zeros."""
    text = f"{quantity:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def format_date(day: date | datetime) -> str:
    """CCYYMMDD."""
    return f"{day.year:04d}{day.month:02d}{day.day:02d}"


CENTS: Memo[str, int | None] = Memo(parse_cents, 16_384)
DECIMALS: Memo[str, Decimal | None] = Memo(parse_decimal, 1_024)
DATES: Memo[str, date | None] = Memo(parse_date, 4_096)
