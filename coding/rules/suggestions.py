"""Codes suggested from the text of a chart: diagnoses, services and drugs, each with its why.

The chain is always the same: words of the note → matched term → where the term is from → code. A
suggestion is a proposal to a coder, who takes or rejects each by itself.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from coding.rules.combinations import combine
from coding.rules.text_diagnoses import (
    DiagnosisReader,
    Finding,
    Maps,
    Withheld,
)
from coding.rules.text_drugs import Drug, DrugFinding, find_drugs
from coding.rules.text_notes import NoteText, ReadNote, read_note
from coding.rules.text_procedures import (
    VACCINES,
    Film,
    ProcedureFinding,
    ProcedureWords,
    find_procedures,
)
from coding.rules.text_ranking import drop_less_specific, in_order_of_assessment, keep_likely, merge
from coding.rules.text_spelling import Speller
from coding.rules.text_terms import TermIndex
from coding.rules.text_words import ShortForm

MOST = 12
OBSTETRIC = re.compile(
    r"\b(?:pregnan\w+|prenatal|antepartum|gravid\w*|trimester|postpartum|gestation\w*|G\d ?P\d)\b",
    re.I,
)
SECONDARY = re.compile(
    r"\b(?:secondary|drug[- ]induced|steroid[- ]induced|pancreatogenic) diabetes"
    r"|\bdiabetes (?:mellitus )?(?:due to|secondary to|from)\b|\btype 3c\b",
    re.IGNORECASE,
)
NEWBORN = re.compile(r"\b(?:newborn|neonat\w+|\d{1,2}[- ]days?[- ]old)\b", re.IGNORECASE)
SOURCE_NAMES = {
    "own": "a term clinicians use",
    "title": "the title of the code",
    "inclusion": "an inclusion term",
    "index": "the alphabetical index",
}
INJECTION = "96372"
# A vaccine's own diagnosis.
IMMUNIZATION = "Z23"


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything the text is read with; made once per release and process."""

    index: TermIndex
    speller: Speller
    short_forms: dict[str, tuple[ShortForm, ...]]
    maps: Maps
    drugs: tuple[Drug, ...]
    procedures: tuple[ProcedureWords, ...]
    films: tuple[Film, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Words of a document: its number, offsets and the words between them."""

    document: int
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One code with its evidence. `score` orders; it is no probability.

    `supports` are codes of diagnoses a service is for. `gaps` are (kind, question, codes).
    """

    system: str
    code: str
    label: str
    kind: str
    place: Place
    term: str
    source: str
    reason: str
    score: int
    units: int = 1
    modifiers: tuple[str, ...] = ()
    supports: tuple[str, ...] = ()
    gaps: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    hints: tuple[str, ...] = ()
    also: tuple[Place, ...] = ()
    ndc: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one chart says: suggestions, and what must not be coded with the reason.

    The diagnoses of the assessment come first and in its order, then the rest, best first.
    """

    suggestions: tuple[Suggestion, ...]
    withheld: tuple[Withheld, ...]
    findings: tuple[Finding, ...]
    notes: tuple[ReadNote, ...]


def read_chart(notes: Iterable[NoteText], knowledge: Knowledge, on: date) -> Reading:
    """Read the documents of a chart for the codes valid on the day `on`."""
    read = [read_note(note, knowledge.short_forms, knowledge.speller) for note in notes]
    findings, withheld = read_diagnoses(read, knowledge, on)
    services = [
        found
        for note in read
        for found in find_procedures(note, knowledge.procedures, knowledge.films)
    ]
    drugs = [found for note in read for found in find_drugs(note, knowledge.drugs)]
    diagnoses = [of_diagnosis(finding) for finding in findings[:MOST]]
    diagnoses += immunization(services, diagnoses, knowledge, on)
    codes = [suggestion.code for suggestion in diagnoses]
    items = {finding.code: (finding.document, finding.item) for finding in findings}
    listed = [of_procedure(found, codes, items) for found in once(services)]
    listed += [of_drug(found, listed, codes) for found in drugs]
    listed += injection(drugs, listed, codes)
    assessed = [finding.code for finding in in_order_of_assessment(findings[:MOST])]
    rank = {code: place for place, code in enumerate(assessed)}
    ordered = sorted(
        [*diagnoses, *listed],
        key=lambda s: (
            rank.get(s.code, MOST), -s.score, s.place.document, s.place.start, s.code
        ),
    )  # fmt: skip
    return Reading(tuple(ordered), tuple(withheld), tuple(findings), tuple(read))


def read_diagnoses(
    notes: Sequence[ReadNote], knowledge: Knowledge, on: date
) -> tuple[list[Finding], list[Withheld]]:
    """The diagnoses of all documents together, best first."""
    texts = [note.note.text for note in notes]
    reader = DiagnosisReader(
        knowledge.index,
        knowledge.maps,
        on,
        is_newborn=any(NEWBORN.search(text) for text in texts),
        is_obstetric=any(OBSTETRIC.search(text) for text in texts),
        is_secondary_diabetes=any(SECONDARY.search(text) for text in texts),
    )
    found: list[Finding] = []
    withheld: list[Withheld] = []
    for note in notes:
        some, others = reader.read(note)
        found += some
        withheld += others

    def label(code: str) -> str | None:
        row = knowledge.index.get(code, on)
        return row.label if row is not None and row.is_billable else None

    kept = drop_less_specific(combine(merge(keep_likely(found)), notes, label))
    ordered = sorted(kept, key=lambda finding: (-finding.score, finding.document, finding.start))
    return ordered, withheld


def of_diagnosis(finding: Finding) -> Suggestion:
    words = [f"“{finding.quote}” is {SOURCE_NAMES[finding.source]}: {finding.term}"]
    words += finding.reasons
    return Suggestion(
        system="icd10cm",
        code=finding.code,
        label=finding.label,
        kind="diagnosis",
        place=Place(finding.document, finding.start, finding.end, finding.quote),
        term=finding.term,
        source=finding.source,
        reason="; ".join(words) + ".",
        score=finding.score,
        gaps=tuple((gap.kind, gap.question, gap.codes) for gap in finding.gaps),
        also=tuple(
            Place(document, start, start + len(quote), quote)
            for document, start, quote in finding.support
        ),
    )


def immunization(
    services: Sequence[ProcedureFinding],
    diagnoses: Sequence[Suggestion],
    knowledge: Knowledge,
    on: date,
) -> list[Suggestion]:
    """Z23 beside a vaccine that was given (guideline I.C.21.c.2)."""
    vaccine = next((found for found in services if VACCINES.match(found.code)), None)
    row = knowledge.index.get(IMMUNIZATION, on)
    if vaccine is None or row is None or any(s.code == IMMUNIZATION for s in diagnoses):
        return []
    place = Place(vaccine.document, vaccine.start, vaccine.end, vaccine.quote)
    reason = f"“{vaccine.quote}”: a vaccine was given (guideline I.C.21.c.2)."
    return [
        Suggestion(
            "icd10cm", row.code, row.label, "diagnosis", place, vaccine.term, "own", reason, 75
        )
    ]


def once(services: Iterable[ProcedureFinding]) -> list[ProcedureFinding]:
    """One line for each code; one that names its side beats one that does not."""
    found: dict[str, ProcedureFinding] = {}
    for service in services:
        there = found.get(service.code)
        if there is None or (service.modifiers and not there.modifiers):
            found[service.code] = service
    return list(found.values())


def of_procedure(
    found: ProcedureFinding, diagnoses: Sequence[str], items: dict[str, tuple[int, int]]
) -> Suggestion:
    fitting = [code for code in diagnoses if found.supports and code.startswith(found.supports)]
    same = [code for code in fitting if items.get(code) == (found.document, found.item)]
    supports = tuple((same or sided(fitting, found))[:4])
    return Suggestion(
        system="procedure",
        code=found.code,
        label="",
        kind="procedure",
        place=Place(found.document, found.start, found.end, found.quote),
        term=found.term,
        source="own",
        reason=found.reason + ".",
        score=62 if found.section in ("procedure", "orders", "imaging") else 56,
        units=found.units,
        modifiers=found.modifiers,
        supports=supports,
        hints=found.hints,
    )


def sided(codes: Sequence[str], found: ProcedureFinding) -> list[str]:
    """Codes for the side of the service when the last digit tells it: 1 right, 2 left."""
    digit = {"RT": "1", "LT": "2"}.get(next(iter(found.modifiers), ""))
    matching = [code for code in codes if digit and code[-1:] == digit]
    return matching or list(codes)


def injection(
    drugs: Sequence[DrugFinding], services: Sequence[Suggestion], diagnoses: Sequence[str]
) -> list[Suggestion]:
    """The giving of a drug under the skin or into a muscle."""
    given = next((drug for drug in drugs if drug.is_injection), None)
    if given is None or any(service.code == INJECTION for service in services):
        return []
    count = sum(drug.is_injection for drug in drugs)
    return [
        Suggestion(
            system="procedure",
            code=INJECTION,
            label="",
            kind="procedure",
            place=Place(given.document, given.start, given.end, given.quote),
            term=given.quote.lower(),
            source="own",
            reason=f"“{given.quote}” given under the skin or into a muscle.",
            score=59,
            units=count,
            supports=tuple(diagnoses[:1]),
        )
    ]


def of_drug(
    found: DrugFinding, services: Sequence[Suggestion], diagnoses: Sequence[str]
) -> Suggestion:
    """The drug is for what its injection is for."""
    injection = next(
        (
            s
            for s in services
            if s.code[:3] in ("206", "205", "946") and s.place.document == found.document
        ),
        None,
    )
    supports = injection.supports if injection else tuple(diagnoses[:1])
    return Suggestion(
        system="procedure",
        code=found.code,
        label="",
        kind="drug",
        place=Place(found.document, found.start, found.end, found.quote),
        term=found.quote.lower(),
        source="own",
        reason=found.reason,
        score=60,
        units=found.units or 1,
        modifiers=found.modifiers,
        supports=supports,
        hints=found.hints,
        ndc=found.ndc,
    )
