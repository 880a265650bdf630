"""Diagnoses named in notes: words found, what is said of them, the most specific code.

Nothing here decides what a visit is billed with; a coder accepts or rejects every code.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from coding.rules.code_titles import SIDES, read_title
from coding.rules.specificity import MANY, Chosen, Gap, refine
from coding.rules.text_context import (
    FAMILY,
    HISTORICAL,
    HYPOTHETICAL,
    NEGATED,
    OTHER_PERSON,
    UNCERTAIN,
)
from coding.rules.text_notes import ReadNote, ReadSentence, nearest_sides
from coding.rules.text_terms import Term, TermIndex

WEIGHTS = {
    "impression": 70,
    "plan": 50,
    "complaint": 40,
    "procedure": 35,
    "history": 30,
    "past": 30,
    "orders": 30,
    "imaging": 15,
    "social": 25,
    "surgical": 25,
    "family": 20,
    "medications": 10,
    "other": 30,
    "results": 10,
    "vitals": 10,
    "allergies": 5,
}
HEAD = 30
# Sections that are looked at for diagnoses at all; findings of exam and system review are signs.
SILENT = frozenset({"exam", "systems", "vitals", "results", "allergies", "instructions"})
# Conditions that stay: named as history they are still there.
CHRONIC = (
    *(
        "E03",
        "E06",
        "E10",
        "E11",
        "E66",
        "E78",
        "F31",
        "F32",
        "F33",
        "F41",
        "F84",
        "F90",
        "G20",
        "G35",
    ),
    *(
        "G40",
        "G43",
        "G47",
        "I10",
        "I11",
        "I12",
        "I13",
        "I25",
        "I42",
        "I48",
        "I50",
        "I73",
        "J44",
        "J45",
    ),
    *(
        "K21",
        "K50",
        "K51",
        "K58",
        "L20",
        "L40",
        "M05",
        "M06",
        "M17",
        "M16",
        "M32",
        "M79.7",
        "M81",
        "N18",
    ),
    *("N40", "E55", "D50", "G62", "Z"),
)
# Those of them that weigh on every visit, so that being on the list of problems is enough.
SYSTEMIC = (
    *("E10", "E11", "I10", "I11", "I12", "I13", "I25", "I48", "I50", "J44", "N18", "G20", "G35"),
    *("Z79", "Z85", "Z86", "Z87", "Z90", "Z94", "Z95", "Z96", "Z80"),
)
# Uncertain, hypothetical, denied or another person's: not coded.
NEVER = (NEGATED, UNCERTAIN, HYPOTHETICAL, OTHER_PERSON)
HALVING = frozenset({NEGATED, UNCERTAIN, HYPOTHETICAL})


@dataclass(frozen=True, slots=True)
class Finding:
    """One code found at one place: document number, offsets, term, source, what it rests on."""

    code: str
    label: str
    document: int
    start: int
    end: int
    quote: str
    section: str
    item: int
    is_head: bool
    term: str
    source: str
    root: str
    score: int
    gaps: tuple[Gap, ...] = ()
    reasons: tuple[str, ...] = ()
    support: tuple[tuple[int, int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Withheld:
    """A term that was found and must not be coded, and why."""

    quote: str
    code: str
    why: str
    trigger: str


@dataclass(frozen=True, slots=True)
class Maps:
    """Code prefix -> code: what a disease becomes in the past, and in the family."""

    past: Mapping[str, str]
    family: Mapping[str, str]


@dataclass(slots=True)
class DiagnosisReader:
    """Reads diagnoses out of notes with one dictionary, for one day."""

    index: TermIndex
    maps: Maps
    on: date
    is_newborn: bool = False
    is_obstetric: bool = False
    is_secondary_diabetes: bool = False

    def read(self, note: ReadNote) -> tuple[list[Finding], list[Withheld]]:
        """Findings in the order of the note, and what was found but is not to be coded."""
        found: list[Finding] = []
        withheld: list[Withheld] = []
        for read in note.sentences:
            if read.sentence.section in SILENT:
                continue
            for term in self.best_terms(read):
                answer = self.judge(note, read, term)
                if isinstance(answer, Withheld):
                    withheld.append(answer)
                else:
                    found.extend(answer)
        return found, withheld

    def best_terms(self, read: ReadSentence) -> Iterator[Term]:
        """The longest terms of a sentence; of several codes with the same words the best one."""
        groups: dict[tuple[int, ...], list[Term]] = defaultdict(list)
        for term in self.index.find(read.words, self.on):
            if self.is_possible(term.code) and not is_half_denied(read, term):
                groups[term.places].append(term)
        if not groups:
            return
        said, denied = read.affirmed(), read.denied()
        groups = {
            places: kept
            for places, terms in groups.items()
            if (kept := [term for term in terms if is_said(term, said)])
        }
        taken: list[set[int]] = []
        for places in sorted(groups, key=lambda places: (-len(places), places)):
            if any(taken_places.issuperset(places) for taken_places in taken):
                continue
            taken.append(set(places))
            yield min(groups[places], key=lambda term: likeness(term, said, denied))

    def is_possible(self, code: str) -> bool:
        chapter = code[0]
        # Diabetes of no named type is type 2 (guideline I.C.4.a.2).
        if code.startswith(("E08", "E09", "E13")):
            return self.is_secondary_diabetes
        if chapter == "P":
            return self.is_newborn
        return chapter != "O" or self.is_obstetric

    def judge(self, note: ReadNote, read: ReadSentence, term: Term) -> list[Finding] | Withheld:
        """The findings of one term, or why it must not be coded."""
        words = [read.words[place] for place in term.places]
        start, end = min(word.start for word in words), max(word.end for word in words)
        quote = note.quote(start, end)
        context = self.context(read, term)
        for kind in NEVER:
            if kind in context and not (kind == HYPOTHETICAL and term.code[0] == "Z"):
                return Withheld(quote, term.code, kind, context[kind])
        if FAMILY in context and not "Z80" <= term.code[:3] <= "Z84":
            return self.moved(note, read, term, (start, end), self.maps.family) or Withheld(
                quote, term.code, FAMILY, context[FAMILY]
            )
        if HISTORICAL in context and not term.code.startswith(CHRONIC):
            return self.moved(note, read, term, (start, end), self.maps.past) or Withheld(
                quote, term.code, HISTORICAL, context[HISTORICAL]
            )
        return self.specify(note, read, term, (start, end))

    def context(self, read: ReadSentence, term: Term) -> dict[str, str]:
        """What is said of every word of the term; a term that holds its trigger is not covered."""
        found: dict[str, str] | None = None
        for place in term.places:
            word = read.words[place]
            here = read.context(word.start, word.end)
            found = here if found is None else {k: v for k, v in found.items() if k in here}
        return found or {}

    def moved(
        self,
        note: ReadNote,
        read: ReadSentence,
        term: Term,
        span: tuple[int, int],
        table: Mapping[str, str],
    ) -> list[Finding]:
        """The code a disease has when it is over, or a relative's."""
        for length in range(len(term.code), 2, -1):
            code = table.get(term.code[:length])
            row = self.index.get(code, self.on) if code else None
            if row is not None and row.is_billable:
                return [
                    self.finding(note, read, term, span, Chosen(row.code, row.label, frozenset()))
                ]
        return []

    def specify(
        self, note: ReadNote, read: ReadSentence, term: Term, span: tuple[int, int]
    ) -> list[Finding]:
        said, reasons = self.details(note, read, term)
        chosen = refine(self.index, term.code, said, self.on, read.denied())
        return [
            replace(self.finding(note, read, term, span, one), reasons=tuple(reasons))
            for one in chosen
        ]

    def details(
        self, note: ReadNote, read: ReadSentence, term: Term
    ) -> tuple[frozenset[str], list[str]]:
        """The words that can make the code more specific, and where a side was taken from."""
        said = set(read.affirmed()) | set(read_title(term.text).hard)
        sentence = read.sentence
        if sentence.item and term.code[:3] in MANY:
            for other in note.item(sentence.item):
                said |= other.affirmed()
        said -= SIDES
        sides = nearest_sides(read.words, term.places) or (read_title(term.text).hard & SIDES)
        reasons: list[str] = []
        if not sides:
            sides = self.side_in_note(note, term)
            if sides:
                reasons.append(f"side “{' '.join(sides)}” from elsewhere in the note")
        return frozenset(said | sides), reasons

    def side_in_note(self, note: ReadNote, term: Term) -> frozenset[str]:
        """The one side the note names for the body part of the term."""
        row = next(self.index.under(term.code, self.on), None)
        if row is None:
            return frozenset()
        parts = read_title(row.label).hard - SIDES
        sides = [note.sides[part] for part in parts if part in note.sides]
        if sides and all(side == sides[0] for side in sides) and len(sides[0]) == 1:
            return frozenset(sides[0])
        return frozenset()

    def finding(
        self, note: ReadNote, read: ReadSentence, term: Term, span: tuple[int, int], chosen: Chosen
    ) -> Finding:
        sentence = read.sentence
        score = WEIGHTS.get(sentence.section, 20) + 4 * len(term.places) - term.cost
        if sentence.is_head and sentence.section == "impression":
            score += HEAD
        if term.source == "own":
            score += 5
        return Finding(
            code=chosen.code,
            label=chosen.label,
            document=note.note.number,
            start=span[0],
            end=span[1],
            quote=note.quote(*span),
            section=sentence.section,
            item=sentence.item,
            is_head=sentence.is_head,
            term=term.text,
            source=term.source,
            root=term.code,
            score=score + 3 * len(chosen.details),
            gaps=chosen.gaps,
        )


def is_half_denied(read: ReadSentence, term: Term) -> bool:
    """Some of its words are denied and some not: "laceration without foreign body"."""
    contexts = (
        read.context(read.words[place].start, read.words[place].end) for place in term.places
    )
    halving = HALVING - {HYPOTHETICAL} if term.code[0] == "Z" else HALVING
    states = {frozenset(context) & halving for context in contexts}
    return len(states) > 1


def is_said(term: Term, said: frozenset[str]) -> bool:
    """A title of one word and a soft one, "idiopathic urticaria", needs both."""
    title = read_title(term.text)
    return term.source == "own" or len(title.hard) > 1 or title.soft <= said


def likeness(
    term: Term, said: frozenset[str], denied: frozenset[str]
) -> tuple[int, int, int, int, int, str]:
    """Best first: more of its words said, fewer contradicted, ours, fewer left out, wider."""
    title = read_title(term.text)
    return (
        len(title.without & said) - len(title.without & denied),
        -len(title.soft & said),
        0 if term.source == "own" else 1,
        term.cost,
        len(term.code),
        term.code,
    )
