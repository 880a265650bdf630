"""Whatever is claimed and however a payer is scripted: every 835 balances on all levels."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

from hypothesis import given, settings
from hypothesis import strategies as st

from payers.sandbox import wire
from payers.sandbox.adjudication import adjudicate, correct_allowed, reverse
from payers.sandbox.behaviour import Condition, Denial, PatientShare, Payer, Recoding, Reduction
from payers.sandbox.payments import describe_payee
from payers.sandbox.remittances import adjust_provider, draft_payment, find_differences, unbalance
from rcm.x12.claim_837p import Claim, ServiceLine
from rcm.x12.problems import Problem
from rcm.x12.reader import read
from rcm.x12.remittance_835 import RemittanceEnd, RemittanceStart, RemittedClaim
from tests.sandbox.cast import SERVED, TODAY, make_claim, make_envelope

CODES = ("99213", "99214", "36415", "71046", "J1885")
cents = st.integers(min_value=0, max_value=9_999_999)
percents = st.decimals(min_value=0, max_value=150, places=3)


@st.composite
def lines(draw: st.DrawFn) -> tuple[ServiceLine, ...]:
    return tuple(
        ServiceLine(
            position=position,
            procedure_code=draw(st.sampled_from(CODES)),
            amount_billed=draw(cents),
            units=draw(st.decimals(min_value=Decimal("0.1"), max_value=99, places=1)),
            pointers=(1,),
            date_of_service=SERVED + timedelta(days=draw(st.integers(0, 15))),
            line_control_number=f"L{position}",
            modifiers=tuple(draw(st.lists(st.sampled_from(("25", "59", "RT")), max_size=2))),
        )
        for position in range(1, draw(st.integers(1, 6)) + 1)
    )


@st.composite
def payers(draw: st.DrawFn) -> Payer:
    denial = Denial(
        Condition(procedure_codes=frozenset(draw(st.lists(st.sampled_from(CODES), max_size=1)))),
        draw(st.sampled_from(("CO", "PR", "PI", "OA"))),
        "50",
        remarks=("N115",),
    )
    return Payer(
        payer_id="60054",
        name="EXAMPLE HEALTH",
        trace_identifier="1111222333",
        base={code: draw(cents) for code in draw(st.sets(st.sampled_from(CODES)))},
        allowed_percent=draw(percents),
        unlisted_percent=draw(percents),
        reduction=draw(st.sampled_from((None, Reduction("CO", "253", Decimal(2))))),
        share=PatientShare(
            copay=draw(cents),
            copay_codes=frozenset({"99213"}),
            deductible=draw(cents),
            coinsurance_percent=draw(st.decimals(min_value=0, max_value=100, places=2)),
        ),
        denials=(denial,) if draw(st.booleans()) else (),
        recodings=(Recoding(Condition(procedure_codes=frozenset({"99214"})), "99213"),),
    )


def settle(claims: list[Claim], payer: Payer, percent: Decimal, plb: list[int]) -> bytes:
    """An 835 of all claims, with a reversal and correction of the first, and PLB entries."""
    answers = [
        adjudicate(claim, payer, icn=f"26327{n:09d}", received_on=TODAY)
        for n, claim in enumerate(claims)
    ]
    answers += [reverse(answers[0]), correct_allowed(answers[0], percent, "26327999999999", 2)]
    payee = describe_payee(claims[0])
    payment = draft_payment(
        payer,
        payee,
        answers,
        trace_number="T1",
        today=TODAY,
        provider_adjustments=[adjust_provider(payee, TODAY, "WO", "R", a) for a in plb],
    )
    assert find_differences(payment) == []
    return wire.write_835_file(make_envelope(), [payment])


@settings(max_examples=120, deadline=None)
@given(
    st.lists(lines(), min_size=1, max_size=3),
    payers(),
    percents,
    st.lists(st.integers(-50_000, 50_000), max_size=8),
)
def test_every_835_read_back_is_balanced(
    claimed: list[tuple[ServiceLine, ...]], payer: Payer, percent: Decimal, plb: list[int]
) -> None:
    claims = [make_claim(f"C{n}", *each) for n, each in enumerate(claimed)]

    items = list(read(BytesIO(settle(claims, payer, percent, plb))))

    (end,) = [item for item in items if isinstance(item, RemittanceEnd)]
    assert end.differences == ()
    assert [item for item in items if isinstance(item, Problem)] == []
    (start,) = [item for item in items if isinstance(item, RemittanceStart)]
    assert start.amount_paid >= 0
    answered = [item for item in items if isinstance(item, RemittedClaim)]
    assert [a.amount_billed for a in answered[: len(claims)]] == [c.amount_billed for c in claims]
    for answer in answered[: len(claims)]:
        assert all(0 <= line.amount_paid <= line.amount_billed for line in answer.lines)
    assert sum(a.amount_billed for a in answered[-2:]) == 0


@settings(max_examples=30, deadline=None)
@given(lines(), payers(), st.sampled_from((1, -1, 100)))
def test_every_spoiled_835_is_off_at_its_claim_only(
    claimed: tuple[ServiceLine, ...], payer: Payer, amount: int
) -> None:
    claim = make_claim("C1", *claimed)
    answer = adjudicate(claim, payer, icn="26327000000001", received_on=TODAY)
    payment = draft_payment(payer, describe_payee(claim), [answer], trace_number="T1", today=TODAY)

    differences = find_differences(unbalance(payment, amount))

    assert [(d.level, d.difference) for d in differences] == [("claim", amount)]
