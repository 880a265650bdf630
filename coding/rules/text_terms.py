"""The terms of a code set, kept so that those in a sentence are found without looking at the rest.

A term stands under its rarest word. The words are numbers in one array, so that fifty thousand
terms take a few megabytes.
"""

from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from coding.rules.code_titles import Title, parse_title
from coding.rules.text_words import STOP, Word

SOURCES = ("own", "title", "inclusion", "index")
# Alone these words say too little to name a code.
VAGUE = frozenset(
    {
        *("abnormal", "abnormality", "abuse", "accident", "adverse", "aftercare", "age"),
        *("alcohol", "allergic", "allergy", "anomaly", "assault", "attention", "bite"),
        *("bleeding", "blood", "body", "bone", "burn", "cancer", "care", "carrier", "chest"),
        *("child", "complication", "congenital", "contact", "counseling", "cut", "cyst"),
        *("damage", "death", "defect", "deficiency", "deformity", "delivery", "dependence"),
        *("depression", "derangement", "development", "deviation", "discharge", "disease"),
        *("dislocation", "drug", "ear", "elevated", "encounter", "evaluation", "examination"),
        *("exposure", "eye", "failure", "fall", "family", "finding", "fracture", "general"),
        *("growth", "hand", "head", "hearing", "heart", "history", "hot", "illness"),
        *("infection", "inflammation", "injury", "insertion", "instability", "insufficiency"),
        *("joint", "kidney", "laceration", "left", "lesion", "level", "limb", "liver"),
        *("lung", "maintenance", "mass", "medication", "mental", "minor", "motor", "muscle"),
        *("neck", "neoplasm", "nerve", "newborn", "noise", "normal", "nutrition"),
        *("observation", "obstruction", "occlusion", "old", "operation", "pain", "patient"),
        *("perforation", "person", "poisoning", "postprocedural", "pregnancy", "pressure"),
        *("problem", "procedure", "protein", "radiation", "reaction", "refusal", "region"),
        *("rehabilitation", "replacement", "right", "rupture", "scar", "school", "screening"),
        *("severe", "sex", "shock", "skin", "sleep", "solitary", "spasm", "speech", "spot"),
        *("sprain", "stiffness", "strain", "stress", "stroke", "strain", "suppression"),
        *("surgery", "swelling", "symptom", "syndrome", "tear", "test", "therapy", "thyroid"),
        *("toxic", "training", "transplant", "trauma", "tumor", "ulcer", "use"),
        *("vaccination", "vein", "vision", "visit", "vomit", "walking", "weakness", "weight"),
        *("work", "wound", "adjustment", "supervision", "swimming", "running", "cold"),
        *("heat", "effort", "motion", "food", "water", "consultation", "bilateral"),
        *("tetanus", "mumps", "1", "2", "3", "4", "5", "dead", "fixed", "sport", "donor"),
        *("prescription", "repeat", "lymph", "cardiac"),
    }
)
Numbers: TypeAlias = "array[int]"
# Words between those of a term that do not keep it from being read as one.
SLACK = 3


@dataclass(frozen=True, slots=True)
class IndexedCode:
    """One code as the dictionary takes it. `seventh`: the characters it still waits for."""

    code: str
    label: str
    is_billable: bool
    starts_on: date
    ends_on: date | None = None
    seventh: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """A term found: the places of its words among the sentence's words."""

    code: str
    source: str
    text: str
    cost: int
    places: tuple[int, ...]


@dataclass(slots=True)
class TermIndex:
    """Codes in the order of their names, and their terms. Made by `build_index`, then only read."""

    rows: list[IndexedCode]
    names: list[str]
    vocabulary: dict[str, int] = field(default_factory=dict)
    anchors: dict[int, Numbers] = field(default_factory=dict)
    words: Numbers = field(default_factory=lambda: array("H"))
    ends: Numbers = field(default_factory=lambda: array("I", [0]))
    owners: Numbers = field(default_factory=lambda: array("I"))
    costs: Numbers = field(default_factory=lambda: array("B"))
    sources: Numbers = field(default_factory=lambda: array("B"))
    # The text of a term that is not the code's label.
    texts: dict[int, str] = field(default_factory=dict)

    def get(self, code: str, on: date) -> IndexedCode | None:
        """The code in force on a day."""
        at = bisect_left(self.names, code)
        while at < len(self.names) and self.names[at] == code:
            if is_in_force(self.rows[at], on):
                return self.rows[at]
            at += 1
        return None

    def under(self, code: str, on: date) -> Iterator[IndexedCode]:
        """The codes below a heading that can be billed or wait for a 7th character only."""
        at = bisect_left(self.names, code)
        while at < len(self.names) and self.names[at].startswith(code):
            row = self.rows[at]
            if (row.is_billable or row.seventh) and is_in_force(row, on):
                yield row
            at += 1

    def find(self, words: Sequence[Word], on: date) -> Iterator[Term]:
        """Terms whose words stand near each other among `words`, stop words not counted."""
        places: dict[int, list[int]] = defaultdict(list)
        number = -1
        where: list[int] = []
        for at, word in enumerate(words):
            if word.fold in STOP:
                continue
            number += 1
            where.append(at)
            if (token := self.vocabulary.get(word.fold)) is not None:
                places[token].append(number)
        present = places.keys()
        for token in present:
            for term in self.anchors.get(token, ()):
                wanted = self.words[self.ends[term] : self.ends[term + 1]]
                if not present >= set(wanted):
                    continue
                row = self.rows[self.owners[term]]
                spot = nearest(places, token, wanted)
                if spot is not None and is_in_force(row, on):
                    yield self.term(term, row, tuple(where[number] for number in spot))

    def term(self, term: int, row: IndexedCode, places: tuple[int, ...]) -> Term:
        text = self.texts.get(term, row.label)
        return Term(row.code, SOURCES[self.sources[term]], text, self.costs[term], places)


