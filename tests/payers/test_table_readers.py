"""Published edit tables, line by line."""

from datetime import date

import pytest

from payers.rules.edit_tables import Table
from payers.rules.tables.add_on_codes import read_add_ons
from payers.rules.tables.ncci_pairs import read_pairs
from payers.rules.tables.reading import TableFault, julian_day
from payers.rules.tables.releases import ReleaseDates, file_pattern, missing_parts, release_of
from payers.rules.tables.unit_limits import read_unit_limits
from tests.payers.edit_files import PAIR_HEADING, UNIT_HEADING, pair_row


def lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def pairs_of(*rows: str) -> list[tuple[str | None, ...] | None]:
    return list(read_pairs("f1.TXT", lines(PAIR_HEADING + "".join(rows))))


def test_pairs_are_read_below_a_heading_of_several_lines() -> None:
    found = pairs_of(
        pair_row("Z0001", "Z0002"),
        pair_row("Z0001", "Z0003", "19970101", "20241231", "0"),
        pair_row("Z0001", "Z0004", "19960101", "19960101", "9"),
        "Z0005\tZ0006\t*\t19960101\t*\t1\r\n",
        "\r\n",
    )
    assert found == [
        ("Z0001", "Z0002", "20200101", None, "1"),
        ("Z0001", "Z0003", "19970101", "20241231", "0"),
        None,
        ("Z0005", "Z0006", "19960101", None, "1"),
    ]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            pair_row("Z001", "Z0002"),
            "f1.TXT, line 5, column “Column 1”: expected a code of five digits or capital letters,"
            " found “Z001”.",
        ),
        (
            pair_row("Z0001", "Z0002", "20200231"),
            "f1.TXT, line 5, column “Effective date”: expected a date as YYYYMMDD,"
            " found “20200231”.",
        ),
        (
            pair_row("Z0001", "Z0002", ends="soon"),
            "f1.TXT, line 5, column “Deletion date”: expected a date as YYYYMMDD, or *,"
            " found “soon”.",
        ),
        (
            pair_row("Z0001", "Z0002", indicator="2"),
            "f1.TXT, line 5, column “Modifier”: expected 0, 1 or 9, found “2”.",
        ),
        (
            "Z0001\tZ0002\t\t20200101\t*\r\n",
            "f1.TXT, line 5: expected 7 columns, there are 5, found “Z0001”.",
        ),
    ],
)
def test_a_malformed_pair_is_located(row: str, message: str) -> None:
    with pytest.raises(TableFault) as fault:
        pairs_of(row)
    assert str(fault.value) == message


def test_a_file_without_the_heading_is_no_pair_file() -> None:
    with pytest.raises(TableFault) as fault:
        list(read_pairs("x.txt", [pair_row("Z0001", "Z0002")]))
    assert str(fault.value) == "x.txt: expected a heading line that begins with “Column 1”."


def test_unit_limits_are_read_below_a_notice_and_a_broken_heading() -> None:
    text = UNIT_HEADING + (
        "Z0001,250,1 Line Edit,A reason\r\nZ0002,0,3 Date of Service Edit: Clinical,Other\r\n"
    )
    assert list(read_unit_limits("mue.csv", lines(text))) == [
        ("Z0001", "250", "1"),
        ("Z0002", "0", "3"),
    ]


def test_a_malformed_unit_limit_is_located() -> None:
    for row, message in (
        (
            "Z0001,many,1 Line Edit,x",
            "mue.csv, line 5, column “practitioner services mue values”: expected a whole number,"
            " found “many”.",
        ),
        (
            "Z0001,1,Line Edit,x",
            "mue.csv, line 5, column “mue adjudication indicator”: expected a text that begins"
            " 1, 2 or 3, found “Line Edit”.",
        ),
        ("Z0001,1", "mue.csv, line 5: expected 3 columns or more, there are 2."),
    ):
        with pytest.raises(TableFault) as fault:
            list(read_unit_limits("mue.csv", lines(UNIT_HEADING + row + "\r\n")))
        assert str(fault.value) == message
    with pytest.raises(TableFault) as fault:
        list(read_unit_limits("mue.csv", ["Z0001,1,1 Line Edit,x"]))
    assert str(fault.value) == (
        "mue.csv: expected a heading with these columns: code, units, adjudication."
    )


