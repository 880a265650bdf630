"""Lines are matched by number, then by what they say; different lines are never guessed."""

from datetime import date

from billing.rules.matching import (
    CandidateFact,
    RemittedFact,
    RemittedLineFact,
    ServiceLineFact,
    best_candidates,
    match_lines,
)

DAY = date(2026, 11, 2)


def theirs(
    pk: int,
    number: str = "",
    code: str = "99213",
    billed: int = 16500,
    modifiers: tuple[str, ...] = (),
    on: date | None = DAY,
) -> RemittedLineFact:
    return RemittedLineFact(pk, number, code, modifiers, billed, on)


def ours(
    pk: int,
    number: str = "",
    code: str = "99213",
    billed: int = 16500,
    modifiers: tuple[str, ...] = (),
) -> ServiceLineFact:
    return ServiceLineFact(pk, number, code, modifiers, billed, DAY)


def test_the_line_number_decides_even_when_the_payer_changed_the_code() -> None:
    assert match_lines([theirs(1, "L2", code="99212")], [ours(7, "L1"), ours(8, "L2")]) == {1: 8}


def test_without_a_number_code_modifiers_and_charge_decide() -> None:
    own = [ours(7, "L1", modifiers=("25",)), ours(8, "L2")]
    assert match_lines([theirs(1), theirs(2, modifiers=("25",))], own) == {1: 8, 2: 7}


def test_dropped_modifiers_and_days_still_match_by_code_and_charge() -> None:
    assert match_lines([theirs(1, on=None)], [ours(7, "L1", modifiers=("25",))]) == {1: 7}


def test_identical_lines_are_taken_in_order_and_each_once() -> None:
    found = match_lines([theirs(1), theirs(2), theirs(3)], [ours(7), ours(8)])
    assert found == {1: 7, 2: 8}


def test_another_charge_is_another_line() -> None:
    assert match_lines([theirs(1, billed=9900)], [ours(7)]) == {}


def test_a_reversal_matches_by_its_charge_without_sign() -> None:
    assert match_lines([theirs(1, billed=-16500)], [ours(7)]) == {1: 7}


def test_one_line_paid_as_several_matches_when_the_charges_add_up() -> None:
    parts = [theirs(1, "L1", billed=10000), theirs(2, "L1", billed=6500)]
    assert match_lines(parts, [ours(7, "L1")]) == {1: 7, 2: 7}


def test_a_number_used_twice_counts_once_when_the_charges_do_not_add_up() -> None:
    twice = [theirs(1, "L1"), theirs(2, "L1")]
    assert match_lines(twice, [ours(7, "L1")]) == {1: 7}


def test_candidates_are_ranked_by_patient_charge_and_day() -> None:
    remitted = RemittedFact("OKAFOR", "DENISE", "", 16500, DAY)
    right = CandidateFact(1, "Okafor", "Denise", "UC1", 16500, DAY)
    other_day = CandidateFact(2, "Okafor", "Denise", "UC1", 16500, date(2026, 11, 3))
    stranger = CandidateFact(3, "Haddad", "Samir", "UC2", 9900, DAY)
    assert best_candidates(remitted, [stranger, other_day, right]) == [
        (right, 100),
        (other_day, 75),
    ]
