"""HCPCS, CPT and ICD-10-PCS from files of their layouts; malformed ones are refused."""

from datetime import date
from pathlib import Path

import pytest

from coding.actions.code_releases import CodeSetLoad, Manner, load_code_set
from coding.actions.code_sets import load_own_codes
from coding.models import Code, CodeChange, CodeTerm, PcsTableRow
from coding.rules.code_files.releases import CodeSet
from coding.rules.code_rows import CodeRow
from payers.actions.edit_tables import Wish
from rcm.errors import Refusal
from tests.coding import code_files
from tests.coding.code_files import hcpcs_line, write
from tests.coding.test_code_releases import FIRST, in_force, load, stored

pytestmark = pytest.mark.django_db


def test_hcpcs_has_its_own_days_and_long_descriptions(tmp_path: Path) -> None:
    own = CodeRow("J3301", "Our word", True, "{}", (("our word", "own"),))
    load_own_codes([("procedure", own)], date(2020, 1, 1), lambda count: None)
    lines = (
        hcpcs_line("J3301", "A shot of made-up stuff, given", "MADE-UP SHOT"),
        hcpcs_line("J3301", "into a joint", record="4"),
        hcpcs_line("A0001", "Ride that ended", added="19990101", terminated="20261130"),
        hcpcs_line("D0001", "Not ours to give", "TOOTH"),
        hcpcs_line("12345", "Not of this level"),
        hcpcs_line("12345", "at all", record="4"),
        hcpcs_line("A1", "One wound", record="7"),
    )
    done = load(code_files.write_hcpcs(tmp_path, *lines), CodeSet.HCPCS)
    assert (done.counts.rows, done.counts.left_out, done.dates.name) == (4, 1, "2026 Q4")
    shot = Code.objects.get(code="J3301")
    assert (shot.label, shot.starts_on) == (
        "A shot of made-up stuff, given into a joint",
        date(2020, 1, 1),
    )
    assert shot.notes == {
        **{"code_set": "HCPCS", "short": "MADE-UP SHOT"},
        **{"coverage": "C", "type_of_service": "1"},
    }
    assert set(shot.terms.values_list("source", "text")) == {
        ("own", "our word"),
        ("title", "a shot of made up stuff given into a joint"),
        ("inclusion", "made up shot"),
    }
    assert Code.objects.get(code="D0001").label == ""
    assert Code.objects.get(system="modifier").code == "A1"
    assert "A0001" in in_force(date(2026, 11, 30))
    assert "A0001" not in in_force(date(2026, 12, 1))
    # Our own list no longer speaks of what a release has.
    counts = load_own_codes([("procedure", own)], date(2020, 1, 1), lambda count: None)
    assert (counts.new, counts.changed) == (0, 0)
    assert Code.objects.get(code="J3301").label == shot.label


def test_the_first_hcpcs_file_may_end_a_code_of_our_own_list(tmp_path: Path) -> None:
    own = CodeRow("A0001", "Ride", True, "{}", (("ride", "own"),))
    load_own_codes([("procedure", own)], date(2020, 1, 1), lambda count: None)
    line = hcpcs_line("A0001", "Ride that ended", terminated="20260930")
    assert load(code_files.write_hcpcs(tmp_path, line), CodeSet.HCPCS).counts.ended == 1
    assert in_force(date(2026, 9, 30)) == ["A0001"]
    assert in_force(date(2026, 10, 1)) == []


def test_a_later_hcpcs_file_ends_codes_by_its_days_and_those_that_are_gone(tmp_path: Path) -> None:
    several = [hcpcs_line(f"A000{number}", f"Ride {number}") for number in range(1, 10)]
    load(code_files.write_hcpcs(tmp_path, *several), CodeSet.HCPCS)
    ended = hcpcs_line("A0001", "Ride 1", terminated="20270215")
    later = code_files.write_hcpcs(tmp_path, ended, *several[1:8], quarter="2027_JAN")
    counts = load(later, CodeSet.HCPCS, may_shrink=True).counts
    assert (counts.ended, counts.changed, counts.unchanged) == (2, 0, 7)
    days = Code.objects.filter(ends_on__isnull=False).order_by("code")
    assert list(days.values_list("code", "ends_on")) == [
        ("A0001", date(2027, 2, 15)),
        ("A0009", date(2026, 12, 31)),
    ]
    changes = CodeChange.objects.order_by("code").values_list("code", "kind", "last_on")
    assert list(changes) == [
        ("A0001", "ended", date(2027, 2, 15)),
        ("A0009", "ended", date(2026, 12, 31)),
    ]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (
            [hcpcs_line("A0001", added="20261301")],
            "line 1, column “added, 269-276”: expected a date",
        ),
        (
            [hcpcs_line("A0001", record="9")],
            "line 1, column “record, 11-11”: expected 3, 4, 7 or 8",
        ),
        (
            [hcpcs_line("A0001", record="4")],
            "line 1, column “record, 11-11”: expected the first line",
        ),
        (
            [hcpcs_line("a0001")],
            "line 1, column “code, 1-5”: expected a code of Level II, found “a0001”",
        ),
        (
            [hcpcs_line("A0001"), hcpcs_line("A0002", record="4")],
            "line 2, column “code, 1-5”: expec",
        ),
        (["A000100100300\r\n"], "line 1: expected 320 characters, there are 13"),
        ([hcpcs_line("A0001"), hcpcs_line("A0001")], "A0001 is there twice."),
    ],
)
def test_a_malformed_hcpcs_file_is_refused(tmp_path: Path, lines: list[str], message: str) -> None:
    with pytest.raises(Refusal) as refused:
        load(code_files.write_hcpcs(tmp_path, *lines), CodeSet.HCPCS)
    assert message in refused.value.message
    assert stored() == (0, 0, 0, 0)


