"""Random balanced 835s: the ledger is zero, nothing is left, every claim as the oracle says."""

from decimal import Decimal
from itertools import count

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from billing.actions.takebacks import release_claim
from billing.models import Claim
from rcm.models import Practice, User
from rcm.x12.remittance_835 import Adjustment, RemittedClaim
from tests import make
from tests.billing import remitting as r
from tests.billing.books import assert_ledger, book_of, charge
from tests.billing.oracle import expected_balances

NUMBERS = count(1)
REASONS = [("CO", "45"), ("CO", "253"), ("PR", "1"), ("PR", "2"), ("CO", "50"), ("OA", "23")]
cents = st.integers(min_value=-5_000, max_value=20_000)
adjustments = st.lists(st.tuples(st.sampled_from(REASONS), cents), max_size=4)


@st.composite
def told_lines(draw: st.DrawFn) -> tuple[int, list[tuple[str, str, int]]]:
    """What was billed (cents), and triplets; paid is whatever balances."""
    billed = draw(st.integers(min_value=1, max_value=50_000))
    return billed, [(group, reason, amount) for (group, reason), amount in draw(adjustments)]


claims = st.tuples(st.lists(told_lines(), min_size=1, max_size=3), adjustments)


def echo(claim: Claim, lines: list, whole: list) -> RemittedClaim:
    """The payer's balanced account of the claim."""
    svcs = []
    for own, (billed, triplets) in zip(claim.lines.order_by("position"), lines, strict=True):
        paid = billed - sum(amount for *_, amount in triplets)
        found = tuple(Adjustment(*triplet) for triplet in triplets)
        svc = r.line(own.procedure_code, "1", "1", number=own.line_control_number)
        changed = {"amount_billed": billed, "amount_paid": paid, "adjustments": found}
        svcs.append(type(svc)(**{name: getattr(svc, name) for name in svc.__slots__} | changed))
    paid = sum(svc.amount_paid for svc in svcs) - sum(amount for _, amount in whole)
    return r.clp(
        claim.patient_control_number,
        "0",
        "0",
        *svcs,
        amount_billed=sum(billed for billed, _ in lines),
        amount_paid=paid,
        adjustments=tuple(Adjustment(*code, amount) for code, amount in whole),
    )


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(told=st.lists(claims, min_size=1, max_size=3), plb=st.lists(cents, max_size=3))
@example(told=[([(1, [("CO", "45", 1)])], [])], plb=[])
def test_any_balanced_remittance_posts_to_the_cent(
    north: Practice, ben: User, told: list, plb: list[int]
) -> None:
    ours, remitted = [], []
    for lines, whole in told:
        amounts = [("99213", str(Decimal(billed) / 100)) for billed, _ in lines]
        number = f"H{next(NUMBERS):06d}"
        claim = make.claim(north, *amounts, patient_control_number=number)
        ours.append(claim)
        remitted.append(echo(claim, lines, whole))
    charge(*ours)
    kept = sum(plb)
    total = sum(claim.amount_paid for claim in remitted) - kept
    # A payer never sends a negative payment: it moves the rest into the future (PLB FB).
    plb = [*plb, total] if total < 0 else plb
    pairs = tuple(r.plb("FB", str(Decimal(amount) / 100), f"R{n}") for n, amount in enumerate(plb))
    paid = str(Decimal(max(total, 0)) / 100)
    content = r.content(paid, *remitted, adjustments=pairs, trace_number=f"TRACE{next(NUMBERS)}")
    row = r.posted(north, content)
    # Nothing paid and all taken off is a person's decision.
    for waiting in row.claims.exclude(state="posted"):
        assert (waiting.amount_paid, waiting.exception_code) == (0, "policy_zero_paid")
        release_claim(waiting, reason="It is a price", by=ben)
    row.refresh_from_db()
    assert row.state == "posted"
    assert_ledger(north)
    charges = {claim.patient_control_number: claim.amount_billed for claim in ours}
    expected = expected_balances(content, charges)
    assert {c.patient_control_number: book_of(c) for c in ours} == {
        number: expected[number] for number in charges
    }
