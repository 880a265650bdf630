"""Modifiers by themselves: known, in order, not contradicting each other or their code."""

from collections.abc import Callable, Mapping

from coding.rules.checks.dx_order import pointed_sides
from coding.rules.checks.pairs import DISTINCT_X
from coding.rules.code_facts import CodeFacts
from coding.rules.code_kinds import CLEAR_PROCEDURES, Kind, is_way
from coding.rules.code_lists import SIDE_MODIFIERS, SIDE_WORDS, SIDED_PROCEDURES
from coding.rules.coded_claim import CodedClaim, CodedLine, is_medicare, severity_of
from coding.rules.fixes import Fix, add, drop
from coding.rules.hits import CodeLook, Hit, Look

CPT = "CPT modifiers"
CHAPTER_12 = "CMS IOM 100-04 ch. 12"
# fmt: off
# Every two-digit CPT modifier; other two digits mean nothing.
NUMERIC = frozenset({
    "22", "23", "24", "25", "26", "27", "29", "32", "33", "47", "50", "51", "52", "53", "54", "55",
    "56", "57", "58", "59", "62", "63", "66", "73", "74", "76", "77", "78", "79", "80", "81", "82",
    "90", "91", "92", "93", "95", "96", "97", "99",
})
# What changes the price stands before what only informs (usual order of Medicare contractors).
PRICING = frozenset({
    "22", "26", "50", "52", "53", "54", "55", "56", "62", "66", "73", "74", "78", "80", "81", "82",
    "AS", "TC", "AA", "AD", "QK", "QX", "QY", "QZ",
})
INFORMING = frozenset({
    "24", "25", "57", "59", "76", "77", "79", "91", "XE", "XP", "XS", "XU", "RT", "LT", "GA", "GX",
    "GY", "GZ", "KX", "Q5", "Q6", "QS", "95", "93", "GT", "GQ", "FQ",
})
# fmt: on
CPT_LETTERS = frozenset({"1P", "2P", "3P", "8P", "P1", "P2", "P3", "P4", "P5", "P6"})
SAMPLE = "LT"
ANESTHESIA_PAYMENT = frozenset({"AA", "AD", "QK", "QX", "QY", "QZ"})
REPEATED = frozenset({"76", "77"})
SURGEONS = frozenset({"54", "55", "56", "58", "78", "79"})


def contradiction(marks: frozenset[str]) -> tuple[str, str] | None:
    """The first two modifiers of a line that cannot both be true, and in which words."""
    for group, words in EITHER_OR:
        both = marks & group
        if len(both) > 1:
            return " and ".join(sorted(both)), words
    return None


EITHER_OR: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset({"26", "TC"}), "the professional and the technical part are the whole: drop both"),
    (frozenset({"80", "81", "82"}), "an assistant is one of them"),
    (frozenset({"62", "66"}), "co-surgeons and a team exclude each other"),
    (frozenset({"76", "77"}), "repeated by the same or by another physician"),
    (frozenset({"73", "74"}), "stopped before or after anesthesia"),
    (frozenset({"JW", "JZ"}), "some of the drug was discarded, or none"),
    (frozenset({"GA", "GZ"}), "a notice was signed, or not"),
    (frozenset({"GX", "GZ"}), "a notice was signed, or not"),
    (frozenset({"GY", "GZ"}), "excluded by law, or expected to be denied"),
    (frozenset({"93", "95"}), "sound only, or sound and image"),
    (frozenset({"93", "GT"}), "sound only, or sound and image"),
    (frozenset({"96", "97"}), "habilitative or rehabilitative"),
    (frozenset({"GN", "GO", "GP"}), "one discipline gave the therapy"),
    (frozenset({"P1", "P2", "P3", "P4", "P5", "P6"}), "a patient has one physical status"),
    (ANESTHESIA_PAYMENT, "one of them says who gave the anesthesia"),
)


def look_contradiction(view: CodedClaim, codes: CodeFacts) -> Look:
    for line in view.lines:
        if len(line.modifiers) > 1 and (found := contradiction(line.marks)):
            yield Hit(
                f"Line {line.position}: {found[0]} contradict each other ({found[1]}).",
                line.position,
                view.element,
            )


def look_sides(view: CodedClaim, codes: CodeFacts) -> Look:
    """Both sides are said with 50, or with a line for each; some payers want RT and LT at once."""
    for line in view.lines:
        sides = line.marks & SIDE_MODIFIERS
        if len(sides) > 1:
            yield Hit(
                f"Line {line.position}: {' and '.join(sorted(sides))} on one line; "
                "use 50 alone, or a line for each side.",
                line.position,
                view.element,
                severity_of(view, codes),
                fix=drop(min(sides - {"50"}), line.position) if "50" in sides else None,
            )


def look_distinct(view: CodedClaim, codes: CodeFacts) -> Look:
    for line in view.lines:
        if "59" in line.marks and line.marks & DISTINCT_X:
            more = min(line.marks & DISTINCT_X)
            yield Hit(
                f"Line {line.position}: {more} says more than 59; keep {more} alone.",
                line.position,
                view.element,
                severity_of(view, codes),
                fix=drop("59", line.position),
            )


