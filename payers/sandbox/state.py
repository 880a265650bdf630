"""What the sandbox remembers, in one SQLite file: numbers, claims, payments, answers to publish.

Everything one inbound file causes is written in one transaction, answers included; publishing
them to the outbound folder comes after, and is repeated on a restart. So a crash loses nothing
and answers nothing twice.
"""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS number (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS interchange (
    sender TEXT NOT NULL, control_number TEXT NOT NULL, PRIMARY KEY (sender, control_number));
CREATE TABLE IF NOT EXISTS received (
    work_name TEXT PRIMARY KEY, sha256 TEXT NOT NULL, received_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS claim (
    id INTEGER PRIMARY KEY,
    partner TEXT NOT NULL,
    payer_id TEXT NOT NULL,
    npi TEXT NOT NULL,
    patient_control_number TEXT NOT NULL,
    icn TEXT NOT NULL UNIQUE,
    document TEXT NOT NULL,
    course TEXT NOT NULL CHECK (course IN ('new', 'replace', 'void', 'unknown')),
    original INTEGER REFERENCES claim (id),
    status TEXT NOT NULL CHECK (status IN ('pending', 'paid', 'reversed')),
    received_on TEXT NOT NULL,
    due_at REAL NOT NULL,
    remitted TEXT);
CREATE INDEX IF NOT EXISTS claim_by_number ON claim (payer_id, patient_control_number);
CREATE INDEX IF NOT EXISTS claim_due ON claim (status, due_at);
CREATE TABLE IF NOT EXISTS claim_line (
    claim INTEGER NOT NULL REFERENCES claim (id), fingerprint TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS line_by_fingerprint ON claim_line (fingerprint);
CREATE TABLE IF NOT EXISTS answer (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
    content BLOB NOT NULL, is_published INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS payment (
    icn TEXT PRIMARY KEY, trace_number TEXT NOT NULL, paid_on TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS forward (
    id INTEGER PRIMARY KEY, partner TEXT NOT NULL, payer_id TEXT NOT NULL, npi TEXT NOT NULL,
    reference TEXT NOT NULL, amount INTEGER NOT NULL, is_closed INTEGER NOT NULL DEFAULT 0);
"""


@dataclass(frozen=True, slots=True)
class StoredClaim:
    """One accepted claim. `document` and `remitted` are JSON (documents.py)."""

    id: int
    partner: str
    payer_id: str
    npi: str
    patient_control_number: str
    icn: str
    document: str
    course: str
    original: int | None
    status: str
    received_on: str
    due_at: float
    remitted: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """A file for the outbound folder."""

    name: str
    kind: str
    content: bytes


class State:
    """All reads and writes; one instance, used by one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.executescript(SCHEMA)

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def next_number(self, name: str, start: int = 1) -> int:
        """The next value of a named sequence; gaps never matter, repeats never happen."""
        row = self._one(
            "INSERT INTO number VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + 1"
            " RETURNING value",
            (name, start),
        )
        return int(row["value"])

    def note_interchange(self, sender: str, control_number: str) -> bool:
        """Remember an ISA13; False when this sender used it before."""
        cursor = self._connection.execute(
            "INSERT OR IGNORE INTO interchange VALUES (?, ?)", (sender, control_number)
        )
        return cursor.rowcount == 1

    def is_received(self, work_name: str) -> bool:
        """Whether this work file was answered already (a crash came between)."""
        return bool(self._rows("SELECT 1 FROM received WHERE work_name = ?", (work_name,)))

    def note_received(self, work_name: str, sha256: str) -> None:
        self._connection.execute(
            "INSERT INTO received VALUES (?, ?, ?)", (work_name, sha256, time.time())
        )

    def add_claim(self, claim: StoredClaim) -> int:
        """Store an accepted claim; its `id` field is ignored. Returns the new id."""
        cursor = self._connection.execute(
            "INSERT INTO claim (partner, payer_id, npi, patient_control_number, icn,"
            " document, course, original, status, received_on, due_at, remitted)"
            " VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                claim.partner,
                claim.payer_id,
                claim.npi,
                claim.patient_control_number,
                claim.icn,
                claim.document,
                claim.course,
                claim.original,
                claim.status,
                claim.received_on,
                claim.due_at,
                claim.remitted,
            ),
        )
        return int(cursor.lastrowid or 0)

    def find_claim(self, payer_id: str, icn: str) -> StoredClaim | None:
        """By the payer's claim number."""
        return self._claim("SELECT * FROM claim WHERE payer_id = ? AND icn = ?", (payer_id, icn))

    def find_claim_by_id(self, identifier: int) -> StoredClaim | None:
        return self._claim("SELECT * FROM claim WHERE id = ?", (identifier,))

    def find_claim_by_number(self, payer_id: str, number: str) -> StoredClaim | None:
        """The newest claim with this CLM01 that still stands."""
        return self._claim(
            "SELECT * FROM claim WHERE status <> 'reversed' AND payer_id = ?"
            " AND patient_control_number = ? ORDER BY id DESC LIMIT 1",
            (payer_id, number),
        )

    def add_line(self, claim: int, fingerprint: str) -> None:
        """Remember that a service was adjudicated on this claim."""
        self._connection.execute("INSERT INTO claim_line VALUES (?, ?)", (claim, fingerprint))

    def is_adjudicated(self, fingerprint: str) -> bool:
        """Whether the same service stands adjudicated on some claim."""
        return bool(
            self._rows(
                "SELECT 1 FROM claim_line JOIN claim ON claim.id = claim_line.claim"
                " WHERE fingerprint = ? AND status = 'paid' LIMIT 1",
                (fingerprint,),
            )
        )

    def find_adjudicated(self, number: str | None = None) -> StoredClaim | None:
        """The newest claim answered with money; of that CLM01 when one is given."""
        if number is None:
            return self._claim(
                "SELECT * FROM claim WHERE status = 'paid'"
                " AND CAST(json_extract(remitted, '$.amount_paid') AS INTEGER) > 0"
                " ORDER BY id DESC LIMIT 1"
            )
        return self._claim(
            "SELECT * FROM claim WHERE status = 'paid' AND patient_control_number = ?"
            " ORDER BY id DESC LIMIT 1",
            (number,),
        )

    def find_due_claims(self, now: float) -> list[StoredClaim]:
        """Pending claims whose delay is over, in order of arrival."""
        rows = self._rows(
            "SELECT * FROM claim WHERE status = 'pending' AND due_at <= ? ORDER BY id", (now,)
        )
        return [StoredClaim(**dict(row)) for row in rows]

    def count_claims(self) -> dict[str, int]:
        """How many claims in each status."""
        rows = self._rows("SELECT status, count(*) AS n FROM claim GROUP BY status", ())
        return {row["status"]: int(row["n"]) for row in rows}

    def store_result(self, identifier: int, remitted: str, status: str = "paid") -> None:
        """Keep what was answered for a claim."""
        self._connection.execute(
            "UPDATE claim SET remitted = ?, status = ? WHERE id = ?", (remitted, status, identifier)
        )

    def mark_reversed(self, identifier: int) -> None:
        self._connection.execute("UPDATE claim SET status = 'reversed' WHERE id = ?", (identifier,))

    def add_answer(self, answer: Answer) -> None:
        """Queue a file; `publish` in clearinghouse.py brings it out."""
        self._connection.execute(
            "INSERT INTO answer (name, kind, content) VALUES (?, ?, ?)",
            (answer.name, answer.kind, answer.content),
        )

    def find_unpublished(self) -> list[Answer]:
        rows = self._rows(
            "SELECT name, kind, content FROM answer WHERE is_published = 0 ORDER BY id", ()
        )
        return [Answer(**dict(row)) for row in rows]

    def mark_published(self, name: str) -> None:
        self._connection.execute("UPDATE answer SET is_published = 1 WHERE name = ?", (name,))

    def find_answer(self, name: str) -> Answer | None:
        rows = self._rows("SELECT name, kind, content FROM answer WHERE name = ?", (name,))
        return Answer(**dict(rows[0])) if rows else None

    def find_last_answer(self, kind: str) -> Answer | None:
        rows = self._rows(
            "SELECT name, kind, content FROM answer WHERE kind = ? ORDER BY id DESC LIMIT 1",
            (kind,),
        )
        return Answer(**dict(rows[0])) if rows else None

    def add_forward(
        self, partner: str, payer_id: str, npi: str, reference: str, amount: int
    ) -> None:
        """A forwarded balance (PLB FB) in cents, owed by the payee."""
        self._connection.execute(
            "INSERT INTO forward (partner, payer_id, npi, reference, amount) VALUES (?,?,?,?,?)",
            (partner, payer_id, npi, reference, amount),
        )

    def take_forward(self, partner: str, payer_id: str, npi: str) -> tuple[str, int] | None:
        """Close the oldest forwarded balance; (reference, cents), or None."""
        rows = self._rows(
            "SELECT * FROM forward WHERE is_closed = 0 AND partner = ? AND payer_id = ? AND npi = ?"
            " ORDER BY id LIMIT 1",
            (partner, payer_id, npi),
        )
        if not rows:
            return None
        self._connection.execute("UPDATE forward SET is_closed = 1 WHERE id = ?", (rows[0]["id"],))
        return str(rows[0]["reference"]), int(rows[0]["amount"])

    def note_payment(self, icns: Sequence[str], trace_number: str, paid_on: date) -> None:
        """Which payment a claim was last in; a 277 names it."""
        self._connection.executemany(
            "INSERT OR REPLACE INTO payment VALUES (?, ?, ?)",
            [(icn, trace_number, paid_on.isoformat()) for icn in icns],
        )

    def find_payment(self, icn: str) -> tuple[str, date] | None:
        """Trace number and day of the payment a claim was last in."""
        rows = self._rows("SELECT trace_number, paid_on FROM payment WHERE icn = ?", (icn,))
        if not rows:
            return None
        return str(rows[0]["trace_number"]), date.fromisoformat(rows[0]["paid_on"])

    def _claim(self, statement: str, values: Sequence[Any] = ()) -> StoredClaim | None:
        rows = self._rows(statement, values)
        return StoredClaim(**dict(rows[0])) if rows else None

    def _rows(self, statement: str, values: Sequence[Any]) -> list[sqlite3.Row]:
        return self._connection.execute(statement, values).fetchall()

    def _one(self, statement: str, values: Sequence[Any]) -> sqlite3.Row:
        row = self._connection.execute(statement, values).fetchone()
        if not isinstance(row, sqlite3.Row):
            raise LookupError("no row")
        return row
