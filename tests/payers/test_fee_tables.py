"""The fee schedule, localities, Level II codes, places of service and coverage documents."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pytest_django import DjangoAssertNumQueries

from payers.actions.edit_tables import Wish, load_table
from payers.fee_lookup import facility_places, localities, relative_values
from payers.models import CoverageDocument, EditTableRelease, HcpcsCode, RelativeValueRow
from payers.rules.edit_tables import (
    CoverageRule,
    FeeIndicators,
    Locality,
    RelativeValue,
    Table,
)
from payers.rules.tables.care_places import read_places
from payers.rules.tables.fee_values import read_fees
from payers.rules.tables.hcpcs_codes import read_hcpcs
from payers.rules.tables.localities import read_localities
from payers.rules.tables.reading import TableFault
from payers.table_lookup import tables_on
from rcm.errors import Refusal
from tests.payers.fee_files import (
    COVERAGE,
    FEE_HEADING,
    INDEX_HEADING,
    code_line,
    coverage_export,
    fee_file,
    fee_row,
    locality_files,
)

NOVEMBER = date(2026, 11, 3)


def fault_of(read: object) -> str:
    with pytest.raises(TableFault) as fault:
        list(read)  # type: ignore[call-overload]  # a reader
    return str(fault.value)


def test_a_fee_schedule_is_read_by_its_headings_over_four_lines() -> None:
    row = fee_row("Z0001", "26", "R", na="NA", work="1.50", intra="0.69", post=".21", base="Z0002")
    found = list(read_fees("f.csv", (FEE_HEADING + row).splitlines(keepends=True)))
    values, marks = ("1.50", "0.66", "0.30", "0.07"), ("0", "2", "1", "0", "9", "9")
    shares = ("Z0002", "0.10", "0.69", ".21")
    assert found == [("Z0001", "26", "R", *values, "t", "f", "010", *marks, "33.4009", *shares)]


def test_a_heading_on_one_line_in_another_order_is_read_too() -> None:
    heading = (
        "conv factor,hcpcs,mod,status,work rvu,non-fac pe,nf na ind,fac pe,f na ind,mp rvu,"
        "pctc,glob,mult,bilat,asst,co,team\n"
    )
    row = "33.4009,Z0001,,A,1.00,2.00,,3.00,NA,.40,1,ZZZ,0,0,0,0,0\n"
    values, marks = ("1.00", "2.00", "3.00", ".40"), ("1", "0", "0", "0", "0", "0")
    assert list(read_fees("f.csv", [heading, row])) == [
        ("Z0001", "", "A", *values, "f", "t", "ZZZ", *marks, "33.4009", "", None, None, None)
    ]


@pytest.mark.parametrize("none", ["0.00", ""])
def test_a_package_whose_shares_are_all_nothing_has_no_shares(none: str) -> None:
    row = fee_row("Z0001", pre=none, intra=none, post=none)
    [found] = read_fees("f.csv", (FEE_HEADING + row).splitlines(keepends=True))
    assert found is not None and found[-3:] == (None, None, None)
    row = fee_row("Z0001", pre="0.00", intra="1.00", post="0.00")
    [found] = read_fees("f.csv", (FEE_HEADING + row).splitlines(keepends=True))
    assert found is not None and found[-3:] == ("0.00", "1.00", "0.00")


def test_a_malformed_fee_is_located() -> None:
    lines = (FEE_HEADING + fee_row("Z0001", work="none")).splitlines(keepends=True)
    assert fault_of(read_fees("f.csv", lines)) == (
        "f.csv, line 7, column “work rvu”: expected a number of two decimals, found “none”."
    )
    lines = (FEE_HEADING + fee_row("Z0001", factor="")).splitlines(keepends=True)
    assert fault_of(read_fees("f.csv", lines)) == (
        "f.csv, line 7, column “conv factor”: expected dollars."
    )
    lines = (FEE_HEADING + fee_row("Z0001", intra="80")).splitlines(keepends=True)
    assert fault_of(read_fees("f.csv", lines)) == (
        "f.csv, line 7, column “intra op”: expected a share from 0 to 1 or nothing, found “80”."
    )
    lines = (FEE_HEADING + fee_row("Z0001", base="45")).splitlines(keepends=True)
    assert fault_of(read_fees("f.csv", lines)) == (
        "f.csv, line 7, column “endo base”: expected a code or nothing, found “45”."
    )


def test_a_malformed_locality_is_located() -> None:
    lines = [*INDEX_HEADING.splitlines(keepends=True), "10112,AL,00,ALABAMA,1,one,1,1\r\n"]
    assert fault_of(read_localities("g.csv", lines, {})) == (
        "g.csv, line 3, column “2026 pw gpci (with 1.0 floor)”: expected an index, found “one”."
    )


def test_level_two_codes_and_modifiers_are_read_with_their_days() -> None:
    lines = [
        code_line("A0001", "3", "19850101", "20201231", short="A label"),
        code_line("A0001", "4"),
        code_line("D0001", "3", short="NOT READ"),
        code_line("0001F", "3"),
        code_line("LT", "7", "19850101", short="Left"),
    ]
    assert list(read_hcpcs("h.txt", lines)) == [
        ("A0001", "A label", "1985-01-01", "2020-12-31"),
        ("D0001", "", "2000-01-01", None),
        None,
        ("LT", "Left", "1985-01-01", None),
    ]
    assert fault_of(read_hcpcs("h.txt", [code_line("A0001", "3", "19851301")])) == (
        "h.txt, line 1, column “added, 269-276”: expected a date as YYYYMMDD, found “19851301”."
    )
    assert fault_of(read_hcpcs("h.txt", ["A0001"])) == (
        "h.txt, line 1: expected 320 characters, there are 5."
    )
    assert fault_of(read_hcpcs("h.txt", [code_line("W0001", "3")])) == (
        "h.txt, line 1, column “code, 1-5”: expected a code of Level II, found “W0001”."
    )


def test_facility_places_say_which_rate_is_paid() -> None:
    lines = [
        "Place of Service Code(s),Place of Service Name,Type,Place of Service Description\n",
        "11,Office,Non-Facility,x\n",
        "21,Inpatient Hospital,Facility,x\n",
        "99,Other Place of Service,,x\n",
        "27-30,Unassigned,,N/A\n",
    ]
    assert list(read_places("pos.csv", lines)) == [
        ("11", "Office", "f"),
        ("21", "Inpatient Hospital", "t"),
        ("99", "Other Place of Service", None),
        None,
    ]
    assert fault_of(read_places("pos.csv", [lines[0], "1,Office,,x\n"])) == (
        "pos.csv, line 2, column “place of service code(s)”: expected two digits, found “1”."
    )


@pytest.mark.django_db
def test_relative_values_are_those_of_the_day(
    tmp_path: Path, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rows = (fee_row("Z0001", base="Z0009"), fee_row("Z0001", "26"))
    load_table(Table.FEES, [fee_file(tmp_path, *rows)])
    earlier = fee_file(tmp_path, fee_row("Z0001", factor="32.0000"), name="PPRRVU26_JUL.csv")
    load_table(Table.FEES, [earlier])
    with django_assert_num_queries(3):
        found = relative_values(NOVEMBER, ["Z0001", "Z0002"])
    assert found.keys() == {("Z0001", ""), ("Z0001", "26")}
    marks = FeeIndicators("Z0001", "A", "010", "0", "2", "1", "0", "9", "9")
    money = (Decimal("0.45"), Decimal("0.66"), Decimal("0.30"), Decimal("0.07"))
    shares = (Decimal("0.10"), Decimal("0.80"), Decimal("0.10"))
    factor, rare = Decimal("33.4009"), (False, False)
    expected = RelativeValue("Z0001", "", "A", *money, factor, marks, *rare, "Z0009", *shares)
    assert found["Z0001", ""] == expected
    with django_assert_num_queries(0):
        assert relative_values(NOVEMBER, ["Z0001"]) == found
        tables = tables_on(NOVEMBER, setting="practitioner", codes=["Z0001"])
    assert tables.indicators == {"Z0001": marks}
    july = relative_values(date(2026, 7, 1), ["Z0001"])
    assert july["Z0001", ""].conversion_factor == Decimal("32.0000")
    assert relative_values(date(2026, 6, 30), ["Z0001"]) == {}


@pytest.mark.django_db
def test_localities_carry_their_indices_and_anesthesia_factors(tmp_path: Path) -> None:
    load = load_table(Table.LOCALITIES, locality_files(tmp_path))
    assert (load.counts.rows, load.dates.name) == (2, "2026")
    found = localities(NOVEMBER)
    indices = (Decimal("1.000"), Decimal("0.869"), Decimal("0.575"))
    assert found["10112", "00"] == Locality(
        "10112", "00", "AL", "ALABAMA", *indices, Decimal("19.7700")
    )
    assert found["02102", "01"].anesthesia_factor is None
    assert localities(date(2027, 1, 1)) == {}
    with pytest.raises(Refusal, match="gpci lacks the file of the indices"):
        load_table(Table.LOCALITIES, [tmp_path / "ANES2026.csv"])


@pytest.mark.django_db
def test_level_two_codes_and_places_load(tmp_path: Path) -> None:
    codes = tmp_path / "HCPC2026_OCT_ANWEB_09232026.txt"
    codes.write_bytes(code_line("A0001", "3", "19850101", "20201231").encode("latin-1"))
    load_table(Table.HCPCS, [codes])
    assert HcpcsCode.objects.get().label == "Short"
    tables = tables_on(NOVEMBER, setting="hospital", codes=["A0001"])
    assert tables.hcpcs == {"A0001": (date(1985, 1, 1), date(2020, 12, 31))}
    places = tmp_path / "places.csv"
    places.write_text("Code,Name,Type\n02,Telehealth in the patient’s stead,Facility\n11,Office,\n")
    load_table(Table.PLACE_OF_SERVICE, [places], wish=Wish("2026", date(2026, 1, 1)))
    assert facility_places(NOVEMBER) == {"02": True, "11": None}
    assert facility_places(date(2020, 1, 1)) == {"02": True, "11": None}


@pytest.mark.django_db
def test_an_export_of_articles_answers_by_state_and_day(
    tmp_path: Path, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    load = load_table(Table.ARTICLES, [coverage_export(tmp_path)])
    assert load.dates.name == "2026-09-30"
    assert (load.counts.rows, load.counts.left_out) == (7, 6)
    current = CoverageRule(
        "A90001",
        "Sample, article",
        "G0121",
        frozenset({"OH", "IN"}),
        frozenset({"Z1211", "Z800"}),
        frozenset({"R195"}),
        date(2025, 2, 1),
        has_groups=True,
    )
    with django_assert_num_queries(4):
        tables = tables_on(NOVEMBER, setting="practitioner", codes=["G0121"], states=["OH"])
    assert tables.coverage == {"G0121": (current,)}
    last_day = tables_on(date(2026, 9, 30), setting="practitioner", codes=["G0121"], states=["OH"])
    assert [rule.document for rule in last_day.coverage["G0121"]] == ["A90001", "A90002"]
    assert last_day.coverage["G0121"][1].covered == frozenset()
    day_after = tables_on(date(2026, 10, 1), setting="hospital", codes=["G0121"], states=["OH"])
    assert day_after.coverage == {"G0121": (current,)}
    for states in (["KY"], []):
        tables = tables_on(NOVEMBER, setting="practitioner", codes=["G0121"], states=states)
        assert tables.coverage == {} and tables.has(Table.ARTICLES)


@pytest.mark.django_db
def test_a_broken_export_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    bad_day = COVERAGE["article.csv"].replace("2024-01-01 00:00:00,2026-10-01", "soon,2026-10-01")
    bad_code = COVERAGE["article_x_icd10_covered.csv"].replace("Z80.0", "Z8-0")
    for changed, message in (
        (
            {"article": bad_day},
            "article.csv, line 4, column “article_eff_date”: expected a date as YYYY-MM-DD,"
            " found “soon”.",
        ),
        (
            {"article_x_icd10_covered": bad_code},
            "article_x_icd10_covered.csv, line 3, column “icd10_code_id”: expected a diagnosis"
            " code, found “Z8-0”.",
        ),
        ({"state_lookup": ""}, "mcd_article lacks state_lookup.csv."),
    ):
        with pytest.raises(Refusal) as refusal:
            load_table(Table.ARTICLES, [coverage_export(tmp_path, **changed)])
        assert refusal.value.message == message
    assert not EditTableRelease.objects.exists()
    assert not CoverageDocument.objects.exists()


@pytest.mark.django_db
def test_determinations_load_without_diagnoses(tmp_path: Path) -> None:
    files = {
        "lcd.csv": "lcd_id,lcd_version,title,rev_eff_date,rev_end_date,last_updated,display_id\n"
        "33000,5,A determination,2025-01-01 00:00:00,,2026-08-01 00:00:00,L33000\n",
        "lcd_x_hcpc_code.csv": "lcd_id,lcd_version,hcpc_code_id\n33000,5,Z0001\n",
        "lcd_x_contractor.csv": "lcd_id,lcd_version,contractor_id,contractor_type_id,"
        "contractor_version\n33000,5,140,9,2\n",
        "contractor_jurisdiction.csv": COVERAGE["contractor_jurisdiction.csv"],
        "state_lookup.csv": COVERAGE["state_lookup.csv"],
        "ncd_trkg.csv": "NCD_id,NCD_vrsn_num,NCD_mnl_sect,NCD_mnl_sect_title,NCD_efctv_dt,"
        "NCD_trmntn_dt\n210,2,210.3,Screening,2023-01-01 00:00:00,\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    load_table(Table.LCD, [tmp_path])
    tables = tables_on(NOVEMBER, setting="practitioner", codes=["Z0001"], states=["OH"])
    rule = CoverageRule(
        "L33000", "A determination", "Z0001", frozenset({"OH", "IN"}), frozenset(), frozenset(),
        date(2025, 1, 1),
    )  # fmt: skip
    assert tables.coverage == {"Z0001": (rule,)}
    with pytest.raises(Refusal, match="give its name and first day"):
        load_table(Table.NCD, [tmp_path])
    load_table(Table.NCD, [tmp_path], wish=Wish("Q4", date(2026, 10, 1)))
    national = CoverageDocument.objects.get(document="N210")
    assert (national.title, national.states) == ("210.3 Screening", [])


@pytest.mark.django_db
def test_descriptions_of_procedures_are_stored_nowhere(tmp_path: Path) -> None:
    load_table(Table.FEES, [fee_file(tmp_path, fee_row("Z0001"))])
    load_table(Table.ARTICLES, [coverage_export(tmp_path)])
    stored = str(list(RelativeValueRow.objects.values_list()))
    stored += str(list(CoverageDocument.objects.values_list()))
    assert "NOT" not in stored and "Sample" in stored
