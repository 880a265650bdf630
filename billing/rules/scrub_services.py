"""Checks on when and how much: dates, deadlines, amounts."""

from datetime import timedelta

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
from rcm.money import cents_text
from rcm.x12.claim_837p import Claim

LAST_DAYS = 14


def missing_filing_days(facts: ClaimFacts) -> str:
    return "" if facts.timely_filing_days is not None else "The payer's filing limit is not known."


def look_future(claim: Claim, facts: ClaimFacts) -> Look:
    for line in claim.lines:
        if line.date_of_service > facts.today:
            yield Hit(f"Line {line.position} has a date of service in the future.", line.position)


def look_filing_passed(claim: Claim, facts: ClaimFacts) -> Look:
    days_left = _filing_days_left(claim, facts)
    if days_left is not None and days_left < 0:
        yield Hit(f"The payer's filing limit passed {-days_left} days ago.")


def look_filing_soon(claim: Claim, facts: ClaimFacts) -> Look:
    days_left = _filing_days_left(claim, facts)
    if days_left is not None and 0 <= days_left <= LAST_DAYS:
        yield Hit(f"The payer's filing limit is in {days_left} days.")


def _filing_days_left(claim: Claim, facts: ClaimFacts) -> int | None:
    """Days to the limit, counted from the first service; None when there is no line."""
    if not claim.lines:
        return None
    is_original = claim.frequency == "1"
    days = facts.timely_filing_days if is_original else facts.corrected_claim_days
    if days is None:
        return None
    first = min(line.date_of_service for line in claim.lines)
    return (first + timedelta(days=days) - facts.today).days


def look_amounts(claim: Claim, facts: ClaimFacts) -> Look:
    for line in claim.lines:
        if line.amount_billed <= 0:
            yield Hit(f"Line {line.position} has no price.", line.position)


def look_total(claim: Claim, facts: ClaimFacts) -> Look:
    total = sum(line.amount_billed for line in claim.lines)
    if total != claim.amount_billed:
        yield Hit(
            f"The claim says {cents_text(claim.amount_billed)}, "
            f"its lines add up to {cents_text(total)}."
        )


SCRUBS: tuple[Scrub, ...] = (
    Scrub(
        "future_date",
        "Date of service in the future",
        BLOCKING,
        "2400 DTP*472",
        CHART,
        TR3_P,
        look_future,
        PROFESSIONAL,
    ),
    Scrub(
        "filing_passed",
        "Filing limit passed",
        BLOCKING,
        "2400 DTP*472",
        "Ask the manager: write off, or appeal with proof of timely filing.",
        PAYER_TABLE,
        look_filing_passed,
        PROFESSIONAL,
        missing_filing_days,
    ),
    Scrub(
        "filing_soon",
        "Filing limit near",
        WARNING,
        "2400 DTP*472",
        "Send it today.",
        PAYER_TABLE,
        look_filing_soon,
        PROFESSIONAL,
        missing_filing_days,
    ),
    Scrub(
        "amount",
        "No price",
        BLOCKING,
        "2400 SV102",
        "Add the price to the fee schedule and code the chart again.",
        TR3_P,
        look_amounts,
        PROFESSIONAL,
    ),
    Scrub("total", "Claim total", BLOCKING, "2300 CLM02", REDRAFT, TR3_P, look_total, PROFESSIONAL),
)
