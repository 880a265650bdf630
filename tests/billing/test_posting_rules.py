"""Where money goes and what has to wait: plain data in, decisions out. Cents."""

import pytest

from billing.models import Account
from billing.rules.next_party import RECEIVABLES, receivable_of_share
from billing.rules.posting import (
    Move,
    Obstacle,
    Payment,
    UnusualClaim,
    account_of,
    accounts_of,
    find_obstacle,
    pair_reversals,
    payment_moves,
)

NEVER = Obstacle("nothing_to_reverse", "It takes back a payment that was never posted here.")
DIFFERS = Obstacle(
    "reversal_differs",
    "It takes back a payment, but no payment posted on this claim has these amounts.",
)


def unusual(**changes: object) -> UnusualClaim:
    """Claim 5, billed 165.00, paid 72.00, as the payer's first."""
    fields: dict[str, object] = {
        "id": 21,
        "claim_id": 5,
        "position": 1,
        "status_code": "1",
        "amount_billed": 16500,
        "amount_paid": 7200,
    }
    return UnusualClaim(**(fields | changes))  # type: ignore[arg-type]  # test data by name


def reversal(pk: int, paid: int = 7200, **changes: object) -> UnusualClaim:
    fields = {"id": pk, "status_code": "22", "amount_billed": -16500, "amount_paid": -paid}
    return unusual(**fields | changes)


def paid(pk: int, amount: int = 7200, number: str = "") -> Payment:
    return Payment(pk, 5, "1", 16500, amount, number)


@pytest.mark.parametrize(
    ("rank", "status", "ranks", "account"),
    [
        ("P", "1", [], "patient_receivable"),
        ("P", "1", ["P"], "patient_receivable"),
        ("P", "1", ["S"], "secondary_receivable"),
        ("P", "19", [], "secondary_receivable"),
        ("S", "2", ["T"], "tertiary_receivable"),
        ("P", "1", ["T"], "tertiary_receivable"),
        ("T", "3", [], "patient_receivable"),
    ],
)
def test_who_owes_the_share(rank: str, status: str, ranks: list[str], account: str) -> None:
    assert receivable_of_share(rank, status, ranks) == account


def test_a_crossover_payer_pays_its_own_share_under_the_number_of_the_primary_claim() -> None:
    def owed(rank: str, status: str, ranks: str, *, is_other: bool) -> tuple[str, str]:
        return accounts_of(rank, status, ranks, is_other_payer=is_other)

    assert owed("P", "2", "PS", is_other=True) == ("secondary_receivable", "patient_receivable")
    assert owed("P", "3", "PST", is_other=True) == ("tertiary_receivable", "patient_receivable")
    assert owed("P", "2", "PS", is_other=False) == ("primary_receivable", "secondary_receivable")
    assert owed("P", "1", "PS", is_other=True) == ("primary_receivable", "secondary_receivable")
    assert owed("S", "1", "PS", is_other=False) == ("secondary_receivable", "patient_receivable")


def test_what_an_adjustment_is_taken_for_says_where_it_goes() -> None:
    assert account_of("contractual") == "contractual"
    assert account_of("patient") == ""  # whoever owes the share
    assert account_of("denial") is None
    assert account_of("none") is None


def test_a_predetermination_moves_nothing_and_with_money_it_waits() -> None:
    assert find_obstacle(unusual(status_code="25", amount_paid=0)) is None
    assert find_obstacle(unusual(status_code="25")) == Obstacle(
        "paid_without_payment", "Status 25 says nothing is paid, yet an amount is stated."
    )


def test_a_line_that_fits_none_of_ours_stops_the_claim_unless_a_person_decided() -> None:
    assert find_obstacle(unusual(unmatched_lines=[2, 3])) == Obstacle(
        "line_not_found", "Line 2 of the payer fits no line of this claim."
    )
    assert find_obstacle(unusual(unmatched_lines=[2], is_chosen=True)) is None
    assert find_obstacle(unusual(unmatched_lines=[2], is_released=True)) is None


def test_what_is_said_twice_waits_until_it_is_released() -> None:
    assert find_obstacle(unusual(is_repeated=True)) == Obstacle(
        "repeated", "This payment says the same of this claim once before."
    )
    assert find_obstacle(unusual(is_repeated=True, is_released=True)) is None


def test_a_reversal_takes_back_the_payment_of_its_amounts_once() -> None:
    assert pair_reversals([reversal(30)], [paid(21)]) == ({30: 21}, {})
    pairs, obstacles = pair_reversals([reversal(30), reversal(31)], [paid(21)])
    assert (pairs, obstacles) == ({30: 21}, {31: DIFFERS})
    assert pair_reversals([reversal(30)], []) == ({}, {30: NEVER})
    assert pair_reversals([reversal(30)], [paid(21, 7000)]) == ({}, {30: DIFFERS})


def test_of_two_equal_payments_the_one_with_the_payers_number_is_taken_back() -> None:
    payments = [paid(21, number="ICN1"), paid(22, number="ICN2")]
    assert pair_reversals([reversal(30, payer_number="ICN1")], payments).pairs == {30: 21}
    assert pair_reversals([reversal(30, payer_number="ICN9")], payments).pairs == {30: 22}


def test_an_equal_answer_beside_the_reversal_is_what_replaces_the_payment() -> None:
    before = Payment(21, 5, "1", 16500, 0, "ICN1")
    beside = Payment(31, 5, "1", 16500, 0, "ICN2", is_beside=True)
    back = reversal(30, paid=0, payer_number="ICN2")
    assert pair_reversals([back], [before, beside]).pairs == {30: 21}
    assert pair_reversals([back], [beside]).pairs == {30: 31}


def test_a_reversal_can_itself_be_reversed() -> None:
    again = reversal(31, paid=-7200, amount_billed=16500)
    assert pair_reversals([again, reversal(30)], [paid(21)]).pairs == {30: 21, 31: 30}
    posted = Payment(30, 5, "22", -16500, -7200)
    assert pair_reversals([again], [posted]).pairs == {31: 30}


def test_a_released_reversal_posts_without_a_payment() -> None:
    assert pair_reversals([reversal(30, is_released=True)], []) == ({}, {})


def test_the_deposit_and_the_provider_adjustments() -> None:
    rows = [(1, "payer_offset", 500), (2, "interest", -1234), (3, "payer_offset", 0)]
    assert payment_moves(9, 6700, rows) == [
        Move("unapplied", "cash", 6700, "remittance:9:deposit"),
        Move("unapplied", "payer_offset", 500, "provider_adjustment:1"),
        Move("interest", "unapplied", 1234, "provider_adjustment:2"),
    ]
    assert payment_moves(9, 0, []) == []
    assert payment_moves(9, 100, [], "#1") == [
        Move("unapplied", "cash", 100, "remittance:9:deposit#1")
    ]


def test_every_account_of_the_rules_exists() -> None:
    named = {*RECEIVABLES.values(), "patient_receivable", "contractual", "unapplied", "cash"}
    assert named | {"payer_offset", "interest"} <= set(Account.values)
