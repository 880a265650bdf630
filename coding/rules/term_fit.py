"""How well a term says what was typed, and the words that tell a coder why a code was found."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

SOURCES = {"inclusion": "also called", "index": "index:", "own": "also called"}
# Of two terms that say the same the title is better.
TITLE_BONUS = 400
OTHER_PERCENT = 80
# Words of a title that say nothing of what it is about.
EMPTY_WORDS = frozenset(
    {"a", "an", "and", "at", "by", "due", "for", "from", "in", "of", "on", "or", "other", "the"}
    | {"to", "with", "unspecified", "specified", "nos", "encounter", "initial", "closed", "site"}
)
# What is one of several, and not just what was typed.
VAGUE = frozenset({"other", "unspecified"})


@dataclass(frozen=True, slots=True)
class Group:
    """A piece of what was typed, with what it may mean: itself, a short form, a misspelling."""

    typed: str
    own: tuple[tuple[str, ...], ...]
    meanings: tuple[tuple[str, ...], ...] = ()
    readings: tuple[tuple[str, ...], ...] = ()

    @property
    def every_reading(self) -> tuple[tuple[str, ...], ...]:
        return (*self.own, *self.meanings, *self.readings)


class Fit(NamedTuple):
    """How a term fits, best is greatest: groups found in it, score up to 8,400, whether it says no
    more.

    `used` is the reading of each group that was found, None for a group that was not.
    """

    found: int
    score: int
    is_exact: bool
    source: str
    text: str
    used: tuple[tuple[str, ...] | None, ...]


def fit_of(text: str, source: str, groups: Sequence[Group]) -> Fit:
    """`text` is a phrase as coding.rules.phrases writes it."""
    padded = f" {text}"
    used = tuple(reading_in(padded, group) for group in groups)
    found = [reading for reading in used if reading]
    content = [word for word in text.split() if word not in EMPTY_WORDS]
    said = [word for reading in found for word in reading]
    # Words written whole count more than the beginnings of words.
    ended = f"{padded} "
    wholes = [f" {word} " in ended or len(stem_of(word)) < len(word) for word in said]
    halves = sum(
        2 if whole else 1
        for word, whole in zip(said, wholes, strict=True)
        if word not in EMPTY_WORDS
    )
    cover = min(50 * halves // max(len(content), 1), 100)
    whole = 100 * sum(wholes) // max(len(said), 1)
    is_title = source == "title"
    starts = bool(found) and text.startswith(found[0][0])
    score = 60 * cover * (100 if is_title else OTHER_PERCENT) // 100 + 15 * whole + 500 * starts
    is_exact = cover == 100 and VAGUE.isdisjoint(text.split())
    return Fit(len(found), score + TITLE_BONUS * is_title, is_exact, source, text, used)


def reading_in(padded: str, group: Group) -> tuple[str, ...] | None:
    """The first reading of which every word begins a word of the text."""
    for reading in group.every_reading:
        if all(f" {stem_of(word)}" in padded for word in reading):
            return reading
    return None


def stem_of(word: str) -> str:
    """What the forms of a word begin with: "diabetes" and "diabetic", "ulcers" and "ulcer"."""
    for ending in ("ies", "es", "ic", "ed", "s", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def why_found(fit: Fit, groups: Sequence[Group]) -> str:
    """ "" when the title has what was typed as it was typed."""
    told = []
    for group, reading in zip(groups, fit.used, strict=True):
        if reading and reading in group.meanings and reading not in group.own:
            told.append(f"{group.typed.upper()} = {' '.join(reading)}")
        elif reading and reading in group.readings and "".join(reading) != group.typed:
            told.append(f"read as {' '.join(reading)}")
    if fit.source != "title":
        told.append(f"{SOURCES[fit.source]} {fit.text}")
    missing = [group.typed for group, reading in zip(groups, fit.used, strict=True) if not reading]
    if missing:
        told.append(f"without {', '.join(missing)}")
    return "; ".join(told)
