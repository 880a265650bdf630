"""Misspelt names of diseases, put right when one letter is wrong.

Only words that end like the name of a disease, or are in a short list, are ever meant: ordinary
English stays as it is written.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz.distance import OSA

SHORTEST = 7
DISEASE = re.compile(
    r"(?:itis|osis|emia|oma|pathy|algia|uria|tension|rrhea|plasia|rhythmia|monia|thyroidism"
    r"|lipidemia"
    r"|plegia|phagia|pnea|cardia|megaly|ectasis|lithiasi|lithiasis|sclerosis|stenosis|embolism"
    r"|thrombosis"
    r"|zema|riasi|riasis|ritus|phobia|penia|toxemia|ectomy)$"
)
ALSO = (
    *("diabete", "asthma", "fracture", "fibrillation", "laceration", "infection", "migraine"),
    *("depression", "anxiety", "seizure", "exacerbation", "abscess", "keratosis", "vertigo"),
    *("constipation", "dysfunction", "syndrome", "chronic", "obstructive", "pulmonary", "disease"),
    *("diabetes", "tobacco", "dependence", "headache", "obesity", "hernia", "gallstone"),
)


class Speller:
    """Knows the disease names of a dictionary; made once with it."""

    def __init__(self, vocabulary: Iterable[str]) -> None:
        self.known = frozenset(vocabulary)
        self.by_start: dict[tuple[str, int], list[str]] = defaultdict(list)
        for word in sorted(self.known):
            if len(word) >= SHORTEST and (DISEASE.search(word) or word in ALSO):
                self.by_start[word[0], len(word)].append(word)

    def correct(self, words: Iterable[str]) -> dict[str, str]:
        """Misspelt word -> the one word it can mean."""
        found = {}
        for word in words:
            if len(word) >= SHORTEST - 1 and word not in self.known and word.isalpha():
                better = self.nearest(word)
                if better:
                    found[word] = better
        return found

    @lru_cache(maxsize=20_000)  # noqa: B019 -- one speller lives as long as its dictionary
    def nearest(self, word: str) -> str | None:
        """The only known word one slip away; for words of ten letters and more two."""
        most = 2 if len(word) >= 10 else 1
        near: dict[int, list[str]] = defaultdict(list)
        for length in range(len(word) - most, len(word) + most + 1):
            for known in self.by_start.get((word[0], length), ()):
                distance = OSA.distance(word, known, score_cutoff=most)
                if distance <= most:
                    near[distance].append(known)
        if not near:
            return None
        closest = near[min(near)]
        return closest[0] if len(closest) == 1 else None
