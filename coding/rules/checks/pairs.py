"""NCCI procedure-to-procedure edits: on one claim, and against the patient's other claims that day.

CMS NCCI Policy Manual ch. I: same patient, provider and day; column 1 is paid, column 2 is not.
They bind Medicare, Medicaid and Advantage; other payers get a warning, since many follow them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from coding.rules.code_facts import CodeFacts
from coding.rules.code_kinds import CLEAR_PROCEDURES, Kind, kind_of
from coding.rules.code_lists import SEPARATE_VISIT
from coding.rules.coded_claim import CodedClaim, severity_of
from coding.rules.fixes import Fix, add, remove_line
from coding.rules.hits import Hit, Look
from payers.rules.edit_tables import PairEdit

MANUAL = "CMS NCCI Policy Manual ch. I"
# fmt: off
SITES = frozenset({
    "E1", "E2", "E3", "E4", "FA", "F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9",
    "TA", "T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9",
    "LT", "RT", "LC", "LD", "RC", "LM", "RI",
})
# fmt: on
DISTINCT_X = frozenset({"XE", "XP", "XS", "XU"})
DISTINCT = DISTINCT_X | {"59"}
# Of the visit alone: unrelated, separate, decision for surgery.
OF_VISITS = frozenset({"24", "25", "57"})
OF_EITHER = SITES | {"58", "78", "79", "27", "91"}
# CMS change request 11168: 59 and X{EPSU} help on either code; before, on column 2 only.
DISTINCT_ON_EITHER_FROM = date(2019, 7, 1)


@dataclass(frozen=True, slots=True)
class Side:
    """One code of a pair: its modifiers, and where it stands (a line, or a claim of before)."""

    code: str
    marks: frozenset[str]
    line: int | None
    elsewhere: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """An edit in force between two sides; `is_settled` says that a modifier answers it."""

    edit: PairEdit
    paid: Side
    denied: Side
    is_settled: bool


def is_settled(edit: PairEdit, paid: Side, denied: Side, on: date) -> bool:
    """Does a modifier that goes with NCCI stand where it helps?"""
    if edit.modifier_indicator != 1:
        return False
    if (paid.marks | denied.marks) & OF_EITHER or denied.marks & DISTINCT:
        return True
    if paid.marks & DISTINCT and on >= DISTINCT_ON_EITHER_FROM:
        return True
    return any(
        side.marks & OF_VISITS and kind_of(side.code) not in CLEAR_PROCEDURES
        for side in (paid, denied)
    )


def match(one: Side, other: Side, on: date, codes: CodeFacts) -> Iterator[Match]:
    """Edits in force on the day between two sides, in either order."""
    pairs = codes.tables.pairs
    for paid, denied in ((one, other), (other, one)):
        for edit in pairs.get((paid.code, denied.code), ()):
            if edit.modifier_indicator != 9 and edit.is_in_force(on):
                yield Match(edit, paid, denied, is_settled(edit, paid, denied, on))


def matches_within(view: CodedClaim, codes: CodeFacts) -> Iterator[Match]:
    """Edits between lines of one day and provider. NCCI is no rule for inpatient claims."""
    pairs, lines = codes.tables.pairs, view.lines
    if not pairs or view.is_inpatient:
        return
    for number, line in enumerate(lines):
        for other in lines[:number]:
            # Hardly any two codes are a pair: this comes before all else.
            if (line.code, other.code) not in pairs and (other.code, line.code) not in pairs:
                continue
            is_same = line.starts_on == other.starts_on and line.provider == other.provider
            if is_same and line.code != other.code:
                first = Side(other.code, other.marks, other.position)
                second = Side(line.code, line.marks, line.position)
                yield from match(first, second, line.starts_on, codes)


def matches_outside(view: CodedClaim, codes: CodeFacts) -> Iterator[Match]:
    """Edits between a line and one of the same day and provider on another claim of ours."""
    if not codes.tables.pairs or view.is_inpatient:
        return
    for past in codes.history or ():
        for line in view.lines:
            if line.starts_on == past.served_on and line.provider == past.provider_npi:
                marks = frozenset(past.modifiers)
                other = Side(past.procedure_code, marks, None, past.name)
                side = Side(line.code, line.marks, line.position)
                yield from match(side, other, line.starts_on, codes)


def separate(found: Match) -> Fix | None:
    """The modifier that says the two were separate, or without a way to say it the line removed.

    25 goes on the visit, 59 on the code that is denied (CMS NCCI Policy Manual ch. I, E).
    """
    denied, paid = found.denied, found.paid
    if found.edit.modifier_indicator != 1:
        return remove_line(denied.code, denied.line)
    visit = next((side for side in (paid, denied) if kind_of(side.code) == Kind.VISIT), None)
    if visit is not None:
        return add(SEPARATE_VISIT, visit.line, visit.marks)
    side = denied if denied.line is not None else paid
    return add("59", side.line, side.marks)


def look_never(view: CodedClaim, codes: CodeFacts) -> Look:
    """Indicator 0: no modifier helps."""
    for found in matches_within(view, codes):
        if found.edit.modifier_indicator == 0:
            yield Hit(
                f"{_name(found.denied)} is not paid beside {_name(found.paid)} on one day; "
                "no modifier changes that.",
                found.denied.line,
                view.element,
                severity_of(view, codes),
                fix=remove_line(found.denied.code, found.denied.line),
                since=found.edit.starts_on,
            )


def look_unmarked(view: CodedClaim, codes: CodeFacts) -> Look:
    """Indicator 1 and no modifier that helps."""
    for found in matches_within(view, codes):
        if found.edit.modifier_indicator == 1 and not found.is_settled:
            yield Hit(
                f"{_name(found.denied)} is part of {_name(found.paid)} on one day; {_way(found)}",
                found.denied.line,
                view.element,
                severity_of(view, codes),
                fix=separate(found),
                since=found.edit.starts_on,
            )


def look_other_claims(view: CodedClaim, codes: CodeFacts) -> Look:
    for found in matches_outside(view, codes):
        if not found.is_settled:
            end = "no modifier changes that."
            yield Hit(
                f"{_name(found.denied)} is not paid beside {_name(found.paid)} on one day; "
                f"{_way(found) if found.edit.modifier_indicator else end}",
                found.denied.line or found.paid.line,
                view.element,
                severity_of(view, codes),
                fix=separate(found),
                since=found.edit.starts_on,
            )


def look_same_site(view: CodedClaim, codes: CodeFacts) -> Look:
    """Only sites settle the edit, and they name the same site: the pair is not separate."""
    for found in matches_within(view, codes):
        sites = found.paid.marks & SITES, found.denied.marks & SITES
        others = (found.paid.marks | found.denied.marks) - SITES
        is_otherwise = others & (OF_EITHER | DISTINCT | OF_VISITS)
        if found.is_settled and sites[0] and sites[0] == sites[1] and not is_otherwise:
            yield Hit(
                f"{_name(found.denied)} and {_name(found.paid)} are a pair and name the same "
                f"site {', '.join(sorted(sites[0]))}.",
                found.denied.line,
                view.element,
                since=found.edit.starts_on,
            )


def _name(side: Side) -> str:
    place = f"line {side.line}" if side.line else side.elsewhere
    return f"{side.code} ({place})"


def _way(found: Match) -> str:
    """What settles it, if the chart supports it."""
    if Kind.VISIT in (kind_of(found.paid.code), kind_of(found.denied.code)):
        return "if the visit was separate, mark it with 25."
    return "if it was separate, say so with a site, XE, XP, XS, XU or 59."
