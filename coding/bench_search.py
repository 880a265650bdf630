"""How long the pick list takes: what coders type, asked of the loaded code sets.

`measure()` gives milliseconds on the server, from the words to the ranked codes, without the page.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from coding.code_search import search

# Words in the order a coder thinks of them, the starts of codes, short forms, misspelt words.
WORDS = (
    "type 2 diabetes with neuropathy", "left knee pain", "diabetic foot ulcer", "low back pain",
    "chest pain", "asthma", "hypertension", "hyperlipidemia", "acute bronchitis", "otitis media",
    "ankle sprain left", "fracture femur", "fracture", "atopic dermatitis", "actinic keratosis",
    "rotator cuff tear right", "osteoarthritis knee", "shoulder pain", "migraine without aura",
    "major depressive disorder recurrent", "anxiety", "sleep apnea", "obesity", "gout", "anemia",
    "hypothyroidism", "allergic rhinitis", "sinusitis acute maxillary", "cellulitis leg left",
    "chronic kidney disease stage 3", "heart failure diastolic", "atrial fibrillation",
    "screening colonoscopy", "annual exam", "vaccination", "long term insulin", "laceration hand",
    "burn second degree forearm", "concussion", "contusion", "pregnancy supervision first",
    "carpal tunnel", "plantar fasciitis", "lumbar radiculopathy", "spinal stenosis lumbar",
    "diverticulitis", "reflux", "hemorrhoids", "kidney stone", "cystitis", "prostate cancer",
    "breast cancer left", "melanoma", "stroke", "seizure", "dementia", "parkinson", "cataract",
    "glaucoma", "macular degeneration", "conjunctivitis", "tinnitus", "syncope", "dizziness",
    "headache", "fatigue", "fever", "cough", "nausea vomiting", "abdominal pain right lower",
    "injection joint", "office visit established", "ecg", "fall stairs", "tobacco use",
)  # fmt: skip
STARTS = (
    "e1", "e11", "e11.4", "e1142", "i1", "i10", "m17", "m17.1", "s82", "s82.0", "z0", "z00.00",
    "j06", "j45.9", "992", "9921", "99214", "206", "j33", "g0", "t36.0x1", "c50.9", "qa0",
)  # fmt: skip
SHORT = (
    "htn", "copd", "t2dm", "dm2 ckd", "afib", "gerd", "uti", "chf", "cad", "bph", "ckd 3", "uri",
    "hld", "copd exacerbation",
)  # fmt: skip
MISSPELT = (
    "pnemonia", "diabetis", "hypertenson", "arthritus", "rotator cuf", "bronchitus", "diarhea",
    "migrane", "gastroesophageal", "apendicitis", "fibrilation", "hemorhoids", "athsma",
    "psoriasus", "neuropaty diabetic",
)  # fmt: skip
# Phrases of which every beginning is asked too, as while typing.
TYPED = ("diabetes", "knee pain", "fracture left", "hypertension", "otitis media acute")
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds over all questions of all rounds, and the five slowest questions."""

    questions: int
    median_ms: float
    p95_ms: float
    slowest: tuple[tuple[str, float], ...]


def questions() -> Iterator[str]:
    yield from (*WORDS, *STARTS, *SHORT, *MISSPELT)
    for phrase in TYPED:
        for length in range(2, len(phrase)):
            yield phrase[:length]


def measure(on: date, asked: Sequence[str] = (), rounds: int = ROUNDS) -> Measured:
    """Ask every question `rounds` times, after one round that is not counted."""
    every = list(asked or questions())
    taken: list[tuple[float, str]] = []
    with transaction.atomic():
        for number in range(rounds + 1):
            for question in every:
                started = time.perf_counter()
                search("", question, on)
                seconds = time.perf_counter() - started
                if number:
                    taken.append((seconds * 1000, question))
    taken.sort()
    slow = dict[str, float]()
    for milliseconds, question in reversed(taken):
        slow.setdefault(question, round(milliseconds, 1))
    return Measured(
        questions=len(taken),
        median_ms=round(taken[len(taken) // 2][0], 2),
        p95_ms=round(taken[int(len(taken) * 0.95)][0], 2),
        slowest=tuple(list(slow.items())[:5]),
    )
