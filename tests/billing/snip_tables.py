"""Negative cases of SNIP types 3 (balancing) and 5 (code sets), for test_snip_cases."""

from dataclasses import replace
from decimal import Decimal

from rcm.money import cents_text
from rcm.x12 import claim_837p as x12
from rcm.x12.claim_837i import DatedCode, ValueCode
from tests.billing.scrub_cases import (
    CLAIM,
    HOME,
    SERVED_ON,
    Case,
    billing,
    child,
    holder,
    lines,
    room,
    secondary,
    stay,
)


def of_total(claimed: int, *billed: int) -> Case:
    made = replace(
        lines(
            *(
                {"amount_billed": each, "modifiers": (f"{at}X",)}
                for at, each in enumerate(billed, 1)
            )
        ),
        amount_billed=claimed,
    )
    said = f"The claim says {cents_text(claimed)}, its lines add up to {cents_text(sum(billed))}."
    return Case("total", said, made)


def of_stay_total(claimed: int) -> Case:
    said = f"The claim says {cents_text(claimed)}, its lines add up to 3040.00."
    return Case("total", said, stay(amount_billed=claimed))


def of_patient(paid: int) -> Case:
    said = f"The patient paid {cents_text(paid)}, more than the 165.00 billed."
    return Case("patient_paid", said, replace(CLAIM, amount_paid_by_patient=paid))


def of_room(days: int) -> Case:
    said = f"{days} days of room are billed; the statement has 3."
    return Case("room_days", said, room(units=Decimal(days)))


def of_room_short(days: int) -> Case:
    said = f"{days} days of room are billed; the statement has 3."
    return Case("room_days_short", said, room(units=Decimal(days)))


def of_noncovered(cents: int) -> Case:
    said = "Line 1: the noncovered amount is negative or above its amount."
    return Case("noncovered", said, room(amount_noncovered=cents), line=1)


def of_covered(*days: ValueCode) -> Case:
    said = "Covered and noncovered days are not the days of the statement."
    return Case("covered_days", said, stay(value_codes=days))


def of_tax(**extra: int) -> Case:
    said = "Line 1: tax and postage are more than its amount."
    return Case("tax", said, lines({"rare": x12.RareLineFacts(**extra)}), line=1)


BALANCE_CASES = [
    *(of_total(claimed, 16_500) for claimed in (16_501, 16_499, 1_650, 165_000, 1, 33_000)),
    *(of_total(claimed, 10_000, 5_000) for claimed in (10_000, 5_000, 15_010, 51_000)),
    *(of_total(claimed, 100, 200, 300) for claimed in (300, 500, 599, 601, 700)),
    *(of_stay_total(claimed) for claimed in (300_000, 4_000, 304_001, 340_000, 303_999)),
    *(of_patient(paid) for paid in (16_501, 17_000, 33_000, 1_650_000)),
    Case(
        "patient_paid",
        "What the patient paid is negative.",
        replace(CLAIM, amount_paid_by_patient=-1),
    ),
    *(
        Case(
            "patient_due",
            "What the patient is to pay is negative or more than the claim.",
            stay(amount_due_from_patient=due),
        )
        for due in (-1, 304_001, 3_040_000)
    ),
    *(of_room(days) for days in (4, 5, 30)),
    *(of_room_short(days) for days in (1, 2)),
    *(of_noncovered(cents) for cents in (-1, 300_001, 400_000)),
    of_covered(ValueCode("80", 200)),
    of_covered(ValueCode("80", 400)),
    of_covered(ValueCode("80", 200), ValueCode("81", 200)),
    of_covered(ValueCode("81", 100)),
    *(
        Case("revenue_tax", "Line 1: its taxes are more than its amount.", room(**taxes), line=1)
        for taxes in (
            {"service_tax": 300_001},
            {"facility_tax": 300_001},
            {"service_tax": 200_000, "facility_tax": 100_001},
        )
    ),
    of_tax(sales_tax=16_501),
    of_tax(postage=20_000),
    of_tax(sales_tax=10_000, postage=10_000),
    of_tax(sales_tax=-1),
    *(
        Case(
            "cob_remaining",
            "What is left after First Mutual is negative or more than was not paid.",
            secondary(amount_remaining=left),
        )
        for left in (-1, 6_501, 16_500)
    ),
]


