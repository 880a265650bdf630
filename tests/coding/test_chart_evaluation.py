"""The reading of notes against charts of our own with the codes a coder gives.

The whole code set is read from its package, as `load_code_sets` does. The held-out charts were not
looked at while the tables were made; the floors are a little under what both reach.
"""

import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from coding import icd_release, text_tables
from coding.actions.own_terms import load_own_terms
from coding.bench_suggestions import bench_suggestions
from coding.chart_evaluation import evaluate, read_charts
from coding.rules.suggestions import Knowledge, read_chart
from coding.rules.text_notes import NoteText
from coding.rules.text_terms import IndexedCode, build_index
from tests import make

CHARTS = Path(__file__).parent / "charts"
ON = date(2026, 7, 1)
STARTS = date(2025, 10, 1)


def codes_and_terms() -> tuple[list[IndexedCode], list[tuple[str, str, str]]]:
    rows: list[IndexedCode] = []
    terms: list[tuple[str, str, str]] = []
    stem = ""
    release = (row for _, row in icd_release.package_content().rows())
    for row in sorted(release, key=lambda row: row.code):
        if stem and len(row.code) == 7 and row.code.startswith(stem):
            continue
        seventh = "".join(json.loads(row.notes or "{}").get("seventh", ()))
        stem = row.code if seventh else stem
        rows.append(IndexedCode(row.code, row.label or "", row.is_billable, STARTS, None, seventh))
        terms += [(row.code, text, source) for text, source in row.terms if source != "title"]
    return rows, terms


@pytest.fixture(scope="module")
def everything() -> Iterator[Knowledge]:
    rows, terms = codes_and_terms()
    yield text_tables.knowledge_of(build_index(rows, [*terms, *text_tables.own_terms()]))


@pytest.mark.parametrize(
    ("name", "precision", "at_five", "at_ten"),
    [("tuning.jsonl", 92, 92, 94), ("held_out.jsonl", 85, 90, 90)],
)
def test_the_charts_reach_their_floors(
    name: str, precision: int, at_five: int, at_ten: int, everything: Knowledge
) -> None:
    charts = read_charts(CHARTS / name)
    result = evaluate(charts, everything, ON)
    assert (result.charts, result.missed[:0]) == (30, [])
    assert result.precision >= precision
    assert result.recall(5) >= at_five
    assert result.recall(10) >= at_ten


def test_every_own_term_leads_to_a_code_that_can_be_billed(everything: Knowledge) -> None:
    index = everything.index
    dead = [code for code, _, _ in text_tables.own_terms() if not list(index.under(code, ON))]
    assert dead == []
    maps = text_tables.history_codes()
    later = {*maps.past.values(), *maps.family.values()}
    assert [code for code in later if not (row := index.get(code, ON)) or not row.is_billable] == []


def test_all_offsets_of_all_charts_are_exact(everything: Knowledge) -> None:
    for chart in (*read_charts(CHARTS / "tuning.jsonl"), *read_charts(CHARTS / "held_out.jsonl")):
        for one in read_chart([NoteText(1, chart.text)], everything, ON).suggestions:
            for place in (one.place, *one.also):
                assert chart.text[place.start : place.end] == place.quote


def coded(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows))
    return path


ROWS = (
    {"id": "one", "text": "ASSESSMENT\n1. HTN.", "codes": ["I10"]},
    {"id": "two", "text": "ASSESSMENT\n1. Rule out pneumonia.", "codes": ["R05.9"]},
)


@pytest.mark.django_db
def test_the_command_prints_precision_recall_and_what_was_missed(tmp_path: Path) -> None:
    make.code("icd10cm", "I10", "Essential (primary) hypertension")
    load_own_terms()
    out = io.StringIO()
    call_command("evaluate_suggestions", coded(tmp_path / "c.jsonl", *ROWS), stdout=out)
    assert out.getvalue().splitlines() == [
        "2 charts, 2 codes",
        "precision 100 % of 1 suggested",
        "recall at 1: 50 %",
        "recall at 5: 50 %",
        "recall at 10: 50 %",
        "missed R059 in two; suggested nothing",
    ]


@pytest.mark.django_db
def test_the_command_prints_json_when_asked(tmp_path: Path) -> None:
    make.code("icd10cm", "I10", "Essential (primary) hypertension")
    load_own_terms()
    out = io.StringIO()
    call_command("evaluate_suggestions", coded(tmp_path / "c.jsonl", *ROWS), "--json", stdout=out)
    assert json.loads(out.getvalue()) == {
        "charts": 2,
        "codes": 2,
        "suggested": 1,
        "precision_percent": 100,
        "recall_percent_at_1": 50,
        "recall_percent_at_5": 50,
        "recall_percent_at_10": 50,
        "missed": [{"id": "two", "code": "R059", "suggested": []}],
    }


@pytest.mark.django_db
def test_a_line_that_is_no_chart_is_named(tmp_path: Path) -> None:
    path = coded(tmp_path / "c.jsonl", {"id": "one", "text": "x", "codes": []}, {"id": "two"})
    with pytest.raises(CommandError) as refused:
        call_command("evaluate_suggestions", path)
    assert str(refused.value) == ("c.jsonl, line 2: needs id, text and codes as one JSON object.")


@pytest.mark.django_db
def test_the_benchmark_times_a_two_page_note() -> None:
    make.code("icd10cm", "I10", "Essential (primary) hypertension")
    ticks = iter(range(100))
    result = bench_suggestions(repeat=3, clock=lambda: next(ticks))
    assert result["note_median_microseconds"] == 1_000_000
    assert result["dictionary_microseconds"] == 1_000_000
