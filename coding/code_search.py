"""The pick list: codes by the start of a code, by words in any order, by misspelt words.

Headings are shown so that the coder sees where she is, but only codes billable on the date of
service can be chosen. Reads the public code table: no practice walls here.
"""

import re
from datetime import date

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Length
from rapidfuzz import fuzz

from coding.models import Code

LIMIT = 12
# Rows the data base may hand over for ranking.
CANDIDATES = 150
# "E11", "e11.4", "992", "J33": the start of a code has a digit, words have none.
CODE_START = re.compile(r"[A-Z]?\d[0-9A-Z]?(\.?[0-9A-Z]{0,4})|[A-Z]\d[0-9A-Z]*\.?[0-9A-Z]*")
# What coders type for what the code set spells out.
SHORT_FORMS = {
    "afib": "atrial fibrillation",
    "bph": "benign prostatic hyperplasia",
    "cad": "atherosclerotic heart disease",
    "chf": "heart failure",
    "ckd": "chronic kidney disease",
    "copd": "chronic obstructive pulmonary disease",
    "dm1": "type 1 diabetes",
    "dm2": "type 2 diabetes",
    "gerd": "gastro-esophageal reflux",
    "hld": "hyperlipidemia",
    "htn": "hypertension",
    "t1dm": "type 1 diabetes",
    "t2dm": "type 2 diabetes",
    "uri": "upper respiratory infection",
    "uti": "urinary tract infection",
}
# What family practice codes every day comes before what merely has a shorter name.
# fmt: off
COMMON = frozenset({
    "E119", "E1165", "E1142", "E1122", "E782", "E785", "E039", "E669", "E6601", "F411",
    "F329", "F339", "G43909", "G4733", "H6690", "H6691", "H6692", "I10", "I2510", "I480",
    "I4891", "I509", "J020", "J029", "J0190", "J069", "J189", "J209", "J301", "J309",
    "J4520", "J45909", "J449", "J441", "K219", "K5900", "L039", "L309", "L700", "M170",
    "M1711", "M1712", "M25511", "M25512", "M25561", "M25562", "M5416", "M542", "M5450", "M5459",
    "M545", "N183", "N390", "N401", "R05", "R059", "R0602", "R079", "R109", "R51",
    "R519", "R7303", "Z0000", "Z0001", "Z23", "Z7984", "Z794",
})
# fmt: on
COMMON_BONUS = 15
# Later visits for an injury are rarely what a bare search means.
LATER_PENALTY = 20
# Rows that share too few letters are no typo. pg_trgm measures the whole query against the
# best stretch of the text.
TYPO_THRESHOLD = 0.4
# Of what it finds, every word must look like some word of the label.
TYPO_FIT = 70


def search(system: str, query: str, on: date, limit: int = LIMIT) -> list[Code]:
    """At most `limit` codes, best first; `system` "" searches both sets. Nothing typed: nothing."""
    text = " ".join(query.split())
    if len(text) < 2:
        return []
    codes = in_force(system, on)
    if CODE_START.fullmatch(text.upper()):
        found = by_code(codes, text, limit)
        if found:
            return found
    words = words_of(text)
    found = by_words(codes, words)
    if not found:
        found = by_similarity(codes, " ".join(words))
    return rank(found, words)[:limit]


def in_force(system: str, on: date) -> QuerySet[Code]:
    codes = Code.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on)
    codes = codes.filter(system__in=[system] if system else Code.System.values)
    # Notes are long and the pick list shows none of them.
    return codes.defer("notes")


def by_code(codes: QuerySet[Code], text: str, limit: int) -> list[Code]:
    """Codes that start with what was typed: a heading, then what is under it."""
    start = text.upper().replace(".", "")
    # A range instead of LIKE: it uses the index under every collation.
    inside = codes.filter(code__gte=start, code__lte=start + "ZZZZZZZ"[: 8 - len(start)])
    return list(inside.order_by("code")[:limit])


def words_of(text: str) -> list[str]:
    """Lower case, short forms spelt out."""
    words = re.findall(r"[a-z0-9][a-z0-9.]*", text.lower())
    return " ".join(SHORT_FORMS.get(word, word).replace("-", " ") for word in words).split()


def by_words(codes: QuerySet[Code], words: list[str]) -> list[Code]:
    """Every word occurs, in any order; short texts first because they say least beside it."""
    for word in words:
        codes = codes.filter(search_text__contains=word)
    return list(codes.order_by("-is_billable", Length("label"))[:CANDIDATES])


def by_similarity(codes: QuerySet[Code], text: str) -> list[Code]:
    """Texts that look like what was typed (pg_trgm)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)",
            [str(TYPO_THRESHOLD)],
        )
    alike = codes.filter(search_text__trigram_word_similar=text)
    found = alike.order_by("-is_billable", Length("label"))[: CANDIDATES * 4]
    return [code for code in found if min(nearest(text.split(), code.label.lower())) >= TYPO_FIT]


def rank(codes: list[Code], words: list[str]) -> list[Code]:
    """Best first: how well the words fit the label, billable before headings, short before long."""
    text = " ".join(words)

    def score(code: Code) -> tuple[int, float, bool, int, str]:
        label = code.label.lower()
        starts = sum(bool(re.search(rf"\b{re.escape(word)}", label)) for word in words)
        fit = fit_of(words, label) + COMMON_BONUS * (code.code in COMMON)
        fit -= LATER_PENALTY * any(
            later in label and later not in text for later in ("sequela", "subsequent")
        )
        return (-starts, -fit, not code.is_billable, len(label), code.code)

    return sorted(codes, key=score)


def fit_of(words: list[str], label: str) -> float:
    """0 to 100: how much each word looks like its nearest word of the label, and the whole."""
    alike = nearest(words, label)
    whole = fuzz.token_set_ratio(" ".join(words), label)
    return 0.7 * sum(alike) / len(alike) + 0.3 * whole


def nearest(words: list[str], label: str) -> list[float]:
    """0 to 100 for each word: how much it looks like its nearest word of the label."""
    there = re.findall(r"[a-z0-9]+", label)
    alike = [max((fuzz.ratio(word, other) for other in there), default=0.0) for word in words]
    return alike or [0.0]
