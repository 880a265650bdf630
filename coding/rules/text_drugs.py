"""Drugs given at the visit: HCPCS code and units from the dose as written.

Units are the dose over the amount of one unit, rounded up (CMS IOM 100-04 ch. 17 §40). A drug of a
single-dose container needs JW for what was thrown away, or JZ when nothing was.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from coding.rules.text_notes import ReadNote, ReadSentence

# How many of the smaller unit the larger has.
IN_MG = {"g": Decimal(1000), "gm": Decimal(1000), "mg": Decimal(1), "mcg": Decimal("0.001")}
DOSE = re.compile(
    r"(?P<amount>\d[\d,]*(?:\.\d+)?|\.\d+)\s?(?P<unit>mg|mcg|µg|gm|g|million units|units?|iu|u)\b"
    r"(?!\s?/|\s?per\b)",
    re.IGNORECASE,
)
STRENGTH = re.compile(
    r"(?P<amount>\d[\d,]*(?:\.\d+)?)\s?(?P<unit>mg|mcg|g|units?)\s?(?:/"
    r"|per)\s?(?P<per>\d*(?:\.\d+)?)\s?ml\b",
    re.IGNORECASE,
)
VOLUME = re.compile(r"(?P<amount>\d+(?:\.\d+)?|\.\d+)\s?(?:ml|cc)\b(?!\s?/)", re.IGNORECASE)
GIVEN = re.compile(
    r"\b(?:inject\w*|given|gave|administered|received|infus\w*|im\b|iv\b|intramuscular\w*"
    r"|nebuli[sz]\w*"
    r"|intra-?articular\w*|subcutaneous\w*|sc\b|subq|shot)",
    re.IGNORECASE,
)
# Under the skin or into a muscle; joints and tendons have codes of their own.
INTO_BODY = re.compile(
    r"\b(?:im\b|intramuscular\w*|subcutaneous\w*|subq\b|sc\b|into the (?:deltoid|gluteal))",
    re.IGNORECASE,
)
NOT_GIVEN = re.compile(
    r"\b(?:daily|twice|nightly|every \w+|at home|prescri\w+|refill\w*|tablets?|capsules?|inhaler"
    r"|po\b|by mouth"
    r"|oral\w*|take|takes|taking|continue\w*|prn|as needed|declin\w+|refus\w+|would|will"
    r"|consider\w*|last"
    r"|previous\w*|allerg\w+|plan to|next|return for|cream|ointment|topical\w*|inhaled)\b",
    re.IGNORECASE,
)
WASTE = re.compile(
    r"(?P<amount>\d[\d,]*(?:\.\d+)?)\s?(?P<unit>mg|mcg|g|units?)\b[^.;]{0,40}?\b(?:discard|wast)\w*"
    r"|\b(?:discard|wast)\w*(?: of| was|:)?\s?(?P<later>\d[\d,]*(?:\.\d+)?)\s?(?P<last>mg|mcg|g"
    r"|units?)\b",
    re.IGNORECASE,
)
NO_WASTE = re.compile(
    r"\b(?:nothing (?:was )?(?:discarded|wasted)|no (?:waste|wastage|drug (?:was )?(?:discarded"
    r"|wasted))"
    r"|none (?:was )?(?:discarded|wasted)|no discard\w*|without waste|entire vial|full vial"
    r"|zero waste)",
    re.IGNORECASE,
)
SINGLE_DOSE = re.compile(r"\bsingle[- ](?:dose|use)\b", re.IGNORECASE)
MULTI_DOSE = re.compile(r"\bmulti(?:ple)?[- ]?(?:dose|use)\b", re.IGNORECASE)
NDC = re.compile(r"\bNDC\s?#?:?\s?(?P<code>\d{4,5}-\d{3,4}-\d{1,2}|\d{11}|\d{10})\b", re.IGNORECASE)
SECTIONS = frozenset({"procedure", "orders", "plan", "impression", "other", "history", "imaging"})


@dataclass(frozen=True, slots=True)
class Drug:
    """One line of drug_units.csv: `amount` of `unit` is one billing unit."""

    code: str
    pattern: re.Pattern[str]
    amount: Decimal
    unit: str
    is_single_dose: bool


@dataclass(frozen=True, slots=True)
class DrugFinding:
    """A drug given. `units` is None while the dose is not written; `wasted` units go with JW."""

    code: str
    document: int
    start: int
    end: int
    quote: str
    units: int | None
    wasted: int
    modifiers: tuple[str, ...]
    reason: str
    hints: tuple[str, ...]
    ndc: str = ""
    item: int = 0
    is_injection: bool = False


def read_drugs(rows: Iterable[Mapping[str, str]]) -> tuple[Drug, ...]:
    """Rows of drug_units.csv (code, drug names with |, amount, unit, single_dose)."""
    return tuple(
        Drug(
            row["code"],
            re.compile(
                rf"(?<!\w)(?:{'|'.join(re.escape(name) for name in row['drug'].split('|'))})(?!\w)",
                re.IGNORECASE,
            ),
            Decimal(row["amount"]),
            row["unit"],
            row["single_dose"] == "1",
        )
        for row in rows
    )


def find_drugs(note: ReadNote, drugs: Sequence[Drug]) -> list[DrugFinding]:
    """The drugs a note says were given, each once, in the order of the note."""
    found: dict[str, DrugFinding] = {}
    for read in note.sentences:
        if read.sentence.section not in SECTIONS:
            continue
        taken: list[tuple[int, int]] = []
        for drug, match in names(read.sentence.text, drugs):
            if any(low < match.end() and match.start() < high for low, high in taken):
                continue
            taken.append(match.span())
            if is_given(read, match):
                better = judge(note, read, drug, match)
                if drug.code not in found or found[drug.code].units is None:
                    found[drug.code] = better
    return list(found.values())


def names(text: str, drugs: Sequence[Drug]) -> list[tuple[Drug, re.Match[str]]]:
    """Longest names first: "triamcinolone acetonide" before "triamcinolone"."""
    matches = [(drug, match) for drug in drugs for match in drug.pattern.finditer(text)]
    return sorted(matches, key=lambda pair: (-len(pair[1][0]), pair[1].start()))


def is_given(read: ReadSentence, match: re.Match[str]) -> bool:
    """Given here and now: a way of giving in the sentence, no word of a prescription."""
    sentence = read.sentence
    text = sentence.text
    context = read.context(sentence.start + match.start(), sentence.start + match.end())
    if context.keys() & {"negated", "hypothetical", "historical", "family"}:
        return False
    if NOT_GIVEN.search(text):
        return False
    return bool(GIVEN.search(text)) or sentence.section in ("procedure", "orders")


def judge(note: ReadNote, read: ReadSentence, drug: Drug, match: re.Match[str]) -> DrugFinding:
    sentence = read.sentence
    given, low, high = dose_near(sentence.text, match, drug.unit)
    units = None if given is None else whole_units(given, drug)
    around = "\n".join(near(note, read))
    wasted = waste_of(around, drug)
    hints = [] if units else [f"No dose is written; one unit is {drug.amount:f} {drug.unit}."]
    modifiers: tuple[str, ...] = ()
    is_single = (drug.is_single_dose or SINGLE_DOSE.search(around)) and not MULTI_DOSE.search(
        around
    )
    if is_single and wasted:
        hints.append(f"JW on a second line: {wasted} units thrown away.")
    elif is_single and NO_WASTE.search(around):
        modifiers = ("JZ",)
    elif is_single:
        hints.append("JZ if nothing of the single-dose container was thrown away, else JW.")
    ndc = NDC.search(around)
    start, end = sentence.start + low, sentence.start + high
    return DrugFinding(
        code=drug.code,
        document=note.note.number,
        start=start,
        end=end,
        quote=note.quote(start, end),
        units=units,
        wasted=wasted,
        modifiers=modifiers,
        reason=reason_of(drug, given, units),
        hints=tuple(hints),
        ndc=ndc["code"].replace("-", "") if ndc else "",
        item=sentence.item,
        is_injection=bool(INTO_BODY.search(sentence.text)),
    )


def reason_of(drug: Drug, given: Decimal | None, units: int | None) -> str:
    if given is None:
        return f"One unit of {drug.code} is {drug.amount:f} {drug.unit}."
    return f"{given.normalize():f} {drug.unit} at {drug.amount:f} {drug.unit} a unit is {units}."


def near(note: ReadNote, read: ReadSentence) -> Iterator[str]:
    """The sentence and the two after it: where waste and package are written."""
    at = note.sentences.index(read)
    return (other.sentence.text for other in note.sentences[at : at + 3])


def dose_near(text: str, match: re.Match[str], unit: str) -> tuple[Decimal | None, int, int]:
    """The dose nearest to a drug's name in its unit, and the span from name to dose."""
    doses = [
        (found.start(), found.end(), amount)
        for found in DOSE.finditer(text)
        if (amount := converted(found["amount"], found["unit"], unit)) is not None
    ]
    for found in STRENGTH.finditer(text):
        volume = next(
            (v for v in VOLUME.finditer(text) if not found.start() <= v.start() < found.end()), None
        )
        strength = converted(found["amount"], found["unit"], unit)
        if volume and strength is not None:
            per = Decimal(found["per"] or 1)
            amount = strength / per * Decimal(volume["amount"])
            doses.append(
                (min(found.start(), volume.start()), max(found.end(), volume.end()), amount)
            )
    if unit == "dose":
        return Decimal(1), match.start(), match.end()
    if not doses:
        return None, match.start(), match.end()
    low, high, amount = min(doses, key=lambda dose: distance(dose, match))
    return amount, min(low, match.start()), max(high, match.end())


