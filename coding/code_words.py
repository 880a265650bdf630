"""The words of the code sets in this process: which exist, and what a misspelt one may mean.

About twenty thousand short texts, read again when codes or terms are loaded.
"""

import time
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from itertools import accumulate

from rapidfuzz import fuzz, process

from coding.code_mark import loaded_mark
from coding.models import CodeWord
from coding.rules.short_forms import SHORT_FORMS, Forms, forms_of
from coding.text_tables import read_table

# How long the process believes that nothing was loaded.
FRESH_SECONDS = 2.0
# Shorter words have too many neighbours to be read as misspelt.
SHORTEST_MISSPELT = 4
# Of a hundred letters this many must agree.
ALIKE = 78
MOST_READINGS = 3


class Words:
    """The words of everything that was loaded when they had the mark (coding.code_mark)."""

    def __init__(self, mark: str) -> None:
        self.mark = mark
        rows = CodeWord.objects.values_list("word", "codes")
        self.counts = dict(rows)
        self.sorted = sorted(self.counts)
        # How often all words up to one occur, in their order.
        self.sums = [0, *accumulate(self.counts[word] for word in self.sorted)]
        self.readings = lru_cache(maxsize=2_000)(self.find_readings)

    def has_start(self, start: str) -> bool:
        """Does any word begin like this? Yes for everything as long as no words are known."""
        at = bisect_left(self.sorted, start)
        return not self.sorted or (at < len(self.sorted) and self.sorted[at].startswith(start))

    def count(self, readings: Iterable[Sequence[str]]) -> int:
        """At most how many codes have one of these readings; their words may be beginnings."""
        return sum(min(map(self.count_start, reading), default=0) for reading in readings)

    def count_start(self, start: str) -> int:
        first = bisect_left(self.sorted, start)
        return self.sums[bisect_left(self.sorted, start + "\uffff")] - self.sums[first]

    def find_readings(self, word: str) -> tuple[tuple[str, ...], ...]:
        """What a word that no code has may mean: two words written as one, or words like it.

        Words of many codes come first among those that are equally alike.
        """
        halves = (
            (word[:at], word[at:])
            for at in range(3, len(word) - 2)
            if word[:at] in self.counts and word[at:] in self.counts
        )
        split = max(halves, key=lambda pair: min(self.counts[half] for half in pair), default=None)
        if split:
            return (split,)
        if len(word) < SHORTEST_MISSPELT:
            return ()
        alike = process.extract(
            word, self.sorted, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=MOST_READINGS * 4
        )
        best = sorted(alike, key=lambda found: (-round(found[1]), -self.counts[found[0]]))
        return tuple((found[0],) for found in best[:MOST_READINGS])


_words: Words | None = None
_asked_at_seconds = 0.0


def known_words() -> Words:
    """The words of what is loaded; at most one statement every two seconds while that stays."""
    global _words, _asked_at_seconds  # noqa: PLW0603  # one vocabulary per process
    now = time.monotonic()
    if _words is None or now - _asked_at_seconds > FRESH_SECONDS:
        mark = loaded_mark()
        _asked_at_seconds = now
        if _words is None or _words.mark != mark:
            _words = Words(mark)
    return _words


def forget_words() -> None:
    """The next question reads the words again."""
    global _words  # noqa: PLW0603  # one vocabulary per process
    _words = None


@cache
def short_forms() -> Forms:
    """Our short forms and those of the table of abbreviations."""
    table = ((row["short"], row["long"]) for row in read_table("abbreviations.csv"))
    return forms_of([*SHORT_FORMS.items(), *table])
