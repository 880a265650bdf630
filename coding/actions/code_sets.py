"""The code sets that come with the product: ICD-10-CM of a package, and our own procedure list."""

import csv
import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from django.db import connection, transaction

from coding.actions.code_releases import CodeSetLoad, load_content
from coding.actions.code_staging import (
    CodeCounts,
    Merging,
    Rows,
    close_stage,
    copy_rows,
    count_merged,
    merge,
    open_stage,
    wait_for_set,
    write_merged,
)
from coding.icd_release import package_content
from coding.rules.code_rows import CodeRow
from coding.rules.phrases import phrase_of

TABLES = Path(__file__).resolve().parent.parent / "tables"
# The list of ours carries no dates; it covers every visit the product can hold.
PROCEDURES_START = date(2020, 1, 1)

Report = Callable[[int], None]


def load_diagnosis_codes(report: Report) -> CodeSetLoad:
    """Load ICD-10-CM (about 98,000 codes and headings) of the package.

    `report` is called with the number of codes read so far. Raises Refusal when a newer release is
    in use, which then stays.
    """
    return load_content(package_content(), report=report)


def load_procedure_codes(report: Report) -> CodeCounts:
    """Load our own list of CPT and HCPCS numbers with our own labels.

    A code that a release of CPT or HCPCS brought stays as that says.
    """
    rows = (("procedure", row) for row in read_procedures())
    return load_own_codes(rows, PROCEDURES_START, report)


def read_procedures() -> Iterator[CodeRow]:
    """Our own list: numbers with our own short words."""
    with (TABLES / "procedure_codes.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            notes = json.dumps({"code_set": row["code_set"], "category": row["category"]})
            terms = ((phrase_of(row["label"]), "own"),)
            yield CodeRow(row["code"], row["label"], True, notes, terms)


@transaction.atomic
def load_own_codes(
    rows: Rows, starts_on: date, report: Report, system: str = "procedure"
) -> CodeCounts:
    """Write codes that belong to no release; those that did not change stay as they are."""
    merging = Merging((system,), "", starts_on, sources=("own",))
    with connection.cursor() as cursor:
        wait_for_set(cursor, system)
        open_stage(cursor)
        copy_rows(cursor, rows, report)
        merge(cursor, merging)
        counts = count_merged(cursor, 0)
        write_merged(cursor, merging, None, merging.sources)
        close_stage(cursor)
    return counts