def is_in_force(row: IndexedCode, on: date) -> bool:
    return row.starts_on <= on and (row.ends_on is None or on <= row.ends_on)


def nearest(
    places: dict[int, list[int]], anchor: int, wanted: Sequence[int]
) -> tuple[int, ...] | None:
    """Places of the wanted words around the anchor, close together; None when they are apart."""
    best: tuple[int, ...] | None = None
    width = len(wanted) + (SLACK if len(wanted) > 1 else 0)
    for at in places[anchor]:
        spot = tuple(
            sorted({min(places[word], key=lambda place: abs(place - at)) for word in wanted})
        )
        span = spot[-1] - spot[0] + 1
        if span <= width:
            best, width = spot, span - 1
    return best


def build_index(rows: Iterable[IndexedCode], terms: Iterable[tuple[str, str, str]]) -> TermIndex:
    """The dictionary of a code set. `terms`: (code, text, source) beside the codes' own titles."""
    ordered = sorted(rows, key=lambda row: (row.code, row.starts_on))
    index = TermIndex(ordered, [row.code for row in ordered])
    gathered = [*title_terms(ordered), *other_terms(index, terms)]
    counts = Counter(word for _, hard, *_ in gathered for word in hard)
    if len(counts) > 65_535:
        raise ValueError("The terms have more than 65,535 different words.")
    index.vocabulary = {word: number for number, word in enumerate(counts)}
    anchors: defaultdict[int, Numbers] = defaultdict(lambda: array("I"))
    for number, (owner, hard, cost, source, text) in enumerate(gathered):
        index.words.extend(index.vocabulary[word] for word in sorted(hard))
        index.ends.append(len(index.words))
        index.owners.append(owner)
        index.costs.append(min(cost, 255))
        index.sources.append(SOURCES.index(source))
        if text:
            index.texts[number] = text
        rarest = min(hard, key=lambda word: (counts[word], word))
        anchors[index.vocabulary[rarest]].append(number)
    index.anchors = dict(anchors)
    return index


Gathered = tuple[int, frozenset[str], int, str, str]


def title_terms(rows: Sequence[IndexedCode]) -> Iterator[Gathered]:
    for owner, row in enumerate(rows):
        title = parse_title(row.label)
        if is_sayable(row.code, title.hard) and is_whole(title):
            yield owner, title.hard, title.cost, "title", ""


def other_terms(index: TermIndex, terms: Iterable[tuple[str, str, str]]) -> Iterator[Gathered]:
    """A term of a code with several versions stands for each of them."""
    for code, text, source in terms:
        at = bisect_left(index.names, code)
        while at < len(index.names) and index.names[at] == code:
            title = parse_title(text)
            hard = title.hard or frozenset(text.lower().split())
            if source == "own" or (is_sayable(code, hard) and is_whole(title)):
                yield at, hard, title.cost, source, text
            at += 1


def is_whole(title: Title) -> bool:
    """One word names a code only when the title has no other word to it."""
    return len(title.hard) > 1 or not title.without and (title.cost == 0 or bool(title.soft))


def is_sayable(code: str, hard: frozenset[str]) -> bool:
    """Whether a title is found by its words at all.

    Causes from outside, poisonings, encounters for care and the like are found by own terms.
    """
    if not hard or hard <= VAGUE:
        return False
    chapter = code[0]
    if chapter in "VWXY" or "T36" <= code[:3] <= "T65":
        return False
    return not (chapter == "Z" and (code[:3] <= "Z13" or "Z30" <= code[:3] <= "Z77"))
