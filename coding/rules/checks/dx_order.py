"""Checks of the diagnoses' order and of what stands together: first-listed, notes, sides."""

import re
from collections.abc import Iterator

from coding.rules.checks.dx_validity import is_external_cause
from coding.rules.code_facts import CodeFacts, DiagnosisEntry
from coding.rules.code_lists import SIDE_WORDS
from coding.rules.coded_claim import CodedClaim, CodedLine
from coding.rules.diagnosis_edits import excludes_code, side_of
from coding.rules.fixes import Fix, move, swap
from coding.rules.hits import Hit, Look
from coding.rules.written_codes import dotted

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
MARK_OF_SIDE = {side: mark for mark, side in SIDE_WORDS.items()}
# More codes than these would hide the sentence.
MOST_NAMED = 4


def is_manifestation(entry: DiagnosisEntry) -> bool:
    """As the code set says, else by its words."""
    return entry.is_manifestation or _MANIFESTATION.search(entry.label) is not None


def down(view: CodedClaim) -> Fix | None:
    """The first diagnosis one place down; alone it cannot."""
    if len(view.diagnoses) < 2:
        return None
    return move(1, 2, dotted(view.diagnoses[0]))


def look_external_cause_first(view: CodedClaim, codes: CodeFacts) -> Look:
    first = view.diagnoses[:1]
    if first and is_external_cause(first[0]):
        yield Hit(
            f"{dotted(first[0])} is an external cause and stands first.",
            diagnosis=first[0],
            fix=down(view),
        )


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
                diagnosis=line.diagnoses[0],
            )


def look_manifestation_first(view: CodedClaim, codes: CodeFacts) -> Look:
    for code in view.diagnoses[:1]:
        entry = codes.diagnosis_on(code, view.served_on)
        if entry is not None and is_manifestation(entry):
            yield Hit(
                f"{dotted(code)} is a manifestation; its cause must stand before it.",
                diagnosis=code,
                fix=down(view),
            )


def look_code_first(view: CodedClaim, codes: CodeFacts) -> Look:
    """A code-first note at the first-listed code or a heading above it."""
    for code in view.diagnoses[:1]:
        entry = codes.diagnosis_on(code, view.served_on)
        if entry is None or is_manifestation(entry):
            continue
        for length in range(3, len(code) + 1):
            above = codes.diagnosis_on(code[:length], view.served_on)
            if above is not None and above.has_code_first:
                yield Hit(
                    f"{dotted(code)} has a note to code its cause first, and stands first.",
                    diagnosis=code,
                    fix=down(view),
                )
                break


def look_only_first(view: CodedClaim, codes: CodeFacts) -> Look:
    """Several of them may stand together, as two encounters of one day."""
    diagnoses = view.diagnoses
    if not diagnoses or diagnoses[0].startswith(ONLY_FIRST):
        return
    for code in diagnoses[1:]:
        if code.startswith(ONLY_FIRST) and not code.startswith(NOT_ONLY_FIRST):
            yield Hit(
                f"{dotted(code)} may only stand first.",
                diagnosis=code,
                fix=move(view.diagnoses.index(code) + 1, 1, dotted(code)),
            )


def look_never_first(view: CodedClaim, codes: CodeFacts) -> Look:
    for code in view.diagnoses[:1]:
        if code.startswith(NEVER_FIRST):
            yield Hit(
                f"{dotted(code)} only adds to another diagnosis and stands first.",
                diagnosis=code,
                fix=down(view),
            )


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
                    "not both for one condition.",
                    diagnosis=code,
                )


def by_side(view: CodedClaim, code: str, siblings: tuple[tuple[str, str], ...]) -> Fix | None:
    """The side comes from RT or LT on the lines that point here; without one the coder decides."""
    marks = frozenset[str]().union(*[line.marks for line in view.lines if code in line.diagnoses])
    fitting = [other for side, other in siblings if MARK_OF_SIDE.get(side) in marks]
    if len(fitting) != 1 or view.is_institutional:
        return None
    position = view.diagnoses.index(code) + 1
    label = f"Use {dotted(fitting[0])}"
    return Fix("replace_diagnosis", label, diagnosis=position, value=fitting[0])


def notes_above(view: CodedClaim, codes: CodeFacts, code: str) -> Iterator[DiagnosisEntry]:
    """The entries of a code and of every heading above it, the highest first."""
    for length in range(3, len(code) + 1):
        entry = codes.diagnosis_on(code[:length], view.served_on)
        if entry is not None:
            yield entry


def look_code_first_order(view: CodedClaim, codes: CodeFacts) -> Look:
    """A cause that a code-first note names is on the chart, but after the code it belongs to."""
    for position, code in enumerate(view.diagnoses, 1):
        named = [each for entry in notes_above(view, codes, code) for each in entry.code_first]
        if any(excludes_code(named, before) for before in view.diagnoses[: position - 1]):
            continue
        for later in view.diagnoses[position:] if named else ():
            if excludes_code(named, later):
                yield Hit(
                    f"{dotted(code)} has a note to code {dotted(later)} before it.",
                    diagnosis=code,
                    fix=Fix(
                        "move_diagnosis",
                        f"Put {dotted(later)} before",
                        diagnosis=view.diagnoses.index(later) + 1,
                        value=str(position),
                    ),
                )
                break


def look_use_additional(view: CodedClaim, codes: CodeFacts) -> Look:
    """A note names codes to add, and none of them is there. A prompt: the chart may not say it."""
    for code in view.diagnoses:
        for entry in notes_above(view, codes, code):
            named = entry.use_additional
            if named and not any(excludes_code(named, other) for other in view.diagnoses):
                few = ", ".join(dotted_reference(each) for each in named[:MOST_NAMED])
                more = " …" if len(named) > MOST_NAMED else ""
                yield Hit(
                    f"{dotted(code)} has a note to use an additional code, if the chart says it: "
                    f"{few}{more}.",
                    diagnosis=code,
                )
                break


def dotted_reference(reference: str) -> str:
    """A code prefix or a range of them as people read it."""
    return "-".join(dotted(end) for end in reference.split("-"))


def look_side_open(view: CodedClaim, codes: CodeFacts) -> Look:
    for code in view.diagnoses:
        entry = codes.diagnosis_on(code, view.served_on)
        if entry is not None and entry.siblings:
            better = ", ".join(f"{dotted(sibling)} {side}" for side, sibling in entry.siblings)
            yield Hit(
                f"{dotted(code)} leaves the side open. More specific: {better}.",
                diagnosis=code,
                fix=by_side(view, code, entry.siblings),
            )


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
                side = sides.pop()
                yield Hit(
                    f"Line {line.position} says {mark}, its diagnosis is on the {side}.",
                    line.position,
                    fix=swap(mark, MARK_OF_SIDE[side], line.position),
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
