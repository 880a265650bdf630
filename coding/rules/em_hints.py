"""What a note says of problems, data, risk and time, as hints for the E/M level.

Hints are quotes with a proposed count; the coder takes or leaves each.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from coding.rules.em_level import (
    Level,
    Problems,
    Reviewed,
    Risk,
    problem_level,
    reviewed_level,
)
from coding.rules.text_diagnoses import CHRONIC, Finding
from coding.rules.text_notes import ReadNote
from coding.rules.text_ranking import is_symptom

WORSE = re.compile(
    r"\b(?:not (?:at goal|controlled|well controlled)|uncontrolled|poorly controlled|worsen\w*"
    r"|progress\w*|exacerbat\w*"
    r"|flare|above goal|suboptimal\w*|side effects? of)\b",
    re.IGNORECASE,
)
SEVERE = re.compile(
    r"\b(?:suicidal ideation with|respiratory distress|sepsis|acute (?:myocardial infarction"
    r"|mi)\b|stroke symptoms"
    r"|sent to (?:the )?(?:ed|er|emergency)|call(?:ed)? 911|direct admi\w+)\b",
    re.IGNORECASE,
)
TESTS = re.compile(
    r"\b(?:cbc|cmp|bmp|tsh|lipid panel|a1c|hemoglobin a1c|urinalysis|urine culture|x-?ray"
    r"|radiographs?|mri|ct scan"
    r"|ultrasound|ekg|ecg|echocardiogram|spirometry|ferritin|vitamin d level|inr|psa|strep test"
    r"|rapid strep"
    r"|culture|biopsy|mammogram|dexa|bone density)\b",
    re.IGNORECASE,
)
NOTES = re.compile(
    r"\b(?:reviewed|review of) (?:the )?(?:\w+ ){0,3}(?:notes?|records?|discharge summary)\b", re.I
)
HISTORIAN = re.compile(
    r"\bhistory (?:was )?(?:obtained|provided|given) (?:from|by) (?:the |his |her )?(?:mother"
    r"|father|parent|wife|husband|daughter|son|caregiver|guardian)",
    re.I,
)
OWN_READING = re.compile(
    r"\b(?:i (?:personally |independently )?(?:reviewed|interpreted|read)"
    r"|independent(?:ly)? interpret\w*|personally (?:reviewed"
    r"|interpreted)) (?:the )?(?:\w+ ){0,3}(?:images?|films?|x-?rays?|mri|ct|ekg|ecg|tracing"
    r"|strip)",
    re.I,
)
DISCUSSED = re.compile(
    r"\b(?:discussed|spoke|conferred) (?:the case |management |this )?(?:with"
    r"|on the phone with) (?:dr\.?|the (?:cardiologist|surgeon|radiologist|oncologist|specialist"
    r"|pharmacist))",
    re.I,
)
RISKS: tuple[tuple[Level, str, re.Pattern[str]], ...] = (
    (
        4,
        "drug that needs close watching, or a decision about hospital",
        re.compile(
            r"\b(?:admit(?:ted)? to|hospitali[sz]ation|chemotherapy|toxicity monitoring"
            r"|do not resuscitate|hospice|emergency surgery)\b",
            re.I,
        ),
    ),
    (
        3,
        "prescription drug management",
        re.compile(
            r"\b(?:prescri\w+|refill\w*|(?:start|continu|increas|rais|decreas|lower|reduc|titrat"
            r"|taper|adjust|stop|resum|chang|switch)\w* (?:\w+ ){0,3}\d+(?:\.\d+)?"
            r" ?(?:mg|mcg|units?)|\d+ ?mg (?:daily|twice|bid|tid|nightly|at bedtime|po))\b",
            re.I,
        ),
    ),
    (
        3,
        "decision about a procedure with risk",
        re.compile(
            r"\b(?:surgery (?:is|was) (?:scheduled|planned|discussed)|elective surgery"
            r"|social determinants)\b",
            re.I,
        ),
    ),
    (
        2,
        "over-the-counter drug, therapy or simple procedure",
        re.compile(
            r"\b(?:ibuprofen|acetaminophen|over[- ]the[- ]counter|otc|physical therapy|splint"
            r"|brace|cerumen|ice and|rest, ice)\b",
            re.I,
        ),
    ),
)
TIME = re.compile(
    r"\b(?:total (?:time|of)|spent)[^.\n]{0,40}?\b(?P<minutes>\d{1,3})\s?min", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Hint:
    """A quote with what it may count as: element, name of the count, document, offsets."""

    element: str
    counts_as: str
    document: int
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class EmHints:
    """Proposed counts with the quotes behind them."""

    problems: Problems
    data: Reviewed
    risk: Risk
    minutes: int | None
    hints: tuple[Hint, ...]


def find_hints(notes: Sequence[ReadNote], findings: Iterable[Finding]) -> EmHints:
    """Hints from the notes and the diagnoses found in their assessments."""
    hints: list[Hint] = []
    problems = count_problems(notes, findings, hints)
    tests = {hint.quote.lower() for hint in add(hints, notes, "data", "test", TESTS)}
    records = add(hints, notes, "data", "note", NOTES)
    data = Reviewed(
        tests_and_notes=len(tests) + len(records),
        has_historian=bool(add(hints, notes, "data", "historian", HISTORIAN)),
        has_own_interpretation=bool(add(hints, notes, "data", "own interpretation", OWN_READING)),
        has_discussion=bool(add(hints, notes, "data", "discussion", DISCUSSED)),
    )
    time = add(hints, notes, "time", "minutes", TIME)
    minutes = int(m["minutes"]) if time and (m := TIME.search(time[0].quote)) else None
    return EmHints(problems, data, find_risk(notes, hints), minutes, tuple(hints))


def count_problems(
    notes: Sequence[ReadNote], findings: Iterable[Finding], hints: list[Hint]
) -> Problems:
    counts = dict.fromkeys(("stable", "unstable", "simple", "uncertain"), 0)
    seen: set[tuple[int, int]] = set()
    for finding in findings:
        place = (finding.document, finding.item)
        if finding.section not in ("impression", "plan") or finding.code[0] == "Z" or place in seen:
            continue
        seen.add(place)
        kind = kind_of(finding, notes)
        counts[kind] += 1
        where = (finding.document, finding.start, finding.end, finding.quote)
        hints.append(Hint("problems", kind, *where))
    severe = add(hints, notes, "problems", "severe", SEVERE)
    return Problems(
        stable_chronic=counts["stable"],
        unstable_chronic=counts["unstable"],
        acute_simple=counts["simple"],
        new_uncertain=counts["uncertain"],
        severe_or_threatening=len(severe),
    )


def kind_of(finding: Finding, notes: Sequence[ReadNote]) -> str:
    note = next(note for note in notes if note.note.number == finding.document)
    text = " ".join(read.sentence.text for read in note.item(finding.item))
    if finding.root.startswith(CHRONIC):
        return "unstable" if WORSE.search(text) else "stable"
    return "uncertain" if is_symptom(finding.code) else "simple"


def find_risk(notes: Sequence[ReadNote], hints: list[Hint]) -> Risk:
    for level, why, pattern in RISKS:
        if add(hints, notes, "risk", why, pattern, sections=("plan", "impression", "orders")):
            return Risk(level, why)
    return Risk(1, "no drug or procedure found")


def add(
    hints: list[Hint],
    notes: Sequence[ReadNote],
    element: str,
    counts_as: str,
    pattern: re.Pattern[str],
    sections: tuple[str, ...] = (),
) -> list[Hint]:
    found = list(matches(notes, element, counts_as, pattern, sections))
    hints.extend(found)
    return found


def matches(
    notes: Sequence[ReadNote],
    element: str,
    counts_as: str,
    pattern: re.Pattern[str],
    sections: tuple[str, ...],
) -> Iterator[Hint]:
    for note in notes:
        for read in note.sentences:
            if sections and read.sentence.section not in sections:
                continue
            if read.sentence.section in ("past", "surgical", "family"):
                continue
            for match in pattern.finditer(read.sentence.text):
                start, end = read.sentence.start + match.start(), read.sentence.start + match.end()
                if "negated" not in read.context(start, end):
                    place = (note.note.number, start, end, note.quote(start, end))
                    yield Hint(element, counts_as, *place)


def told_level(hints: EmHints) -> dict[str, Any]:
    """The three elements as levels from 0 to 4, with why, and the minutes: plain for JSON."""
    problems, why_problems = problem_level(hints.problems)
    data, why_data = reviewed_level(hints.data)
    return {
        "problems": problems,
        "reviewed": data,
        "risk": hints.risk.level,
        "minutes": hints.minutes,
        "why": {"problems": why_problems, "reviewed": why_data, "risk": hints.risk.why},
    }
