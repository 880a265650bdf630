"""The checks on dates, amounts and numbers."""

from dataclasses import replace
from datetime import date

import pytest

from billing.rules.findings import (
    AnyClaim,
    ClaimFacts,
)
from rcm.x12 import claim_837p as x12
from tests.billing.scrub_cases import (
    CLAIM,
    DEPENDENT,
    FACTS,
    LINE,
    SERVED_ON,
    STAY,
    TODAY,
    Case,
    assert_says,
    dated,
    findings_of,
    holder,
    lines,
    rare,
)

AFTER = date(2026, 11, 3)
ADMITTED = replace(CLAIM, rare=x12.RareClaimFacts(dates=(x12.ClaimDate("435", SERVED_ON),)))
INPATIENT = replace(
    ADMITTED,
    place_of_service="21",
    service_facility=x12.ServiceFacility(
        "Main Street", "1245319599", CLAIM.billing_provider.address
    ),
)


def on_line(**changes: object) -> x12.Claim:
    return lines({"rare": x12.RareLineFacts(**changes)})  # type: ignore[arg-type]  # by name


DATES = [
    Case(
        "future_date",
        "Line 1 has a date of service in the future.",
        lines({"date_of_service": date(2026, 11, 24)}),
        line=1,
    ),
    Case(
        "date_reversed",
        "Line 1 ends before it begins.",
        lines({"date_of_service_end": date(2026, 11, 1)}),
        line=1,
    ),
    Case(
        "date_old",
        "The first service is in 2015.",
        lines({"date_of_service": date(2015, 11, 2)}),
        replace(FACTS, coverage_starts_on=None, timely_filing_days=None),
    ),
    Case(
        "admission",
        "An inpatient's claim needs the date of admission.",
        replace(INPATIENT, rare=None),
    ),
    Case(
        "discharge",
        "The discharge is before the admission.",
        dated(("435", SERVED_ON), ("096", date(2026, 11, 1))),
    ),
    Case("discharge_alone", "There is a discharge but no admission.", dated(("096", SERVED_ON))),
    Case(
        "earlier_date",
        "The onset is after the last service.",
        dated(("431", AFTER)),
        element="2300 DTP*431",
    ),
    Case(
        "supporting_future",
        "The discharge is in the future.",
        dated(("435", SERVED_ON), ("096", date(2026, 12, 1))),
        element="2300 DTP*096",
    ),
    Case(
        "range_reversed",
        "A range of dates ends before it begins.",
        rare(dates=(x12.ClaimDate("314", AFTER, SERVED_ON),)),
        element="2300 DTP*314",
    ),
    Case(
        "work_dates",
        "The return to work is before the last day worked.",
        dated(("297", AFTER), ("296", SERVED_ON)),
    ),
    Case(
        "date_repeated",
        "One kind of date is there 2 times.",
        dated(("431", SERVED_ON), ("431", SERVED_ON)),
        element="2300 DTP*431",
    ),
    Case(
        "related_cause",
        "The related cause 'XX' is none of the guide's.",
        rare(related_causes=("XX",)),
    ),
    Case("accident_date", "An accident needs its date.", rare(related_causes=("OA",))),
    Case(
        "accident_cause",
        "An accident's date is there, but not what the claim has to do with one.",
        dated(("439", SERVED_ON)),
    ),
    Case(
        "accident_state",
        "A car accident needs the state it happened in.",
        dated(("439", SERVED_ON), related_causes=("AA",)),
    ),
]
AMOUNTS = [
    Case(
        "amount", "Line 2 has no price.", lines({}, {"amount_billed": 0, "modifiers": ()}), line=2
    ),
    Case(
        "negative",
        "Line 2 has a negative amount.",
        lines({}, {"amount_billed": -100, "modifiers": ()}),
        line=2,
    ),
    Case(
        "total",
        "The claim says 164.00, its lines add up to 165.00.",
        replace(CLAIM, amount_billed=16_400),
    ),
    Case(
        "zero_total",
        "The whole claim is for 0.00.",
        lines({"amount_billed": 0, "procedure_code": "1111F", "modifiers": ()}),
    ),
    Case(
        "amount_size",
        "The claim's amount has more than eight digits before the point.",
        lines({"amount_billed": 10_000_000_000}),
    ),
    Case(
        "patient_paid",
        "The patient paid 200.00, more than the 165.00 billed.",
        replace(CLAIM, amount_paid_by_patient=20_000),
    ),
    Case(
        "tax",
        "Line 1: tax and postage are more than its amount.",
        on_line(sales_tax=16_000, postage=501),
        line=1,
    ),
]
NUMBERS = [
    Case(
        "line_count",
        "The claim has 51 lines; 1 to 50 are allowed.",
        lines(*({"modifiers": ("76",)} for _ in range(51))),
    ),
    Case(
        "line_order",
        "Line 2 stands in place 1.",
        replace(CLAIM, lines=(replace(LINE, position=2),)),
        line=2,
    ),
    Case(
        "duplicate",
        "Line 1 (99213) is already on claim NO10000.",
        CLAIM,
        replace(FACTS, duplicates={"99213": "NO10000"}),
        line=1,
    ),
    Case("same_line", "Line 2 repeats line 1.", lines({}, {}), line=2),
    Case(
        "number_repeated",
        "The claim number NO10001 is also that of claim 3 of the file.",
        CLAIM,
        replace(FACTS, number_used_by="claim 3 of the file"),
    ),
    Case("frequency_code", "Claim frequency X is not 1, 7 or 8.", replace(CLAIM, frequency="X")),
    Case(
        "frequency",
        "The payer's number of the claim to be replaced is missing.",
        replace(CLAIM, frequency="7"),
    ),
    Case(
        "frequency",
        "An original claim must not carry a payer's claim number.",
        replace(CLAIM, payer_claim_control_number="P1"),
    ),
    Case(
        "replacement",
        "Unified takes no replacement claims.",
        replace(CLAIM, frequency="7", payer_claim_control_number="P1"),
        replace(FACTS, takes_replacement_claims=False),
    ),
    Case(
        "medicare_replacement",
        "Medicare Part B takes no replacement or void of a professional claim.",
        replace(
            holder(filing_indicator="MB", member_id="1EG4TE5MK73"),
            frequency="8",
            payer_claim_control_number="P1",
        ),
        replace(FACTS, member_id_pattern=""),
    ),
    Case(
        "control_number",
        "The claim number is not 1 to 20 letters and digits.",
        replace(CLAIM, patient_control_number="N" * 21),
    ),
    Case(
        "unsplit",
        "The claim is too large and cannot be split. There are more diagnoses than the lines can "
        "be divided among.",
        replace(CLAIM, diagnoses=tuple(f"R{number}" for number in range(11, 39))),
    ),
    Case(
        "number_characters",
        "The claim number has more than capital letters and digits; some payers lose it.",
        replace(CLAIM, patient_control_number="no-1"),
    ),
    Case(
        "line_numbers",
        "The line numbers are not unique and at most 30 characters.",
        replace(CLAIM, lines=(LINE, replace(LINE, position=2, modifiers=())), amount_billed=33_000),
    ),
    Case(
        "claim_codes",
        "Whether benefits are assigned is not Y, N or W.",
        replace(CLAIM, assigns_benefits=""),
        element="2300 CLM08",
    ),
    Case(
        "signature",
        "The provider has not signed; payers return such a claim.",
        replace(CLAIM, has_provider_signature=False),
    ),
    Case(
        "note",
        "Line 1: a note is empty or longer than 80 characters.",
        lines({"notes": (x12.Note("ADD", "x" * 81),)}),
        line=1,
        element="2400 NTE02",
    ),
    Case(
        "attachment",
        "Papers sent apart from the claim need their control number.",
        on_line(attachments=(x12.Attachment("OZ", "FX"),)),
        line=1,
    ),
    Case(
        "authorization_twice",
        "The authorization and the referral have the same number.",
        replace(
            CLAIM,
            authorization_number="A1",
            referral_number="A1",
            referring_provider=CLAIM.rendering_provider,
        ),
    ),
]


