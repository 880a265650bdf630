"""A release of a code set on its way in: COPY into temporary tables, compare with what is known.

Nothing is seen by anybody else before the commit, and a load that is killed leaves nothing.
"""

import io
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.backends.utils import CursorWrapper

from coding.rules.code_rank import rank_of
from coding.rules.code_rows import CodeRow
from payers.actions.table_staging import copy_lines

CHUNK = 10_000
WORK_MEMORY = "96MB"
Report = Callable[[int], None]
# The system of a code and its row; None is a line left out on purpose.
Rows = Iterable[tuple[str, CodeRow] | None]


@dataclass(frozen=True, slots=True)
class Merging:
    """How rows meet what is known.

    `code_set` is "" for our own list, which gives way to every release. `is_dated`: the rows have
    their own days. `sources` are the terms the files tell; others stay as they are.
    """

    systems: tuple[str, ...]
    code_set: str
    starts_on: date
    is_dated: bool = False
    sources: tuple[str, ...] = ("title",)


@dataclass(frozen=True, slots=True)
class CodeCounts:
    """Codes and headings of a load against what is known; `known` were in force before it."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    ended: int = 0
    unchanged: int = 0
    left_out: int = 0
    terms: int = 0
    known: int = 0


def lock_of(system: str) -> str:
    """The name of the advisory lock that whoever loads codes of a system holds."""
    return f"code set {system}"


def wait_for_set(cursor: CursorWrapper, system: str) -> None:
    """Until the transaction ends nobody else loads codes or terms of the system."""
    cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [lock_of(system)])


def open_stage(cursor: CursorWrapper) -> None:
    cursor.execute(f"SET LOCAL work_mem = '{WORK_MEMORY}'")
    cursor.execute(
        "CREATE TEMPORARY TABLE loaded_code (system text, code text, label text,"
        " is_billable boolean, notes jsonb, rank smallint, starts_on date, ends_on date)"
        " ON COMMIT DROP"
    )
    cursor.execute(
        "CREATE TEMPORARY TABLE loaded_term"
        " (system text, code text, text text, source text, place int) ON COMMIT DROP"
    )


def close_stage(cursor: CursorWrapper) -> None:
    cursor.execute("DROP TABLE IF EXISTS loaded_code, loaded_term, merged_code")


def copy_rows(cursor: CursorWrapper, rows: Rows, report: Report) -> int:
    """Stream rows and their terms to the temporary tables; how many lines were left out."""
    count = left_out = place = 0
    codes, terms = Buffer("loaded_code"), Buffer("loaded_term")
    for count, found in enumerate(rows, 1):
        if found is None:
            left_out += 1
            continue
        system, row = found
        rank = rank_of(system, row.code, row.label, is_billable=row.is_billable)
        told = (row.label, row.is_billable, row.notes, rank, row.starts_on, row.ends_on)
        codes.write(system, row.code, *told)
        for text, source in row.terms:
            if text:
                place += 1
                terms.write(system, row.code, text, source, place)
        if count % CHUNK == 0:
            codes.send(cursor)
            terms.send(cursor)
            report(count)
    codes.send(cursor)
    terms.send(cursor)
    report(count)
    return left_out


class Buffer:
    """Rows on their way to one temporary table."""

    def __init__(self, table: str) -> None:
        self.table = table
        self.rows: list[tuple[str | None, ...]] = []

    def write(self, *fields: str | int | bool | None) -> None:
        self.rows.append(tuple(None if field is None else str(field) for field in fields))

    def send(self, cursor: CursorWrapper) -> None:
        source = io.StringIO("".join(copy_lines(self.rows)))
        # Django does not translate what COPY raises: a lost connection must look like one.
        with cursor.db.wrap_database_errors:
            # copy_expert is psycopg2's own; Django's cursor passes it through.
            cursor.copy_expert(f"COPY {self.table} FROM STDIN", source)
        self.rows.clear()


# What happens to a code. Dated sets say themselves when a code begins and ends; of the others a
# code that is gone ends the day before the release, and one that changed is closed and begins anew,
# so that the day of service decides which title and notes are seen.
UNDATED = """
    CASE
        WHEN NOT is_staged THEN
            CASE WHEN known_to < %(start)s THEN 'past'
                WHEN known_from >= %(start)s THEN 'drop' ELSE 'end' END
        WHEN known_id IS NULL THEN 'new'
        WHEN known_to = %(start)s::date - 1 AND is_same THEN 'reopen'
        WHEN known_to < %(start)s THEN 'new'
        WHEN is_same THEN 'same'
        WHEN known_from >= %(start)s THEN 'update'
        ELSE 'replace'
    END"""
DATED = """
    CASE
        WHEN NOT is_staged THEN CASE WHEN known_to IS NULL THEN 'end' ELSE 'past' END
        WHEN known_id IS NULL OR told_from > known_to THEN 'new'
        WHEN is_same AND is_ours AND told_from = known_from
            AND told_to IS NOT DISTINCT FROM known_to THEN 'same'
        ELSE 'update'
    END"""
# Our own list gives way to what a release says.
OWN = """
    CASE
        WHEN known_id IS NULL THEN 'new'
        WHEN NOT is_ours THEN 'past'
        WHEN is_same THEN 'same'
        ELSE 'update'
    END"""


def merge(cursor: CursorWrapper, merging: Merging) -> None:
    """The table `merged_code`: every code that is loaded or known, and what happens to it."""
    of_release = DATED if merging.is_dated else UNDATED
    action = of_release if merging.code_set else OWN
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE merged_code ON COMMIT DROP AS
        WITH known AS (
            SELECT DISTINCT ON (c.system, c.code) c.*,
                CASE WHEN %(code_set)s = '' THEN c.release_id IS NULL
                    ELSE coalesce(r.code_set = %(code_set)s, c.system = %(code_set)s) END AS is_ours
            FROM coding_code c LEFT JOIN coding_coderelease r ON r.id = c.release_id
            WHERE c.system = ANY (%(systems)s)
            ORDER BY c.system, c.code, c.starts_on DESC
        ), told AS (
            SELECT system, code, string_agg(text, ' ' ORDER BY place) AS words
            FROM loaded_term GROUP BY system, code
        ), kept AS (
            SELECT t.code_id, string_agg(t.text, ' ' ORDER BY t.id) AS words
            FROM coding_codeterm t JOIN known k ON k.id = t.code_id
            WHERE t.source <> ALL (%(sources)s) GROUP BY t.code_id
        ), both_sides AS (
            SELECT system, code, l.code IS NOT NULL AS is_staged,
                coalesce(l.label, k.label, '') AS label, l.is_billable,
                coalesce(l.notes, k.notes, '{{}}'::jsonb) AS notes,
                coalesce(l.rank, k.rank) AS rank,
                coalesce(l.starts_on, %(start)s) AS told_from, l.ends_on AS told_to,
                k.id AS known_id, k.starts_on AS known_from, k.ends_on AS known_to,
                k.label AS label_before, k.is_billable AS was_billable,
                coalesce(k.is_ours, false) AS is_ours,
                (coalesce(l.label, k.label), l.is_billable, coalesce(l.notes, k.notes))
                    IS NOT DISTINCT FROM (k.label, k.is_billable, k.notes) AS is_same,
                concat_ws(' ', told.words, kept.words) AS search_text
            FROM loaded_code l FULL JOIN known k USING (system, code)
            LEFT JOIN told USING (system, code) LEFT JOIN kept ON kept.code_id = k.id
            WHERE l.code IS NOT NULL OR (k.is_ours AND %(code_set)s <> '')
        )
        SELECT *, {action} AS action FROM both_sides
        """,  # noqa: S608  # our constants
        {
            "code_set": merging.code_set,
            "systems": list(merging.systems),
            "sources": list(merging.sources),
            "start": merging.starts_on,
        },
    )


