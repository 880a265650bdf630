"""Edits of the diagnoses: there, complete, valid on the day, once each, going together."""

import re
from collections.abc import Iterable, Iterator

from coding.rules.facts import ChartFacts, DiagnosisFacts, Finding, Fix

CODE_SET = "ICD-10-CM code set on the date of service"
GUIDELINES = "ICD-10-CM Official Guidelines"
SIDES = {"right": "RT", "left": "LT"}


def no_diagnosis(chart: ChartFacts) -> Iterator[Finding]:
    if not chart.diagnoses:
        yield Finding(
            "no_diagnosis", "blocking", "The chart has no diagnosis.", "837P 2300 HI, required"
        )


def diagnosis_not_valid(chart: ChartFacts) -> Iterator[Finding]:
    """Unknown on the day, or a heading that is not itself a code for a claim."""
    for diagnosis in chart.diagnoses:
        if diagnosis.is_known is False:
            message = f"{diagnosis.dotted} is not a valid code on the date of service."
        elif diagnosis.is_billable is False and not diagnosis.seventh:
            message = f"{diagnosis.dotted} is a heading; a claim needs a more specific code."
        else:
            continue
        yield Finding(
            "diagnosis_not_valid",
            "blocking",
            message,
            CODE_SET,
            remove(diagnosis),
            diagnosis=diagnosis.position,
        )


def seventh_character_missing(chart: ChartFacts) -> Iterator[Finding]:
    for diagnosis in chart.diagnoses:
        if diagnosis.is_billable is False and diagnosis.seventh:
            wanted = ", ".join(diagnosis.seventh)
            yield Finding(
                "seventh_character_missing",
                "blocking",
                f"{diagnosis.dotted} needs a 7th character: {wanted}.",
                f"{GUIDELINES} I.A.5",
                initial_encounter(diagnosis),
                diagnosis=diagnosis.position,
            )


def initial_encounter(diagnosis: DiagnosisFacts) -> Fix | None:
    """Most are seen for the first time; anything else the coder types."""
    if "A" not in diagnosis.seventh:
        return None
    code = diagnosis.code.ljust(6, "X") + "A"
    return Fix("replace_diagnosis", "Use A, initial", diagnosis=diagnosis.position, value=code)


def diagnosis_twice(chart: ChartFacts) -> Iterator[Finding]:
    seen: dict[str, DiagnosisFacts] = {}
    for diagnosis in chart.diagnoses:
        first = seen.setdefault(diagnosis.code, diagnosis)
        if first is not diagnosis:
            yield Finding(
                "diagnosis_twice",
                "blocking",
                f"{diagnosis.dotted} is listed twice: {first.letter} and {diagnosis.letter}.",
                f"{GUIDELINES} I.B.12",
                remove(diagnosis),
                diagnosis=diagnosis.position,
            )


def side_unspecified(chart: ChartFacts) -> Iterator[Finding]:
    """The code says "unspecified" where the same words exist with a side."""
    for diagnosis in chart.diagnoses:
        if not diagnosis.siblings:
            continue
        codes = ", ".join(f"{dotted(code)} {side}" for side, code in diagnosis.siblings)
        yield Finding(
            "side_unspecified",
            "warning",
            f"{diagnosis.dotted} leaves the side open. More specific: {codes}.",
            f"{GUIDELINES} I.B.13",
            replace_by_side(chart, diagnosis),
            diagnosis=diagnosis.position,
        )


def replace_by_side(chart: ChartFacts, diagnosis: DiagnosisFacts) -> Fix | None:
    """The side comes from RT or LT on the lines that point here; without one the coder decides."""
    marks = {
        modifier
        for line in chart.lines
        if diagnosis.position in line.pointers
        for modifier in line.modifiers
    }
    fitting = [(side, code) for side, code in diagnosis.siblings if SIDES.get(side) in marks]
    if len(fitting) != 1:
        return None
    _, code = fitting[0]
    label = f"Use {dotted(code)}"
    return Fix("replace_diagnosis", label, diagnosis=diagnosis.position, value=code)


def excluded_pair(chart: ChartFacts) -> Iterator[Finding]:
    """An Excludes1 note of one code names the other. Unrelated conditions may stand together."""
    told: set[frozenset[int]] = set()
    for diagnosis in chart.diagnoses:
        for other in chart.diagnoses:
            pair = frozenset((diagnosis.position, other.position))
            is_excluded = excludes_code(diagnosis.excludes1, other.code)
            if other is diagnosis or pair in told or not is_excluded:
                continue
            told.add(pair)
            yield Finding(
                "excluded_pair",
                "warning",
                f"{diagnosis.dotted} has an Excludes1 note for {other.dotted}: "
                "not both for one condition.",
                f"ICD-10-CM Excludes1 · {GUIDELINES} I.A.12.a",
                diagnosis=diagnosis.position,
            )


def excludes_code(references: Iterable[str], code: str) -> bool:
    """Does a prefix ("E08") or a range of prefixes ("O10-O11") of the notes cover the code?"""
    for reference in references:
        low, _, high = reference.partition("-")
        high = high or low
        if low <= code[: len(low)] and code[: len(high)] <= high:
            return True
    return False


def side_of(label: str) -> str:
    """The one side a code's words name: right, left, bilateral or nothing."""
    found = set(re.findall(r"\b(right|left|bilateral)\b", label.lower()))
    return found.pop() if len(found) == 1 else ""


def dotted(code: str) -> str:
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 else code


def remove(diagnosis: DiagnosisFacts) -> Fix:
    label = f"Remove {diagnosis.letter}"
    return Fix("remove_diagnosis", label, diagnosis=diagnosis.position)
