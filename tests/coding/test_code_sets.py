"""Loading code sets."""

import json
from datetime import date

import pytest

from coding.actions.code_sets import (
    load_diagnosis_codes,
    load_own_codes,
    read_procedures,
)
from coding.actions.code_staging import CodeCounts
from coding.actions.own_terms import load_own_terms
from coding.code_search import search
from coding.models import Code, CodeTerm, CodeWord
from coding.rules.code_rows import CodeRow
from coding.rules.note_references import references, siblings_of
from coding.rules.phrases import phrase_of
from tests import make

ROWS = [
    CodeRow("99000", "Made-up act", True, '{"category": "act"}', (("made up act", "own"),)),
    CodeRow("99001", 'Act of "words"', True, "{}", (("act of words", "own"), ("", "own"))),
]
STARTS_ON = date(2020, 1, 1)


def load(*rows: CodeRow) -> CodeCounts:
    return load_own_codes((("procedure", row) for row in rows), STARTS_ON, lambda count: None)


def test_notes_name_codes_and_ranges_between_parentheses() -> None:
    note = "pregnancy (O10-O11, O13-O16), diabetes due to (E08.-), neonatal (P70.2) and others"
    assert list(references(note)) == ["O10-O11", "O13-O16", "E08", "P702"]
    assert list(references("malignant neoplasm (C7A.-)")) == ["C7A"]
    assert list(references("arthritis NOS")) == []
    assert list(references("virus (HIV) or lung (COPD)")) == []


def test_an_unspecified_side_finds_its_siblings() -> None:
    codes = {"pain in right knee": "M25561", "pain in left knee": "M25562"}
    found = siblings_of("Pain in unspecified knee", codes)
    assert found == [["right", "M25561"], ["left", "M25562"]]
    assert siblings_of("Pain, unspecified", codes) == []


@pytest.mark.django_db
def test_loading_again_writes_only_what_changed() -> None:
    assert load(*ROWS).new == 2
    assert Code.objects.get(code="99000").notes == {"category": "act"}
    first = set(Code.objects.values_list("pk", flat=True))
    counts = load(*ROWS)
    assert (counts.new, counts.changed, counts.unchanged) == (0, 0, 2)
    counts = load(ROWS[0]._replace(label="Another act"), ROWS[1])
    assert (counts.new, counts.changed, counts.unchanged) == (0, 1, 1)
    assert set(Code.objects.values_list("pk", flat=True)) == first
    assert Code.objects.get(code="99000").label == "Another act"


@pytest.mark.django_db
def test_loading_again_makes_the_terms_of_a_code_those_that_were_read() -> None:
    def terms() -> list[tuple[str, str]]:
        rows = CodeTerm.objects.order_by("code__code", "text")
        return list(rows.values_list("code__code", "text"))

    load(*ROWS)
    assert terms() == [("99000", "made up act"), ("99001", "act of words")]
    load(ROWS[0], ROWS[1]._replace(terms=(("act", "own"), ("deed", "own"))))
    assert terms() == [("99000", "made up act"), ("99001", "act"), ("99001", "deed")]
    assert Code.objects.get(code="99001").search_text == "act deed"
    words = CodeWord.objects.values_list("word", "codes").order_by("word")
    assert list(words) == [("act", 2), ("deed", 1), ("made", 1), ("up", 1)]


@pytest.mark.django_db
def test_the_package_holds_all_of_icd_10_cm_with_its_notes() -> None:
    load = load_diagnosis_codes(lambda count: None)
    assert (load.counts.rows, load.lacking) == (98_186, "index")
    codes = Code.objects.filter(system="icd10cm", is_billable=True)
    assert codes.count() == 74_719
    assert codes.filter(notes__is_manifestation=True).count() == 163
    assert Code.objects.get(code="S82045").notes["seventh"] == list("ABCDEFGHJKMNPQRS")
    # No extension of this code exists but the first encounter.
    assert Code.objects.get(code="S069X7").notes["seventh"] == ["A"]
    assert codes.filter(code__startswith="QA0").count() == 13
    assert load_diagnosis_codes(lambda count: None).is_known


@pytest.mark.django_db
def test_our_own_words_for_diagnoses_are_terms_of_their_codes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = [("I10", "high blood pressure", "own"), ("Q99", "no such code", "own")]
    monkeypatch.setattr("coding.actions.own_terms.own_terms", lambda: told)
    code = make.code("icd10cm", "I10", "Essential (primary) hypertension")
    code.terms.create(text="essential primary hypertension", source="title")
    for _ in range(2):
        assert load_own_terms() == 2
        code.refresh_from_db()
        assert code.search_text == "essential primary hypertension high blood pressure"
    assert [hit.why for hit in search("", "blood pressure", date(2026, 11, 2))] == [
        "also called high blood pressure"
    ]
    told.clear()
    assert load_own_terms() == 0


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
    assert json.loads(rows[0].notes or "").keys() == {"code_set", "category"}
