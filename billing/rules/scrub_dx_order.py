"""Checks of the diagnoses' order and of what stands together: first-listed, notes, sides."""

import re

from billing.rules.coded_claim import CodedLine, coded
from billing.rules.findings import (
    BLOCKING,
    WARNING,
    AnyClaim,
    ClaimFacts,
    Hit,
    Look,
    Scrub,
)
from billing.rules.scrub_dx_validity import is_external_cause
from billing.rules.scrub_needs import need_diagnoses
from billing.rules.scrub_texts import CHART
from coding.rules.diagnosis_edits import GUIDELINES, dotted, excludes_code, side_of
from coding.rules.line_edits import SIDE_WORDS

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
ORDER_FIX = "Have the coder put the diagnoses in order."


def look_external_cause_first(claim: AnyClaim, facts: ClaimFacts) -> Look:
    first = coded(claim).diagnoses[:1]
    if first and is_external_cause(first[0]):
        yield Hit(f"{dotted(first[0])} is an external cause and stands first.")


def look_external_cause_pointed(claim: AnyClaim, facts: ClaimFacts) -> Look:
    view = coded(claim)
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


def look_manifestation_first(claim: AnyClaim, facts: ClaimFacts) -> Look:
    view = coded(claim)
    for code in view.diagnoses[:1]:
        entry = facts.codes.diagnosis_on(code, view.served_on)
        if entry is not None and _MANIFESTATION.search(entry.label):
            yield Hit(f"{dotted(code)} is a manifestation; its cause must stand before it.")


def look_code_first(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """A code-first note at the first-listed code or a heading above it."""
    view = coded(claim)
    for code in view.diagnoses[:1]:
        entry = facts.codes.diagnosis_on(code, view.served_on)
        if entry is None or _MANIFESTATION.search(entry.label):
            continue
        for length in range(3, len(code) + 1):
            above = facts.codes.diagnosis_on(code[:length], view.served_on)
            if above is not None and above.has_code_first:
                yield Hit(f"{dotted(code)} has a note to code its cause first, and stands first.")
                break


def look_only_first(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """Several of them may stand together, as two encounters of one day."""
    diagnoses = coded(claim).diagnoses
    if not diagnoses or diagnoses[0].startswith(ONLY_FIRST):
        return
    for code in diagnoses[1:]:
        if code.startswith(ONLY_FIRST) and not code.startswith(NOT_ONLY_FIRST):
            yield Hit(f"{dotted(code)} may only stand first.")


def look_never_first(claim: AnyClaim, facts: ClaimFacts) -> Look:
    for code in coded(claim).diagnoses[:1]:
        if code.startswith(NEVER_FIRST):
            yield Hit(f"{dotted(code)} only adds to another diagnosis and stands first.")


def look_excludes1(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """A note at the code or a heading above it names another code of the claim."""
    view, codes = coded(claim), facts.codes
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


def look_side_open(claim: AnyClaim, facts: ClaimFacts) -> Look:
    view = coded(claim)
    for code in view.diagnoses:
        entry = facts.codes.diagnosis_on(code, view.served_on)
        if entry is not None and entry.siblings:
            better = ", ".join(f"{dotted(sibling)} {side}" for side, sibling in entry.siblings)
            yield Hit(f"{dotted(code)} leaves the side open. More specific: {better}.")


def pointed_sides(line: CodedLine, claim: AnyClaim, facts: ClaimFacts) -> set[str]:
    """The sides named by the diagnoses a line points to."""
    day = coded(claim).served_on
    entries = [facts.codes.diagnosis_on(code, day) for code in line.diagnoses]
    return {side_of(entry.label) for entry in entries if entry is not None} - {""}


def look_side_contradicts(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """RT or LT on the line, and every sided diagnosis it points to is of the other side."""
    view = coded(claim)
    if view.is_institutional or not view.marks & SIDE_WORDS.keys():
        return
    for line in view.lines:
        for mark in line.marks & SIDE_WORDS.keys():
            sides = pointed_sides(line, claim, facts)
            if len(sides) == 1 and sides <= {"right", "left"} - {SIDE_WORDS[mark]}:
                yield Hit(
                    f"Line {line.position} says {mark}, its diagnosis is on the {sides.pop()}.",
                    line.position,
                )


def look_both_sides(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """50 says both sides, the diagnoses name only one."""
    view = coded(claim)
    if view.is_institutional or "50" not in view.marks:
        return
    for line in view.lines:
        if "50" in line.marks:
            sides = pointed_sides(line, claim, facts)
            if len(sides) == 1 and "bilateral" not in sides:
                yield Hit(
                    f"Line {line.position} says both sides (50), its diagnosis the "
                    f"{sides.pop()} only.",
                    line.position,
                )


SCRUBS: tuple[Scrub, ...] = (
    Scrub(
        "external_cause_first",
        "External cause stands first",
        BLOCKING,
        "2300 HI",
        ORDER_FIX,
        f"{GUIDELINES} I.C.20.a.6",
        look_external_cause_first,
    ),
    Scrub(
        "external_cause_pointed",
        "Line points first to an external cause",
        WARNING,
        "2400 SV107",
        CHART,
        f"{GUIDELINES} I.C.20.a.6",
        look_external_cause_pointed,
    ),
    Scrub(
        "manifestation_first",
        "Manifestation stands first",
        BLOCKING,
        "2300 HI",
        ORDER_FIX,
        f"{GUIDELINES} I.A.13",
        look_manifestation_first,
        missing=need_diagnoses,
    ),
    Scrub(
        "code_first",
        "Cause to be coded first",
        WARNING,
        "2300 HI",
        ORDER_FIX,
        f"{GUIDELINES} I.A.13",
        look_code_first,
        missing=need_diagnoses,
    ),
    Scrub(
        "dx_only_first",
        "Diagnosis may only stand first",
        WARNING,
        "2300 HI",
        ORDER_FIX,
        f"{GUIDELINES} I.C.21.c.16",
        look_only_first,
    ),
    Scrub(
        "dx_never_first",
        "Diagnosis may not stand first",
        WARNING,
        "2300 HI",
        ORDER_FIX,
        f"{GUIDELINES} I.B.14, I.C.1, I.C.15, I.C.21",
        look_never_first,
    ),
    Scrub(
        "excludes1",
        "Excludes1 note",
        WARNING,
        "2300 HI",
        "Have the coder drop one of the two, unless the conditions are unrelated.",
        f"{GUIDELINES} I.A.12.a",
        look_excludes1,
        missing=need_diagnoses,
    ),
    Scrub(
        "side_open",
        "Side not said",
        WARNING,
        "2300 HI",
        CHART,
        f"{GUIDELINES} I.B.13",
        look_side_open,
        missing=need_diagnoses,
    ),
    Scrub(
        "side_contradicts",
        "Modifier and diagnosis on different sides",
        BLOCKING,
        "2400 SV101",
        CHART,
        f"{GUIDELINES} I.B.13",
        look_side_contradicts,
        missing=need_diagnoses,
    ),
    Scrub(
        "both_sides",
        "Modifier 50 with a one-sided diagnosis",
        WARNING,
        "2400 SV101",
        CHART,
        f"{GUIDELINES} I.B.13",
        look_both_sides,
        missing=need_diagnoses,
    ),
)
