"""Claims for paper: a professional and an institutional one with most boxes filled."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from rcm.x12.claim_837 import Address, ClaimDate, ClaimPayer, Identifier, Note, OtherPayer, Person
from rcm.x12.claim_837i import DatedCode, InstitutionalDiagnosis
from rcm.x12.claim_837p import RareClaimFacts
from tests.x12 import build, build_837i

PAYER_STREET = Address("9 MUTUAL PLAZA", "PEORIA", "IL", "616020001")
SECOND = OtherPayer(
    "S", "18", "CI", Person("Álder", "Leo", "Max"), "S9", "OAK PLAN", "OP9", group_number="G9"
)
OFFICE = replace(
    build.CLAIM,
    frequency="7",
    payer_claim_control_number="ICN77",
    authorization_number="AUTH5",
    patient=build.CHILD,
    payer=ClaimPayer("MERIDIAN MUTUAL", "60054", address=PAYER_STREET),
    other_payers=(SECOND,),
    amount_paid_by_patient=2_000,
    notes=(Note("ADD", "LATE SLIP"),),
    diagnoses=tuple(f"Z{number:02d}0" for number in range(12)),
    rare=RareClaimFacts(
        related_causes=("AA",),
        accident_state="IL",
        condition_codes=("W2",),
        dates=(
            ClaimDate("431", date(2026, 9, 1)),
            ClaimDate("439", date(2026, 8, 31)),
            ClaimDate("435", date(2026, 9, 2)),
        ),
    ),
)
HOSPITAL = replace(
    build_837i.STAY,
    type_of_bill="117",
    payer_claim_control_number="ICN88",
    authorization_number="AUTH6",
    patient_reasons=("R51", "R42"),
    other_operating_provider=replace(build_837i.ATTENDING, npi="1003000126"),
    payer=ClaimPayer("MERIDIAN MUTUAL", "60054", provider_identifiers=(Identifier("G2", "PROV1"),)),
)


def long_visit(count: int) -> build.Claim:
    """The office claim with so many service lines."""
    lines = tuple(replace(build.LINE, position=number + 1) for number in range(count))
    return replace(OFFICE, lines=lines, amount_billed=15_000 * count)


def long_stay(count: int) -> build_837i.InstitutionalClaim:
    """The stay with so many revenue lines and more codes than there is room for."""
    lines = tuple(
        replace(build_837i.ROOM, position=number + 1, units=Decimal(number + 1))
        for number in range(count)
    )
    return replace(
        HOSPITAL,
        lines=lines,
        amount_billed=360_000 * count,
        other_diagnoses=tuple(InstitutionalDiagnosis(f"Z{number:02d}") for number in range(18)),
        occurrences=tuple(DatedCode(f"{number:02d}", date(2026, 10, 1)) for number in range(9)),
    )
