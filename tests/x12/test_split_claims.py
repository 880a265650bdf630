"""A claim too large for its guide becomes several: nothing lost, each one whole and balanced."""

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from rcm.x12.claim_837i import (
    DatedCode,
    InstitutionalClaim,
    InstitutionalDiagnosis,
    RevenueLine,
    ValueCode,
)
from rcm.x12.claim_837p import (
    Claim,
    Contract,
    LineAdjudication,
    OtherPayer,
    Person,
    RareClaimFacts,
    Repricing,
    ServiceLine,
)
from rcm.x12.gate import inspect
from rcm.x12.remittance_835 import Adjustment
from rcm.x12.split_claims import SplitClaim, split_institutional, split_professional
from tests.x12.build import CLAIM, LINE, PROVIDER, claims_file, only, problems, read_all

PRIMARY = OtherPayer(
    "P", "18", "CI", Person("ALDER", "ADA"), "W9", "FIRST MUTUAL", "FIRST", amount_paid=0
)


def codes(count: int) -> tuple[str, ...]:
    return tuple(f"E{number:03d}" for number in range(1, count + 1))


def make_lines(pointers: list[tuple[int, ...]], billed: int = 1000) -> tuple[ServiceLine, ...]:
    return tuple(
        replace(
            LINE,
            position=position,
            pointers=own,
            amount_billed=billed + position,
            line_control_number=f"L{position}",
        )
        for position, own in enumerate(pointers, 1)
    )


def make_claim(lines: tuple[ServiceLine, ...], diagnoses: int, **changes: Any) -> Claim:
    billed = sum(line.amount_billed for line in lines)
    changes = {"amount_billed": billed, **changes}
    return replace(CLAIM, lines=lines, diagnoses=codes(diagnoses), **changes)


def told(line: ServiceLine, paid: int, **changes: Any) -> ServiceLine:
    """The line with the first payer's account of it, balanced."""
    cut = Adjustment("CO", "45", line.amount_billed - paid)
    account = LineAdjudication(
        "FIRST", paid, line.procedure_code, Decimal(1), date(2026, 10, 9), (cut,), **changes
    )
    return replace(line, adjudications=(account,))


def sizes(parts: tuple[SplitClaim[Claim], ...]) -> list[int]:
    return [len(each.claim.lines) for each in parts]


def pointed_codes(claim: Claim) -> list[tuple[str, tuple[str, ...]]]:
    """Each line's number and the codes it points at."""
    return [
        (line.line_control_number, tuple(claim.diagnoses[p - 1] for p in line.pointers))
        for line in claim.lines
    ]


def test_a_claim_within_the_limits_stays_one() -> None:
    claim = make_claim(make_lines([(1,)] * 50), 12)
    assert split_professional(claim) == (SplitClaim(1, 1, claim),)


def test_more_than_fifty_lines_become_parts_with_all_diagnoses() -> None:
    claim = make_claim(make_lines([(12, 1)] * 120), 12, amount_paid_by_patient=60_000)
    parts = split_professional(claim)
    assert sizes(parts) == [50, 50, 20]
    assert [(each.part, each.of) for each in parts] == [(1, 3), (2, 3), (3, 3)]
    assert [each.claim.patient_control_number for each in parts] == ["C1-1", "C1-2", "C1-3"]
    assert [each.claim.diagnoses for each in parts] == [codes(12)] * 3
    assert [each.claim.amount_billed for each in parts] == [51_275, 53_775, 22_210]
    assert sum(each.claim.amount_billed for each in parts) == claim.amount_billed
    assert [each.claim.amount_paid_by_patient for each in parts] == [51_275, 8_725, None]
    assert [line.position for line in parts[2].claim.lines] == list(range(1, 21))
    assert parts[1].claim.lines[0].pointers == (12, 1)


def test_more_than_twelve_diagnoses_go_with_the_lines_that_point_at_them() -> None:
    pointers = [(1, 2, 3, 4), (5, 6, 7, 8), (9, 10, 11, 12), (13, 1), (14, 13)]
    claim = make_claim(make_lines(pointers), 14)
    first, second = split_professional(claim)
    assert first.claim.diagnoses == codes(12)
    assert second.claim.diagnoses == ("E001", "E013", "E014")
    assert second.claim.lines[0].pointers == (2, 1)
    assert second.claim.lines[1].pointers == (3, 2)
    assert pointed_codes(first.claim) + pointed_codes(second.claim) == pointed_codes(claim)


def test_a_diagnosis_no_line_points_at_goes_where_there_is_room() -> None:
    claim = make_claim(make_lines([tuple(range(n, n + 4)) for n in (1, 5, 9)]), 14)
    parts = split_professional(claim)
    assert len(parts) == 2
    assert {code for each in parts for code in each.claim.diagnoses} == set(codes(14))


