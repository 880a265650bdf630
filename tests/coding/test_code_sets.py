"""Loading code sets."""

import json
from datetime import date

import pytest

from coding.actions.code_sets import load_codes, read_procedures
from coding.icd_release import references, siblings_of
from coding.models import Code

ROWS = [
    ("E11", "Type 2 diabetes mellitus", False, "e11 type 2 diabetes mellitus", "{}"),
    ("E119", 'Without "complications"', True, "e119 without complications", '{"seventh": ["A"]}'),
]
STARTS_ON = date(2025, 10, 1)


def test_notes_name_codes_and_ranges_between_parentheses() -> None:
    note = "pregnancy (O10-O11, O13-O16), diabetes due to (E08.-), neonatal (P70.2) and others"
    assert list(references(note)) == ["O10-O11", "O13-O16", "E08", "P702"]
    assert list(references("malignant neoplasm (C7A.-)")) == ["C7A"]
    assert list(references("arthritis NOS")) == []


def test_an_unspecified_side_finds_its_siblings() -> None:
    codes = {"pain in right knee": "M25.561", "pain in left knee": "M25.562"}
    found = siblings_of("Pain in unspecified knee", codes)
    assert found == [["right", "M25561"], ["left", "M25562"]]
    assert siblings_of("Pain, unspecified", codes) == []


@pytest.mark.django_db
def test_loading_again_writes_only_what_changed() -> None:
    counts: list[int] = []
    assert load_codes("icd10cm", ROWS, STARTS_ON, counts.append) == 2
    assert counts == [2]
    assert Code.objects.get(code="E119").notes == {"seventh": ["A"]}
    first = set(Code.objects.values_list("pk", flat=True))
    assert load_codes("icd10cm", ROWS, STARTS_ON, counts.append) == 0
    renamed = [(*ROWS[0][:1], "Diabetes, type 2", *ROWS[0][2:]), ROWS[1]]
    assert load_codes("icd10cm", renamed, STARTS_ON, counts.append) == 1
    assert set(Code.objects.values_list("pk", flat=True)) == first
    assert Code.objects.get(code="E11").label == "Diabetes, type 2"


def test_our_procedure_list_is_complete_rows_with_our_own_labels() -> None:
    rows = list(read_procedures())
    codes = {code: label for code, label, *_ in rows}
    assert len(codes) == len(rows)
    assert codes["99213"] == "Established visit, low"
    assert all(len(code) == 5 and label for code, label in codes.items())
    assert json.loads(rows[0][4]).keys() == {"code_set", "category"}
