"""Claim edits on who: billing and rendering provider, facility, subscriber, patient, coverage."""

import re
from datetime import date

from billing.rules.findings import BLOCKING, PROFESSIONAL, ClaimFacts, Hit, Look, Scrub
from billing.rules.scrub_texts import COVERAGE, LOCATION, PATIENT, PAYER, SETUP, TR3_P
from rcm.x12.claim_837p import Address, Claim, Person

_TAXONOMY = re.compile(r"[0-9A-Z]{9}X", re.ASCII)
_PO_BOX = re.compile(r"\b(P\.?\s*O\.?\s*BOX|POST\s+OFFICE\s+BOX|LOCK\s*BOX)\b", re.IGNORECASE)
_STATE = re.compile(r"[A-Z]{2}", re.ASCII)
_ZIP = re.compile(r"\d{5}(\d{4})?", re.ASCII)
_EIN = re.compile(r"\d{9}", re.ASCII)

# Places where the patient is in somebody else's house: the house must be named (2310C).
FACILITY_PLACES = frozenset({"21", "22", "23", "24", "31", "32", "51", "61"})


def is_npi(number: str) -> bool:
    """Ten digits whose check digit is right: Luhn over 80840 and the number (CMS NPI standard)."""
    if len(number) != 10 or not (number.isascii() and number.isdigit()):
        return False
    # 24 is what the constant prefix 80840 adds to the sum.
    total = 24
    for place, character in enumerate(reversed(number)):
        digit = int(character) * (2 if place % 2 else 1)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0


def look_npis(claim: Claim, facts: ClaimFacts) -> Look:
    """Every NPI on the claim."""
    numbers = [("billing provider", claim.billing_provider.npi, "2010AA NM109")]
    if claim.rendering_provider:
        numbers.append(("rendering provider", claim.rendering_provider.npi, "2310B NM109"))
    if claim.referring_provider:
        numbers.append(("referring provider", claim.referring_provider.npi, "2310A NM109"))
    if claim.service_facility and claim.service_facility.npi:
        numbers.append(("service facility", claim.service_facility.npi, "2310C NM109"))
    for who, number, element in numbers:
        if not is_npi(number):
            yield Hit(
                f"The NPI of the {who} is not valid: its check digit does not fit.", None, element
            )


def look_tax_id(claim: Claim, facts: ClaimFacts) -> Look:
    if not _EIN.fullmatch(claim.billing_provider.tax_id):
        yield Hit("The billing provider's tax id is not nine digits.")


def look_taxonomies(claim: Claim, facts: ClaimFacts) -> Look:
    if not _TAXONOMY.fullmatch(claim.billing_provider.taxonomy_code):
        yield Hit("The billing provider's taxonomy code is not nine characters and an X.")
    rendering = claim.rendering_provider
    if rendering and rendering.taxonomy_code and not _TAXONOMY.fullmatch(rendering.taxonomy_code):
        yield Hit(
            "The rendering provider's taxonomy code is not nine characters and an X.",
            None,
            "2310B PRV03",
        )


def look_billing_address(claim: Claim, facts: ClaimFacts) -> Look:
    """A street with a nine-digit ZIP; a PO box belongs in the pay-to address (2010AB)."""
    address = claim.billing_provider.address
    if _PO_BOX.search(address.line_1) or _PO_BOX.search(address.line_2):
        yield Hit("The billing address is a PO box; payers want the street.", None, "2010AA N301")
    if not re.fullmatch(r"\d{9}", address.zip_code, re.ASCII):
        yield Hit("The billing address needs its nine-digit ZIP code.", None, "2010AA N403")
    if not (address.line_1 and address.city and _STATE.fullmatch(address.state)):
        yield Hit("The billing address is not complete: street, city and state.", None, "2010AA N3")


def look_facility(claim: Claim, facts: ClaimFacts) -> Look:
    if not re.fullmatch(r"\d{2}", claim.place_of_service, re.ASCII):
        yield Hit("The place of service is not two digits.", None, "2300 CLM05-1")
    elif claim.place_of_service in FACILITY_PLACES and claim.service_facility is None:
        yield Hit(
            f"Place of service {claim.place_of_service} needs the facility's name and NPI.",
            None,
            "2310C NM1",
        )