def count_merged(cursor: CursorWrapper, left_out: int) -> CodeCounts:
    cursor.execute(
        """
        SELECT count(*) FILTER (WHERE is_staged AND action <> 'past'),
            count(*) FILTER (WHERE action = 'new'),
            count(*) FILTER (WHERE action IN ('update', 'replace')
                AND NOT (known_to IS NULL AND told_to IS NOT NULL)),
            count(*) FILTER (WHERE action IN ('end', 'drop')
                OR (action = 'update' AND known_to IS NULL AND told_to IS NOT NULL)),
            count(*) FILTER (WHERE action IN ('same', 'reopen')),
            (SELECT count(DISTINCT (system, code, text)) FROM loaded_term),
            count(*) FILTER (WHERE is_ours AND action NOT IN ('past', 'new'))
        FROM merged_code
        """
    )
    rows, new, changed, ended, unchanged, terms, known = cursor.fetchone()
    return CodeCounts(rows, new, changed, ended, unchanged, left_out, terms, known)


def find_repeated(cursor: CursorWrapper) -> str:
    """A code that the files name twice; "" when there is none."""
    cursor.execute(
        "SELECT code FROM loaded_code GROUP BY system, code HAVING count(*) > 1"
        " ORDER BY code LIMIT 1"
    )
    row = cursor.fetchone()
    return str(row[0]) if row else ""


