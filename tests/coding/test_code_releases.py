"""Releases of code sets: read, compared, swapped as one, judged on the date of service, refused."""

import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from coding.actions.code_releases import CodeSetLoad, Manner, load_code_set
from coding.actions.code_sets import load_diagnosis_codes
from coding.models import Code, CodeChange, CodeRelease, CodeTerm
from coding.rules.code_files.releases import CodeSet
from payers.actions.edit_tables import Wish
from rcm.errors import Refusal
from tests.coding import code_files
from tests.coding.code_files import ORDER, order_lines, write, write_icd, write_zip

pytestmark = pytest.mark.django_db
FIRST = date(2026, 10, 1)


def load(paths: list[Path], code_set: CodeSet = CodeSet.ICD10CM, **manner: bool) -> CodeSetLoad:
    return load_code_set(code_set, paths, manner=Manner(**manner))


def in_force(on: date, **wanted: Any) -> list[str]:
    codes = Code.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on)
    return list(codes.filter(**wanted).order_by("code").values_list("code", flat=True))


def notes(code: str) -> dict[str, Any]:
    return Code.objects.get(code=code).notes


def stored() -> tuple[int, ...]:
    models = (Code, CodeTerm, CodeRelease, CodeChange)
    return tuple(model.objects.count() for model in models)


def test_a_release_of_order_file_tabular_list_and_index_brings_codes_notes_and_terms(
    tmp_path: Path,
) -> None:
    done = load([write_zip(tmp_path / "codes.zip", write_icd(tmp_path))])
    counts = done.counts
    assert (counts.rows, counts.new, counts.known, counts.terms) == (12, 12, 0, 23)
    release = CodeRelease.objects.get()
    assert (release.name, release.starts_on, release.ends_on) == (
        "FY2027",
        FIRST,
        date(2027, 9, 30),
    )
    assert (release.lacking, release.row_count, len(release.checksum)) == ("", 12, 64)
    assert Code.objects.get(code="A100").dotted == "A10.0"
    assert notes("S934") == {
        "seventh": ["A", "D"],
        "seventh_labels": {"A": "initial encounter", "D": "subsequent encounter"},
    }
    assert notes("M25569")["siblings"] == [["right", "M25561"], ["left", "M25562"]]
    assert notes("A109")["code_first_codes"] == ["M25"]
    assert notes("A10")["use_additional_codes"] == ["M255"]
    assert (notes("A10")["excludes1"], notes("A10")["excludes1_codes"]) == (
        ["fever of machines (U99)"],
        ["U99"],
    )
    assert [block["title"] for block in notes("A10")["above"]] == [
        "Fevers (A10-A19)",
        "Made-up fevers (A10-A19)",
    ]
    terms = CodeTerm.objects.filter(code__code="A100").order_by("source", "text")
    assert list(terms.values_list("source", "text")) == [
        ("inclusion", "dawn glow"),
        ("index", "brew warm"),
        ("index", "gleam early"),
        ("index", "glow early"),
        ("index", "glow gleam warm early"),
        ("title", "made up fever of the morning"),
    ]
    assert list(CodeTerm.objects.filter(text="gonalgia").values_list("code__code")) == [("M2556",)]
    assert not CodeChange.objects.exists()


def test_the_same_bytes_again_change_nothing(tmp_path: Path) -> None:
    paths = write_icd(tmp_path)
    load(paths)
    before = stored()
    done = load(paths)
    assert done.is_known
    assert done.counts.rows == 0
    assert stored() == before


def next_year(folder: Path, **texts: str) -> list[Path]:
    """A release a year later: one code gone, one new, one heading split, one new title."""
    rows = [row for row in ORDER if row[0] != "M25569"]
    rows += [("M25570", 1, "Pain in both knees")]
    rows = [("A100", 0, row[2]) if row[0] == "A100" else row for row in rows]
    rows = [("A109", 1, "Made-up fever, other") if row[0] == "A109" else row for row in rows]
    rows += [("A1001", 1, "Made-up fever of the early morning")]
    folder.mkdir()
    return write_icd(folder, sorted(rows), 2028, **{"tabular": "", "index": "", "drug": ""} | texts)


def test_a_new_release_closes_what_is_gone_and_history_stays(tmp_path: Path) -> None:
    load(write_icd(tmp_path))
    done = load(next_year(tmp_path / "next"))
    counts = done.counts
    assert (counts.new, counts.changed, counts.ended, counts.unchanged) == (2, 2, 1, 9)
    last, next_first = date(2027, 9, 30), date(2027, 10, 1)
    assert "M25569" in in_force(last)
    assert "M25569" not in in_force(next_first)
    assert "M25570" not in in_force(last)
    assert "M25570" in in_force(next_first)
    assert "A100" in in_force(last, is_billable=True)
    assert "A100" in in_force(next_first, is_billable=False)
    titles = Code.objects.filter(code="A109").order_by("starts_on")
    assert [(code.label, code.ends_on) for code in titles] == [
        ("Made-up fever, unspecified", last),
        ("Made-up fever, other", None),
    ]
    # The files told no notes and no index: those known before go on.
    assert titles[1].notes == titles[0].notes
    assert "glow gleam warm" in set(titles[1].terms.values_list("text", flat=True))
    assert titles[1].terms.get(source="title").text == "made up fever other"
    changes = CodeChange.objects.order_by("code").values_list("code", "kind", "last_on")
    assert list(changes) == [
        ("A100", "split", last),
        ("A1001", "new", None),
        ("A109", "retitled", None),
        ("M25569", "ended", last),
        ("M25570", "new", None),
    ]