def distance(dose: tuple[int, int, Decimal], match: re.Match[str]) -> int:
    """A dose after the name counts as nearer than one before it."""
    if dose[0] >= match.end():
        return dose[0] - match.end()
    return match.start() - dose[1] + 8


def converted(amount: str, written: str, unit: str) -> Decimal | None:
    """An amount in the unit the code counts in; None when the two are no common measure."""
    number = Decimal(amount.replace(",", ""))
    name = written.lower().rstrip("s").replace("µg", "mcg")
    if unit == "unit":
        if name == "million unit":
            return number * 1_000_000
        return number if name in ("unit", "iu", "u") else None
    if name in IN_MG and unit in IN_MG:
        return number * IN_MG[name] / IN_MG[unit]
    return None


def whole_units(given: Decimal, drug: Drug) -> int:
    """The dose over one unit's amount, rounded up; at least one."""
    return max(1, int((given / drug.amount).to_integral_value(rounding=ROUND_CEILING)))


def waste_of(text: str, drug: Drug) -> int:
    """Billing units thrown away; 0 when none is written. Parts of a unit are rounded down to 0 or
    up to the next whole one together with the dose, so that they are counted once.
    """
    match = WASTE.search(text)
    if match is None or NO_WASTE.search(text):
        return 0
    amount, unit = match["amount"] or match["later"], match["unit"] or match["last"]
    wasted = converted(amount, unit, drug.unit)
    return int(wasted / drug.amount) if wasted is not None else 0
