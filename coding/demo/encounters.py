"""120 invented encounters: readable chart notes with the codes a careful coder gives.

Each scenario in `scenarios/*.toml` is one note with gaps; each of its cases fills the gaps for
one patient and becomes one encounter. `build` puts them together with the cast of `rcm.demo`.
"""

import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from coding.demo.answers import DemoAnswer, read_answer
from coding.demo.phrases import draw_phrases
from rcm.demo import people
from rcm.demo.people import DemoPatient, DemoPeople, DemoPractice, DemoProvider

SCENARIOS = Path(__file__).with_name("scenarios")
SEED = 20_261_123


@dataclass(frozen=True)
class DemoDocument:
    """One page of the chart."""

    kind: str
    title: str
    text: str
    signed_by: str
    signed_on: date


@dataclass(frozen=True)
class DemoEvidence:
    """The words of a document (its index) that support a code; `snippet` occurs there verbatim."""

    code: str
    snippet: str
    document: int


@dataclass(frozen=True)
class DemoFirstAnswer:
    """What a hurried coder gives, and the sandbox rule that denies it."""

    answer: DemoAnswer
    denied_by: str


@dataclass(frozen=True)
class DemoEncounter:
    """One visit with its chart.

    `expected_rule` names the sandbox rule that stops the correctly coded claim for a reason
    that is not the coder's, or is empty; `trap` says in one sentence what is easy to miss.
    """

    number: str
    scenario: str
    practice: str
    patient: str
    provider: str
    location: str
    date_of_service: date
    visit_type: str
    specialty: str
    documents: tuple[DemoDocument, ...]
    answer: DemoAnswer
    evidence: tuple[DemoEvidence, ...]
    first_answer: DemoFirstAnswer | None = None
    authorization_number: str = ""
    trap: str = ""
    expected_rule: str = ""


def build(today: date, cast: DemoPeople | None = None) -> tuple[DemoEncounter, ...]:
    """Return the 120 encounters, oldest first in each practice, dated 1-40 days before `today`."""
    cast = cast or people.build(today)
    encounters = sorted(
        (make_encounter(scenario, case, cast, today) for scenario, case in read_cases()),
        key=lambda encounter: (encounter.practice, encounter.date_of_service, encounter.patient),
    )
    numbers = {practice.key: 0 for practice in cast.practices}
    numbered = []
    for encounter in encounters:
        numbers[encounter.practice] += 1
        number = f"{encounter.practice}-{numbers[encounter.practice]:03d}"
        numbered.append(replace(encounter, number=number))
    return tuple(numbered)


def read_cases() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield every case with its scenario, in file order."""
    for path in sorted(SCENARIOS.glob("*.toml")):
        for scenario in tomllib.loads(path.read_text(encoding="utf-8"))["scenario"]:
            for case in scenario["cases"]:
                yield scenario, case


def make_encounter(
    scenario: dict[str, Any], case: dict[str, Any], cast: DemoPeople, today: date
) -> DemoEncounter:
    """Fill one scenario for one patient; raises KeyError for an unfilled gap."""
    merged = {**scenario, **case}
    patient = next(row for row in cast.patients if row.key == case["patient"])
    provider = next(row for row in cast.providers if row.key == merged["provider"])
    practice = next(row for row in cast.practices if row.key == patient.practice)
    date_of_service = today - timedelta(days=case["days"])
    drawn = random.Random(f"{SEED}:{scenario['key']}:{patient.key}:{case['days']}")  # noqa: S311 -- varies sample text only
    words = describe_visit(patient, provider, practice, date_of_service)
    words |= draw_phrases(drawn, patient.age, merged["visit_type"]) | case.get("slots", {})
    documents = tuple(write_documents(merged, words, date_of_service))
    first = case.get("first")
    return DemoEncounter(
        number="",
        scenario=scenario["key"],
        practice=patient.practice,
        patient=patient.key,
        provider=provider.key,
        location=merged["location"],
        date_of_service=date_of_service,
        visit_type=merged["visit_type"],
        specialty=merged["specialty"],
        documents=documents,
        answer=read_answer(merged, words),
        evidence=tuple(find_evidence(merged, words, documents)),
        first_answer=DemoFirstAnswer(read_answer(first, words), first["rule"]) if first else None,
        authorization_number=case.get("authorization_number", ""),
        trap=merged.get("trap", ""),
        expected_rule=case.get("expect", ""),
    )


def describe_visit(
    patient: DemoPatient, provider: DemoProvider, practice: DemoPractice, date_of_service: date
) -> dict[str, str]:
    """The words every note may use: who, when, where."""
    grown = {"F": "woman", "M": "man"}
    young = {"F": "girl", "M": "boy"}
    return {
        "practice": practice.name,
        "name": f"{patient.last_name}, {patient.first_name}",
        "first": patient.first_name,
        "age": str(patient.age),
        "sex_word": (grown if patient.age >= 18 else young)[patient.sex],
        "They": {"F": "She", "M": "He"}[patient.sex],
        "they": {"F": "she", "M": "he"}[patient.sex],
        "born": f"{patient.birth_date:%m/%d/%Y}",
        "mrn": patient.mrn,
        "served": f"{date_of_service:%m/%d/%Y}",
        "provider": provider.signature,
    }


HEADER = """{practice}
{title}

Patient: {name}    Born: {born}    MRN: {mrn}
Date of service: {served}
Provider: {provider}

"""
SIGNATURE = "\n\nElectronically signed by {provider} on {served}\n"


def write_documents(
    merged: dict[str, Any], words: dict[str, str], signed_on: date
) -> Iterator[DemoDocument]:
    """Yield the main note and what else belongs to the chart, each with header and signature."""
    main = {"kind": merged.get("kind", "progress_note"), "title": merged["title"]}
    for page in ({**main, "text": merged["note"]}, *merged.get("documents", ())):
        template = HEADER + page["text"].strip() + SIGNATURE
        text = template.format_map({**words, "title": page["title"].upper()})
        yield DemoDocument(page["kind"], page["title"], text, words["provider"], signed_on)


def find_evidence(
    merged: dict[str, Any], words: dict[str, str], documents: tuple[DemoDocument, ...]
) -> Iterator[DemoEvidence]:
    """Yield each code's words with the document they stand in.

    Raises ValueError when the words are in no document.
    """
    for code, snippet in (*merged.get("evidence", ()), *merged.get("evidence_more", ())):
        code, snippet = code.format_map(words), snippet.format_map(words)
        holders = [number for number, page in enumerate(documents) if snippet in page.text]
        if not holders:
            raise ValueError(f"{merged['key']}: {snippet!r} is in no document")
        yield DemoEvidence(code, snippet, holders[-1])
