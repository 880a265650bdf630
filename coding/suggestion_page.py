"""What the chart workspace shows of suggestions: the open ones and their marks in the note."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from coding.models import CodingSuggestion, Document, Encounter, EncounterDiagnosis
from coding.rules.marks import Evidence, Span
from coding.rules.pointers import MOST_POINTERS
from coding.rules.text_ranking import STATUS

SHOWN = 12
SURGERY = re.compile(r"[1-6]\d{4}")


@dataclass(frozen=True)
class SuggestionRow:
    """An open suggestion; the first one answers to the keys y and n."""

    suggestion: CodingSuggestion
    accept_key: str
    reject_key: str

    @property
    def questions(self) -> list[str]:
        """What the note leaves open."""
        told = self.suggestion.explanation
        return [*(gap["question"] for gap in told.get("gaps", ())), *told.get("hints", ())]

    @property
    def line(self) -> str:
        """Units and modifiers of a service: "RT · 4 units"."""
        told = self.suggestion.explanation
        parts = [" ".join(told.get("modifiers", ()))]
        if told.get("units", 1) > 1:
            parts.append(f"{told['units']} units")
        return " · ".join(part for part in parts if part)


@dataclass(frozen=True)
class Suggestions:
    """The open ones, best first, and the one decided last, to be taken back."""

    rows: list[SuggestionRow]
    more: int
    last: CodingSuggestion | None
    treated: frozenset[str]

    def visit_entry(self, code: str, diagnoses: Iterable[EncounterDiagnosis]) -> str:
        """What codes a visit beside the rest, as typed: "99214:AB" points to its own problems.

        Not to what a procedure of the day treats, nor to states; the visit's work was the others.
        """
        own = [
            row.letter
            for row in diagnoses
            if row.code not in self.treated and not row.code.startswith(STATUS)
        ]
        return ":".join(part for part in (code, "".join(own[:MOST_POINTERS])) if part)


def suggestions_of(encounter: Encounter, coded: Collection[str]) -> Suggestions:
    """One statement. Codes that stand on the chart by now, `coded`, are left out."""
    found = list(encounter.suggestions.all())
    waiting = [row for row in found if row.state == row.State.OPEN and row.code not in coded]
    rows = [
        SuggestionRow(row, "y" if number == 0 else "", "n" if number == 0 else "")
        for number, row in enumerate(waiting[:SHOWN])
    ]
    decided = [row for row in found if row.state in (row.State.ACCEPTED, row.State.REJECTED)]
    last = max(decided, key=lambda row: (row.decided_at, row.pk), default=None)
    supported = (
        row.explanation.get("supports", ())
        for row in found
        if row.state in (row.State.OPEN, row.State.ACCEPTED) and SURGERY.match(row.code)
    )
    treated = frozenset(code for codes in supported for code in codes)
    return Suggestions(rows, len(waiting) - len(rows), last, treated)


def suggested_spans(encounter: Encounter, document: Document | None) -> Iterator[Span]:
    """Where open suggestions stand in a document, labelled with their codes."""
    if document is None:
        return
    rows = encounter.suggestions.filter(document=document, state=CodingSuggestion.State.OPEN)
    for row in rows.order_by("start"):
        # An amended note may have moved the words; then they have no mark until it is read again.
        if document.text[row.start : row.end][:500] == row.quote:
            evidence = Evidence(row.dotted, row.quote, row.system != "icd10cm", is_suggested=True)
            yield Span(row.start, row.end, evidence)
