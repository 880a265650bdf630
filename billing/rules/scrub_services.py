"""Claim edits on what and when: diagnoses, lines, amounts, dates, deadlines, numbers."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from billing.rules.findings import ClaimFacts
from rcm.money import cents_text
from rcm.x12.claim_837p import Claim

Look = Iterator[tuple[str, str]]

_DIAGNOSIS = re.compile(r"[A-Z]\d[0-9A-Z]([0-9A-Z]{0,4})", re.ASCII)
_PROCEDURE = re.compile(r"\d{4}[0-9A-Z]|[A-Z]\d{4}", re.ASCII)
_MODIFIER = re.compile(r"[0-9A-Z]{2}", re.ASCII)
_CONTROL_NUMBER = re.compile(r"[0-9A-Z]{1,20}", re.ASCII)

# A repeated or distinct procedure is no duplicate (CMS Claims Processing Manual 12 §30).
REPEAT_MODIFIERS = frozenset({"59", "76", "77", "91", "XE", "XP", "XS", "XU"})
LAST_DAYS = 14


def look_future(claim: Claim, facts: ClaimFacts) -> Look:
    for line in claim.lines:
        if line.date_of_service > facts.today:
            yield f"Line {line.position} has a date of service in the future.", ""


def look_filing_passed(claim: Claim, facts: ClaimFacts) -> Look:
    days_left = _filing_days_left(claim, facts)
    if days_left is not None and days_left < 0:
        yield f"The payer's filing limit passed {-days_left} days ago.", ""


def look_filing_soon(claim: Claim, facts: ClaimFacts) -> Look:
    days_left = _filing_days_left(claim, facts)
    if days_left is not None and 0 <= days_left <= LAST_DAYS:
        yield f"The payer's filing limit is in {days_left} days.", ""


def _filing_days_left(claim: Claim, facts: ClaimFacts) -> int | None:
    """Days to the limit, counted from the first service; None when there is no line."""
    if not claim.lines:
        return None
    is_original = claim.frequency == "1"
    days = facts.timely_filing_days if is_original else facts.corrected_claim_days
    first = min(line.date_of_service for line in claim.lines)
    return (first + timedelta(days=days) - facts.today).days


def is_diagnosis(code: str) -> bool:
    """The form of an ICD-10-CM code without its dot."""
    return _DIAGNOSIS.fullmatch(code) is not None


def look_diagnoses(claim: Claim, facts: ClaimFacts) -> Look:
    """HI carries one to twelve, each once, in the form of ICD-10-CM without its dot."""
    if not claim.diagnoses:
        yield "There is no diagnosis.", ""
    if len(claim.diagnoses) > 12:
        yield f"{len(claim.diagnoses)} diagnoses; a claim carries at most 12.", ""
    for code, times in Counter(claim.diagnoses).items():
        if times > 1:
            yield f"Diagnosis {code} is there {times} times.", ""
        if not is_diagnosis(code):
            yield f"Diagnosis {code} does not have the form of an ICD-10-CM code.", ""


def look_pointers(claim: Claim, facts: ClaimFacts) -> Look:
    # Without any diagnosis there is another finding, once, instead of one per line.
    for line in claim.lines if claim.diagnoses else ():
        if not line.pointers:
            yield f"Line {line.position} points to no diagnosis.", ""
        elif len(line.pointers) > 4:
            yield f"Line {line.position} points to more than four diagnoses.", ""
        elif len(set(line.pointers)) != len(line.pointers):
            yield f"Line {line.position} points to one diagnosis twice.", ""
        elif not all(1 <= pointer <= len(claim.diagnoses) for pointer in line.pointers):
            yield f"Line {line.position} points to a diagnosis that is not on the claim.", ""


def look_line_count(claim: Claim, facts: ClaimFacts) -> Look:
    if not 1 <= len(claim.lines) <= 50:
        yield f"The claim has {len(claim.lines)} lines; 1 to 50 are allowed.", ""


def look_procedures(claim: Claim, facts: ClaimFacts) -> Look:
    for line in claim.lines:
        if not _PROCEDURE.fullmatch(line.procedure_code):
            yield f"Line {line.position}: the procedure code does not have its form.", ""
        if line.units <= 0:
            yield f"Line {line.position} has no units.", "2400 SV104"


def look_modifiers(claim: Claim, facts: ClaimFacts) -> Look:
    for line in claim.lines:
        if len(line.modifiers) > 4:
            yield f"Line {line.position} has more than four modifiers.", ""
        if len(set(line.modifiers)) != len(line.modifiers):
            yield f"Line {line.position} has one modifier twice.", ""
        for modifier in line.modifiers:
            if not _MODIFIER.fullmatch(modifier):
                yield f"Line {line.position}: modifier {modifier!r} is not two characters.", ""


def look_amounts(claim: Claim, facts: ClaimFacts) -> Look:
    for line in claim.lines:
        if line.amount_billed <= 0:
            yield f"Line {line.position} has no price.", ""


def look_total(claim: Claim, facts: ClaimFacts) -> Look:
    total = sum(line.amount_billed for line in claim.lines)
    if total != claim.amount_billed:
        yield (
            f"The claim says {cents_text(claim.amount_billed)}, "
            f"its lines add up to {cents_text(total)}.",
            "",
        )


def look_duplicates(claim: Claim, facts: ClaimFacts) -> Look:
    """The same code for the same patient, day and provider on another claim of ours."""
    for line in claim.lines:
        other = facts.duplicates.get(line.procedure_code)
        if other and not REPEAT_MODIFIERS & set(line.modifiers):
            yield f"Line {line.position} ({line.procedure_code}) is already on claim {other}.", ""


def look_same_line(claim: Claim, facts: ClaimFacts) -> Look:
    """The same code and modifiers twice on one claim and day: payers take the second for a slip."""
    seen: dict[tuple[object, ...], int] = {}
    for line in claim.lines:
        key = (line.procedure_code, line.modifiers, line.date_of_service)
        if key in seen and not REPEAT_MODIFIERS & set(line.modifiers):
            yield f"Line {line.position} repeats line {seen[key]}.", ""
        seen.setdefault(key, line.position)


def look_frequency(claim: Claim, facts: ClaimFacts) -> Look:
    """7 and 8 carry the payer's own number of the claim they replace or void; 1 must not."""
    if claim.frequency not in ("1", "7", "8"):
        yield f"Claim frequency {claim.frequency} is not 1, 7 or 8.", "2300 CLM05-3"
    elif claim.frequency == "1" and claim.payer_claim_control_number:
        yield "An original claim must not carry a payer's claim number.", ""
    elif claim.frequency != "1" and not claim.payer_claim_control_number:
        yield "The payer's number of the claim to be replaced is missing.", ""


def look_replacement(claim: Claim, facts: ClaimFacts) -> Look:
    if claim.frequency in ("7", "8") and not facts.takes_replacement_claims:
        yield f"{facts.payer_name} takes no replacement claims.", ""


def look_control_numbers(claim: Claim, facts: ClaimFacts) -> Look:
    """The payer echoes at most 20 characters back (CLP01)."""
    if not _CONTROL_NUMBER.fullmatch(claim.patient_control_number):
        yield "The claim number is not 1 to 20 letters and digits.", "2300 CLM01"
    numbers = [line.line_control_number for line in claim.lines]
    if len(set(numbers)) != len(numbers) or not all(0 < len(n) <= 30 for n in numbers):
        yield "The line numbers are not unique and at most 30 characters.", "2400 REF*6R"
