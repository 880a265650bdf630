"""Moves from facts: plain data in, moves out. Cents."""

import pytest

from billing.models import Account
from billing.rules.next_party import receivable_of_share
from billing.rules.posting import (
    AdjustmentFact,
    ClaimFact,
    LineFact,
    Move,
    Payments,
    claim_moves,
    find_obstacle,
    payment_moves,
)


def paid_claim(**changes: object) -> ClaimFact:
    """Billed 165.00, paid 72.00, contract 73.00, coinsurance 20.00."""
    line = LineFact(
        31,
        1,
        7,
        7200,
        (AdjustmentFact(41, "CO", "45", 7300), AdjustmentFact(42, "PR", "2", 2000)),
    )
    fields: dict[str, object] = {
        "id": 21,
        "claim_id": 5,
        "rank": "P",
        "status_code": "1",
        "amount_billed": 16500,
        "amount_paid": 7200,
        "lines": (line,),
    }
    return ClaimFact(**(fields | changes))  # type: ignore[arg-type]  # test data by name


def test_a_paid_line_moves_payment_contract_and_share() -> None:
    assert claim_moves(paid_claim(), {}) == [
        Move("primary_receivable", "unapplied", 7200, "remitted_line:31:paid", 7, 31),
        Move("primary_receivable", "contractual", 7300, "remitted_line:31:adj:41", 7, 31),
        Move("primary_receivable", "patient_receivable", 2000, "remitted_line:31:adj:42", 7, 31),
    ]


def test_the_share_goes_to_the_secondary_payer_when_there_is_one() -> None:
    moves = claim_moves(paid_claim(later_ranks=["P", "S"]), {})
    assert moves[2].destination == "secondary_receivable"


@pytest.mark.parametrize(
    ("rank", "status", "ranks", "account"),
    [
        ("P", "1", [], "patient_receivable"),
        ("P", "1", ["P"], "patient_receivable"),
        ("P", "1", ["S"], "secondary_receivable"),
        ("P", "19", [], "secondary_receivable"),
        ("S", "2", ["T"], "tertiary_receivable"),
        ("S", "2", ["P", "S"], "patient_receivable"),
        ("T", "3", ["P", "S", "T"], "patient_receivable"),
    ],
)
def test_who_owes_the_share(rank: str, status: str, ranks: list[str], account: str) -> None:
    assert receivable_of_share(rank, status, ranks) == account


def test_a_denial_moves_nothing() -> None:
    line = LineFact(31, 1, 7, 0, (AdjustmentFact(41, "CO", "50", 16500),))
    assert claim_moves(paid_claim(amount_paid=0, lines=(line,)), {}) == []


def test_a_payers_own_treatment_changes_the_account() -> None:
    line = LineFact(31, 1, 7, 0, (AdjustmentFact(41, "CO", "50", 16500),))
    moves = claim_moves(paid_claim(amount_paid=0, lines=(line,)), {("CO", "50"): "contractual"})
    assert moves == [
        Move("primary_receivable", "contractual", 16500, "remitted_line:31:adj:41", 7, 31)
    ]


def test_negative_amounts_swap_the_accounts() -> None:
    line = LineFact(31, 1, 7, -7200, (AdjustmentFact(41, "CO", "45", -7300),))
    moves = claim_moves(paid_claim(status_code="22", amount_paid=-7200, lines=(line,)), {})
    assert moves == [
        Move("unapplied", "primary_receivable", 7200, "remitted_line:31:paid", 7, 31),
        Move("contractual", "primary_receivable", 7300, "remitted_line:31:adj:41", 7, 31),
    ]


def test_a_claim_without_lines_posts_as_a_whole() -> None:
    adjustments = (AdjustmentFact(41, "CO", "45", 9300),)
    moves = claim_moves(paid_claim(lines=(), adjustments=adjustments), {})
    assert moves == [
        Move("primary_receivable", "unapplied", 7200, "remitted_claim:21:paid"),
        Move("primary_receivable", "contractual", 9300, "remitted_claim:21:adj:41"),
    ]


def test_exactly_the_claims_payment_leaves_unapplied() -> None:
    line = LineFact(31, 1, 7, 16500, ())
    adjustments = (AdjustmentFact(41, "PR", "1", 5000),)
    fact = paid_claim(amount_paid=11500, lines=(line,), adjustments=adjustments)
    assert claim_moves(fact, {}) == [
        Move("primary_receivable", "unapplied", 16500, "remitted_line:31:paid", 7, 31),
        Move("unapplied", "primary_receivable", 5000, "remitted_claim:21:paid"),
        Move("primary_receivable", "patient_receivable", 5000, "remitted_claim:21:adj:41"),
    ]


def test_a_predetermination_moves_nothing() -> None:
    fact = paid_claim(status_code="25", amount_paid=0)
    assert find_obstacle(fact, Payments([])) == ""
    assert claim_moves(fact, {}) == []


def test_a_predetermination_with_money_waits() -> None:
    fact = paid_claim(status_code="25")
    said = find_obstacle(fact, Payments([]))
    assert said == "Status 25 says nothing is paid, yet an amount is stated."


def test_a_line_that_fits_none_of_ours_stops_the_claim_unless_a_person_chose_it() -> None:
    lost = (LineFact(31, 2, None, 7200, ()),)
    said = find_obstacle(paid_claim(lines=lost), Payments([]))
    assert said == "Line 2 of the payer fits no line of this claim."
    assert find_obstacle(paid_claim(lines=lost, is_chosen=True), Payments([])) == ""


def test_a_reversal_needs_a_payment_and_uses_it_once() -> None:
    reversal = paid_claim(status_code="22", amount_billed=-16500, amount_paid=-7200)
    never = "It takes back a payment that was never posted here."
    payments = Payments([(5, "1", 16500, 7200)])
    assert find_obstacle(reversal, payments) == ""
    assert find_obstacle(reversal, payments) == never
    assert find_obstacle(reversal, Payments([(5, "1", 16500, 7000)])) == never
    reversed_before = Payments([(5, "1", 16500, 7200), (5, "22", -16500, -7200)])
    assert find_obstacle(reversal, reversed_before) == never


def test_the_deposit_and_the_provider_adjustments() -> None:
    assert payment_moves(9, 6700, [(1, 500), (2, -1234), (3, 0)]) == [
        Move("unapplied", "cash", 6700, "remittance:9:deposit"),
        Move("unapplied", "payer_offset", 500, "provider_adjustment:1"),
        Move("payer_offset", "unapplied", 1234, "provider_adjustment:2"),
    ]
    assert payment_moves(9, 0, []) == []


def test_every_account_of_the_rules_exists() -> None:
    named = {"primary_receivable", "secondary_receivable", "tertiary_receivable"}
    named |= {"patient_receivable", "contractual", "unapplied", "cash", "payer_offset"}
    assert named <= set(Account.values)
