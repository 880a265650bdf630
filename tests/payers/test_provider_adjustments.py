"""What the codes of PLB03-1 mean."""

import pytest

from payers.rules.provider_adjustments import FINAL_CODES, MEANINGS, account_of, meaning_of

OFFSETS = {"WO", "FB", "72", "CS", "AP", "AM", "OB", "WU", "TL", "B3", "C5"}
KNOWN = {
    *OFFSETS,
    *("50", "51", "90", "AH", "B2", "BD", "BN", "CR", "CT", "CV", "CW", "DM", "E3", "FC", "GO"),
    *("HM", "IP", "IR", "IS", "J1", "L3", "L6", "LE", "LS", "OA", "PI", "PL", "RA", "RE", "SL"),
}


def test_every_code_has_a_label_of_its_own() -> None:
    assert set(MEANINGS) == KNOWN
    assert len({row.label for row in MEANINGS.values()}) == len(KNOWN)


def test_what_is_waited_for_is_an_offset_and_nothing_else() -> None:
    assert {code for code, row in MEANINGS.items() if row.kind == "offset"} == OFFSETS
    assert KNOWN - OFFSETS == FINAL_CODES


@pytest.mark.parametrize("code", sorted(KNOWN | {"ZZ", ""}))
def test_only_interest_has_an_account_of_its_own(code: str) -> None:
    assert account_of(code) == ("interest" if code == "L6" else "payer_offset")


def test_an_unknown_code_is_an_offset_that_shows_itself() -> None:
    assert meaning_of("ZZ") == ("Code ZZ", "offset", "ZZ")


def test_codes_that_close_each_other_are_one_family() -> None:
    assert meaning_of("72").family == meaning_of("WO").family == "WO"
    assert meaning_of("AM").family == meaning_of("AP").family == "AP"
    assert meaning_of("FB").family == "FB"
