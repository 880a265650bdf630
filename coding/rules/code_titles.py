"""What a code's title asks for: words that must be said, words that may be left out, words that
must not be said.

"Unilateral primary osteoarthritis, right knee" must have osteoarthritis, right and knee;
"unilateral" and "primary" go without saying. "… without esophagitis" must not have esophagitis.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from coding.rules.text_words import folds

# Words that go without saying, and what leaving them out costs in likeness.
SOFT = {
    "bacterial": 2,
    "causal": 1,
    "classified": 1,
    "classifiable": 1,
    "common": 2,
    "condition": 1,
    "confirmed": 0,
    "disorder": 1,
    "elsewhere": 1,
    "essential": 1,
    "form": 1,
    "idiopathic": 2,
    "mellitus": 0,
    "intervertebral": 1,
    "nec": 1,
    "no": 0,
    "nos": 0,
    "not": 1,
    "organism": 0,
    "other": 3,
    "part": 1,
    "personal": 0,
    "primary": 1,
    "region": 1,
    "single": 2,
    "site": 0,
    "specified": 2,
    "status": 1,
    "type": 1,
    "uncomplicated": 0,
    "unilateral": 1,
    "unspecified": 0,
}
# Of them those that say nothing even when they are said.
EMPTY = frozenset(
    {
        *("causal", "classified", "classifiable", "condition", "disorder", "elsewhere"),
        *("form", "nec", "not", "other", "part", "region", "specified", "status", "type"),
    }
)
SIDES = frozenset({"right", "left", "bilateral"})
# One place in a title, either word in a note.
JOINT = re.compile(r"\b(?:ankle and foot|hand and fingers?|foot and toes?|arm and hand)\b")
BRACKETS = re.compile(r"[(\[][^()\[\]]*[)\]]")
TAILS = re.compile(
    r",? (?:not specified as|so stated|not elsewhere classified|not otherwise specified"
    r"|site not specified"
    r"|including|cause unspecified|of unspecified cause)[^,;]*"
)
WITHOUT = re.compile(
    r"\b(?:without(?= foreign body)( foreign body)|(?:without(?: mention of)?|not associated with"
    r"|not intractable)\b([^,;]*?)(?=,|;| with |$))"
)
NUMBERED_TYPE = re.compile(r"\b(type|stage|class|grade) (?=\w)")


@dataclass(frozen=True, slots=True)
class Title:
    """`hard` words must occur, `without` words must not; `cost` counts the words left out."""

    hard: frozenset[str]
    soft: frozenset[str]
    without: frozenset[str]
    cost: int
    is_unspecified: bool
    is_other: bool


@lru_cache(maxsize=60_000)
def read_title(text: str) -> Title:
    """The words of a title or term by what they ask for."""
    return parse_title(text)


def parse_title(text: str) -> Title:
    """As `read_title`, not remembered: for the reading of a whole code set."""
    plain = JOINT.sub(lambda match: match[0].replace(" and ", ""), BRACKETS.sub(" ", text.lower()))
    is_unspecified = "unspecified" in plain or "not specified" in plain
    plain = TAILS.sub(" ", plain).replace("tear or rupture", "tear")
    absent = frozenset(
        word for match in WITHOUT.finditer(plain) for word in folds(match[1] or match[2])
    )
    if "not intractable" in plain:
        absent |= {"intractable"}
    plain = WITHOUT.sub(" ", plain)
    words = folds(plain)
    hard = frozenset(word for word in words if word not in SOFT)
    if NUMBERED_TYPE.search(plain) and "type" in words:
        hard |= {"type"} if any(word.isdigit() for word in hard) else frozenset()
    cost = sum(SOFT.get(word, 0) for word in words)
    soft = frozenset(word for word in words if SOFT.get(word))
    return Title(hard, soft - EMPTY, absent - hard, cost, is_unspecified, "other" in words)
