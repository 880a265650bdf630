"""The pick list finds what coders type, says why, and judges validity on the date of service."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coding.actions.code_releases import load_code_set
from coding.actions.code_sets import load_own_codes
from coding.code_search import Hit, search
from coding.code_words import forget_words, known_words
from coding.models import Code
from coding.rules.code_files.releases import CodeSet
from coding.rules.code_rows import CodeRow
from coding.rules.short_forms import forms_of, groups_of
from tests import make
from tests.coding import code_files

ON = date(2026, 11, 2)
MORE = (
    *code_files.ORDER,
    ("I10", 1, "Essential (primary) hypertension"),
    ("I4891", 1, "Unspecified atrial fibrillation"),
    ("K21", 0, "Gastro-esophageal reflux disease"),
    ("K219", 1, "Gastro-esophageal reflux disease without esophagitis"),
    ("K50", 0, "Crohn's disease"),
    ("K5090", 1, "Crohn's disease, unspecified, without complications"),
    ("S934XXS", 1, "Sprain of ankle, sequela"),
)


@pytest.fixture
def codes(db: None, tmp_path: Path) -> None:
    load_code_set(CodeSet.ICD10CM, code_files.write_icd(tmp_path, sorted(MORE)))
    rows = [CodeRow("J3301", "Triamcinolone, per 10 mg", True, "{}", (("steroid shot", "own"),))]
    load_own_codes((("procedure", row) for row in rows), date(2020, 1, 1), lambda count: None)
    forget_words()


def found(query: str, system: str = "", **more: Any) -> list[str]:
    return [hit.dotted for hit in search(system, query, more.pop("on", ON), **more)]


def first(query: str, **more: Any) -> Hit:
    return search("", query, ON, **more)[0]


@pytest.mark.usefixtures("codes")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("m25", ["M25", "M25.561", "M25.562", "M25.56", "M25.569"]),
        ("M25.56", ["M25.56", "M25.561", "M25.562", "M25.569"]),
        ("m25562", ["M25.562"]),
        ("j33", ["J3301"]),
        ("knee left", ["M25.562"]),
        ("left knee pain", ["M25.562"]),
        ("fever dawn", ["A10.0"]),
        ("steroid", ["J3301"]),
        ("htn", ["I10"]),
        ("a fib", ["I48.91"]),
        ("gerd", ["K21.9", "K21"]),
        ("hypertnsion", ["I10"]),
        ("gastroesophageal", ["K21.9"]),
        ("crohns", ["K50.90", "K50"]),
        ("Crohn's", ["K50.90", "K50"]),
        ("made fever hypertension", ["A10.9", "A10.0", "A10"]),
        ("fever hypertension", []),
        ("e", []),
        ("   ", []),
        ("(((", []),
        ("'; drop", []),
    ],
)
def test_what_is_typed_finds_these_codes_in_this_order(query: str, expected: list[str]) -> None:
    assert found(query) == expected


@pytest.mark.usefixtures("codes")
@pytest.mark.parametrize(
    ("query", "code", "why"),
    [
        ("left knee", "M25.562", ""),
        ("dawn glow", "A10.0", "also called dawn glow"),
        ("gleam early", "A10.0", "index: gleam early"),
        ("steroid shot", "J3301", "also called steroid shot"),
        ("htn", "I10", "HTN = hypertension; also called hypertension"),
        ("hypertnsion", "I10", "read as hypertension; also called hypertension"),
        ("gastroesophageal", "K21.9", "also called gastroesophageal reflux disease"),
        ("brew warm", "A10.0", "index: brew warm"),
    ],
)
def test_a_code_found_not_by_its_title_says_why(query: str, code: str, why: str) -> None:
    hit = first(query)
    assert (hit.dotted, hit.why) == (code, why)


@pytest.mark.usefixtures("codes")
def test_a_heading_found_by_the_index_shows_the_codes_below_it() -> None:
    hits = search("", "gonalgia", ON)
    assert [(hit.dotted, hit.is_billable, hit.why) for hit in hits] == [
        ("M25.56", False, "index: gonalgia"),
        ("M25.561", True, "under M25.56"),
        ("M25.562", True, "under M25.56"),
        ("M25.569", True, "under M25.56"),
    ]


@pytest.mark.usefixtures("codes")
def test_later_encounters_come_after_the_first_and_first_when_they_are_meant() -> None:
    assert found("ankle sprain")[:2] == ["S93.4XXA", "S93.4"]
    assert found("ankle sprain")[2:] == ["S93.4XXD", "S93.4XXS"]
    assert found("ankle sprain subsequent") == ["S93.4XXD"]


@pytest.mark.usefixtures("codes")
def test_what_the_practice_uses_most_comes_first() -> None:
    assert found("knee pain")[0] == "M25.562"
    assert found("knee pain", usage=frozenset({("icd10cm", "M25569")}))[0] == "M25.569"
    assert found("m25", usage=frozenset({("icd10cm", "M25562")}))[:2] == ["M25", "M25.562"]


@pytest.mark.django_db
def test_only_codes_of_the_set_and_valid_on_the_day_are_found() -> None:
    make.code("icd10cm", "K529", "Old colitis", ends_on=date(2026, 9, 30))
    make.code("icd10cm", "K528", "New colitis", starts_on=date(2026, 10, 1))
    assert found("colitis", on=date(2026, 9, 30)) == ["K52.9"]
    assert found("colitis", on=date(2026, 10, 1)) == ["K52.8"]
    assert found("k52", on=date(2026, 9, 30)) == ["K52.9"]
    assert found("colitis", system="procedure") == []
    make.code("icd10pcs", "0DT", "Colitis taken out")
    assert found("taken") == []
    assert found("taken", system="icd10pcs") == ["0DT"]


@pytest.mark.usefixtures("codes")
def test_a_search_takes_the_same_few_statements_whatever_it_finds() -> None:
    for number in range(60):
        make.code("icd10cm", f"R{number:02}", f"Sore spot {number}")
    known_words()
    with CaptureQueriesContext(
        connection,
    ) as few:
        search("", "dawn glow", ON)
    with CaptureQueriesContext(connection) as many:
        assert len(search("", "sore", ON)) == 12
    assert len(many) == 2
    assert len(few) <= 4


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed", ["swelling", "sweling", "swelling left", "r010", "r1022", "family"]
)
def test_a_search_right_after_a_load_reads_no_table_as_a_whole(typed: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FILL)
    known_words()
    with CaptureQueriesContext(connection) as captured:
        assert search("", typed, ON)
    plans = {}
    with connection.cursor() as cursor:
        for asked in captured.captured_queries:
            cursor.execute("EXPLAIN ANALYZE " + asked["sql"])
            plans[asked["sql"]] = "\n".join(line for (line,) in cursor.fetchall())
    assert plans
    assert [plan for plan in plans.values() if WHOLE.search(plan)] == []


# A table, or an index with nearly all of its rows.
WHOLE = re.compile(r"Seq Scan on coding_code|Rows Removed by Filter: \d{4,}")
# 30,000 codes of which a word is in all, another in some, and five terms of each: no statistics.
FILL = """
    INSERT INTO coding_code (system, code, label, is_billable, starts_on, search_text, notes, rank)
    SELECT 'icd10cm', 'R' || lpad(n::text, 5, '0'), 'Swelling ' || n, n % 100 > 0, '2020-01-01',
        'swelling ' || CASE WHEN n % 2 = 0 THEN 'left ' ELSE '' END
            || CASE WHEN n % 5000 = 0 THEN 'family ' ELSE '' END || n, '{}', 5
    FROM generate_series(1, 30000) AS n;
    INSERT INTO coding_codeterm (code_id, text, source)
    SELECT c.id, 'swelling ' || n || ' of the longer words that an index has', 'index'
    FROM coding_code c, generate_series(1, 5) AS n;
    INSERT INTO coding_codeword (word, codes)
    VALUES ('swelling', 30000), ('left', 15000), ('family', 6);
"""


@pytest.mark.django_db
def test_words_are_read_again_when_a_release_was_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coding.code_words.FRESH_SECONDS", -1.0)
    assert known_words().has_start("zzz")
    load_code_set(CodeSet.ICD10CM, code_files.write_icd(tmp_path))
    assert not known_words().has_start("zzz")
    assert known_words().readings("moring") == (("morning",),)
    assert Code.objects.filter(code="A100").exists()


def test_the_longest_short_form_is_taken() -> None:
    forms = forms_of([("a fib", "atrial fibrillation"), ("fib", "small lie"), ("a", "a")])
    assert groups_of(["a", "fib", "today"], forms) == [
        ("a fib", (("atrial", "fibrillation"),)),
        ("today", ()),
    ]
