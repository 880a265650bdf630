"""Checks on who bills and treats, and where: providers, facilities, payer."""

import re
from functools import lru_cache

from billing.rules.claim_views import addresses_of, facilities_of, providers_of
from billing.rules.findings import (
    BLOCKING,
    PROFESSIONAL,
    WARNING,
    AnyClaim,
    ClaimFacts,
    Hit,
    Look,
    Scrub,
)
from billing.rules.guide_codes import CANADIAN_PROVINCES, FACILITY_PLACES, PLACES_OF_SERVICE, STATES
from billing.rules.scrub_texts import CLAIM, LOCATION, PAYER, SETUP, TR3, TR3_P
from billing.rules.zip_codes import is_in_state
from rcm.x12.claim_837 import Address
from rcm.x12.claim_837p import Claim

_TAXONOMY = re.compile(r"[0-9A-Z]{10}", re.ASCII)
# Also POB, PO drawer, and a box alone; a box on a rural route is a place one can go to.
_PO_BOX = re.compile(
    r"\b(P\.?\s*O\.?\s*(B(OX)?|DRAWER)|POST\s+OFFICE\s+(BOX|DRAWER)|LOCK\s*BOX)\b|^\s*BOX\s+\d",
    re.IGNORECASE,
)
_ZIP = re.compile(r"\d{5}(\d{4})?", re.ASCII)
_NINE_DIGITS = re.compile(r"\d{9}", re.ASCII)
_TEN_DIGITS = re.compile(r"[2-9]\d{9}", re.ASCII)


@lru_cache(maxsize=4_096)
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


