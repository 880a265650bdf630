"""Checks on other payers: their order, and whether what they said adds up (x12 COB)."""

from collections.abc import Iterator
from datetime import timedelta

from billing.rules.claim_views import first_day, is_medicare
from billing.rules.findings import (
    BLOCKING,
    PROFESSIONAL,
    WARNING,
    AnyClaim,
    ClaimFacts,
    Hit,
    Look,
    Scrub,
)
from billing.rules.guide_codes import FILING_INDICATORS, INSURANCE_TYPES, MEDICARE, RELATIONSHIPS
from billing.rules.scrub_texts import BALANCING, CLAIM, COB, COVERAGE, PAYER, TR3, TR3_P
from rcm.money import cents_text
from rcm.x12.claim_837 import LineAdjudication, OtherPayer
from rcm.x12.claim_837p import Claim
from rcm.x12.remittance_835 import Adjustment

# SBR01 in the order in which payers pay; U is unknown.
RANKS = "PSTABCDEFGH"
UNKNOWN_RANK = "U"
# Where the payer is it may be tomorrow already.
AHEAD = timedelta(days=1)
GROUPS = frozenset({"CO", "CR", "OA", "PI", "PR"})


def _place(rank: str) -> int:
    """0 is primary; -1 when nobody knows."""
    return RANKS.find(rank) if rank else -1


def earlier_payers(claim: AnyClaim) -> list[OtherPayer]:
    """Those who pay before the payer this claim goes to."""
    place = _place(claim.subscriber.rank)
    return [each for each in claim.other_payers if 0 <= _place(each.rank) < place]


def line_answers(claim: AnyClaim, payer_id: str) -> Iterator[tuple[int, LineAdjudication]]:
    """What one payer said of each line, with the line's position."""
    for line in claim.lines:
        for answer in line.adjudications:
            if answer.payer_id == payer_id:
                yield line.position, answer


def _sum(adjustments: tuple[Adjustment, ...]) -> int:
    return sum([each.amount for each in adjustments])


def has_answered(claim: AnyClaim, other: OtherPayer) -> bool:
    """Did this payer decide on the claim?"""
    if other.amount_paid is not None or other.adjustments:
        return True
    return any(True for _ in line_answers(claim, other.payer_id))


def look_rank(claim: AnyClaim, facts: ClaimFacts) -> Look:
    for rank in (claim.subscriber.rank, *(each.rank for each in claim.other_payers)):
        if rank != UNKNOWN_RANK and _place(rank) < 0:
            yield Hit(f"The payer's rank {rank!r} is none of the guide's.")


def look_rank_alone(claim: AnyClaim, facts: ClaimFacts) -> Look:
    if _place(claim.subscriber.rank) > 0 and not claim.other_payers:
        yield Hit("The payer is not the primary, but no other payer is named.")


def look_rank_gap(claim: AnyClaim, facts: ClaimFacts) -> Look:
    place = _place(claim.subscriber.rank)
    if claim.other_payers and 0 < place <= 2 and len(earlier_payers(claim)) < place:
        yield Hit("A payer before this one is not named.")


def look_rank_repeated(claim: AnyClaim, facts: ClaimFacts) -> Look:
    seen = {claim.subscriber.rank}
    for each in claim.other_payers:
        if each.rank in seen and each.rank != UNKNOWN_RANK:
            yield Hit(f"Two payers have the rank {each.rank}.")
        seen.add(each.rank)


def look_insurance_type(claim: Claim, facts: ClaimFacts) -> Look:
    """Why Medicare does not pay first (SBR05); said to Medicare only."""
    is_secondary = is_medicare(claim) and _place(claim.subscriber.rank) > 0
    kind = claim.subscriber.insurance_type
    if is_secondary and not kind:
        yield Hit("Medicare pays second: the reason (insurance type) is missing.")
    elif kind and not is_secondary:
        yield Hit("An insurance type is only for Medicare that pays second.")


def look_insurance_type_code(claim: Claim, facts: ClaimFacts) -> Look:
    kind = claim.subscriber.insurance_type
    if kind and kind not in INSURANCE_TYPES:
        yield Hit(f"The insurance type {kind} is none of Medicare's.")


def look_answer_missing(claim: AnyClaim, facts: ClaimFacts) -> Look:
    for other in earlier_payers(claim) if claim.other_payers else ():
        if not has_answered(claim, other):
            yield Hit(f"{other.name} pays first, but what it decided is missing.")