def test_add_on_codes_are_read_from_the_fixed_file_and_from_the_table() -> None:
    fixed = ["A notice\r\n", "1Z0001       Z0002       2013091       \r\n"]
    fixed += ["3Z00012024366CCCCC       20130912025001A note\r\n"]
    table = [
        "A notice\r\n",
        "AOC_Edit_Type\tAdd-On_Code\tAOC_DelDT\tPrimary_Code\tPrimary_Code_DelDT"
        "\tAOC_Edit_EffDT\tAOC_Edit_DelDT\tSpecial_Instruction_Notes\r\n",
        "1\tZ0001\t\tZ0002\t\t2013091\t\t\r\n",
        "3\tZ0001\t2024366\tCCCCC\t\t2013091\t2025001\tA note\r\n",
    ]
    expected = [
        ("Z0001", "Z0002", "1", "2013-04-01", None),
        ("Z0001", "CCCCC", "3", "2013-04-01", "2024-12-31"),
    ]
    assert list(read_add_ons("aoc.txt", fixed)) == expected
    assert list(read_add_ons("aoc.csv", table)) == expected
    assert list(read_add_ons("aoc.csv", [row.replace("\t", ",") for row in table])) == expected


def test_a_malformed_add_on_code_is_located() -> None:
    with pytest.raises(TableFault) as fault:
        list(read_add_ons("aoc.txt", ["1Z0001       Z0002       2013366       \r\n"]))
    assert str(fault.value) == (
        "aoc.txt, line 1, column “starts”: expected a date as YYYYDDD, found “2013366”."
    )
    assert julian_day("2024366") == date(2024, 12, 31)
    assert julian_day("2024000") is None


def test_the_release_is_read_from_the_official_names() -> None:
    pairs = [f"ccipra-v323r0-f{part}.TXT" for part in (1, 2, 3, 4)]
    quarter = ReleaseDates("2026 Q4", date(2026, 10, 1), date(2026, 12, 31))
    assert release_of(Table.PTP_PRACTITIONER, pairs) == quarter
    assert release_of(Table.PTP_PRACTITIONER, [*pairs, "ccipra-v322r0-f1.TXT"]) is None
    assert release_of(Table.PTP_HOSPITAL, ["ccioph-v302r1-f1.txt"]) == ReleaseDates(
        "2024 Q3 r1", date(2024, 7, 1), date(2024, 9, 30)
    )
    mue = "MCR_MUE_DMESupplierServices_Eff_10-01-2026.csv"
    assert release_of(Table.MUE_DME, [mue]) == quarter
    assert release_of(Table.ADD_ON, ["AOC_V2026Q4-F-MCR.txt"]) == quarter
    assert release_of(Table.FEES, ["PPRRVU2026_Oct_nonQPP.csv"]) == quarter
    assert release_of(Table.FEES, ["PPRRVU24_JUL.csv"]) == ReleaseDates(
        "2024 Q3", date(2024, 7, 1), date(2024, 9, 30)
    )
    assert release_of(Table.HCPCS, ["HCPC2026_OCT_ANWEB_09232026.txt"]) == quarter
    assert release_of(Table.LOCALITIES, ["GPCI2026.csv", "ANES2026.csv"]) == ReleaseDates(
        "2026", date(2026, 1, 1), date(2026, 12, 31)
    )
    assert release_of(Table.MUE_DME, ["limits.csv"]) is None


def test_members_of_an_archive_are_known_by_their_names() -> None:
    assert file_pattern(Table.PTP_PRACTITIONER).fullmatch("ccipra-v323r0-f1.TXT")
    assert not file_pattern(Table.PTP_PRACTITIONER).fullmatch("ccioph-v323r0-f1.TXT")
    assert not file_pattern(Table.PTP_PRACTITIONER).fullmatch("ccipra-v323r0-f1.xlsx")
    assert file_pattern(Table.HCPCS).fullmatch("HCPC2026_OCT_ANWEB_09232026.txt")
    assert not file_pattern(Table.HCPCS).fullmatch("HCPC2026_recordlayout.txt")


def test_all_four_parts_of_the_pairs_are_wanted() -> None:
    names = ["ccipra-v323r0-f1.TXT", "ccipra-v323r0-f3.TXT", "ccipra-v323r0-f4.TXT"]
    assert missing_parts(Table.PTP_PRACTITIONER, names) == "part f2 of f1 to f4"
    assert missing_parts(Table.PTP_PRACTITIONER, [*names, "ccipra-v323r0-f2.TXT"]) == ""
    assert missing_parts(Table.ADD_ON, []) == "the file itself"
