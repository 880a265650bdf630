"""837 loops of names: an NM1 and the segments that hang under it, to the parties of a claim."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rcm.x12.claim_837 import (
    Address,
    BillingProvider,
    ClaimPayer,
    Identifier,
    Patient,
    PayToPlan,
    Person,
    Provider,
    ServiceFacility,
    Submitter,
    Subscriber,
)
from rcm.x12.elements import ContentReader, pick


@dataclass(frozen=True, slots=True)
class NameLoop:
    """What is read of one loop of names.

    `segments` those under NM1, `references` their REF01, `qualifiers` NM108, `has_names` False for
    loops of organisations only.
    """

    name: str
    segments: Collection[str] = ()
    references: Collection[str] = ()
    qualifiers: Collection[str] = ("XX",)
    has_names: bool = True


NameLoops = Mapping[str, NameLoop]
PLACE = ("N3", "N4")
NUMBERED_PLACE = (*PLACE, "REF")
PLAN_NUMBERS = ("2U", "EI", "FY", "NF")
PLANS = ("PI", "XV")
HEADER_LOOPS: NameLoops = {
    "41": NameLoop("1000A", ("PER",), (), ("46",), has_names=False),
    "40": NameLoop("1000B", (), (), ("46",), has_names=False),
}
PROVIDER_LOOPS: NameLoops = {
    "85": NameLoop("2010AA", (*NUMBERED_PLACE, "PER"), ("EI", "SY", "0B", "1G")),
    "87": NameLoop("2010AB", PLACE, has_names=False),
    "PE": NameLoop("2010AC", NUMBERED_PLACE, PLAN_NUMBERS, PLANS, has_names=False),
}
SUBSCRIBER_LOOPS: NameLoops = {
    "IL": NameLoop("2010BA", (*NUMBERED_PLACE, "DMG"), ("SY", "Y4"), ("MI",)),
    "PR": NameLoop("2010BB", NUMBERED_PLACE, (*PLAN_NUMBERS, "G2", "LU"), PLANS, has_names=False),
}
PATIENT_LOOPS: NameLoops = {
    "QC": NameLoop("2010CA", (*NUMBERED_PLACE, "DMG"), ("Y4", "1W"), ()),
}
SINGLE_NUMBERS = frozenset({"EI", "SY", "Y4", "1W", "G1", "9F", "F8", "T4"})
OTHER_PAYER_NUMBERS = (*PLAN_NUMBERS, "G1", "9F", "T4", "F8")
OTHER_PAYER_LOOPS: NameLoops = {
    "IL": NameLoop("2330A", NUMBERED_PLACE, ("SY",), ("MI",)),
    "PR": NameLoop("2330B", (*NUMBERED_PLACE, "DTP"), OTHER_PAYER_NUMBERS, PLANS, has_names=False),
}


class Party:
    """NM1 with the N3, N4, DMG, REF, PER, PRV and DTP after it."""

    __slots__ = (
        "birth_date",
        "city",
        "contact",
        "elements",
        "loop",
        "paid_on",
        "references",
        "seen",
        "sex",
        "street",
        "taxonomy_code",
    )

    def __init__(self, elements: list[str], loop: NameLoop) -> None:
        self.elements = elements + [""] * (10 - len(elements))
        self.loop = loop
        self.street: list[str] = []
        self.city: list[str] = []
        self.birth_date: date | None = None
        self.sex = ""
        self.references: list[Identifier] = []
        self.contact = ("", "")
        self.taxonomy_code = ""
        self.paid_on: date | None = None
        self.seen: set[str] = set()

    @property
    def name(self) -> str:
        return self.elements[3]

    @property
    def identifier_qualifier(self) -> str:
        return self.elements[8]

    @property
    def identifier(self) -> str:
        return self.elements[9]

    @property
    def is_organization(self) -> bool:
        return self.elements[2] == "2"

    @property
    def person(self) -> Person:
        return Person(self.elements[3], self.elements[4], self.elements[5], self.elements[7])

    @property
    def address(self) -> Address | None:
        if not (self.street or self.city):
            return None
        city, state, zip_code, country = (pick(self.city, index) for index in (1, 2, 3, 4))
        return Address(pick(self.street, 1), city, state, zip_code, pick(self.street, 2), country)

    def check_name(self, reader: ContentReader) -> None:
        """NM108, and names an organisation cannot have."""
        qualifier = self.identifier_qualifier
        if self.identifier and qualifier not in self.loop.qualifiers:
            message = "NM108 is not the qualifier expected here."
            reader.warn("unexpected_element", message, "NM108")
        if any(self.elements[4:8]) and (self.is_organization or not self.loop.has_names):
            message = "NM104 to NM107: an organisation has one name only."
            reader.warn("unexpected_element", message, "NM104")

    def take(self, reader: ContentReader, elements: list[str]) -> bool:
        """Read a segment under this NM1; False when the loop has none of its kind."""
        name = elements[0]
        if name not in self.loop.segments:
            return False
        if name == "REF":
            qualifier = pick(elements, 1)
            is_repeated = qualifier in SINGLE_NUMBERS and self.number(qualifier) != ""
            if is_repeated or qualifier not in self.loop.references:
                return False
            value = reader.required(elements, 2)
            self.references.append(Identifier(elements[1], value))
            return True
        if name in self.seen:
            return False
        self.seen.add(name)
        if name == "N3":
            reader.required(elements, 1)
            self.street = elements
        elif name == "N4":
            reader.required(elements, 1)
            self.city = elements
        elif name == "DMG":
            self.birth_date = reader.day(reader.required(elements, 2), "DMG02")
            self.sex = reader.required(elements, 3)
        elif name == "PER":
            return self.take_contact(reader, elements)
        elif name == "PRV":
            self.taxonomy_code = reader.required(elements, 3)
        elif pick(elements, 1) == "573":
            self.paid_on = reader.day(reader.required(elements, 3), "DTP03")
        else:
            return False
        return True

    def take_contact(self, reader: ContentReader, elements: list[str]) -> bool:
        if pick(elements, 3) in ("TE", ""):
            self.contact = (pick(elements, 2), pick(elements, 4))
        else:
            self.contact = (pick(elements, 2), "")
            message = "PER04 is not a telephone number and not read."
            reader.warn("unexpected_element", message, "PER03")
        return True

    def identifiers(self, *left_out: str) -> tuple[Identifier, ...]:
        """REF but for those with one of the qualifiers `left_out`."""
        return tuple(each for each in self.references if each.qualifier not in left_out)

    def reference(self, *qualifiers: str) -> Identifier | None:
        """The first REF with one of `qualifiers`."""
        return next((each for each in self.references if each.qualifier in qualifiers), None)

    def number(self, qualifier: str) -> str:
        """The value of the first REF with `qualifier`."""
        found = self.reference(qualifier)
        return found.value if found else ""


Parties = dict[str, Party]
NOBODY = Party([], NameLoop(""))
NO_ADDRESS = Address("", "", "", "")


def make_submitter(reader: ContentReader, parties: Parties) -> Submitter:
    """Loops 1000A (41) and 1000B (40); an error for one that is missing."""
    sender, receiver = parties.get("41", NOBODY), parties.get("40", NOBODY)
    if sender is NOBODY:
        reader.report("missing_segment", "NM1*41, the submitter, is missing.", "NM1")
    if receiver is NOBODY:
        reader.report("missing_segment", "NM1*40, the receiver, is missing.", "NM1")
    return Submitter(
        sender.name, sender.identifier, *sender.contact, receiver.name, receiver.identifier
    )


def make_billing_provider(
    reader: ContentReader, parties: Parties, taxonomy_code: str
) -> BillingProvider:
    """Loops 2010AA (85), 2010AB (87) and 2010AC (PE); an error for what is missing."""
    party = parties.get("85", NOBODY)
    if party is NOBODY:
        reader.report("missing_segment", "NM1*85, the billing provider, is missing.", "NM1")
    else:
        check_place(reader, party, "billing provider")
    tax_id = party.reference("EI", "SY")
    if tax_id is None and party is not NOBODY:
        reader.report("missing_segment", "REF*EI of the billing provider is missing.", "REF")
    person, pay_to, plan = party.person, parties.get("87"), parties.get("PE")
    if not party.is_organization and not person.first_name and party is not NOBODY:
        reader.warn("missing_element", "NM104 of the billing provider is missing.", "NM104")
    if pay_to is not None:
        check_place(reader, pay_to, "pay-to address")
    return BillingProvider(
        party.name,
        party.identifier,
        tax_id.value if tax_id else "",
        taxonomy_code,
        party.address or NO_ADDRESS,
        *party.contact,
        tax_id.qualifier if tax_id else "EI",
        pay_to.address if pay_to else None,
        first_name=person.first_name,
        middle_name=person.middle_name,
        suffix=person.suffix,
        identifiers=tuple(each for each in party.references if each is not tax_id),
        pay_to_plan=make_pay_to_plan(reader, plan) if plan else None,
    )


def check_place(reader: ContentReader, party: Party, whose: str) -> None:
    """An error for each of N3 and N4 that is missing."""
    for name, elements in (("N3", party.street), ("N4", party.city)):
        if not elements:
            reader.report("missing_segment", f"{name} of the {whose} is missing.", name)


def make_pay_to_plan(reader: ContentReader, party: Party) -> PayToPlan:
    """Loop 2010AC."""
    check_place(reader, party, "pay-to plan")
    tax_id = party.reference("EI")
    if tax_id is None:
        reader.report("missing_segment", "REF*EI of the pay-to plan is missing.", "REF")
    return PayToPlan(
        party.name,
        party.identifier_qualifier,
        party.identifier,
        party.address or NO_ADDRESS,
        tax_id.value if tax_id else "",
        tuple(each for each in party.references if each is not tax_id),
    )


@dataclass(frozen=True, slots=True)
class PatientCondition:
    """PAT: relationship, day of death, weight in pounds, pregnancy."""

    relationship: str = ""
    died_on: date | None = None
    weight_pounds: Decimal | None = None
    is_pregnant: bool = False


def make_condition(reader: ContentReader, elements: list[str]) -> PatientCondition:
    return PatientCondition(
        pick(elements, 1),
        reader.day(pick(elements, 6), "PAT06"),
        reader.quantity(pick(elements, 8), "PAT08"),
        pick(elements, 9) == "Y",
    )


def make_subscriber(
    reader: ContentReader,
    policy: list[str],
    parties: Parties,
    patient: Patient | None,
    condition: PatientCondition,
) -> Subscriber:
    """SBR and loop 2010BA (IL); SBR02 is empty when the patient is somebody else."""
    party = parties.get("IL", NOBODY)
    if not policy:
        reader.report("missing_segment", "SBR of the subscriber is missing.", "SBR")
    if party is NOBODY:
        reader.report("missing_segment", "NM1*IL, the subscriber, is missing.", "NM1")
    relationship = pick(policy, 2)
    if not relationship and patient is not None:
        relationship = patient.relationship
    return Subscriber(
        party.person,
        party.identifier,
        pick(policy, 1),
        pick(policy, 9),
        party.birth_date,
        party.sex,
        party.address,
        pick(policy, 3),
        pick(policy, 4),
        relationship,
        insurance_type=pick(policy, 5),
        is_organization=party.is_organization,
        died_on=condition.died_on,
        weight_pounds=condition.weight_pounds,
        is_pregnant=condition.is_pregnant,
        property_claim_number=party.number("Y4"),
        social_security_number=party.number("SY"),
    )


def make_payer(reader: ContentReader, parties: Parties) -> ClaimPayer:
    """Loop 2010BB (PR)."""
    party = parties.get("PR", NOBODY)
    if party is NOBODY:
        reader.report("missing_segment", "NM1*PR, the payer, is missing.", "NM1")
    return ClaimPayer(
        party.name,
        party.identifier,
        party.identifier_qualifier or "PI",
        party.address,
        party.identifiers("G2", "LU"),
        party.identifiers(*PLAN_NUMBERS),
    )


def make_patient(
    reader: ContentReader, condition: PatientCondition, parties: Parties
) -> Patient | None:
    """PAT and loop 2010CA (QC); None when the patient is the subscriber."""
    party = parties.get("QC")
    if party is None:
        return None
    if party.birth_date is None:
        reader.report("missing_segment", "DMG of the patient is missing.", "DMG02")
    check_place(reader, party, "patient")
    return Patient(
        party.person,
        condition.relationship,
        party.birth_date or date.min,
        party.sex,
        party.address or NO_ADDRESS,
        condition.died_on,
        condition.weight_pounds,
        condition.is_pregnant,
        party.number("Y4"),
        party.number("1W"),
    )


def make_provider(parties: Parties, entity: str) -> Provider | None:
    """A loop of 2310 or 2420 by its NM101; None when absent."""
    party = parties.get(entity)
    if party is None:
        return None
    return Provider(
        party.person,
        party.identifier,
        party.taxonomy_code,
        party.is_organization,
        party.identifiers(),
    )


def make_facility(parties: Parties) -> ServiceFacility | None:
    """NM1*77; None when absent."""
    party = parties.get("77")
    if party is None:
        return None
    return ServiceFacility(
        party.name, party.identifier, party.address or NO_ADDRESS, party.identifiers()
    )


def make_address(parties: Parties, entity: str) -> Address | None:
    """The address of a loop that has nothing else, such as where an ambulance picks up."""
    party = parties.get(entity)
    return None if party is None else party.address or NO_ADDRESS
