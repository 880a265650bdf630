"""Edits of the service lines: pointers, modifiers, units, price, and what does not go together."""

from collections.abc import Iterator

from coding.rules.code_lists import (
    CHECK_UPS,
    MINOR_PROCEDURES,
    NCCI_PAYERS,
    OFFICE_VISITS,
    SEPARATE_VISIT,
)
from coding.rules.facts import ChartFacts, Finding, Fix, Severity
from coding.rules.pointers import MODIFIER, letter_of
from payers.rules.authorizations import needs_authorization


def no_procedure(chart: ChartFacts) -> Iterator[Finding]:
    if not chart.lines:
        yield Finding(
            "no_procedure", "blocking", "The chart has no procedure.", "837P 2400 SV1, required"
        )


def procedure_not_valid(chart: ChartFacts) -> Iterator[Finding]:
    for line in chart.lines:
        if line.is_known is False:
            yield Finding(
                "procedure_not_valid",
                "blocking",
                f"{line.procedure_code} is not a valid procedure code on the date of service.",
                "Loaded procedure codes",
                line=line.position,
            )


def no_revenue_code(chart: ChartFacts) -> Iterator[Finding]:
    for line in chart.lines if chart.is_facility else ():
        if not line.revenue_code:
            yield Finding(
                "no_revenue_code",
                "blocking",
                f"Line {line.position} ({line.procedure_code}) has no revenue code.",
                "837I 2400 SV201, required",
                line=line.position,
            )


def no_pointer(chart: ChartFacts) -> Iterator[Finding]:
    for line in () if chart.is_facility else chart.lines:
        if not line.pointers:
            fix = Fix("point", "Point to A", line=line.position, value="1")
            yield Finding(
                "no_pointer",
                "blocking",
                f"Line {line.position} ({line.procedure_code}) points to no diagnosis.",
                "837P SV107-1, required",
                fix if chart.diagnoses else None,
                line.position,
            )


def pointer_to_nothing(chart: ChartFacts) -> Iterator[Finding]:
    there = {diagnosis.position for diagnosis in chart.diagnoses}
    for line in chart.lines:
        for pointer in line.pointers:
            if pointer not in there:
                letter = letter_of(pointer)
                yield Finding(
                    "pointer_to_nothing",
                    "blocking",
                    f"Line {line.position} points to {letter}, which has no diagnosis.",
                    "837P SV107",
                    Fix("unpoint", f"Drop {letter}", line=line.position, value=str(pointer)),
                    line.position,
                )


def modifier_not_valid(chart: ChartFacts) -> Iterator[Finding]:
    """Two characters each, none twice."""
    for line in chart.lines:
        for number, modifier in enumerate(line.modifiers):
            if not MODIFIER.fullmatch(modifier):
                message = f"“{modifier}” on line {line.position} is not a modifier."
            elif modifier in line.modifiers[:number]:
                message = f"Modifier {modifier} is on line {line.position} twice."
            else:
                continue
            label = f"Remove {modifier}"
            yield Finding(
                "modifier_not_valid",
                "blocking",
                message,
                "837P SV101-3 to SV101-6",
                Fix("remove_modifier", label, line=line.position, value=modifier),
                line.position,
            )


def units_not_valid(chart: ChartFacts) -> Iterator[Finding]:
    for line in chart.lines:
        if line.units <= 0:
            yield Finding(
                "units_not_valid",
                "blocking",
                f"{line.name} on line {line.position} needs units above zero.",
                "837P SV104",
                Fix("set_units", "Set to 1", line=line.position, value="1"),
                line.position,
            )


def visit_needs_25(chart: ChartFacts) -> Iterator[Finding]:
    """A visit beside a small procedure or a check-up needs modifier 25 to stand for itself."""
    complete = MINOR_PROCEDURES | CHECK_UPS
    small = [line.procedure_code for line in chart.lines if line.procedure_code in complete]
    severity: Severity = "blocking" if chart.payer_class in NCCI_PAYERS else "warning"
    for line in chart.lines:
        if not small or line.procedure_code not in OFFICE_VISITS:
            continue
        if SEPARATE_VISIT not in line.modifiers:
            yield Finding(
                "visit_needs_25",
                severity,
                f"{line.procedure_code} needs modifier 25 to be paid with {small[0]} "
                "on the same day.",
                "CMS IOM 100-04 ch. 12 §40.1 · only if the visit was separate",
                Fix("add_modifier", "Add 25", line=line.position, value=SEPARATE_VISIT),
                line.position,
            )


def no_price(chart: ChartFacts) -> Iterator[Finding]:
    for line in chart.lines:
        if line.has_price is False:
            yield Finding(
                "no_price",
                "warning",
                f"{line.name} has no price on the date of service; billing adds it.",
                "The practice's fee schedule",
                line=line.position,
            )


def authorization_missing(chart: ChartFacts) -> Iterator[Finding]:
    """The payer wants one for the code on this day, and the visit names none."""
    for line in chart.lines if not chart.authorization_number else ():
        code, on = line.procedure_code, chart.date_of_service
        if code and needs_authorization(chart.authorization_rules, code, on):
            yield Finding(
                "authorization_missing",
                "warning",
                f"{chart.payer_name} wants an authorization for {code}, line {line.position}.",
                "The payer's authorization rules",
                line=line.position,
                is_overridable=True,
            )
