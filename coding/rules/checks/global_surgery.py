"""Global surgery: what belongs to a procedure's period is paid apart only with a modifier.

CMS IOM 100-04 ch. 12 §40: 000 is the day itself, 010 that day and ten after, 090 the day before,
that day and ninety after. One practice and specialty counts as one physician. A
hospital's claim has no global period.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from coding.rules.code_facts import CodeFacts
from coding.rules.code_kinds import Kind
from coding.rules.coded_claim import CodedClaim, CodedLine, severity_of
from coding.rules.fixes import add, drop, swap
from coding.rules.hits import Hit, Look
from payers.rules.edit_tables import Table

SOURCE = "CMS IOM 100-04 ch. 12 §40"
FEES = (Table.FEES,)
DAYS_AFTER = {"010": 10, "090": 90}
MAJOR = "090"
# The longest period, and the day before it.
PERIOD_DAYS = 91
PERIODS = ("000", "010", "090")
# Split care and assistants: the period is somebody else's, or only a part of the work is ours.
NOT_THE_SURGEON = frozenset({"54", "55", "56", "80", "81", "82", "AS", "53"})
VISIT_REASONS = frozenset({"24", "25", "57", "58", "78", "79"})
PROCEDURE_REASONS = frozenset({"58", "78", "79", "76", "77", "59", "XE", "XP", "XS", "XU"})


class Surgery(NamedTuple):
    """A procedure with a period: on this claim (`line`) or on another (`elsewhere`)."""

    code: str
    served_on: date
    period: str
    line: int | None
    elsewhere: str


def surgeries(view: CodedClaim, codes: CodeFacts) -> Iterator[Surgery]:
    """Procedures with a period: those of this claim, then the specialty's on our other claims."""
    indicators = codes.tables.indicators
    if not indicators:
        return
    for line in view.lines:
        found = indicators.get(line.code)
        if found and found.global_days in PERIODS and not line.marks & NOT_THE_SURGEON:
            yield Surgery(line.code, line.starts_on, found.global_days, line.position, "")
    for past in codes.history or ():
        found = indicators.get(past.procedure_code)
        is_ours = past.specialty == codes.specialty
        is_other = not NOT_THE_SURGEON.isdisjoint(past.modifiers)
        if found and is_ours and not is_other and found.global_days in PERIODS:
            yield Surgery(past.procedure_code, past.served_on, found.global_days, None, past.name)


def visits(view: CodedClaim) -> Iterator[CodedLine]:
    """Visits that could belong to a period."""
    if Kind.VISIT in view.kinds:
        for line in view.lines:
            if line.kind == Kind.VISIT:
                yield line


def look_visit_after(view: CodedClaim, codes: CodeFacts) -> Look:
    """A visit in the days after a procedure of before."""
    for visit in visits(view):
        if visit.marks & VISIT_REASONS:
            continue
        for surgery in surgeries(view, codes):
            days = (visit.starts_on - surgery.served_on).days
            if 0 < days <= DAYS_AFTER.get(surgery.period, 0):
                yield Hit(
                    f"{visit.code} on line {visit.position} is {days} days after {_name(surgery)}, "
                    f"in its period of {int(surgery.period)} days.",
                    visit.position,
                    view.element,
                    severity_of(view, codes),
                    fix=add("24", visit.position, visit.marks),
                )
                break


def look_visit_same_day(view: CodedClaim, codes: CodeFacts) -> Look:
    """A visit on the day of a procedure, or the day before a major one."""
    for visit in visits(view):
        if visit.marks & VISIT_REASONS:
            continue
        for surgery in surgeries(view, codes):
            days = (surgery.served_on - visit.starts_on).days
            if days == 0 or (days == 1 and surgery.period == MAJOR):
                wanted = "57" if surgery.period == MAJOR else "25"
                when = "the same day as" if days == 0 else "the day before"
                yield Hit(
                    f"{visit.code} on line {visit.position} is {when} {_name(surgery)}; "
                    f"it needs modifier {wanted} to be paid.",
                    visit.position,
                    view.element,
                    severity_of(view, codes),
                    fix=add(wanted, visit.position, visit.marks),
                )
                break


def look_decision(view: CodedClaim, codes: CodeFacts) -> Look:
    """57 is for the decision for a major procedure; with a minor one it is 25."""
    if "57" not in view.marks:
        return
    for visit in visits(view):
        if "57" not in visit.marks or "25" in visit.marks:
            continue
        beside = [
            surgery
            for surgery in surgeries(view, codes)
            if visit.starts_on in (surgery.served_on, surgery.served_on - timedelta(days=1))
        ]
        if beside and not any(surgery.period == MAJOR for surgery in beside):
            yield Hit(
                f"Line {visit.position}: 57 is for major procedures; {_name(beside[0])} is minor, "
                "which takes 25.",
                visit.position,
                view.element,
                fix=swap("57", "25", visit.position),
            )


def look_procedure_after(view: CodedClaim, codes: CodeFacts) -> Look:
    """A procedure in the period of another: staged (58), return to the theatre (78) or unrelated
    (79)."""
    indicators = codes.tables.indicators
    for line in view.lines if codes.history else ():
        found = indicators.get(line.code)
        if not found or found.global_days not in PERIODS or line.marks & PROCEDURE_REASONS:
            continue
        for surgery in surgeries(view, codes):
            days = (line.starts_on - surgery.served_on).days
            if surgery.line is None and 0 < days <= DAYS_AFTER.get(surgery.period, 0):
                yield Hit(
                    f"{line.code} on line {line.position} is {days} days after {_name(surgery)}, "
                    f"in its period of {int(surgery.period)} days.",
                    line.position,
                    view.element,
                )
                break


def look_split_care(view: CodedClaim, codes: CodeFacts) -> Look:
    """54, 55 and 56 divide a period of ten or ninety days; other codes have none to divide."""
    if not view.marks & {"54", "55", "56"}:
        return
    for line in view.lines:
        found = codes.tables.indicators.get(line.code)
        split = line.marks & {"54", "55", "56"}
        if found and split and found.global_days not in DAYS_AFTER:
            yield Hit(
                f"Line {line.position}: {', '.join(sorted(split))} divides a surgical period; "
                f"{line.code} has none.",
                line.position,
                view.element,
                fix=drop(min(split), line.position),
            )


def _name(surgery: Surgery) -> str:
    if surgery.line is not None:
        return f"{surgery.code} (line {surgery.line})"
    return f"{surgery.code} ({surgery.elsewhere})"
