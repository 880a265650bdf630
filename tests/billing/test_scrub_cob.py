"""The checks on other payers: their order, and that what they said adds up."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from billing.rules.findings import AnyClaim
from rcm.x12 import claim_837p as x12
from rcm.x12.remittance_835 import Adjustment
from tests.billing.scrub_cases import (
    CLAIM,
    FACTS,
    FIRST,
    LINE,
    PAID_LINE,
    SECONDARY,
    Case,
    answered,
    findings_of,
    holder,
    secondary,
)

DAY = date(2026, 11, 15)
WITH_SECOND = replace(
    CLAIM, other_payers=(replace(FIRST, rank="S", amount_paid=None, amount_remaining=None),)
)
MEDICARE_SECOND = replace(
    SECONDARY,
    subscriber=replace(
        SECONDARY.subscriber, filing_indicator="MB", member_id="1EG4TE5MK73", insurance_type="12"
    ),
)
# The same answer at the claim: nothing is said of its lines.
AT_CLAIM = replace(
    SECONDARY,
    lines=(LINE,),
    other_payers=(replace(FIRST, adjustments=PAID_LINE.adjustments, paid_on=DAY),),
)
NO_PATTERN = replace(FACTS, member_id_pattern="")


def medicare(**changes: object) -> x12.Claim:
    return replace(MEDICARE_SECOND, subscriber=replace(MEDICARE_SECOND.subscriber, **changes))


CASES = [
    Case("rank", "The payer's rank '' is none of the guide's.", holder(rank="")),
    Case(
        "rank_alone",
        "The payer is not the primary, but no other payer is named.",
        holder(rank="S"),
    ),
    Case(
        "rank_gap",
        "A payer before this one is not named.",
        replace(SECONDARY, subscriber=replace(CLAIM.subscriber, rank="T")),
    ),
    Case(
        "rank_repeated",
        "Two payers have the rank P.",
        replace(SECONDARY, subscriber=CLAIM.subscriber),
    ),
    Case(
        "insurance_type",
        "Medicare pays second: the reason (insurance type) is missing.",
        medicare(insurance_type=""),
        NO_PATTERN,
    ),
    Case(
        "insurance_type",
        "An insurance type is only for Medicare that pays second.",
        holder(insurance_type="12"),
    ),
    Case(
        "insurance_type_code",
        "The insurance type 99 is none of Medicare's.",
        medicare(insurance_type="99"),
        NO_PATTERN,
    ),
    Case(
        "cob_answer",
        "First Mutual pays first, but what it decided is missing.",
        replace(SECONDARY, lines=(LINE,), other_payers=(replace(FIRST, amount_paid=None),)),
    ),
    Case(
        "cob_line_balance",
        "Line 1: paid and adjustments of payer FIRST make 164.00, the line is 165.00.",
        replace(
            answered(
                adjustments=(Adjustment("CO", "45", 3_900), Adjustment("PR", "2", 2_500)),
            ),
            other_payers=(replace(FIRST, amount_paid=None),),
        ),
        FACTS,
        1,
    ),
    Case(
        "cob_claim_balance",
        "First Mutual paid 100.00 and took off 64.00; the claim is 165.00.",
        replace(
            AT_CLAIM,
            other_payers=(
                replace(
                    FIRST,
                    adjustments=(Adjustment("CO", "45", 3_900), Adjustment("PR", "2", 2_500)),
                    paid_on=DAY,
                ),
            ),
        ),
    ),
    Case(
        "cob_paid_sum",
        "First Mutual paid 90.00; its lines and claim adjustments make 100.00.",
        secondary(amount_paid=9_000),
    ),
    Case(
        "cob_paid",
        "First Mutual decided, but what it paid is missing.",
        secondary(amount_paid=None),
    ),
    Case(
        "cob_line_payer",
        "Line 1: payer OTHER is none of the other payers.",
        answered(payer_id="OTHER"),
        line=1,
    ),
    Case(
        "cob_payer_twice",
        "The other payer FIRST is there 2 times.",
        replace(SECONDARY, other_payers=(FIRST, replace(FIRST, rank="T"))),
    ),
    Case(
        "cob_date",
        "The day First Mutual decided stands at the claim and at its lines.",
        secondary(paid_on=DAY),
    ),
    Case("cob_date", "The day First Mutual decided is missing.", answered(paid_on=None)),
    Case(
        "cob_date_order",
        "First Mutual decided in the future.",
        answered(paid_on=FACTS.today + timedelta(days=2)),
    ),
    Case(
        "cob_date_order",
        "First Mutual decided before the service.",
        answered(paid_on=date(2026, 11, 1)),
    ),
    Case(
        "cob_remaining",
        "What is left after First Mutual is negative or more than was not paid.",
        secondary(amount_remaining=6_501),
    ),
    Case(
        "cob_adjustment",
        "Line 1: adjustment XX 45 has no form.",
        answered(adjustments=(Adjustment("XX", "45", 6_500),)),
        line=1,
        element="2430 CAS",
    ),
    Case(
        "cob_bundled",
        "Line 1 was paid with line 4, which is not on the claim.",
        answered(bundled_into=4),
        line=1,
    ),
    Case(
        "cob_codes",
        "First Mutual: benefits assigned is not Y, N or W.",
        secondary(assigns_benefits=""),
        element="2320 OI03",
    ),
    Case(
        "cob_names",
        "First Mutual: the subscriber's name or member id is missing.",
        secondary(member_id=""),
        element="2330A NM1",
    ),
    Case(
        "cob_insurance_type",
        "First Mutual: an insurance type is only for Medicare that pays second.",
        secondary(insurance_type="12"),
    ),
]
# Some of what is wrong is wrong in two ways.
ALSO = {
    "cob_line_balance": {"cob_paid"},
    "cob_paid_sum": {"cob_claim_balance"},
    "cob_line_payer": {"cob_claim_balance", "cob_date"},
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_a_check_says_what_is_wrong_and_nothing_else_does(case: Case) -> None:
    findings = [
        finding
        for finding in findings_of(case.claim, case.facts)
        if finding.code not in ALSO.get(case.code, ())
    ]
    assert [(f.code, f.message, f.line) for f in findings][:1] == [
        (case.code, case.message, case.line)
    ]
    assert {finding.code for finding in findings} == {case.code}
    if case.element:
        assert findings[0].element == case.element
    assert findings[0].fix
    assert findings[0].source


CLEAN: list[tuple[str, AnyClaim]] = [
    ("a secondary that balances by line", SECONDARY),
    ("a secondary that balances at the claim", AT_CLAIM),
    ("a primary that names the secondary", WITH_SECOND),
    (
        "a line paid in two parts",
        replace(
            SECONDARY,
            lines=(
                replace(
                    LINE,
                    adjudications=(
                        replace(PAID_LINE, amount_paid=6_000, adjustments=()),
                        replace(PAID_LINE, amount_paid=4_000),
                    ),
                ),
            ),
        ),
    ),
    ("a line bundled into another", answered(bundled_into=1)),
    (
        "a decision of tomorrow, where it is tomorrow already",
        answered(paid_on=FACTS.today + timedelta(days=1)),
    ),
]


@pytest.mark.parametrize(("what", "claim"), CLEAN, ids=[what for what, _ in CLEAN])
def test_nothing_is_said_of(what: str, claim: AnyClaim) -> None:
    assert findings_of(claim, FACTS) == []


def test_medicare_as_second_payer_says_why() -> None:
    assert findings_of(MEDICARE_SECOND, NO_PATTERN) == []


def test_line_and_claim_adjustments_balance_together() -> None:
    """100.00 paid on the line, 10.00 taken off at the claim: the payer paid 90.00 in all."""
    claim = replace(
        answered(),
        other_payers=(
            replace(FIRST, amount_paid=9_000, adjustments=(Adjustment("OA", "94", 1_000),)),
        ),
    )
    assert findings_of(claim, FACTS) == []