def test_a_release_loaded_again_with_other_bytes_takes_the_place_of_the_first(
    tmp_path: Path,
) -> None:
    load(write_icd(tmp_path))
    load(next_year(tmp_path / "next"))
    rows = [*ORDER, ("M25570", 1, "Pain in both knees, corrected")]
    folder = tmp_path / "corrected"
    folder.mkdir()
    load(write_icd(folder, sorted(rows), 2028, tabular="", index="", drug=""))
    states = CodeRelease.objects.order_by("pk").values_list("name", "state")
    assert list(states) == [("FY2027", "loaded"), ("FY2028", "replaced"), ("FY2028", "loaded")]
    on = date(2027, 10, 1)
    # What ended by mistake goes on, what came by mistake is gone.
    assert "M25569" in in_force(on)
    assert not Code.objects.filter(code="A1001").exists()
    assert Code.objects.get(code="M25569").ends_on is None
    assert in_force(on).count("M25570") == 1
    assert Code.objects.get(code="M25570").label == "Pain in both knees, corrected"


def test_a_dry_run_counts_and_writes_nothing(tmp_path: Path) -> None:
    load(write_icd(tmp_path))
    before = stored()
    done = load(next_year(tmp_path / "next"), is_dry_run=True)
    assert (done.counts.new, done.counts.changed, done.counts.ended) == (2, 2, 1)
    assert done.release is None
    assert stored() == before


def test_a_preview_keeps_the_changes_and_leaves_the_codes(tmp_path: Path) -> None:
    load(write_icd(tmp_path))
    codes = Code.objects.count()
    paths = next_year(tmp_path / "next")
    for _ in range(2):
        load(paths, is_preview=True)
    assert Code.objects.count() == codes
    preview = CodeRelease.objects.get(state="previewed")
    assert preview.changes.count() == 5
    load(paths)
    assert not CodeRelease.objects.filter(state="previewed").exists()
    assert CodeRelease.objects.get(name="FY2028").changes.count() == 5


GOOD = order_lines(ORDER)
SHORT = "00001 A10     0\r\n"
MALFORMED = [
    ({"order": GOOD.replace("00003", "0000x")}, "line 3, column “number, 1-5”: expected an order"),
    (
        {"order": GOOD.replace("00003", "00001")},
        "line 3, column “number, 1-5”: expected a number ab",
    ),
    ({"order": GOOD.replace("A100   ", "A.100  ")}, "line 2, column “code, 7-13”: expected a code"),
    (
        {"order": GOOD.replace(" A109    1", " A100    1")},
        "line 3, column “code, 7-13”: expected eve",
    ),
    (
        {"order": GOOD.replace("A100    1", "A100    7")},
        "line 2, column “flag, 15-15”: expected 1 fo",
    ),
    ({"order": SHORT}, "line 1: expected a long title from place 78 on"),
    ({"order": "\r\n"}, "no codes to load."),
    ({"tabular": code_files.TABULAR[:900]}, "icd10cm-tabular-2027.xml, line 1"),
    ({"tabular": "<ICD10CM.tabular/>"}, "expected chapters of the tabular list."),
    (
        {"tabular": code_files.TABULAR.replace("A10.0<", "A1o<")},
        "line 9: expected a code with its d",
    ),
    (
        {"tabular": code_files.TABULAR.replace("<desc>Sore joint</desc>", "")},
        "expected a title (des",
    ),
    (
        {"tabular": "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"},
        "expected no document type declarati",
    ),
    ({"tabular": code_files.TABULAR.replace(">M", ">N")}, "this is another release (5 of 10 codes"),
    ({"index": "<ICD10CM.index/>"}, "icd10cm-index-2027.xml: expected letters of the index."),
    (
        {"index": code_files.INDEX.replace("A10.9", "?")},
        "line 4: expected a code of ICD-10-CM, foun",
    ),
    ({"index": code_files.INDEX.replace("early", "")}, "line 5: expected a title of term."),
]


@pytest.mark.parametrize(("texts", "message"), MALFORMED)
def test_a_malformed_file_is_refused_with_its_place_and_nothing_is_written(
    tmp_path: Path, texts: dict[str, str], message: str
) -> None:
    with pytest.raises(Refusal) as refused:
        load(write_icd(tmp_path, **texts))
    assert message in refused.value.message
    assert stored() == (0, 0, 0, 0)


