"""Clean institutional claims of a year: stays, surgery, an emergency visit, a series of visits."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from rcm.x12.claim_837i import (
    DatedCode,
    InstitutionalClaim,
    InstitutionalDiagnosis,
    RevenueLine,
    ValueCode,
)
from tests.catches.known import Sample, facts_of
from tests.catches.people import make_billing, make_holder, make_payer, make_provider

PAYERS = ("CI", "BL", "MC", "MA")


def make_revenue(random: Random, position: int, code: str, units: int, **more: Any) -> RevenueLine:
    cents = random.randint(50, 3_000) * 100
    return RevenueLine(position, code, cents, Decimal(units), f"L{position}", **more)


def make_bill(
    random: Random,
    kind: str,
    first: date,
    last: date,
    lines: tuple[RevenueLine, ...],
    **changes: Any,
) -> InstitutionalClaim:
    payer = random.choice(PAYERS)
    made = InstitutionalClaim(
        patient_control_number=f"HO{random.randrange(10**7):07}",
        amount_billed=sum(line.amount_billed for line in lines),
        type_of_bill=kind,
        statement_from=first,
        statement_to=last,
        lines=lines,
        billing_provider=replace(make_billing(random), taxonomy_code="282N00000X"),
        subscriber=make_holder(random, payer, first),
        payer=make_payer(payer),
        admission_type=random.choice("123"),
        patient_status="01",
        principal_diagnosis=InstitutionalDiagnosis("J189", "Y" if kind[0:2] == "11" else ""),
        admission_source="1",
        attending_provider=make_provider(random),
    )
    return replace(made, **changes)


def make_stay(random: Random, day: date) -> InstitutionalClaim:
    days = random.randint(1, 8)
    lines = (
        make_revenue(random, 1, "0120", days, unit_code="DA"),
        make_revenue(random, 2, "0250", random.randint(1, 40)),
        make_revenue(random, 3, "0300", 2, procedure_code="80053"),
    )
    return make_bill(
        random,
        "111",
        day,
        day + timedelta(days),
        lines,
        admission_on=day,
        admission_time="0915",
        discharge_time="1100",
        admitting_diagnosis="R0602",
        other_diagnoses=(InstitutionalDiagnosis("I10", "Y"),),
        value_codes=(ValueCode("80", days * 100),),
        drg="194",
    )


def make_surgical_stay(random: Random, day: date) -> InstitutionalClaim:
    made = make_stay(random, day)
    return replace(
        made,
        principal_diagnosis=InstitutionalDiagnosis("M1711", "Y"),
        principal_procedure=DatedCode("0SRC0J9", day),
        operating_provider=make_provider(random),
        occurrences=(DatedCode("11", day - timedelta(30)),),
        drg="470",
    )


def make_emergency(random: Random, day: date) -> InstitutionalClaim:
    on = {"date_of_service": day}
    lines = (
        make_revenue(random, 1, "0450", 1, procedure_code="99283", **on),
        make_revenue(random, 2, "0300", 1, procedure_code="80053", **on),
        make_revenue(random, 3, "0324", 1, procedure_code="71046", **on),
    )
    return make_bill(random, "131", day, day, lines, patient_reasons=("R0602",), admission_type="1")


def make_series(random: Random, day: date) -> InstitutionalClaim:
    lines = tuple(
        make_revenue(
            random,
            at,
            "0420",
            2,
            procedure_code="97110",
            modifiers=("GP",),
            date_of_service=day + timedelta(2 * at - 2),
        )
        for at in (1, 2, 3)
    )
    principal = InstitutionalDiagnosis("M25561")
    return make_bill(random, "131", day, day + timedelta(4), lines, principal_diagnosis=principal)


MAKERS: dict[str, Callable[[Random, date], InstitutionalClaim]] = {
    "stay": make_stay,
    "surgical_stay": make_surgical_stay,
    "emergency": make_emergency,
    "series": make_series,
}


def make_sample(random: Random, shape: str) -> Sample:
    """A clean claim of a day of the year, judged some days later."""
    day = date(2026, 1, 5) + timedelta(random.randrange(320))
    claim = MAKERS[shape](random, day)
    return Sample(claim, facts_of(claim, claim.statement_to + timedelta(random.randint(3, 20))))
