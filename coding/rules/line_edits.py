"""Edits of the service lines: pointers, modifiers, units, price, and what does not go together."""

from collections.abc import Iterator

from coding.rules.code_lists import (
    CHECK_UPS,
    MINOR_PROCEDURES,
    MULTI_DOSE_DRUGS,
    NCCI_PAYERS,
    NEW_PATIENT_VISITS,
    OFFICE_VISITS,
    SEPARATE_VISIT,
    SIDE_MODIFIERS,
    SIDE_WORDS,
    SIDED_PROCEDURES,
)
from coding.rules.diagnosis_edits import side_of
from coding.rules.facts import ChartFacts, Finding, Fix, LineFacts, Severity
from coding.rules.pointers import MODIFIER


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
                letter = chr(ord("A") + pointer - 1)
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
    """Above zero; a visit is one."""
    for line in chart.lines:
        is_visit = line.procedure_code in OFFICE_VISITS
        if line.units > 0 and not (is_visit and line.units != 1):
            continue
        reason = "is billed once a day" if is_visit else "needs units above zero"
        yield Finding(
            "units_not_valid",
            "blocking",
            f"{line.name} on line {line.position} {reason}.",
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


def side_contradicts(chart: ChartFacts) -> Iterator[Finding]:
    """RT or LT on the line, the other side in every diagnosis it points to."""
    for line in chart.lines:
        sides = pointed_sides(chart, line)
        for modifier, side in SIDE_WORDS.items():
            if modifier not in line.modifiers or len(sides) != 1:
                continue
            other = sides & {"right", "left"} - {side}
            if not other:
                continue
            right_one = "RT" if other == {"right"} else "LT"
            label = f"Change to {right_one}"
            value = f"{modifier}>{right_one}"
            yield Finding(
                "side_contradicts",
                "blocking",
                f"Line {line.position} says {modifier}, its diagnosis is on the {other.pop()}.",
                "Modifier and ICD-10-CM side must agree",
                Fix("replace_modifier", label, line=line.position, value=value),
                line.position,
            )


def side_missing(chart: ChartFacts) -> Iterator[Finding]:
    for line in chart.lines:
        if line.procedure_code not in SIDED_PROCEDURES or SIDE_MODIFIERS & set(line.modifiers):
            continue
        sides = pointed_sides(chart, line)
        found = {"RT": "right", "LT": "left"}
        wanted = next((mark for mark, side in found.items() if sides == {side}), "")
        fix = Fix("add_modifier", f"Add {wanted}", line=line.position, value=wanted)
        yield Finding(
            "side_missing",
            "warning",
            f"{line.procedure_code} on line {line.position} does not say which side.",
            "CMS IOM 100-04 ch. 12 §40.7",
            fix if wanted else None,
            line.position,
        )


def pointed_sides(chart: ChartFacts, line: LineFacts) -> set[str]:
    """The sides named by the diagnoses a line points to, without those that name none."""
    sides = {side_of(d.label) for d in chart.diagnoses if d.position in line.pointers}
    return sides - {""}


def drug_waste_unsaid(chart: ChartFacts) -> Iterator[Finding]:
    """A drug injected from a single-dose vial says whether some was thrown away."""
    for line in chart.lines:
        code = line.procedure_code
        is_injected = code[:1] == "J" and code < "J7000" and code not in MULTI_DOSE_DRUGS
        if is_injected and not {"JZ", "JW"} & set(line.modifiers):
            yield Finding(
                "drug_waste_unsaid",
                "warning",
                f"{code} on line {line.position} says neither JZ (nothing discarded) nor JW.",
                "CMS IOM 100-04 ch. 17 §40 · single-dose containers",
                Fix("add_modifier", "Add JZ", line=line.position, value="JZ"),
                line.position,
            )


def not_a_new_patient(chart: ChartFacts) -> Iterator[Finding]:
    for line in chart.lines:
        if line.procedure_code in NEW_PATIENT_VISITS and chart.seen_before_on:
            yield Finding(
                "not_a_new_patient",
                "warning",
                f"{line.procedure_code} is for new patients; this one was seen on "
                f"{chart.seen_before_on:%m/%d/%Y}.",
                "CMS IOM 100-04 ch. 12 §30.6.7: three years, same group and specialty",
                line=line.position,
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
