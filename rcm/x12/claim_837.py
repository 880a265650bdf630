"""What 837P and 837I claims have in common: parties, other payers, supporting facts.

Amounts are integer cents, dates are dates, quantities Decimal. Loops and elements are those of
005010X222A1 (P) and 005010X223A2 (I). Qualified facts that a program only carries along are kept
as (qualifier, value) records in file order; those it decides on have a field of their own.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rcm.x12.remittance_835 import Adjustment


@dataclass(frozen=True, slots=True)
class Address:
    """N3 and N4. The billing provider's must be a street with ZIP+4 (nine digits)."""

    line_1: str
    city: str
    state: str
    zip_code: str
    line_2: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """NM103-NM107. An organisation has its name in `last_name` and nothing else."""

    last_name: str
    first_name: str
    middle_name: str = ""
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Identifier:
    """REF01 and REF02: a qualifier and its value."""

    qualifier: str
    value: str


@dataclass(frozen=True, slots=True)
class ClaimDate:
    """DTP other than the service date: `until` makes it a range (RD8), `time` is HHMM (DT)."""

    qualifier: str
    on: date
    until: date | None = None
    time: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """NTE: a code (ADD, CER, DCP, DGN, TPO; institutional also ALG…UPI) and up to 80 characters."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """PWK: report type, how it travels (BM, EL, FX, FT, AA) and its control number (AC)."""

    report_type: str
    transmission: str
    control_number: str = ""


@dataclass(frozen=True, slots=True)
class Conditions:
    """CRC: a category (07 ambulance, E1-E3 vision, 75 homebound, ZZ EPSDT…) and its codes."""

    category: str
    applies: bool
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contract:
    """CN1: type, amount in cents, percentage, code, terms discount, version."""

    contract_type: str
    amount: int | None = None
    percentage: Decimal | None = None
    code: str = ""
    discount_percentage: Decimal | None = None
    version: str = ""


@dataclass(frozen=True, slots=True)
class Repricing:
    """HCP: methodology, allowed and saving in cents, organisation, rate, and the rest as sent.

    `elements` are HCP05 onward, as text.
    """

    methodology: str
    allowed_amount: int
    saving_amount: int | None = None
    organization_id: str = ""
    elements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Provider:
    """A person or organisation by NPI: 2310 and 2420 loops, whatever its part in the claim."""

    person: Person
    npi: str
    taxonomy_code: str = ""
    is_organization: bool = False
    identifiers: tuple[Identifier, ...] = ()


@dataclass(frozen=True, slots=True)
class PayToPlan:
    """Loop 2010AC: a plan that took the claim over (subrogation)."""

    name: str
    qualifier: str
    identifier: str
    address: Address
    tax_id: str
    identifiers: tuple[Identifier, ...] = ()


@dataclass(frozen=True, slots=True)
class BillingProvider:
    """Loop 2010AA. A person has `first_name`, an organisation has none; `pay_to` is 2010AB."""

    name: str
    npi: str
    tax_id: str
    taxonomy_code: str
    address: Address
    contact_name: str = ""
    contact_phone: str = ""
    tax_id_qualifier: str = "EI"
    pay_to: Address | None = None
    first_name: str = ""
    middle_name: str = ""
    suffix: str = ""
    identifiers: tuple[Identifier, ...] = ()
    pay_to_plan: PayToPlan | None = None

    @property
    def is_person(self) -> bool:
        return bool(self.first_name)


@dataclass(frozen=True, slots=True)
class ServiceFacility:
    """Loop 2310C (P) or 2310E (I), sent only when it differs from the billing address."""

    name: str
    npi: str
    address: Address
    identifiers: tuple[Identifier, ...] = ()


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Loop 2000B/2010BA. `rank` is SBR01 (P, S, T); `filing_indicator` SBR09 (MB, MC, CI, BL…).

    `relationship` is SBR02/PAT01: 18 means the patient is the subscriber. `insurance_type` is
    SBR05, only for Medicare as secondary payer. An organisation (workers' compensation) has its
    name in `person.last_name`. `weight_pounds` is PAT08.
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
    insurance_type: str = ""
    is_organization: bool = False
    died_on: date | None = None
    weight_pounds: Decimal | None = None
    is_pregnant: bool = False
    property_claim_number: str = ""
    social_security_number: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    """Loop 2000C/2010CA: only when the patient is not the subscriber. `relationship` is PAT01."""

    person: Person
    relationship: str
    birth_date: date
    sex: str
    address: Address
    died_on: date | None = None
    weight_pounds: Decimal | None = None
    is_pregnant: bool = False
    property_claim_number: str = ""
    member_id: str = ""


@dataclass(frozen=True, slots=True)
class ClaimPayer:
    """Loop 2010BB. `provider_identifiers` are the billing provider's at this payer (REF*G2, LU)."""

    name: str
    payer_id: str
    payer_id_qualifier: str = "PI"
    address: Address | None = None
    identifiers: tuple[Identifier, ...] = ()
    provider_identifiers: tuple[Identifier, ...] = ()


