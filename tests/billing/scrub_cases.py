"""A clean claim of each form, and short ways to spoil one."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from billing.rules import scrub_code_sets, scrub_codes
from billing.rules.findings import AnyClaim, ClaimFacts, Finding
from billing.rules.scrubbing import scrub
from rcm.x12 import claim_837p as x12
from rcm.x12.claim_837i import InstitutionalClaim, InstitutionalDiagnosis, RevenueLine
from rcm.x12.remittance_835 import Adjustment

TODAY = date(2026, 11, 23)
SERVED_ON = date(2026, 11, 2)
STREET = x12.Address("100 Main Street", "Springfield", "IL", "627011234")
HOME = x12.Address("12 Elm Street", "Springfield", "IL", "62702")
OTHER_NPI = "1245319599"
LINE = x12.ServiceLine(
    position=1,
    procedure_code="99213",
    amount_billed=16_500,
    units=Decimal(1),
    pointers=(1,),
    date_of_service=SERVED_ON,
    line_control_number="NO10001L1",
    modifiers=("25",),
)
CLAIM = x12.Claim(
    patient_control_number="NO10001",
    amount_billed=16_500,
    place_of_service="11",
    frequency="1",
    diagnoses=("I10", "E1142"),
    lines=(LINE,),
    billing_provider=x12.BillingProvider(
        "North Medical Group", "1234567893", "123456789", "207Q00000X", STREET
    ),
    subscriber=x12.Subscriber(
        x12.Person("Okafor", "Denise"),
        member_id="UC10000001",
        rank="P",
        filing_indicator="CI",
        birth_date=date(1958, 3, 14),
        sex="F",
        address=HOME,
    ),
    payer=x12.ClaimPayer("Unified Care", "UNIFD"),
    rendering_provider=x12.Provider(x12.Person("Lindqvist", "Annika"), "1098765435", "207Q00000X"),
)
FACTS = ClaimFacts(
    today=TODAY,
    coverage_starts_on=date(2026, 1, 1),
    payer_name="Unified",
    member_id_pattern=r"UC\d{8}",
    timely_filing_days=365,
    corrected_claim_days=365,
    takes_replacement_claims=True,
)
CHILD = x12.Patient(x12.Person("Okafor", "Tomi"), "19", date(2018, 5, 1), "M", HOME)
FACILITY = x12.ServiceFacility("Main Street", OTHER_NPI, STREET)
DEPENDENT = replace(
    CLAIM,
    patient=CHILD,
    subscriber=replace(CLAIM.subscriber, relationship="19", birth_date=None, sex="", address=None),
)
ROOM = RevenueLine(1, "0120", 300_000, Decimal(3), "NO20001L1", unit_code="DA")
LABORATORY = RevenueLine(2, "0300", 4_000, Decimal(2), "NO20001L2", procedure_code="80053")
STAY = InstitutionalClaim(
    patient_control_number="NO20001",
    amount_billed=304_000,
    type_of_bill="111",
    statement_from=date(2026, 11, 2),
    statement_to=date(2026, 11, 5),
    lines=(ROOM, LABORATORY),
    billing_provider=CLAIM.billing_provider,
    subscriber=CLAIM.subscriber,
    payer=CLAIM.payer,
    admission_type="3",
    patient_status="01",
    principal_diagnosis=InstitutionalDiagnosis("J189", "Y"),
    admission_source="1",
    admission_on=date(2026, 11, 2),
    admission_time="0900",
    discharge_time="1100",
    admitting_diagnosis="R0602",
    attending_provider=CLAIM.rendering_provider,
)
VISIT = replace(
    STAY,
    type_of_bill="131",
    lines=(replace(LABORATORY, position=1, date_of_service=SERVED_ON),),
    amount_billed=4_000,
    statement_to=SERVED_ON,
    admission_on=None,
    admission_time="",
    discharge_time="",
    admitting_diagnosis="",
    principal_diagnosis=InstitutionalDiagnosis("J189"),
)
# What a primary payer said of CLAIM: 100.00 paid, 40.00 contractual, 25.00 the patient's.
PAID_LINE = x12.LineAdjudication(
    payer_id="FIRST",
    amount_paid=10_000,
    procedure_code="99213",
    units=Decimal(1),
    paid_on=date(2026, 11, 15),
    adjustments=(Adjustment("CO", "45", 4_000), Adjustment("PR", "2", 2_500)),
)
FIRST = x12.OtherPayer(
    rank="P",
    relationship="18",
    filing_indicator="CI",
    person=x12.Person("Okafor", "Denise"),
    member_id="F1",
    name="First Mutual",
    payer_id="FIRST",
    amount_paid=10_000,
    amount_remaining=2_500,
)
SECONDARY = replace(
    CLAIM,
    subscriber=replace(CLAIM.subscriber, rank="S"),
    other_payers=(FIRST,),
    lines=(replace(LINE, adjudications=(PAID_LINE,)),),
)


class Case(NamedTuple):
    """What a check says, of which claim; facts are FACTS unless given."""

    code: str
    message: str
    claim: AnyClaim
    facts: ClaimFacts = FACTS
    line: int | None = None
    element: str = ""


OF_CODES = {check.code for check in (*scrub_codes.SCRUBS, *scrub_code_sets.SCRUBS)}


def findings_of(claim: AnyClaim, facts: ClaimFacts) -> list[Finding]:
    """What the checks on everything but codes say."""
    return [each for each in scrub(claim, facts).findings if each.code not in OF_CODES]


def assert_says(case: Case) -> None:
    """The check says exactly this, and no other check says anything."""
    findings = findings_of(case.claim, case.facts)
    assert [(f.code, f.message, f.line) for f in findings] == [(case.code, case.message, case.line)]
    if case.element:
        assert findings[0].element == case.element
    assert findings[0].element
    assert findings[0].fix
    assert findings[0].source


def billing(**changes: object) -> x12.Claim:
    return replace(CLAIM, billing_provider=replace(CLAIM.billing_provider, **changes))


def holder(**changes: object) -> x12.Claim:
    return replace(CLAIM, subscriber=replace(CLAIM.subscriber, **changes))


def child(**changes: object) -> x12.Claim:
    return replace(DEPENDENT, patient=replace(CHILD, **changes))


def rare(**changes: object) -> x12.Claim:
    return replace(CLAIM, rare=x12.RareClaimFacts(**changes))  # type: ignore[arg-type]  # by name


def dated(*dates: tuple[str, date], **changes: object) -> x12.Claim:
    return rare(dates=tuple(x12.ClaimDate(*each) for each in dates), **changes)


def lines(*changes: dict[str, object]) -> x12.Claim:
    made = tuple(
        replace(LINE, position=n, line_control_number=f"NO10001L{n}", **change)
        for n, change in enumerate(changes, 1)
    )
    return replace(CLAIM, lines=made, amount_billed=sum(line.amount_billed for line in made))


def stay(**changes: object) -> InstitutionalClaim:
    return replace(STAY, **changes)


def room(**changes: object) -> InstitutionalClaim:
    return replace(STAY, lines=(replace(ROOM, **changes), LABORATORY))


def visit(**changes: object) -> InstitutionalClaim:
    return replace(VISIT, **changes)


def secondary(**changes: object) -> x12.Claim:
    """SECONDARY with its other payer changed."""
    return replace(SECONDARY, other_payers=(replace(FIRST, **changes),))


def answered(**changes: object) -> x12.Claim:
    """SECONDARY with its line's adjudication changed."""
    line = replace(LINE, adjudications=(replace(PAID_LINE, **changes),))
    return replace(SECONDARY, lines=(line,))
