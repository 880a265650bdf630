"""A large, deterministic 835 and the 837P it answers: same claims, same amounts, invented people.

The mix follows what payers send: contractual reductions on every paid line, deductible and
coinsurance on most, a twelfth of the lines denied with a remark, claim-level MOA, PLB at the end.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import BinaryIO

from rcm.x12.claim_837p import (
    Address,
    BillingProvider,
    Claim,
    ClaimPayer,
    Person,
    Provider,
    ServiceLine,
    Submitter,
    Subscriber,
)
from rcm.x12.envelope import Envelope, Written
from rcm.x12.remittance_835 import (
    Adjustment,
    Amount,
    DateReference,
    Party,
    ProviderAdjustment,
    Reference,
    Remark,
    RemittanceStart,
    RemittedClaim,
    RemittedLine,
)
from rcm.x12.write_835 import write_remittances
from rcm.x12.write_837p import write_claims

LINES_BY_TURN = (3, 1, 5, 2, 4)  # three lines a claim on average
FEES = {  # procedure: what is billed, in cents
    "99202": 14500,
    "99203": 21900,
    "99204": 32800,
    "99212": 11200,
    "99213": 17800,
    "99214": 25100,
    "99215": 35400,
    "36415": 1800,
    "80053": 3900,
    "85025": 2900,
    "81002": 1400,
    "93000": 5200,
    "71046": 9800,
    "20610": 16100,
    "11102": 22300,
    "90471": 4900,
    "96372": 3600,
    "J1885": 1250,
    "J3301": 2275,
    "G0439": 24600,
}
DENIALS = (("CO", "50", "N115"), ("CO", "16", "M76"), ("CO", "97", "M15"), ("PR", "96", "N130"))
DENIED = Fraction(1, 12)
DIAGNOSES = ("E119", "I10", "M1711", "J069", "R0789", "Z0000", "E785", "K219")
LAST_NAMES = ("ALDER", "BIRCH", "CEDAR", "ELM", "FIR", "HAZEL", "MAPLE", "OAK", "PINE", "ROWAN")
FIRST_NAMES = ("ADA", "BEN", "CLEO", "DAN", "EVA", "FAY", "GUS", "HAL", "IDA", "JON", "KIM", "LEO")
PROVIDERS = (("SMITH", "1234567893"), ("JONES", "1245319599"), ("BROWN", "1003000126"))
FIRST_DAY = date(2026, 9, 1)
PAYER_IDENTIFIER = "1999999999"
BILLING_NPI = "1457394527"


@dataclass(frozen=True, slots=True)
class Work:
    """One service line before anyone wrote it down. Cents."""

    procedure_code: str
    modifiers: tuple[str, ...]
    units: int
    billed: int
    paid: int
    adjustments: tuple[Adjustment, ...]
    remark: str


@dataclass(frozen=True, slots=True)
class Case:
    """One claim and its adjudication, from which both files are written."""

    number: int
    patient_control_number: str
    last_name: str
    first_name: str
    member_id: str
    provider: tuple[str, str]
    on: date
    work: tuple[Work, ...]

    @property
    def billed(self) -> int:
        return sum(work.billed for work in self.work)

    @property
    def paid(self) -> int:
        return sum(work.paid for work in self.work)


def name_claim(number: int) -> str:
    """The default patient control number of the n-th claim, from 1."""
    return f"CLM{number:09d}"


def name_line(number: int, position: int) -> str:
    """The default line control number, REF*6R."""
    return f"{number:09d}L{position}"


def make_cases(
    claims: int,
    *,
    seed: int = 835,
    claim_number: Callable[[int], str] = name_claim,
    denied: Fraction = DENIED,
) -> Iterator[Case]:
    """The same cases for the same arguments, one at a time; `denied` is the share of lines."""
    random = Random(seed)
    for number in range(1, claims + 1):
        lines = LINES_BY_TURN[number % len(LINES_BY_TURN)]
        yield Case(
            number,
            claim_number(number),
            random.choice(LAST_NAMES) + random.choice(LAST_NAMES),
            random.choice(FIRST_NAMES),
            f"W{random.randrange(10**9):09d}",
            random.choice(PROVIDERS),
            FIRST_DAY + timedelta(days=random.randrange(60)),
            tuple(_make_work(random, denied) for _ in range(lines)),
        )


def _make_work(random: Random, denied: Fraction) -> Work:
    code = random.choice(tuple(FEES))
    units = random.choice((1, 1, 1, 1, 2)) if code[0] in "J9" else 1
    billed = FEES[code] * units
    modifiers = ("25",) if code.startswith("992") and random.random() < 0.3 else ()
    if random.random() < denied:
        group, reason, remark = random.choice(DENIALS)
        return Work(code, modifiers, units, billed, 0, (Adjustment(group, reason, billed),), remark)
    allowed = billed * random.randrange(38, 72) // 100
    adjustments = [Adjustment("CO", "45", billed - allowed)]
    share = random.random()
    patient = 0
    if share < 0.15:
        patient = allowed
        adjustments.append(Adjustment("PR", "1", patient))
    elif share < 0.55:
        patient = allowed // 5
        adjustments.append(Adjustment("PR", "2", patient))
    elif share < 0.7:
        patient = min(allowed, 2500)
        adjustments.append(Adjustment("PR", "3", patient))
    if share > 0.8 and allowed > patient:
        cut = (allowed - patient) // 50
        adjustments.append(Adjustment("CO", "253", cut))
        patient += cut
    return Work(code, modifiers, units, billed, allowed - patient, tuple(adjustments), "")


def make_remitted_claim(
    case: Case, *, line_number: Callable[[int, int], str] = name_line
) -> RemittedClaim:
    """The payer's account of a case, balanced on line and claim level."""
    lines = tuple(
        RemittedLine(
            position,
            "HC",
            work.procedure_code,
            work.modifiers,
            work.billed,
            work.paid,
            units_paid=Decimal(work.units),
            adjustments=work.adjustments,
            references=(Reference("6R", line_number(case.number, position)),),
            dates=(DateReference("472", case.on),),
            amounts=(Amount("B6", _allowed(work)),) if not work.remark else (),
            remarks=(Remark("HE", work.remark),) if work.remark else (),
        )
        for position, work in enumerate(case.work, 1)
    )
    patient = sum(a.amount for w in case.work for a in w.adjustments if a.group == "PR")
    provider_name, npi = case.provider
    return RemittedClaim(
        case.number,
        case.patient_control_number,
        "1",
        case.billed,
        case.paid,
        patient or None,
        "12",
        f"2026{case.number:011d}",
        facility_code="11",
        frequency="1",
        header_number="1",
        lines=lines,
        parties=(
            Party("QC", "1", case.last_name, case.first_name, "", "", "MI", case.member_id),
            Party("82", "1", provider_name, "", "", "", "XX", npi),
        ),
        dates=(DateReference("050", case.on + timedelta(days=7)),),
        amounts=(Amount("AU", case.billed),),
        outpatient=("", "", "MA01") if case.number % 3 == 0 else (),
    )


