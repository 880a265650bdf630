"""Conditions a query may name, how a chart calls them and what findings speak for them.

No clinical judgement is made here: a condition nobody documented and for which no finding of the
chart speaks is one that a query must not bring up. What is not on the list is not judged, except
that a question names no word formed like a diagnosis that the chart does not know.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Condition:
    """`named` finds the condition in any text, `support` findings that speak for it."""

    name: str
    named: re.Pattern[str]
    support: re.Pattern[str]


def _condition(name: str, named: str, support: str) -> Condition:
    whole = [re.compile(rf"\b(?:{words})", re.IGNORECASE) for words in (named, support)]
    return Condition(name, *whole)


_OXYGEN = r"sp?o2|oxygen|saturation|respirat|dyspn|short(?:ness)? of breath|wheez|cough"
_GLUCOSE = r"a1c|hba1c|glucose|blood sugars?|hyperglyc|metformin|insulin"
_KIDNEY = r"creatinine|egfr|gfr|bun\b|urine output|albuminuria"
_HEART = r"bnp|nt-pro|ejection fraction|l?v?ef\b|edema|orthopn|furosemide|echo|crackles|rales|jvd"
_WOUND = r"wound|ulcer|lacerat|debrid|incis|eschar|slough|cm\b"
_BLOOD = r"h(?:emo)?gl?o?b(?:in)?\b|hgb|hct|hematocrit|ferritin|iron|transfus|mcv|pallor|bleed"
_WEIGHT = r"bmi|body mass|weight|lb\b|kg\b"
_FOOD = r"bmi|weight loss|lost \d|albumin|intake|appetite|muscle|wasting|cachex|thin\b"
_INFECTION = (
    r"fever|febrile|temp|wbc|white (?:blood )?(?:cell )?count|lactate|culture|antibio|purul"
)

CONDITIONS: tuple[Condition, ...] = (
    _condition(
        "sepsis", r"sep(?:sis|tic)\b", r"lactate|hypotens|sirs|sofa|wbc|culture|fever|febrile"
    ),
    _condition("heart failure", r"heart failure|h?chf\b|hf[rpm]{1,2}ef|cardiomyopathy", _HEART),
    _condition("diabetes", r"diabet|t[12]dm|dka\b|ketoacidosis", _GLUCOSE),
    _condition("hyperglycemia", r"hyperglyc|out of control|uncontrolled diab", _GLUCOSE),
    _condition("hypoglycemia", r"hypoglyc", _GLUCOSE),
    _condition("neuropathy", r"(?:poly)?neuropath", r"numb|tingl|monofilament|sensation|paresthes"),
    _condition(
        "chronic kidney disease",
        r"ckd|chronic kidney|chronic renal|kidney failure|renal failure|esrd|aki\b|acute kidney",
        _KIDNEY,
    ),
    _condition("anemia", r"an(?:a)?emi", _BLOOD),
    _condition("blood loss", r"blood loss", r"bleed|hemorrh|melena|ebl|transfus|hgb|blood loss"),
    _condition("malnutrition", r"(?:mal|under)nutrition|malnourish|kwashiorkor|marasm", _FOOD),
    _condition("cachexia", r"cachex", _FOOD),
    _condition("obesity", r"obes|overweight", _WEIGHT),
    _condition("asthma", r"asthma|status asthmaticus", rf"{_OXYGEN}|albuterol|inhaler|peak flow"),
    _condition(
        "COPD", r"copd|chronic obstructive|emphysema", rf"{_OXYGEN}|inhaler|spirometry|smok"
    ),
    _condition("respiratory failure", r"respiratory failure", rf"{_OXYGEN}|abg|po2|pco2|bipap"),
    _condition("pneumonia", r"pneumoni", rf"infiltrat|consolidat|x-?ray|{_OXYGEN}|{_INFECTION}"),
    _condition(
        "pressure injury", r"pressure (?:ulcer|injur|sore)|decubit|bedsore", rf"{_WOUND}|stage"
    ),
    _condition("cellulitis", r"cellulitis", rf"erythem|redness|warmth|swell|{_INFECTION}"),
    _condition("abscess", r"abscess", rf"fluctua|drain|incis|{_INFECTION}"),
    _condition("osteomyelitis", r"osteomyelitis", r"mri|bone|probe|ulcer|esr|crp"),
    _condition(
        "urinary tract infection", r"uti\b|urinary tract inf|cystitis|pyelo", r"urin|dysuria|cultur"
    ),
    _condition(
        "encephalopathy", r"encephalopath|delirium", r"confus|mental status|orient|letharg|agitat"
    ),
    _condition("dementia", r"dementia|alzheimer", r"memory|cognit|moca|mmse|orient"),
    _condition(
        "depression",
        r"depress(?:ion|ive)|major depress|bipolar",
        r"phq|mood|sad\b|sertraline|ssri|anhed",
    ),
    _condition("anxiety", r"anxiety|panic disorder", r"gad-?7|anxious|worry|panic"),
    _condition("hypertension", r"hypertens|htn\b", r"bp\b|blood pressure|\d{3}/\d{2,3}"),
    _condition("hyponatremia", r"hyponatr", r"sodium|na\b"),
    _condition("hypernatremia", r"hypernatr", r"sodium|na\b"),
    _condition("hypokalemia", r"hypokal", r"potassium|k\b"),
    _condition("hyperkalemia", r"hyperkal", r"potassium|k\b"),
    _condition(
        "dehydration", r"dehydrat|hypovol", r"fluids?|mucous|turgor|orthosta|bun\b|intake|vomit"
    ),
    _condition(
        "myocardial infarction", r"myocardial inf|n?stemi\b|heart attack", r"tropon|ecg|ekg|chest"
    ),
    _condition(
        "atrial fibrillation",
        r"atrial fib|a-?fib|flutter",
        r"irregular|ecg|ekg|apixaban|warfarin|palpit",
    ),
    _condition(
        "embolism or thrombosis",
        r"embol|dvt\b|thrombos",
        r"d-?dimer|doppler|ct\b|swell|anticoag|apixa",
    ),
    _condition(
        "stroke",
        r"stroke|cva\b|tia\b|hemipleg|hemipar",
        r"ct\b|mri|weakness|droop|aphas|slurr|nihss",
    ),
    _condition(
        "cancer",
        r"cancer|malignan|carcinoma|metasta|lymphoma|melanoma|neoplasm",
        r"patholog|biops|mass\b|lesion|tumou?r|nodule",
    ),
    _condition("fracture", r"fractur", r"x-?ray|imaging|ct\b|fell\b|fall\b|injur|deform|pain"),
    _condition(
        "radiculopathy",
        r"radiculopath|sciatica",
        r"radiat|straight leg|numb|tingl|dermatom|reflex|shooting",
    ),
    _condition(
        "osteoarthritis",
        r"osteoarthr|arthritis",
        r"joint|x-?ray|crepitus|narrow|stiff|osteophyte|knee|hip",
    ),
    _condition(
        "dependence or abuse",
        r"(?:opioid|alcohol|substance|drug|nicotine|tobacco)(?: use)?"
        r" (?:dependence|abuse|disorder)|addict",
        r"opioid|oxycod|alcohol|drinks?\b|audit-c|smok|pack|withdraw|tobacco|nicotine",
    ),
)
# A word formed like the name of a diagnosis.
FORMED = re.compile(r"\b[a-z]{3,}(?:itis|osis|emia|pathy|penia|plegia|rrhage|ectasis)\b", re.I)
NO_DIAGNOSIS = frozenset({"diagnosis", "prognosis", "hypnosis", "psychotherapy"})
# "No pneumonia", "denies fever, …", "negative for sepsis": not documented as present. Not past a
# full stop, a semicolon, a line or "but".
NEGATED = re.compile(
    r"\b(?:no|not|denies|denied|without|negative for|ruled out|no evidence of|never had|"
    r"no signs? of)\b(?:(?!\bbut\b|\bhowever\b)[^.;\n]){0,60}$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Named:
    """A condition named in a text, at its place."""

    name: str
    words: str
    start: int
    end: int
    condition: Condition | None = None


def find_named(text: str) -> Iterator[Named]:
    """The conditions of the list a text names, then words formed like a diagnosis."""
    taken: list[tuple[int, int]] = []
    for condition in CONDITIONS:
        for match in condition.named.finditer(text):
            start, end = match.start(), _end_of_word(text, match.end())
            taken.append((start, end))
            yield Named(condition.name, text[start:end], start, end, condition)
    for match in FORMED.finditer(text):
        start, end = match.span()
        is_taken = any(low < end and start < high for low, high in taken)
        if not is_taken and match[0].lower() not in NO_DIAGNOSIS:
            yield Named(match[0].lower(), match[0], start, end)


def _end_of_word(text: str, end: int) -> int:
    while end < len(text) and text[end].isalpha():
        end += 1
    return end


def is_documented(named: Named, chart: str) -> bool:
    """Does the chart say the patient has it? A negated mention does not count."""
    pattern = named.condition.named if named.condition else re.compile(re.escape(named.words), re.I)
    return any(
        not NEGATED.search(chart[max(0, match.start() - 90) : match.start()])
        for match in pattern.finditer(chart)
    )


def is_supported(named: Named, chart: str) -> bool:
    """Documented, or some finding of the chart speaks for it. Not judged when not on the list."""
    if named.condition is None:
        return True
    return is_documented(named, chart) or bool(named.condition.support.search(chart))
