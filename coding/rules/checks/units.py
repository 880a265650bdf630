"""Units and companions of a code: medically unlikely edits (MUE) and add-on codes.

CMS NCCI Policy Manual ch. I, MUE adjudication indicators: 1 judges each line, 2 and 3 the sum of a
day; 2 has no exception, 3 may be paid on records and so is only a warning here.
"""

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from coding.rules.code_facts import CodeFacts
from coding.rules.code_kinds import is_supply
from coding.rules.code_lists import MINUTES
from coding.rules.coded_claim import CodedClaim, CodedLine, payer_class_of, severity_of
from coding.rules.fixes import set_units
from coding.rules.hits import WARNING, CodeLook, Hit, Look
from payers.rules.edit_tables import UnitLimit

MUE = "CMS medically unlikely edits"
ADD_ON = "CMS add-on code edits"


def units_a_day(line: CodedLine) -> Decimal:
    """A span of days: units by days, rounded to the nearest whole unit (half up)."""
    if line.days <= 1:
        return line.units
    return (line.units / line.days).quantize(Decimal(1), ROUND_HALF_UP)


def limited_lines(
    view: CodedClaim, codes: CodeFacts, adjudication: int
) -> Iterator[tuple[CodedLine, UnitLimit]]:
    """Lines whose code has a limit above zero of one kind. Anesthesia minutes are no units."""
    limits = codes.tables.units
    if not limits or view.is_inpatient:
        return
    for line in view.lines:
        limit = limits.get(line.code)
        is_meant = limit is not None and limit.adjudication == adjudication and limit.units > 0
        if limit is not None and is_meant and line.unit_code != MINUTES:
            yield line, limit


def look_line(view: CodedClaim, codes: CodeFacts) -> Look:
    """Indicator 1. Two lines with their modifiers are judged one by one."""
    for line, limit in limited_lines(view, codes, 1):
        if units_a_day(line) > limit.units:
            yield Hit(
                f"{line.code} on line {line.position}: {units_a_day(line).normalize():f} units, "
                f"{limit.units} a line are paid.",
                line.position,
                _place(view),
                severity_of(view, codes),
                fix=set_units(limit.units, line.position) if line.days == 1 else None,
            )


def look_day(adjudication: int) -> CodeLook:
    """Indicators 2 and 3: all lines of the code that cover a day, also on our other claims."""

    def look(view: CodedClaim, codes: CodeFacts) -> Look:
        told: set[tuple[str, date]] = set()
        for line, limit in limited_lines(view, codes, adjudication):
            key = (line.code, line.starts_on)
            sum_of_day = day_sum(line, view, codes)
            if sum_of_day > limit.units and key not in told:
                told.add(key)
                yield Hit(
                    f"{line.code}: {sum_of_day.normalize():f} units on {line.starts_on:%m/%d/%Y}, "
                    f"{limit.units} a day are paid.",
                    line.position,
                    _place(view),
                    severity_of(view, codes),
                    fix=set_units(line.units - sum_of_day + limit.units, line.position)
                    if line.days == 1
                    else None,
                )

    return look


look_day_policy = look_day(2)
look_day_records = look_day(3)


def day_sum(line: CodedLine, view: CodedClaim, codes: CodeFacts) -> Decimal:
    """Units of the line's code and provider on its first day, this claim and the others of ours."""
    day = line.starts_on
    here = [
        units_a_day(other)
        for other in view.lines
        if other.code == line.code
        and other.provider == line.provider
        and other.starts_on <= day <= other.ends_on
    ]
    before = [
        past.units
        for past in codes.history or ()
        if past.procedure_code == line.code
        and past.served_on == day
        and past.provider_npi == line.provider
    ]
    return sum([*here, *before], Decimal(0))


def look_zero(view: CodedClaim, codes: CodeFacts) -> Look:
    """A limit of zero: the code is not payable in this setting at all.

    Medicaid has limits of its own, and pays for much that Medicare leaves to other settings. Who
    bills supplies may be a supplier, whose limits are others, unless the taxonomy says no.
    """
    is_medicaid = payer_class_of(view, codes) == "medicaid"
    for line in view.lines if not view.is_inpatient else ():
        limit = codes.tables.units.get(line.code)
        is_open = is_medicaid or (is_supply(line.code) and not view.is_practitioner)
        if limit is not None and limit.units == 0:
            yield Hit(
                f"{line.code} on line {line.position} is not paid in this setting (limit 0).",
                line.position,
                view.element,
                WARNING if is_open else severity_of(view, codes),
            )


def look_add_on(view: CodedClaim, codes: CodeFacts) -> Look:
    """Type 1 lists all its primaries; one of them must stand on the same day."""
    for line, primaries in _add_ons(view, codes, (1,)):
        if not primaries & codes_of_day(line.starts_on, view, codes):
            yield Hit(
                f"{line.code} on line {line.position} is an add-on without its primary procedure"
                f"{_some(primaries)}.",
                line.position,
                view.element,
                severity_of(view, codes),
            )


def look_add_on_unlisted(view: CodedClaim, codes: CodeFacts) -> Look:
    """Types 2 and 3 leave primaries to the contractor: nothing beside it, or nothing listed."""
    for line, primaries in _add_ons(view, codes, (2, 3)):
        others = codes_of_day(line.starts_on, view, codes) - {line.code}
        if not others or (primaries and not primaries & others):
            yield Hit(
                f"{line.code} on line {line.position} is an add-on; none of the primary "
                "procedures CMS names stands beside it.",
                line.position,
                view.element,
            )


def _add_ons(
    view: CodedClaim, codes: CodeFacts, types: tuple[int, ...]
) -> Iterator[tuple[CodedLine, frozenset[str]]]:
    add_ons = codes.tables.add_ons
    for line in view.lines if add_ons and not view.is_inpatient else ():
        edit = add_ons.get(line.code)
        if edit is not None and edit.edit_type in types:
            yield line, edit.primaries


def codes_of_day(day: date, view: CodedClaim, codes: CodeFacts) -> frozenset[str]:
    """Procedures of the patient on a day, on this claim and on our others."""
    here = [line.code for line in view.lines if line.starts_on <= day <= line.ends_on]
    there = [
        past.procedure_code
        for past in codes.history or ()
        # A visit that is not coded yet stands there without a procedure.
        if past.procedure_code and past.served_on == day
    ]
    return frozenset([*here, *there])


def _some(primaries: frozenset[str]) -> str:
    """The first few of them, since some add-ons have hundreds."""
    few = sorted(primaries)[:3]
    more = " …" if len(primaries) > len(few) else ""
    return f" ({', '.join(few)}{more})" if few else ""


def _place(view: CodedClaim) -> str:
    return "2400 SV205" if view.is_institutional else "2400 SV104"
