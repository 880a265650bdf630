"""Loading a release of an edit table: all of it or nothing."""

import hashlib
import json
import zipfile
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import DjangoAssertNumQueries

from payers.actions.edit_tables import TableLoad, Wish, load_table
from payers.actions.table_staging import RowCounts
from payers.models import AddOnPrimary, CodeUnitLimit, EditTableRelease, NcciPair
from payers.rules.edit_tables import Table
from rcm.errors import Refusal
from rcm.models import User
from tests.payers.edit_files import add_on_file, pair_files, pair_row, unit_file

PTP = Table.PTP_PRACTITIONER
MUE = Table.MUE_PRACTITIONER
FIRST = (
    pair_row("Z0001", "Z0002"),
    pair_row("Z0001", "Z0003"),
    pair_row("Z0001", "Z0004", indicator="0"),
    pair_row("Z0001", "Z0005"),
    pair_row("Z0001", "Z0006", "19960101", "19960101", "9"),
)
NEXT = (
    pair_row("Z0001", "Z0002"),
    pair_row("Z0001", "Z0003", ends="20260930"),
    pair_row("Z0001", "Z0004", indicator="1"),
    pair_row("Z0001", "Z0007"),
)

pytestmark = pytest.mark.django_db


def refused(table: Table, paths: list[Path], wish: Wish | None = None) -> str:
    """The message of a load that must be refused and leave the tables as they were."""

    def stored() -> list[object]:
        rows = [list(model.objects.values_list()) for model in (NcciPair, CodeUnitLimit)]
        return [*rows, list(EditTableRelease.objects.values_list())]

    before = stored()
    with pytest.raises(Refusal) as refusal:
        load_table(table, paths, wish=wish)
    assert stored() == before
    return refusal.value.message


def load_pairs(folder: Path, *rows: str, release: str = "v323r0") -> TableLoad:
    return load_table(PTP, pair_files(folder, *rows, release=release))


def test_a_first_load_writes_rows_and_the_record_of_it(tmp_path: Path, mia: User) -> None:
    paths = pair_files(tmp_path, *FIRST)
    seen: list[tuple[str, int]] = []
    load = load_table(PTP, paths[::-1], by=mia, report=lambda *step: seen.append(step))
    release = EditTableRelease.objects.get()
    assert load.counts == RowCounts(rows=7, new=7, left_out=1)
    assert (release.name, release.row_count, release.left_out_count) == ("2026 Q4", 7, 1)
    assert (release.starts_on, release.ends_on) == (date(2026, 10, 1), date(2026, 12, 31))
    assert (release.state, release.loaded_by, release.is_partial) == ("loaded", mia, False)
    together = hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()
    assert release.checksum == load.checksum == together
    assert release.file_names == [path.name for path in paths]
    assert seen == [(paths[0].name, 5), *((path.name, 1) for path in paths[1:])]
    pair = NcciPair.objects.get(column_2="Z0004")
    assert (pair.column_1, pair.starts_on, pair.ends_on) == ("Z0001", date(2020, 1, 1), None)
    assert (pair.modifier_indicator, pair.release) == (0, release)


def test_a_newer_release_takes_the_place_of_the_older(tmp_path: Path) -> None:
    load_pairs(tmp_path / "old", *FIRST, release="v322r0")
    load = load_pairs(tmp_path / "new", *NEXT)
    assert load.counts == RowCounts(rows=7, new=1, changed=1, ended=2, unchanged=4)
    states = dict(EditTableRelease.objects.values_list("name", "state"))
    assert states == {"2026 Q3": "replaced", "2026 Q4": "loaded"}
    assert set(NcciPair.objects.values_list("release__name", flat=True)) == {"2026 Q4"}
    assert refused(PTP, pair_files(tmp_path / "old", *FIRST, release="v321r0")) == (
        "2026 Q2 is older than 2026 Q4, which is in use."
    )


def test_a_dry_run_counts_and_writes_nothing(tmp_path: Path) -> None:
    load_pairs(tmp_path / "old", *FIRST, release="v322r0")
    load = load_table(PTP, pair_files(tmp_path / "new", *NEXT), is_dry_run=True)
    assert load.counts == RowCounts(rows=7, new=1, changed=1, ended=2, unchanged=4)
    assert load.release is None
    assert EditTableRelease.objects.get().name == "2026 Q3"
    assert not NcciPair.objects.filter(column_2="Z0007").exists()


def test_the_same_bytes_again_are_left_alone(tmp_path: Path) -> None:
    first = load_pairs(tmp_path, *FIRST)
    again = load_pairs(tmp_path, *FIRST)
    assert again.is_known
    assert again.release == first.release == EditTableRelease.objects.get()


def test_a_malformed_file_is_refused_with_its_place(tmp_path: Path) -> None:
    load_pairs(tmp_path / "old", *FIRST, release="v322r0")
    damaged = pair_files(tmp_path / "new", *NEXT, pair_row("Z0001", "Z0008", indicator="7"))
    assert refused(PTP, damaged) == (
        "ccipra-v323r0-f1.TXT, line 9, column “Modifier”: expected 0, 1 or 9, found “7”."
    )


def test_three_parts_are_refused_unless_wanted_and_then_marked(tmp_path: Path) -> None:
    paths = pair_files(tmp_path, *FIRST)
    assert refused(PTP, paths[:3]) == "ptp_practitioner lacks part f4 of f1 to f4."
    load = load_table(PTP, paths[:3], wish=Wish(is_partial=True))
    assert load.release is not None and load.release.is_partial
    assert load.release.name == "2026 Q4 (partial)"


