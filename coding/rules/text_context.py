"""Whether words of a sentence are said of the patient, now, and as a fact.

A small engine of the kind known as ConText: trigger words open a scope before or behind them that
ends with the sentence, with a terminating word or after a number of words. Uncertain diagnoses
are not coded for outpatients (ICD-10-CM Official Guidelines, section IV.H).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

NEGATED, HISTORICAL, FAMILY = "negated", "historical", "family"
UNCERTAIN, HYPOTHETICAL, OTHER_PERSON = "uncertain", "hypothetical", "other person"

# Look like triggers and are none.
PSEUDO = (
    "no change|no increase|no longer|no further|no better|no relief|no improvement|not only"
    "|not (?:yet )?at goal"
    "|not (?:well |adequately |fully |optimally )?controlled|not (?:been )?improv\\w*"
    "|without difficulty"
    "|not certain|not (?:been )?(?:taking|responding|helping)|no new|not sure|without relief"
    "|(?:past |significant )?(?:medical )?history (?:is )?(?:significant|notable|remarkable"
    "|positive) for"
    "|(?:past )?medical history of|pmh(?:x)? (?:of|significant for)"
    "|(?:mother|father|mom|dad|parents?|wife|husband|daughter|son|spouse"
    "|grandmother) (?:and \\w+ )?"
    "(?:reports?|states?|says?|notes?|noticed|denies|denied|brings?|brought|is here|are here"
    "|is present"
    "|is concerned|describes?|feels?|thinks?|gives?|gave|has noticed|has been giving|tried|called"
    "|agrees?|understands?|would like|accompan\\w+)"
    "|(?:per|by|with|from|to) (?:his |her |their |the )?(?:mother|father|mom|dad|parents?|wife"
    "|husband|daughter|son)"
    "|non-?smoker|no acute distress|history of present illness|not limited to|cannot (?:walk"
    "|sleep|work|stand)"
    "|if not|no show|not tolerat\\w+|not resolved|no doubt"
)
# (what it says, trigger, how many words its scope reaches before it, and behind it)
TRIGGERS: tuple[tuple[str, str, int, int], ...] = (
    (
        NEGATED,
        "no evidence of|no signs? of|no (?:h/o|history of|hx of)|negative for|absence of|free of"
        "|without(?: any)?|den(?:y|ies|ied|ying)|no|not|nor|neither|never(?: had)?|none"
        "|ruled out for"
        "|rules out|no complaints? of|no suspicion (?:for|of)|fails to show|lacks?",
        0,
        40,
    ),
    (
        NEGATED,
        "(?:is |are |was |were |has been |have been )?ruled out|(?:is |are |was |were )negative"
        "|not (?:seen|present|found|noted|demonstrated)|(?:is |are |was |were )absent|was excluded"
        "|(?:is |seems |seem |very )?unlikely|: ?(?:negative|none|neg\\b)",
        12,
        0,
    ),
    (
        UNCERTAIN,
        "possibl[ey]|probabl[ey]|presumed|presumptive|suspected|suspects?|suspicion (?:for|of)"
        "|suspicious for|concern(?:s|ed|ing)? (?:for|about|of)|rule[ -]out|r/o|to rule out"
        "|questionable"
        "|cannot (?:exclude|rule out)|(?:most )?likely|consistent with|compatible with"
        "|indicative of"
        "|suggestive of|suggests?|suggesting|working diagnosis(?: of)?"
        "|differential(?: diagnosis)?(?: includes)?"
        "|may be|might (?:be|have)|could (?:be|have)|evaluate for|evaluation for|worry about"
        "|worrisome for"
        "|query|comparable with|exclude",
        0,
        9,
    ),
    (
        UNCERTAIN,
        "(?:is|are|remains?) (?:possible|suspected|likely|probable|considered|on the differential)"
        "|cannot be (?:ruled out|excluded)|not (?:ruled out|excluded)|to be ruled out|suspected",
        9,
        0,
    ),
    (UNCERTAIN, "versus|vs\\.?", 6, 6),
    (
        HYPOTHETICAL,
        "screening|screen|vaccines?|vaccinations?|shots?|immuni[sz]ations?|boosters?|vaccinated",
        4,
        0,
    ),
    (
        HYPOTHETICAL,
        "if|should (?:he|she|they|the patient|symptoms|you)|in case of|return for|risks? (?:of"
        "|for|include)"
        "|risk factors? for|prevent(?:ion of|s|ing)?|watch for|monitor(?:ing)? for|side effects?"
        "|adverse effects?|can cause|may cause|could cause|(?:warning )?signs of|precautions for"
        "|unless"
        "|screen(?:ing|ed)?(?: \\w+){0,2} for|assess for|check for|look for|in the event of"
        "|complications? (?:such as|including)"
        "|reduce the risk|educated (?:on|about)|counsel(?:l?ed|ling|ing)? (?:on|about)"
        "|discussed the risks?"
        "|vaccin\\w+ (?:for|against)|prophylaxis (?:for|against)|to avoid|worsening signs",
        0,
        30,
    ),
    (
        HISTORICAL,
        "(?:personal |remote |prior |previous |past |known )?(?:history of|h/o|hx of|hx)|s/p"
        "|status[ -]post|previous|prior"
        "|previously|formerly|remote|in (?:childhood|remission)",
        0,
        8,
    ),
    (
        HISTORICAL,
        "(?:\\d+|two|three|four|five|six|several|many|a few) years ago|in (?:19|20)\\d\\d"
        "|as a child"
        "|(?:has |have |had |is |now )?(?:since )?(?:fully |completely )?resolved|in the past"
        "|years back"
        "|s/p (?:repair|resection|ablation)",
        8,
        0,
    ),
    (
        FAMILY,
        "family (?:medical )?(?:history|hx)|fh|fhx|mother|father|mom|dad|brothers?|sisters?"
        "|siblings?|aunts?|uncles?"
        "|grand(?:mother|father|parents?)s?|cousins?|maternal|paternal|parents?|runs in the family"
        "|first[ -]degree relative|relatives?|son|daughter",
        0,
        60,
    ),
    (
        OTHER_PERSON,
        "(?:husband|wife|spouse|partner|roommate|co-?worker|classmates?|neighbou?r"
        "|sick contacts?|household"
        "|friend|baby sitter|boyfriend|girlfriend)(?:'s)?(?: \\w+)? (?:has|had|with|is|was"
        "|diagnosed|have|sick)"
        "|exposure to|exposed to",
        0,
        15,
    ),
    (FAMILY, "runs in (?:the|his|her) family|in (?:his|her|their) (?:mother|father|family)", 15, 0),
)
TERMINATE = re.compile(
    r"\b(?:but|however|although|though|except|aside from|apart from|yet|still|because"
    r"|presents? (?:with|for|today)|who presents|(?:he|she|they|patient) (?:has|have|is|are"
    r"|reports?|does"
    r"|endorses|complains|continues|takes)|now has|otherwise)\b"
    r"|[;:]|, (?:has|have|reports?|endorses?|complains?|with|positive|who|now|is|continues?"
    r"|started)\b"
    r"|\band (?:has|have|reports?|endorses?|complains?|positive|was started|is taking)\b",
    re.IGNORECASE,
)
SOFT_END = re.compile(r",(?! (?:and|or)\b)")


def compiled(words: str) -> re.Pattern[str]:
    # A comment in brackets or a slash may touch a trigger, a letter may not.
    return re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.IGNORECASE)


PSEUDO_TRIGGER = compiled(PSEUDO)
COMPILED = tuple(
    (kind, compiled(words), before, behind) for kind, words, before, behind in TRIGGERS
)
# A question mark before a word asks: "? pneumonia".
ASKED = re.compile(r"\?\s?(?=[A-Za-z])")


@dataclass(frozen=True, slots=True)
class Scope:
    """From `start` to `end` of the sentence everything is `kind`, said by `trigger`."""

    kind: str
    start: int
    end: int
    trigger: str


def find_scopes(sentence: str) -> list[Scope]:
    """What the trigger words of a sentence cover, as offsets in it."""
    pseudo = [match.span() for match in PSEUDO_TRIGGER.finditer(sentence)]
    found = list(asked(sentence))
    for kind, pattern, before, behind in COMPILED:
        for match in pattern.finditer(sentence):
            if any(low <= match.start() < high for low, high in pseudo):
                continue
            if kind == FAMILY and behind:
                found.append(Scope(kind, match.start(), len(sentence), match[0].lower()))
                continue
            if behind:
                found.append(forward(sentence, match, kind, behind))
            if before:
                found.append(backward(sentence, match, kind, before))
    return found


def asked(sentence: str) -> Iterator[Scope]:
    for match in ASKED.finditer(sentence):
        yield Scope(UNCERTAIN, match.end(), min(len(sentence), match.end() + 60), "?")


def forward(sentence: str, match: re.Match[str], kind: str, reach: int) -> Scope:
    low = match.end()
    end = TERMINATE.search(sentence, low)
    high = end.start() if end else len(sentence)
    if kind in (UNCERTAIN, HISTORICAL) and (soft := SOFT_END.search(sentence, low, high)):
        high = soft.start()
    words = re.finditer(r"\S+", sentence[low:high])
    last = [word.end() for _, word in zip(range(reach), words, strict=False)]
    return Scope(kind, low, low + last[-1] if last else low, match[0].lower())


def backward(sentence: str, match: re.Match[str], kind: str, reach: int) -> Scope:
    high = match.start()
    low = 0
    for end in TERMINATE.finditer(sentence, 0, high):
        low = end.end()
    words = list(re.finditer(r"\S+", sentence[low:high]))[-reach:]
    return Scope(kind, low + words[0].start() if words else high, high, match[0].lower())


def context_of(scopes: Iterable[Scope], start: int, end: int) -> dict[str, str]:
    """What is said of the words from `start` to `end`: kind and the trigger that says it."""
    return {
        scope.kind: scope.trigger for scope in scopes if scope.start <= start and end <= scope.end
    }
