"""A later payer pays of what the earlier ones left, exact to the cent."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from payers.sandbox.adjudication import adjudicate
from payers.sandbox.behaviour import Condition, Denial
from payers.sandbox.coordination import deny_share, find_shares, settle_share
from payers.sandbox.facility import answer_facility, view_claim
from rcm.x12.claim_837p import Claim, LineAdjudication, OtherPayer, Person, ServiceLine
from rcm.x12.remittance_835 import Adjustment, Remark, RemittedClaim
from tests.billing.remitting import cas
from tests.sandbox.cast import TODAY, make_claim, make_line, make_payer
from tests.x12.build_837i import EMERGENCY, ROOM, STAY

FIRST = OtherPayer(
    rank="P",
    relationship="18",
    filing_indicator="CI",
    person=Person("EXAMPLE", "MARIA"),
    member_id="W1",
    name="FIRST HEALTH",
    payer_id="FIRST",
    amount_paid=7_200,
)
SECOND = replace(FIRST, rank="S", name="SECOND MUTUAL", payer_id="SECND", amount_paid=1_000)


def said(*triplets: str, payer_id: str = "FIRST", paid: int = 7_200) -> LineAdjudication:
    return LineAdjudication(payer_id, paid, "99213", Decimal(1), adjustments=cas(*triplets))


def line_of(*adjudications: LineAdjudication, **changes: Any) -> ServiceLine:
    """99213 for 165.00, decided before."""
    return make_line(amount_billed=16_500, adjudications=adjudications, **changes)


def claim_of(
    *lines: ServiceLine, rank: str = "S", others: tuple[OtherPayer, ...] = (FIRST,)
) -> Claim:
    claim = make_claim("C1", *lines, other_payers=others)
    return replace(claim, subscriber=replace(claim.subscriber, rank=rank))


OFFICE = line_of(said("CO-45 73.00", "PR-3 20.00"))


def answer(claim: Claim, **changes: Any) -> RemittedClaim:
    payer = make_payer(**changes)
    return adjudicate(claim, payer, icn="26327000000001", received_on=TODAY)


def test_the_share_is_what_the_last_payer_left_line_by_line() -> None:
    labs = replace(line_of(said("CO-45 165.00", paid=0)), position=2)
    assert find_shares(claim_of(OFFICE, labs)) == {1: cas("PR-3 20.00"), 2: ()}


def test_a_primary_claim_and_one_without_earlier_decisions_have_no_share() -> None:
    assert find_shares(claim_of(OFFICE, rank="P")) is None
    assert find_shares(claim_of(make_line(), others=())) is None
    silent = replace(FIRST, amount_paid=None)
    assert find_shares(claim_of(make_line(), others=(silent,))) is None
    later = replace(FIRST, rank="T")
    assert find_shares(claim_of(OFFICE, others=(later,))) is None


def test_a_third_payer_looks_at_what_the_second_one_left() -> None:
    line = line_of(
        said("CO-45 73.00", "PR-3 20.00"),
        said("OA-23 145.00", "PR-3 10.00", payer_id="SECND", paid=1_000),
    )
    claim = claim_of(line, rank="T", others=(SECOND, FIRST))
    assert find_shares(claim) == {1: cas("PR-3 10.00")}


def test_what_the_claim_as_a_whole_left_is_laid_on_the_lines_in_order() -> None:
    whole = replace(FIRST, adjustments=cas("CO-45 40.00", "PR-1 150.00", "PR-2 30.00"))
    small = replace(make_line(amount_billed=10_000), adjudications=())
    claim = claim_of(small, replace(small, position=2), others=(whole,))
    assert find_shares(claim) == {1: cas("PR-1 100.00"), 2: cas("PR-1 50.00", "PR-2 30.00")}


def test_what_was_paid_to_the_patient_is_not_left() -> None:
    assert find_shares(claim_of(line_of(said("PR-100 92.00", "CO-45 73.00", paid=0)))) == {1: ()}


def test_a_share_never_exceeds_the_charge() -> None:
    line = line_of(said("PR-1 200.00", paid=-3_500))
    assert find_shares(claim_of(line)) == {1: cas("PR-1 165.00")}


def test_the_first_reasons_are_paid_first_and_the_rest_keeps_its_reason() -> None:
    share = cas("PR-1 15.00", "PR-2 5.00")
    assert settle_share(16_500, share, 2_000) == (2_000, cas("OA-23 145.00"))
    assert settle_share(16_500, share, 1_600) == (1_600, cas("OA-23 145.00", "PR-2 4.00"))
    assert settle_share(2_000, share, 0) == (0, share)


def test_a_denial_is_about_the_share_alone() -> None:
    assert deny_share(16_500, cas("PR-3 20.00"), "CO", "29") == cas("OA-23 145.00", "CO-29 20.00")
    assert deny_share(16_500, (), "CO", "29") == cas("OA-23 165.00")


def test_a_second_payer_pays_the_share_and_nothing_of_its_own_price_list() -> None:
    result = answer(claim_of(OFFICE))
    assert (result.status_code, result.amount_billed, result.amount_paid) == ("2", 16_500, 2_000)
    assert result.amount_patient is None
    [line] = result.lines
    assert line.adjustments == (Adjustment("OA", "23", 14_500),)
    assert line.amount_allowed is None


def test_a_third_payer_answers_with_status_3() -> None:
    result = answer(claim_of(line_of(said("PR-2 5.00", paid=16_000)), rank="T"))
    assert (result.status_code, result.amount_paid) == ("3", 500)


def test_a_payer_that_pays_a_percentage_leaves_the_rest_to_the_patient() -> None:
    result = answer(claim_of(OFFICE), secondary_percent=Decimal(60))
    assert (result.amount_paid, result.amount_patient) == (1_200, 800)
    assert result.lines[0].adjustments == cas("OA-23 145.00", "PR-3 8.00")


def test_a_second_payer_denies_the_share() -> None:
    denial = Denial(Condition(), "CO", "29", ("N115",))
    result = answer(claim_of(OFFICE), denials=(denial,))
    assert result.amount_paid == 0
    assert result.lines[0].adjustments == cas("OA-23 145.00", "CO-29 20.00")
    assert result.lines[0].remarks == (Remark("HE", "N115"),)


def test_a_second_payer_of_a_stay_pays_what_was_left_of_each_line() -> None:
    room = replace(ROOM, adjudications=(said("CO-45 600.00", "PR-1 1000.00", paid=200_000),))
    visit = replace(EMERGENCY, adjudications=(said("CO-45 400.00", paid=0),))
    stay = replace(
        STAY,
        lines=(room, visit),
        other_payers=(FIRST,),
        subscriber=replace(STAY.subscriber, rank="S"),
    )
    paid = answer_facility(
        adjudicate(view_claim(stay), make_payer(), icn="N1", received_on=TODAY), stay
    )
    assert (paid.status_code, paid.amount_paid) == ("2", 100_000)
    assert [line.adjustments for line in paid.lines] == [cas("OA-23 2600.00"), cas("OA-23 400.00")]


cents = st.integers(min_value=-5_000, max_value=50_000)
triplets = st.tuples(
    st.sampled_from(("CO", "PR", "OA")), st.sampled_from(("1", "2", "45", "100")), cents
).map(lambda parts: Adjustment(*parts))
groups = st.lists(triplets, max_size=4).map(tuple)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(cents.map(abs), groups), min_size=1, max_size=4),
    groups,
    st.integers(0, 100),
    st.booleans(),
)
def test_whatever_was_said_before_every_line_balances(
    decided: list[tuple[int, tuple[Adjustment, ...]]],
    whole: tuple[Adjustment, ...],
    percent: int,
    is_denied: bool,
) -> None:
    lines = [
        replace(
            make_line(position, amount_billed=charge),
            adjudications=(replace(said(), adjustments=adjustments),),
        )
        for position, (charge, adjustments) in enumerate(decided, start=1)
    ]
    claim = claim_of(*lines, others=(replace(FIRST, adjustments=whole),))
    denials = (Denial(Condition(), "CO", "50"),) if is_denied else ()
    result = answer(claim, secondary_percent=Decimal(percent), denials=denials)
    for line in result.lines:
        assert line.amount_billed - sum(a.amount for a in line.adjustments) == line.amount_paid
        assert 0 <= line.amount_paid <= line.amount_billed
    assert result.amount_paid == sum(line.amount_paid for line in result.lines)