def test_rows_that_stand_twice_count_once_and_must_agree(tmp_path: Path) -> None:
    load = load_pairs(tmp_path, FIRST[0], FIRST[0], FIRST[0])
    assert load.counts == RowCounts(rows=4, new=4, left_out=2)
    other = pair_files(tmp_path, FIRST[2], pair_row("Z0001", "Z0004", indicator="1"))
    assert refused(PTP, other) == ("Two rows for Z0001, Z0004, 2020-01-01 say different things.")


def test_files_that_do_not_tell_their_release_need_its_name_and_day(tmp_path: Path) -> None:
    path = unit_file(tmp_path, "Z0001,2,1 Line Edit,x").rename(tmp_path / "limits.csv")
    assert refused(MUE, [path]) == (
        "The file names do not tell one release: give its name and first day"
        " (--release, --starts-on)."
    )
    load = load_table(MUE, [path], wish=Wish("Ours", date(2026, 4, 1), date(2026, 6, 30)))
    assert load.release is not None
    assert str(load.release) == "Most units, practitioner Ours"
    assert refused(MUE, [path], Wish("Ours", date(2026, 4, 1), date(2026, 3, 1))) == (
        "The release would end 2026-03-01, before it starts."
    )


def test_unit_limits_of_several_quarters_stand_beside_each_other(tmp_path: Path) -> None:
    load_table(MUE, [unit_file(tmp_path, "Z0001,2,1 Line Edit,x", "Z0002,1,3 Day,x")])
    earlier = load_table(MUE, [unit_file(tmp_path, "Z0001,4,1 Line Edit,x", day="07-01-2026")])
    assert earlier.counts == RowCounts(rows=1, new=1)
    corrected = load_table(MUE, [unit_file(tmp_path, "Z0001,3,1 Line Edit,x")])
    assert corrected.counts == RowCounts(rows=1, changed=1, ended=1)
    in_use = EditTableRelease.objects.filter(state="loaded").order_by("starts_on")
    assert [release.name for release in in_use] == ["2026 Q3", "2026 Q4"]
    rows = CodeUnitLimit.objects.order_by("release__starts_on")
    assert list(rows.values_list("release__name", "code", "units")) == [
        ("2026 Q3", "Z0001", 4),
        ("2026 Q4", "Z0001", 3),
    ]


def test_an_archive_is_read_as_it_was_downloaded(tmp_path: Path) -> None:
    path = add_on_file(tmp_path, "1Z0001       Z0002       2013091       ")
    archive = tmp_path / "aoc.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.write(path, f"folder/{path.name}")
        made.writestr("folder/AOC_V2026Q4-MCR.xlsx", b"not read")
    load = load_table(Table.ADD_ON, [archive])
    assert load.file_names == ("AOC_V2026Q4-F-MCR.txt",)
    assert load.checksum == hashlib.sha256(path.read_bytes()).hexdigest()
    assert AddOnPrimary.objects.get().primary_code == "Z0002"
    assert load_table(Table.ADD_ON, [path]).is_known


def test_files_nobody_can_read_are_refused(tmp_path: Path) -> None:
    workbook, broken = tmp_path / "a.xlsx", tmp_path / "b.zip"
    workbook.write_bytes(b"PK")
    broken.write_bytes(b"PK")
    assert refused(MUE, [workbook]) == (
        "a.xlsx cannot be read; give the .zip, .txt or .csv of the same release."
    )
    assert refused(MUE, [broken]) == f"{broken} cannot be read: File is not a zip file."
    assert "No such file" in refused(MUE, [tmp_path / "c.csv"])
    empty = tmp_path / "empty"
    empty.mkdir()
    assert refused(MUE, [empty]) == "mue_practitioner lacks the file itself."
    assert refused(MUE, [unit_file(tmp_path)]) == (
        "MCR_MUE_PractitionerServices_Eff_10-01-2026.csv: no rows to load."
    )


def test_the_number_of_statements_does_not_grow_with_the_rows(
    tmp_path: Path, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    small = pair_files(tmp_path / "small", *FIRST, release="v322r0")
    many = [pair_row(f"Y{number:04}", "Z0002") for number in range(3_000)]
    large = pair_files(tmp_path / "large", *many)
    load_pairs(tmp_path / "first", *FIRST, release="v321r0")
    for paths in (small, large):
        with django_assert_num_queries(18):
            load_table(PTP, paths)


def test_the_command_tells_people_and_programs_what_it_did(tmp_path: Path) -> None:
    path = unit_file(tmp_path, "Z0001,2,1 Line Edit,x")
    out = StringIO()
    call_command("load_edit_table", "mue_practitioner", str(path), "--dry-run", stdout=out)
    told = out.getvalue()
    assert "mue_practitioner: release 2026 Q4, 2026-10-01 to 2026-12-31" in told
    assert "1 rows: 1 new, 0 changed, 0 ended, 0 unchanged" in told
    assert "Dry run: nothing was written." in told
    assert not EditTableRelease.objects.exists()
    out = StringIO()
    call_command("load_edit_table", "mue_practitioner", str(path), "--json", stdout=out)
    answer = json.loads(out.getvalue())
    assert answer["is_written"] and answer["release"] == "2026 Q4"
    assert answer["counts"] == {
        "rows": 1, "new": 1, "changed": 0, "ended": 0, "unchanged": 0, "left_out": 0,
    }  # fmt: skip
    out = StringIO()
    call_command("load_edit_table", "mue_practitioner", str(path), stdout=out)
    assert "These bytes are in use already; nothing was written." in out.getvalue()
    with pytest.raises(CommandError, match="lacks the file itself"):
        call_command("load_edit_table", "mue_hospital", str(tmp_path))
