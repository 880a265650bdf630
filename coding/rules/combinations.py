"""Codes that follow from several conditions together, by the conventions of ICD-10-CM.

"With" (guideline I.A.15): hypertension with heart failure or chronic kidney disease, and diabetes
with kidney disease, neuropathy and the like are taken as linked unless the note says otherwise.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from coding.rules.text_diagnoses import Finding
from coding.rules.text_notes import ReadNote

# Beside diabetes: code prefix -> the ending of E08-E13 it becomes, and whether its own code stays.
DIABETIC: tuple[tuple[str, str, bool], ...] = (
    ("N18", "22", True),
    ("G629", "42", False),
    ("I739", "51", False),
    ("K3184", "43", True),
    ("L97", "621", True),
    ("R739", "65", False),
)
STAGES_LATE = ("N185", "N186")
BMI = re.compile(r"\b(?:BMI|body mass index)[^0-9\n]{0,20}(\d{2})(?:\.\d+)?", re.IGNORECASE)
WEEKS = re.compile(r"\b(\d{1,2})(?:\s?w(?:ee)?ks?|\s?\+\s?\d|\s?\d?/7)", re.IGNORECASE)
INSULIN = re.compile(
    r"\b(?:insulin|glargine|lantus|humalog|lispro|novolog|aspart|levemir|detemir|tresiba"
    r"|basaglar)\b",
    re.IGNORECASE,
)
ORAL = re.compile(
    r"\b(?:metformin|glipizide|glimepiride|glyburide|empagliflozin|jardiance|farxiga"
    r"|dapagliflozin|sitagliptin|januvia|pioglitazone|linagliptin)\b",
    re.IGNORECASE,
)
ANTICOAGULANT = re.compile(
    r"\b(?:warfarin|coumadin|apixaban|eliquis|rivaroxaban|xarelto|dabigatran|pradaxa)\b",
    re.IGNORECASE,
)
NOT_TAKEN = re.compile(
    r"\b(?:discuss\w*|consider\w*|declin\w*|stopp?\w*|discontinu\w*|allerg\w*|avoid|hold|held|not"
    r"|no|start\w*|add|begin|if|intoleran\w*)\b[^.]*$",
    re.IGNORECASE,
)
Label = Callable[[str], str | None]


def combine(findings: Sequence[Finding], notes: Iterable[ReadNote], label: Label) -> list[Finding]:
    """The findings with those that belong together made one. `label` is None for no such code."""
    read = list(notes)
    found = hypertensive(list(findings), label)
    found = diabetic(found, label)
    found = measured(found, read, label)
    return found + list(taken(found, read, label))


def first(findings: Iterable[Finding], *prefixes: str) -> Finding | None:
    return next((finding for finding in findings if finding.code.startswith(prefixes)), None)


def recode(finding: Finding, code: str, label: Label, reason: str) -> Finding | None:
    words = label(code)
    if words is None:
        return None
    return replace(finding, code=code, label=words, reasons=(*finding.reasons, reason), gaps=())


def hypertensive(findings: list[Finding], label: Label) -> list[Finding]:
    """I10 with heart failure is I11.0, with chronic kidney disease I12, with both I13."""
    pressure = first(findings, "I10", "I11", "I12")
    heart = first(findings, "I50") or first(findings, "I110")
    kidney = first(findings, "N18")
    if pressure is None or not (heart or kidney):
        return findings
    late = kidney is not None and kidney.code.startswith(STAGES_LATE)
    if heart and kidney:
        code = "I132" if late else "I130"
    elif kidney:
        code = "I120" if late else "I129"
    else:
        code = "I110"
    names = " and ".join(f"“{f.quote}”" for f in (heart, kidney) if f and f is not pressure)
    reason = f"hypertension with {names} (guideline I.C.9.a)" if names else "as written"
    better = recode(pressure, code, label, reason)
    if better is None:
        return findings
    gone = {"I10", "I110", "I119", "I120", "I129", code}
    return [better if f is pressure else f for f in findings if f is pressure or f.code not in gone]


def diabetic(findings: list[Finding], label: Label) -> list[Finding]:
    """Diabetes without complications beside a linked condition is diabetes with it."""
    sugar = first(findings, "E08", "E09", "E10", "E11", "E13")
    if sugar is None:
        return findings
    added: list[Finding] = []
    gone: set[str] = set()
    for prefix, ending, stays in DIABETIC:
        linked = first(findings, prefix)
        if linked is None or linked.section in ("past", "history"):
            continue
        code = sugar.code[:3] + ending
        reason = f"diabetes with “{linked.quote}” (guideline I.A.15)"
        better = recode(sugar, code, label, reason)
        if better is None or first(findings, code[: len(code) - 1]):
            continue
        added.append(replace(better, support=((linked.document, linked.start, linked.quote),)))
        gone |= {sugar.code[:3] + "9"} | (set() if stays else {linked.code})
    return [finding for finding in findings if finding.code not in gone] + added


def measured(findings: list[Finding], notes: Sequence[ReadNote], label: Label) -> list[Finding]:
    """The body mass index beside overweight or obesity, the weeks beside a pregnancy."""
    added = []
    if heavy := first(findings, "E66"):
        added += quoted(heavy, notes, BMI, body_mass_code, label, "BMI is coded beside the weight")
    if pregnant := first(findings, "O", "Z34"):
        added += quoted(pregnant, notes, WEEKS, weeks_code, label, "weeks of the pregnancy")
    return findings + [finding for finding in added if not first(findings, finding.code)]


def quoted(
    beside: Finding,
    notes: Sequence[ReadNote],
    pattern: re.Pattern[str],
    code_of: Callable[[int], str],
    label: Label,
    reason: str,
) -> list[Finding]:
    for note in notes:
        for match in pattern.finditer(note.note.text):
            code = code_of(int(match[1]))
            if code and (words := label(code)):
                return [placed(beside, note, match, code, words, reason)]
    return []


def placed(
    beside: Finding, note: ReadNote, match: re.Match[str], code: str, words: str, reason: str
) -> Finding:
    """A finding at the words of a match, ranked just under the one it belongs to."""
    return replace(
        beside,
        code=code,
        label=words,
        document=note.note.number,
        start=match.start(),
        end=match.end(),
        quote=match[0],
        term=match[0].lower(),
        source="own",
        score=beside.score - 15,
        gaps=(),
        reasons=(reason,),
        support=((beside.document, beside.start, beside.quote),),
    )


def body_mass_code(value: int) -> str:
    """Z68: 19 or less, each whole number to 39, then by tens; adults only."""
    if value <= 19:
        return "Z681"
    if value < 40:
        return f"Z68{value}"
    tens = ((45, "Z6841"), (50, "Z6842"), (60, "Z6843"), (70, "Z6844"), (999, "Z6845"))
    return next(code for limit, code in tens if value < limit)


def weeks_code(weeks: int) -> str:
    """Z3A: weeks of gestation 8 to 42."""
    return f"Z3A{weeks:02d}" if 8 <= weeks <= 42 else ""


def taken(
    findings: Sequence[Finding], notes: Sequence[ReadNote], label: Label
) -> Iterable[Finding]:
    """Long-term drugs that are coded beside what they treat (guideline I.C.4.a.3)."""
    sugar = first(findings, "E08", "E09", "E11", "E13")
    wanted = (
        (sugar, INSULIN, "Z794", "insulin is taken"),
        (sugar, ORAL, "Z7984", "an oral drug is taken"),
        (first(findings, "I48", "I26", "I82", "Z8671"), ANTICOAGULANT, "Z7901", "it is taken"),
    )
    for beside, pattern, code, reason in wanted:
        if beside is None or first(findings, code) or (words := label(code)) is None:
            continue
        for note in notes:
            match = next(iter(current(note, pattern)), None)
            if match is not None:
                yield placed(beside, note, match, code, words, f"{reason}, for “{beside.quote}”")
                break


def current(note: ReadNote, pattern: re.Pattern[str]) -> Iterable[re.Match[str]]:
    """Where a drug is named as taken: not started, stopped or spoken about only."""
    for read in note.sentences:
        sentence = read.sentence
        if sentence.section in ("allergies", "family", "instructions"):
            continue
        for match in pattern.finditer(note.note.text, sentence.start, sentence.end):
            if not NOT_TAKEN.search(note.note.text[sentence.start : match.start()]):
                yield match
