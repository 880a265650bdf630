"""Bank files are read to the cent, or refused with the place of the fault and without a row."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.rules.bank_csv import amount_of, date_of
from billing.rules.bank_files import BankFile, read_bank_file
from billing.rules.bank_rows import find_trace
from tests.billing import banking as b


def read(*lines: str) -> BankFile:
    return read_bank_file("\n".join(lines).encode())


def only_fault(file: BankFile) -> tuple[int, str, str, str]:
    assert file.rows == []
    (fault,) = file.faults
    return (fault.line, fault.place, fault.code, fault.message)


def test_an_eft_of_a_bai2_file_names_its_payment() -> None:
    file = read_bank_file(b.bai2(b.movement(123456, b.addenda("EFT0001"))))
    assert file.faults == []
    (row,) = file.rows
    assert (row.line_number, row.deposited_on, row.amount) == (4, b.DAY, 123456)
    assert (row.trace_number, row.payer_identifier) == ("EFT0001", "1999999999")
    assert (row.method, row.reference, row.account) == ("eft", "B1", "6789")
    assert row.description == "HCCLAIMPMT UNIFIED CARE TRN*1*EFT0001*1999999999~"


@pytest.mark.parametrize(
    "texts",
    [
        ("HCCLAIMPMT", "TRN*1*EFT0001*1999999999~"),
        ("HCCLAIMPMT/", "TRN*1*EFT0001*1999999999\\"),
        ("HCCLAIMPMT TRN*1*EFT", "0001*1999999999~"),
        ("HCCLAIMPMT TRN*1*EFT0001*1999", "999999~MORE TEXT, WITH COMMAS"),
        ("HCCLAIMPMT TRN*1*EFT0001*", "1999999999"),
        ("TRN|1|EFT0001|1999999999",),
    ],
)
def test_an_addenda_cut_by_the_end_of_a_line_is_whole_again(texts: tuple[str, ...]) -> None:
    (row,) = read_bank_file(b.bai2(b.movement(100, *texts))).rows
    assert (row.trace_number, row.payer_identifier) == ("EFT0001", "1999999999")


def test_fields_of_a_movement_may_go_on_in_a_continuation() -> None:
    lines = ["16,142,2500,S,2500/", "88,0,0,BANKREF,CUSTREF,PAYMENT FOR, MAY/", "88,MORE"]
    (row,) = read_bank_file(b.bai2(lines)).rows
    assert (row.amount, row.reference) == (2500, "BANKREF")
    assert row.description == "PAYMENT FOR, MAY MORE"


def test_summaries_of_an_account_may_go_on_in_a_continuation() -> None:
    file = read(
        "01,A,B,261120,0600,1,,,2/",
        "02,B,A,1,261120,,,/",
        "03,77,USD,010,500,,,015,700/",
        "88,,,100,2500,1,D,2,1,1000,0,1500/",
        "16,301,2500,D,1,1,2500,,CHK 5501,DEPOSIT/",
        "49,6200,4/",
        "98,6200,1,6/",
        "99,6200,1,8/",
    )
    assert file.faults == []
    (row,) = file.rows
    assert (row.line_number, row.amount, row.method) == (5, 2500, "check")
    assert row.trace_number == "5501"


def test_money_that_left_is_no_deposit_unless_it_takes_one_back() -> None:
    file = read_bank_file(
        b.bai2(
            b.movement(5000, "RENT", code=475),
            b.movement(100, b.addenda("EFT0001"), code=455),
            b.movement(200, "CHECK RETURNED", code=555),
            b.movement(900, "LOAN", code=720),
        )
    )
    assert [row.amount for row in file.rows] == [-100, -200]
    assert (file.left_out, file.amount_left_out) == (1, -5000)


@pytest.mark.parametrize(
    ("wrong", "line", "place", "message"),
    [
        (
            {"account_total": 1},
            5,
            "49 control total",
            "The account control total is 701 cents, the file holds 700.",
        ),
        (
            {"account_records": 1},
            5,
            "49 records",
            "The account trailer states 4 records, the file holds 3.",
        ),
        (
            {"group_total": -1},
            6,
            "98 control total",
            "The group control total is 699 cents, the file holds 700.",
        ),
        (
            {"file_total": 5},
            7,
            "99 control total",
            "The file control total is 705 cents, the file holds 700.",
        ),
        ({"groups": 1}, 7, "99 groups", "The file trailer states 2 groups, the file holds 1."),
    ],
)
def test_a_trailer_that_does_not_add_up_refuses_the_file(
    wrong: dict[str, int], line: int, place: str, message: str
) -> None:
    file = read_bank_file(b.bai2(b.movement(100), **wrong))
    found = only_fault(file)
    assert (found[0], found[1], found[3]) == (line, place, message)
    assert found[2].endswith("_wrong")


@pytest.mark.parametrize("cut", range(1, 7))
def test_a_file_cut_off_after_any_line_gives_no_row(cut: int) -> None:
    lines = b.bai2(b.movement(100, b.addenda("EFT0001"))).decode().splitlines()
    found = only_fault(read(*lines[:cut]))
    assert found[2] == "cut_off"


@pytest.mark.parametrize(
    ("old", "new", "line", "place", "code"),
    [
        ("1,80,,2/", "1,80,,3/", 1, "01", "wrong_version"),
        (",1,261120", ",3,261120", 2, "02", "not_new"),
        (",1,261120", ",1,261320", 2, "02", "bad_date"),
        ("0600,USD,2/", "0600,CAD,2/", 2, "02", "foreign_currency"),
        ("16,142,100,", "16,142,1.00,", 4, "16", "bad_number"),
        ("16,142,100,", "16,14,100,", 4, "16", "bad_type_code"),
        ("16,142,100,Z", "16,142,100,Q", 4, "16", "bad_funds_type"),
        ("16,142,100,", "17,142,100,", 4, "record", "unknown_record"),
        ("03,000123456789", "49,0,0/\n03,000123456789", 3, "49", "wrong_order"),
        ("02,NORTH", "88,X\n02,NORTH", 2, "88", "stray_continuation"),
    ],
)  # fmt: skip
def test_a_broken_record_is_named(old: str, new: str, line: int, place: str, code: str) -> None:
    text = b.bai2(b.movement(100)).decode()
    assert old in text
    found = only_fault(read_bank_file(text.replace(old, new).encode()))
    assert (found[0], found[1].split()[0], found[2]) == (line, place, code)


def test_columns_of_a_csv_are_found_by_their_headers() -> None:
    file = read(
        "Account,…6789",
        "",
        "Details,Posting Date,Description,Amount,Type,Check or Slip #",
        'CREDIT,11/20/2026,"HCCLAIMPMT TRN*1*EFT0001*1999999999~","1,234.00",ACH_CREDIT,',
        "CHECK,11/20/2026,DEPOSIT,12.50,CHECK_DEPOSIT,5501",
        "DEBIT,11/20/2026,RENT,-900.00,ACH_DEBIT,",
    )
    assert file.faults == []
    assert [(row.line_number, row.amount, row.trace_number) for row in file.rows] == [
        (4, 123400, "EFT0001"),
        (5, 1250, "5501"),
    ]
    assert [row.method for row in file.rows] == ["eft", "check"]
    assert file.rows[0].payer_identifier == "1999999999"
    assert (file.left_out, file.amount_left_out) == (1, -90000)


def test_credit_and_debit_columns_make_one_amount() -> None:
    file = read(
        "Date;Credit;Debit;Trace number",
        "2026-11-20;100.00;;EFT0001",
        "2026-11-21;;100.00;EFT0001",
    )
    assert [row.amount for row in file.rows] == [10000, -10000]


def test_two_accounts_of_a_file_are_added_up() -> None:
    file = read_bank_file(b.bai2(b.movement(100, "A"), b.movement(250, "B"), accounts=2))
    assert file.faults == []
    assert file.amount == 700


def test_every_bad_row_of_a_csv_is_named_and_none_is_used() -> None:
    file = read(
        "date,amount,description",
        "11/20/2026,100.00,good",
        "31/31/2026,5.00,x",
        '11/20/2026,"12,50",x',
        "11/20/2026,,x",
    )
    assert file.rows == []
    assert [(f.line, f.place, f.message) for f in file.faults] == [
        (3, "date", "“31/31/2026” is no date."),
        (4, "amount", "“12,50” is no amount."),
        (5, "amount", "The row states no amount."),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The file is empty."),
        (b"\x00\x01", "This is no text file."),
        (b"Dear customer,\nplease find", "No line names a date and an amount column."),
        (b"date,amount\n", "The file holds no deposit."),
        (b"ISA*00*", "No line names a date and an amount column."),
    ],
)
def test_what_is_no_bank_file_says_so(content: bytes, message: str) -> None:
    assert only_fault(read_bank_file(content))[3] == message


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("1,234.00", 123400),
        ("$1,234,567.8", 123456780),
        ("(12.00)", -1200),
        ("-12.00", -1200),
        ("12.00-", -1200),
        ("-$12.00", -1200),
        (".5", 50),
        ("12", 1200),
        ("12,50", None),
        ("1.234,00", None),
        ("1.005", None),
        ("1e5", None),
        ("NaN", None),
        ("٣", None),
        ("99999999999.00", None),
        ("", None),
    ],
)
def test_an_amount_is_read_to_the_cent_or_not_at_all(text: str, cents: int | None) -> None:
    assert amount_of(text) == cents


@pytest.mark.parametrize(
    "text",
    ["2026-11-02", "11/02/2026", "11/2/26", "11-02-2026", "20261102", "02-NOV-2026", "nov 2, 2026"],
)
def test_dates_are_read_as_us_banks_write_them(text: str) -> None:
    assert date_of(text) == date(2026, 11, 2)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("TRN*1*0012*1999999999*SUPP~", ("0012", "1999999999")),
        ("TRN*1*A~ TRN*1*B~", ("", "")),
        ("TRN*1*A~ TRN*1*A~", ("A", "")),
        ("Check No. 55012 deposit", ("55012", "")),
        ("EFT 77001-2 REF 9911", ("", "")),
        ("PAYMENT RECEIVED", ("", "")),
        ("TRACE# AB12345 UNIFIED", ("AB12345", "")),
    ],
)
def test_a_trace_number_is_found_in_text_or_nothing_is_guessed(
    text: str, found: tuple[str, str]
) -> None:
    assert find_trace(text) == found


@given(st.integers(-(10**11), 10**11))
def test_what_is_written_as_dollars_reads_back(cents: int) -> None:
    text = f"{abs(cents) // 100:,}.{abs(cents) % 100:02d}"
    assert amount_of(f"({text})" if cents < 0 else text) == cents


@given(
    st.binary(max_size=300) | st.text(alphabet="0123489,/\n16TRN*~", max_size=300).map(str.encode)
)
def test_no_bytes_stop_the_reader(content: bytes) -> None:
    file = read_bank_file(content)
    assert not (file.rows and file.faults)
    later = read_bank_file(b"01,A,B,261120,0600,1,80,,2/\n02,B,A,1,261120,,,/\n" + content)
    assert not (later.rows and later.faults)