def look_member_id(claim: Claim, facts: ClaimFacts) -> Look:
    number = claim.subscriber.member_id
    if not number:
        yield Hit("The member id is missing.")
    elif facts.member_id_pattern and not re.fullmatch(facts.member_id_pattern, number):
        yield Hit(f"The member id does not look like one of {facts.payer_name}.")


def look_payer_id(claim: Claim, facts: ClaimFacts) -> Look:
    if not claim.payer.payer_id:
        yield Hit("The payer has no electronic payer id.")


def _is_complete(address: Address | None) -> bool:
    return address is not None and bool(
        address.line_1
        and address.city
        and _STATE.fullmatch(address.state)
        and _ZIP.fullmatch(address.zip_code)
    )


def _missing(
    who: str, person: Person, born: date | None, sex: str, address: Address | None
) -> list[str]:
    gaps = []
    if not (person.last_name and person.first_name):
        gaps.append(f"The {who}'s first and last name are needed.")
    if born is None:
        gaps.append(f"The {who}'s birth date is missing.")
    if sex not in ("F", "M", "U"):
        gaps.append(f"The {who}'s sex is not F, M or U.")
    if not _is_complete(address):
        gaps.append(f"The {who}'s address is not complete: street, city, state and ZIP code.")
    return gaps


def look_patient(claim: Claim, facts: ClaimFacts) -> Look:
    """The patient's own data; of a subscriber who is someone else only the name is required."""
    holder = claim.subscriber
    if claim.patient is not None:
        who = claim.patient
        gaps = _missing("patient", who.person, who.birth_date, who.sex, who.address)
        born: date | None = who.birth_date
        loop = "2010CA"
        if not holder.person.last_name:
            yield Hit("The subscriber's last name is missing.", None, "2010BA NM103")
    else:
        gaps = _missing("patient", holder.person, holder.birth_date, holder.sex, holder.address)
        born, loop = holder.birth_date, "2010BA"
    for gap in gaps:
        yield Hit(gap, None, loop)
    served = [line.date_of_service for line in claim.lines]
    if born and served and born > min(served):
        yield Hit("The patient was born after the date of service.", None, f"{loop} DMG02")


def look_coverage_dates(claim: Claim, facts: ClaimFacts) -> Look:
    """Reported once per day of service outside the coverage."""
    if facts.coverage_starts_on is None:
        return
    for day in sorted({line.date_of_service for line in claim.lines}):
        is_over = facts.coverage_ends_on is not None and day > facts.coverage_ends_on
        if day < facts.coverage_starts_on or is_over:
            yield Hit(f"The coverage was not in force on {day:%m/%d/%Y}.")


SCRUBS: tuple[Scrub, ...] = (
    Scrub(
        "npi",
        "NPI not valid",
        BLOCKING,
        "NM109",
        SETUP,
        "CMS NPI check digit",
        look_npis,
        PROFESSIONAL,
    ),
    Scrub(
        "tax_id",
        "Tax id not nine digits",
        BLOCKING,
        "2010AA REF02",
        SETUP,
        TR3_P,
        look_tax_id,
        PROFESSIONAL,
    ),
    Scrub(
        "taxonomy",
        "Taxonomy code not valid",
        BLOCKING,
        "2000A PRV03",
        SETUP,
        TR3_P,
        look_taxonomies,
        PROFESSIONAL,
    ),
    Scrub(
        "billing_address",
        "Billing address",
        BLOCKING,
        "2010AA N3",
        SETUP,
        TR3_P,
        look_billing_address,
        PROFESSIONAL,
    ),
    Scrub(
        "facility",
        "Place of service and facility",
        BLOCKING,
        "2310C",
        LOCATION,
        TR3_P,
        look_facility,
        PROFESSIONAL,
    ),
    Scrub(
        "member_id",
        "Member id",
        BLOCKING,
        "2010BA NM109",
        COVERAGE,
        "Payer table",
        look_member_id,
        PROFESSIONAL,
    ),
    Scrub(
        "payer_id",
        "Payer id missing",
        BLOCKING,
        "2010BB NM109",
        PAYER,
        TR3_P,
        look_payer_id,
        PROFESSIONAL,
    ),
    Scrub(
        "patient", "Patient's data", BLOCKING, "2010BA", PATIENT, TR3_P, look_patient, PROFESSIONAL
    ),
    Scrub(
        "coverage_dates",
        "Not covered on the day",
        BLOCKING,
        "2300 DTP*472",
        COVERAGE,
        "Coverage dates",
        look_coverage_dates,
        PROFESSIONAL,
    ),
)
