"""Checks on amounts: lines, totals, what the patient paid, taxes."""

import re

from billing.rules.findings import (
    BLOCKING,
    INSTITUTIONAL,
    PROFESSIONAL,
    WARNING,
    AnyClaim,
    ClaimFacts,
    Hit,
    Look,
    Scrub,
)
from billing.rules.scrub_texts import CLAIM, REDRAFT, TR3, TR3_I, TR3_P
from rcm.money import cents_text
from rcm.x12.claim_837i import InstitutionalClaim
from rcm.x12.claim_837p import Claim

# Largest amount an 837 carries: ten characters with the point (TR3, note on CLM02).
LARGEST = 99_999_999_99
_MEASURE = re.compile(r"\d{4}F", re.ASCII)


def look_amounts(claim: Claim, facts: ClaimFacts) -> Look:
    """A line without price; codes that only report a measure (CPT category II) have none."""
    for line in claim.lines:
        if line.amount_billed == 0 and not _MEASURE.fullmatch(line.procedure_code):
            yield Hit(f"Line {line.position} has no price.", line.position)


def look_negative(claim: AnyClaim, facts: ClaimFacts) -> Look:
    if claim.amount_billed < 0:
        yield Hit("The claim's amount is negative.", None, "2300 CLM02")
    for line in claim.lines:
        if line.amount_billed < 0:
            yield Hit(f"Line {line.position} has a negative amount.", line.position)


def look_total(claim: AnyClaim, facts: ClaimFacts) -> Look:
    total = sum([line.amount_billed for line in claim.lines])
    if total != claim.amount_billed:
        yield Hit(
            f"The claim says {cents_text(claim.amount_billed)}, "
            f"its lines add up to {cents_text(total)}."
        )


def look_zero_total(claim: AnyClaim, facts: ClaimFacts) -> Look:
    if claim.lines and claim.amount_billed == 0:
        yield Hit("The whole claim is for 0.00.")


def look_size(claim: AnyClaim, facts: ClaimFacts) -> Look:
    if claim.amount_billed > LARGEST:
        yield Hit("The claim's amount has more than eight digits before the point.")


def look_patient_paid(claim: Claim, facts: ClaimFacts) -> Look:
    paid = claim.amount_paid_by_patient
    if paid is None:
        return
    if paid < 0:
        yield Hit("What the patient paid is negative.")
    elif paid > claim.amount_billed:
        yield Hit(
            f"The patient paid {cents_text(paid)}, more than the "
            f"{cents_text(claim.amount_billed)} billed."
        )


def look_patient_due(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    due = claim.amount_due_from_patient
    if due is not None and not 0 <= due <= claim.amount_billed:
        yield Hit("What the patient is to pay is negative or more than the claim.")


def look_taxes(claim: Claim, facts: ClaimFacts) -> Look:
    """SV102 includes sales tax and postage."""
    for line in claim.lines:
        if line.rare is None:
            continue
        extra = (line.rare.sales_tax or 0) + (line.rare.postage or 0)
        if extra > line.amount_billed or extra < 0:
            yield Hit(
                f"Line {line.position}: tax and postage are more than its amount.", line.position
            )


def look_noncovered(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    for line in claim.lines:
        amount = line.amount_noncovered
        if amount is not None and not 0 <= amount <= max(line.amount_billed, 0):
            yield Hit(
                f"Line {line.position}: the noncovered amount is negative or above its amount.",
                line.position,
            )


def look_revenue_taxes(claim: InstitutionalClaim, facts: ClaimFacts) -> Look:
    for line in claim.lines:
        extra = (line.service_tax or 0) + (line.facility_tax or 0)
        if extra and extra > line.amount_billed:
            yield Hit(f"Line {line.position}: its taxes are more than its amount.", line.position)


_B, _W = BLOCKING, WARNING
SCRUBS: tuple[Scrub, ...] = (
    Scrub(
        "amount",
        "No price",
        _B,
        "2400 SV102",
        "Add the price to the fee schedule and code the chart again.",
        TR3_P,
        look_amounts,
        PROFESSIONAL,
    ),
    Scrub("negative", "Negative amount", _B, "2400 SV102", CLAIM, "X12 RFI 2499", look_negative),
    Scrub("total", "Claim total", _B, "2300 CLM02", REDRAFT, TR3, look_total),
    Scrub("zero_total", "Claim for nothing", _W, "2300 CLM02", CLAIM, TR3, look_zero_total),
    Scrub("amount_size", "Amount too large", _B, "2300 CLM02", CLAIM, TR3, look_size),
    Scrub(
        "patient_paid",
        "Patient paid more",
        _B,
        "2300 AMT*F5",
        CLAIM,
        TR3_P,
        look_patient_paid,
        PROFESSIONAL,
    ),
    Scrub(
        "patient_due",
        "Patient's share",
        _B,
        "2300 AMT*F3",
        CLAIM,
        TR3_I,
        look_patient_due,
        INSTITUTIONAL,
    ),
    Scrub("tax", "Tax and postage", _B, "2400 AMT", CLAIM, TR3_P, look_taxes, PROFESSIONAL),
    Scrub(
        "noncovered",
        "Noncovered amount",
        _B,
        "2400 SV207",
        CLAIM,
        TR3_I,
        look_noncovered,
        INSTITUTIONAL,
    ),
    Scrub(
        "revenue_tax",
        "Taxes of a line",
        _B,
        "2400 AMT",
        CLAIM,
        TR3_I,
        look_revenue_taxes,
        INSTITUTIONAL,
    ),
)
