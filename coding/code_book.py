"""One code as the code book shows it: validity, notes of it and of what is above it, its family."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Max, Min
from django.db.models.functions import Length

from coding.models import Code, CodeRelease, PcsTableRow
from coding.rules.pcs import Axis, PcsRow, TableCheck, check_code
from payers.table_lookup import tables_on

# Key of Code.notes -> what stands above it on the page, in the order of the tabular list.
KINDS = {
    "includes": "Includes",
    "notes": "Note",
    "code_first": "Code first",
    "use_additional": "Use additional code",
    "code_also": "Code also",
    "excludes1": "Excludes1: never together",
    "excludes2": "Excludes2: not included here",
    "seventh_note": "7th character",
    "description": "Description",
    "short": "Short description",
}
SIDES = ("right", "left", "bilateral", "unspecified")
SIDE = re.compile(rf"\b({'|'.join(SIDES)})\b", re.I)
MOST_CHILDREN = 60


@dataclass(frozen=True, slots=True)
class NoteGroup:
    """Notes of one kind that stand at one code, block or chapter."""

    kind: str
    of: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BookEntry:
    """`code` is the row of the day, or the nearest one when the code is not valid that day.

    `spans` are all rows of the code, oldest first; `facts` (label, value) from the edit tables.
    """

    code: Code
    on: date
    is_valid: bool
    reason: str
    spans: tuple[Code, ...]
    above: tuple[Code, ...]
    notes: tuple[NoteGroup, ...]
    seventh: tuple[tuple[str, str], ...]
    children: tuple[Code, ...]
    sides: tuple[Code, ...]
    facts: tuple[tuple[str, str], ...]
    table: TableCheck | None


def read_entry(system: str, typed: str, on: date) -> BookEntry | None:
    """The entry of a code with or without its dot; None for a code of no release.

    At most seven statements, whatever the code.
    """
    plain = typed.replace(".", "").upper()
    starts = [plain[:length] for length in range(3, len(plain) + 1)] or [plain]
    rows = list(Code.objects.filter(system=system, code__in=starts).order_by("starts_on"))
    spans = tuple(row for row in rows if row.code == plain)
    if not spans:
        return None
    code = row_on(spans, on) or nearest(spans, on)
    day = on if code.is_in_force(on) else code.starts_on
    above = tuple(
        row
        for row in sorted(rows, key=lambda row: row.code)
        if row.code != plain and row.is_in_force(day)
    )
    reason = "" if code.is_in_force(on) else why_invalid(code, on)
    return BookEntry(
        code=code,
        on=on,
        is_valid=not reason and code.is_billable,
        reason=reason or ("" if code.is_billable else "A heading: pick a code below it."),
        spans=spans,
        above=above,
        notes=tuple(notes_of((code, *reversed(above)))),
        seventh=tuple(code.notes.get("seventh_labels", {}).items()),
        children=tuple(children_of(code, day)),
        sides=tuple(sides_of(code, day)),
        facts=tuple(facts_of(code, on)),
        table=table_check(plain, on) if system == Code.System.ICD10PCS else None,
    )


def row_on(spans: Sequence[Code], on: date) -> Code | None:
    return next((row for row in spans if row.is_in_force(on)), None)


def nearest(spans: Sequence[Code], on: date) -> Code:
    """The last row that began before the day, else the first of all."""
    return next((row for row in reversed(spans) if row.starts_on <= on), spans[0])


def why_invalid(code: Code, on: date) -> str:
    if code.starts_on > on:
        return f"Not valid yet: it begins on {code.starts_on:%m/%d/%Y}."
    return f"No longer valid: it ended on {code.ends_on:%m/%d/%Y}."


def notes_of(codes: Iterable[Code]) -> Iterable[NoteGroup]:
    """The notes of a code, then of what is above it, up to its chapter."""
    for code in codes:
        yield from groups_of(code.notes, code.dotted)
        for block in reversed(code.notes.get("above", ())):
            yield from groups_of(block, block["title"])


def groups_of(notes: dict[str, Any], of: str) -> Iterable[NoteGroup]:
    for key, kind in KINDS.items():
        if told := notes.get(key):
            lines = told.split("\n") if isinstance(told, str) else told
            yield NoteGroup(kind, of, tuple(lines))


def children_of(code: Code, on: date) -> Iterable[Code]:
    """The codes of the next level below a heading."""
    if code.is_billable:
        return ()
    below = Code.objects.in_force(on).filter(
        system=code.system, code__gt=code.code, code__lt=code.code + "ZZZZZ"
    )
    next_length = below.aggregate(length=Min(Length("code")))["length"]
    same = below.alias(length=Length("code")).filter(length=next_length)
    return same.order_by("code")[:MOST_CHILDREN]


def sides_of(code: Code, on: date) -> Iterable[Code]:
    """Codes of the same category whose title differs by the side alone."""
    match = SIDE.search(code.label)
    if code.system != Code.System.ICD10CM or match is None:
        return ()
    titles = {SIDE.sub(written_like(side), code.label, count=1) for side in SIDES}
    same = Code.objects.in_force(on).filter(system=code.system, code__startswith=code.code[:3])
    return same.filter(label__in=titles - {code.label}).order_by("code")


def written_like(side: str) -> Callable[[re.Match[str]], str]:
    """The side with a capital where the one it replaces has one."""
    return lambda found: side.capitalize() if found[0][0].isupper() else side


def facts_of(code: Code, on: date) -> Iterable[tuple[str, str]]:
    """What the edit tables say of a procedure on the day; nothing when they are not loaded."""
    if code.system != Code.System.PROCEDURE:
        return
    tables = tables_on(on, setting="practitioner", codes=[code.code])
    if limit := tables.units.get(code.code):
        yield "Most units (MUE)", f"{limit.units}, adjudication indicator {limit.adjudication}"
    if add_on := tables.add_ons.get(code.code):
        yield "Add-on code", f"type {add_on.edit_type}, beside {listed(add_on.primaries)}"
    if indicators := tables.indicators.get(code.code):
        yield "Global period", indicators.global_days
        yield "Bilateral", indicators.bilateral
        yield "Professional and technical", indicators.pc_tc
    if span := tables.hcpcs.get(code.code):
        yield "HCPCS file", f"{span[0]:%m/%d/%Y} to {span[1]:%m/%d/%Y}" if span[1] else "in force"


def listed(codes: Iterable[str]) -> str:
    found = sorted(codes)
    more = f" and {len(found) - 12} more" if len(found) > 12 else ""
    return (", ".join(found[:12]) or "one the contractor names") + more


def table_check(code: str, on: date) -> TableCheck | None:
    """Can the code, or its beginning, be built from the tables in force? None: not loaded."""
    newest = CodeRelease.objects.filter(
        code_set=CodeRelease.CodeSet.ICD10PCS,
        state=CodeRelease.State.LOADED,
        starts_on__lte=on,
        pcs_rows__isnull=False,
    ).aggregate(starts_on=Max("starts_on"))["starts_on"]
    if newest is None:
        return None
    rows = PcsTableRow.objects.filter(
        release__code_set=CodeRelease.CodeSet.ICD10PCS,
        release__state=CodeRelease.State.LOADED,
        release__starts_on=newest,
        table__startswith=code[:3],
    ).order_by("table", "position")
    return check_code(
        code, [PcsRow(tuple(Axis(title, values) for title, values in row.axes)) for row in rows]
    )
