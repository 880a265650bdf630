"""A note cut into sections, sentences and items of the plan, all with their offsets.

A heading is a line of its own or stands before a colon. Unknown headings in capitals open a
section "other". Nothing is moved or cleaned: `text[start:end]` is what was written.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Section: headings, in lower case.
HEADINGS = {
    "complaint": "chief complaint|cc|reason for visit|reason for consultation|presenting complaint",
    "history": "history of present illness|history of the present illness|hpi|subjective|history"
    "|interval history|interim history|second problem|s|interval events|clinical history"
    "|clinical information|indication"
    "|indications|reason for exam|clinical indication",
    "past": "past medical history|pmh|pmhx|past history|medical history|problem list|medical"
    "|active problems|chronic conditions|past medical and surgical history|history of|pmh/psh",
    "surgical": "past surgical history|psh|surgical history|surgical|surgeries",
    "family": "family history|fh|fhx|family|family hx",
    "social": "social history|sh|shx|social|social hx",
    "allergies": "allergies|allergy",
    "medications": "medications|current medications|meds|medication list|home medications"
    "|current meds",
    "systems": "review of systems|ros",
    "vitals": "vitals|vital signs|intake|vitals reviewed",
    "exam": "exam|physical exam|physical examination|pe|objective|o|examination|skin exam"
    "|mental status exam|neurological exam|developmental screening",
    "results": "results|labs|laboratory|laboratory data|lab results|data|data reviewed|studies"
    "|diagnostic studies|microscopic description|gross description",
    "imaging": "imaging|study|study performed|findings|technique|comparison|x-ray|radiology",
    "impression": "impression|conclusion|conclusions|final diagnosis|pathologic diagnosis"
    "|postoperative diagnosis"
    "|post-operative diagnosis|diagnosis|diagnoses|assessment|a|assessment and plan"
    "|assessment & plan|assessment/plan|assessment / plan|a/p|a&p|impression and plan"
    "|impression/plan|impression and recommendations|clinical impression|dx|assesment and plan"
    "|assessment and recommendations",
    "plan": "plan|p|recommendations|treatment plan|disposition",
    "orders": "orders|orders today|services today|office procedures|in-office testing|tests today"
    "|injections given|immunizations given today|immunizations given|immunizations"
    "|vaccines given today|vaccines|point of care testing|office tests|treatment given"
    "|medications administered|administered",
    "procedure": "procedure|procedures|procedure note|operative note|procedure performed"
    "|procedures performed|procedure in detail|description of procedure|operation|operative report"
    "|procedures today",
    "instructions": "instructions|patient instructions|follow up|follow-up|counseling|education"
    "|patient education|return precautions|preoperative diagnosis|pre-operative diagnosis",
}
SECTION_OF = {name: kind for kind, names in HEADINGS.items() for name in names.split("|")}
HEADING = re.compile(
    r"[ \t]*(?:#+ |\*\*)?([A-Za-z][A-Za-z0-9 ,/&'()\-]{0,48}?)(?:\*\*)?[ \t]*(:|$)"
)
CAPITALS = re.compile(r"[A-Z][A-Z0-9 ,:/&()'\-]{3,60}:?")
BULLET = re.compile(r"[ \t]*(?:[-*•–]|\d{1,2}[.)]|#\d{1,2}[.):]?|\(\d\))[ \t]+")
NUMBERED = re.compile(r"[ \t]*(?:\d{1,2}[.)]|#\d{1,2}[.):]?|\(\d\))[ \t]+")
LABEL = re.compile(r"[ \t]*[-*•–]?[ \t]*[A-Z][A-Za-z ]{2,40}:")
SIGNATURE = re.compile(
    r"[ \t]*(?:electronically |digitally )?(?:signed|dictated|transcribed) ?(?:by|:)", re.I
)
HEADER = re.compile(
    r"[ \t]*(?:patient|name|mrn|dob|born|date of (?:service|birth|visit|exam)|dos|provider"
    r"|visit date"
    r"|referring|date|sex|age|patient agreements)\b[^:\n]{0,20}:",
    re.I,
)
# A full stop that ends no sentence.
ABBREVIATION = re.compile(
    r"\b(?:dr|mr|mrs|ms|vs|no|approx|st|jr|sr|fig|e\.g|i\.e|p\.o|b\.i\.d|t\.i\.d|q\.d|wt|temp)\.$",
    re.I,
)
END = re.compile(r"[.!?](?=\s+|$)|;(?=\s)")
# A line as long as this was broken by the width of the page, not by the writer.
WRAPPED = 60


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and where it stands; `item` counts the problems of an assessment, from 1.

    `is_head` marks the first sentence of an item: the problem's name.
    """

    text: str
    start: int
    section: str
    item: int = 0
    is_head: bool = False

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(slots=True)
class Reader:
    """Where the reading of one note stands."""

    section: str = "other"
    item: int = 0
    is_fresh: bool = False


