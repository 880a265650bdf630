"""Checks of each diagnosis by itself: valid on the day, complete, its seventh character."""

from collections.abc import Iterator
from datetime import date

from billing.rules.code_facts import CodeFacts
from billing.rules.coded_claim import CodedClaim, coded
from billing.rules.findings import (
    BLOCKING,
    INSTITUTIONAL,
    WARNING,
    AnyClaim,
    ClaimFacts,
    Hit,
    Look,
    Scrub,
)
from billing.rules.scrub_needs import need_diagnoses
from billing.rules.scrub_texts import CHART
from coding.rules.diagnosis_edits import CODE_SET, GUIDELINES, dotted
from rcm.x12.claim_837i import InstitutionalClaim

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


def look_validity(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """Unknown on the day, and not merely a wrong seventh character."""
    codes = facts.codes
    for code, day in unknown_ones(coded(claim), codes):
        if not stem_of(code, day, codes)[0]:
            yield Hit(f"{dotted(code)} is not a valid code on {day:%m/%d/%Y}{_when(code, codes)}.")


def _when(code: str, codes: CodeFacts) -> str:
    """When the code is or was valid, if the code set knows it at all."""
    entries = (codes.diagnoses or {}).get(code, ())
    if not entries:
        return ""
    last = entries[-1]
    ends = f" to {last.ends_on:%m/%d/%Y}" if last.ends_on else ""
    return f"; it is from {last.starts_on:%m/%d/%Y}{ends}"


def look_heading(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """A heading is no code for a claim; those that wait for a seventh character are told so."""
    view = coded(claim)
    for code in view.every_diagnosis:
        entry = facts.codes.diagnosis_on(code, view.served_on)
        if entry is not None and not entry.is_billable and not entry.seventh:
            yield Hit(f"{dotted(code)} is a heading; a claim needs a more specific code.")


def look_seventh_missing(claim: AnyClaim, facts: ClaimFacts) -> Look:
    view = coded(claim)
    for code in view.every_diagnosis:
        entry = facts.codes.diagnosis_on(code, view.served_on)
        if entry is not None and not entry.is_billable and entry.seventh:
            wanted = ", ".join(entry.seventh)
            yield Hit(f"{dotted(code)} needs a 7th character: {wanted}.")


def look_seventh_wrong(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """Seven characters with the X where it belongs, and a seventh the heading does not have."""
    codes = facts.codes
    for code, day in unknown_ones(coded(claim), codes):
        stem, allowed = stem_of(code, day, codes)
        if stem and code[len(stem) : -1] == "X" * (6 - len(stem)) and len(code) == CODE_LENGTH:
            wanted = ", ".join(allowed)
            yield Hit(f"{dotted(code)}: 7th character {code[-1]} is not allowed, only {wanted}.")


def look_placeholder(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """The seventh character stands at the seventh place; X fills what is free before it."""
    codes = facts.codes
    for code, day in unknown_ones(coded(claim), codes):
        stem, allowed = stem_of(code, day, codes)
        filler = "X" * (6 - len(stem))
        is_filled = len(code) == CODE_LENGTH and code[len(stem) : -1] == filler
        if not stem or is_filled:
            continue
        last = code[-1] if code[-1] in allowed else allowed[0]
        right = stem + filler + last
        yield Hit(f"{dotted(code)}: write {dotted(right)}, the 7th character at its place.")


def look_present_missing(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    """Inpatient only, where others say it. Exempt codes are mostly of chapters 20 and 21 (V-Z)."""
    listed = (claim.principal_diagnosis, *claim.other_diagnoses)
    if not claim.is_inpatient or not any(each.present_on_admission for each in listed):
        return
    for diagnosis in listed:
        if not diagnosis.present_on_admission and diagnosis.code[:1] not in "VWXYZ":
            yield Hit(f"{dotted(diagnosis.code)} does not say whether it was present on admission.")


def look_cause_form(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    for cause in claim.external_causes:
        if not is_external_cause(cause.code):
            yield Hit(f"{dotted(cause.code)} is sent as an external cause but is none (V00-Y99).")


SCRUBS: tuple[Scrub, ...] = (
    Scrub(
        "dx_not_valid",
        "Diagnosis not valid on the day",
        BLOCKING,
        "2300 HI",
        CHART,
        CODE_SET,
        look_validity,
        missing=need_diagnoses,
    ),
    Scrub(
        "dx_heading",
        "Diagnosis is a heading",
        BLOCKING,
        "2300 HI",
        CHART,
        CODE_SET,
        look_heading,
        missing=need_diagnoses,
    ),
    Scrub(
        "dx_seventh_missing",
        "7th character missing",
        BLOCKING,
        "2300 HI",
        CHART,
        f"{GUIDELINES} I.A.5",
        look_seventh_missing,
        missing=need_diagnoses,
    ),
    Scrub(
        "dx_seventh_wrong",
        "7th character not allowed",
        BLOCKING,
        "2300 HI",
        CHART,
        f"{GUIDELINES} I.A.5",
        look_seventh_wrong,
        missing=need_diagnoses,
    ),
    Scrub(
        "dx_placeholder",
        "Placeholder X missing",
        BLOCKING,
        "2300 HI",
        CHART,
        f"{GUIDELINES} I.A.4",
        look_placeholder,
        missing=need_diagnoses,
    ),
    Scrub(
        "poa_missing",
        "Present on admission missing",
        WARNING,
        "2300 HI C022-9",
        "Have the coder say it, unless the code is exempt.",
        "CMS IOM 100-04 ch. 23 §10.3",
        look_present_missing,
        INSTITUTIONAL,
    ),
    Scrub(
        "external_cause_form",
        "External cause not V00-Y99",
        BLOCKING,
        "2300 HI*ABN",
        CHART,
        "TR3 005010X223",
        look_cause_form,
        INSTITUTIONAL,
    ),
)