def _allowed(work: Work) -> int:
    return work.paid + sum(a.amount for a in work.adjustments if a.group == "PR")


def write_remittance_file(
    out: BinaryIO,
    claims: int = 10_000,
    *,
    seed: int = 835,
    claim_number: Callable[[int], str] = name_claim,
    line_number: Callable[[int, int], str] = name_line,
    trace_number: str = "BENCH0001",
    control_number: int = 1,
    denied: Fraction = DENIED,
) -> Written:
    """Write a balanced 835 of `claims` claims, three lines each on average, to `out`.

    `claim_number(n)` and `line_number(n, position)` name the claims and lines so that they match
    rows made beforehand; the cases themselves are those of `make_cases` with the same seed.
    """
    provider_adjustments: tuple[ProviderAdjustment, ...] = (
        ProviderAdjustment(BILLING_NPI, date(2026, 12, 31), "WO", "2026OVERPAID1", 12500),
        ProviderAdjustment(BILLING_NPI, date(2026, 12, 31), "L6", "2026LATE", -1234),
    )
    # The total stands before the claims, so the cases are made twice rather than kept.
    paid = sum(case.paid for case in make_cases(claims, seed=seed, denied=denied))
    paid -= sum(adjustment.amount for adjustment in provider_adjustments)
    cases = make_cases(claims, seed=seed, claim_number=claim_number, denied=denied)
    remitted = (make_remitted_claim(case, line_number=line_number) for case in cases)
    if paid < 0:  # a handful of claims cannot carry the recovery
        paid += sum(adjustment.amount for adjustment in provider_adjustments)
        provider_adjustments = ()
    start = _make_start(paid, trace_number)
    return write_remittances(
        out, make_envelope(control_number), [(start, remitted, provider_adjustments)]
    )


