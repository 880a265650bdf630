"""Is a payment known? Plain contents in, a verdict out. Cents."""

from billing.rules.identity import (
    Content,
    Known,
    LineContent,
    fingerprint_adjustment,
    fingerprint_claim,
    judge,
)

A, B, C = b"A", b"B", b"C"


def said(paid: int, *claims: tuple[bytes, int], **changes: object) -> Content:
    """A payment of claims by name and amount: said(100, (A, 60), (B, 40))."""
    content = Content(paid, **changes)  # type: ignore[arg-type]  # test data by name
    for entry, amount in claims:
        content.add(entry, amount)
        content.claims.add((entry.decode(), False))
    total = sum(amount for _, amount in claims)
    content.is_balanced = content.is_balanced and total == paid
    content.is_short = total != paid
    return content


def known(pk: int, content: Content, *, waiting: bool = False, deposited: int = -1) -> Known:
    amount = content.amount_paid if deposited < 0 else deposited
    return Known(pk, content, amount, waiting)


def test_a_payment_that_says_nothing_new_is_a_duplicate() -> None:
    first = known(1, said(100, (A, 60), (B, 40)))
    verdict = judge(said(100, (B, 40), (A, 60)), [first])
    assert (verdict.kind, verdict.of, verdict.known_count) == ("duplicate", (1,), 2)


def test_parts_of_a_recorded_payment_are_duplicates() -> None:
    first = known(1, said(100, (A, 60), (B, 40)))
    assert judge(said(60, (A, 60)), [first]).kind == "duplicate"
    assert judge(said(100, (B, 40)), [first]).kind == "duplicate"


def test_a_whole_after_its_parts_is_a_duplicate() -> None:
    parts = [known(1, said(60, (A, 60))), known(2, said(40, (B, 40)))]
    assert judge(said(100, (A, 60), (B, 40)), parts).kind == "duplicate"


def test_other_claims_under_the_same_number_are_another_payment() -> None:
    first = known(1, said(100, (A, 60), (B, 40)))
    assert judge(said(100, (C, 100)), [first]) == judge(said(100, (C, 100)), [])
    assert judge(said(100, (C, 100)), [first]).kind == "new"


def test_the_missing_part_completes_a_payment_that_waits_for_it() -> None:
    short = known(1, said(100, (A, 60)), waiting=True)
    verdict = judge(said(100, (B, 40)), [short])
    assert (verdict.kind, verdict.of) == ("part", (1,))
    assert judge(said(40, (B, 40)), [short]).kind == "new"


def test_added_claims_post_when_the_payment_has_grown_by_just_them() -> None:
    first = known(1, said(60, (A, 60)))
    verdict = judge(said(100, (A, 60), (B, 40)), [first])
    assert (verdict.kind, verdict.of, verdict.amount_elsewhere) == ("addition", (1,), 60)
    assert dict(verdict.fresh) == {B: 1}
    nothing_paid = judge(said(60, (A, 60), (B, 0)), [first])
    assert (nothing_paid.kind, nothing_paid.amount_elsewhere) == ("addition", 60)


def test_added_claims_that_do_not_explain_the_growth_wait_for_a_person() -> None:
    first = known(1, said(60, (A, 60)))
    assert judge(said(60, (A, 60), (B, 40)), [first]).kind == "overlaps"
    other = said(70, (A, 60), (B, 10))
    assert judge(other, [known(1, said(90, (A, 60), (C, 30)))]).kind == "overlaps"


def test_a_version_that_says_all_a_held_one_said_replaces_it() -> None:
    wrong = Content(100, is_balanced=False)
    wrong.add(b"A with a typing error", 60)
    wrong.claims.add(("A", False))
    verdict = judge(said(60, (A, 60)), [known(1, wrong, waiting=True)])
    assert (verdict.kind, verdict.of) == ("new_version", (1,))
    whole = judge(said(100, (A, 60), (B, 40)), [known(1, said(100, (A, 60)), waiting=True)])
    assert whole.kind == "new_version"


def test_a_version_put_right_at_its_head_replaces_a_held_one() -> None:
    wrong = said(101, (A, 60), (B, 40))
    verdict = judge(said(100, (A, 60), (B, 40)), [known(1, wrong, waiting=True)])
    assert (verdict.kind, verdict.of, verdict.known_count) == ("new_version", (1,), 2)
    still_wrong = judge(said(101, (A, 60), (B, 40)), [known(1, wrong, waiting=True)])
    assert (still_wrong.kind, still_wrong.of) == ("duplicate", (1,))
    only_a_part = judge(said(60, (A, 60)), [known(1, wrong, waiting=True)])
    assert (only_a_part.kind, only_a_part.of) == ("duplicate", (1,))


def test_the_same_claim_said_differently_after_posting_waits_for_a_person() -> None:
    first = known(1, said(60, (A, 60)))
    other = Content(50)
    other.add(b"A for less", 50)
    other.claims.add(("A", False))
    assert judge(other, [first]).kind == "overlaps"


def test_without_claims_only_an_equal_payment_is_the_same() -> None:
    foreign = known(1, Content(100))
    assert judge(Content(100), [foreign]).kind == "duplicate"
    assert judge(Content(90), [foreign]).kind == "new"


def test_the_same_claim_twice_in_one_payment_is_two_entries() -> None:
    first = known(1, said(120, (A, 60), (A, 60)))
    assert judge(said(120, (A, 60), (A, 60)), [first]).kind == "duplicate"
    once = known(1, said(60, (A, 60)))
    assert judge(said(120, (A, 60), (A, 60)), [once]).kind == "addition"


def test_a_fingerprint_is_what_moves_whatever_the_order() -> None:
    one = LineContent("99213", ("25",), 100, 60, "L1", None, (("CO", "45", 40),))
    two = LineContent("36415", (), 50, 0, "L2", None, (("PR", "1", 30), ("CO", "45", 20)))
    back = two._replace(adjustments=(("CO", "45", 20), ("PR", "1", 30)))

    def fingerprint(paid: int, *lines: LineContent) -> bytes:
        return fingerprint_claim("T1", "P1", "1", 150, paid, [], lines)

    assert fingerprint(60, one, two) == fingerprint(60, back, one)
    assert fingerprint(60, one, two) != fingerprint(61, one, two)
    assert fingerprint(60, one, two) != fingerprint(60, one, two._replace(code="36416"))
    assert fingerprint_adjustment("N", "WO", "R", 5) != fingerprint_adjustment("N", "WO", "R", -5)
