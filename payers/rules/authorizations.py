"""What a payer has authorized: does it cover a line, how much of it is used, what a visit lacks.

Use is counted from the charges of coded visits, never kept as a number: a claim replaced or voided
counts no visit twice. Codes are CPT or HCPCS; a range holds its ends and codes of its length.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from rcm.money import ZERO

APPROVED = "approved"
UNITS, VISITS = "units", "visits"


class CodeRange(NamedTuple):
    """Procedure codes from `first` to `last`, both belong to it."""

    first: str
    last: str

    def holds(self, code: str) -> bool:
        return len(code) == len(self.first) and self.first <= code <= self.last

    def __str__(self) -> str:
        return self.first if self.first == self.last else f"{self.first}-{self.last}"


def read_ranges(text: str) -> list[CodeRange]:
    """``97110-97140 97530, J0585`` as ranges. Raises ValueError naming what is no code."""
    found = []
    for word in text.upper().replace(",", " ").split():
        first, dash, last = word.partition("-")
        for code in (first, last) if dash else (first,):
            if len(code) != 5 or not (code.isascii() and code.isalnum()):
                raise ValueError(f"{code or word} is no procedure code of five signs.")
        if dash and last < first:
            raise ValueError(f"{word} ends before it begins.")
        found.append(CodeRange(first, last or first))
    return found


class Approval(NamedTuple):
    """One authorization. No ranges: any procedure. `provider` None: any provider.

    `counts` says whether `quantity` is units of the covered lines or visits with such a line.
    """

    number: str
    state: str
    counts: str
    quantity: Decimal
    starts_on: date
    ends_on: date | None
    ranges: Sequence[CodeRange]
    provider: int | None = None


class Line(NamedTuple):
    """One charge (SV1)."""

    position: int
    procedure_code: str
    units: Decimal


class Visit(NamedTuple):
    """A coded visit that names an authorization, or should."""

    served_on: date
    provider: int
    lines: Sequence[Line]


class Rule(NamedTuple):
    """From a day on a payer wants an authorization for these codes."""

    range: CodeRange
    starts_on: date
    ends_on: date | None = None


class Gap(NamedTuple):
    """What is wrong; `line` is a position, 0 for the visit. `is_used_up`: there is one, empty."""

    message: str
    line: int = 0
    is_used_up: bool = False


def needs_authorization(rules: Iterable[Rule], code: str, on: date) -> bool:
    """Does the payer want one for this code on this date of service?"""
    return any(
        rule.range.holds(code)
        and rule.starts_on <= on
        and (rule.ends_on is None or on <= rule.ends_on)
        for rule in rules
    )


def why_not(approval: Approval, visit: Visit, code: str) -> str:
    """Why the authorization does not cover this code of the visit; empty when it does."""
    name = f"Authorization {approval.number}"
    if approval.state != APPROVED:
        return f"{name} is not approved."
    if visit.served_on < approval.starts_on:
        return f"{name} starts on {approval.starts_on:%m/%d/%Y}."
    if approval.ends_on is not None and visit.served_on > approval.ends_on:
        return f"{name} ended on {approval.ends_on:%m/%d/%Y}."
    if approval.provider is not None and approval.provider != visit.provider:
        return f"{name} is for another provider."
    if approval.ranges and not any(each.holds(code) for each in approval.ranges):
        return f"{name} does not cover {code}."
    return ""


def quantity_used(approval: Approval, visits: Iterable[Visit]) -> Decimal:
    """What these visits, all naming it, take of the authorization: units or visits."""
    used = ZERO
    for visit in visits:
        units = [
            line.units for line in visit.lines if not why_not(approval, visit, line.procedure_code)
        ]
        used += sum(units, ZERO) if approval.counts == UNITS else Decimal(bool(units))
    return used


def find_gaps(
    visit: Visit,
    rules: Collection[Rule],
    payer_name: str,
    number: str,
    approval: Approval | None,
    used_before: Decimal,
) -> list[Gap]:
    """What keeps the visit from being covered; none when nothing is wanted or all is there.

    `number` is what the visit names, `approval` the authorization of that number, None when there
    is none; `used_before` what visits coded earlier took of it.
    """
    gaps = []
    for line in visit.lines:
        code = line.procedure_code
        if not needs_authorization(rules, code, visit.served_on):
            continue
        if not number:
            gaps.append(Gap(f"{payer_name} wants an authorization for {code}.", line.position))
        elif approval is None:
            message = f"{payer_name} wants an authorization for {code}; {number} is not on file."
            gaps.append(Gap(message, line.position))
        elif fault := why_not(approval, visit, code):
            gaps.append(Gap(fault, line.position))
    if approval is not None and (own := quantity_used(approval, [visit])):
        left = approval.quantity - used_before
        if own > left:
            told = f"{max(left, ZERO).normalize():f} of {approval.quantity.normalize():f}"
            gaps.append(
                Gap(
                    f"Authorization {number} has {told} {approval.counts} left,"
                    f" the visit takes {own.normalize():f}.",
                    is_used_up=True,
                )
            )
    return gaps


def fitting(approvals: Iterable[Approval], visit: Visit, rules: Collection[Rule]) -> list[Approval]:
    """The authorizations that cover every line of the visit that needs one."""
    codes = [
        line.procedure_code
        for line in visit.lines
        if needs_authorization(rules, line.procedure_code, visit.served_on)
    ]
    return [
        approval
        for approval in approvals
        if codes and not any(why_not(approval, visit, code) for code in codes)
    ]
