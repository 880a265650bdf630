"""Loading a published edit table: a whole release in one transaction, or nothing of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from payers import table_lookup
from payers.actions.table_staging import (
    Report,
    RowCounts,
    close_stage,
    compare,
    copy_stream,
    delete_rows,
    drop_repeats,
    open_stage,
    write_rows,
)
from payers.models import ONE_RELEASE, EditTableRelease
from payers.rules.edit_tables import Table
from payers.rules.tables.reading import TableFault
from payers.rules.tables.releases import ReleaseDates, file_pattern, missing_parts
from payers.table_files import TableFiles
from payers.table_kinds import KINDS, TableKind
from rcm.errors import Refusal
from rcm.models import User


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person who loads says about the release; what is empty is read from the files."""

    name: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class TableLoad:
    """What a load did, or would do. `release` is None after a dry run; `is_known` says that the
    same bytes were loaded before and nothing was written.
    """

    table: Table
    dates: ReleaseDates
    checksum: str
    file_names: tuple[str, ...]
    counts: RowCounts
    release: EditTableRelease | None
    is_known: bool = False


def load_table(
    table: Table,
    paths: Sequence[Path],
    *,
    by: User | None = None,
    wish: Wish | None = None,
    is_dry_run: bool = False,
    report: Report = lambda name, count: None,
) -> TableLoad:
    """Load the files of one release; readers see the release before until the commit.

    `report` gets a file's name and the rows of it read so far. Raises Refusal, and writes nothing,
    when a file is malformed or missing, contradicts itself, is older than the release in use, when
    its dates are not known, or when another load of the table runs.
    """
    wish = wish or Wish()
    with TableFiles(paths, file_pattern(table)) as files, transaction.atomic():
        loading = Loading(KINDS[table], files, wish, by, is_dry_run)
        with connection.cursor() as cursor, faults_as_refusals():
            load = loading.run(cursor, report)
    table_lookup.forget_releases()
    return load


@contextmanager
def faults_as_refusals() -> Iterator[None]:
    """What a reader finds wrong in a file is the reason of a refusal."""
    try:
        yield
    except TableFault as fault:
        raise Refusal("table_malformed", str(fault)) from fault


@dataclass(frozen=True, slots=True)
class Loading:
    """One run of a load, inside its transaction."""

    kind: TableKind
    files: TableFiles
    wish: Wish
    by: User | None
    is_dry_run: bool

    def run(self, cursor: CursorWrapper, report: Report) -> TableLoad:
        table = self.kind.table
        self.wait_for_nobody(cursor)
        self.refuse_incomplete()
        dates, checksum = self.find_dates(), self.files.checksum()
        in_use = list(
            EditTableRelease.objects.filter(
                table=table, state=EditTableRelease.State.LOADED
            ).order_by("-starts_on")
        )
        names = tuple(self.files.names)
        for release in in_use:
            if release.checksum == checksum and dates_of(release) == dates:
                return TableLoad(table, dates, checksum, names, RowCounts(), release, True)
        replaced = self.find_replaced(in_use, dates)
        earlier = next(
            (release for release in in_use if release.starts_on <= dates.starts_on), None
        )
        counts = self.stage(cursor, earlier.pk if earlier else None, report)
        written = None if self.is_dry_run else self.swap(cursor, replaced, dates, checksum, counts)
        for sheet in self.kind.sheets:
            close_stage(cursor, sheet)
        return TableLoad(table, dates, checksum, names, counts, written)

    def wait_for_nobody(self, cursor: CursorWrapper) -> None:
        """Two loads of one table at a time would each replace the same release."""
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtext(%s))", [f"edit table {self.kind.table}"]
        )
        if not cursor.fetchone()[0]:
            raise Refusal("table_busy", f"Another load of {self.kind.table} runs.", status=409)

    def refuse_incomplete(self) -> None:
        if self.lacking and not self.is_partial:
            raise Refusal("table_incomplete", f"{self.kind.table} lacks {self.lacking}.")

    def find_dates(self) -> ReleaseDates:
        """What was said wins over what the files say."""
        told = self.kind.release(self.files)
        starts_on = self.wish.starts_on or (told.starts_on if told else None)
        name = self.wish.name or (told.name if told else "")
        if starts_on is None or not name:
            raise Refusal(
                "table_release_unknown",
                "The file names do not tell one release: give its name and first day"
                " (--release, --starts-on).",
            )
        ends_on = self.wish.ends_on or (told.ends_on if told else None)
        if ends_on is not None and ends_on < starts_on:
            raise Refusal("table_dates", f"The release would end {ends_on}, before it starts.")
        # Every answer names its release: that a part is missing must be seen there.
        mark = " (partial)" if self.is_partial else ""
        return ReleaseDates(name[: 60 - len(mark)] + mark, starts_on, ends_on)

    def find_replaced(
        self, in_use: list[EditTableRelease], dates: ReleaseDates
    ) -> list[EditTableRelease]:
        """The releases whose place this one takes."""
        if self.kind.table not in ONE_RELEASE:
            return [release for release in in_use if release.starts_on == dates.starts_on]
        for release in in_use:
            if release.starts_on > dates.starts_on:
                raise Refusal(
                    "table_older",
                    f"{dates.name} is older than {release.name}, which is in use.",
                )
        return in_use

    def stage(self, cursor: CursorWrapper, earlier_id: int | None, report: Report) -> RowCounts:
        """Read all files into temporary tables and compare them with the release before."""
        counts = RowCounts()
        for sheet in self.kind.sheets:
            open_stage(cursor, sheet)
        for stream in self.kind.streams(self.files):
            counts += RowCounts(left_out=copy_stream(cursor, stream, report))
        for sheet in self.kind.sheets:
            counts += RowCounts(left_out=drop_repeats(cursor, sheet))
            counts += compare(cursor, sheet, earlier_id)
        if not counts.rows:
            raise Refusal("table_empty", f"{', '.join(self.files.names)}: no rows to load.")
        return counts

    def swap(
        self,
        cursor: CursorWrapper,
        replaced: list[EditTableRelease],
        dates: ReleaseDates,
        checksum: str,
        counts: RowCounts,
    ) -> EditTableRelease:
        """Write the new rows, take the old ones away."""
        old = [release.pk for release in replaced]
        EditTableRelease.objects.filter(pk__in=old).update(state=EditTableRelease.State.REPLACED)
        release = EditTableRelease.objects.create(
            table=self.kind.table,
            name=dates.name,
            starts_on=dates.starts_on,
            ends_on=dates.ends_on,
            checksum=checksum,
            file_names=[name[:200] for name in self.files.names],
            row_count=counts.rows,
            left_out_count=counts.left_out,
            is_partial=self.is_partial,
            loaded_by=self.by,
        )
        for sheet in self.kind.sheets:
            write_rows(cursor, sheet, release.pk)
            if old:
                delete_rows(cursor, sheet, old)
        return release

    @property
    def lacking(self) -> str:
        return missing_parts(self.kind.table, self.files.names)

    @property
    def is_partial(self) -> bool:
        """Some files are there, not all, and the person wants them all the same."""
        return self.wish.is_partial and bool(self.lacking and self.files.names)


def dates_of(release: EditTableRelease) -> ReleaseDates:
    return ReleaseDates(release.name, release.starts_on, release.ends_on)
