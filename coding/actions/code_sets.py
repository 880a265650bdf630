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
    count_words,
    merge,
    open_stage,
    wait_for_set,
    write_merged,
)
from coding.icd_release import package_content
from coding.models import Code
from coding.rules.code_rows import CodeRow
from coding.rules.phrases import phrase_of

TABLES = Path(__file__).resolve().parent.parent / "tables"
# What people say for a diagnosis that the code set calls otherwise.
OWN_TERMS = TABLES / "clinical_terms.csv"
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


def load_own_terms() -> int:
    """Give codes our own words for them (clinical_terms.csv: term, code); how many terms there are.

    They belong to every row of a code, and a code that a later release changes takes them along.
    """
    if not OWN_TERMS.exists():
        return 0
    with OWN_TERMS.open(encoding="utf-8", newline="") as lines:
        pairs = [
            (phrase_of(row["term"]), row["code"].replace(".", "")) for row in csv.DictReader(lines)
        ]
    texts, codes = [text for text, _ in pairs], [code for _, code in pairs]
    with transaction.atomic(), connection.cursor() as cursor:
        wait_for_set(cursor, Code.System.ICD10CM)
        cursor.execute(WRITE_OWN_TERMS, [texts, codes])
        written = {code_id for (code_id,) in cursor.fetchall()}
        if written:
            cursor.execute(REWRITE_WORDS, [list(written)])
            count_words(cursor)
    return len(pairs)


WRITE_OWN_TERMS = """
    INSERT INTO coding_codeterm (code_id, text, source)
    SELECT DISTINCT ON (c.id, own.text) c.id, own.text, 'own'
    FROM unnest(%s::text[], %s::text[]) AS own (text, code)
    JOIN coding_code c ON c.system = 'icd10cm' AND c.code = own.code
    WHERE own.text <> ''
    ON CONFLICT (code_id, text) DO NOTHING
    RETURNING code_id
"""
REWRITE_WORDS = """
    UPDATE coding_code c SET search_text = t.words
    FROM (SELECT code_id, string_agg(text, ' ' ORDER BY id) AS words FROM coding_codeterm
        WHERE code_id = ANY (%s) GROUP BY code_id) t
    WHERE c.id = t.code_id
"""


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
