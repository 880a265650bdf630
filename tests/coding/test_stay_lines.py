"""The lists of a stay as typed, one entry per line, and back."""

from decimal import Decimal
from typing import Any

import pytest

from coding.rules.pointers import EntryError
from coding.rules.stay_lines import (
    FORMS,
    read_lines,
    read_revenue_charges,
    read_revenue_rows,
    read_rows,
    write_lines,
    write_rows,
)
from coding.rules.stays import check_stay, is_revenue_code
from tests.coding.test_stays import STAY

READ: list[tuple[str, str, list[Any]]] = [
    ("patient_reasons", "r07.89\nI10", ["R0789", "I10"]),
    ("condition_codes", "09\n d1", ["09", "D1"]),
    ("external_causes", "w19.xxxa y\nY92230", [["W19XXXA", "Y"], ["Y92230", ""]]),
    ("procedures", "5a1955z 11/3/2026", [["5A1955Z", "2026-11-03"]]),
    ("occurrences", "11 2026-11-01\n\n18 11/02/2026", [["11", "2026-11-01"], ["18", "2026-11-02"]]),
    ("occurrence_spans", "72 11/02/2026 11/03/2026", [["72", "2026-11-02", "2026-11-03"]]),
    ("value_codes", "80 3\nA1 $1,676.50", [["80", 300], ["A1", 167650]]),
]


@pytest.mark.parametrize(("field", "text", "entries"), READ)
def test_lines_are_read_and_written_back(field: str, text: str, entries: list[Any]) -> None:
    assert read_lines(field, text) == entries
    assert read_lines(field, write_lines(entries)) == entries
    assert read_rows(field, write_rows(entries)) == entries
    assert check_stay(STAY | {field: entries}) == {}


@pytest.mark.parametrize(
    ("field", "text", "lines"),
    [
        ("patient_reasons", "R07.89\nfever", "Line 2"),
        ("condition_codes", "09 10", "Line 1"),
        ("external_causes", "W19.XXXA X", "Line 1"),
        ("external_causes", "W19.XXXA Y N", "Line 1"),
        ("procedures", "5A1955Z", "Line 1"),
        ("occurrences", "11 11/01/2026\n\n11\n11 02/30/2026", "Lines 3, 4"),
        ("occurrence_spans", "72 11/03/2026 11/02/2026", "Line 1"),
        ("value_codes", "80 3.001\n80 -3\n80 3\n80 NaN", "Lines 1, 2, 4"),
    ],
)
def test_a_line_that_is_none_is_named_by_its_number(field: str, text: str, lines: str) -> None:
    with pytest.raises(EntryError) as refused:
        read_lines(field, text)
    assert str(refused.value) == f"{lines}: {FORMS[field]}."


@pytest.mark.parametrize("row", [[], [""], ["11"], ["11", "2026-11-01", ""]])
def test_no_row_of_a_program_is_skipped(row: list[str]) -> None:
    with pytest.raises(EntryError, match="Line 2: an occurrence is a code and its day"):
        read_rows("occurrences", [["11", "2026-11-01"], row])


def test_lines_are_written_as_people_read_them() -> None:
    assert write_lines([["72", "2026-11-02", "2026-11-03"]]) == "72 11/02/2026 11/03/2026"
    assert write_lines([["80", 5], ["A1", 167650]]) == "80 0.05\nA1 1676.50"
    assert write_lines([["W19XXXA", "Y"], ["Y92230", ""]]) == "W19XXXA Y\nY92230"
    assert write_lines(["R0789", "I10"]) == "R0789\nI10"


def test_charges_without_a_procedure_are_read_with_units_and_label() -> None:
    text = "0120 3 Semi-private room\n\n0250 1.5"
    assert read_revenue_charges(text) == [
        ("0120", Decimal(3), "Semi-private room"),
        ("0250", Decimal("1.5"), ""),
    ]
    assert read_revenue_rows([["0120", "3"]]) == [("0120", Decimal(3), "")]


@pytest.mark.parametrize("text", ["0001 1", "120 1", "0120", "0120 0", "0120 x", "0120 -1 Room"])
def test_what_is_no_such_charge_is_named_by_its_number(text: str) -> None:
    with pytest.raises(EntryError) as refused:
        read_revenue_charges(f"0120 3 Room\n{text}")
    assert str(refused.value) == (
        "Line 2: a charge is a revenue code, units and a label, such as 0120 3 Semi-private room."
    )


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("admission_source", "?", "The point of origin is one digit or letter."),
        ("drg", "19", "A DRG is three digits, or four with the severity."),
        ("admitting_diagnosis", "R", "The admitting diagnosis is one code, such as R07.89."),
    ],
)
def test_a_single_code_without_its_form_is_said(field: str, value: str, message: str) -> None:
    assert check_stay(STAY | {field: value}) == {field: message}


def test_a_revenue_code_is_four_digits_and_never_the_total() -> None:
    assert [is_revenue_code(code) for code in ("0450", "0001", "450", "04A0")] == [
        *(True, False, False, False),
    ]
