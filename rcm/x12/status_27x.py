"""Claim status 005010X212: what a 276 asks about a claim and a 277 answers. Cents, dates."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rcm.x12.acknowledgment_277ca import Status
from rcm.x12.claim_837 import Identifier
from rcm.x12.inquiry_parts import NOBODY, AskedProcedure, Member, Party, Period


@dataclass(frozen=True, slots=True)
class AskedLine:
    """SVC of a 276 (2210D/E): one line of the claim. `line_control_number` is REF*FJ."""

    procedure: AskedProcedure
    amount: int
    revenue_code: str = ""
    units: Decimal | None = None
    line_control_number: str = ""
    periods: tuple[Period, ...] = ()


@dataclass(frozen=True, slots=True)
class StatusInquiry:
    """One claim a 276 asks about (TRN and what follows in 2200D/E).

    `references` are REF (1K payer's number, BLT bill type, EJ patient control number…), `amount`
    AMT*T3 in cents, `periods` DTP (472 service).
    """

    reference: str
    trace_number: str
    payer: Party
    receiver: Party
    provider: Party
    subscriber: Member
    patient: Member | None = None
    references: tuple[Identifier, ...] = ()
    amount: int | None = None
    periods: tuple[Period, ...] = ()
    lines: tuple[AskedLine, ...] = ()
    segment_number: int = 0
    byte_offset: int = 0


@dataclass(frozen=True, slots=True)
class StatusDetail:
    """STC of a 277. `statuses` are STC01, 10 and 11; amounts in cents.

    `effective_on` is STC02, `amount_billed` STC04, `amount_paid` STC05, `finalized_on` STC06,
    `paid_on` STC08 and `check_number` STC09 (check or EFT trace number).
    """

    statuses: tuple[Status, ...]
    effective_on: date | None = None
    action: str = ""
    amount_billed: int | None = None
    amount_paid: int | None = None
    finalized_on: date | None = None
    method: str = ""
    paid_on: date | None = None
    check_number: str = ""
    free_text: str = ""


@dataclass(frozen=True, slots=True)
class AnsweredLine:
    """SVC of a 277 (2220D/E): one line, what was billed and paid for it, its statuses."""

    procedure: AskedProcedure
    amount_billed: int
    amount_paid: int | None = None
    revenue_code: str = ""
    units: Decimal | None = None
    line_control_number: str = ""
    details: tuple[StatusDetail, ...] = ()
    periods: tuple[Period, ...] = ()


@dataclass(frozen=True, slots=True)
class StatusAnswer:
    """What a 277 says of one claim, or of a whole level when its request failed.

    `level` is the loop of its TRN: 2200B receiver, 2200C provider, 2200D subscriber's claim, 2200E
    dependent's claim. `trace_number` is TRN02; `is_solicited` is BHT06 DG.
    """

    reference: str
    level: str
    trace_number: str
    details: tuple[StatusDetail, ...]
    payer: Party = NOBODY
    receiver: Party = NOBODY
    provider: Party = NOBODY
    subscriber: Member | None = None
    patient: Member | None = None
    references: tuple[Identifier, ...] = ()
    periods: tuple[Period, ...] = ()
    lines: tuple[AnsweredLine, ...] = ()
    is_solicited: bool = True
    segment_number: int = 0
    byte_offset: int = 0

    def find_reference(self, qualifier: str) -> str:
        """The first REF02 of this qualifier, empty when there is none."""
        return next((r.value for r in self.references if r.qualifier == qualifier), "")