def misplaced(marks: frozenset[str], is_wrong: Callable[[CodedLine], bool], words: str) -> CodeLook:
    """The check that some modifiers stand only on the kind of code they are made for."""

    def look(view: CodedClaim, codes: CodeFacts) -> Look:
        if not view.marks & marks:
            return
        for line in view.lines:
            if line.marks & marks and is_wrong(line):
                mark = min(line.marks & marks)
                yield Hit(
                    f"Line {line.position}: {mark} {words}; {line.code} is not.",
                    line.position,
                    view.element,
                    severity_of(view, codes),
                    fix=drop(mark, line.position),
                )

    return look


def _is_procedure(line: CodedLine) -> bool:
    return line.kind in CLEAR_PROCEDURES


def _is_visit(line: CodedLine) -> bool:
    return line.kind == Kind.VISIT


def _is_no_test(line: CodedLine) -> bool:
    return line.kind in (Kind.VISIT, Kind.SURGERY, Kind.RADIOLOGY, Kind.ANESTHESIA, Kind.DRUG)


look_24_place = misplaced(frozenset({"24"}), _is_procedure, "is for visits")
look_25_place = misplaced(frozenset({"25"}), _is_procedure, "is for visits")
look_57_place = misplaced(frozenset({"57"}), _is_procedure, "is for visits")
look_59_place = misplaced(frozenset({"59"}), _is_visit, "is for what is no visit")
look_76_place = misplaced(REPEATED, _is_visit, "is for repeated procedures")
look_91_place = misplaced(frozenset({"91"}), _is_no_test, "is for repeated laboratory tests")
look_surgeon_place = misplaced(SURGEONS, _is_visit, "is for procedures")


def look_unknown(view: CodedClaim, codes: CodeFacts) -> Look:
    """Two digits that CPT does not have, or letters that the loaded HCPCS release does not.

    A release that holds modifiers holds LT; one without them says nothing.
    """
    hcpcs = codes.tables.hcpcs
    has_letters = SAMPLE in hcpcs
    for line in view.lines if view.marks else ():
        for mark in line.modifiers:
            is_by_form = mark.isdigit() or not has_letters
            if is_known(mark) if is_by_form else is_letters(mark, hcpcs):
                continue
            if Kind.AMBULANCE in view.kinds and is_way(mark):
                continue
            yield Hit(
                f"Line {line.position}: {mark} is not a modifier.",
                line.position,
                view.element,
                severity_of(view, codes),
                fix=drop(mark, line.position),
            )


def is_known(mark: str) -> bool:
    """By its form alone: letters may be anything."""
    return not mark.isdigit() or mark in NUMERIC


def is_letters(mark: str, hcpcs: Mapping[str, object]) -> bool:
    """In the release, or a quality (1P-3P, 8P) or physical status (P1-P6) modifier of CPT."""
    return mark in hcpcs or mark in CPT_LETTERS


def in_order(line: CodedLine) -> Fix:
    """What changes the price in front, the rest as it stands."""
    ordered = sorted(line.modifiers, key=lambda mark: mark not in PRICING)
    label = f"Reorder to {' '.join(ordered)}"
    return Fix("order_modifiers", label, line=line.position, value=" ".join(ordered))


def look_order(view: CodedClaim, codes: CodeFacts) -> Look:
    for line in view.lines:
        if len(line.modifiers) < 2 or not line.marks & PRICING:
            continue
        first = next((mark for mark in line.modifiers if mark in INFORMING), "")
        later = line.modifiers[line.modifiers.index(first) :] if first else ()
        late = next((mark for mark in later if mark in PRICING), "")
        if late:
            yield Hit(
                f"Line {line.position}: {late} changes the price and goes before {first}.",
                line.position,
                view.element,
                fix=in_order(line),
            )


def look_side_missing(view: CodedClaim, codes: CodeFacts) -> Look:
    """The side comes from the diagnoses the line points to; without one the coder decides."""
    for line in view.lines if view.codes & SIDED_PROCEDURES else ():
        if line.code in SIDED_PROCEDURES and not line.marks & SIDE_MODIFIERS:
            sides = pointed_sides(line, view, codes)
            wanted = next((mark for mark, side in SIDE_WORDS.items() if sides == {side}), "")
            yield Hit(
                f"{line.code} on line {line.position} does not say which side.",
                line.position,
                view.element,
                fix=add(wanted, line.position, line.marks) if wanted else None,
            )


def look_multiple(view: CodedClaim, codes: CodeFacts) -> Look:
    if "51" not in view.marks or not is_medicare(view, codes):
        return
    for line in view.lines:
        if "51" in line.marks:
            yield Hit(
                f"Line {line.position}: Medicare applies the rule of modifier 51 by itself.",
                line.position,
                view.element,
                fix=drop("51", line.position),
            )


def look_facility_only(view: CodedClaim, codes: CodeFacts) -> Look:
    """27 is for hospitals; 73 and 74 for hospitals and surgical centres (place 24)."""
    if not view.marks & {"27", "73", "74"}:
        return
    for line in view.lines:
        wrong = line.marks & ({"27"} if line.place == "24" else {"27", "73", "74"})
        if wrong:
            yield Hit(
                f"Line {line.position}: {', '.join(sorted(wrong))} is a modifier of facilities.",
                line.position,
                view.element,
                fix=drop(min(wrong), line.position),
            )
