"""The one-line syntax of the add field."""

from decimal import Decimal

import pytest

from coding.rules.pointers import (
    Entry,
    EntryError,
    parse_entries,
    parse_modifiers,
    parse_pointers,
    parse_units,
)


def test_a_procedure_with_modifier_and_two_pointers() -> None:
    assert parse_entries("99214-25:ac") == [Entry("99214", ("25",), (1, 3))]


def test_units_follow_the_code_they_belong_to() -> None:
    assert parse_entries("j3301-jz:d x4") == [Entry("J3301", ("JZ",), (4,), Decimal(4))]


def test_units_may_have_two_decimals() -> None:
    assert parse_entries("j1100 x 2.5")[0].units == Decimal("2.5")


def test_a_diagnosis_works_without_the_dot_and_with_it() -> None:
    assert parse_entries("e1142") == [Entry("E1142")]
    assert parse_entries("E11.42") == [Entry("E1142", is_dotted=True)]


def test_an_x_inside_a_code_is_not_units() -> None:
    assert parse_entries("t36.0x1a") == [Entry("T360X1A", is_dotted=True)]


def test_several_entries_in_one_line() -> None:
    entries = parse_entries("e1142 i10, 99214-25:ab; j3301-jz:b x4 20610-rt-59:b")
    assert [entry.code for entry in entries] == ["E1142", "I10", "99214", "J3301", "20610"]
    assert [entry.units for entry in entries] == [1, 1, 1, 4, 1]
    assert entries[4].modifiers == ("RT", "59")


def test_spaces_around_hyphen_and_colon_are_forgiven() -> None:
    assert parse_entries("99214 - 25 : a") == [Entry("99214", ("25",), (1,))]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "Type a code, or words to search."),
        ("x4", "x4 needs a code before it, as in j3301 x4."),
        ("foot-ulcer", "“foot-ulcer” is not a code. Pick one from the list."),
        ("hypertension", "“hypertension” is not a code. Pick one from the list."),
        ("99214-2", "“2” is not a modifier: two letters or digits."),
        ("99214-25-59-51-rt-lt", "A line carries at most 4 modifiers."),
        ("99214:aa", "Pointer A is named twice."),
        ("99214:51", "Pointers are letters A to Z, then 27 to 50; “51” is not one."),
        ("99214:a1", "Pointers are letters A to Z, then 27 to 50; “1” is not one."),
        ("99214:26", "Pointers are letters A to Z, then 27 to 50; “26” is not one."),
        ("99214:abcde", "A line points to at most 4 diagnoses."),
        ("99214 x0", "Units are a number above zero, with at most two decimals."),
        ("99214 x99999", "Units are a number above zero, with at most two decimals."),
    ],
)
def test_what_cannot_be_read_says_why(typed: str, message: str) -> None:
    with pytest.raises(EntryError) as refused:
        parse_entries(typed)
    assert str(refused.value) == message


def test_pointer_and_modifier_fields_take_commas_spaces_and_nothing() -> None:
    assert parse_pointers("a, C") == (1, 3)
    assert parse_pointers("") == ()
    assert parse_modifiers("25 rt,59") == ("25", "RT", "59")
    assert parse_modifiers(" ") == ()


def test_units_are_a_plain_number() -> None:
    assert parse_units(" 4 ") == Decimal(4)
    with pytest.raises(EntryError):
        parse_units("-1")
