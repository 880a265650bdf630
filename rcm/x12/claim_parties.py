"""837P loops of names: an NM1 and the segments that hang under it, to the parties of a claim."""

from datetime import date

from rcm.x12.claim_837p import (
    Address,
    BillingProvider,
    ClaimPayer,
    Patient,
    Person,
    Provider,
    ServiceFacility,
    Submitter,
    Subscriber,
)
from rcm.x12.elements import ContentReader, pick


class Party:
    """NM1 with the N3, N4, DMG, REF, PER and PRV after it."""

    __slots__ = (
        "birth_date",
        "city",
        "contact",
        "elements",
        "references",
        "sex",
        "street",
        "taxonomy_code",
    )

    def __init__(self, elements: list[str]) -> None:
        self.elements = elements + [""] * (10 - len(elements))
        self.street: list[str] = []
        self.city: list[str] = []
        self.birth_date: date | None = None
        self.sex = ""
        self.references: list[tuple[str, str]] = []
        self.contact = ("", "")
        self.taxonomy_code = ""

    @property
    def name(self) -> str:
        return self.elements[3]

    @property
    def identifier(self) -> str:
        return self.elements[9]

    @property
    def person(self) -> Person:
        return Person(self.elements[3], self.elements[4], self.elements[5], self.elements[7])

    @property
    def address(self) -> Address | None:
        if not (self.street or self.city):
            return None
        place = [pick(self.city, index) for index in (1, 2, 3)]
        return Address(pick(self.street, 1), place[0], place[1], place[2], pick(self.street, 2))

    def take(self, reader: ContentReader, elements: list[str]) -> bool:
        """Read a segment under this NM1; False when it is none of its kinds."""
        name = elements[0]
        if name == "N3":
            self.street = elements
        elif name == "N4":
            self.city = elements
        elif name == "DMG":
            self.birth_date = reader.day(pick(elements, 2), "DMG02")
            self.sex = pick(elements, 3)
        elif name == "REF":
            self.references.append((pick(elements, 1), pick(elements, 2)))
        elif name == "PER":
            self.contact = (pick(elements, 2), pick(elements, 4))
        elif name == "PRV":
            self.taxonomy_code = pick(elements, 3)
        else:
            return False
        return True


Parties = dict[str, Party]
NOBODY = Party([])
NO_ADDRESS = Address("", "", "", "")


def make_submitter(parties: Parties) -> Submitter:
    """Loops 1000A (41) and 1000B (40)."""
    sender, receiver = parties.get("41", NOBODY), parties.get("40", NOBODY)
    return Submitter(
        sender.name, sender.identifier, *sender.contact, receiver.name, receiver.identifier
    )


def make_billing_provider(
    reader: ContentReader, parties: Parties, taxonomy_code: str
) -> BillingProvider:
    """Loops 2010AA (85) and 2010AB (87); an error when the provider is missing."""
    party = parties.get("85", NOBODY)
    if party is NOBODY:
        reader.report("missing_segment", "NM1*85, the billing provider, is missing.", "NM1")
    tax_ids = [pair for pair in party.references if pair[0] in ("EI", "SY")] or [("EI", "")]
    pay_to = parties.get("87")
    return BillingProvider(
        party.name,
        party.identifier,
        tax_ids[0][1],
        taxonomy_code,
        party.address or NO_ADDRESS,
        *party.contact,
        tax_ids[0][0],
        pay_to.address if pay_to else None,
    )


def make_subscriber(
    reader: ContentReader, policy: list[str], parties: Parties, patient: Patient | None
) -> Subscriber:
    """SBR and loop 2010BA (IL); SBR02 is empty when the patient is somebody else."""
    party = parties.get("IL", NOBODY)
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
    )


def make_payer(reader: ContentReader, parties: Parties) -> ClaimPayer:
    """Loop 2010BB (PR)."""
    party = parties.get("PR", NOBODY)
    if party is NOBODY:
        reader.report("missing_segment", "NM1*PR, the payer, is missing.", "NM1")
    return ClaimPayer(party.name, party.identifier)


def make_patient(reader: ContentReader, relationship: str, parties: Parties) -> Patient | None:
    """Loop 2010CA (QC); None when the patient is the subscriber."""
    party = parties.get("QC")
    if party is None:
        return None
    if party.birth_date is None:
        reader.report("missing_segment", "DMG of the patient is missing.", "DMG02")
    return Patient(
        party.person,
        relationship,
        party.birth_date or date.min,
        party.sex,
        party.address or NO_ADDRESS,
    )


def make_provider(parties: Parties, entity: str) -> Provider | None:
    """Loop 2310A (DN) or 2310B (82); None when absent."""
    party = parties.get(entity)
    if party is None:
        return None
    return Provider(party.person, party.identifier, party.taxonomy_code)


def make_facility(parties: Parties) -> ServiceFacility | None:
    """Loop 2310C (77); None when absent."""
    party = parties.get("77")
    if party is None:
        return None
    return ServiceFacility(party.name, party.identifier, party.address or NO_ADDRESS)
