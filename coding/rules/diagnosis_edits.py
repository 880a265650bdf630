"""Edits of the diagnoses that only a chart can fail: there at all, once each."""

import re
from collections.abc import Iterable, Iterator

from coding.rules.facts import ChartFacts, DiagnosisFacts, Finding, Fix

CODE_SET = "ICD-10-CM code set on the date of service"
GUIDELINES = "ICD-10-CM Official Guidelines"


def no_diagnosis(chart: ChartFacts) -> Iterator[Finding]:
    if not chart.diagnoses:
        yield Finding(
            "no_diagnosis", "blocking", "The chart has no diagnosis.", "837P 2300 HI, required"
        )


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


def remove(diagnosis: DiagnosisFacts) -> Fix:
    label = f"Remove {diagnosis.letter}"
    return Fix("remove_diagnosis", label, diagnosis=diagnosis.position)
