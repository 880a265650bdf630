"""Services a note says were done: words of our own, never the words of a code set.

A service counts when it is told as done here; what is ordered, planned, declined or done elsewhere
does not. Visits are left to the E/M rules.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from coding.rules.text_notes import ReadNote, ReadSentence

NOT_DONE = re.compile(
    r"\b(?:order(?:ed|ing)?|will|schedul\w+|refer\w*|recommend\w*|consider\w*|plan(?:ned"
    r"|s)? (?:for|to)|declin\w+"
    r"|refus\w+|defer\w+|prior|previous\w*|last (?:week|month|year|visit|spring|summer|fall"
    r"|winter)|pending"
    r"|obtain if|at (?:the )?(?:hospital|outside|urgent care)|outside|if (?:no|not|symptoms"
    r"|worse|needed)|return for"
    r"|next (?:visit|week|month|time)|would|discuss\w*|offered|need(?:s|ed)? to|due for"
    r"|up to date|set up"
    r"|\d+ (?:days?|weeks?|months?|years?) ago|last (?:one|done|performed)|up-to-date|already)\b",
    re.IGNORECASE,
)
DONE = re.compile(
    r"\b(?:today|performed|done|obtained|given|administered|in[- ]office|in the office"
    r"|in this office|here|was|were"
    r"|completed|tolerated|recorded|interpreted|taken|collected|drawn|point[- ]of[- ]care|poc"
    r"|read)\b",
    re.IGNORECASE,
)
SECTIONS = frozenset(
    {
        "procedure",
        "orders",
        "plan",
        "impression",
        "other",
        "imaging",
        "results",
        "exam",
        "vitals",
        "history",
    }
)
# What an imaging report has beside its impression; what it examined was done.
REPORT = re.compile(r"^\s*(?:technique|comparison|findings):?\s*$", re.IGNORECASE | re.MULTILINE)
TOLD_AS_DONE = frozenset({"procedure", "orders", "imaging"})
COUNTS = {
    "a": 1, "single": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "twenty": 20,
}  # fmt: skip
NUMBER = rf"(?:\d{{1,2}}|{'|'.join(COUNTS)})"
VIEWS = re.compile(
    rf"\b(?P<count>{NUMBER})[ -]?(?:or more )?views?\b|\bviews?\s?x\s?(?P<times>\d)", re.IGNORECASE
)
FILM = re.compile(r"\b(?:x-?rays?|xrays?|radiographs?|films?|views?|cxr)\b", re.IGNORECASE)
LESIONS = re.compile(
    rf"\b(?P<count>{NUMBER})\s+(?:\w+ ){{0,3}}?(?:lesions?|warts?|keratos[ie]s|aks?|sks?"
    rf"|papules?|verrucae?|molluscum)\b"
    rf"|\b(?:lesions?|warts?|keratos[ie]s|aks?)\b[^.\d]{{0,20}}?(?:x\s?|\(|, "
    rf"| total:? ?)(?P<times>{NUMBER})\b",
    re.IGNORECASE,
)
BIOPSIES = re.compile(
    rf"\b(?P<count>{NUMBER})\s+(?:\w+ ){{0,2}}?(?:lesions|sites|biopsies)\b", re.IGNORECASE
)
ON_FACE = re.compile(r"\b(?:face|forehead|chin|cheek|lip|eyebrow|nose|eyelid)\b", re.IGNORECASE)
ELSEWHERE = re.compile(
    r"\b(?:scalp|neck|trunk|back|arm|forearm|hand|finger|thumb|leg|shin|knee|foot|toe)\b",
    re.IGNORECASE,
)
LENGTH = re.compile(r"\b(?P<size>\d{1,2}(?:\.\d)?)\s?-?\s?cm\b", re.IGNORECASE)
VACCINES = re.compile(r"^90[67]")
SIDE = re.compile(r"\b(right|left|bilateral\w*|both)\b", re.IGNORECASE)
MODIFIER = {"right": "RT", "left": "LT"}


@dataclass(frozen=True, slots=True)
class ProcedureWords:
    """A service by its words: one of `words`, one of `needs` if any, none of `without`."""

    code: str
    words: re.Pattern[str]
    needs: re.Pattern[str] | None
    without: re.Pattern[str] | None
    supports: tuple[str, ...]
    is_sided: bool


@dataclass(frozen=True, slots=True)
class Film:
    """An X-ray by body part: from `fewest` views on it is `code`."""

    part: str
    fewest: int
    code: str
    supports: tuple[str, ...]
    is_sided: bool


@dataclass(frozen=True, slots=True)
class ProcedureFinding:
    """A service done. `supports` are the starts of the diagnosis codes it can be for."""

    code: str
    document: int
    start: int
    end: int
    quote: str
    term: str
    reason: str
    supports: tuple[str, ...] = ()
    modifiers: tuple[str, ...] = ()
    units: int = 1
    hints: tuple[str, ...] = ()
    item: int = 0
    section: str = ""


def any_of(words: str) -> re.Pattern[str] | None:
    """A pattern for words with | between them; they begin where a word begins."""
    if not words:
        return None
    return re.compile("|".join(rf"(?<!\w){re.escape(word)}" for word in words.split("|")), re.I)


def read_procedures(rows: Iterable[Mapping[str, str]]) -> tuple[ProcedureWords, ...]:
    """Rows of procedure_words.csv."""
    return tuple(
        ProcedureWords(
            row["code"],
            re.compile(
                "|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in row["words"].split("|")),
                re.I,
            ),
            any_of(row["needs"]),
            any_of(row["without"]),
            tuple(part for part in row["supports"].split("|") if part),
            row["sided"] == "1",
        )
        for row in rows
    )


def read_films(rows: Iterable[Mapping[str, str]]) -> tuple[Film, ...]:
    """Rows of film_views.csv."""
    return tuple(
        Film(
            row["part"],
            int(row["fewest"]),
            row["code"],
            tuple(row["supports"].split("|")),
            row["sided"] == "1",
        )
        for row in rows
    )


def find_procedures(
    note: ReadNote, procedures: Iterable[ProcedureWords], films: Iterable[Film]
) -> list[ProcedureFinding]:
    """Services done, each code once a side, in the order of the note."""
    rules, views = list(procedures), list(films)
    found: dict[tuple[str, tuple[str, ...]], ProcedureFinding] = {}
    is_report = note.note.kind == "imaging" or bool(REPORT.search(note.note.text))
    for read in note.sentences:
        if is_report and read.sentence.section == "exam":
            read = replace(read, sentence=replace(read.sentence, section="imaging"))
        if read.sentence.section not in SECTIONS:
            continue
        for finding in (*by_words(note, read, rules), *by_views(note, read, views)):
            for exact in exactly(finding, read, note):
                found.setdefault((exact.code, exact.modifiers), exact)
    return administered(list(found.values()))


def by_words(
    note: ReadNote, read: ReadSentence, rules: Iterable[ProcedureWords]
) -> Iterator[ProcedureFinding]:
    sentence = read.sentence
    for rule in rules:
        match = rule.words.search(sentence.text)
        if match is None or (rule.needs and not rule.needs.search(sentence.text)):
            continue
        if rule.without and rule.without.search(sentence.text):
            continue
        if is_done(read, match.start(), match.end()):
            reason = f"“{match[0]}” told as done"
            yield finding(note, read, match, rule.code, rule.supports, rule.is_sided, reason)


def by_views(note: ReadNote, read: ReadSentence, films: list[Film]) -> Iterator[ProcedureFinding]:
    """An X-ray needs a body part and its number of views in one sentence."""
    text = read.sentence.text
    views = VIEWS.search(text)
    if not FILM.search(text):
        return
    part = next((film.part for film in films if re.search(rf"\b{film.part}", text, re.I)), None)
    if part is None or not is_done(read, 0, len(text), is_strict=views is None):
        return
    place = re.search(rf"\b{part}\w*", text, re.IGNORECASE)
    options = sorted((film for film in films if film.part == part), key=lambda film: film.fewest)
    if views is None or place is None:
        return
    count = number_of(views["count"] or views["times"])
    fit = [film for film in options if film.fewest <= count] or options[:1]
    film = fit[-1]
    reason = f"{part} X-ray, {count} views"
    found = finding(note, read, views, film.code, film.supports, film.is_sided, reason)
    low, high = min(place.start(), views.start()), max(place.end(), views.end())
    start, end = read.sentence.start + low, read.sentence.start + high
    yield replace(found, start=start, end=end, quote=note.quote(start, end))


def is_done(read: ReadSentence, start: int, end: int, is_strict: bool = False) -> bool:
    """Told as done: nothing of an order or plan in the sentence, and a word of doing in a plan."""
    sentence = read.sentence
    context = read.context(sentence.start + start, sentence.start + end)
    if context.keys() & {"negated", "hypothetical", "historical", "family"}:
        return False
    if NOT_DONE.search(sentence.text):
        return False
    return (sentence.section in TOLD_AS_DONE and not is_strict) or bool(DONE.search(sentence.text))


def finding(
    note: ReadNote,
    read: ReadSentence,
    match: re.Match[str],
    code: str,
    supports: tuple[str, ...],
    is_sided: bool,
    reason: str,
) -> ProcedureFinding:
    sentence = read.sentence
    start, end = sentence.start + match.start(), sentence.start + match.end()
    modifiers, hints = side_of(sentence.text, match.start()) if is_sided else ((), ())
    return ProcedureFinding(
        code=code,
        document=note.note.number,
        start=start,
        end=end,
        quote=note.quote(start, end),
        term=match[0].lower(),
        reason=reason,
        supports=supports,
        modifiers=modifiers,
        hints=hints,
        item=sentence.item,
        section=sentence.section,
    )


def side_of(text: str, at: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """RT, LT or 50 by the side nearest to a place in a sentence; a hint when none is said."""
    sides = sorted(SIDE.finditer(text), key=lambda match: abs(match.start() - at))
    if not sides:
        return (), ("Which side? RT, LT or 50.",)
    word = sides[0][1].lower()
    return (MODIFIER[word],) if word in MODIFIER else ("50",), ()


def number_of(word: str | None) -> int:
    if not word:
        return 1
    return int(word) if word.isdigit() else COUNTS[word.lower()]


def exactly(
    found: ProcedureFinding, read: ReadSentence, note: ReadNote
) -> Iterator[ProcedureFinding]:
    """The codes by count and size: lesions, further biopsies, lengths of wounds."""
    text = read.sentence.text
    if found.code in ("17000", "17110"):
        yield from by_lesions(found, text)
    elif found.code in ("12001", "12011"):
        yield by_length(found, text, note)
    elif found.code in ("11102", "11104"):
        biopsies = BIOPSIES.search(text)
        count = number_of(biopsies["count"] if biopsies else None)
        yield found
        if 1 < count < 15:
            further = "11103" if found.code == "11102" else "11105"
            yield replace(found, code=further, units=count - 1, reason=f"{count - 1} further")
    else:
        yield found


def by_lesions(found: ProcedureFinding, text: str) -> Iterator[ProcedureFinding]:
    match = LESIONS.search(text)
    count = number_of(match["count"] or match["times"]) if match else 1
    hints = () if match else ("How many lesions?",)
    reason = f"{count} destroyed" if match else found.reason
    if found.code == "17110":
        yield replace(found, code="17111" if count > 14 else "17110", reason=reason, hints=hints)
    elif count > 14:
        yield replace(found, code="17004", reason=reason)
    else:
        yield replace(found, reason=reason, hints=hints)
        if count > 1:
            yield replace(
                found, code="17003", units=count - 1, reason=f"2nd to {count}th of {count}"
            )


def by_length(found: ProcedureFinding, text: str, note: ReadNote) -> ProcedureFinding:
    """Simple repair by its length in cm; the longest length the note tells near it."""
    match = LENGTH.search(text) or LENGTH.search(note.note.text)
    if match is None:
        return replace(found, hints=("How long is the repair, in cm?",))
    tenths = int(match["size"].replace(".", "")) * (1 if "." in match["size"] else 10)
    where = text if ON_FACE.search(text) or ELSEWHERE.search(text) else note.note.text
    on_face = bool(ON_FACE.search(where)) and not ELSEWHERE.search(where)
    if tenths <= 25:
        code = "12011" if on_face else "12001"
    elif on_face:
        code = "12013" if tenths <= 50 else "12014"
    else:
        code = "12002" if tenths <= 75 else "12004"
    return replace(found, code=code, reason=f"simple repair of {match['size']} cm")


def administered(found: list[ProcedureFinding]) -> list[ProcedureFinding]:
    """Vaccines bring their administration: one for the first, one more unit for each further."""
    vaccines = [finding for finding in found if VACCINES.match(finding.code)]
    if not vaccines:
        return found
    first, reason = vaccines[0], "a vaccine was given"
    hint = ("Counseled by the physician and under 19: 90460 and 90461. Medicare: G0008, G0009.",)
    given = [replace(first, code="90471", reason=reason, hints=hint, modifiers=())]
    if len(vaccines) > 1:
        more = len(vaccines) - 1
        given.append(
            replace(vaccines[1], code="90472", units=more, reason=f"{more} further", modifiers=())
        )
    return found + given
