"""Checks on what the payer wants: coverage, filing limit, eligibility, authorization."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from billing.rules.claim_views import first_day, last_day, patient_of
from billing.rules.findings import (
    BLOCKING,
    PROFESSIONAL,
    WARNING,
    AnyClaim,
    ClaimFacts,
    EligibilityFacts,
    Hit,
    Look,
    Scrub,
)
from billing.rules.scrub_texts import COVERAGE, PAYER_TABLE
from billing.rules.stand_ins import is_stand_in
from rcm.x12.claim_837i import InstitutionalClaim
from rcm.x12.claim_837p import ServiceLine

LAST_DAYS = 14
# An answer about a month that is over says nothing of the next one.
STALE_DAYS = 31


def days_of(claim: AnyClaim) -> list[date]:
    """The days of service, each once; of an institutional claim also its statement's ends."""
    days = {line.date_of_service for line in claim.lines if line.date_of_service is not None}
    if isinstance(claim, InstitutionalClaim):
        days |= {claim.statement_from, claim.statement_to}
    return sorted(days)


def missing_coverage(facts: ClaimFacts) -> str:
    return "" if facts.coverage_starts_on is not None else "The policy's dates are not known."


def look_coverage_dates(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """Reported once per day of service outside the coverage."""
    for day in days_of(claim):
        is_over = facts.coverage_ends_on is not None and day > facts.coverage_ends_on
        if is_over or (facts.coverage_starts_on is not None and day < facts.coverage_starts_on):
            yield Hit(f"The coverage was not in force on {day:%m/%d/%Y}.")


def missing_filing_days(facts: ClaimFacts) -> str:
    return "" if facts.timely_filing_days is not None else "The payer's filing limit is not known."


def look_filing_passed(claim: AnyClaim, facts: ClaimFacts) -> Look:
    days_left = filing_days_left(claim, facts)
    if days_left is not None and days_left < 0:
        yield Hit(f"The payer's filing limit passed {-days_left} days ago.")


def look_filing_soon(claim: AnyClaim, facts: ClaimFacts) -> Look:
    days_left = filing_days_left(claim, facts)
    if days_left is not None and 0 <= days_left <= LAST_DAYS:
        yield Hit(f"The payer's filing limit is in {days_left} days.")


def filing_days_left(claim: AnyClaim, facts: ClaimFacts) -> int | None:
    """Days to the limit, counted from `filing_from`, else from the service; None without either.

    A professional claim counts from its first service, an institutional one from the last day of
    its statement (CMS Claims Processing Manual 1, 70).
    """
    is_original = claim.frequency not in ("7", "8")
    days = facts.timely_filing_days if is_original else facts.corrected_claim_days
    is_institutional = isinstance(claim, InstitutionalClaim)
    counted = facts.filing_from or (last_day(claim) if is_institutional else first_day(claim))
    if days is None or counted is None:
        return None
    return (counted + timedelta(days=days) - facts.today).days


def missing_eligibility(facts: ClaimFacts) -> str:
    return "" if facts.eligibility is not None else "The payer was not asked about the policy."


Answered = Callable[[AnyClaim, EligibilityFacts], str]


def _look_eligibility(say: Answered) -> Callable[[AnyClaim, ClaimFacts], Look]:
    """A check on the payer's answer; `missing_eligibility` has seen that there is one."""

    def look(claim: AnyClaim, facts: ClaimFacts) -> Look:
        message = say(claim, facts.eligibility) if facts.eligibility is not None else ""
        if message:
            yield Hit(message)

    return look


def say_inactive(claim: AnyClaim, answer: EligibilityFacts) -> str:
    return "" if answer.is_active else "The payer says that the policy is not active."


def say_stale(claim: AnyClaim, answer: EligibilityFacts) -> str:
    first = first_day(claim)
    if first is None or (first - answer.answered_on).days <= STALE_DAYS:
        return ""
    return f"The payer was last asked on {answer.answered_on:%m/%d/%Y}, long before the service."


def _plain(name: str) -> str:
    return "".join(character for character in name.upper() if character.isalnum())


def say_name(claim: AnyClaim, answer: EligibilityFacts) -> str:
    person, theirs = claim.subscriber.person, answer.person
    if theirs is None:
        return ""
    is_same = _plain(person.last_name) == _plain(theirs.last_name) and (
        not theirs.first_name or _plain(person.first_name) == _plain(theirs.first_name)
    )
    return "" if is_same else "The payer spells the subscriber's name in another way."


def say_birth_date(claim: AnyClaim, answer: EligibilityFacts) -> str:
    ours = claim.subscriber.birth_date
    is_same = ours is None or answer.birth_date is None or ours == answer.birth_date
    return "" if is_same else "The payer has another birth date of the subscriber."


def say_member_id(claim: AnyClaim, answer: EligibilityFacts) -> str:
    ours, theirs = claim.subscriber.member_id, answer.member_id
    is_same = not theirs or _plain(ours) == _plain(theirs)
    return "" if is_same else "The payer has another member id of the subscriber."


def missing_authorization(facts: ClaimFacts) -> str:
    known = facts.authorization is not None
    return "" if known else "What the payer wants authorized is not known."


def look_authorization_missing(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """A professional line may have its own number (2400 REF*G1)."""
    known = facts.authorization
    if known is None or not known.needed or claim.authorization_number:
        return
    for line in claim.lines:
        own = line.authorization_number if isinstance(line, ServiceLine) else ""
        code = line.procedure_code
        if code in known.needed and not own:
            yield Hit(f"Line {line.position} ({code}) needs an authorization.", line.position)


def look_authorization_number(claim: AnyClaim, facts: ClaimFacts) -> Look:
    known = facts.authorization
    if known is None or not known.number or not claim.authorization_number:
        return
    if claim.authorization_number != known.number:
        yield Hit("The authorization's number is not the one on file.")


def look_authorization_dates(claim: AnyClaim, facts: ClaimFacts) -> Look:
    known = facts.authorization
    for day in days_of(claim) if known is not None and known.number else ():
        is_early = known is not None and known.starts_on is not None and day < known.starts_on
        is_late = known is not None and known.ends_on is not None and day > known.ends_on
        if is_early or is_late:
            yield Hit(f"The authorization was not in force on {day:%m/%d/%Y}.")


def look_authorization_code(claim: AnyClaim, facts: ClaimFacts) -> Look:
    known = facts.authorization
    if known is None or not known.number or not known.procedure_codes:
        return
    for line in claim.lines:
        code = line.procedure_code
        if code in known.needed and code not in known.procedure_codes:
            yield Hit(f"Line {line.position}: {code} is not authorized.", line.position)


def look_authorization_units(claim: AnyClaim, facts: ClaimFacts) -> Look:
    known = facts.authorization
    if known is None or known.units_left is None:
        return
    used = sum(
        (line.units for line in claim.lines if line.procedure_code in known.needed), Decimal(0)
    )
    if used > known.units_left:
        yield Hit(f"{used} units are billed; the authorization has {known.units_left} left.")


def look_referral(claim: AnyClaim, facts: ClaimFacts) -> Look:
    known = facts.authorization
    if known is not None and known.needs_referral and not claim.referral_number:
        yield Hit("The payer wants a referral.")


def look_referral_provider(claim: AnyClaim, facts: ClaimFacts) -> Look:
    if claim.referral_number and claim.referring_provider is None:
        yield Hit("There is a referral but nobody who referred.")


def look_number_words(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """An authorization or referral that is none: the payer looks for a number it never gave."""
    for number, what, element in (
        (claim.authorization_number, "authorization", "2300 REF*G1"),
        (claim.referral_number, "referral", "2300 REF*9F"),
    ):
        if is_stand_in(number):
            yield Hit(f"The {what} {number!r} is a word for none.", None, element)
    for line in claim.lines:
        if isinstance(line, ServiceLine) and is_stand_in(line.authorization_number):
            yield Hit(
                f"Line {line.position}: the authorization {line.authorization_number!r} is a word "
                "for none.",
                line.position,
                "2400 REF*G1",
            )


def look_newborn(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """A baby is rarely its own subscriber: its mother's policy pays the first weeks."""
    treated, first = patient_of(claim), first_day(claim)
    if claim.patient is not None or treated.birth_date is None or first is None:
        return
    if 0 <= (first - treated.birth_date).days <= 30 and claim.subscriber.rank == "P":
        yield Hit("The patient is a newborn and holds the policy.")


_B, _W = BLOCKING, WARNING
_ELIGIBILITY = "271 005010X279"
_FILE = "Ask the manager: write off, or appeal with proof of timely filing."
_AUTHORIZE = "Get the authorization from the payer, then check again."


def _of_eligibility(code: str, title: str, severity: str, element: str, say: Answered) -> Scrub:
    return Scrub(
        code,
        title,
        severity,
        element,
        COVERAGE,
        _ELIGIBILITY,
        _look_eligibility(say),
        missing=missing_eligibility,
    )


def _of_authorization(
    code: str,
    title: str,
    look: Callable[[AnyClaim, ClaimFacts], Look],
    element: str = "2300 REF*G1",
    source: str = "CARC 197",
) -> Scrub:
    return Scrub(code, title, _B, element, _AUTHORIZE, source, look, missing=missing_authorization)


SCRUBS: tuple[Scrub, ...] = (
    Scrub(
        "coverage_dates",
        "Not covered on the day",
        _B,
        "2300 DTP*472",
        COVERAGE,
        "Coverage dates",
        look_coverage_dates,
        missing=missing_coverage,
    ),
    Scrub(
        "filing_passed",
        "Filing limit passed",
        _B,
        "2400 DTP*472",
        _FILE,
        PAYER_TABLE,
        look_filing_passed,
        missing=missing_filing_days,
    ),
    Scrub(
        "filing_soon",
        "Filing limit near",
        _W,
        "2400 DTP*472",
        "Send it today.",
        PAYER_TABLE,
        look_filing_soon,
        missing=missing_filing_days,
    ),
    _of_eligibility("eligibility", "Policy not active", _B, "2010BA", say_inactive),
    _of_eligibility("eligibility_old", "Eligibility asked long ago", _W, "2010BA", say_stale),
    _of_eligibility("eligibility_name", "Payer's spelling", _W, "2010BA NM103", say_name),
    _of_eligibility("eligibility_birth", "Payer's birth date", _B, "2010BA DMG02", say_birth_date),
    _of_eligibility(
        "eligibility_member_id", "Payer's member id", _W, "2010BA NM109", say_member_id
    ),
    _of_authorization("authorization", "Authorization missing", look_authorization_missing),
    _of_authorization(
        "authorization_number", "Authorization of another number", look_authorization_number
    ),
    _of_authorization(
        "authorization_dates", "Authorization not in force", look_authorization_dates
    ),
    _of_authorization(
        "authorization_code", "Procedure not authorized", look_authorization_code, source="CARC 198"
    ),
    _of_authorization(
        "authorization_units", "Authorization used up", look_authorization_units, source="CARC 198"
    ),
    _of_authorization("referral", "Referral missing", look_referral, "2300 REF*9F", "CARC 288"),
    Scrub(
        "referral_provider",
        "Referral without provider",
        _W,
        "2310A NM1*DN",
        "Add who referred the patient, then check again.",
        "TR3 005010X222",
        look_referral_provider,
        PROFESSIONAL,
    ),
    Scrub(
        "number_stand_in",
        "No real authorization or referral",
        _B,
        "2300 REF*G1",
        "Enter the payer's number, or leave it empty.",
        "CARC 197",
        look_number_words,
    ),
    Scrub(
        "newborn", "Newborn holds the policy", _W, "2000B SBR02", COVERAGE, "CARC 31", look_newborn
    ),
)
