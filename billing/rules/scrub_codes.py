"""Checks on codes: diagnoses, pointers, procedures, modifiers of professional claims."""

import re
from collections import Counter
from datetime import date

from billing.rules.claim_views import first_day
from billing.rules.findings import BLOCKING, PROFESSIONAL, ClaimFacts, Hit, Look, Scrub
from billing.rules.scrub_texts import CHART, TR3_P
from rcm.x12.claim_837p import Claim

# Older services carry ICD-9-CM (45 CFR 162.1002).
ICD_10_FROM = date(2015, 10, 1)
# Since FY2026 the second character may be a letter as well.
_DIAGNOSIS = re.compile(r"[A-Z][0-9A-Z][0-9A-Z][0-9A-Z]{0,4}", re.ASCII)
_PROCEDURE = re.compile(r"\d{4}[0-9A-Z]|[A-Z]\d{4}", re.ASCII)
_MODIFIER = re.compile(r"[0-9A-Z]{2}", re.ASCII)


def look_diagnoses(claim: Claim, facts: ClaimFacts) -> Look:
    """HI carries one to twelve, each once, in the form of ICD-10-CM without its dot."""
    if not claim.diagnoses:
        yield Hit("There is no diagnosis.")
    if len(claim.diagnoses) > 12:
        yield Hit(f"{len(claim.diagnoses)} diagnoses; a claim carries at most 12.")
    first = first_day(claim)
    is_icd_10 = first is None or first >= ICD_10_FROM
    for code, times in Counter(claim.diagnoses).items():
        if times > 1:
            yield Hit(f"Diagnosis {code} is there {times} times.")
        if is_icd_10 and not _DIAGNOSIS.fullmatch(code):
            yield Hit(f"Diagnosis {code} does not have the form of an ICD-10-CM code.")


def look_pointers(claim: Claim, facts: ClaimFacts) -> Look:
    # Without any diagnosis there is another finding, once, instead of one per line.
    for line in claim.lines if claim.diagnoses else ():
        at = line.position
        if not line.pointers:
            yield Hit(f"Line {at} points to no diagnosis.", at)
        elif len(line.pointers) > 4:
            yield Hit(f"Line {at} points to more than four diagnoses.", at)
        elif len(set(line.pointers)) != len(line.pointers):
            yield Hit(f"Line {at} points to one diagnosis twice.", at)
        elif not all(1 <= pointer <= len(claim.diagnoses) for pointer in line.pointers):
            yield Hit(f"Line {at} points to a diagnosis that is not on the claim.", at)


def look_procedures(claim: Claim, facts: ClaimFacts) -> Look:
    for line in claim.lines:
        at = line.position
        if not _PROCEDURE.fullmatch(line.procedure_code):
            yield Hit(f"Line {at}: the procedure code does not have its form.", at)
        if line.units <= 0:
            yield Hit(f"Line {at} has no units.", at, "2400 SV104")


def look_modifiers(claim: Claim, facts: ClaimFacts) -> Look:
    for line in claim.lines:
        at = line.position
        if len(line.modifiers) > 4:
            yield Hit(f"Line {at} has more than four modifiers.", at)
        if len(set(line.modifiers)) != len(line.modifiers):
            yield Hit(f"Line {at} has one modifier twice.", at)
        for modifier in line.modifiers:
            if not _MODIFIER.fullmatch(modifier):
                yield Hit(f"Line {at}: modifier {modifier!r} is not two characters.", at)


SCRUBS: tuple[Scrub, ...] = (
    Scrub(
        "diagnoses", "Diagnoses", BLOCKING, "2300 HI", CHART, TR3_P, look_diagnoses, PROFESSIONAL
    ),
    Scrub(
        "pointers",
        "Diagnosis pointers",
        BLOCKING,
        "2400 SV107",
        CHART,
        TR3_P,
        look_pointers,
        PROFESSIONAL,
    ),
    Scrub(
        "procedure",
        "Procedure code or units",
        BLOCKING,
        "2400 SV101",
        CHART,
        TR3_P,
        look_procedures,
        PROFESSIONAL,
    ),
    Scrub(
        "modifiers", "Modifiers", BLOCKING, "2400 SV101", CHART, TR3_P, look_modifiers, PROFESSIONAL
    ),
)
