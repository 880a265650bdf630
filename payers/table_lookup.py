"""What the loaded edit tables say about some codes on a day, for the checks.

A few statements, whatever the number of codes, and none for codes asked about before.
"""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, Literal

from django.db import connection

from payers.fee_lookup import VALUES
from payers.rules.edit_tables import (
    COVERAGE_TABLES,
    PAIR_TABLES,
    UNIT_TABLES,
    AddOnEdit,
    CoverageRule,
    EditTables,
    FeeIndicators,
    PairEdit,
    Table,
    UnitLimit,
)
from payers.table_cache import Asking, InForce, forget_releases, kept, look_up

__all__ = ["Setting", "forget_releases", "tables_on"]

Setting = Literal["practitioner", "hospital", "dme"]
Pair = tuple[str, str]
Span = tuple[date, date | None]

# Answers kept per release: some hundred bytes each, a document some ten thousand.
KEPT_PAIRS, KEPT_CODES, KEPT_DOCUMENTS = 150_000, 30_000, 600

# CMS publishes no pairs for DME suppliers.
OF_A_SETTING: dict[Setting, tuple[Table, ...]] = {
    "practitioner": (Table.PTP_PRACTITIONER, Table.MUE_PRACTITIONER),
    "hospital": (Table.PTP_HOSPITAL, Table.MUE_HOSPITAL),
    "dme": (Table.MUE_DME,),
}
# Stands for a primary that the contractor names; it is no code.
BY_CONTRACTOR = "CCCCC"


def tables_on(
    on: date,
    *,
    setting: Setting,
    codes: Collection[str],
    pairs: Collection[Pair] = (),
    states: Collection[str] = (),
) -> EditTables:
    """The edits in force on `on` for these codes, for `pairs` in both orders, and the coverage
    documents for `codes` in `states` (two letters each).

    A table that has no release for the day is absent from `releases`.
    """

    def ask(asking: Asking) -> EditTables:
        return Answer(asking, on, setting, codes).tables(pairs, states)

    return look_up(ask)


class Answer:
    """One answer in the making."""

    def __init__(self, asking: Asking, on: date, setting: Setting, codes: Collection[str]) -> None:
        self.asking, self.on, self.codes = asking, on, codes
        others = {*PAIR_TABLES, *UNIT_TABLES}.difference(OF_A_SETTING[setting])
        self.in_force = {
            table: row for table, row in asking.releases.on(on).items() if table not in others
        }

    def one_of(self, tables: Iterable[Table]) -> InForce | None:
        return next((self.in_force[table] for table in tables if table in self.in_force), None)

    def tables(self, pairs: Collection[Pair], states: Collection[str]) -> EditTables:
        return EditTables(
            releases={table: row.release for table, row in self.in_force.items()},
            pairs=self.pairs(pairs),
            units=self.units(),
            add_ons=self.add_ons(),
            indicators=self.indicators(),
            coverage=self.coverage(frozenset(states)) if states else {},
            hcpcs=self.hcpcs(),
        )

    def pairs(self, pairs: Collection[Pair]) -> dict[Pair, tuple[PairEdit, ...]]:
        release = self.one_of(PAIR_TABLES)
        if release is None or not pairs:
            return {}
        both_orders = {*pairs, *((second, first) for first, second in pairs)}
        found = self.asking.ask(PAIRS, release.id, both_orders)
        in_force = {
            pair: tuple(edit for edit in edits if edit.is_in_force(self.on))
            for pair, edits in found.items()
        }
        return {pair: edits for pair, edits in in_force.items() if edits}

    def units(self) -> dict[str, UnitLimit]:
        release = self.one_of(UNIT_TABLES)
        return self.asking.ask(UNITS, release.id, self.codes) if release else {}

    def add_ons(self) -> dict[str, AddOnEdit]:
        release = self.in_force.get(Table.ADD_ON)
        found = self.asking.ask(ADD_ONS, release.id, self.codes) if release else {}
        edits = {code: add_on_edit(code, rows, self.on) for code, rows in found.items()}
        return {code: edit for code, edit in edits.items() if edit}

    def indicators(self) -> dict[str, FeeIndicators]:
        """Those of the line without a modifier, or of the first with one."""
        release = self.in_force.get(Table.FEES)
        found = self.asking.ask(VALUES, release.id, self.codes) if release else {}
        return {code: lines[0].indicators for code, lines in found.items()}

    def hcpcs(self) -> dict[str, Span]:
        release = self.in_force.get(Table.HCPCS)
        return self.asking.ask(HCPCS, release.id, self.codes) if release else {}

    def coverage(self, states: frozenset[str]) -> dict[str, tuple[CoverageRule, ...]]:
        """Documents in force on the day for one of the states, articles first."""
        rules: dict[str, tuple[CoverageRule, ...]] = {}
        for table in COVERAGE_TABLES:
            if (release := self.in_force.get(table)) is None:
                continue
            named = self.asking.ask(DOCUMENTS_OF_CODES, release.id, self.codes)
            wanted = {document for documents in named.values() for document in documents}
            found = self.asking.ask(DOCUMENTS, release.id, wanted)
            for code, documents in named.items():
                fitting = [
                    CoverageRule(code=code, **found[document])
                    for document in documents
                    if document in found and self.fits(found[document], states)
                ]
                if fitting:
                    rules[code] = (*rules.get(code, ()), *fitting)
        return rules

    def fits(self, document: dict[str, Any], states: frozenset[str]) -> bool:
        starts_on, ends_on = document["starts_on"], document["ends_on"]
        is_in_force = starts_on <= self.on and (ends_on is None or self.on <= ends_on)
        return is_in_force and not states.isdisjoint(document["states"])


