"""Eligibility 005010X279A1: what a 270 asks and a 271 answers. Cents, dates, Decimal."""

from dataclasses import dataclass
from decimal import Decimal

from rcm.x12.claim_837 import Address, Identifier
from rcm.x12.inquiry_parts import NOBODY, AskedProcedure, Member, Party, Period, Trace


@dataclass(frozen=True, slots=True)
class Wanted:
    """EQ (2110C/D of a 270): service types by number (30 plan), or one procedure.

    `places` are III (qualifier, code); `coverage_level` is EQ03 (IND, FAM…).
    """

    service_types: tuple[str, ...] = ()
    procedure: AskedProcedure | None = None
    coverage_level: str = ""
    references: tuple[Identifier, ...] = ()
    periods: tuple[Period, ...] = ()
    places: tuple[Identifier, ...] = ()


@dataclass(frozen=True, slots=True)
class EligibilityInquiry:
    """One question of a 270 about one person: the subscriber, or the dependent when there is one.

    `reference` is BHT03, the same for all questions of a transaction.
    """

    reference: str
    payer: Party
    provider: Party
    subscriber: Member
    traces: tuple[Trace, ...] = ()
    dependent: Member | None = None
    periods: tuple[Period, ...] = ()
    wanted: tuple[Wanted, ...] = ()
    provider_references: tuple[Identifier, ...] = ()
    segment_number: int = 0
    byte_offset: int = 0


@dataclass(frozen=True, slots=True)
class EligibilityRejection:
    """AAA: a request that could not be answered.

    `level` is the loop it stands in (2000A, 2100A, 2100B, 2100C, 2100D, 2110C, 2110D), `is_valid`
    AAA01, `reason` AAA03 (71 birth date, 72 member id, 75 not found, 42 try again…) and
    `follow_up` AAA04 (C correct and resubmit, N do not, R resubmission allowed, S do not, hold…).
    """

    level: str
    reason: str
    follow_up: str = ""
    is_valid: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """HSD: how much of a benefit, per what and for how long. Quantities are Decimal."""

    quantity_qualifier: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    sample: Decimal | None = None
    period: str = ""
    period_count: Decimal | None = None
    frequency: str = ""
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class RelatedParty:
    """Loop 2120C/D: another payer (PR), a primary care provider (P3)… named with a benefit."""

    party: Party
    address: Address | None = None
    contact_name: str = ""
    contact_phone: str = ""
    taxonomy_code: str = ""


@dataclass(frozen=True, slots=True)
class Benefit:
    """EB with everything under it (2110C/D of a 271).

    `code` is EB01 (1-5 active, 6-8 inactive, A coinsurance, B copay, C deductible, F limit, G stop
    loss, R other payer…), `level` EB02, `service_types` EB03, `plan_name` EB05, `time` EB06 (23
    calendar year, 27 visit, 29 remaining…), `amount` EB07 in cents, `percent` EB08 as the payer
    writes it (0.2 is 20 %), `network` EB12 (Y in, N out, W both).
    """

    code: str
    level: str = ""
    service_types: tuple[str, ...] = ()
    insurance_type: str = ""
    plan_name: str = ""
    time: str = ""
    amount: int | None = None
    percent: Decimal | None = None
    quantity_qualifier: str = ""
    quantity: Decimal | None = None
    authorization: str = ""
    network: str = ""
    procedure: AskedProcedure | None = None
    deliveries: tuple[Delivery, ...] = ()
    references: tuple[Identifier, ...] = ()
    periods: tuple[Period, ...] = ()
    rejections: tuple[EligibilityRejection, ...] = ()
    messages: tuple[str, ...] = ()
    places: tuple[Identifier, ...] = ()
    parties: tuple[RelatedParty, ...] = ()


@dataclass(frozen=True, slots=True)
class EligibilityAnswer:
    """What a 271 says about one person; without a subscriber, about the whole transaction.

    `reference` is BHT03, the one of the 270 that is answered. `rejections` are those outside of a
    benefit, from the source (2000A) down to the dependent.
    """

    reference: str
    payer: Party = NOBODY
    provider: Party = NOBODY
    traces: tuple[Trace, ...] = ()
    subscriber: Member | None = None
    dependent: Member | None = None
    rejections: tuple[EligibilityRejection, ...] = ()
    periods: tuple[Period, ...] = ()
    benefits: tuple[Benefit, ...] = ()
    segment_number: int = 0
    byte_offset: int = 0

    @property
    def all_rejections(self) -> tuple[EligibilityRejection, ...]:
        """Those of the person and those under a benefit."""
        return (*self.rejections, *(r for benefit in self.benefits for r in benefit.rejections))
