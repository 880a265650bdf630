"""Checks of each diagnosis by itself: valid on the day, complete, its seventh character."""

from collections.abc import Iterator
from datetime import date

from coding.rules.code_facts import CodeFacts
from coding.rules.coded_claim import CodedClaim
from coding.rules.fixes import Fix
from coding.rules.hits import Hit, Look
from coding.rules.pointers import letter_of
from coding.rules.written_codes import dotted

CODE_LENGTH = 7
EXTERNAL_CAUSES = ("V00", "Y99")


def is_external_cause(code: str) -> bool:
    """Chapter 20: V00-Y99."""
    return EXTERNAL_CAUSES[0] <= code[:3] <= EXTERNAL_CAUSES[1]


def unknown_ones(view: CodedClaim, codes: CodeFacts) -> Iterator[tuple[str, date]]:
    """Diagnoses without an entry in force, each with the first day it lacks one."""
    for code in view.every_diagnosis:
        for day in view.diagnosis_days:
            if codes.diagnosis_on(code, day) is None:
                yield code, day
                break


def stem_of(code: str, day: date, codes: CodeFacts) -> tuple[str, str]:
    """The longest heading above a code that waits for a seventh character, and its characters.

    Two empty texts when there is none: then the code is wrong in another way.
    """
    for length in range(min(len(code), CODE_LENGTH) - 1, 2, -1):
        entry = codes.diagnosis_on(code[:length], day)
        if entry is not None:
            return (code[:length], entry.seventh) if entry.seventh else ("", "")
    return "", ""


def removal(view: CodedClaim, code: str) -> Fix | None:
    """Of a listed diagnosis; those of an admission stand elsewhere."""
    if code not in view.diagnoses:
        return None
    position = view.diagnoses.index(code) + 1
    return Fix("remove_diagnosis", f"Remove {letter_of(position)}", diagnosis=position)


def replacement(view: CodedClaim, code: str, better: str, label: str) -> Fix | None:
    if code not in view.diagnoses:
        return None
    position = view.diagnoses.index(code) + 1
    return Fix("replace_diagnosis", label, diagnosis=position, value=better)


def initial_encounter(view: CodedClaim, code: str, seventh: str) -> Fix | None:
    """Most are seen for the first time; anything else the coder types."""
    if "A" not in seventh:
        return None
    return replacement(view, code, code.ljust(6, "X") + "A", "Use A, initial")


def look_validity(view: CodedClaim, codes: CodeFacts) -> Look:
    """Unknown on the day, and not merely a wrong seventh character."""
    for code, day in unknown_ones(view, codes):
        if not stem_of(code, day, codes)[0]:
            yield Hit(
                f"{dotted(code)} is not a valid code on {day:%m/%d/%Y}{_when(code, codes)}.",
                diagnosis=code,
                fix=removal(view, code),
            )


def _when(code: str, codes: CodeFacts) -> str:
    """When the code is or was valid, if the code set knows it at all."""
    entries = (codes.diagnoses or {}).get(code, ())
    if not entries:
        return ""
    last = entries[-1]
    ends = f" to {last.ends_on:%m/%d/%Y}" if last.ends_on else ""
    return f"; it is from {last.starts_on:%m/%d/%Y}{ends}"


def look_heading(view: CodedClaim, codes: CodeFacts) -> Look:
    """A heading is no code for a claim; those that wait for a seventh character are told so."""
    for code in view.every_diagnosis:
        entry = codes.diagnosis_on(code, view.served_on)
        if entry is not None and not entry.is_billable and not entry.seventh:
            yield Hit(
                f"{dotted(code)} is a heading; a claim needs a more specific code.",
                diagnosis=code,
                fix=removal(view, code),
            )


def look_seventh_missing(view: CodedClaim, codes: CodeFacts) -> Look:
    for code in view.every_diagnosis:
        entry = codes.diagnosis_on(code, view.served_on)
        if entry is not None and not entry.is_billable and entry.seventh:
            wanted = ", ".join(entry.seventh)
            yield Hit(
                f"{dotted(code)} needs a 7th character: {wanted}.",
                diagnosis=code,
                fix=initial_encounter(view, code, entry.seventh),
            )


def look_seventh_wrong(view: CodedClaim, codes: CodeFacts) -> Look:
    """Seven characters with the X where it belongs, and a seventh the heading does not have."""
    for code, day in unknown_ones(view, codes):
        stem, allowed = stem_of(code, day, codes)
        if stem and code[len(stem) : -1] == "X" * (6 - len(stem)) and len(code) == CODE_LENGTH:
            wanted = ", ".join(allowed)
            yield Hit(
                f"{dotted(code)}: 7th character {code[-1]} is not allowed, only {wanted}.",
                diagnosis=code,
            )


def look_placeholder(view: CodedClaim, codes: CodeFacts) -> Look:
    """The seventh character stands at the seventh place; X fills what is free before it."""
    for code, day in unknown_ones(view, codes):
        stem, allowed = stem_of(code, day, codes)
        filler = "X" * (6 - len(stem))
        is_filled = len(code) == CODE_LENGTH and code[len(stem) : -1] == filler
        if not stem or is_filled:
            continue
        last = code[-1] if code[-1] in allowed else allowed[0]
        right = stem + filler + last
        yield Hit(
            f"{dotted(code)}: write {dotted(right)}, the 7th character at its place.",
            diagnosis=code,
            fix=replacement(view, code, right, f"Use {dotted(right)}"),
        )