def read_sentences(text: str) -> list[Sentence]:
    """Every sentence of a note in order; the lines about who and when, and signatures, left out."""
    reader = Reader()
    return [sentence for part in read_lines(text) for sentence in read_line(reader, *part)]


def read_lines(text: str) -> Iterator[tuple[str, int, bool]]:
    """(line, start, is after a blank line), lines broken by the page's width joined again."""
    line, start, is_apart, at = "", 0, True, 0
    for raw in text.splitlines(keepends=True):
        plain = raw.rstrip()
        is_going_on = (
            len(line.rstrip()) >= WRAPPED
            and not line.rstrip().endswith((".", ":", ";", "!", "?"))
            and plain.lstrip()[:1].islower()
        )
        if is_going_on:
            line += raw
        else:
            if line.strip():
                yield line, start, is_apart
            is_apart = not line.strip() or (is_apart and not line)
            line, start = raw, at
        at += len(raw)
    if line.strip():
        yield line, start, is_apart


def read_line(reader: Reader, line: str, start: int, is_apart: bool) -> Iterator[Sentence]:
    plain = line.rstrip()
    if SIGNATURE.match(plain) or HEADER.match(plain):
        return
    skip = 0
    bullet = BULLET.match(plain)
    if heading := heading_of(plain):
        reader.section, skip = heading
        reader.item, reader.is_fresh = 0, True
    elif CAPITALS.fullmatch(plain.strip()) and not bullet and len(plain.split()) < 6:
        reader.section, reader.item = "other", 0
        if len(plain.split()) > 1 or plain.endswith(":"):
            return
    rest = plain[skip:]
    if not rest.strip():
        return
    is_new = starts_item(reader, rest, bullet is not None and skip == 0, is_apart)
    if is_new:
        reader.item += 1
    reader.is_fresh = False
    if bullet and skip == 0:
        rest, skip = plain[bullet.end() :], bullet.end()
    yield from cut_sentences(reader, rest, start + skip, is_new)


def heading_of(line: str) -> tuple[str, int] | None:
    """The section a line opens and where its text begins."""
    match = HEADING.match(line)
    if match is None:
        return None
    name = " ".join(match[1].lower().split())
    section = SECTION_OF.get(name)
    is_alone = match[2] == ""
    if section is None or (is_alone and len(name) == 1):
        return None
    return section, match.end()


def starts_item(reader: Reader, line: str, is_bullet: bool, is_apart: bool) -> bool:
    """Whether a line of an assessment names the next problem."""
    if reader.section not in ("impression", "plan"):
        return False
    if NUMBERED.match(line) or reader.item == 0:
        return True
    if is_bullet:
        return not LABEL.match(line) and not line.startswith((" ", "\t"))
    return is_apart or len(line) < WRAPPED


def cut_sentences(reader: Reader, text: str, start: int, is_head: bool) -> Iterator[Sentence]:
    at = 0
    for match in END.finditer(text):
        if match[0] == "." and (
            ABBREVIATION.search(text, at, match.end()) or text[match.end() :].lstrip()[:1].islower()
        ):
            continue
        yield from one_sentence(reader, text, at, match.end(), start, is_head)
        is_head, at = False, match.end()
    yield from one_sentence(reader, text, at, len(text), start, is_head)


def one_sentence(
    reader: Reader, text: str, low: int, high: int, start: int, is_head: bool
) -> Iterator[Sentence]:
    cut = text[low:high]
    words = cut.strip()
    if not any(letter.isalnum() for letter in words):
        return
    lead = len(cut) - len(cut.lstrip())
    yield Sentence(words, start + low + lead, reader.section, reader.item, is_head)