def test_random_claims_lose_nothing_and_pass_pyx12() -> None:
    random = Random(5)
    written: list[Claim] = []
    for _ in range(40):
        known = random.randint(1, 24)
        pointers = [
            tuple(random.sample(range(1, known + 1), random.randint(1, min(4, known))))
            for _ in range(random.randint(12, 130))
        ]
        claim = make_claim(make_lines(pointers), known)
        parts = split_professional(claim)
        claims = [each.claim for each in parts]
        assert all(len(c.lines) <= 50 and len(c.diagnoses) <= 12 for c in claims)
        assert sum(c.amount_billed for c in claims) == claim.amount_billed
        assert [pair for c in claims for pair in pointed_codes(c)] == pointed_codes(claim)
        assert {code for c in claims for code in c.diagnoses} == set(claim.diagnoses)
        written += claims
    content = claims_file(*written)
    assert only(Claim, read_all(content)) == written
    assert problems(content) == []
    assert inspect(claims_file(*written[:20])).problems == ()


def test_other_payers_go_with_their_lines_and_every_part_balances() -> None:
    lines = tuple(told(line, 600) for line in make_lines([(1,)] * 60))
    primary = replace(
        PRIMARY,
        adjustments=(Adjustment("PR", "1", 500),),
        amount_paid=60 * 600 - 500,
        amount_remaining=700,
        amount_noncovered=80,
        remarks=("MA01",),
        payer_claim_control_number="ICN1",
    )
    first, second = split_professional(make_claim(lines, 1, other_payers=(primary,)))
    (kept,), (passed,) = first.claim.other_payers, second.claim.other_payers
    assert (kept.amount_paid, kept.adjustments) == (29_500, primary.adjustments)
    assert (passed.amount_paid, passed.adjustments) == (6_000, ())
    assert (kept.amount_remaining, passed.amount_remaining) == (700, None)
    assert (kept.amount_noncovered, passed.amount_noncovered) == (80, None)
    assert passed.remarks == ("MA01",)
    assert passed.payer_claim_control_number == "ICN1"
    for part in (first, second):
        (payer,) = part.claim.other_payers
        at_claim = sum(each.amount for each in payer.adjustments)
        at_lines = sum(
            each.amount
            for line in part.claim.lines
            for account in line.adjudications
            for each in account.adjustments
        )
        assert part.claim.amount_billed == (payer.amount_paid or 0) + at_claim + at_lines


def test_a_claim_not_covered_at_all_is_not_covered_in_each_part() -> None:
    lines = make_lines([(1,)] * 51)
    claim = make_claim(lines, 1)
    payer = replace(PRIMARY, amount_paid=None, amount_noncovered=claim.amount_billed)
    parts = split_professional(replace(claim, other_payers=(payer,)))
    assert [each.claim.other_payers[0].amount_noncovered for each in parts] == [
        each.claim.amount_billed for each in parts
    ]


def test_a_line_bundled_into_another_of_its_part_points_at_its_new_place() -> None:
    lines = list(make_lines([(1,)] * 60))
    lines[54] = told(lines[54], 0, bundled_into=53)
    lines = [line if line.adjudications else told(line, 5) for line in lines]
    payer = replace(PRIMARY, amount_paid=59 * 5)
    _, second = split_professional(make_claim(tuple(lines), 1, other_payers=(payer,)))
    assert second.claim.lines[4].adjudications[0].bundled_into == 3


REPRICED = RareClaimFacts(repricing=Repricing("01", 5))
CONTRACTED = RareClaimFacts(contract=Contract("02", 5))


MANY = make_lines([(1,)] * 51)
GOOD = make_claim(MANY, 1)
BUNDLED = (*(told(line, 5) for line in MANY[:50]), told(MANY[50], 0, bundled_into=1))
BALANCED = tuple(told(line, 600) for line in MANY)
BROKEN = (*BALANCED[:-1], replace(BALANCED[-1], amount_billed=7))
TOO_MUCH = replace(
    PRIMARY, amount_paid=51 * 600 - 30_100, adjustments=(Adjustment("PR", "1", 30_100),)
)


