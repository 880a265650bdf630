"""Each published table: which files it is read from, by what, and into which rows."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import cast

from django.db import models

from payers.models import AddOnPrimary, CodeUnitLimit, NcciPair
from payers.rules.edit_tables import Table
from payers.rules.tables.add_on_codes import read_add_ons
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

KINDS = {
    kind.table: kind
    for kind in (
        simple_kind(Table.PTP_PRACTITIONER, PAIRS, read_pairs),
        simple_kind(Table.PTP_HOSPITAL, PAIRS, read_pairs),
        simple_kind(Table.MUE_PRACTITIONER, UNITS, read_unit_limits),
        simple_kind(Table.MUE_HOSPITAL, UNITS, read_unit_limits),
        simple_kind(Table.MUE_DME, UNITS, read_unit_limits),
        simple_kind(Table.ADD_ON, ADD_ONS, read_add_ons),
    )
}
