"""Each published table: which files it is read from, by what, and into which rows."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import cast

from django.db import models

from payers.models import (
    AddOnPrimary,
    CodeUnitLimit,
    CoverageCode,
    CoverageDiagnosis,
    CoverageDocument,
    HcpcsCode,
    LocalityRow,
    NcciPair,
    PlaceOfService,
    RelativeValueRow,
)
from payers.rules.edit_tables import Table
from payers.rules.tables.add_on_codes import read_add_ons
from payers.rules.tables.care_places import read_places
from payers.rules.tables.coverage_documents import (
    ARTICLE,
    LCD,
    DocumentKind,
    Export,
    newest_change,
    read_national,
)
from payers.rules.tables.fee_values import read_fees
from payers.rules.tables.hcpcs_codes import read_hcpcs
from payers.rules.tables.localities import read_factors, read_localities
from payers.rules.tables.ncci_pairs import read_pairs
from payers.rules.tables.reading import Row
from payers.rules.tables.releases import ReleaseDates, release_of
from payers.rules.tables.unit_limits import read_unit_limits
from payers.table_files import TableFiles

Read = Callable[[str, Iterable[str]], Iterator[Row | None]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of one model; `columns` in the order in which its reader gives them."""

    model: type[models.Model]
    columns: tuple[str, ...]

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that tell rows of one release apart."""
        key = cast(models.CompositePrimaryKey, self.model._meta.pk)
        return tuple(name for name in key.columns if name != "release_id")


@dataclass(frozen=True, slots=True)
class Stream:
    """The rows of one file for one sheet; None is a row left out on purpose."""

    sheet: Sheet
    file_name: str
    rows: Iterator[Row | None]


@dataclass(frozen=True, slots=True)
class TableKind:
    """How one published table is read. `streams` and `release` get the opened files."""

    table: Table
    sheets: tuple[Sheet, ...]
    streams: Callable[[TableFiles], Iterator[Stream]]
    release: Callable[[TableFiles], ReleaseDates | None]


def simple_kind(table: Table, sheet: Sheet, read: Read, encoding: str = "latin-1") -> TableKind:
    """A table of one sheet, whose files are all of one layout and named by their release."""

    def streams(files: TableFiles) -> Iterator[Stream]:
        for file in files.found:
            yield Stream(sheet, file.name, read(file.name, file.lines(encoding)))

    return TableKind(table, (sheet,), streams, lambda files: release_of(table, files.names))


PAIRS = Sheet(NcciPair, ("column_1", "column_2", "starts_on", "ends_on", "modifier_indicator"))
UNITS = Sheet(CodeUnitLimit, ("code", "units", "adjudication"))
ADD_ONS = Sheet(AddOnPrimary, ("code", "primary_code", "edit_type", "starts_on", "ends_on"))
FEES = Sheet(
    RelativeValueRow,
    (
        *("code", "modifier", "status"),
        *("work", "non_facility_expense", "facility_expense", "malpractice"),
        *("is_non_facility_rare", "is_facility_rare", "global_days"),
        *("pc_tc", "multiple", "bilateral", "assistant", "co_surgeon", "team"),
        *("conversion_factor", "endoscopy_base"),
        *("preoperative_share", "intraoperative_share", "postoperative_share"),
    ),
)
INDICES = Sheet(
    LocalityRow,
    (
        *("contractor", "locality", "state", "name"),
        *("work_index", "expense_index", "malpractice_index", "anesthesia_factor"),
    ),
)
LEVEL_II = Sheet(HcpcsCode, ("code", "label", "starts_on", "ends_on"))
PLACES = Sheet(PlaceOfService, ("code", "name", "is_facility"))
DOCUMENTS = Sheet(
    CoverageDocument,
    ("document", "version", "title", "states", "starts_on", "ends_on", "has_groups"),
)
DOCUMENT_CODES = Sheet(CoverageCode, ("code", "document", "version"))
DIAGNOSES = Sheet(CoverageDiagnosis, ("document", "version", "diagnosis", "is_covered"))


def locality_kind() -> TableKind:
    """Localities; the anesthesia factors of a second file go into the same rows."""

    def streams(files: TableFiles) -> Iterator[Stream]:
        factors: dict[tuple[str, str], str] = {}
        of_indices = []
        for file in files.found:
            if file.name.lower().startswith("anes"):
                factors |= read_factors(file.name, file.lines("latin-1"))
            else:
                of_indices.append(file)
        for file in of_indices:
            rows = read_localities(file.name, file.lines("latin-1"), factors)
            yield Stream(INDICES, file.name, rows)

    table = Table.LOCALITIES
    return TableKind(table, (INDICES,), streams, lambda files: release_of(table, files.names))


def coverage_kind(table: Table, kind: DocumentKind) -> TableKind:
    """Articles or LCDs: documents, their procedure codes and, of articles, their diagnoses."""
    has_diagnoses = kind is ARTICLE

    def streams(files: TableFiles) -> Iterator[Stream]:
        name = f"{kind.prefix}.csv"
        export = Export(kind, lines_of(files), newest_change(name, lines_of(files)(name)))
        yield Stream(DOCUMENTS, name, export.documents())
        yield Stream(DOCUMENT_CODES, f"{kind.prefix}_x_hcpc_code.csv", export.codes())
        for is_covered in (True, False) if has_diagnoses else ():
            sort = "covered" if is_covered else "noncovered"
            rows = export.diagnoses(is_covered=is_covered)
            yield Stream(DIAGNOSES, f"{kind.prefix}_x_icd10_{sort}.csv", rows)

    sheets = (DOCUMENTS, DOCUMENT_CODES, *((DIAGNOSES,) if has_diagnoses else ()))
    return TableKind(table, sheets, streams, changed_on(f"{kind.prefix}.csv"))


def lines_of(files: TableFiles) -> Callable[[str], Iterator[str]]:
    """The lines of a file of an export by its name."""

    def lines(name: str) -> Iterator[str]:
        file = files.named(name)
        return file.lines("cp1252") if file else iter(())

    return lines


def changed_on(name: str) -> Callable[[TableFiles], ReleaseDates | None]:
    """An export bears no date: it is known by the last change in its documents."""

    def release(files: TableFiles) -> ReleaseDates | None:
        file = files.named(name)
        changed = newest_change(name, file.lines("cp1252")) if file else None
        return ReleaseDates(changed.isoformat(), changed, None) if changed else None

    return release


def national_kind() -> TableKind:
    """NCDs: documents only, the export has no lists of codes for them."""
    found = simple_kind(Table.NCD, DOCUMENTS, read_national, "cp1252")
    return replace(found, release=changed_on("ncd_trkg.csv"))


KINDS = {
    kind.table: kind
    for kind in (
        simple_kind(Table.PTP_PRACTITIONER, PAIRS, read_pairs),
        simple_kind(Table.PTP_HOSPITAL, PAIRS, read_pairs),
        simple_kind(Table.MUE_PRACTITIONER, UNITS, read_unit_limits),
        simple_kind(Table.MUE_HOSPITAL, UNITS, read_unit_limits),
        simple_kind(Table.MUE_DME, UNITS, read_unit_limits),
        simple_kind(Table.ADD_ON, ADD_ONS, read_add_ons),
        simple_kind(Table.FEES, FEES, read_fees),
        locality_kind(),
        simple_kind(Table.HCPCS, LEVEL_II, read_hcpcs),
        simple_kind(Table.PLACE_OF_SERVICE, PLACES, read_places, "utf-8"),
        coverage_kind(Table.ARTICLES, ARTICLE),
        coverage_kind(Table.LCD, LCD),
        national_kind(),
    )
}