def of_zip(zip_code: str) -> Case:
    said = "The subscriber's ZIP code is not five or nine digits."
    return Case("zip_code", said, holder(address=replace(HOME, zip_code=zip_code)))


def of_states(state: str) -> Case:
    said = f"The subscriber's ZIP code 62702 does not lie in {state}."
    return Case("zip_state", said, holder(address=replace(HOME, state=state)))


def of_npi(npi: str) -> Case:
    said = "The NPI of the billing provider is not valid: its check digit does not fit."
    return Case("npi", said, billing(npi=npi))


def of_tax_id(tax_id: str) -> Case:
    return Case(
        "tax_id", "The billing provider's tax id is not nine digits.", billing(tax_id=tax_id)
    )


CODE_CASES = [
    *(of_zip(text) for text in ("6270", "627021", "62702-1234", "6270I", "")),
    *(of_states(state) for state in ("CA", "NY", "WI", "IN", "MO")),
    *(of_npi(npi) for npi in ("1234567894", "1324567893", "123456789", "12345678931")),
    *(of_tax_id(text) for text in ("", "12345678", "12-3456789", "1234567890", "12345678X")),
    *(
        Case(
            "place_of_service",
            f"Place of service {place!r} is none CMS knows.",
            replace(CLAIM, place_of_service=place),
        )
        for place in ("00", "30", "1", "AB")
    ),
    *(
        Case("sex", "The patient's sex is not F, M or U.", holder(sex=sex))
        for sex in ("", "X", "f", "W")
    ),
    *(
        Case(
            "filing_indicator",
            f"The kind of payer {kind!r} is none of the guide's.",
            holder(filing_indicator=kind),
        )
        for kind in ("", "QQ", "09", "mb")
    ),
    *(
        Case(
            "relationship_code",
            f"The patient's relationship {code!r} is none of the guide's.",
            child(relationship=code),
        )
        for code in ("", "1", "77")
    ),
    *(
        Case(
            "frequency_code",
            f"Claim frequency {code} is not 1, 7 or 8.",
            replace(CLAIM, frequency=code),
        )
        for code in ("0", "2", "6", "9")
    ),
    *(
        Case("patient_status", "The patient status is not two digits.", stay(patient_status=code))
        for code in ("", "1", "001", "A1")
    ),
    *(
        Case(
            "admission_type",
            f"The type of admission {code!r} is not in use.",
            stay(admission_type=code),
        )
        for code in ("", "0", "6", "8")
    ),
    *(
        Case("origin", f"The point of origin {code} is not in use.", stay(admission_source=code))
        for code in ("3", "7", "Z")
    ),
    *(
        Case(
            "revenue_code",
            "Line 1: the revenue code is not four digits.",
            room(revenue_code=code),
            line=1,
        )
        for code in ("", "120", "01200", "O120")
    ),
    *(
        Case(
            "value_code",
            f"Value code {code!r} is not two characters.",
            stay(value_codes=(ValueCode(code, 1),)),
        )
        for code in ("", "8", "801", "a1")
    ),
    *(
        Case(
            "occurrence_code",
            f"Occurrence code {code!r} is not two characters.",
            stay(occurrences=(DatedCode(code, SERVED_ON),)),
        )
        for code in ("", "1", "111")
    ),
    *(
        Case(
            "condition_code",
            f"Condition code {code!r} is not two characters.",
            stay(condition_codes=(code,)),
        )
        for code in ("", "C", "D11", "d1")
    ),
    *(
        Case("drg", f"The DRG {code!r} is not three or four digits.", stay(drg=code))
        for code in ("19", "19A", "19400")
    ),
]