AddOnRow = tuple[str, int, date, date | None]


def add_on_edit(code: str, rows: tuple[AddOnRow, ...], on: date) -> AddOnEdit | None:
    """The edit from its rows in force on a day. Rows of several types: some primaries are listed,
    the contractor may name more, which is type 3.
    """
    now = [row for row in rows if row[2] <= on and (row[3] is None or on <= row[3])]
    if not now:
        return None
    types = {edit_type for _, edit_type, _, _ in now}
    primaries = frozenset(primary for primary, *_ in now if primary != BY_CONTRACTOR)
    return AddOnEdit(code, types.pop() if len(types) == 1 else 3, primaries)


def rows_of(sql: str, params: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def read_pairs(release_id: int, pairs: list[Pair]) -> dict[Pair, tuple[PairEdit, ...]]:
    rows = rows_of(
        """
        SELECT p.column_1, p.column_2, p.starts_on, p.ends_on, p.modifier_indicator
        FROM unnest(%s::text[], %s::text[]) AS asked (first, second)
        JOIN payers_nccipair p
            ON p.release_id = %s AND p.column_1 = asked.first AND p.column_2 = asked.second
        """,
        [[first for first, _ in pairs], [second for _, second in pairs], release_id],
    )
    found: dict[Pair, tuple[PairEdit, ...]] = {}
    for row in rows:
        found[row[0], row[1]] = (*found.get((row[0], row[1]), ()), PairEdit(*row))
    return found


def read_units(release_id: int, codes: list[str]) -> dict[str, UnitLimit]:
    rows = rows_of(
        "SELECT code, units, adjudication FROM payers_codeunitlimit"
        " WHERE release_id = %s AND code = ANY (%s)",
        [release_id, codes],
    )
    return {row[0]: UnitLimit(*row) for row in rows}


def read_add_ons(release_id: int, codes: list[str]) -> dict[str, tuple[AddOnRow, ...]]:
    rows = rows_of(
        "SELECT code, primary_code, edit_type, starts_on, ends_on FROM payers_addonprimary"
        " WHERE release_id = %s AND code = ANY (%s)",
        [release_id, codes],
    )
    found: dict[str, list[AddOnRow]] = {}
    for code, primary, edit_type, starts_on, ends_on in rows:
        found.setdefault(code, []).append((primary, edit_type, starts_on, ends_on))
    return {code: tuple(edits) for code, edits in found.items()}


def read_hcpcs(release_id: int, codes: list[str]) -> dict[str, Span]:
    rows = rows_of(
        "SELECT code, starts_on, ends_on FROM payers_hcpcscode"
        " WHERE release_id = %s AND code = ANY (%s)",
        [release_id, codes],
    )
    return {code: (starts_on, ends_on) for code, starts_on, ends_on in rows}


Document = tuple[str, int]


def read_documents_of_codes(release_id: int, codes: list[str]) -> dict[str, tuple[Document, ...]]:
    rows = rows_of(
        "SELECT code, document, version FROM payers_coveragecode"
        " WHERE release_id = %s AND code = ANY (%s) ORDER BY code, document, version",
        [release_id, codes],
    )
    found: dict[str, tuple[Document, ...]] = {}
    for code, document, version in rows:
        found[code] = (*found.get(code, ()), (document, version))
    return found


def read_documents(release_id: int, asked: list[Document]) -> dict[Document, dict[str, Any]]:
    """Each document as the arguments of a CoverageRule, without the code."""
    diagnoses = """ARRAY(SELECT diagnosis FROM payers_coveragediagnosis c
        WHERE c.release_id = d.release_id AND c.document = d.document
            AND c.version = d.version AND {})"""
    covered, noncovered = diagnoses.format("c.is_covered"), diagnoses.format("NOT c.is_covered")
    rows = rows_of(
        f"""
        SELECT d.document, d.version, d.title, d.states, d.starts_on, d.ends_on, d.has_groups,
            {covered}, {noncovered}
        FROM unnest(%s::text[], %s::int[]) AS asked (document, version)
        JOIN payers_coveragedocument d ON d.release_id = %s
            AND d.document = asked.document AND d.version = asked.version
        """,  # noqa: S608  # two constants of ours
        [[document for document, _ in asked], [version for _, version in asked], release_id],
    )
    names = ("title", "states", "starts_on", "ends_on", "has_groups", "covered", "noncovered")
    sets = ("states", "covered", "noncovered")
    found: dict[Document, dict[str, Any]] = {}
    for document, version, *values in rows:
        fields = dict(zip(names, values, strict=True)) | {"document": document}
        found[document, version] = fields | {name: frozenset(fields[name]) for name in sets}
    return found


PAIRS = kept(read_pairs, KEPT_PAIRS)
UNITS = kept(read_units, KEPT_CODES)
ADD_ONS = kept(read_add_ons, KEPT_CODES)
HCPCS = kept(read_hcpcs, KEPT_CODES)
DOCUMENTS_OF_CODES = kept(read_documents_of_codes, KEPT_CODES)
DOCUMENTS = kept(read_documents, KEPT_DOCUMENTS)