def test_files_that_are_not_one_release_are_refused(tmp_path: Path) -> None:
    order, tabular, *_ = write_icd(tmp_path)
    other = write(tmp_path / "icd10cm_order_2026.txt", GOOD)
    plain = write(tmp_path / "codes.txt", GOOD)
    unnamed = write(tmp_path / "icd10cm_order_x.txt", GOOD)
    kinds = "(order, tabular, index)"
    for paths, message in (
        ([tabular], "icd10cm lacks the file “order”."),
        ([order, other], f"{other.name} and {order.name} are both the file “order”."),
        ([plain], f"codes.txt is none of the files of icd10cm {kinds} by its name."),
        ([unnamed], "The file names do not tell one release: give its name and first day"),
    ):
        with pytest.raises(Refusal) as refused:
            load(paths)
        assert refused.value.message.startswith(message)
    assert stored() == (0, 0, 0, 0)


def test_an_older_release_is_refused(tmp_path: Path) -> None:
    load(next_year(tmp_path / "next"))
    before = stored()
    with pytest.raises(Refusal) as refused:
        load(write_icd(tmp_path))
    assert refused.value.message == "FY2027 is older than FY2028, which is in use."
    with pytest.raises(Refusal) as refused:
        load_diagnosis_codes(lambda count: None)
    assert refused.value.code == "code_set_older"
    assert stored() == before


def test_a_file_cut_off_is_refused_unless_the_end_of_many_codes_is_meant(tmp_path: Path) -> None:
    load(write_icd(tmp_path))
    before = stored()
    folder = tmp_path / "cut"
    folder.mkdir()
    paths = write_icd(folder, ORDER[:8], 2028, tabular="", index="", drug="")
    with pytest.raises(Refusal) as refused:
        load(paths)
    assert refused.value.message == (
        "icd10cm_order_2028.txt: 4 of 12 codes would end. If that is meant, say so (--may-shrink)."
    )
    assert stored() == before
    assert load(paths, may_shrink=True).counts.ended == 4


def test_the_update_of_april_and_said_days_name_a_release(tmp_path: Path) -> None:
    path = write(tmp_path / "icd10cm-order-April-2027.txt", GOOD)
    load([path])
    release = CodeRelease.objects.get()
    assert (release.name, release.starts_on) == (
        "FY2027, update of April 1 2027",
        date(2027, 4, 1),
    )
    wish = Wish("Ours", date(2027, 5, 1), date(2027, 4, 1))
    with pytest.raises(Refusal) as refused:
        load_code_set(CodeSet.ICD10CM, [path], wish=wish)
    assert refused.value.message == "The release would end 2027-04-01, before it starts."


def test_a_second_load_of_the_same_set_waits_for_nobody(tmp_path: Path) -> None:
    paths = write_icd(tmp_path)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtext('code set icd10cm'))")
        with pytest.raises(Refusal) as refused:
            load(paths)
    finally:
        other.close()
    assert (refused.value.status, refused.value.message) == (
        409,
        "Another load of icd10cm runs.",
    )
    assert stored() == (0, 0, 0, 0)


def test_a_load_takes_the_same_statements_for_few_codes_and_many(tmp_path: Path) -> None:
    taken = []
    for number, rows in enumerate((ORDER, [*ORDER, *more_codes(400)])):
        folder = tmp_path / str(number)
        folder.mkdir()
        paths = write_icd(folder, sorted(rows), 2030 + number)
        with CaptureQueriesContext(connection) as captured:
            load(paths)
        taken.append(len(captured))
    # The second has changes to write.
    assert taken[1] <= taken[0] + 1


def more_codes(count: int) -> list[tuple[str, int, str]]:
    return [(f"R{number:03}", 1, f"Spot {number}") for number in range(count)]


def test_the_command_tells_what_it_did_or_would_do(tmp_path: Path) -> None:
    paths = [str(path) for path in write_icd(tmp_path)]

    def said(*options: str) -> list[str]:
        out = StringIO()
        call_command("load_code_set", "icd10cm", *paths, *options, stdout=out)
        return out.getvalue().splitlines()

    lines = said("--dry-run")
    assert lines[0] == "  12 codes read"
    assert lines[1] == "icd10cm: release FY2027, 2026-10-01 to 2027-09-30"
    assert lines[3] == "  12 codes and headings: 12 new, 0 changed, 0 ended, 0 unchanged"
    assert lines[4:6] == ["  23 terms, 0 left out", "  Dry run: nothing was written."]
    assert "  Loaded." in said()
    assert "  These bytes are in use already; nothing was written." in said()
    told = json.loads(said("--json")[0])
    assert (told["release"], told["is_known"], told["is_written"]) == ("FY2027", True, False)
    with pytest.raises(CommandError, match="lacks the file “order”"):
        call_command("load_code_set", "icd10cm", paths[1], stdout=StringIO())
