"""Lines are matched by number, then by what they say; different lines are never guessed."""

from datetime import date
from typing import Any

from billing.rules.matching import (
    CandidateFact,
    NumberedClaim,
    RemittedFact,
    RemittedLineFact,
    ServiceLineFact,
    best_candidates,
    contradicts,
    match_lines,
    variants,
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


def lines_of(theirs: list[RemittedLineFact], own: list[ServiceLineFact]) -> dict[int, Any]:
    """Remitted line -> (our line, how)."""
    return {pk: tuple(match) for pk, match in match_lines(theirs, own).items()}


def test_the_line_number_decides_even_when_the_payer_changed_the_code() -> None:
    found = lines_of([theirs(1, "L2", code="99212")], [ours(7, "L1"), ours(8, "L2")])
    assert found == {1: (8, "control_number")}


def test_without_a_number_code_modifiers_and_charge_decide() -> None:
    own = [ours(7, "L1", modifiers=("25",)), ours(8, "L2")]
    found = lines_of([theirs(1), theirs(2, modifiers=("25",))], own)
    assert found == {1: (8, "code"), 2: (7, "code")}


def test_dropped_modifiers_and_days_still_match_by_code_and_charge() -> None:
    found = lines_of([theirs(1, on=None)], [ours(7, "L1", modifiers=("25",))])
    assert found == {1: (7, "charge")}


def test_as_many_equal_lines_as_ours_are_taken_in_order_and_each_once() -> None:
    found = lines_of([theirs(1), theirs(2)], [ours(7), ours(8)])
    assert found == {1: (7, "order"), 2: (8, "order")}


def test_of_more_equal_lines_nobody_can_say_which_is_meant() -> None:
    assert lines_of([theirs(1), theirs(2)], [ours(7), ours(8), ours(9)]) == {}
    assert lines_of([theirs(1), theirs(2), theirs(3)], [ours(7), ours(8)]) == {}


def test_the_number_tells_equal_lines_apart() -> None:
    own = [ours(7, "L1"), ours(8, "L2"), ours(9, "L3")]
    found = lines_of([theirs(1, "L3"), theirs(2, "L1")], own)
    assert found == {1: (9, "control_number"), 2: (7, "control_number")}


def test_another_charge_is_another_line() -> None:
    assert lines_of([theirs(1, billed=9900)], [ours(7)]) == {}


def test_a_reversal_matches_by_its_charge_without_sign() -> None:
    assert lines_of([theirs(1, billed=-16500)], [ours(7)]) == {1: (7, "code")}


def test_one_line_paid_as_several_matches_when_the_charges_add_up() -> None:
    parts = [theirs(1, "L1", billed=10000), theirs(2, "L1", billed=6500)]
    assert lines_of(parts, [ours(7, "L1")]) == {1: (7, "split"), 2: (7, "split")}


def test_a_number_used_twice_counts_once_when_the_charges_do_not_add_up() -> None:
    twice = [theirs(1, "L1"), theirs(2, "L1")]
    assert lines_of(twice, [ours(7, "L1")]) == {1: (7, "split")}


def test_one_line_unbundled_into_several_is_known_by_the_code_we_sent() -> None:
    parts = [theirs(1, billed=10000), theirs(2, billed=6500)]
    found = lines_of(parts, [ours(7), ours(8, code="36415", billed=1800)])
    assert found == {1: (7, "unbundled"), 2: (7, "unbundled")}


def test_one_line_for_all_that_is_left_is_a_bundle() -> None:
    own = [ours(7, "L1"), ours(8, "L2", code="20610", billed=14800)]
    assert lines_of([theirs(1, code="20610", billed=31300)], own) == {1: (8, "bundle")}
    assert lines_of([theirs(1, code="99999", billed=31300)], own) == {1: (7, "bundle")}
    assert lines_of([theirs(1, code="20610", billed=31200)], own) == {}


def test_a_number_is_believed_unless_patient_and_charge_are_both_others() -> None:
    claim = NumberedClaim(1, 16500, "Okafor", "UC1")
    assert not contradicts(claim, 16500, "HADDAD", "UC9")
    assert not contradicts(claim, 9900, "OKAFOR", "")
    assert not contradicts(claim, 9900, "", "UC1")
    assert not contradicts(claim, 9900, "", "")
    assert contradicts(claim, 9900, "HADDAD", "UC9")


def test_a_number_is_known_padded_or_in_lower_case() -> None:
    assert variants("000t0012 ") == ("000t0012 ", "000T0012", "T0012")
    assert variants("T0012") == ("T0012",)


def test_candidates_are_ranked_by_patient_charge_and_day() -> None:
    remitted = RemittedFact("OKAFOR", "DENISE", "", 16500, DAY)
    right = CandidateFact(1, "Okafor", "Denise", "UC1", 16500, DAY)
    other_day = CandidateFact(2, "Okafor", "Denise", "UC1", 16500, date(2026, 11, 3))
    stranger = CandidateFact(3, "Haddad", "Samir", "UC2", 9900, DAY)
    assert best_candidates(remitted, [stranger, other_day, right]) == [
        (right, 100),
        (other_day, 75),
    ]
