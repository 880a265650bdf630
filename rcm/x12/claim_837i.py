"""837I 005010X223A2, institutional claims. Amounts are integer cents, dates are dates."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rcm.x12.claim_837 import (
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
    Provider,
    Repricing,
    ServiceFacility,
    Subscriber,
)

# Bill types of admitted patients: 11x, 18x swing bed, 21x, 41x; 12x is Part B of an inpatient.
INPATIENT_BILLS = ("11", "18", "21", "41")


@dataclass(frozen=True, slots=True)
class InstitutionalDiagnosis:
    """One diagnosis of HI; `present_on_admission` is Y, N, U, W or empty where exempt."""

    code: str
    present_on_admission: str = ""


@dataclass(frozen=True, slots=True)
class DatedCode:
    """A procedure (BBR, BBQ) or occurrence (BH) with its day."""

    code: str
    on: date


@dataclass(frozen=True, slots=True)
class OccurrenceSpan:
    """HI*BI: a code and its days, both inclusive."""

    code: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class ValueCode:
    """HI*BE: a code and its amount: hundredths, whether dollars, days or hours."""

    code: str
    amount: int


@dataclass(frozen=True, slots=True)
class RevenueLine:
    """Loop 2400 with SV2. Outpatient lines have a procedure and a day; `unit_code` UN or DA."""

    position: int
    revenue_code: str
    amount_billed: int
    units: Decimal
    line_control_number: str = ""
    procedure_code: str = ""
    modifiers: tuple[str, ...] = ()
    procedure_qualifier: str = "HC"
    description: str = ""
    unit_code: str = "UN"
    amount_noncovered: int | None = None
    date_of_service: date | None = None
    date_of_service_end: date | None = None
    drug: Drug | None = None
    notes: tuple[Note, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    references: tuple[Identifier, ...] = ()
    service_tax: int | None = None
    facility_tax: int | None = None
    repricing: Repricing | None = None
    operating_provider: Provider | None = None
    other_operating_provider: Provider | None = None
    rendering_provider: Provider | None = None
    referring_provider: Provider | None = None
    adjudications: tuple[LineAdjudication, ...] = ()


@dataclass(frozen=True, slots=True)
class InstitutionalClaim:
    """Loop 2300 of an 837I and the parties it hangs under.

    `type_of_bill` is its three digits without the leading zero: CLM05-1 and the frequency CLM05-3.
    `admission_time` and `discharge_time` are HHMM; admission type, source and patient status are
    CL101-103. `treatment_codes` are HI*TC.
    """

    patient_control_number: str
    amount_billed: int
    type_of_bill: str
    statement_from: date
    statement_to: date
    lines: tuple[RevenueLine, ...]
    billing_provider: BillingProvider
    subscriber: Subscriber
    payer: ClaimPayer
    admission_type: str
    patient_status: str
    principal_diagnosis: InstitutionalDiagnosis
    admission_source: str = ""
    admission_on: date | None = None
    admission_time: str = ""
    discharge_time: str = ""
    admitting_diagnosis: str = ""
    patient_reasons: tuple[str, ...] = ()
    external_causes: tuple[InstitutionalDiagnosis, ...] = ()
    drg: str = ""
    other_diagnoses: tuple[InstitutionalDiagnosis, ...] = ()
    principal_procedure: DatedCode | None = None
    other_procedures: tuple[DatedCode, ...] = ()
    occurrence_spans: tuple[OccurrenceSpan, ...] = ()
    occurrences: tuple[DatedCode, ...] = ()
    value_codes: tuple[ValueCode, ...] = ()
    condition_codes: tuple[str, ...] = ()
    treatment_codes: tuple[str, ...] = ()
    patient: Patient | None = None
    attending_provider: Provider | None = None
    operating_provider: Provider | None = None
    other_operating_provider: Provider | None = None
    rendering_provider: Provider | None = None
    referring_provider: Provider | None = None
    service_facility: ServiceFacility | None = None
    payer_claim_control_number: str = ""
    authorization_number: str = ""
    referral_number: str = ""
    notes: tuple[Note, ...] = ()
    accepts_assignment: str = "A"
    assigns_benefits: str = "Y"
    releases_information: str = "Y"
    delay_reason: str = ""
    amount_due_from_patient: int | None = None
    attachments: tuple[Attachment, ...] = ()
    contract: Contract | None = None
    references: tuple[Identifier, ...] = ()
    dates: tuple[ClaimDate, ...] = ()
    fixed_format: tuple[str, ...] = ()
    conditions: tuple[Conditions, ...] = ()
    repricing: Repricing | None = None
    other_payers: tuple[OtherPayer, ...] = ()

    @property
    def frequency(self) -> str:
        """CLM05-3."""
        return self.type_of_bill[2:]

    @property
    def is_inpatient(self) -> bool:
        """Is the patient admitted, by the type of bill?"""
        return self.type_of_bill[:2] in INPATIENT_BILLS
