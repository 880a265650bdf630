"""837P 005010X222A1, professional claims. Amounts are integer cents, dates are dates."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Address:
    """N3 and N4. The billing provider's must be a street with ZIP+4 (nine digits)."""

    line_1: str
    city: str
    state: str
    zip_code: str
    line_2: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    last_name: str
    first_name: str
    middle_name: str = ""
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class BillingProvider:
    """Loop 2010AA, always an organisation here; `pay_to` is 2010AB."""

    name: str
    npi: str
    tax_id: str
    taxonomy_code: str
    address: Address
    contact_name: str = ""
    contact_phone: str = ""
    tax_id_qualifier: str = "EI"
    pay_to: Address | None = None


@dataclass(frozen=True, slots=True)
class RenderingProvider:
    """Loop 2310B (82), or referring 2310A (DN) where used for that."""

    person: Person
    npi: str
    taxonomy_code: str = ""


@dataclass(frozen=True, slots=True)
class ServiceFacility:
    """Loop 2310C, sent only when it differs from the billing address."""

    name: str
    npi: str
    address: Address


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Loop 2000B/2010BA. `rank` is SBR01 (P, S, T); `filing_indicator` SBR09 (MB, MC, CI, BL…).

    `relationship` is SBR02/PAT01: 18 means the patient is the subscriber.
    """

    person: Person
    member_id: str
    rank: str
    filing_indicator: str
    birth_date: date | None = None
    sex: str = ""
    address: Address | None = None
    group_number: str = ""
    group_name: str = ""
    relationship: str = "18"


@dataclass(frozen=True, slots=True)
class Patient:
    """Loop 2000C/2010CA: only when the patient is not the subscriber. `relationship` is PAT01."""

    person: Person
    relationship: str
    birth_date: date
    sex: str
    address: Address


@dataclass(frozen=True, slots=True)
class ClaimPayer:
    """Loop 2010BB."""

    name: str
    payer_id: str


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """Loop 2400. `pointers` are 1-based positions in the claim's diagnoses, first is primary."""

    position: int
    procedure_code: str
    amount_billed: int
    units: Decimal
    pointers: tuple[int, ...]
    date_of_service: date
    line_control_number: str
    modifiers: tuple[str, ...] = ()
    unit_code: str = "UN"
    date_of_service_end: date | None = None
    place_of_service: str = ""
    drug_code: str = ""
    drug_quantity: Decimal | None = None
    drug_unit: str = ""
    clia_number: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """Loop 2300 and the parties it hangs under."""

    patient_control_number: str
    amount_billed: int
    place_of_service: str
    frequency: str
    diagnoses: tuple[str, ...]
    lines: tuple[ServiceLine, ...]
    billing_provider: BillingProvider
    subscriber: Subscriber
    payer: ClaimPayer
    patient: Patient | None = None
    rendering_provider: RenderingProvider | None = None
    referring_provider: RenderingProvider | None = None
    service_facility: ServiceFacility | None = None
    payer_claim_control_number: str = ""
    authorization_number: str = ""
    referral_number: str = ""
    clia_number: str = ""
    note: str = ""
    accepts_assignment: str = "A"


@dataclass(frozen=True, slots=True)
class Submitter:
    """Loops 1000A and 1000B: who sends the file and who receives it."""

    name: str
    identifier: str
    contact_name: str
    contact_phone: str
    receiver_name: str
    receiver_identifier: str
