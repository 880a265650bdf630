"""837P 005010X222A1, professional claims. Amounts are integer cents, dates are dates."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rcm.x12.claim_837 import (
    Address,
    Attachment,
    BillingProvider,
    ClaimDate,
    ClaimPayer,
    Conditions,
    Contract,
    Drug,
    Identifier,
    LineAdjudication,
    Note,
    OtherPayer,
    Patient,
    Person,
    Provider,
    Repricing,
    ServiceFacility,
    Submitter,
    Subscriber,
)

__all__ = [
    "Address",
    "AmbulanceTransport",
    "Attachment",
    "BillingProvider",
    "Claim",
    "ClaimDate",
    "ClaimPayer",
    "Conditions",
    "Contract",
    "Drug",
    "EquipmentCertification",
    "EquipmentRental",
    "Form",
    "Identifier",
    "LineAdjudication",
    "Measurement",
    "Note",
    "OtherPayer",
    "Patient",
    "Person",
    "Provider",
    "RareClaimFacts",
    "RareLineFacts",
    "Repricing",
    "ServiceFacility",
    "ServiceLine",
    "SpinalManipulation",
    "Submitter",
    "Subscriber",
]


@dataclass(frozen=True, slots=True)
class AmbulanceTransport:
    """CR1: patient's weight in pounds, reason code, miles, and two descriptions."""

    reason: str
    miles: Decimal
    weight_pounds: Decimal | None = None
    round_trip_purpose: str = ""
    stretcher_purpose: str = ""


@dataclass(frozen=True, slots=True)
class SpinalManipulation:
    """CR2: condition code and two descriptions."""

    condition: str
    description: str = ""
    more_description: str = ""


@dataclass(frozen=True, slots=True)
class EquipmentCertification:
    """CR3: certification type (I, R, S) and the months of need."""

    certification_type: str
    months: Decimal


@dataclass(frozen=True, slots=True)
class EquipmentRental:
    """SV5: rental against purchase of durable equipment; days, both prices in cents, how often."""

    procedure_code: str
    days: Decimal
    rental_price: int
    purchase_price: int
    rental_unit: str


@dataclass(frozen=True, slots=True)
class Measurement:
    """MEA: reference (OG, TR), qualifier (HT, R1-R4) and the result."""

    reference: str
    qualifier: str
    result: Decimal


@dataclass(frozen=True, slots=True)
class Form:
    """Loop 2440: LQ (list qualifier and form) and its FRM answers (question, elements 02-05)."""

    qualifier: str
    code: str
    answers: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class RareLineFacts:
    """What few service lines carry; one object, so that the common line is quick to look at.

    `purchased_service` is PS1: provider id and cents. `reference` REFs are all but 6R and X4.
    """

    purchased_service: tuple[str, int] | None = None
    purchased_service_provider: Provider | None = None
    supervising_provider: Provider | None = None
    ordering_provider: Provider | None = None
    ordering_provider_address: Address | None = None
    referring_providers: tuple[Provider, ...] = ()
    service_facility: ServiceFacility | None = None
    pick_up: Address | None = None
    drop_off: Address | None = None
    equipment: EquipmentRental | None = None
    equipment_certification: EquipmentCertification | None = None
    ambulance: AmbulanceTransport | None = None
    conditions: tuple[Conditions, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    dates: tuple[ClaimDate, ...] = ()
    ambulance_patients: int | None = None
    obstetric_units: Decimal | None = None
    measurements: tuple[Measurement, ...] = ()
    contract: Contract | None = None
    references: tuple[Identifier, ...] = ()
    sales_tax: int | None = None
    postage: int | None = None
    fixed_format: tuple[str, ...] = ()
    repricing: Repricing | None = None
    forms: tuple[Form, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """Loop 2400. `pointers` are 1-based positions in the claim's diagnoses, first is primary.

    `unit_code` MJ makes `units` anaesthesia minutes. `description` is SV101-7.
    """

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
    drug: Drug | None = None
    clia_number: str = ""
    notes: tuple[Note, ...] = ()
    procedure_qualifier: str = "HC"
    description: str = ""
    is_emergency: bool = False
    is_epsdt: bool = False
    is_family_planning: bool = False
    is_copay_exempt: bool = False
    rendering_provider: Provider | None = None
    authorization_number: str = ""
    referral_number: str = ""
    adjudications: tuple[LineAdjudication, ...] = ()
    rare: RareLineFacts | None = None


@dataclass(frozen=True, slots=True)
class RareClaimFacts:
    """What few professional claims carry; one object, so that the common claim is quick to look at.

    `related_causes` are CLM11 (AA, EM, OA); `special_program` CLM12; `delay_reason` CLM20;
    `references` all REF but G1, 9F, F8 and X4 (EW, 4N, F5, LX, D9, EA, P4, 1J, 9A, 9C);
    `surgical_procedures` HI*BP and HI*BO, `condition_codes` HI*BG.
    """

    related_causes: tuple[str, ...] = ()
    accident_state: str = ""
    accident_country: str = ""
    special_program: str = ""
    delay_reason: str = ""
    dates: tuple[ClaimDate, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    contract: Contract | None = None
    references: tuple[Identifier, ...] = ()
    fixed_format: tuple[str, ...] = ()
    ambulance: AmbulanceTransport | None = None
    spinal: SpinalManipulation | None = None
    conditions: tuple[Conditions, ...] = ()
    surgical_procedures: tuple[str, ...] = ()
    condition_codes: tuple[str, ...] = ()
    repricing: Repricing | None = None
    primary_care_provider: Provider | None = None
    supervising_provider: Provider | None = None
    pick_up: Address | None = None
    drop_off: Address | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """Loop 2300 and the parties it hangs under. `amount_paid_by_patient` is AMT*F5."""

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
    rendering_provider: Provider | None = None
    referring_provider: Provider | None = None
    service_facility: ServiceFacility | None = None
    payer_claim_control_number: str = ""
    authorization_number: str = ""
    referral_number: str = ""
    clia_number: str = ""
    notes: tuple[Note, ...] = ()
    accepts_assignment: str = "A"
    assigns_benefits: str = "Y"
    releases_information: str = "Y"
    has_provider_signature: bool = True
    patient_signature_source: str = ""
    amount_paid_by_patient: int | None = None
    other_payers: tuple[OtherPayer, ...] = ()
    rare: RareClaimFacts | None = None
