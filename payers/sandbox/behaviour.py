"""How each scripted payer behaves, as plain data. `script.py` reads it from JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from payers.sandbox.inquiry_rules import InquiryRules

NO_FEES: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True)
class Diagnoses:
    """ICD-10-CM codes without the dot: whole ones, and beginnings of codes."""

    codes: frozenset[str] = frozenset()
    beginnings: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.codes or self.beginnings)

    def has(self, code: str) -> bool:
        return code in self.codes or code.startswith(self.beginnings)


@dataclass(frozen=True, slots=True)
class Condition:
    """When a rule applies to a line of a claim. Every filled field must hold.

    Diagnoses are looked for among those the line points to, `with_procedures` among the other
    lines of the same date; from `member_ids` on the fields look at the claim.
    """

    procedure_codes: frozenset[str] = frozenset()
    with_procedures: frozenset[str] = frozenset()
    has_diagnosis: Diagnoses = Diagnoses()
    lacks_diagnosis: Diagnoses = Diagnoses()
    has_modifiers: frozenset[str] = frozenset()
    lacks_modifiers: frozenset[str] = frozenset()
    units_over: Decimal | None = None
    days_since_service_over: int | None = None
    already_adjudicated: bool = False
    member_ids: frozenset[str] = frozenset()
    member_id_suffix: str = ""
    member_id_not_matching: str = ""
    patient_control_numbers: frozenset[str] = frozenset()
    frequency: frozenset[str] = frozenset()
    lacks_authorization: bool = False
    rendering_provider_missing: bool = False


@dataclass(frozen=True, slots=True)
class Denial:
    """A line paid nothing: CAS group and reason over the full charge, LQ*HE and MOA remarks.

    `claim_status` replaces CLP02 (4 where the patient is not known).
    """

    when: Condition
    group: str
    reason: str
    remarks: tuple[str, ...] = ()
    claim_remarks: tuple[str, ...] = ()
    claim_status: str = ""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A claim turned away before adjudication: 277CA with STC03 = U."""

    when: Condition
    category: str
    status: str
    entity: str = ""


@dataclass(frozen=True, slots=True)
class Recoding:
    """A line paid as another code: SVC01 becomes `procedure_code`, SVC06 keeps the one sent."""

    when: Condition
    procedure_code: str


@dataclass(frozen=True, slots=True)
class Repricing:
    """A line allowed at `percent` of the base fee instead of the payer's own percentage."""

    when: Condition
    percent: Decimal


@dataclass(frozen=True, slots=True)
class PatientShare:
    """What the patient owes of the allowed amount, in this order: deductible, copay, coinsurance.

    `deductible` (cents) is taken once per claim from the lines in order, for members whose number
    ends with one of `deductible_digits` (everyone when empty); `copay` (cents) on the first line
    with one of `copay_codes`, and that line has no coinsurance; `coinsurance_percent` of the rest.
    Lines of `exempt_codes` have no share at all.
    """

    copay: int = 0
    copay_codes: frozenset[str] = frozenset()
    deductible: int = 0
    deductible_digits: tuple[str, ...] = ()
    coinsurance_percent: Decimal = Decimal(0)
    exempt_codes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reduction:
    """Taken off what would be paid, such as sequestration (CO-253)."""

    group: str
    reason: str
    percent: Decimal


@dataclass(frozen=True, slots=True)
class ScheduledAdjustment:
    """A PLB the payer adds to every `every`-th payment. Cents; negative pays more (L6)."""

    code: str
    amount: int
    every: int = 1
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Payer:
    """One payer.

    `base` holds cents per unit and procedure code, of which `allowed_percent` is allowed; a code
    missing from it is worth `unlisted_percent` of what was billed. Nobody is paid more than
    billed: the lesser amount is allowed. `trace_identifier` is TRN03 and BPR10. Of what earlier
    payers left to the patient, `secondary_percent` is paid.
    """

    payer_id: str
    name: str
    trace_identifier: str = "1000000000"
    address: tuple[str, ...] = ("1 PAYER PLAZA", "", "SPRINGFIELD", "IL", "627010000")
    payment_method: str = "ACH"
    base: Mapping[str, int] = field(default_factory=lambda: NO_FEES)
    allowed_percent: Decimal = Decimal(100)
    unlisted_percent: Decimal = Decimal(60)
    reduction: Reduction | None = None
    share: PatientShare = PatientShare()
    denials: tuple[Denial, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    recodings: tuple[Recoding, ...] = ()
    repricings: tuple[Repricing, ...] = ()
    provider_adjustments: tuple[ScheduledAdjustment, ...] = ()
    unknown_original: str = "reject"
    duplicates: str = "deny"
    crossover_name: str = ""
    crossover_id: str = ""
    secondary_percent: Decimal = Decimal(100)
    delay_seconds: float | None = None
    inquiries: InquiryRules = InquiryRules()


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Every payer the clearinghouse knows, by payer id, and its own name on the wire."""

    payers: Mapping[str, Payer]
    clearinghouse_name: str = "SANDBOX CLEARINGHOUSE"
    clearinghouse_id: str = "SANDBOX"
