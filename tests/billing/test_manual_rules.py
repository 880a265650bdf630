"""Amounts as people type them, and what a line leaves open: exact, or refused with a sentence."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from billing.rules.manual_entry import (
    LineEntry,
    NotAnAmount,
    adjustments_text,
    left_to_post,
    parse_adjustments,
    parse_amount,
    read_line,
    write_rest,
)
from billing.rules.page_images import page_name, page_type
from tests.billing.keying import JPEG, PDF, png


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("0", 0),
        ("72", 7200),
        ("98.42", 9842),
        ("1,000.00", 100_000),
        ("1000.00", 100_000),
        ("$1,000", 100_000),
        (" $1,234,567.89 ", 123_456_789),
        (".50", 50),
        ("0.05", 5),
        ("-12.00", -1200),
        ("\u221212.00", -1200),
        ("(12.00)", -1200),
        ("($1,000.01)", -100_001),
        ("9999999999.99", 999_999_999_999),
    ],
)
def test_an_amount_is_read_exactly(text: str, cents: int) -> None:
    assert parse_amount(text) == cents


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "-", "$", "()", ".", "abc", "12.5", "12.345", "1,00", "10,00.00", "1,0000"),
        *(",100", "1.000,00", "1 000", "12.", "1e3", "NaN", "Infinity", "--1", "(-1.00)", "$-1"),
        *("(1.00", "1.00)", "1.00-", "1_000", "１２", "٣", "0x10", "12\n13", "+5", "10000000000"),
    ],
)
def test_what_could_mean_two_amounts_or_none_is_refused(text: str) -> None:
    with pytest.raises(NotAnAmount):
        parse_amount(text)


@given(st.integers(min_value=-999_999_999_999, max_value=999_999_999_999))
def test_every_amount_comes_back_from_how_it_is_written(cents: int) -> None:
    """With and without thousands commas, dollar sign, minus or parentheses."""
    amount = Decimal(cents).scaleb(-2)
    bare = f"{abs(amount):,.2f}"
    sign = "-" if cents < 0 else ""
    for text in (f"{amount:.2f}", f"{sign}{bare}", f"{sign}${bare}"):
        assert parse_amount(text) == cents
    assert parse_amount(f"({bare})") == -abs(cents)


@given(st.text(max_size=14))
def test_no_text_is_read_as_another_amount(text: str) -> None:
    """Whatever is accepted is what Decimal reads of the same figures."""
    try:
        cents = parse_amount(text)
    except NotAnAmount:
        return
    plain = text.strip().replace("\u2212", "-").replace(",", "").replace("$", "").replace(" ", "")
    if plain.startswith("("):
        plain = "-" + plain.strip("()")
    assert Decimal(plain) == Decimal(cents).scaleb(-2)


def test_further_reasons_are_read_one_by_one() -> None:
    found = parse_adjustments("co-97 165.00; OA 23 $1,000 ;PI-B7 (2.00)")
    assert found == (("CO", "97", 16500), ("OA", "23", 100_000), ("PI", "B7", -200))
    assert parse_adjustments(adjustments_text(found)) == found
    assert parse_adjustments("") == ()


@pytest.mark.parametrize("text", ["97 165.00", "XX-97 1.00", "CO-97", "CO-97 12.5", "CO-97 1 2"])
def test_a_reason_without_group_code_or_amount_is_refused(text: str) -> None:
    with pytest.raises(NotAnAmount):
        parse_adjustments(text)


@given(
    billed=st.integers(min_value=0, max_value=1_000_000),
    paid=st.integers(min_value=0, max_value=1_000_000),
    share=st.integers(min_value=0, max_value=1_000_000),
    sign=st.sampled_from([1, -1]),
)
@example(billed=0, paid=0, share=1, sign=-1)
def test_the_rest_goes_to_the_contract_and_never_against_the_charge(
    billed: int, paid: int, share: int, sign: int
) -> None:
    entry = LineEntry(sign * billed, sign * paid, None, (("PR", "2", sign * share),))
    written = write_rest(entry)
    contract = sum(cents for group, reason, cents in written.adjustments if reason == "45")
    assert sign * contract >= 0
    if paid + share <= billed:
        assert (written.left, contract) == (0, sign * (billed - paid - share))
    else:
        assert written == entry
    assert write_rest(written) == written


def test_the_rest_replaces_what_stood_at_the_contract() -> None:
    entry = LineEntry(16500, 7200, None, (("CO", "45", 100), ("PR", "1", 2000)))
    assert write_rest(entry).adjustments == (("CO", "45", 7300), ("PR", "1", 2000))


def test_an_equals_sign_in_any_column_is_the_rest() -> None:
    entry, errors = read_line({"paid": "98.42", "copayment": "=", "allowed": "98.42"}, 16500)
    assert errors == {}
    assert entry == LineEntry(16500, 9842, 9842, (("CO", "45", 6658),))
    assert read_line({"contract": "="}, 16500)[1] == {
        "paid": "Key what is paid before the rest is written off."
    }


def test_cells_and_lines_are_two_ways_to_say_the_same() -> None:
    cells = {
        "allowed": "92.00",
        "paid": "70.00",
        "contract": "70.00",
        "deductible": "1.00",
        "coinsurance": "2.00",
        "copayment": "20.00",
        "others": "CO-253 2.00",
        "reason": "",
    }
    entry, _ = read_line(cells, 16500)
    assert entry is not None
    assert entry.left == 0
    assert entry.cells() == cells


@pytest.mark.parametrize(
    ("billed", "paid", "message"),
    [
        (16500, "-1.00", "What is paid on a claim paid or denied is positive."),
        (-16500, "1.00", "What is paid on a claim taken back (22) is negative."),
    ],
)
def test_money_taken_back_is_a_claim_of_status_22(billed: int, paid: str, message: str) -> None:
    assert read_line({"paid": paid}, billed) == (None, {"paid": message})


def test_a_line_not_on_the_eob_carries_nothing() -> None:
    entry, _ = read_line({"paid": "x"}, 16500)
    assert entry == LineEntry(16500, is_left_out=True)
    assert entry.left == 0
    assert read_line({"paid": "X", "contract": "1.00"}, 16500)[1] == {
        "contract": "A line that is not on the EOB carries no amount."
    }


def test_nothing_typed_is_not_zero() -> None:
    entry, _ = read_line({}, 16500)
    assert entry == LineEntry(16500)
    assert entry.find_fault() == "is not keyed yet"
    zero, _ = read_line({"paid": "0"}, 16500)
    assert zero is not None
    assert (zero.paid, zero.allowed, zero.find_fault()) == (0, None, "leaves 165.00 open")


def test_what_is_left_is_the_check_less_claims_plus_what_was_kept_back() -> None:
    assert left_to_post(120_416, [106_198], []) == 14_218
    assert left_to_post(6_700, [7_200], [500]) == 0
    assert left_to_post(7_700, [7_200], [-500]) == 0


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "application/pdf"),
        (JPEG, "image/jpeg"),
        (JPEG + b"\x00\x00", "image/jpeg"),
        (png(), "image/png"),
        (png(extra=b"<script>alert(1)</script>"), None),
        (png()[:-4], None),
        (png().replace(b"IDAT", b"IDAX"), None),
        (JPEG + b"PK\x03\x04", None),
        (b"GIF89a" + JPEG, None),
        (b"<html>" + PDF, None),
        (PDF.replace(b"%%EOF", b""), None),
        (b"%PDF-1.4<script>", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", None),
        (b"GIF89a\x01\x00", None),
        (b"", None),
    ],
)
def test_a_page_is_what_its_bytes_are_to_the_end(content: bytes, kind: str | None) -> None:
    assert page_type(content) == kind


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\scans\\eob 1.pdf", "eob 1.pdf"),
        ("a\r\nSet-Cookie: x.png", "aSet-Cookie: x.png"),
        ("gnp.\u202efdp", "gnp.fdp"),
        ("..", "page"),
        ("", "page"),
        ("x" * 300 + ".png", "x" * 196 + ".png"),
    ],
)
def test_a_name_is_no_path(name: str, kept: str) -> None:
    assert page_name(name) == kept
