"""Which provider adjustment closes which; pure."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.rules.offsets import Entry, Link, bucket_of, keys_of, link, normalize
from payers.rules.provider_adjustments import MEANINGS

DAY = date(2026, 11, 20)


def entry(
    id: int,
    amount: int,
    reference: str = "",
    code: str = "WO",
    *,
    payer: str = "1",
    claim: int | None = None,
    trace: str = "",
) -> Entry:
    order = (DAY + timedelta(days=id), id, 1)
    return Entry(id, payer, code, keys_of(reference), trace or f"CHECK{id}", amount, claim, order)


def test_the_same_reference_closes_in_whole() -> None:
    assert link([entry(1, -100, "A1")], [entry(2, 100, "A1")]) == [Link(1, 2, 100, "reference")]


def test_a_smaller_taking_closes_a_part() -> None:
    assert link([entry(1, -100, "A1")], [entry(2, 40, "A1")]) == [Link(1, 2, 40, "reference")]


def test_a_larger_taking_closes_the_oldest_first_and_keeps_its_rest_open() -> None:
    items = [entry(2, -30, "A1"), entry(1, -50, "A1")]
    assert link(items, [entry(3, 100, "A1")]) == [
        Link(1, 3, 50, "reference"),
        Link(2, 3, 30, "reference"),
    ]


@pytest.mark.parametrize("code", sorted(code for code in MEANINGS if code != "L6") + ["ZZ"])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_code_is_closed_by_itself_with_the_opposite_sign_only(code: str, sign: int) -> None:
    first = entry(1, 100 * sign, "A1", code)
    assert link([first], [entry(2, 100 * sign, "A1", code)]) == []
    assert link([first], [entry(2, -100 * sign, "A1", code)]) == [Link(1, 2, 100, "reference")]


def test_another_payer_never_closes() -> None:
    assert link([entry(1, -100, "A1")], [entry(2, 100, "A1", payer="2")]) == []
    assert link([entry(1, -100)], [entry(2, 100, payer="2")]) == []


def test_another_code_does_not_close_except_in_its_family() -> None:
    assert link([entry(1, -100, "A1", "FB")], [entry(2, 100, "A1", "WO")]) == []
    assert len(link([entry(1, 100, "A1", "WO")], [entry(2, -100, "A1", "72")])) == 1
    assert len(link([entry(1, -100, "A1", "AP")], [entry(2, 100, "A1", "AM")])) == 1


def test_padding_case_and_positions_of_medicare_do_not_matter() -> None:
    assert link([entry(1, -100, "00abc1")], [entry(2, 100, " ABC1 ")]) != []
    composed = "CS023456789012345671EG4TE5MK73"
    assert keys_of(composed) == {composed, "2345678901234567"}
    assert link([entry(1, -100, "2345678901234567")], [entry(2, 100, composed)]) != []


def test_the_parts_of_a_reference_count_and_words_do_not() -> None:
    assert keys_of("PT000001 T000001") == {"PT000001 T000001", "PT000001", "T000001"}
    assert keys_of("OVERPAYMENT") == frozenset()
    assert keys_of("000") == frozenset()
    assert normalize(" 00a1 ") == "A1"


def test_a_forwarded_balance_is_closed_by_the_number_of_its_payment() -> None:
    forwarded = entry(1, -100, "X9", "FB", trace="EFT77")
    assert link([forwarded], [entry(2, 100, "EFT77", "FB")]) == [Link(1, 2, 100, "reference")]


def test_without_a_reference_one_open_item_of_the_same_amount_closes() -> None:
    assert link([entry(1, -100, "A1")], [entry(2, 100, "B2")]) == [Link(1, 2, 100, "amount")]
    assert link([entry(1, -100, "A1")], [entry(2, 99, "B2")]) == []


def test_two_open_items_of_the_same_amount_are_left_to_a_person() -> None:
    assert link([entry(1, -100), entry(2, -100)], [entry(3, 100)]) == []


def test_by_amount_only_what_is_taken_after_it_was_postponed_closes() -> None:
    assert link([entry(1, 100)], [entry(2, -100)]) == []
    assert link([entry(1, 100)], [entry(2, -100, code="72")]) == [Link(1, 2, 100, "amount")]


def test_by_amount_two_different_claims_never_close_each_other() -> None:
    assert link([entry(1, -100, claim=7)], [entry(2, 100, claim=8)]) == []
    assert len(link([entry(1, -100, claim=7)], [entry(2, 100, claim=7)])) == 1


def test_an_entry_that_arrives_late_is_still_the_earlier_one() -> None:
    assert link([entry(2, 100, "A1")], [entry(1, -100, "A1")]) == [Link(1, 2, 100, "reference")]


def test_two_entries_of_one_payment_close_each_other() -> None:
    both = [entry(1, 100, "A1", "WO"), entry(2, -100, "A1", "72")]
    assert link([], both) == [Link(1, 2, 100, "reference")]


def test_what_a_person_took_apart_stays_apart() -> None:
    pair = {frozenset((1, 2))}
    assert link([entry(1, -100, "A1")], [entry(2, 100, "A1")], pair) == []


@pytest.mark.parametrize(
    ("days", "label"),
    [(0, "0–30 days"), (30, "0–30 days"), (31, "31–60 days"), (90, "61–90 days")]
    + [(91, "over 90 days")],
)
def test_the_age_has_a_bucket(days: int, label: str) -> None:
    assert bucket_of(days) == label


ENTRIES = st.lists(
    st.tuples(
        st.integers(-5, 5).filter(bool),
        st.sampled_from(["", "A1", "B2", "A1 B2"]),
        st.sampled_from(["WO", "72", "FB", "ZZ"]),
        st.sampled_from(["1", "2"]),
        st.booleans(),
    ),
    max_size=12,
)


@given(ENTRIES)
def test_no_cent_appears_or_goes(rows: list[tuple[int, str, str, str, bool]]) -> None:
    made = [
        (entry(at, amount * 100, reference, code, payer=payer), is_new)
        for at, (amount, reference, code, payer, is_new) in enumerate(rows, 1)
    ]
    amounts = {each.id: each.amount for each, _ in made}
    payers = {each.id: each.payer for each, _ in made}
    links = link([e for e, is_new in made if not is_new], [e for e, is_new in made if is_new])
    left = Counter(amounts)
    for found in links:
        assert payers[found.opening] == payers[found.closing]
        assert found.opening < found.closing
        assert found.amount > 0
        for side in (found.opening, found.closing):
            left[side] -= found.amount if amounts[side] > 0 else -found.amount
    for id, amount in amounts.items():
        assert left[id] * amount >= 0, "nothing is closed beyond zero"
    assert sum(left.values()) == sum(amounts.values())
    taken = 2 * sum(found.amount for found in links)
    assert sum(map(abs, left.values())) + taken == sum(map(abs, amounts.values()))
