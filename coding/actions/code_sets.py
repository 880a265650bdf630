"""Loading code sets: a whole release by COPY, safe to repeat, nothing half done."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path

from django.db import connection, transaction

from coding import icd_release
from coding.models import Code

TABLES = Path(__file__).resolve().parent.parent / "tables"
# The list of ours carries no dates; it covers every visit the product can hold.
PROCEDURES_START = date(2020, 1, 1)
CHUNK = 10_000

Row = tuple[str, str, bool, str, str]
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


def read_procedures() -> Iterator[Row]:
    with (TABLES / "procedure_codes.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            notes = json.dumps({"code_set": row["code_set"], "category": row["category"]})
            search_text = f"{row['code']} {row['label']} {row['category']}".lower()
            yield row["code"], row["label"], True, search_text, notes


@transaction.atomic
def load_codes(system: str, rows: Iterable[Row], starts_on: date, report: Report) -> int:
    """COPY into a temporary table, from there one INSERT; rows that did not change stay as is."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE loaded_code (code text, label text, is_billable boolean,"
            " search_text text, notes jsonb) ON COMMIT DROP"
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
        cursor.execute("DROP TABLE loaded_code")
    return written


def copy_rows(cursor: object, rows: Iterable[Row], report: Report) -> None:
    """Stream rows to the temporary table, CHUNK at a time."""
    buffer, count = io.StringIO(), 0
    writer = csv.writer(buffer)
    for count, (code, label, is_billable, search_text, notes) in enumerate(rows, 1):
        writer.writerow([code, label, "t" if is_billable else "f", search_text, notes])
        if count % CHUNK == 0:
            send(cursor, buffer)
            report(count)
    send(cursor, buffer)
    report(count)


def send(cursor: object, buffer: io.StringIO) -> None:
    buffer.seek(0)
    # copy_expert is psycopg2's own; Django's cursor passes it through.
    cursor.copy_expert("COPY loaded_code FROM STDIN WITH (FORMAT csv)", buffer)  # type: ignore[attr-defined]  # psycopg2
    buffer.seek(0)
    buffer.truncate()
