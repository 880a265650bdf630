"""Writes claims as they are read, a chunk at a time, matched with ours.

While PostgreSQL inserts one chunk, the next is read and put into rows: the insert runs in a second
thread, on the same connection, and nothing else touches the connection meanwhile.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from django.db.backends.utils import CursorWrapper

from billing.actions import recorded_rows
from billing.actions.chunk_matches import ChunkMatch, match_chunk
from billing.models import Remittance
from billing.staging import StagedTable, cursor, next_ids
from rcm.x12.remittance_835 import RemittedClaim

CHUNK_CLAIMS = 1000
CHUNK_LINES = 20_000

CLAIMS = StagedTable("remitted_claim", recorded_rows.CLAIM_COLUMNS)
LINES = StagedTable("remitted_line", recorded_rows.LINE_COLUMNS)
ADJUSTMENTS = StagedTable("adjustment", recorded_rows.ADJUSTMENT_COLUMNS)
TARGETS = (
    (CLAIMS, "billing_remittedclaim"),
    (LINES, "billing_remittedline"),
    (ADJUSTMENTS, "billing_adjustment"),
)


class ChunkWriter:
    """Takes claims of one remittance and writes them; `with_match` finds ours on the way.

    A context manager: leaving it writes the rest and waits. An error of the database is raised by
    the next call.
    """

    def __init__(self, remittance: Remittance, *, with_match: bool, offset: int = 0) -> None:
        self.remittance = remittance
        self.with_match = with_match
        self.offset = offset
        self.chunk: list[RemittedClaim] = []
        self.lines = 0
        self.rows: recorded_rows.Rows | None = None
        self.inserting: Future[None] | None = None
        self.thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="insert")
        self.db: CursorWrapper = cursor()

    def __enter__(self) -> Self:
        for table, _ in TARGETS:
            table.open(self.db)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self.flush()
                self.insert_rows()
                self.wait()
        finally:
            # The connection is ours again only when the thread is done with it.
            self.thread.shutdown(wait=True)
            self.db.close()

    def add(self, claim: RemittedClaim) -> None:
        """Take one claim; every thousand are written."""
        self.chunk.append(claim)
        self.lines += len(claim.lines)
        if len(self.chunk) == CHUNK_CLAIMS or self.lines > CHUNK_LINES:
            self.flush()

    def flush(self) -> None:
        """Look up what the chunk is about, let the chunk before it be inserted, make its rows."""
        if not self.chunk:
            return
        chunk, self.chunk, lines, self.lines = self.chunk, [], self.lines, 0
        self.wait()
        make_rows = self.prepare(chunk, lines)
        self.insert_rows()
        self.rows = make_rows()

    def prepare(self, chunk: list[RemittedClaim], lines: int) -> Callable[[], recorded_rows.Rows]:
        """Everything a chunk needs from the database; the answer makes its rows without it."""
        adjustments = sum(
            len(claim.adjustments) + sum(len(line.adjustments) for line in claim.lines)
            for claim in chunk
        )
        claim_ids = next_ids(self.db, "billing_remittedclaim", len(chunk))
        line_ids = next_ids(self.db, "billing_remittedline", lines)
        adjustment_ids = next_ids(self.db, "billing_adjustment", adjustments)
        match: ChunkMatch | None = None
        if self.with_match:
            practice, payer = self.remittance.practice_id, self.remittance.payer_id
            match = match_chunk(self.db, practice, payer, chunk, claim_ids, line_ids)
        offset = self.offset

        def make_rows() -> recorded_rows.Rows:
            return recorded_rows.rows_of(
                chunk, claim_ids, line_ids, adjustment_ids, match, offset=offset
            )

        return make_rows

    def insert_rows(self) -> None:
        """Start inserting the rows made last."""
        if self.rows is not None:
            rows, self.rows = self.rows, None
            self.inserting = self.thread.submit(self.insert, rows)

    def insert(self, rows: Iterable[list[str]]) -> None:
        """COPY into staging, INSERT … SELECT from there."""
        for (staged, table), table_rows in zip(TARGETS, rows, strict=True):
            staged.fill(self.db, table_rows)
            columns = ", ".join(f'"{name}"' for name in staged.columns)
            self.db.execute(
                f"INSERT INTO {table} (practice_id, remittance_id, {columns}) "  # noqa: S608  ours
                f"SELECT %s, %s, {columns} FROM {staged.table}",
                [self.remittance.practice_id, self.remittance.pk],
            )

    def wait(self) -> None:
        """Until the thread is done; raises what it raised."""
        if self.inserting is not None:
            done, self.inserting = self.inserting, None
            done.result()
