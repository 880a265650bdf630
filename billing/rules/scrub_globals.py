"""Global surgery: what belongs to a procedure's period is paid apart only with a modifier.

CMS IOM 100-04 ch. 12 §40: 000 is the day itself, 010 that day and ten after, 090 the day before,
that day and ninety after. One practice and specialty counts as one physician. A
hospital's claim has no global period.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from billing.rules.code_kinds import Kind
from billing.rules.coded_claim import CodedClaim, CodedLine, coded, severity_of
from billing.rules.findings import (
    BLOCKING,
    PROFESSIONAL,
    WARNING,
    AnyClaim,
    ClaimFacts,
    Hit,
    Look,
    Scrub,
)
from billing.rules.scrub_needs import need_fees, need_fees_and_history
from payers.rules.edit_tables import Table

SOURCE = "CMS IOM 100-04 ch. 12 §40"
FEES = (Table.FEES,)
DAYS_AFTER = {"010": 10, "090": 90}
MAJOR = "090"
PERIODS = ("000", "010", "090")
# Split care and assistants: the period is somebody else's, or only a part of the work is ours.
NOT_THE_SURGEON = frozenset({"54", "55", "56", "80", "81", "82", "AS", "53"})
VISIT_REASONS = frozenset({"24", "25", "57", "58", "78", "79"})
PROCEDURE_REASONS = frozenset({"58", "78", "79", "76", "77", "59", "XE", "XP", "XS", "XU"})


class Surgery(NamedTuple):
    """A procedure with a period: on this claim (`line`) or on another (`claim_number`)."""

    code: str
    served_on: date
    period: str
    line: int | None
    claim_number: str


def surgeries(view: CodedClaim, facts: ClaimFacts) -> Iterator[Surgery]:
    """Procedures with a period: those of this claim, then the specialty's on our other claims."""
    indicators = facts.codes.tables.indicators
    if not indicators:
        return
    for line in view.lines:
        found = indicators.get(line.code)
        if found and found.global_days in PERIODS and not line.marks & NOT_THE_SURGEON:
            yield Surgery(line.code, line.starts_on, found.global_days, line.position, "")
    for past in facts.codes.history or ():
        found = indicators.get(past.procedure_code)
        is_ours = past.specialty == facts.codes.specialty
        is_other = not NOT_THE_SURGEON.isdisjoint(past.modifiers)
        if found and is_ours and not is_other and found.global_days in PERIODS:
            yield Surgery(
                past.procedure_code, past.served_on, found.global_days, None, past.claim_number
            )


def visits(view: CodedClaim) -> Iterator[CodedLine]:
    """Visits that could belong to a period."""
    if Kind.VISIT in view.kinds:
        for line in view.lines:
            if line.kind == Kind.VISIT:
                yield line


