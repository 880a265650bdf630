"""Checks on numbers: claim and line numbers, frequency, repetition."""

import re

from billing.rules.findings import (
    BLOCKING,
    PROFESSIONAL,
    WARNING,
    ClaimFacts,
    Hit,
    Look,
    Scrub,
)
from billing.rules.scrub_texts import CHART, PAYER_TABLE, REDRAFT, TR3_P
from rcm.x12.claim_837p import Claim

_CONTROL_NUMBER = re.compile(r"[0-9A-Z]{1,20}", re.ASCII)

# A repeated or distinct procedure is no duplicate (CMS Claims Processing Manual 12 §30).
REPEAT_MODIFIERS = frozenset({"59", "76", "77", "91", "XE", "XP", "XS", "XU"})


def missing_replacement_rule(facts: ClaimFacts) -> str:
    known = facts.takes_replacement_claims is not None
    return "" if known else "Whether the payer takes replacement claims is not known."


def look_line_count(claim: Claim, facts: ClaimFacts) -> Look:
    if not 1 <= len(claim.lines) <= 50:
        yield Hit(f"The claim has {len(claim.lines)} lines; 1 to 50 are allowed.")


def look_duplicates(claim: Claim, facts: ClaimFacts) -> Look:
    """The same code for the same patient, day and provider on another claim of ours."""
    for line in claim.lines:
        other = facts.duplicates.get(line.procedure_code)
        if other and not REPEAT_MODIFIERS & set(line.modifiers):
            yield Hit(
                f"Line {line.position} ({line.procedure_code}) is already on claim {other}.",
                line.position,
            )


def look_same_line(claim: Claim, facts: ClaimFacts) -> Look:
    """The same code and modifiers twice on one claim and day: payers take the second for a slip."""
    seen: dict[tuple[object, ...], int] = {}
    for line in claim.lines:
        key = (line.procedure_code, line.modifiers, line.date_of_service)
        if key in seen and not REPEAT_MODIFIERS & set(line.modifiers):
            yield Hit(f"Line {line.position} repeats line {seen[key]}.", line.position)
        seen.setdefault(key, line.position)


def look_frequency(claim: Claim, facts: ClaimFacts) -> Look:
    """7 and 8 carry the payer's own number of the claim they replace or void; 1 must not."""
    if claim.frequency not in ("1", "7", "8"):
        yield Hit(f"Claim frequency {claim.frequency} is not 1, 7 or 8.", None, "2300 CLM05-3")
    elif claim.frequency == "1" and claim.payer_claim_control_number:
        yield Hit("An original claim must not carry a payer's claim number.")
    elif claim.frequency != "1" and not claim.payer_claim_control_number:
        yield Hit("The payer's number of the claim to be replaced is missing.")


def look_replacement(claim: Claim, facts: ClaimFacts) -> Look:
    if claim.frequency in ("7", "8") and not facts.takes_replacement_claims:
        yield Hit(f"{facts.payer_name} takes no replacement claims.")


def look_control_numbers(claim: Claim, facts: ClaimFacts) -> Look:
    """The payer echoes at most 20 characters back (CLP01)."""
    if not _CONTROL_NUMBER.fullmatch(claim.patient_control_number):
        yield Hit("The claim number is not 1 to 20 letters and digits.", None, "2300 CLM01")
    numbers = [line.line_control_number for line in claim.lines]
    if len(set(numbers)) != len(numbers) or not all(0 < len(n) <= 30 for n in numbers):
        yield Hit("The line numbers are not unique and at most 30 characters.", None, "2400 REF*6R")


SCRUBS: tuple[Scrub, ...] = (
    Scrub(
        "line_count",
        "Number of lines",
        BLOCKING,
        "2400 LX",
        CHART,
        TR3_P,
        look_line_count,
        PROFESSIONAL,
    ),
    Scrub(
        "duplicate",
        "Already billed",
        BLOCKING,
        "2400 SV101",
        "Close one of the two, or have the coder add modifier 76 or 77.",
        "CARC 18",
        look_duplicates,
        PROFESSIONAL,
    ),
    Scrub(
        "same_line",
        "Line repeated",
        WARNING,
        "2400 SV101",
        "If it was done twice, have the coder add modifier 76.",
        "CARC 18",
        look_same_line,
        PROFESSIONAL,
    ),
    Scrub(
        "frequency",
        "Claim frequency",
        BLOCKING,
        "2300 REF*F8",
        "Wait for the payer's claim number, or send it as an original.",
        "X12 RFI 1538, 2110",
        look_frequency,
        PROFESSIONAL,
    ),
    Scrub(
        "replacement",
        "Replacement not taken",
        BLOCKING,
        "2300 CLM05-3",
        "Ask the payer for a reopening.",
        PAYER_TABLE,
        look_replacement,
        PROFESSIONAL,
        missing_replacement_rule,
    ),
    Scrub(
        "control_number",
        "Claim and line numbers",
        BLOCKING,
        "2300 CLM01",
        REDRAFT,
        TR3_P,
        look_control_numbers,
        PROFESSIONAL,
    ),
)
