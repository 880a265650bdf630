"""Loading code sets: a whole release by COPY, safe to repeat, nothing half done."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from coding import icd_release
from coding.models import Code, CodeTerm
from coding.rules.code_rows import CodeRow
from coding.rules.phrases import phrase_of

TABLES = Path(__file__).resolve().parent.parent / "tables"
# The list of ours carries no dates; it covers every visit the product can hold.
PROCEDURES_START = date(2020, 1, 1)
CHUNK = 10_000

Report = Callable[[int], None]


def load_diagnosis_codes(report: Report) -> int:
    """Write ICD-10-CM (about 98,000 codes and headings); number of rows new or changed.

    The release stays open-ended until a newer one is loaded: the set in force today can be newer
    than the package. `report` is called with the number of codes read so far.
    """
    rows = icd_release.read_release()
    return load_codes(Code.System.ICD10CM, rows, icd_release.STARTS_ON, report)


def load_procedure_codes(report: Report) -> int:
    """Write our own list of CPT and HCPCS numbers with our own labels."""
    return load_codes(Code.System.PROCEDURE, read_procedures(), PROCEDURES_START, report)


def read_procedures() -> Iterator[CodeRow]:
    """Our own list: numbers with our own short words."""
    with (TABLES / "procedure_codes.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            notes = json.dumps({"code_set": row["code_set"], "category": row["category"]})
            search_text = f"{row['code']} {row['label']} {row['category']}".lower()
            terms = ((phrase_of(row["label"]), str(CodeTerm.Source.OWN)),)
            yield CodeRow(row["code"], row["label"], True, search_text, notes, terms)


@transaction.atomic
def load_codes(system: str, rows: Iterable[CodeRow], starts_on: date, report: Report) -> int:
    """COPY into a temporary table, from there one INSERT; rows that did not change stay as is."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE loaded_code (code text, label text, is_billable boolean,"
            " search_text text, notes jsonb) ON COMMIT DROP"
        )
        cursor.execute(
            "CREATE TEMPORARY TABLE loaded_term (code text, text text, source text, place int)"
            " ON COMMIT DROP"
        )
        copy_rows(cursor, rows, report)
        cursor.execute(
            """
            INSERT INTO coding_code
                (system, code, label, is_billable, starts_on, search_text, notes)
            SELECT %s, code, label, is_billable, %s, search_text, notes FROM loaded_code
            ON CONFLICT (system, code, starts_on) DO UPDATE SET
                label = excluded.label, is_billable = excluded.is_billable,
                search_text = excluded.search_text, notes = excluded.notes
            WHERE (coding_code.label, coding_code.is_billable, coding_code.search_text,
                   coding_code.notes)
                IS DISTINCT FROM (excluded.label, excluded.is_billable, excluded.search_text,
                   excluded.notes)
            """,
            [system, starts_on],
        )
        written = cursor.rowcount
        write_terms(cursor, system, starts_on)
        cursor.execute("DROP TABLE loaded_code, loaded_term")
    return written


def write_terms(cursor: CursorWrapper, system: str, starts_on: date) -> None:
    """The terms of the loaded codes become those that were read; what did not change stays."""
    cursor.execute(
        """
        CREATE TEMPORARY TABLE wanted_term ON COMMIT DROP AS
        SELECT DISTINCT ON (c.id, t.text) c.id AS code_id, t.text, t.source
        FROM loaded_term t
        JOIN coding_code c ON c.system = %s AND c.code = t.code AND c.starts_on = %s
        ORDER BY c.id, t.text, t.place
        """,
        [system, starts_on],
    )
    cursor.execute(
        """
        DELETE FROM coding_codeterm t USING coding_code c JOIN loaded_code l USING (code)
        WHERE t.code_id = c.id AND c.system = %s AND c.starts_on = %s AND NOT EXISTS
            (SELECT FROM wanted_term w WHERE w.code_id = t.code_id AND w.text = t.text)
        """,
        [system, starts_on],
    )
    cursor.execute(
        """
        INSERT INTO coding_codeterm (code_id, text, source)
        SELECT code_id, text, source FROM wanted_term
        ON CONFLICT (code_id, text) DO UPDATE SET source = excluded.source
        WHERE coding_codeterm.source <> excluded.source
        """
    )
    cursor.execute("DROP TABLE wanted_term")


def copy_rows(cursor: CursorWrapper, rows: Iterable[CodeRow], report: Report) -> None:
    """Stream rows and their terms to the temporary tables, CHUNK at a time."""
    count = place = 0
    codes, terms = Buffer("loaded_code"), Buffer("loaded_term")
    for count, row in enumerate(rows, 1):
        is_billable = "t" if row.is_billable else "f"
        codes.write(row.code, row.label, is_billable, row.search_text, row.notes)
        for text, source in row.terms:
            if text:
                place += 1
                terms.write(row.code, text, source, place)
        if count % CHUNK == 0:
            codes.send(cursor)
            terms.send(cursor)
            report(count)
    codes.send(cursor)
    terms.send(cursor)
    report(count)


class Buffer:
    """Rows on their way to one temporary table."""

    def __init__(self, table: str) -> None:
        self.table, self.text = table, io.StringIO()
        self.writer = csv.writer(self.text)

    def write(self, *fields: str | int) -> None:
        self.writer.writerow(fields)

    def send(self, cursor: CursorWrapper) -> None:
        self.text.seek(0)
        # copy_expert is psycopg2's own; Django's cursor passes it through.
        cursor.copy_expert(f"COPY {self.table} FROM STDIN WITH (FORMAT csv)", self.text)
        self.text.seek(0)
        self.text.truncate()
