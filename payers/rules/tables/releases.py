"""Which release a published file is, and for which days, read from the publisher's file names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from payers.rules.edit_tables import Table

MONTHS = {"JAN": 1, "APR": 4, "JUL": 7, "OCT": 10}
# The version number of the pair files counts years from here: v323 is the fourth quarter of 2026.
FIRST_NCCI_YEAR = 1994

PAIRS = {Table.PTP_PRACTITIONER: "ccipra", Table.PTP_HOSPITAL: "ccioph"}
UNITS = {
    Table.MUE_PRACTITIONER: "PractitionerServices",
    Table.MUE_HOSPITAL: "OutpatientHospitalServices",
    Table.MUE_DME: "DMESupplierServices",
}


@dataclass(frozen=True, slots=True)
class ReleaseDates:
    """The name of a release and the days it is meant for; without an end until the next one."""

    name: str
    starts_on: date
    ends_on: date | None


def file_pattern(table: Table) -> re.Pattern[str]:
    """What the publisher calls the files of this table that we can read.

    Of the two fee schedules since 2026 that for everybody (nonQPP): who wants the other names it.
    """
    shapes = {
        Table.ADD_ON: r"AOC_V\d{4}Q\d.*\.(txt|csv)",
        Table.FEES: r"PPRRVU\d{2,4}_?[A-Z]*(_nonQPP)?\.csv",
        Table.LOCALITIES: r"(GPCI|ANES)\d{4}.*\.csv",
        Table.HCPCS: r"HCPC\d{4}_(JAN|APR|JUL|OCT)_.*ANWEB.*\.txt",
        Table.PLACE_OF_SERVICE: r".*(pos|place).*\.csv",
        Table.ARTICLES: r"(article|contractor|state_)\w*\.csv",
        Table.LCD: r"(lcd|contractor|state_)\w*\.csv",
        Table.NCD: r"ncd_trkg\.csv",
    }
    if table in PAIRS:
        return re.compile(PAIRS[table] + r"-v\d{3}r\d-f\d\.txt", re.I)
    if table in UNITS:
        return re.compile(rf"MCR_MUE_{UNITS[table]}_Eff_\d\d-\d\d-\d{{4}}.*\.csv", re.I)
    return re.compile(shapes[table], re.I)


def release_of(table: Table, file_names: Sequence[str]) -> ReleaseDates | None:
    """The release that the names tell; None when they do not, or not all the same."""
    found = {one_release(table, name) for name in file_names}
    return found.pop() if len(found) == 1 else None


def one_release(table: Table, name: str) -> ReleaseDates | None:
    """The release that one file name tells."""
    if table in PAIRS:
        match = re.search(PAIRS[table] + r"-v(\d\d)(\d)r(\d)", name, re.I)
        if match and match[2] in "0123":
            quarter = quarter_of(FIRST_NCCI_YEAR + int(match[1]), int(match[2]) + 1)
            revision = "" if match[3] == "0" else f" r{match[3]}"
            return ReleaseDates(quarter.name + revision, quarter.starts_on, quarter.ends_on)
    elif table in UNITS:
        if match := re.search(UNITS[table] + r"_Eff_(\d\d)-(\d\d)-(\d{4})", name, re.I):
            return from_day(int(match[3]), int(match[1]), int(match[2]))
    elif match := re.search(r"AOC_V(\d{4})Q([1-4])|HCPC(\d{4})_(JAN|APR|JUL|OCT)_", name, re.I):
        number = int(match[2]) if match[2] else MONTHS[match[4].upper()] // 3 + 1
        return quarter_of(int(match[1] or match[3]), number)
    elif match := re.search(r"PPRRVU(\d{4}|\d\d)_?([A-Z]{3})", name, re.I):
        if match[2].upper() in MONTHS:
            return quarter_of(full_year(match[1]), MONTHS[match[2].upper()] // 3 + 1)
    elif match := re.search(r"(?:GPCI|ANES|POS|PLACE)\D*(\d{4})", name, re.I):
        year = int(match[1])
        ends_on = date(year, 12, 31) if table == Table.LOCALITIES else None
        return ReleaseDates(match[1], date(year, 1, 1), ends_on)
    return None


def full_year(text: str) -> int:
    return int(text) + (2000 if len(text) == 2 else 0)


def quarter_of(year: int, number: int) -> ReleaseDates:
    """A quarter by its number 1 to 4: "2026 Q4", 2026-10-01 to 2026-12-31."""
    starts_on = date(year, 3 * number - 2, 1)
    after = date(year + 1, 1, 1) if number == 4 else date(year, 3 * number + 1, 1)
    return ReleaseDates(f"{year} Q{number}", starts_on, after - timedelta(days=1))


def from_day(year: int, month: int, day: int) -> ReleaseDates | None:
    """The rest of a quarter from a day on; None when there is no such day."""
    try:
        starts_on = date(year, month, day)
    except ValueError:
        return None
    quarter = quarter_of(year, (month + 2) // 3)
    name = quarter.name if starts_on == quarter.starts_on else f"{starts_on}"
    return ReleaseDates(name, starts_on, quarter.ends_on)


# Of a coverage export, the files a table is made from.
COVERAGE_FILES = {
    Table.ARTICLES: (
        *("article.csv", "article_x_hcpc_code.csv", "article_x_icd10_covered.csv"),
        *("article_x_icd10_noncovered.csv", "article_x_contractor.csv"),
        *("contractor_jurisdiction.csv", "state_lookup.csv"),
    ),
    Table.LCD: (
        *("lcd.csv", "lcd_x_hcpc_code.csv", "lcd_x_contractor.csv"),
        *("contractor_jurisdiction.csv", "state_lookup.csv"),
    ),
    Table.NCD: ("ncd_trkg.csv",),
}


def missing_parts(table: Table, file_names: Sequence[str]) -> str:
    """What lacks for a complete table, in words; nothing when it is complete."""
    if table in COVERAGE_FILES:
        names = {name.lower() for name in file_names}
        return ", ".join(name for name in COVERAGE_FILES[table] if name not in names)
    if table == Table.LOCALITIES and file_names:
        is_index = [not name.lower().startswith("anes") for name in file_names]
        return "" if any(is_index) else "the file of the indices (GPCI)"
    if table not in PAIRS:
        return "" if file_names else "the file itself"
    parts = {match[1] for name in file_names if (match := re.search(r"-f(\d)\.", name, re.I))}
    lacking = [part for part in "1234" if part not in parts]
    if not lacking:
        return ""
    return "part " + ", ".join(f"f{part}" for part in lacking) + " of f1 to f4"