def make_envelope(control_number: int) -> Envelope:
    """The envelope of every benchmark file."""
    created_at = datetime(2026, 11, 20, 6, 30)  # noqa: DTZ001  X12 carries local wall-clock time
    return Envelope("PAYER", "PRACTICE", control_number, control_number, created_at)


def _make_start(paid: int, trace_number: str) -> RemittanceStart:
    return RemittanceStart(
        "I",
        paid,
        "C",
        "CHK",
        date(2026, 11, 20),
        trace_number,
        PAYER_IDENTIFIER,
        produced_on=date(2026, 11, 19),
        payer_name="MERIDIAN MUTUAL",
        payer_id="",
        payer_address=("1 PAYER PLAZA", "", "HARTFORD", "CT", "061030001"),
        payer_contacts=(("BL", "EDI DESK", "TE", "8005550100"),),
        payee_name="NORTH CLINIC",
        payee_qualifier="XX",
        payee_identifier=BILLING_NPI,
        payee_address=("100 MAIN ST", "", "SPRINGFIELD", "IL", "627011234"),
    )


def make_claims(
    claims: int = 10_000, *, seed: int = 835, claim_number: Callable[[int], str] = name_claim
) -> Iterator[Claim]:
    """The 837P claims that the 835 of the same seed answers."""
    home = Address("22 ELM ST", "SPRINGFIELD", "IL", "627021111")
    clinic = Address("100 MAIN ST", "SPRINGFIELD", "IL", "627011234")
    provider = BillingProvider(
        "NORTH CLINIC", BILLING_NPI, "371234567", "207Q00000X", clinic, "ANA REED", "2175550100"
    )
    payer = ClaimPayer("MERIDIAN MUTUAL", "60054")
    for case in make_cases(claims, seed=seed, claim_number=claim_number):
        person = Person(case.last_name, case.first_name)
        subscriber = Subscriber(
            person, case.member_id, "P", "CI", date(1980, 1, 1), "F", home, "GRP001"
        )
        rendering = Provider(Person(case.provider[0], "PAT"), case.provider[1], "207Q00000X")
        yield Claim(
            case.patient_control_number,
            case.billed,
            "11",
            "1",
            (DIAGNOSES[case.number % 8], DIAGNOSES[(case.number + 3) % 8]),
            tuple(
                ServiceLine(
                    position,
                    work.procedure_code,
                    work.billed,
                    Decimal(work.units),
                    (1, 2),
                    case.on,
                    name_line(case.number, position),
                    work.modifiers,
                )
                for position, work in enumerate(case.work, 1)
            ),
            provider,
            subscriber,
            payer,
            rendering_provider=rendering,
        )


def write_claim_file(out: BinaryIO, claims: int = 10_000, *, seed: int = 835) -> Written:
    """Write the 837P equivalent of `write_remittance_file`."""
    return write_claims(out, make_envelope(2), make_submitter(), make_claims(claims, seed=seed))


def make_submitter() -> Submitter:
    """Who sends the benchmark's 837P, and to whom."""
    return Submitter("NORTH BILLING", "NB001", "ANA REED", "2175550100", "SANDBOX", "SBX001")
