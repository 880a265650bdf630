"""One note made ready for the search: sentences with their words, contexts and sides."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from coding.rules.code_titles import SIDES
from coding.rules.text_context import Scope, context_of, find_scopes
from coding.rules.text_sections import Sentence, read_sentences
from coding.rules.text_spelling import Speller
from coding.rules.text_words import STOP, ShortForm, Word, spell_out, split_words

# How many words away a side may stand from what it is the side of.
NEAR = 5
CONTEXT_LIMIT = 200


@dataclass(frozen=True, slots=True)
class NoteText:
    """One document of the chart. `number` names it to the caller."""

    number: int
    text: str
    kind: str = "progress_note"


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """A sentence with its words (abbreviations spelt out) and what its triggers cover."""

    sentence: Sentence
    words: tuple[Word, ...]
    scopes: tuple[Scope, ...]

    def context(self, start: int, end: int) -> dict[str, str]:
        """What is said of the words from `start` to `end` of the document."""
        low = self.sentence.start
        found = context_of(self.scopes, start - low, end - low)
        if self.sentence.section == "family":
            found.setdefault("family", "family history")
        if self.sentence.section == "surgical":
            found.setdefault("historical", "surgical history")
        if self.sentence.section == "instructions":
            found.setdefault("hypothetical", "instructions")
        return found

    def denied(self) -> frozenset[str]:
        """The words that are denied."""
        return frozenset(
            word.fold for word in self.words if "negated" in self.context(word.start, word.end)
        )

    def affirmed(self) -> frozenset[str]:
        """The words that are said and not denied, doubted or of somebody else."""
        kept = set()
        for word in self.words:
            if word.fold in STOP:
                continue
            found = self.context(word.start, word.end)
            if not found.keys() - {"historical"}:
                kept.add(word.fold)
        return frozenset(kept)


@dataclass(slots=True)
class ReadNote:
    """A document ready for the search. `sides` tells on which sides a body part was named."""

    note: NoteText
    sentences: list[ReadSentence]
    vocabulary: frozenset[str]
    sides: dict[str, set[str]] = field(default_factory=dict)

    def quote(self, start: int, end: int) -> str:
        return self.note.text[start:end]

    def item(self, number: int) -> list[ReadSentence]:
        """The sentences of one problem of the assessment."""
        return [read for read in self.sentences if read.sentence.item == number]


def read_note(
    note: NoteText, short_forms: Mapping[str, tuple[ShortForm, ...]], speller: Speller
) -> ReadNote:
    """Cut, fold and spell out a document once; every search reads the result."""
    sentences = read_sentences(note.text)
    split = [split_words(sentence.text, sentence.start) for sentence in sentences]
    vocabulary = frozenset(word.fold for words in split for word in words)
    meant = speller.correct(vocabulary)
    read = []
    for sentence, words in zip(sentences, split, strict=True):
        spelled = [respell(word, meant) for word in words]
        full = spell_out(spelled, sentence.text, sentence.start, short_forms, vocabulary)
        read.append(ReadSentence(sentence, tuple(full), tuple(find_scopes(sentence.text))))
    return ReadNote(note, read, vocabulary, sides_of(read))


def respell(word: Word, meant: Mapping[str, str]) -> Word:
    better = meant.get(word.fold)
    return Word(better, word.start, word.end) if better else word


def sides_of(sentences: Iterable[ReadSentence]) -> dict[str, set[str]]:
    """Body part -> sides: "right knee" anywhere in the note says it for the note."""
    found: dict[str, set[str]] = defaultdict(set)
    for read in sentences:
        if read.sentence.section in ("exam", "family"):
            continue
        words = [word.fold for word in read.words if word.fold not in STOP]
        for at, word in enumerate(words):
            if word in SIDES:
                for near in (*words[at + 1 : at + 3], *words[max(0, at - 1) : at]):
                    found[near].add(word)
    return dict(found)


def nearest_sides(words: Sequence[Word], places: Sequence[int]) -> frozenset[str]:
    """The side words next to the words at `places`: right and left together are bilateral."""
    low, high = min(places), max(places)
    far: dict[int, set[str]] = defaultdict(set)
    for at, word in enumerate(words):
        if word.fold in SIDES:
            distance = 0 if low <= at <= high else min(abs(at - low), abs(at - high))
            if distance <= NEAR:
                far[distance].add(word.fold)
    if not far:
        return frozenset()
    sides = far[min(far)]
    return frozenset({"bilateral"} if {"right", "left"} <= sides else sides)
