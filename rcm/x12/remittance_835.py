"""835 005010X221A1, the payer's account of one payment. Amounts are integer cents.

One ST is one payment (check or EFT). It is read as a stream: RemittanceStart, a RemittedClaim for
each CLP, RemittanceEnd. Nothing is interpreted here: negative amounts stay negative, every CAS
triplet, REF, DTM, AMT, QTY and remark is kept in file order.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One CAS triplet. `amount` in cents; `quantity` only when the payer changed units."""

    group: str
    reason: str
    amount: int
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """REF: a qualifier and its value; `description` is REF03, which few payers send."""

    qualifier: str
    value: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class DateReference:
    """DTM: a qualifier and a date; None when the date could not be read (a Problem says so).

    `text` is what stood there when it was not one plain day, such as a range.
    """

    qualifier: str
    on: date | None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Amount:
    """AMT: information only, never part of balancing. Cents."""

    qualifier: str
    amount: int


@dataclass(frozen=True, slots=True)
class Quantity:
    """QTY."""

    qualifier: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Remark:
    """LQ: HE is a RARC, RX an NCPDP reject code."""

    qualifier: str
    code: str


@dataclass(frozen=True, slots=True)
class Party:
    """NM1 of 2100: QC patient, IL insured, 74 corrected, 82 rendering, TT crossover, PR, GB."""

    entity: str
    entity_type: str
    last_name: str
    first_name: str
    middle_name: str
    suffix: str
    identifier_qualifier: str
    identifier: str
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class RemittedLine:
    """SVC, loop 2110. `units_paid` None means SVC05 absent (one unit).

    `submitted_code` is SVC06, present when the payer adjudicated another code than was sent.
    The descriptions are SVC01-7 and SVC06-7.
    """

    position: int
    qualifier: str
    procedure_code: str
    modifiers: tuple[str, ...]
    amount_billed: int
    amount_paid: int
    revenue_code: str = ""
    units_paid: Decimal | None = None
    submitted_qualifier: str = ""
    submitted_code: str = ""
    submitted_modifiers: tuple[str, ...] = ()
    units_submitted: Decimal | None = None
    adjustments: tuple[Adjustment, ...] = ()
    references: tuple[Reference, ...] = ()
    dates: tuple[DateReference, ...] = ()
    amounts: tuple[Amount, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    remarks: tuple[Remark, ...] = ()
    description: str = ""
    submitted_description: str = ""

    @property
    def line_control_number(self) -> str:
        """REF*6R, our own line number echoed; empty when the payer left it out."""
        for reference in self.references:
            if reference.qualifier == "6R":
                return reference.value
        return ""

    @property
    def date_of_service(self) -> date | None:
        """DTM*472, or the start of the range DTM*150."""
        for day in self.dates:
            if day.qualifier in ("472", "150"):
                return day.on
        return None

    @property
    def amount_allowed(self) -> int | None:
        """AMT*B6 in cents; None when not reported."""
        for row in self.amounts:
            if row.qualifier == "B6":
                return row.amount
        return None


@dataclass(frozen=True, slots=True)
class RemittedClaim:
    """CLP, loop 2100. `amount_patient` is CLP05 (informational; None when absent).

    `patient_status`, `discharge_fraction` and `condition_response` are CLP10, 13 and 14.
    `inpatient` and `outpatient` are the MIA and MOA elements as text, element 01 first.
    """

    position: int
    patient_control_number: str
    status_code: str
    amount_billed: int
    amount_paid: int
    amount_patient: int | None
    filing_indicator: str
    payer_claim_control_number: str
    facility_code: str = ""
    frequency: str = ""
    drg_code: str = ""
    drg_weight: Decimal | None = None
    header_number: str = ""
    adjustments: tuple[Adjustment, ...] = ()
    lines: tuple[RemittedLine, ...] = ()
    parties: tuple[Party, ...] = ()
    references: tuple[Reference, ...] = ()
    dates: tuple[DateReference, ...] = ()
    contacts: tuple[tuple[str, ...], ...] = ()
    amounts: tuple[Amount, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    inpatient: tuple[str, ...] = ()
    outpatient: tuple[str, ...] = ()
    segment_number: int = 0
    byte_offset: int = 0
    patient_status: str = ""
    discharge_fraction: Decimal | None = None
    condition_response: str = ""


@dataclass(frozen=True, slots=True)
class ProviderAdjustment:
    """One pair of PLB. Positive reduces the payment, negative increases it. Cents."""

    provider_identifier: str
    fiscal_period_end: date | None
    code: str
    reference: str
    amount: int


@dataclass(frozen=True, slots=True)
class ProviderSummary:
    """TS3 and TS2 elements as text, in file order (inpatient and cost-report figures).

    `header_number` is the LX01 they stand under.
    """

    segment: str
    elements: tuple[str, ...]
    header_number: str = ""


@dataclass(frozen=True, slots=True)
class RemittanceStart:
    """BPR, TRN, DTM*405, loops 1000A and 1000B: who pays whom how much, under which trace.

    Addresses are (N301, N302, N401, N402, N403) and N404 onwards when sent; a contact is PER01
    onwards. `originating_code` is TRN04. `bank` is BPR06 to 15 and what follows BPR16, as text: it
    holds account numbers, which are kept and never shown. `currency_elements` is the whole CUR.
    """

    transaction_code: str
    amount_paid: int
    credit_or_debit: str
    method: str
    paid_on: date | None
    trace_number: str
    payer_identifier: str
    originating_code: str = ""
    produced_on: date | None = None
    payer_name: str = ""
    payer_id: str = ""
    payer_address: tuple[str, ...] = ()
    payer_references: tuple[Reference, ...] = ()
    payer_contacts: tuple[tuple[str, ...], ...] = ()
    payee_name: str = ""
    payee_qualifier: str = ""
    payee_identifier: str = ""
    payee_address: tuple[str, ...] = ()
    payee_references: tuple[Reference, ...] = ()
    references: tuple[Reference, ...] = ()
    payment_format: str = ""
    currency: str = ""
    delivery: tuple[str, ...] = ()
    trace_type: str = "1"
    payer_qualifier: str = ""
    bank: tuple[str, ...] = field(default=(), repr=False)
    currency_elements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """One equation that does not hold (TR3 X221 1.10.2.1). Cents; `difference` = stated - computed.

    `level` is line, claim or transaction; `where` names it, such as ``CLP 3 SVC 2``.
    """

    level: str
    where: str
    stated: int
    computed: int

    @property
    def difference(self) -> int:
        return self.stated - self.computed


@dataclass(frozen=True, slots=True)
class RemittanceEnd:
    """PLB and the result of balancing all three levels while reading.

    Only the first differences are kept (`Limits.differences`); `difference_count` has them all.
    """

    claims: int
    lines: int
    amount_claims: int
    provider_adjustments: tuple[ProviderAdjustment, ...] = ()
    summaries: tuple[ProviderSummary, ...] = ()
    differences: tuple[Difference, ...] = ()
    difference_count: int = 0

    @property
    def is_balanced(self) -> bool:
        return not self.differences
