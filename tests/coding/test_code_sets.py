"""Loading code sets."""

import json
from datetime import date

import pytest

from coding.actions.code_sets import load_codes, read_procedures
from coding.icd_release import references, siblings_of
from coding.models import Code, CodeTerm
from coding.rules.code_rows import CodeRow
from coding.rules.phrases import phrase_of

ROWS = [
    CodeRow("E11", "Type 2 diabetes mellitus", False, "e11 type 2 diabetes mellitus", "{}"),
    CodeRow(
        *("E119", 'Without "complications"', True, "e119 without complications"),
        '{"seventh": ["A"]}',
        (("without complications", "title"), ("diabetes nos", "inclusion"), ("", "inclusion")),
    ),
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
    renamed = [ROWS[0]._replace(label="Diabetes, type 2"), ROWS[1]]
    assert load_codes("icd10cm", renamed, STARTS_ON, counts.append) == 1
    assert set(Code.objects.values_list("pk", flat=True)) == first
    assert Code.objects.get(code="E11").label == "Diabetes, type 2"


@pytest.mark.django_db
def test_loading_again_makes_the_terms_of_a_code_those_that_were_read() -> None:
    def terms() -> list[tuple[str, str, str]]:
        rows = CodeTerm.objects.order_by("code__code", "text")
        return list(rows.values_list("code__code", "text", "source"))

    load_codes("icd10cm", ROWS, STARTS_ON, lambda count: None)
    assert terms() == [
        ("E119", "diabetes nos", "inclusion"),
        ("E119", "without complications", "title"),
    ]
    told = (("without complications", "title"), ("without complications", "index"))
    changed = ROWS[1]._replace(terms=(*told, ("diabetes", "index")))
    load_codes("icd10cm", [ROWS[0], changed], STARTS_ON, lambda count: None)
    assert terms() == [("E119", "diabetes", "index"), ("E119", "without complications", "title")]


def test_a_phrase_has_no_accents_apostrophes_hyphens_or_punctuation() -> None:
    assert phrase_of("Crohn's disease, non-infective (S\u00e9zary)") == (
        "crohns disease non infective sezary"
    )
    assert phrase_of("Less than 1.5 cm") == "less than 1.5 cm"
    assert phrase_of("word " * 100) == ("word " * 60).strip()


def test_our_procedure_list_is_complete_rows_with_our_own_labels() -> None:
    rows = list(read_procedures())
    codes = {row.code: row.label for row in rows}
    assert len(codes) == len(rows)
    assert codes["99213"] == "Established visit, low"
    assert all(len(code) == 5 and label for code, label in codes.items())
    assert json.loads(rows[0].notes).keys() == {"code_set", "category"}
