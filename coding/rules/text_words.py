"""Words of a note or of a code's title, folded so that both sides of a comparison agree.

Folding is for comparing only; offsets always lead back to the text as written.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

# "T2DM" and "A1c", "s/p", "3a" and "8.6" are words.
MIXED = r"[A-Za-z]+\d[A-Za-z0-9]*"
NUMBER = r"\d+(?:[.,]\d+)*[A-Za-z]{0,2}(?![A-Za-z])"
WORD = re.compile(rf"{MIXED}|[A-Za-z]+(?:/[A-Za-z]{{1,2}}(?![A-Za-z]))?|{NUMBER}")
# As WORD, through the hyphens of prefixes, which stand as a zero character.
JOINING_WORD = re.compile(rf"{MIXED}|[A-Za-z\x00]+(?:/[A-Za-z]{{1,2}}(?![A-Za-z]))?|{NUMBER}")
# Written with and without their hyphen.
PREFIXES = (
    *("anti", "auto", "cardio", "cerebro", "extra", "gastro", "hyper", "hypo", "inter", "intra"),
    *("micro", "mono", "multi", "neuro", "non", "oro", "osteo", "peri", "poly", "post", "pre"),
    *("pseudo", "re", "retro", "sub", "supra", "trans"),
)
# "post" is also a word: "status post repair".
AFTER = r"post (?=traumatic|operative|procedural|herpetic|infectious|viral|menopausal|partum)"
HYPHEN = re.compile(
    rf"\b(?:({'|'.join(PREFIXES)})-(?=[a-z])|(anti|cardio|gastro|hyper|hypo|inter|neuro|non"
    rf"|osteo|poly|pre)"
    rf" (?=[a-z])|{AFTER})",
    re.IGNORECASE,
)
ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "iiia": "3a", "iiib": "3b"}
COUNTED = {"type", "stage", "class", "grade"}
# Inflections that change more than an ending.
SAME = {
    "allergies": "allergic",
    "allergy": "allergic",
    "anxious": "anxiety",
    "arthritic": "arthritis",
    "asthmatic": "asthma",
    "both": "bilateral",
    "bilaterally": "bilateral",
    "broken": "fracture",
    "cancers": "cancer",
    "chronically": "chronic",
    "constipated": "constipation",
    "dehydrated": "dehydration",
    "depressed": "depression",
    "diabetic": "diabete",
    "dizzy": "dizziness",
    "exacerbated": "exacerbation",
    "fatigued": "fatigue",
    "fractured": "fracture",
    "headaches": "headache",
    "hypertensive": "hypertension",
    "infected": "infection",
    "kidneys": "kidney",
    "lacerated": "laceration",
    "lt": "left",
    "nauseated": "nausea",
    "nauseous": "nausea",
    "obese": "obesity",
    "pregnant": "pregnancy",
    "rt": "right",
    "sprained": "sprain",
    "sprains": "sprain",
    "strained": "strain",
    "torn": "tear",
    "wheezes": "wheezing",
}
STOP = frozenset(
    {
        *("a", "about", "after", "also", "an", "and", "any", "are", "as", "at", "be", "been"),
        *("but", "by", "can", "current", "currently", "did", "do", "due", "for", "from"),
        *("had", "has", "have", "he", "her", "here", "him", "his", "in", "into", "is", "it"),
        *("its", "may", "more", "most", "of", "on", "or", "our", "out", "over", "per", "she"),
        *("since", "so", "some", "such", "than", "that", "the", "their", "them", "then"),
        *("there", "these", "they", "this", "those", "to", "today", "up", "was", "we"),
        *("were", "when", "which", "while", "who", "will", "with", "would", "you", "your"),
        *("patient", "patients", "pt", "mr", "mrs", "ms", "dr", "s", "t", "and/or"),
    }
)


@dataclass(frozen=True, slots=True)
class Word:
    """A folded word and where it stands. Words an abbreviation stands for share its place."""

    fold: str
    start: int
    end: int
    is_short: bool = False


@lru_cache(maxsize=60_000)
def fold(word: str) -> str:
    """Lower case, without plural and British spelling: "Anaemias" and "anemia" are one."""
    lower = word.lower().replace(",", "")
    if lower in SAME:
        return SAME[lower]
    lower = lower.replace("ae", "e").replace("oe", "e")
    if len(lower) > 6 and lower.endswith("oses"):
        return lower[:-2] + "is"
    if len(lower) > 4 and lower.endswith("ies"):
        return lower[:-3] + "y"
    if len(lower) > 3 and lower.endswith("s") and not lower.endswith(("ss", "us", "is")):
        return lower[:-1]
    return lower


def split_words(text: str, start: int = 0) -> list[Word]:
    """The words of `text`, which stands at `start` of its document, stop words included."""
    joined = HYPHEN.sub(lambda match: match[0][:-1] + "\x00", text)
    found: list[Word] = []
    for match in (JOINING_WORD if "\x00" in joined else WORD).finditer(joined):
        raw = match[0].replace("\x00", "")
        folded = fold(raw)
        if found and found[-1].fold in COUNTED and folded in ROMAN:
            folded = ROMAN[folded]
        found.append(Word(folded, start + match.start(), start + match.end()))
    return found


def folds(text: str) -> tuple[str, ...]:
    """The folded words of a title, without stop words."""
    return tuple(word.fold for word in split_words(text) if word.fold not in STOP)


@dataclass(frozen=True, slots=True)
class ShortForm:
    """An abbreviation or synonym. `context` "upper" wants capitals, words want one in the note."""

    written: tuple[str, ...]
    means: tuple[str, ...]
    is_upper: bool = False
    context: frozenset[str] = frozenset()


def read_short_forms(rows: Sequence[Mapping[str, str]]) -> dict[str, tuple[ShortForm, ...]]:
    """Rows of abbreviations.csv (short, long, context) by the first folded word of the short."""
    found: dict[str, list[ShortForm]] = {}
    for row in rows:
        written = tuple(word.fold for word in split_words(row["short"]))
        context = row.get("context") or ""
        words = frozenset(fold(word) for word in context.split("|") if word and word != "upper")
        # "as" and "or" are words, "AS" and "OR" may be more.
        is_upper = context == "upper" or (bool(words) and len(row["short"]) < 4)
        form = ShortForm(written, folds(row["long"]), is_upper, words)
        found.setdefault(written[0], []).append(form)
    return {
        first: tuple(sorted(forms, key=lambda form: -len(form.written)))
        for first, forms in found.items()
    }


def spell_out(
    words: Sequence[Word],
    text: str,
    start: int,
    short_forms: Mapping[str, tuple[ShortForm, ...]],
    note: frozenset[str],
) -> list[Word]:
    """`words` with abbreviations replaced by what they mean, at the place of the short form.

    `text` stands at `start`; `note` holds the folded words of the whole note.
    """
    found: list[Word] = []
    at = 0
    while at < len(words):
        forms = short_forms.get(words[at].fold, ())
        form = next((f for f in forms if is_here(f, words, at, text, start, note)), None)
        if form is None:
            found.append(words[at])
            at += 1
            continue
        last = at + len(form.written) - 1
        place = (words[at].start, words[last].end)
        found.extend(Word(fold, *place, True) for fold in form.means)
        at = last + 1
    return found


def is_here(
    form: ShortForm, words: Sequence[Word], at: int, text: str, start: int, note: frozenset[str]
) -> bool:
    written = words[at : at + len(form.written)]
    if tuple(word.fold for word in written) != form.written:
        return False
    here = text[written[0].start - start : written[-1].end - start]
    if form.is_upper and not any(letter.isupper() for letter in here.rstrip("s")[-1:]):
        return False
    return not form.context or bool(form.context & note)


def content(words: Sequence[Word]) -> Iterator[Word]:
    return (word for word in words if word.fold not in STOP)