def write_merged(
    cursor: CursorWrapper, merging: Merging, release_id: int | None, sources: Collection[str]
) -> None:
    """Close, change and add codes as `merged_code` says, then their terms and the words."""
    cursor.execute(
        "DELETE FROM coding_codeterm WHERE code_id IN"
        " (SELECT known_id FROM merged_code WHERE action = 'drop')"
    )
    cursor.execute(
        "DELETE FROM coding_code WHERE id IN"
        " (SELECT known_id FROM merged_code WHERE action = 'drop')"
    )
    # A code cannot end before it began.
    cursor.execute(
        """
        UPDATE coding_code c SET ends_on = greatest(%s::date - 1, c.starts_on)
        FROM merged_code m WHERE c.id = m.known_id AND m.action IN ('end', 'replace')
        """,
        [merging.starts_on],
    )
    cursor.execute(
        """
        UPDATE coding_code c SET label = m.label, is_billable = m.is_billable, notes = m.notes,
            rank = m.rank, search_text = m.search_text, release_id = %(release)s,
            starts_on = CASE WHEN %(is_dated)s THEN m.told_from ELSE c.starts_on END,
            ends_on = CASE WHEN %(is_dated)s THEN m.told_to ELSE c.ends_on END
        FROM merged_code m WHERE c.id = m.known_id AND m.action = 'update'
        """,
        {"release": release_id, "is_dated": merging.is_dated},
    )
    cursor.execute(
        """
        UPDATE coding_code c SET rank = m.rank, search_text = m.search_text,
            ends_on = CASE WHEN m.action = 'reopen' THEN NULL ELSE c.ends_on END
        FROM merged_code m WHERE c.id = m.known_id AND m.action IN ('same', 'reopen')
            AND (m.action = 'reopen' OR c.rank <> m.rank OR c.search_text <> m.search_text)
        """
    )
    cursor.execute(
        """
        INSERT INTO coding_code (system, code, label, is_billable, starts_on, ends_on,
            search_text, notes, rank, release_id)
        SELECT system, code, label, is_billable, told_from, told_to, search_text, notes, rank, %s
        FROM merged_code WHERE action IN ('new', 'replace')
        """,
        [release_id],
    )
    write_terms(cursor, list(sources))
    count_words(cursor)


def write_terms(cursor: CursorWrapper, sources: list[str]) -> None:
    """The terms of the loaded codes become those that were read; what did not change stays.

    Terms of a source the files do not tell stay, and go over to a code that begins anew.
    """
    cursor.execute(
        """
        CREATE TEMPORARY TABLE target_code ON COMMIT DROP AS
        SELECT coalesce(c.id, m.known_id) AS code_id, m.system, m.code, m.known_id, m.action
        FROM merged_code m LEFT JOIN coding_code c ON m.action IN ('new', 'replace')
            AND c.system = m.system AND c.code = m.code AND c.starts_on = m.told_from
        WHERE m.is_staged AND m.action <> 'past'
        """
    )
    cursor.execute(
        """
        CREATE TEMPORARY TABLE wanted_term ON COMMIT DROP AS
        SELECT DISTINCT ON (code_id, text) code_id, text, source FROM (
            SELECT c.code_id, t.text, t.source, t.place
            FROM loaded_term t JOIN target_code c USING (system, code)
            UNION ALL
            SELECT c.code_id, t.text, t.source, 2000000000 FROM target_code c
            JOIN coding_codeterm t ON t.code_id = c.known_id AND t.source <> ALL (%s)
            WHERE c.action = 'replace'
        ) AS every_term ORDER BY code_id, text, place
        """,
        [sources],
    )
    cursor.execute(
        """
        DELETE FROM coding_codeterm t USING target_code c
        WHERE t.code_id = c.code_id AND t.source = ANY (%s) AND NOT EXISTS
            (SELECT FROM wanted_term w WHERE w.code_id = t.code_id AND w.text = t.text)
        """,
        [sources],
    )
    cursor.execute(
        """
        INSERT INTO coding_codeterm (code_id, text, source)
        SELECT code_id, text, source FROM wanted_term
        ON CONFLICT (code_id, text) DO UPDATE SET source = excluded.source
        WHERE coding_codeterm.source <> excluded.source
        """
    )
    cursor.execute("DROP TABLE wanted_term, target_code")


def count_words(cursor: CursorWrapper) -> None:
    """How many codes have each word, over all code sets.

    Waits for a load of another set, whose words this one would not see and would take away.
    """
    cursor.execute("SELECT pg_advisory_xact_lock(hashtext('code words'))")
    cursor.execute(
        """
        CREATE TEMPORARY TABLE counted_word ON COMMIT DROP AS
        SELECT word, count(*) AS codes
        FROM coding_code, unnest(string_to_array(search_text, ' ')) AS word
        WHERE length(word) BETWEEN 2 AND 60 GROUP BY word
        """
    )
    cursor.execute(
        "DELETE FROM coding_codeword w WHERE NOT EXISTS"
        " (SELECT FROM counted_word c WHERE c.word = w.word)"
    )
    cursor.execute(
        """
        INSERT INTO coding_codeword (word, codes) SELECT word, codes FROM counted_word
        ON CONFLICT (word) DO UPDATE SET codes = excluded.codes
        WHERE coding_codeword.codes <> excluded.codes
        """
    )
    cursor.execute("DROP TABLE counted_word")