def look_npis(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """Every NPI on the claim that is there."""
    number = claim.billing_provider.npi
    if number and not is_npi(number):
        yield _bad_npi("billing provider", "2010AA")
    for who, provider, loop, line in providers_of(claim):
        if provider.npi and not is_npi(provider.npi):
            yield _bad_npi(who, loop, line)
    for facility, loop, line in facilities_of(claim):
        if facility.npi and not is_npi(facility.npi):
            yield _bad_npi("service facility", loop, line)


def _bad_npi(who: str, loop: str, line: int | None = None) -> Hit:
    return Hit(
        f"The NPI of the {who} is not valid: its check digit does not fit.", line, f"{loop} NM109"
    )


def look_billing_npi(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """Only an atypical provider has none; the payer knows it by a number of its own (REF*G2)."""
    if not claim.billing_provider.npi and not claim.payer.provider_identifiers:
        yield Hit("The billing provider has no NPI.")


def look_provider_npis(claim: AnyClaim, facts: ClaimFacts) -> Look:
    for who, provider, loop, line in providers_of(claim):
        if not provider.npi and not provider.identifiers:
            yield Hit(f"The {who} has no NPI.", line, f"{loop} NM109")


def look_billing_entity(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """An EIN belongs to an organisation; its NPI is one of organisations (type 2)."""
    billing = claim.billing_provider
    if billing.is_person and billing.tax_id_qualifier == "EI":
        yield Hit("The billing provider is a person but bills under an employer's tax id.")


def look_billing_name(claim: AnyClaim, facts: ClaimFacts) -> Look:
    if not claim.billing_provider.name.strip():
        yield Hit("The billing provider has no name.")


def look_tax_id(claim: AnyClaim, facts: ClaimFacts) -> Look:
    if not _NINE_DIGITS.fullmatch(claim.billing_provider.tax_id):
        yield Hit("The billing provider's tax id is not nine digits.")


def look_tax_id_kind(claim: AnyClaim, facts: ClaimFacts) -> Look:
    if claim.billing_provider.tax_id_qualifier not in ("EI", "SY"):
        yield Hit("The tax id is neither an employer's (EI) nor a person's (SY).")


def look_tax_id_digits(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """The IRS gives out no number of one digit, and none that begins with 00."""
    number = claim.billing_provider.tax_id
    if _NINE_DIGITS.fullmatch(number) and (len(set(number)) == 1 or number.startswith("00")):
        yield Hit("The billing provider's tax id is one the IRS does not give out.")


def look_taxonomies(claim: AnyClaim, facts: ClaimFacts) -> Look:
    for who, code, element, line in _taxonomy_codes(claim):
        if not _TAXONOMY.fullmatch(code):
            yield Hit(f"The {who}'s taxonomy code is not nine characters and an X.", line, element)


def look_old_taxonomies(claim: AnyClaim, facts: ClaimFacts) -> Look:
    for who, code, element, line in _taxonomy_codes(claim):
        if _TAXONOMY.fullmatch(code) and not code.endswith("X"):
            yield Hit(f"The {who}'s taxonomy code {code} is none of today's.", line, element)


def _taxonomy_codes(claim: AnyClaim) -> list[tuple[str, str, str, int | None]]:
    codes: list[tuple[str, str, str, int | None]] = []
    if code := claim.billing_provider.taxonomy_code:
        codes.append(("billing provider", code, "2000A PRV03", None))
    for who, provider, loop, line in providers_of(claim):
        if provider.taxonomy_code:
            codes.append((who, provider.taxonomy_code, f"{loop} PRV03", line))
    return codes


def look_billing_taxonomy(claim: AnyClaim, facts: ClaimFacts) -> Look:
    if not claim.billing_provider.taxonomy_code:
        yield Hit("The billing provider has no taxonomy code; many payers price by it.")


def look_billing_street(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """A PO box belongs in the pay-to address (2010AB)."""
    address = claim.billing_provider.address
    if _PO_BOX.search(address.line_1) or _PO_BOX.search(address.line_2):
        yield Hit("The billing address is a PO box; payers want the street.")


def look_billing_zip(claim: AnyClaim, facts: ClaimFacts) -> Look:
    address = claim.billing_provider.address
    if _is_in_us(address) and not _NINE_DIGITS.fullmatch(address.zip_code):
        yield Hit("The billing address needs its nine-digit ZIP code.")


def look_billing_address(claim: AnyClaim, facts: ClaimFacts) -> Look:
    if not is_complete(claim.billing_provider.address):
        yield Hit("The billing address is not complete: street, city and state.")


def look_facility_address(claim: AnyClaim, facts: ClaimFacts) -> Look:
    for facility, loop, line in facilities_of(claim):
        if not is_complete(facility.address):
            yield Hit(
                "The facility's address is not complete: street, city and state.",
                line,
                f"{loop} N3",
            )


def look_facility_zip(claim: AnyClaim, facts: ClaimFacts) -> Look:
    for facility, loop, line in facilities_of(claim):
        address = facility.address
        if _is_in_us(address) and not _NINE_DIGITS.fullmatch(address.zip_code):
            yield Hit("The facility's address needs its nine-digit ZIP code.", line, f"{loop} N403")


def look_facility_name(claim: AnyClaim, facts: ClaimFacts) -> Look:
    for facility, loop, line in facilities_of(claim):
        if not facility.name.strip():
            yield Hit("The service facility has no name.", line, f"{loop} NM103")


def _is_in_us(address: Address) -> bool:
    return address.country in ("", "US", "USA")


def is_complete(address: Address | None) -> bool:
    """Street and city; in the US a state as well. The ZIP code has checks of its own."""
    return address is not None and bool(
        address.line_1.strip()
        and address.city.strip()
        and (address.state or not _is_in_us(address))
    )


def look_states(claim: AnyClaim, facts: ClaimFacts) -> Look:
    for who, address, loop in addresses_of(claim):
        known = CANADIAN_PROVINCES if address.country == "CA" else STATES
        is_checked = _is_in_us(address) or address.country == "CA"
        if address.state and is_checked and address.state not in known:
            yield Hit(f"The {who}'s state {address.state} is unknown.", None, f"{loop} N402")


def look_zip_codes(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """Five or nine digits; that two addresses need nine is said elsewhere."""
    for who, address, loop in addresses_of(claim):
        if who == "billing provider" or not _is_in_us(address):
            continue
        if address.line_1 and not _ZIP.fullmatch(address.zip_code):
            yield Hit(f"The {who}'s ZIP code is not five or nine digits.", None, f"{loop} N403")


def look_zip_states(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """One of the two is mistyped."""
    for who, address, loop in addresses_of(claim):
        is_judged = _is_in_us(address) and _ZIP.fullmatch(address.zip_code)
        if is_judged and not is_in_state(address.zip_code, address.state):
            yield Hit(
                f"The {who}'s ZIP code {address.zip_code[:5]} does not lie in {address.state}.",
                None,
                f"{loop} N403",
            )


def look_phone(claim: AnyClaim, facts: ClaimFacts) -> Look:
    number = claim.billing_provider.contact_phone
    if number and not _TEN_DIGITS.fullmatch(number):
        yield Hit("The billing provider's phone number is not ten digits.")


def look_pay_to(claim: AnyClaim, facts: ClaimFacts) -> Look:
    billing = claim.billing_provider
    if billing.pay_to is not None and billing.pay_to == billing.address:
        yield Hit("The pay-to address repeats the billing address.")


def look_rendering_repeated(claim: Claim, facts: ClaimFacts) -> Look:
    rendering = claim.rendering_provider
    if rendering and rendering.npi and rendering.npi == claim.billing_provider.npi:
        yield Hit("The rendering provider is the billing provider; payers want it once.")


def look_provider_names(claim: AnyClaim, facts: ClaimFacts) -> Look:
    for who, provider, loop, line in providers_of(claim):
        if not provider.person.last_name.strip():
            yield Hit(f"The {who} has no name.", line, f"{loop} NM103")


def look_place(claim: Claim, facts: ClaimFacts) -> Look:
    if claim.place_of_service not in PLACES_OF_SERVICE:
        yield Hit(f"Place of service {claim.place_of_service!r} is none CMS knows.")
    for line in claim.lines:
        if line.place_of_service and line.place_of_service not in PLACES_OF_SERVICE:
            text = f"Line {line.position}: place of service {line.place_of_service!r} is none CMS"
            yield Hit(f"{text} knows.", line.position, "2400 SV105")


def look_facility(claim: Claim, facts: ClaimFacts) -> Look:
    if claim.place_of_service in FACILITY_PLACES and claim.service_facility is None:
        yield Hit(f"Place of service {claim.place_of_service} needs the facility's name and NPI.")


def look_payer_id(claim: AnyClaim, facts: ClaimFacts) -> Look:
    if not claim.payer.payer_id:
        yield Hit("The payer has no electronic payer id.")


def look_payer_name(claim: AnyClaim, facts: ClaimFacts) -> Look:
    if not claim.payer.name.strip():
        yield Hit("The payer has no name.")


_LUHN = "CMS NPI check digit"
_B, _W = BLOCKING, WARNING
SCRUBS: tuple[Scrub, ...] = (
    Scrub("npi", "NPI not valid", _B, "NM109", SETUP, _LUHN, look_npis),
    Scrub("billing_npi", "Billing NPI missing", _B, "2010AA NM109", SETUP, TR3, look_billing_npi),
    Scrub("provider_npi", "Provider's NPI missing", _W, "NM109", SETUP, TR3, look_provider_npis),
    Scrub(
        "billing_entity",
        "Person bills under an EIN",
        _W,
        "2010AA NM102",
        SETUP,
        "CMS NPI, entity types 1 and 2",
        look_billing_entity,
    ),
    Scrub("billing_name", "Billing name", _B, "2010AA NM103", SETUP, TR3, look_billing_name),
    Scrub("tax_id", "Tax id not nine digits", _B, "2010AA REF02", SETUP, TR3, look_tax_id),
    Scrub("tax_id_kind", "Kind of tax id", _B, "2010AA REF01", SETUP, TR3, look_tax_id_kind),
    Scrub(
        "tax_id_digits",
        "Tax id unlikely",
        _W,
        "2010AA REF02",
        SETUP,
        "IRS, numbers of employers",
        look_tax_id_digits,
    ),
    Scrub("taxonomy", "Taxonomy code not valid", _B, "2000A PRV03", SETUP, "NUCC", look_taxonomies),
    Scrub(
        "taxonomy_old", "Taxonomy code outdated", _W, "PRV03", SETUP, "NUCC", look_old_taxonomies
    ),
    Scrub(
        "billing_taxonomy",
        "Taxonomy code missing",
        _W,
        "2000A PRV03",
        SETUP,
        TR3,
        look_billing_taxonomy,
    ),
    Scrub(
        "billing_street",
        "Billing address a PO box",
        _B,
        "2010AA N301",
        SETUP,
        TR3,
        look_billing_street,
    ),
    Scrub(
        "billing_zip",
        "Billing ZIP not nine digits",
        _B,
        "2010AA N403",
        SETUP,
        TR3,
        look_billing_zip,
    ),
    Scrub("billing_address", "Billing address", _B, "2010AA N3", SETUP, TR3, look_billing_address),
    Scrub("facility_name", "Facility's name", _B, "NM103", LOCATION, TR3, look_facility_name),
    Scrub("facility_address", "Facility's address", _B, "N3", LOCATION, TR3, look_facility_address),
    Scrub(
        "facility_zip",
        "Facility's ZIP not nine digits",
        _B,
        "2310C N403",
        LOCATION,
        TR3,
        look_facility_zip,
    ),
    Scrub("state_code", "State unknown", _B, "N402", CLAIM, "USPS states", look_states),
    Scrub("zip_code", "ZIP code", _B, "N403", CLAIM, TR3, look_zip_codes),
    Scrub(
        "zip_state",
        "ZIP code of another state",
        _W,
        "N403",
        CLAIM,
        "USPS, three-digit ZIP code prefixes",
        look_zip_states,
    ),
    Scrub("phone", "Phone number", _W, "2010AA PER04", SETUP, TR3, look_phone),
    Scrub("pay_to", "Pay-to address repeated", _W, "2010AB N3", SETUP, TR3, look_pay_to),
    Scrub(
        "rendering_repeated",
        "Rendering provider repeated",
        _W,
        "2310B NM109",
        SETUP,
        TR3_P,
        look_rendering_repeated,
        PROFESSIONAL,
    ),
    Scrub("provider_name", "Provider's name", _B, "NM103", SETUP, TR3, look_provider_names),
    Scrub(
        "place_of_service",
        "Place of service",
        _B,
        "2300 CLM05-1",
        LOCATION,
        "CMS place of service codes",
        look_place,
        PROFESSIONAL,
    ),
    Scrub(
        "facility",
        "Place of service and facility",
        _B,
        "2310C NM1",
        LOCATION,
        TR3_P,
        look_facility,
        PROFESSIONAL,
    ),
    Scrub("payer_id", "Payer id missing", _B, "2010BB NM109", PAYER, TR3, look_payer_id),
    Scrub("payer_name", "Payer's name", _B, "2010BB NM103", PAYER, TR3, look_payer_name),
)