@dataclass(frozen=True, slots=True)
class OtherPayer:
    """Loop 2320, 2330A and 2330B: another payer of the patient, and what it said of the claim.

    `adjustments` are its claim-level CAS, group and reason as it sent them; `amount_paid` AMT*D,
    `amount_remaining` AMT*EAF, `amount_noncovered` AMT*A8, all in cents, None when it said nothing.
    `remarks` and `outpatient` are MOA03-07 and MOA01-02 as text, `inpatient` the elements of MIA.
    `paid_on` is DTP*573 at claim level, sent only when no line carries it.
    """

    rank: str
    relationship: str
    filing_indicator: str
    person: Person
    member_id: str
    name: str
    payer_id: str
    group_number: str = ""
    group_name: str = ""
    insurance_type: str = ""
    adjustments: tuple[Adjustment, ...] = ()
    amount_paid: int | None = None
    amount_remaining: int | None = None
    amount_noncovered: int | None = None
    assigns_benefits: str = "Y"
    signature_source: str = ""
    releases_information: str = "Y"
    remarks: tuple[str, ...] = ()
    outpatient: tuple[str, ...] = ()
    inpatient: tuple[str, ...] = ()
    is_organization: bool = False
    subscriber_address: Address | None = None
    payer_id_qualifier: str = "PI"
    payer_address: Address | None = None
    paid_on: date | None = None
    payer_claim_control_number: str = ""
    authorization_number: str = ""
    referral_number: str = ""
    identifiers: tuple[Identifier, ...] = ()


@dataclass(frozen=True, slots=True)
class LineAdjudication:
    """Loop 2430: what one other payer (by its 2330B NM109) made of one service line. Cents.

    `bundled_into` is SVD06, the number of the line this one was paid with; `amount_remaining`
    AMT*EAF. `units` is SVD05, what was paid for.
    """

    payer_id: str
    amount_paid: int
    procedure_code: str
    units: Decimal
    paid_on: date | None = None
    adjustments: tuple[Adjustment, ...] = ()
    modifiers: tuple[str, ...] = ()
    procedure_qualifier: str = "HC"
    revenue_code: str = ""
    bundled_into: int | None = None
    amount_remaining: int | None = None


@dataclass(frozen=True, slots=True)
class Drug:
    """Loop 2410: LIN**N4, CTP and the prescription number (REF*XZ) or link (REF*VY)."""

    code: str
    quantity: Decimal | None = None
    unit: str = ""
    prescription: Identifier | None = None


@dataclass(frozen=True, slots=True)
class Submitter:
    """Loops 1000A and 1000B: who sends the file and who receives it."""

    name: str
    identifier: str
    contact_name: str
    contact_phone: str
    receiver_name: str
    receiver_identifier: str