def look_line_balance(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """SV102 (SV203) = SVD02 + line CAS, for each payer."""
    for line in claim.lines if claim.other_payers else ():
        for payer_id in dict.fromkeys(answer.payer_id for answer in line.adjudications):
            said = sum(
                answer.amount_paid + _sum(answer.adjustments)
                for answer in line.adjudications
                if answer.payer_id == payer_id
            )
            if said != line.amount_billed:
                yield Hit(
                    f"Line {line.position}: paid and adjustments of payer {payer_id} make "
                    f"{cents_text(said)}, the line is {cents_text(line.amount_billed)}.",
                    line.position,
                )


def look_claim_balance(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """CLM02 = AMT*D + claim CAS + line CAS, for each payer that decided."""
    for other in claim.other_payers:
        if other.amount_paid is None:
            continue
        taken_off = _sum(other.adjustments) + sum(
            _sum(answer.adjustments) for _, answer in line_answers(claim, other.payer_id)
        )
        if other.amount_paid + taken_off != claim.amount_billed:
            yield Hit(
                f"{other.name} paid {cents_text(other.amount_paid)} and took off "
                f"{cents_text(taken_off)}; the claim is {cents_text(claim.amount_billed)}."
            )


def look_paid_sum(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """AMT*D = sum of SVD02 - claim CAS."""
    for other in claim.other_payers:
        paid = [answer.amount_paid for _, answer in line_answers(claim, other.payer_id)]
        if other.amount_paid is None or not paid:
            continue
        expected = sum(paid) - _sum(other.adjustments)
        if other.amount_paid != expected:
            yield Hit(
                f"{other.name} paid {cents_text(other.amount_paid)}; its lines and claim "
                f"adjustments make {cents_text(expected)}."
            )


def look_paid_missing(claim: AnyClaim, facts: ClaimFacts) -> Look:
    for other in claim.other_payers:
        if other.amount_paid is None and has_answered(claim, other):
            yield Hit(f"{other.name} decided, but what it paid is missing.")


def look_line_payer(claim: AnyClaim, facts: ClaimFacts) -> Look:
    known = {other.payer_id for other in claim.other_payers}
    for line in claim.lines:
        for answer in line.adjudications:
            if answer.payer_id not in known:
                yield Hit(
                    f"Line {line.position}: payer {answer.payer_id} is none of the other payers.",
                    line.position,
                )


def look_payer_twice(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """2430 SVD01 finds its payer by this id."""
    ids = [other.payer_id for other in claim.other_payers if other.payer_id]
    for payer_id in dict.fromkeys(ids):
        if ids.count(payer_id) > 1:
            yield Hit(f"The other payer {payer_id} is there {ids.count(payer_id)} times.")


def look_date(claim: AnyClaim, facts: ClaimFacts) -> Look:
    """DTP*573 stands in the claim's loop or in those of its lines, in one of both."""
    for other in claim.other_payers:
        if not has_answered(claim, other):
            continue
        days = [answer.paid_on for _, answer in line_answers(claim, other.payer_id)]
        if other.paid_on is not None and any(days):
            yield Hit(f"The day {other.name} decided stands at the claim and at its lines.")
        elif other.paid_on is None and not (days and all(days)):
            yield Hit(f"The day {other.name} decided is missing.")


def look_date_order(claim: AnyClaim, facts: ClaimFacts) -> Look:
    first = first_day(claim)
    for other in claim.other_payers:
        days = [answer.paid_on for _, answer in line_answers(claim, other.payer_id)]
        for day in {day for day in (other.paid_on, *days) if day is not None}:
            if day > facts.today + AHEAD:
                yield Hit(f"{other.name} decided in the future.")
            elif first is not None and day < first:
                yield Hit(f"{other.name} decided before the service.")


def look_remaining(claim: AnyClaim, facts: ClaimFacts) -> Look:
    for other in claim.other_payers:
        left = other.amount_remaining
        if left is not None and not 0 <= left <= claim.amount_billed - (other.amount_paid or 0):
            yield Hit(f"What is left after {other.name} is negative or more than was not paid.")


def look_groups(claim: AnyClaim, facts: ClaimFacts) -> Look:
    for other in claim.other_payers:
        for each in other.adjustments:
            if each.group not in GROUPS or not each.reason:
                yield Hit(f"{other.name}: adjustment {each.group} {each.reason} has no form.")
    for line in claim.lines:
        for answer in line.adjudications:
            for each in answer.adjustments:
                if each.group not in GROUPS or not each.reason:
                    yield Hit(
                        f"Line {line.position}: adjustment {each.group} {each.reason} has no form.",
                        line.position,
                        "2430 CAS",
                    )


def look_bundled(claim: AnyClaim, facts: ClaimFacts) -> Look:
    positions = {line.position for line in claim.lines} if claim.other_payers else set()
    for line in claim.lines:
        for answer in line.adjudications:
            if answer.bundled_into is not None and answer.bundled_into not in positions:
                yield Hit(
                    f"Line {line.position} was paid with line {answer.bundled_into}, which is not "
                    "on the claim.",
                    line.position,
                )


def look_other_codes(claim: AnyClaim, facts: ClaimFacts) -> Look:
    for other in claim.other_payers:
        if other.assigns_benefits not in ("Y", "N", "W"):
            yield Hit(f"{other.name}: benefits assigned is not Y, N or W.", None, "2320 OI03")
        if other.releases_information not in ("I", "Y"):
            yield Hit(f"{other.name}: information released is not I or Y.", None, "2320 OI06")
        if other.relationship not in RELATIONSHIPS:
            yield Hit(f"{other.name}: the relationship is none of the guide's.", None, "2320 SBR02")
        if other.filing_indicator not in FILING_INDICATORS:
            yield Hit(
                f"{other.name}: the kind of payer is none of the guide's.", None, "2320 SBR09"
            )


def look_other_names(claim: AnyClaim, facts: ClaimFacts) -> Look:
    for other in claim.other_payers:
        if not other.name.strip() or not other.payer_id:
            yield Hit("An other payer has no name or no payer id.", None, "2330B NM1")
        if not other.person.last_name.strip() or not other.member_id:
            yield Hit(
                f"{other.name}: the subscriber's name or member id is missing.", None, "2330A NM1"
            )


def look_other_insurance_type(claim: Claim, facts: ClaimFacts) -> Look:
    for other in claim.other_payers:
        is_secondary = other.filing_indicator in MEDICARE and _place(other.rank) > 0
        if other.insurance_type and not is_secondary:
            yield Hit(f"{other.name}: an insurance type is only for Medicare that pays second.")


_B, _W = BLOCKING, WARNING
SCRUBS: tuple[Scrub, ...] = (
    Scrub("rank", "Rank unknown", _B, "2000B SBR01", COVERAGE, TR3, look_rank),
    Scrub(
        "rank_alone",
        "Secondary without primary",
        _B,
        "2320 SBR",
        "Add the other payer, or make this policy the primary.",
        TR3,
        look_rank_alone,
    ),
    Scrub("rank_gap", "Payer before not named", _W, "2320 SBR", COVERAGE, TR3, look_rank_gap),
    Scrub("rank_repeated", "Rank twice", _B, "2320 SBR01", COVERAGE, TR3, look_rank_repeated),
    Scrub(
        "insurance_type",
        "Medicare second",
        _B,
        "2000B SBR05",
        COVERAGE,
        TR3_P,
        look_insurance_type,
        PROFESSIONAL,
    ),
    Scrub(
        "insurance_type_code",
        "Insurance type",
        _B,
        "2000B SBR05",
        COVERAGE,
        TR3_P,
        look_insurance_type_code,
        PROFESSIONAL,
    ),
    Scrub(
        "cob_answer", "Primary's answer missing", _W, "2320 AMT*D", COB, TR3, look_answer_missing
    ),
    Scrub(
        "cob_line_balance", "COB line balance", _B, "2430 SVD02", COB, BALANCING, look_line_balance
    ),
    Scrub(
        "cob_claim_balance",
        "COB claim balance",
        _B,
        "2320 AMT*D",
        COB,
        BALANCING,
        look_claim_balance,
    ),
    Scrub("cob_paid_sum", "COB paid", _B, "2320 AMT*D", COB, BALANCING, look_paid_sum),
    Scrub("cob_paid", "COB paid missing", _B, "2320 AMT*D", COB, TR3, look_paid_missing),
    Scrub("cob_line_payer", "Line of no payer", _B, "2430 SVD01", COB, TR3, look_line_payer),
    Scrub("cob_payer_twice", "Other payer twice", _B, "2330B NM109", COB, TR3, look_payer_twice),
    Scrub("cob_date", "Day of the decision", _B, "2330B DTP*573", COB, TR3, look_date),
    Scrub("cob_date_order", "Decision's day", _B, "DTP*573", COB, TR3, look_date_order),
    Scrub("cob_remaining", "Left after a payer", _W, "2320 AMT*EAF", COB, TR3, look_remaining),
    Scrub("cob_adjustment", "Form of an adjustment", _B, "2320 CAS", COB, TR3, look_groups),
    Scrub("cob_bundled", "Bundled with no line", _B, "2430 SVD06", COB, TR3, look_bundled),
    Scrub("cob_codes", "Other payer's codes", _B, "2320", CLAIM, TR3, look_other_codes),
    Scrub("cob_names", "Other payer's names", _B, "2330", PAYER, TR3, look_other_names),
    Scrub(
        "cob_insurance_type",
        "Other payer's insurance type",
        _W,
        "2320 SBR05",
        COVERAGE,
        TR3_P,
        look_other_insurance_type,
        PROFESSIONAL,
    ),
)
