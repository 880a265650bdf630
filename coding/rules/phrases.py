"""The one spelling in which terms of code sets are kept and looked up."""

import re
import unicodedata

# A word, or a number with its decimals: "1.5".
WORD = re.compile(r"[a-z0-9]+(?:\.[0-9]+)?")
LONGEST = 300


def words_of(text: str) -> list[str]:
    """The words of a text: lower case, without accents, apostrophes, hyphens and punctuation.

    "Crohn's disease, non-infective" is crohns, disease, non, infective.
    """
    plain = unicodedata.normalize("NFKD", text).lower().replace("'", "").replace("\u2019", "")
    letters = "".join(mark for mark in plain if not unicodedata.combining(mark))
    return WORD.findall(letters)


def phrase_of(text: str) -> str:
    """The words of a text with one blank between them, at most 300 characters, whole words."""
    phrase = " ".join(words_of(text))
    if len(phrase) <= LONGEST:
        return phrase
    return phrase[: LONGEST + 1].rpartition(" ")[0]
