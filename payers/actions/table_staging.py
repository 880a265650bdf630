"""Rows of a published table on their way in: COPY into a temporary table, compare, write.

Nothing is seen by anybody else before the commit, and a load that is killed leaves nothing.
The names of tables and columns in the statements are those of our models.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from io import StringIO
from itertools import islice

from django.db.backends.utils import CursorWrapper

from payers.rules.tables.reading import Row
from payers.table_kinds import Sheet, Stream
from rcm.errors import Refusal

CHUNK = 50_000
NULL = "\\N"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\x00": ""})
# Enough to sort and compare millions of pairs without writing them to disk.
WORK_MEMORY = "192MB"

Report = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class RowCounts:
    """Rows of a load against the release it follows. `ended` are those that are gone or got an
    end; `left_out` never applied or stood there twice. `rows` is what the release holds.
    """

    rows: int = 0
    new: int = 0
    changed: int = 0
    ended: int = 0
    unchanged: int = 0
    left_out: int = 0

    def __add__(self, other: "RowCounts") -> "RowCounts":
        return RowCounts(
            *(getattr(self, field.name) + getattr(other, field.name) for field in fields(self))
        )


def staged(sheet: Sheet) -> str:
    return f"staged_{sheet.table}"


def open_stage(cursor: CursorWrapper, sheet: Sheet) -> None:
    """An empty temporary table with the columns of the sheet."""
    columns = ", ".join(sheet.columns)
    cursor.execute(f"SET LOCAL work_mem = '{WORK_MEMORY}'")
    cursor.execute(
        f"CREATE TEMPORARY TABLE {staged(sheet)} ON COMMIT DROP AS"  # noqa: S608  # our names
        f" SELECT {columns} FROM {sheet.table} WITH NO DATA"
    )


def close_stage(cursor: CursorWrapper, sheet: Sheet) -> None:
    cursor.execute(f"DROP TABLE {staged(sheet)}")


def copy_stream(cursor: CursorWrapper, stream: Stream, report: Report) -> int:
    """COPY the rows of one file, a chunk at a time; how many were left out."""
    left_out = count = 0
    while chunk := list(islice(stream.rows, CHUNK)):
        kept = [row for row in chunk if row is not None]
        left_out += len(chunk) - len(kept)
        source = StringIO("".join(copy_lines(kept)))
        # Django does not translate what COPY raises: a lost connection must look like one.
        with cursor.db.wrap_database_errors:
            columns = ", ".join(stream.sheet.columns)
            cursor.copy_expert(f"COPY {staged(stream.sheet)} ({columns}) FROM STDIN", source)
        count += len(chunk)
        report(stream.file_name, count)
    return left_out


def copy_lines(rows: list[Row]) -> Iterator[str]:
    for row in rows:
        yield "\t".join([NULL if text is None else field(text) for text in row]) + "\n"


def field(text: str) -> str:
    """Text as a COPY field. Most are codes and numbers, in which nothing has to be escaped."""
    return text if text.isalnum() else text.translate(_ESCAPES)


def drop_repeats(cursor: CursorWrapper, sheet: Sheet) -> int:
    """Leave one of rows that are the same in every column; how many went.

    Raises Refusal when rows of the same key differ: which of them holds is not ours to guess.
    """
    stage, key = staged(sheet), ", ".join(sheet.key)
    cursor.execute(
        f"CREATE TEMPORARY TABLE repeated ON COMMIT DROP AS"  # noqa: S608  # our names
        f" SELECT {key} FROM {stage} GROUP BY {key} HAVING count(*) > 1"
    )
    is_clean = cursor.rowcount == 0
    if not is_clean:
        cursor.execute(
            f"SELECT {key} FROM {stage} JOIN repeated USING ({key})"  # noqa: S608  # our names
            f" GROUP BY {key} HAVING count(DISTINCT ({', '.join(sheet.columns)})) > 1 LIMIT 1"
        )
        if row := cursor.fetchone():
            shown = ", ".join(str(value) for value in row)
            raise Refusal("table_contradicts", f"Two rows for {shown} say different things.")
        cursor.execute(
            f"DELETE FROM {stage} s USING (SELECT {key}, min({stage}.ctid) AS kept"  # noqa: S608  # our names
            f" FROM {stage} JOIN repeated USING ({key}) GROUP BY {key}) r"
            f" WHERE ({', '.join(f's.{name}' for name in sheet.key)})"
            f" = ({', '.join(f'r.{name}' for name in sheet.key)}) AND s.ctid <> r.kept"
        )
    gone = 0 if is_clean else cursor.rowcount
    cursor.execute("DROP TABLE repeated")
    return gone


def compare(cursor: CursorWrapper, sheet: Sheet, previous_id: int | None) -> RowCounts:
    """What is new, changed, ended and unchanged against the rows of the earlier release."""
    if previous_id is None:
        cursor.execute(f"SELECT count(*) FROM {staged(sheet)}")  # noqa: S608  # our names
        count = cursor.fetchone()[0]
        return RowCounts(rows=count, new=count)
    key = ", ".join(sheet.key)
    rest = [name for name in sheet.columns if name not in sheet.key]
    same = " AND ".join(f"s.{name} IS NOT DISTINCT FROM o.{name}" for name in rest) or "true"
    got_end = "o.ends_on IS NULL AND s.ends_on IS NOT NULL" if "ends_on" in rest else "false"
    cursor.execute(
        f"""
        SELECT count(s.is_there), count(*) FILTER (WHERE o.is_there IS NULL),
            count(*) FILTER (WHERE s.is_there AND o.is_there AND NOT ({same} OR ({got_end}))),
            count(*) FILTER (WHERE s.is_there IS NULL OR (o.is_there AND {got_end})),
            count(*) FILTER (WHERE s.is_there AND o.is_there AND {same})
        FROM (SELECT true AS is_there, * FROM {staged(sheet)}) s
        FULL JOIN (SELECT true AS is_there, * FROM {sheet.table} WHERE release_id = %s) o
            USING ({key})
        """,  # noqa: S608  # our names
        [previous_id],
    )
    return RowCounts(*cursor.fetchone())


def write_rows(cursor: CursorWrapper, sheet: Sheet, release_id: int) -> int:
    """The staged rows as rows of the release; how many."""
    columns = ", ".join(sheet.columns)
    cursor.execute(
        f"INSERT INTO {sheet.table} (release_id, {columns})"  # noqa: S608  # our names
        f" SELECT %s, {columns} FROM {staged(sheet)}",
        [release_id],
    )
    return cursor.rowcount


def delete_rows(cursor: CursorWrapper, sheet: Sheet, release_ids: list[int]) -> None:
    cursor.execute(
        f"DELETE FROM {sheet.table} WHERE release_id = ANY (%s)",  # noqa: S608  # our names
        [release_ids],
    )