def paid(amount: int) -> tuple[OtherPayer, ...]:
    return (replace(PRIMARY, amount_paid=amount),)


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        (replace(GOOD, frequency="7"), "A claim that replaces or voids another cannot be split."),
        (replace(GOOD, amount_billed=1), "The lines do not add up to the amount billed."),
        (
            replace(GOOD, patient_control_number="C" * 19),
            "The claim number has no room for a suffix (20 characters).",
        ),
        (
            replace(GOOD, rare=REPRICED),
            "A contract or repricing amount of the whole claim cannot be divided.",
        ),
        (
            replace(GOOD, rare=CONTRACTED),
            "A contract or repricing amount of the whole claim cannot be divided.",
        ),
        (
            replace(GOOD, lines=(replace(MANY[0], pointers=(9,)), *MANY[1:])),
            "Line 1 points at a diagnosis that is not there.",
        ),
        (
            make_claim(make_lines([tuple(range(1, 14))]), 13),
            "Line 1 points at more than 12 diagnoses.",
        ),
        (
            make_claim(make_lines([(1,)]), 13),
            "There are more diagnoses than the lines can be divided among.",
        ),
        (
            replace(GOOD, other_payers=paid(100)),
            "FIRST MUTUAL settled the claim as a whole, which cannot be divided.",
        ),
        (
            make_claim(BALANCED, 1, other_payers=(PRIMARY,)),
            "What FIRST MUTUAL paid is not what it paid for the lines.",
        ),
        (
            make_claim(BROKEN, 1, other_payers=paid(51 * 600)),
            "What FIRST MUTUAL made of the lines does not balance in part 2.",
        ),
        (
            make_claim(BALANCED, 1, other_payers=(TOO_MUCH,)),
            "FIRST MUTUAL took more off the claim than it paid for the first part.",
        ),
        (
            make_claim(BUNDLED, 1, other_payers=paid(250)),
            "Line 51 was bundled into line 1 of another part.",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "claim",
)
def test_what_cannot_be_split_is_refused_with_its_reason(claim: Claim, reason: str) -> None:
    with pytest.raises(ValueError) as refused:
        split_professional(claim)
    assert str(refused.value) == reason


def make_stay(lines: int, diagnoses: int, **changes: Any) -> InstitutionalClaim:
    revenue = tuple(
        RevenueLine(position, "0450", 100 + position, Decimal(1), f"L{position}")
        for position in range(1, lines + 1)
    )
    claim = InstitutionalClaim(
        "H1",
        sum(line.amount_billed for line in revenue),
        "131",
        date(2026, 10, 1),
        date(2026, 10, 9),
        revenue,
        PROVIDER,
        CLAIM.subscriber,
        CLAIM.payer,
        "1",
        "01",
        InstitutionalDiagnosis("E119"),
        other_diagnoses=tuple(InstitutionalDiagnosis(code) for code in codes(diagnoses)),
    )
    return replace(claim, **changes)


def test_an_institutional_claim_within_the_limits_stays_one() -> None:
    claim = make_stay(999, 24)
    assert split_institutional(claim) == (SplitClaim(1, 1, claim),)


def test_an_institutional_claim_is_split_by_lines_and_diagnoses() -> None:
    claim = make_stay(
        1_500,
        50,
        value_codes=(ValueCode("A1", 500),),
        amount_due_from_patient=900,
        occurrences=(DatedCode("11", date(2026, 10, 1)),),
    )
    parts = split_institutional(claim)
    claims = [each.claim for each in parts]
    assert [(each.part, each.of) for each in parts] == [(1, 3), (2, 3), (3, 3)]
    assert [len(each.lines) for each in claims] == [500, 500, 500]
    assert [len(each.other_diagnoses) for each in claims] == [24, 24, 2]
    assert sum(each.amount_billed for each in claims) == claim.amount_billed
    found = Counter(line.line_control_number for each in claims for line in each.lines)
    assert found == Counter(line.line_control_number for line in claim.lines)
    assert [line.position for line in claims[1].lines] == list(range(1, 501))
    assert [each.value_codes for each in claims] == [(ValueCode("A1", 500),), (), ()]
    assert [each.amount_due_from_patient for each in claims] == [900, None, None]
    assert [each.occurrences for each in claims] == [claim.occurrences] * 3
    assert [each.patient_control_number for each in claims] == ["H1-1", "H1-2", "H1-3"]


def test_an_institutional_claim_that_cannot_be_split_is_refused_with_its_reason() -> None:
    for claim, reason in (
        (
            make_stay(1_000, 1, drg="470"),
            "A stay paid by its DRG is one claim and cannot be split.",
        ),
        (make_stay(1, 25), "There are not lines enough for 2 claims."),
        (
            make_stay(1_000, 1, type_of_bill="137"),
            "A claim that replaces or voids another cannot be split.",
        ),
        (make_stay(1_000, 1, amount_billed=3), "The lines do not add up to the amount billed."),
        (
            make_stay(1_000, 1, contract=Contract("02", 5)),
            "A contract or repricing amount of the whole claim cannot be divided.",
        ),
    ):
        with pytest.raises(ValueError) as refused:
            split_institutional(claim)
        assert str(refused.value) == reason
