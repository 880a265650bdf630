"""The independent reading of 835s that judges a run of the demo."""

from pathlib import Path

from denials.check.oracle import cents, expect, read_file, read_payments
from tests.billing import remitting as r

REASONS = {("CO", "11")}


def statements(*claims: r.RemittedClaim, paid: str) -> str:
    return r.content(paid, *claims).decode("latin-1")


def two_lines(number: str, status: str = "1") -> r.RemittedClaim:
    """99213 paid 72.00 of 165.00, 93000 denied over 55.00; all negated in a reversal."""
    sign = "-" if status == "22" else ""
    return r.clp(
        number,
        f"{sign}220.00",
        f"{sign}72.00",
        r.line("99213", f"{sign}165.00", f"{sign}72.00", f"CO-45 {sign}93.00"),
        r.line("93000", f"{sign}55.00", "0.00", f"CO-11 {sign}55.00"),
        status=status,
    )


def test_amounts_are_read_to_the_cent() -> None:
    assert [cents(text) for text in ("72", "0.5", "-18.40", ".05", "0")] == [7200, 50, -1840, 5, 0]


def test_a_payment_is_read_with_its_denied_lines() -> None:
    [payment] = read_file(statements(two_lines("A1"), paid="72.00"), REASONS)
    assert (payment.trace, payment.amount, payment.is_balanced) == ("CHECK1", 7200, True)
    [claim] = payment.claims
    assert (claim.number, claim.paid, claim.denied_lines) == ("A1", 7200, 1)


def test_an_unbalanced_payment_counts_for_nothing_else() -> None:
    [payment] = read_file(statements(two_lines("A1"), paid="72.01"), REASONS)
    found = expect([payment], set())
    assert (found.payments, found.unbalanced, found.paid, found.denied_lines_open) == (0, 1, 0, 0)


def test_a_denied_line_is_open_until_its_claim_is_reversed() -> None:
    first = list(read_file(statements(two_lines("A1"), paid="72.00"), REASONS))
    assert expect(first, set()).denied_lines_open == 1
    corrected = r.clp("A2", "55.00", "30.00", r.line("93000", "55.00", "30.00", "CO-45 25.00"))
    second = statements(two_lines("A1", "22"), corrected, paid="-42.00")
    found = expect([*first, *read_file(second, REASONS)], {"A2"})
    assert (found.denied_lines_open, found.corrected_paid, found.paid) == (0, 1, 3000)


def test_a_payment_sent_twice_is_read_once(tmp_path: Path) -> None:
    outbound = tmp_path / "files" / "outbound" / "NM"
    outbound.mkdir(parents=True)
    content = r.content("72.00", two_lines("A1"))
    (outbound / "a.835").write_bytes(content)
    (outbound / "b.835").write_bytes(content)
    (outbound / "c.835").write_bytes(r.content("72.00", two_lines("A1"), number=2))
    (outbound / "d.999").write_bytes(b"ISA*00*~ST*999*1~")
    assert [payment.trace for payment in read_payments(tmp_path)] == ["CHECK1"]
