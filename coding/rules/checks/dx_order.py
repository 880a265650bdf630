"""Checks of the diagnoses' order and of what stands together: first-listed, notes, sides."""

import re

from coding.rules.checks.dx_validity import is_external_cause
from coding.rules.code_facts import CodeFacts
from coding.rules.code_lists import SIDE_WORDS
from coding.rules.coded_claim import CodedClaim, CodedLine
from coding.rules.diagnosis_edits import dotted, excludes_code, side_of
from coding.rules.hits import Hit, Look

_MANIFESTATION = re.compile(
    r"\bin (\w+ ){0,4}(disease|diseases|conditions) classified elsewhere", re.IGNORECASE
)
# ICD-10-CM Official Guidelines I.C.21.c.16: only first-listed. The exceptions are written out.
ONLY_FIRST = (
    *("Z00", "Z01", "Z02", "Z04", "Z3181", "Z3182", "Z3183", "Z3184", "Z332", "Z34", "Z38", "Z39"),
    *("Z40", "Z42", "Z510", "Z511", "Z52", "Z761", "Z762", "Z9912"),
)
NOT_ONLY_FIRST = ("Z006", "Z529")
# Guidelines I.B.14, I.C.1.b, I.C.1.d.1.b, I.C.15.b.4 and I.C.21.c.3: they only add to another code.
NEVER_FIRST = ("B95", "B96", "B97", "R652", "Z16", "Z37", "Z3A", "Z68")


def look_external_cause_first(view: CodedClaim, codes: CodeFacts) -> Look:
    first = view.diagnoses[:1]
    if first and is_external_cause(first[0]):
        yield Hit(f"{dotted(first[0])} is an external cause and stands first.")


def look_external_cause_pointed(view: CodedClaim, codes: CodeFacts) -> Look:
    if view.is_institutional:
        return
    for line in view.lines:
        if line.diagnoses and is_external_cause(line.diagnoses[0]):
            code = dotted(line.diagnoses[0])
            yield Hit(
                f"Line {line.position} points first to {code}, an external cause.",
                line.position,
                "2400 SV107",
            )


def look_manifestation_first(view: CodedClaim, codes: CodeFacts) -> Look:
    for code in view.diagnoses[:1]:
        entry = codes.diagnosis_on(code, view.served_on)
        if entry is not None and _MANIFESTATION.search(entry.label):
            yield Hit(f"{dotted(code)} is a manifestation; its cause must stand before it.")


def look_code_first(view: CodedClaim, codes: CodeFacts) -> Look:
    """A code-first note at the first-listed code or a heading above it."""
    for code in view.diagnoses[:1]:
        entry = codes.diagnosis_on(code, view.served_on)
        if entry is None or _MANIFESTATION.search(entry.label):
            continue
        for length in range(3, len(code) + 1):
            above = codes.diagnosis_on(code[:length], view.served_on)
            if above is not None and above.has_code_first:
                yield Hit(f"{dotted(code)} has a note to code its cause first, and stands first.")
                break


def look_only_first(view: CodedClaim, codes: CodeFacts) -> Look:
    """Several of them may stand together, as two encounters of one day."""
    diagnoses = view.diagnoses
    if not diagnoses or diagnoses[0].startswith(ONLY_FIRST):
        return
    for code in diagnoses[1:]:
        if code.startswith(ONLY_FIRST) and not code.startswith(NOT_ONLY_FIRST):
            yield Hit(f"{dotted(code)} may only stand first.")


def look_never_first(view: CodedClaim, codes: CodeFacts) -> Look:
    for code in view.diagnoses[:1]:
        if code.startswith(NEVER_FIRST):
            yield Hit(f"{dotted(code)} only adds to another diagnosis and stands first.")


def look_excludes1(view: CodedClaim, codes: CodeFacts) -> Look:
    """A note at the code or a heading above it names another code of the claim."""
    if len(view.diagnoses) < 2:
        return
    told: set[frozenset[str]] = set()
    for code in view.diagnoses:
        notes = [
            note
            for length in range(3, len(code) + 1)
            if (above := codes.diagnosis_on(code[:length], view.served_on)) is not None
            for note in above.excludes1
        ]
        for other in view.diagnoses if notes else ():
            pair = frozenset((code, other))
            if other != code and pair not in told and excludes_code(notes, other):
                told.add(pair)
                yield Hit(
                    f"{dotted(code)} has an Excludes1 note for {dotted(other)}: "
                    "not both for one condition."
                )


def look_side_open(view: CodedClaim, codes: CodeFacts) -> Look:
    for code in view.diagnoses:
        entry = codes.diagnosis_on(code, view.served_on)
        if entry is not None and entry.siblings:
            better = ", ".join(f"{dotted(sibling)} {side}" for side, sibling in entry.siblings)
            yield Hit(f"{dotted(code)} leaves the side open. More specific: {better}.")


def pointed_sides(line: CodedLine, view: CodedClaim, codes: CodeFacts) -> set[str]:
    """The sides named by the diagnoses a line points to."""
    day = view.served_on
    entries = [codes.diagnosis_on(code, day) for code in line.diagnoses]
    return {side_of(entry.label) for entry in entries if entry is not None} - {""}


def look_side_contradicts(view: CodedClaim, codes: CodeFacts) -> Look:
    """RT or LT on the line, and every sided diagnosis it points to is of the other side."""
    if view.is_institutional or not view.marks & SIDE_WORDS.keys():
        return
    for line in view.lines:
        for mark in line.marks & SIDE_WORDS.keys():
            sides = pointed_sides(line, view, codes)
            if len(sides) == 1 and sides <= {"right", "left"} - {SIDE_WORDS[mark]}:
                yield Hit(
                    f"Line {line.position} says {mark}, its diagnosis is on the {sides.pop()}.",
                    line.position,
                )


def look_both_sides(view: CodedClaim, codes: CodeFacts) -> Look:
    """50 says both sides, the diagnoses name only one."""
    if view.is_institutional or "50" not in view.marks:
        return
    for line in view.lines:
        if "50" in line.marks:
            sides = pointed_sides(line, view, codes)
            if len(sides) == 1 and "bilateral" not in sides:
                yield Hit(
                    f"Line {line.position} says both sides (50), its diagnosis the "
                    f"{sides.pop()} only.",
                    line.position,
                )