def look_visit_after(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """A visit in the days after a procedure of before."""
    view = coded(claim)
    for visit in visits(view):
        if visit.marks & VISIT_REASONS:
            continue
        for surgery in surgeries(view, facts):
            days = (visit.starts_on - surgery.served_on).days
            if 0 < days <= DAYS_AFTER.get(surgery.period, 0):
                yield Hit(
                    f"{visit.code} on line {visit.position} is {days} days after {_name(surgery)}, "
                    f"in its period of {int(surgery.period)} days.",
                    visit.position,
                    view.element,
                    severity_of(view, facts),
                )
                break


def look_visit_same_day(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """A visit on the day of a procedure, or the day before a major one."""
    view = coded(claim)
    for visit in visits(view):
        if visit.marks & VISIT_REASONS:
            continue
        for surgery in surgeries(view, facts):
            days = (surgery.served_on - visit.starts_on).days
            if days == 0 or (days == 1 and surgery.period == MAJOR):
                wanted = "57" if surgery.period == MAJOR else "25"
                when = "the same day as" if days == 0 else "the day before"
                yield Hit(
                    f"{visit.code} on line {visit.position} is {when} {_name(surgery)}; "
                    f"it needs modifier {wanted} to be paid.",
                    visit.position,
                    view.element,
                    severity_of(view, facts),
                )
                break


def look_decision(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """57 is for the decision for a major procedure; with a minor one it is 25."""
    view = coded(claim)
    if "57" not in view.marks:
        return
    for visit in visits(view):
        if "57" not in visit.marks or "25" in visit.marks:
            continue
        beside = [
            surgery
            for surgery in surgeries(view, facts)
            if visit.starts_on in (surgery.served_on, surgery.served_on - timedelta(days=1))
        ]
        if beside and not any(surgery.period == MAJOR for surgery in beside):
            yield Hit(
                f"Line {visit.position}: 57 is for major procedures; {_name(beside[0])} is minor, "
                "which takes 25.",
                visit.position,
                view.element,
            )


def look_procedure_after(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """A procedure in the period of another: staged (58), return to the theatre (78) or unrelated
    (79)."""
    view = coded(claim)
    indicators = facts.codes.tables.indicators
    for line in view.lines if facts.codes.history else ():
        found = indicators.get(line.code)
        if not found or found.global_days not in PERIODS or line.marks & PROCEDURE_REASONS:
            continue
        for surgery in surgeries(view, facts):
            days = (line.starts_on - surgery.served_on).days
            if surgery.line is None and 0 < days <= DAYS_AFTER.get(surgery.period, 0):
                yield Hit(
                    f"{line.code} on line {line.position} is {days} days after {_name(surgery)}, "
                    f"in its period of {int(surgery.period)} days.",
                    line.position,
                    view.element,
                )
                break


def look_split_care(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """54, 55 and 56 divide a period of ten or ninety days; other codes have none to divide."""
    view = coded(claim)
    if not view.marks & {"54", "55", "56"}:
        return
    for line in view.lines:
        found = facts.codes.tables.indicators.get(line.code)
        split = line.marks & {"54", "55", "56"}
        if found and split and found.global_days not in DAYS_AFTER:
            yield Hit(
                f"Line {line.position}: {', '.join(sorted(split))} divides a surgical period; "
                f"{line.code} has none.",
                line.position,
                view.element,
            )


def _name(surgery: Surgery) -> str:
    if surgery.line is not None:
        return f"{surgery.code} (line {surgery.line})"
    return f"{surgery.code} (claim {surgery.claim_number})"


MARK = "Have the coder add the modifier if the chart supports it."
SCRUBS: tuple[Scrub, ...] = (
    Scrub(
        "global_visit",
        "Visit in a surgical period",
        BLOCKING,
        "2400 SV101",
        "Have the coder add 24 if the visit was unrelated, or drop it.",
        f"{SOURCE}.2",
        look_visit_after,
        PROFESSIONAL,
        missing=need_fees_and_history,
        tables=FEES,
    ),
    Scrub(
        "global_same_day",
        "Visit on the day of a procedure",
        BLOCKING,
        "2400 SV101",
        MARK,
        f"{SOURCE}.1",
        look_visit_same_day,
        PROFESSIONAL,
        missing=need_fees,
        tables=FEES,
    ),
    Scrub(
        "global_decision",
        "Modifier 57 with a minor procedure",
        WARNING,
        "2400 SV101",
        "Have the coder replace 57 by 25.",
        f"{SOURCE}.2",
        look_decision,
        PROFESSIONAL,
        missing=need_fees,
        tables=FEES,
    ),
    Scrub(
        "global_procedure",
        "Procedure in a surgical period",
        WARNING,
        "2400 SV101",
        "Have the coder add 58, 78 or 79 if the chart supports it.",
        f"{SOURCE}.2",
        look_procedure_after,
        PROFESSIONAL,
        missing=need_fees_and_history,
        tables=FEES,
    ),
    Scrub(
        "split_care",
        "Split care without a period",
        WARNING,
        "2400 SV101",
        "Have the coder drop the modifier.",
        f"{SOURCE}.2",
        look_split_care,
        PROFESSIONAL,
        missing=need_fees,
        tables=FEES,
    ),
)
