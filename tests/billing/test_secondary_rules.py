"""What a claim to the next payer says of the payers before it. Plain data in, plain data out."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billing.rules.secondary import (
    NotExplained,
    PriorDecision,
    PriorLine,
    PriorPayer,
    compose_secondary,
)
from rcm.x12.claim_837p import Claim, ClaimPayer, LineAdjudication, OtherPayer, Person, Subscriber
from tests.billing.remitting import cas
from tests.x12.build import CLAIM

PRIMARY = PriorPayer(
    "P", "MERIDIAN MUTUAL", "60054", "CI", "18", Person("ALDER", "ADA"), "W1", "G1"
)
PAID_ON = date(2026, 10, 20)
NEXT: dict[str, Any] = {
    "payer": ClaimPayer("BLUE PLAN", "BLUE1"),
    "subscriber": Subscriber(Person("ALDER", "ADA"), "B7", "S", "BL"),
}
# 150.00 and 12.50 were billed; 102.50 paid, 30.00 + 10.00 taken off, 20.00 left to the patient.
OFFICE = PriorLine(1, 10_000, "99213", ("25",), adjustments=cas("CO-45 30.00", "PR-3 20.00"))
DRUG = PriorLine(2, 250, "J1885", units=Decimal(1), adjustments=cas("CO-45 10.00"))
DECISION = PriorDecision(
    PRIMARY, PAID_ON, 16_250, 10_250, "ICN77", lines=(OFFICE, DRUG), remarks=("MA01",)
)


def secondary(*decisions: PriorDecision) -> Claim:
    return compose_secondary(CLAIM, decisions or (DECISION,), number="N2", parties=NEXT)


def refusal(*decisions: PriorDecision) -> str:
    with pytest.raises(NotExplained) as caught:
        secondary(*decisions)
    return str(caught.value)


def test_the_claim_is_the_same_under_a_new_number_for_the_next_payer() -> None:
    claim = secondary()
    assert (claim.patient_control_number, claim.frequency) == ("N2", "1")
    assert (claim.payer, claim.subscriber) == (NEXT["payer"], NEXT["subscriber"])
    assert claim.amount_billed == 16_250
    assert [line.line_control_number for line in claim.lines] == ["N2L1", "N2L2"]
    assert (claim.diagnoses, claim.billing_provider) == (CLAIM.diagnoses, CLAIM.billing_provider)


def test_each_line_carries_what_the_payer_made_of_it_in_its_own_codes() -> None:
    assert [line.adjudications for line in secondary().lines] == [
        (
            LineAdjudication(
                "60054",
                10_000,
                "99213",
                Decimal(1),
                PAID_ON,
                cas("CO-45 30.00", "PR-3 20.00"),
                ("25",),
            ),
        ),
        (LineAdjudication("60054", 250, "J1885", Decimal(1), PAID_ON, cas("CO-45 10.00")),),
    ]


def test_the_other_payer_loop_states_paid_and_remaining() -> None:
    assert secondary().other_payers == (
        OtherPayer(
            rank="P",
            relationship="18",
            filing_indicator="CI",
            person=Person("ALDER", "ADA"),
            member_id="W1",
            name="MERIDIAN MUTUAL",
            payer_id="60054",
            group_number="G1",
            amount_paid=10_250,
            amount_remaining=2_000,
            remarks=("MA01",),
            payer_claim_control_number="ICN77",
        ),
    )


def test_without_lines_the_claim_carries_adjustments_and_the_day() -> None:
    whole = replace(DECISION, lines=(), adjustments=cas("CO-45 40.00", "PR-1 20.00"))
    claim = secondary(whole)
    assert [line.adjudications for line in claim.lines] == [(), ()]
    [payer] = claim.other_payers
    assert (payer.adjustments, payer.paid_on) == (cas("CO-45 40.00", "PR-1 20.00"), PAID_ON)
    assert payer.amount_remaining == 2_000


def test_a_line_in_two_parts_is_repeated() -> None:
    half = replace(OFFICE, amount_paid=5_000, adjustments=cas("CO-45 15.00", "PR-3 10.00"))
    claim = secondary(replace(DECISION, lines=(half, half, DRUG)))
    assert [found.amount_paid for found in claim.lines[0].adjudications] == [5_000, 5_000]


def test_a_claim_in_two_parts_adds_up_over_both() -> None:
    first = replace(DECISION, amount_billed=15_000, amount_paid=10_000, lines=(OFFICE,))
    second = replace(DECISION, amount_billed=1_250, amount_paid=250, lines=(DRUG,))
    [payer] = secondary(first, second).other_payers
    assert (payer.amount_paid, payer.amount_remaining) == (10_250, 2_000)


def test_what_was_paid_to_the_patient_is_not_owed_by_the_patient() -> None:
    line = replace(OFFICE, amount_paid=0, adjustments=cas("PR-100 100.00", "CO-45 50.00"))
    [payer] = secondary(replace(DECISION, amount_paid=250, lines=(line, DRUG))).other_payers
    assert (payer.amount_paid, payer.amount_remaining) == (250, 0)


def test_a_third_payer_hears_of_both_before() -> None:
    blue = PriorPayer("S", "BLUE PLAN", "BLUE1", "BL", "18", Person("ALDER", "ADA"), "B7")
    line = PriorLine(1, 1_500, "99213", adjustments=cas("OA-23 130.00", "PR-2 5.00"))
    drug = PriorLine(2, 0, "J1885", adjustments=cas("OA-23 12.50"))
    second = PriorDecision(blue, date(2026, 11, 5), 16_250, 1_500, "B1", lines=(line, drug))
    claim = secondary(DECISION, second)
    assert [(p.rank, p.amount_paid, p.amount_remaining) for p in claim.other_payers] == [
        ("P", 10_250, 2_000),
        ("S", 1_500, 500),
    ]
    assert [found.payer_id for found in claim.lines[0].adjudications] == ["60054", "BLUE1"]


def test_a_line_that_does_not_add_up_is_refused_with_its_figures() -> None:
    short = replace(OFFICE, adjustments=cas("CO-45 30.00"))
    assert refusal(replace(DECISION, lines=(short, DRUG))) == (
        "Line 1 was billed 150.00; MERIDIAN MUTUAL explains 130.00 of it."
    )


def test_a_claim_that_does_not_add_up_is_refused_with_its_figures() -> None:
    assert refusal(replace(DECISION, lines=(), adjustments=cas("CO-45 40.00"))) == (
        "The claim was billed 162.50; MERIDIAN MUTUAL explains 142.50 of it."
    )


def test_a_line_matched_to_none_of_ours_is_refused() -> None:
    stray = replace(OFFICE, position=None)
    assert refusal(replace(DECISION, lines=(stray, DRUG))) == (
        "MERIDIAN MUTUAL decided on 99213, which is matched to no line."
    )


def test_a_line_the_payer_left_out_is_refused() -> None:
    assert refusal(replace(DECISION, lines=(OFFICE,))) == (
        "Line 2 was billed 12.50; MERIDIAN MUTUAL explains 0.00 of it."
    )


def test_what_the_first_payer_numbered_stays_with_it() -> None:
    sent = replace(CLAIM, authorization_number="A1", referral_number="R1")
    claim = compose_secondary(sent, (DECISION,), number="N2", parties=NEXT)
    assert (claim.authorization_number, claim.referral_number) == ("", "")
