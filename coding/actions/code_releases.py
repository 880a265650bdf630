"""Loading a release of a code set: all of it in one transaction, or nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet

from coding.actions.code_staging import (
    CodeCounts,
    Merging,
    close_stage,
    copy_rows,
    count_merged,
    find_repeated,
    lock_of,
    merge,
    open_stage,
    write_merged,
)
from coding.actions.own_terms import load_own_terms
from coding.code_set_files import Content, content_of
from coding.models import CodeChange, CodeRelease, PcsTableRow
from coding.rules.code_files.releases import CodeSet, file_pattern, unfit_files
from payers.actions.edit_tables import Wish, faults_as_refusals
from payers.rules.tables.releases import ReleaseDates
from payers.table_files import TableFiles
from rcm.errors import Refusal
from rcm.models import User

# A release that ends more than one code in five is a file cut off, not a release.
MOST_ENDED_PERCENT = 20
BATCH = 1_000
Report = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class CodeSetLoad:
    """What a load did, or would do. `release` is None after a dry run; `is_known` says that the
    same bytes were loaded before and nothing was written.
    """

    code_set: CodeSet
    dates: ReleaseDates
    checksum: str
    file_names: tuple[str, ...]
    lacking: str
    counts: CodeCounts
    release: CodeRelease | None
    is_known: bool = False


@dataclass(frozen=True, slots=True)
class Manner:
    """How to load. `is_preview` keeps the comparison for the page of code sets and loads nothing.

    `with_text`: there is a licence for the descriptions of CPT. `may_shrink`: many codes are meant
    to end.
    """

    is_dry_run: bool = False
    is_preview: bool = False
    with_text: bool = False
    may_shrink: bool = False


def load_code_set(
    code_set: CodeSet,
    paths: Sequence[Path],
    *,
    by: User | None = None,
    wish: Wish | None = None,
    manner: Manner | None = None,
    report: Report = lambda count: None,
) -> CodeSetLoad:
    """Load the files of one release; codes that are gone end the day before it begins.

    `report` gets the number of codes read so far. Raises Refusal, and writes nothing, when a file
    is malformed or missing, is of another release than the others, is older than the release in
    use, would end too many codes, when its dates are not known, or when another load of the set
    runs.
    """
    manner = manner or Manner()
    with TableFiles(paths, file_pattern(code_set)) as files, faults_as_refusals():
        if reason := unfit_files(code_set, files.names):
            raise Refusal("code_set_files", f"{reason}.")
        content = content_of(code_set, files, with_text=manner.with_text)
        load = load_content(content, by=by, wish=wish or Wish(), manner=manner, report=report)
    if code_set == CodeSet.ICD10CM and load.release is not None:
        # A code that came with this release has a word of ours waiting for it.
        load_own_terms()
    return load


@transaction.atomic
def load_content(
    content: Content,
    *,
    by: User | None = None,
    wish: Wish = Wish(),  # noqa: B008  # frozen
    manner: Manner = Manner(),  # noqa: B008  # frozen
    report: Report = lambda count: None,
) -> CodeSetLoad:
    """Load what a source holds: files of a release, or the package the project depends on."""
    with connection.cursor() as cursor:
        return Loading(content, by, wish, manner).run(cursor, report)


@dataclass(frozen=True, slots=True)
class Loading:
    """One run of a load, inside its transaction."""

    content: Content
    by: User | None
    wish: Wish
    manner: Manner

    def run(self, cursor: CursorWrapper, report: Report) -> CodeSetLoad:
        self.wait_for_nobody(cursor)
        dates = self.find_dates()
        in_use = list(self.releases(CodeRelease.State.LOADED).order_by("-starts_on"))
        for release in in_use:
            if release.checksum == self.content.checksum and same_days(release, dates):
                return self.told(dates, CodeCounts(), release, is_known=True)
            if release.starts_on > dates.starts_on:
                raise Refusal(
                    "code_set_older",
                    f"{dates.name} is older than {release.name}, which is in use.",
                )
        merging = Merging(
            self.content.systems,
            str(self.content.code_set),
            dates.starts_on,
            self.content.is_dated,
            self.content.sources,
        )
        counts = self.stage(cursor, merging, report)
        is_dry = self.manner.is_dry_run
        written = None if is_dry else self.write(cursor, merging, dates, counts)
        close_stage(cursor)
        return self.told(dates, counts, written)

    def told(
        self,
        dates: ReleaseDates,
        counts: CodeCounts,
        release: CodeRelease | None,
        *,
        is_known: bool = False,
    ) -> CodeSetLoad:
        content = self.content
        return CodeSetLoad(
            content.code_set,
            dates,
            content.checksum,
            content.names,
            content.lacking,
            counts,
            release,
            is_known,
        )

    def releases(self, *states: str) -> QuerySet[CodeRelease]:
        return CodeRelease.objects.filter(code_set=self.content.code_set, state__in=states)

    def wait_for_nobody(self, cursor: CursorWrapper) -> None:
        """Two loads of one set at a time would each close the same codes."""
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtext(%s))", [lock_of(self.content.systems[0])]
        )
        if not cursor.fetchone()[0]:
            raise Refusal(
                "code_set_busy", f"Another load of {self.content.code_set} runs.", status=409
            )

    def find_dates(self) -> ReleaseDates:
        """What was said wins over what the files say."""
        told = self.content.dates
        starts_on = self.wish.starts_on or (told.starts_on if told else None)
        name = self.wish.name or (told.name if told else "")
        if starts_on is None or not name:
            raise Refusal(
                "code_set_release_unknown",
                "The file names do not tell one release: give its name and first day"
                " (--release, --starts-on).",
            )
        ends_on = self.wish.ends_on or (told.ends_on if told else None)
        if ends_on is not None and ends_on < starts_on:
            raise Refusal("code_set_dates", f"The release would end {ends_on}, before it starts.")
        return ReleaseDates(name[:60], starts_on, ends_on)

    def stage(self, cursor: CursorWrapper, merging: Merging, report: Report) -> CodeCounts:
        """Read all rows into temporary tables and compare them with what is known."""
        open_stage(cursor)
        left_out = copy_rows(cursor, self.content.rows(), report)
        names = ", ".join(self.content.names)
        if repeated := find_repeated(cursor):
            raise Refusal("code_set_contradicts", f"{names}: {repeated} is there twice.")
        merge(cursor, merging)
        counts = count_merged(cursor, left_out)
        if not counts.rows:
            raise Refusal("code_set_empty", f"{names}: no codes to load.")
        # Of the first release only codes of our own list can end.
        is_cut = counts.ended * 100 > MOST_ENDED_PERCENT * counts.known > 0
        if is_cut and not self.manner.may_shrink:
            raise Refusal(
                "code_set_shrinks",
                f"{names}: {counts.ended:,} of {counts.known:,} codes would end. If that is meant,"
                " say so (--may-shrink).",
            )
        return counts

    def write(
        self, cursor: CursorWrapper, merging: Merging, dates: ReleaseDates, counts: CodeCounts
    ) -> CodeRelease:
        """Record the release and, unless it is a preview, make its codes those in force."""
        states = CodeRelease.State
        forget(self.releases(states.PREVIEWED))
        is_first = not self.releases(states.LOADED).filter(starts_on__lt=dates.starts_on).exists()
        replaced = list(self.releases(states.LOADED).filter(starts_on=dates.starts_on))
        if not self.manner.is_preview:
            self.releases(states.LOADED).filter(starts_on=dates.starts_on).update(
                state=states.REPLACED
            )
        release = self.create_release(dates, counts)
        if not self.manner.is_preview:
            # What the replaced release changed, this one changes.
            CodeChange.objects.filter(release__in=replaced).update(release=release)
            write_merged(cursor, merging, release.pk, self.content.sources)
            self.write_pcs_rows(release, replaced)
        if not is_first:
            write_changes(cursor, release)
        return release

    def create_release(self, dates: ReleaseDates, counts: CodeCounts) -> CodeRelease:
        states = CodeRelease.State
        return CodeRelease.objects.create(
            code_set=self.content.code_set,
            name=dates.name,
            starts_on=dates.starts_on,
            ends_on=dates.ends_on,
            checksum=self.content.checksum,
            file_names=[name[:200] for name in self.content.names],
            row_count=counts.rows,
            new_count=counts.new,
            changed_count=counts.changed,
            ended_count=counts.ended,
            term_count=counts.terms,
            left_out_count=counts.left_out,
            lacking=self.content.lacking,
            state=states.PREVIEWED if self.manner.is_preview else states.LOADED,
            loaded_by=self.by,
        )

    def write_pcs_rows(self, release: CodeRelease, replaced: list[CodeRelease]) -> None:
        """The tables of ICD-10-PCS; those of a replaced release stay when there are none."""
        before = PcsTableRow.objects.filter(release__in=replaced)
        if self.content.pcs_rows is None:
            before.update(release=release)
            return
        before.delete()
        places: dict[str, int] = {}
        rows = []
        for row in self.content.pcs_rows():
            places[row.table] = places.get(row.table, 0) + 1
            axes = [[axis.title, dict(axis.values)] for axis in row.axes]
            rows.append(
                PcsTableRow(release=release, table=row.table, position=places[row.table], axes=axes)
            )
        PcsTableRow.objects.bulk_create(rows, batch_size=BATCH)


def write_changes(cursor: CursorWrapper, release: CodeRelease) -> None:
    """What the release does to codes that were known, and which are new with it."""
    cursor.execute(
        """
        INSERT INTO coding_codechange
            (release_id, system, code, kind, label, label_before, last_on)
        SELECT %(release)s, system, code, kind, label, coalesce(label_before, ''),
            CASE WHEN kind IN ('ended', 'split')
                THEN coalesce(CASE WHEN kind = 'ended' THEN told_to END, %(start)s::date - 1) END
        FROM (
            SELECT *, CASE
                WHEN action = 'new' AND told_to IS NULL THEN 'new'
                WHEN action IN ('end', 'drop') THEN 'ended'
                WHEN action = 'update' AND known_to IS NULL AND told_to IS NOT NULL THEN 'ended'
                WHEN was_billable AND NOT is_billable THEN 'split'
                WHEN label IS DISTINCT FROM label_before THEN 'retitled'
                ELSE 'renoted' END AS kind
            FROM merged_code WHERE action IN ('new', 'end', 'drop', 'replace')
                OR (action = 'update' AND (known_from < %(start)s OR told_to IS NOT NULL))
        ) AS changed
        ON CONFLICT (release_id, system, code) DO UPDATE SET kind = excluded.kind,
            label = excluded.label, label_before = excluded.label_before,
            last_on = excluded.last_on
        """,
        {"release": release.pk, "start": release.starts_on},
    )


def same_days(release: CodeRelease, dates: ReleaseDates) -> bool:
    return (release.name, release.starts_on, release.ends_on) == (
        dates.name,
        dates.starts_on,
        dates.ends_on,
    )


def forget(previews: QuerySet[CodeRelease]) -> None:
    """Previews of a set make place for what comes now."""
    CodeChange.objects.filter(release__in=previews).delete()
    previews.delete()
