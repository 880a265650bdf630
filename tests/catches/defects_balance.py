"""SNIP type 3: what has to add up."""

from dataclasses import replace
from random import Random

from rcm.x12.remittance_835 import Adjustment
from tests.catches.known import Sample
from tests.catches.planting import (
    ANY,
    INSTITUTIONAL,
    PROFESSIONAL,
    STAYS,
    Defect,
    answer,
    claim,
    kept,
    line,
    other_payer,
    planted,
    some_cents,
)

COB = ("secondary",)
ALONE = tuple(shape for shape in PROFESSIONAL if shape not in ("secondary", "replacement"))


def spoil_total(random: Random, sample: Sample) -> Sample:
    return claim(sample, amount_billed=sample.claim.amount_billed + some_cents(random))


def spoil_line(random: Random, sample: Sample) -> Sample:
    at = random.randrange(len(sample.claim.lines))
    billed = sample.claim.lines[at].amount_billed
    return line(sample, at, amount_billed=billed + some_cents(random))


def drop_line(random: Random, sample: Sample) -> Sample:
    """A line is lost, the total is still that of all."""
    total = sample.claim.amount_billed
    return claim(kept(sample, *range(len(sample.claim.lines) - 1)), amount_billed=total)


def spoil_answer(random: Random, sample: Sample) -> Sample:
    paid = sample.claim.lines[0].adjudications[0].amount_paid
    return answer(sample, amount_paid=paid + some_cents(random))


def spoil_adjustment(random: Random, sample: Sample) -> Sample:
    first, *others = sample.claim.lines[0].adjudications[0].adjustments
    first = replace(first, amount=first.amount + some_cents(random))
    return answer(sample, adjustments=(first, *others))


def lose_adjustment(random: Random, sample: Sample) -> Sample:
    return answer(sample, adjustments=sample.claim.lines[0].adjudications[0].adjustments[:1])


def spoil_paid(random: Random, sample: Sample) -> Sample:
    paid = sample.claim.other_payers[0].amount_paid
    return other_payer(sample, amount_paid=paid + some_cents(random))


def adjust_twice(random: Random, sample: Sample) -> Sample:
    """What the lines say is said once more of the whole claim."""
    return other_payer(sample, adjustments=(Adjustment("CO", "45", 1_000),))


def leave_too_much(random: Random, sample: Sample) -> Sample:
    return other_payer(sample, amount_remaining=sample.claim.amount_billed + 100)


def negate(random: Random, sample: Sample) -> Sample:
    """A negative line; the total still fits."""
    first = sample.claim.lines[0].amount_billed
    spoiled = line(sample, amount_billed=-first)
    return claim(spoiled, amount_billed=sample.claim.amount_billed - 2 * first)


def overpay(random: Random, sample: Sample) -> Sample:
    return claim(sample, amount_paid_by_patient=sample.claim.amount_billed + 1)


def noncover(random: Random, sample: Sample) -> Sample:
    return line(sample, amount_noncovered=sample.claim.lines[0].amount_billed + 1)


def add_room(random: Random, sample: Sample) -> Sample:
    units = sample.claim.lines[0].units + random.randint(1, 3)
    return line(sample, units=units)


def miscount_days(random: Random, sample: Sample) -> Sample:
    first = sample.claim.value_codes[0]
    return claim(sample, value_codes=(replace(first, amount=first.amount + 100),))


def price_nothing(random: Random, sample: Sample) -> Sample:
    first = sample.claim.lines[0].amount_billed
    spoiled = line(sample, amount_billed=0)
    return claim(spoiled, amount_billed=sample.claim.amount_billed - first)


BALANCES: tuple[Defect, ...] = (
    planted(3, "claim_total", ANY, "total", spoil_total),
    planted(3, "line_amount", ANY, "total", spoil_line),
    planted(3, "line_lost", ("tests", "therapy", "stay", "emergency"), "total", drop_line),
    planted(3, "cob_line_paid", COB, "cob_line_balance", spoil_answer),
    planted(3, "cob_adjustment", COB, "cob_line_balance", spoil_adjustment),
    planted(3, "cob_adjustment_lost", COB, "cob_line_balance", lose_adjustment),
    planted(3, "cob_claim_paid", COB, "cob_claim_balance cob_paid_sum", spoil_paid),
    planted(3, "cob_adjusted_twice", COB, "cob_claim_balance cob_paid_sum", adjust_twice),
    planted(3, "cob_remaining", COB, "cob_remaining", leave_too_much),
    planted(3, "negative_line", ANY, "negative", negate),
    planted(3, "patient_paid_more", ALONE, "patient_paid", overpay),
    planted(3, "noncovered_more", INSTITUTIONAL, "noncovered", noncover),
    planted(3, "room_days", STAYS, "room_days", add_room),
    planted(3, "covered_days", STAYS, "covered_days", miscount_days),
    planted(
        3,
        "patient_due_more",
        INSTITUTIONAL,
        "patient_due",
        lambda r, s: claim(s, amount_due_from_patient=s.claim.amount_billed + 1),
    ),
    planted(3, "line_without_price", ALONE, "amount", price_nothing),
)
