"""The checks on who bills and treats, and where."""

from dataclasses import replace

import pytest

from billing.rules.findings import AnyClaim
from billing.rules.scrub_parties import is_npi
from rcm.x12 import claim_837p as x12
from tests.billing.scrub_cases import (
    CLAIM,
    DEPENDENT,
    FACILITY,
    FACTS,
    HOME,
    OTHER_NPI,
    STAY,
    STREET,
    Case,
    assert_says,
    billing,
    findings_of,
    holder,
    lines,
)

RENDERING = CLAIM.rendering_provider
assert RENDERING is not None
BAD_NPI = "The NPI of the {} is not valid: its check digit does not fit."


def located(**changes: object) -> x12.Claim:
    return replace(CLAIM, service_facility=replace(FACILITY, **changes))


def rendered(**changes: object) -> x12.Claim:
    return replace(CLAIM, rendering_provider=replace(RENDERING, **changes))


PARTIES = [
    Case(
        "npi", BAD_NPI.format("billing provider"), billing(npi="1234567890"), element="2010AA NM109"
    ),
    Case("npi", BAD_NPI.format("rendering provider"), rendered(npi="1"), element="2310B NM109"),
    Case(
        "npi",
        BAD_NPI.format("rendering provider of line 1"),
        lines({"rendering_provider": replace(RENDERING, npi="1234567892")}),
        line=1,
        element="2420A NM109",
    ),
    Case(
        "npi",
        BAD_NPI.format("attending provider"),
        replace(STAY, attending_provider=replace(RENDERING, npi="123456789")),
        element="2310A NM109",
    ),
    Case("npi", BAD_NPI.format("service facility"), located(npi="1"), element="2310C NM109"),
    Case("billing_npi", "The billing provider has no NPI.", billing(npi="")),
    Case(
        "zip_state",
        "The subscriber's ZIP code 62702 does not lie in WI.",
        holder(address=replace(HOME, state="WI")),
        element="2010BA N403",
    ),
    *(
        Case(
            "billing_street",
            "The billing address is a PO box; payers want the street.",
            billing(address=replace(STREET, line_1=line_1)),
        )
        for line_1 in ("POB 41", "P.O.B. 41", "PO Drawer 5", "Post Office Drawer 5", "Box 77")
    ),
    Case(
        "provider_npi",
        "The rendering provider has no NPI.",
        rendered(npi=""),
        element="2310B NM109",
    ),
    Case(
        "billing_entity",
        "The billing provider is a person but bills under an employer's tax id.",
        billing(first_name="Annika"),
    ),
    Case("billing_name", "The billing provider has no name.", billing(name=" ")),
    Case("tax_id", "The billing provider's tax id is not nine digits.", billing(tax_id="12345678")),
    Case(
        "tax_id_kind",
        "The tax id is neither an employer's (EI) nor a person's (SY).",
        billing(tax_id_qualifier="24"),
    ),
    Case(
        "tax_id_digits",
        "The billing provider's tax id is one the IRS does not give out.",
        billing(tax_id="999999999"),
    ),
    Case(
        "taxonomy",
        "The billing provider's taxonomy code is not nine characters and an X.",
        billing(taxonomy_code="207Q0000"),
        element="2000A PRV03",
    ),
    Case(
        "taxonomy",
        "The rendering provider's taxonomy code is not nine characters and an X.",
        rendered(taxonomy_code="x"),
        element="2310B PRV03",
    ),
    Case(
        "taxonomy_old",
        "The billing provider's taxonomy code 203BF0100Y is none of today's.",
        billing(taxonomy_code="203BF0100Y"),
        element="2000A PRV03",
    ),
    Case(
        "billing_taxonomy",
        "The billing provider has no taxonomy code; many payers price by it.",
        billing(taxonomy_code=""),
    ),
    Case(
        "billing_street",
        "The billing address is a PO box; payers want the street.",
        billing(address=replace(STREET, line_1="P.O. Box 12")),
    ),
    Case(
        "billing_zip",
        "The billing address needs its nine-digit ZIP code.",
        billing(address=replace(STREET, zip_code="62701")),
    ),
    Case(
        "billing_address",
        "The billing address is not complete: street, city and state.",
        billing(address=replace(STREET, city="")),
    ),
    Case(
        "facility_name",
        "The service facility has no name.",
        located(name=""),
        element="2310C NM103",
    ),
    Case(
        "facility_address",
        "The facility's address is not complete: street, city and state.",
        located(address=replace(STREET, line_1="")),
        element="2310C N3",
    ),
    Case(
        "facility_zip",
        "The facility's address needs its nine-digit ZIP code.",
        located(address=HOME),
        element="2310C N403",
    ),
    Case(
        "state_code",
        "The billing provider's state QX is unknown.",
        billing(address=replace(STREET, state="QX")),
        element="2010AA N402",
    ),
    Case(
        "zip_code",
        "The subscriber's ZIP code is not five or nine digits.",
        holder(address=replace(HOME, zip_code="627")),
        element="2010BA N403",
    ),
    Case(
        "phone",
        "The billing provider's phone number is not ten digits.",
        billing(contact_phone="555"),
    ),
    Case("pay_to", "The pay-to address repeats the billing address.", billing(pay_to=STREET)),
    Case(
        "rendering_repeated",
        "The rendering provider is the billing provider; payers want it once.",
        rendered(npi="1234567893"),
    ),
    Case(
        "provider_name",
        "The rendering provider has no name.",
        rendered(person=x12.Person("", "")),
        element="2310B NM103",
    ),
    Case(
        "place_of_service",
        "Place of service '98' is none CMS knows.",
        replace(CLAIM, place_of_service="98"),
    ),
    Case(
        "place_of_service",
        "Line 1: place of service '00' is none CMS knows.",
        lines({"place_of_service": "00"}),
        line=1,
        element="2400 SV105",
    ),
    Case(
        "facility",
        "Place of service 22 needs the facility's name and NPI.",
        replace(CLAIM, place_of_service="22"),
    ),
    Case(
        "payer_id",
        "The payer has no electronic payer id.",
        replace(CLAIM, payer=x12.ClaimPayer("Unified Care", "")),
    ),
    Case("payer_name", "The payer has no name.", replace(CLAIM, payer=x12.ClaimPayer("", "UNIFD"))),
]