@pytest.mark.parametrize("case", [*DATES, *AMOUNTS, *NUMBERS], ids=lambda case: case.code)
def test_a_check_says_what_is_wrong_and_nothing_else_does(case: Case) -> None:
    assert_says(case)


CLEAN: list[tuple[str, AnyClaim, ClaimFacts]] = [
    ("an inpatient with admission", INPATIENT, FACTS),
    ("a service of today", lines({"date_of_service": TODAY}), FACTS),
    ("several days", lines({"date_of_service_end": AFTER}), FACTS),
    ("a discharge on the day of admission", dated(("435", SERVED_ON), ("096", SERVED_ON)), FACTS),
    (
        "an accident with everything",
        dated(("439", SERVED_ON), related_causes=("AA",), accident_state="IL"),
        FACTS,
    ),
    (
        "an accident in Mexico",
        dated(("439", SERVED_ON), related_causes=("AA",), accident_country="MX"),
        FACTS,
    ),
    ("work that goes on later", dated(("297", SERVED_ON), ("296", date(2027, 1, 4))), FACTS),
    (
        "a measure without price",
        lines({}, {"amount_billed": 0, "procedure_code": "1111F", "modifiers": ()}),
        FACTS,
    ),
    ("all paid by the patient", replace(CLAIM, amount_paid_by_patient=16_500), FACTS),
    ("a line done twice", lines({}, {"modifiers": ("76",)}), FACTS),
    ("another drug", lines({"drug": x12.Drug("00069315083")}, {"drug": x12.Drug("1")}), FACTS),
    ("no line numbers", replace(CLAIM, lines=(replace(LINE, line_control_number=""),)), FACTS),
    ("papers kept ready", on_line(attachments=(x12.Attachment("OZ", "AA"),)), FACTS),
    (
        "a distinct procedure",
        lines({"modifiers": ("77",)}),
        replace(FACTS, duplicates={"99213": "NO10000"}),
    ),
    ("a dependent", DEPENDENT, FACTS),
    ("a stay", STAY, FACTS),
]


@pytest.mark.parametrize(("what", "claim", "facts"), CLEAN, ids=[what for what, *_ in CLEAN])
def test_nothing_is_said_of(what: str, claim: AnyClaim, facts: ClaimFacts) -> None:
    findings = [f for f in findings_of(claim, facts) if f.code != "filing_soon"]
    assert findings == []