CPT = "Notice of the owner\n\n12345\tMade-up act one\n12346\tMade-up act\n12346\tof two lines\n"
CPT_WISH = Wish("2027", date(2027, 1, 1))


def load_cpt(path: Path, **manner: bool) -> CodeSetLoad:
    return load_code_set(CodeSet.CPT, [path], wish=CPT_WISH, manner=Manner(**manner))


def test_cpt_without_a_license_is_code_only(tmp_path: Path) -> None:
    own = CodeRow("12345", "Our own words", True, "{}", (("our own words", "own"),))
    load_own_codes([("procedure", own)], date(2020, 1, 1), lambda count: None)
    done = load_cpt(write(tmp_path / "LONGULT.txt", CPT))
    assert (done.lacking, done.counts.rows) == ("descriptions", 2)
    labels = Code.objects.order_by("code").values_list("code", "label")
    assert list(labels) == [("12345", "Our own words"), ("12346", "")]
    assert not CodeTerm.objects.exclude(source="own").exists()


def test_cpt_with_a_license_has_the_descriptions_of_the_practices_file(tmp_path: Path) -> None:
    load_cpt(write(tmp_path / "LONGULT.txt", CPT))
    load_cpt(write(tmp_path / "cpt.txt", CPT.replace("\t", "   ")), with_text=True)
    labels = Code.objects.order_by("code").values_list("code", "label")
    assert list(labels) == [("12345", "Made-up act one"), ("12346", "Made-up act of two lines")]
    assert CodeTerm.objects.get(code__code="12346").text == "made up act of two lines"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Notice only\n", "expected codes of five characters with descriptions."),
        (CPT + "oops\n", "line 6: expected a code of five characters and its description"),
        (CPT + "12345\tAgain\n", "line 6: expected every code once, found “12345”"),
    ],
)
def test_a_malformed_cpt_file_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(Refusal) as refused:
        load_cpt(write(tmp_path / "LONGULT.txt", text))
    assert message in refused.value.message
    assert stored() == (0, 0, 0, 0)


def test_pcs_brings_codes_and_tables(tmp_path: Path) -> None:
    load(code_files.write_pcs(tmp_path), CodeSet.ICD10PCS)
    assert in_force(FIRST, system="icd10pcs") == ["0X1", "0X10070", "0X100Z0"]
    rows = PcsTableRow.objects.order_by("position")
    assert [(row.table, row.position, row.axes[3]) for row in rows] == [
        ("0X1", 1, ["Place", {"0": "Thumb"}]),
        ("0X1", 2, ["Place", {"1": "Finger"}]),
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            ('pos="7" values="1"><title>To', 'pos="8"><title>To'),
            "line 7: expected an axis for each",
        ),
        (('<label code="0">Palm</label>', ""), "line 12: expected values (label) of an axis."),
        (('<label code="0">Palm', '<label code="10">Palm'), "expected a label with a code of one"),
        (("pcsTable", "table"), "expected tables (pcsTable) of ICD-10-PCS."),
    ],
)
def test_malformed_tables_of_pcs_are_refused(
    tmp_path: Path, change: tuple[str, str], message: str
) -> None:
    order, tables = code_files.write_pcs(tmp_path)
    write(tables, code_files.PCS_TABLES.replace(*change))
    with pytest.raises(Refusal) as refused:
        load([order, tables], CodeSet.ICD10PCS)
    assert message in refused.value.message
    assert stored() == (0, 0, 0, 0)


def test_a_short_list_of_valid_codes_can_be_loaded_for_pcs(tmp_path: Path) -> None:
    path = write(tmp_path / "icd10pcs_codes_2027.txt", "0X10070 Moving\n0X100Z0 Moving too\n")
    assert load([path], CodeSet.ICD10PCS).lacking == "tables"
    write(path, "0X10070 Moving\n0X10070 Moving\n")
    with pytest.raises(Refusal) as refused:
        load([path], CodeSet.ICD10PCS)
    assert "line 2: expected every code once" in refused.value.message
