"""Institutional claims over every situation of the guide: one seed and number, one claim.

Each fact the guide makes situational is there in some claims and absent in others; codes are drawn
from what the guide lists, people and amounts are invented. Amounts add up, other payers balance.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from rcm.x12.claim_837 import (
    Address,
    BillingProvider,
    ClaimDate,
    ClaimPayer,
    Conditions,
    Contract,
    Note,
    Patient,
    PayToPlan,
    Person,
    Provider,
    ServiceFacility,
    Subscriber,
)
from rcm.x12.claim_837i import (
    DatedCode,
    InstitutionalClaim,
    InstitutionalDiagnosis,
    OccurrenceSpan,
    ValueCode,
)
from tests.x12.chance_837i import (
    BILLS,
    CAUSES,
    DIAGNOSES,
    FILING,
    NOTE_CODES,
    NPIS,
    POOL,
    PROCEDURES,
    RELATIONS,
    SEGMENT_LIMIT,
    WORDS,
    Maker,
    make_attachment,
    make_repricing,
)
from tests.x12.generate_837i_lines import balance_payer, make_line, make_payers


def make_claim(seed: int, number: int) -> InstitutionalClaim:
    """The claim of a seed and number; the same ones make the same claim."""
    maker = Maker(seed, number)
    payers = make_payers(maker)
    lines = tuple(
        make_line(maker, position, payers) for position in range(1, count_lines(maker) + 1)
    )
    billed = sum(line.amount_billed for line in lines)
    subscriber, patient = make_people(maker)
    return InstitutionalClaim(
        patient_control_number=f"I{seed}N{number}",
        amount_billed=billed,
        type_of_bill=maker.pick(BILLS),
        statement_from=maker.begins,
        statement_to=maker.ends,
        lines=lines,
        billing_provider=make_billing_provider(maker),
        subscriber=subscriber,
        patient=patient,
        payer=make_payer(maker),
        other_payers=tuple(balance_payer(maker, payer, lines, billed) for payer in payers),
        **make_stay(maker),
        **make_codes(maker),
        **make_providers(maker),
        **make_supports(maker),
    )


def make_claims(seed: int, first: int, count: int) -> Iterator[InstitutionalClaim]:
    """Claims numbered from `first`; neighbours often share their billing provider."""
    for number in range(first, first + count):
        yield make_claim(seed, number)


def count_lines(maker: Maker) -> int:
    return maker.pick((1, 1, 2, 3, 5, 8)) if maker.number % 500 else 999


def make_billing_provider(maker: Maker) -> BillingProvider:
    plan = PayToPlan(
        "STATE PLAN", "PI", "SP1", maker.address(), "371234568", maker.identifiers("2U", odds=0.5)
    )
    return BillingProvider(
        maker.pick(("NORTH HOSPITAL", "SOUTH CLINIC")),
        maker.pick(NPIS),
        "371234567",
        maker.text(0.8, "282N00000X"),
        Address("100 MAIN ST", "SPRINGFIELD", "IL", "627011234", maker.text(0.5, "SUITE 2")),
        *maker.some(0.6, lambda: ("ANA REED", "2175550100"), ("", "")),
        pay_to=maker.some(0.2, maker.address),
        pay_to_plan=maker.some(0.1, lambda: plan),
    )


def make_people(maker: Maker) -> tuple[Subscriber, Patient | None]:
    """The patient is the subscriber in two of three claims."""
    policy: dict[str, Any] = {
        "member_id": maker.token("W"),
        "rank": maker.pick(("P", "S", "T")),
        "filing_indicator": maker.pick(FILING),
        "group_number": maker.text(0.5, "G1", "80-22"),
        "property_claim_number": maker.text(0.05, "PC77"),
        "social_security_number": maker.text(0.05, "123456789"),
    }
    if not policy["group_number"]:
        policy["group_name"] = maker.text(0.3, "ACME WORKS")
    if maker.chance.random() < 0.66:
        birth = date(1930 + maker.chance.randrange(90), 3, 14)
        subscriber = Subscriber(
            maker.person(),
            birth_date=birth,
            sex=maker.pick("FMU"),
            address=maker.address(),
            **policy,
        )
        return subscriber, None
    relation = maker.pick(RELATIONS)
    organization = maker.chance.random() < 0.1
    person = Person("ACME WORKS", "") if organization else maker.person()
    policy["property_claim_number"] = ""
    subscriber = Subscriber(person, relationship=relation, is_organization=organization, **policy)
    patient = Patient(
        maker.person(),
        relation,
        date(2015, 5, 1 + maker.chance.randrange(28)),
        maker.pick("FMU"),
        maker.address(),
        property_claim_number=maker.text(0.05, "PC78"),
        member_id=maker.text(0.1, "QM1"),
    )
    return subscriber, patient


def make_payer(maker: Maker) -> ClaimPayer:
    return ClaimPayer(
        "MERIDIAN MUTUAL",
        "60054",
        maker.pick(("PI", "PI", "XV")),
        maker.some(0.3, maker.address),
        maker.identifiers("2U", "FY", "NF", odds=0.1),
        maker.some(0.2, lambda: (maker.identifier("G2", "LU"),), ()),
    )


def make_stay(maker: Maker) -> dict[str, Any]:
    """CLM, DTP and CL1."""
    stay: dict[str, Any] = {
        "admission_type": maker.pick("123459"),
        "admission_source": maker.text(0.9, "1", "2", "4", "D"),
        "patient_status": maker.pick(("01", "02", "03", "06", "20", "30", "62")),
        "accepts_assignment": maker.pick("AAABC"),
        "assigns_benefits": maker.pick("YYNW"),
        "releases_information": maker.pick("YYI"),
        "delay_reason": maker.text(0.1, "1", "7", "11"),
        "dates": maker.some(0.1, lambda: (ClaimDate("050", maker.ends),), ()),
    }
    if maker.chance.random() < 0.6:
        stay["admission_on"] = maker.begins
        stay["admission_time"] = maker.text(0.8, "0915", "2359", "0000")
        stay["discharge_time"] = maker.text(0.7, "1100", "1745")
    return stay


def make_codes(maker: Maker) -> dict[str, Any]:
    """HI, every kind and both of its extremes."""

    # One more than HI holds beside the principal one, each once.
    left = maker.chance.sample(POOL, SEGMENT_LIMIT + 1)

    def diagnosis() -> InstitutionalDiagnosis:
        return InstitutionalDiagnosis(left.pop(), maker.text(0.6, "Y", "N", "U", "W"))

    def cause() -> InstitutionalDiagnosis:
        return InstitutionalDiagnosis(maker.pick(CAUSES), maker.text(0.5, "Y", "N"))

    def procedure() -> DatedCode:
        return DatedCode(maker.pick(PROCEDURES), maker.day())

    def span() -> OccurrenceSpan:
        return OccurrenceSpan(maker.pick(("70", "72", "74", "M0")), maker.begins, maker.ends)

    return {
        "principal_diagnosis": diagnosis(),
        "admitting_diagnosis": maker.text(0.5, *DIAGNOSES),
        "patient_reasons": maker.many(lambda: maker.pick(DIAGNOSES), 3),
        "external_causes": maker.many(cause, 12, 0.2),
        "drg": maker.text(0.4, "470", "871", "0301"),
        "other_diagnoses": maker.many(diagnosis, SEGMENT_LIMIT, 0.7),
        "principal_procedure": maker.some(0.4, procedure),
        "other_procedures": maker.many(procedure, SEGMENT_LIMIT),
        "occurrence_spans": maker.many(span, SEGMENT_LIMIT),
        "occurrences": maker.many(
            lambda: DatedCode(maker.pick(("01", "11", "24", "A1")), maker.day()), SEGMENT_LIMIT
        ),
        "value_codes": maker.many(
            lambda: ValueCode(
                maker.pick(("80", "81", "A1", "A2", "FC", "66", "01")), maker.cents()
            ),
            SEGMENT_LIMIT,
        ),
        "condition_codes": maker.many(
            lambda: maker.pick(("09", "20", "44", "C5", "D0", "A1")), SEGMENT_LIMIT
        ),
        "treatment_codes": maker.many(
            lambda: maker.pick(("A01", "B02", "C10")), SEGMENT_LIMIT, 0.1
        ),
    }


def make_providers(maker: Maker) -> dict[str, Any]:
    def other() -> Provider:
        return maker.provider("0B", "1G", "G2", "LU")

    facility = ServiceFacility(
        "WEST SITE", maker.pick(NPIS), maker.address(), maker.identifiers("0B", "G2", "LU")
    )
    return {
        "attending_provider": maker.some(
            0.95, lambda: maker.provider("0B", "1G", "G2", "LU", taxonomy=True)
        ),
        "operating_provider": maker.some(0.4, other),
        "other_operating_provider": maker.some(0.1, other),
        "rendering_provider": maker.some(0.2, other),
        "service_facility": maker.some(0.2, lambda: facility),
        "referring_provider": maker.some(0.2, lambda: maker.provider("0B", "1G", "G2")),
    }


def make_supports(maker: Maker) -> dict[str, Any]:
    """PWK, CN1, AMT, REF, K3, NTE, CRC, HCP."""
    notes = maker.many(lambda: Note(maker.pick(NOTE_CODES), maker.pick(WORDS)), 10, 0.2)
    billing = maker.some(0.2, lambda: (Note("ADD", maker.pick(WORDS)),), ())
    trials = maker.many(lambda: maker.identifier("LX"), 5, 0.1)
    frequent = maker.text(0.3, "ICN000123")
    return {
        "attachments": maker.many(lambda: make_attachment(maker), 10, 0.15),
        "contract": maker.some(0.1, lambda: make_contract(maker)),
        "amount_due_from_patient": maker.some(0.2, maker.cents),
        "payer_claim_control_number": frequent,
        "authorization_number": maker.text(0.3, "AUTH77"),
        "referral_number": maker.text(0.2, "REF-12"),
        "references": (
            *maker.identifiers("4N"),
            *maker.identifiers("9A", "9C", odds=0.05),
            *trials,
            *maker.identifiers("D9", "LU", "EA", "P4", "G4", odds=0.1),
        ),
        "fixed_format": maker.many(lambda: f"POINT {maker.token('K')}", 10, 0.1),
        "notes": notes + billing,
        "conditions": maker.some(
            0.1,
            lambda: (Conditions("ZZ", True, maker.pick((("AV",), ("NU",), ("S2", "ST")))),),
            (),
        ),
        "repricing": maker.some(0.15, lambda: make_repricing(maker, is_line=False)),
    }


def make_contract(maker: Maker) -> Contract:
    return Contract(
        maker.pick(("01", "02", "03", "04", "05", "06", "09")),
        maker.some(0.5, maker.cents),
        maker.some(0.5, lambda: Decimal("12.5")),
        maker.text(0.5, "CODE9"),
        maker.some(0.3, lambda: Decimal("2")),
        maker.text(0.3, "V2"),
    )
