"""Checks on the people: subscriber, patient, their names, numbers and relation."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta

from billing.rules.claim_views import first_day, is_medicare, last_day, patient_of
from billing.rules.findings import (
    BLOCKING,
    WARNING,
    AnyClaim,
    ClaimFacts,
    Hit,
    Look,
    Scrub,
)
from billing.rules.guide_codes import CASE_PAYERS, FILING_INDICATORS, MEDICARE, RELATIONSHIPS
from billing.rules.scrub_parties import is_complete
from billing.rules.scrub_texts import CLAIM, COVERAGE, PATIENT, PAYER_TABLE, TR3
from billing.rules.stand_ins import is_stand_in
from rcm.x12.claim_837 import Person

# Letters of an MBI: none that could be read as a digit (CMS, MBI format).
_MBI_LETTER = "[AC-HJKMNP-RT-Y]"
_MBI = re.compile(
    rf"[1-9]{_MBI_LETTER}(?:{_MBI_LETTER}|\d)\d{_MBI_LETTER}(?:{_MBI_LETTER}|\d)\d"
    rf"{_MBI_LETTER}{_MBI_LETTER}\d\d",
    re.ASCII,
)
MBI_ONLY_FROM = date(2020, 1, 1)
_DIGIT = re.compile(r"\d")
_DELIMITER = re.compile(r"[*~:^|<>\x00-\x1f]")
OLDEST = timedelta(days=120 * 366)


def _people(claim: AnyClaim) -> Iterator[tuple[str, Person, str]]:
    """Patient, and the subscriber when he is a person and somebody else."""
    treated = patient_of(claim)
    yield "patient", treated.person, treated.loop
    if claim.patient is not None and not claim.subscriber.is_organization:
        yield "subscriber", claim.subscriber.person, "2010BA"


def look_names(claim: AnyClaim, facts: ClaimFacts) -> Look:
    for who, person, loop in _people(claim):
        if not person.last_name.strip():
            yield Hit(f"The {who}'s last name is missing.", None, f"{loop} NM103")
    if claim.subscriber.is_organization and not claim.subscriber.person.last_name.strip():
        yield Hit("The subscriber's name is missing.", None, "2010BA NM103")


def look_first_names(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """A person of one name exists; nearly always it is a slip, and payers then find nobody."""
    for who, person, loop in _people(claim):
        if not person.first_name.strip():
            yield Hit(f"The {who}'s first name is missing.", None, f"{loop} NM104")


def _names(person: Person) -> str:
    return f"{person.last_name}{person.first_name}{person.middle_name}{person.suffix}"


def look_name_characters(claim: AnyClaim, facts: ClaimFacts) -> Look:
    for who, person, loop in _people(claim):
        if _DELIMITER.search(_names(person)):
            yield Hit(
                f"The {who}'s name has a character that separates elements in X12.",
                None,
                f"{loop} NM103",
            )


def look_name_accents(claim: AnyClaim, facts: ClaimFacts) -> Look:
    for who, person, loop in _people(claim):
        names = _names(person)
        if not names.isascii():
            plain = unicodedata.normalize("NFKD", names).encode("ascii", "ignore")
            how = "without its accents" if plain else "in Latin letters"
            yield Hit(f"The {who}'s name goes out {how}.", None, f"{loop} NM103")


def look_name_digits(claim: AnyClaim, facts: ClaimFacts) -> Look:
    for who, person, loop in _people(claim):
        if _DIGIT.search(_names(person)):
            yield Hit(f"The {who}'s name has a digit.", None, f"{loop} NM103")


def look_birth_date(claim: AnyClaim, facts: ClaimFacts) -> Look:
    treated = patient_of(claim)
    if treated.birth_date is None:
        yield Hit("The patient's birth date is missing.", None, f"{treated.loop} DMG02")


def look_birth_future(claim: AnyClaim, facts: ClaimFacts) -> Look:
    treated = patient_of(claim)
    if treated.birth_date and treated.birth_date > facts.today:
        yield Hit("The patient's birth date is in the future.", None, f"{treated.loop} DMG02")
    born = claim.subscriber.birth_date
    if claim.patient is not None and born and born > facts.today:
        yield Hit("The subscriber's birth date is in the future.")


def look_born_later(claim: AnyClaim, facts: ClaimFacts) -> Look:
    treated, first = patient_of(claim), first_day(claim)
    if treated.birth_date and first and first < treated.birth_date <= facts.today:
        yield Hit("The patient was born after the date of service.", None, f"{treated.loop} DMG02")


def look_age(claim: AnyClaim, facts: ClaimFacts) -> Look:
    treated, first = patient_of(claim), first_day(claim)
    if treated.birth_date and first and first - treated.birth_date > OLDEST:
        yield Hit("The patient would be over 120 years old.", None, f"{treated.loop} DMG02")


def look_death(claim: AnyClaim, facts: ClaimFacts) -> Look:
    treated, last = patient_of(claim), last_day(claim)
    if treated.died_on and last and last > treated.died_on:
        yield Hit("A service is after the patient's death.", None, f"{treated.loop} PAT06")


def look_death_date(claim: AnyClaim, facts: ClaimFacts) -> Look:
    treated = patient_of(claim)
    if treated.died_on is None:
        return
    if treated.died_on > facts.today:
        yield Hit("The date of death is in the future.", None, f"{treated.loop} PAT06")
    elif treated.birth_date and treated.died_on < treated.birth_date:
        yield Hit("The date of death is before the birth date.", None, f"{treated.loop} PAT06")


def look_sex(claim: AnyClaim, facts: ClaimFacts) -> Look:
    treated = patient_of(claim)
    if treated.sex not in ("F", "M", "U"):
        yield Hit("The patient's sex is not F, M or U.", None, f"{treated.loop} DMG03")
    if claim.patient is not None and claim.subscriber.sex not in ("", "F", "M", "U"):
        yield Hit("The subscriber's sex is not F, M or U.")


def look_patient_address(claim: AnyClaim, facts: ClaimFacts) -> Look:
    treated = patient_of(claim)
    if not is_complete(treated.address):
        yield Hit(
            "The patient's address is not complete: street, city and state.",
            None,
            f"{treated.loop} N3",
        )


def look_pregnancy(claim: AnyClaim, facts: ClaimFacts) -> Look:
    who = claim.patient or claim.subscriber
    if who.is_pregnant and patient_of(claim).sex == "M":
        yield Hit("The patient is said to be pregnant, and a man.")


def look_relationship(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """18 says that the patient is the subscriber: then, and only then, no patient loop follows."""
    relationship = claim.subscriber.relationship
    if claim.patient is None and relationship != "18":
        yield Hit("The subscriber is not the patient, but no patient follows.")
    elif claim.patient is not None and "18" in (relationship, claim.patient.relationship):
        yield Hit("The subscriber is the patient, but another patient follows.")


def look_relationship_code(claim: AnyClaim, facts: ClaimFacts) -> Look:
    if claim.patient is not None and claim.patient.relationship not in RELATIONSHIPS:
        code = claim.patient.relationship
        yield Hit(f"The patient's relationship {code!r} is none of the guide's.")


def look_filing_indicator(claim: AnyClaim, facts: ClaimFacts) -> Look:
    code = claim.subscriber.filing_indicator
    if code not in FILING_INDICATORS:
        yield Hit(f"The kind of payer {code!r} is none of the guide's.")


def look_member_id(claim: AnyClaim, facts: ClaimFacts) -> Look:
    holder = claim.subscriber
    if not holder.member_id.strip() and holder.filing_indicator not in CASE_PAYERS:
        yield Hit("The member id is missing.")


def look_member_id_word(claim: AnyClaim, facts: ClaimFacts) -> Look:
    if is_stand_in(claim.subscriber.member_id):
        yield Hit(f"The member id {claim.subscriber.member_id!r} is a word for none.")


def look_member_id_form(claim: AnyClaim, facts: ClaimFacts) -> Look:
    number = claim.subscriber.member_id
    if number and not re.fullmatch(facts.member_id_pattern, number):
        yield Hit(f"The member id does not look like one of {facts.payer_name}.")


def missing_pattern(facts: ClaimFacts) -> str:
    return "" if facts.member_id_pattern else "No form of this payer's member ids is set."


def look_mbi(claim: AnyClaim, facts: ClaimFacts) -> Look:
    first = first_day(claim)
    if is_medicare(claim) and first and first >= MBI_ONLY_FROM:
        number = claim.subscriber.member_id
        if number and not _MBI.fullmatch(number):
            yield Hit("The member id does not have the form of a Medicare number (MBI).")


def look_other_mbi(claim: AnyClaim, facts: ClaimFacts) -> Look:
    first = first_day(claim)
    for other in claim.other_payers:
        is_asked = other.filing_indicator in MEDICARE and other.member_id
        if is_asked and first and first >= MBI_ONLY_FROM and not _MBI.fullmatch(other.member_id):
            yield Hit(f"The member id at {other.name} does not have the form of an MBI.")


def look_property_claim_number(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """2010BA or 2010CA REF*Y4: the payer of an injury files by its case."""
    who = claim.patient or claim.subscriber
    if claim.subscriber.filing_indicator in ("WC", "AM") and not who.property_claim_number:
        yield Hit("An injury's payer wants its case number (REF*Y4).")


_B, _W = BLOCKING, WARNING
_MBI_RULE = "CMS, Medicare beneficiary identifier"
SCRUBS: tuple[Scrub, ...] = (
    Scrub("name", "Name missing", _B, "NM103", PATIENT, TR3, look_names),
    Scrub("first_name", "First name missing", _W, "NM104", PATIENT, TR3, look_first_names),
    Scrub(
        "name_characters", "Name's characters", _B, "NM103", PATIENT, "X12.6", look_name_characters
    ),
    Scrub("name_accents", "Name with accents", _W, "NM103", PATIENT, "X12.6", look_name_accents),
    Scrub("name_digits", "Digit in a name", _W, "NM103", PATIENT, TR3, look_name_digits),
    Scrub("birth_date", "Birth date missing", _B, "DMG02", PATIENT, TR3, look_birth_date),
    Scrub(
        "birth_future", "Birth in the future", _B, "2010BA DMG02", PATIENT, TR3, look_birth_future
    ),
    Scrub(
        "birth_after_service",
        "Born after service",
        _B,
        "DMG02",
        PATIENT,
        TR3,
        look_born_later,
    ),
    Scrub("age", "Over 120 years old", _W, "DMG02", PATIENT, "Plausibility", look_age),
    Scrub("death", "Service after death", _B, "PAT06", PATIENT, "CARC 13", look_death),
    Scrub("death_date", "Date of death", _B, "PAT06", PATIENT, TR3, look_death_date),
    Scrub("sex", "Sex", _B, "2010BA DMG03", PATIENT, TR3, look_sex),
    Scrub("patient_address", "Patient's address", _B, "N3", PATIENT, TR3, look_patient_address),
    Scrub("pregnancy", "Pregnant man", _W, "PAT09", PATIENT, TR3, look_pregnancy),
    Scrub(
        "relationship",
        "Patient and subscriber",
        _B,
        "2000B SBR02",
        COVERAGE,
        TR3,
        look_relationship,
    ),
    Scrub(
        "relationship_code",
        "Relationship",
        _B,
        "2000C PAT01",
        COVERAGE,
        TR3,
        look_relationship_code,
    ),
    Scrub(
        "filing_indicator", "Kind of payer", _B, "2000B SBR09", CLAIM, TR3, look_filing_indicator
    ),
    Scrub("member_id", "Member id", _B, "2010BA NM109", COVERAGE, TR3, look_member_id),
    Scrub(
        "member_id_stand_in",
        "No real member id",
        _B,
        "2010BA NM109",
        COVERAGE,
        "CARC 31",
        look_member_id_word,
    ),
    Scrub(
        "member_id_form",
        "Form of the member id",
        _B,
        "2010BA NM109",
        COVERAGE,
        PAYER_TABLE,
        look_member_id_form,
        missing=missing_pattern,
    ),
    Scrub("mbi", "Medicare number", _B, "2010BA NM109", COVERAGE, _MBI_RULE, look_mbi),
    Scrub(
        "other_mbi",
        "Medicare number elsewhere",
        _W,
        "2330A NM109",
        COVERAGE,
        _MBI_RULE,
        look_other_mbi,
    ),
    Scrub(
        "property_claim_number",
        "Case number of an injury",
        _W,
        "2010BA REF*Y4",
        COVERAGE,
        TR3,
        look_property_claim_number,
    ),
)