@pytest.mark.parametrize("case", PARTIES, ids=lambda case: case.code)
def test_a_check_says_what_is_wrong_and_nothing_else_does(case: Case) -> None:
    assert_says(case)


CLEAN: list[tuple[str, AnyClaim]] = [
    ("a dependent", DEPENDENT),
    (
        "an atypical provider known by the payer's own number",
        replace(
            billing(npi=""),
            payer=replace(CLAIM.payer, provider_identifiers=(x12.Identifier("G2", "A1"),)),
        ),
    ),
    ("a person who bills under the own number", billing(first_name="A", tax_id_qualifier="SY")),
    (
        "a street that only sounds like a box",
        billing(address=replace(STREET, line_1="1 Boxwood Rd")),
    ),
    ("a facility named", replace(located(), place_of_service="22")),
    (
        "a Canadian patient",
        holder(address=x12.Address("1 King St", "Toronto", "ON", "M5H 1A1", country="CA")),
    ),
    (
        "a facility abroad without state",
        located(address=x12.Address("1 High St", "Leeds", "", "LS1", country="GB")),
    ),
    ("another place on a line", lines({"place_of_service": "12"})),
]


@pytest.mark.parametrize(("what", "claim"), CLEAN, ids=[what for what, _ in CLEAN])
def test_nothing_is_said_of(what: str, claim: AnyClaim) -> None:
    assert findings_of(claim, FACTS) == []


def test_npi_check_digits() -> None:
    assert is_npi("1234567893")
    assert is_npi(OTHER_NPI)
    assert not is_npi("1234567892")
    assert not is_npi("123456789")
    assert not is_npi("12345678९3")
