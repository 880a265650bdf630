"""SQL and the pure rules agree; and only PR ever grows what patients owe."""

from decimal import Decimal
from itertools import count
from typing import Any

from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing import policies
from billing.actions.postings import post_remittance
from billing.models import Adjustment, Claim, Posting, PostingRule, RemittedClaim
from billing.rules.policy import AdjustmentFact, PolicyFacts, decide
from payers.models import Treatment
from payers.rules.treatment import treat
from rcm.models import Practice, User
from rcm.money import to_cents
from tests import make
from tests.billing import remitting as r
from tests.billing.books import assert_ledger, charge
from tests.billing.ruling import make_rule

NUMBERS = count(1)
CODES = [("CO", "45"), ("CO", "97"), ("CO", "24"), ("OA", "18"), ("PR", "1"), ("PR", "96")]
CODES += [("CO", "B13"), ("OA", "23"), ("PI", "45"), ("CO", "ZZ9")]
SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
amounts = st.integers(min_value=-500, max_value=3000)
triplets = st.lists(st.tuples(st.sampled_from(CODES), amounts), max_size=3)
# Whether the rest is paid or taken off by one more code decides how often nothing is paid.
told_claims = st.tuples(
    st.integers(min_value=1, max_value=4000),
    triplets,
    st.sampled_from([None, None, ("CO", "45"), ("PR", "1"), ("CO", "97")]),
    st.sampled_from(["1", "1", "4", "2"]),
)
ends = st.none() | st.integers(min_value=0, max_value=2500)


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Any]:
    """Any rule the database lets in."""
    group, reason = draw(st.sampled_from(CODES))
    scope = draw(st.sampled_from(["adjustment", "adjustment", "zero_paid"]))
    action = draw(st.sampled_from(["hold", "hold", "post", "transfer", "write_off", "route"]))
    action = "hold" if scope == "zero_paid" and action not in ("hold", "post") else action
    if action == "transfer":
        group = "PR"
    elif action == "write_off":
        group = group if group in ("CO", "OA", "PI") else "CO"
    else:
        group, reason = draw(st.sampled_from([group, ""])), draw(st.sampled_from([reason, ""]))
    low, high = draw(ends), draw(ends)
    if low is not None and high is not None and low > high:
        low, high = high, low
    return {
        "scope": scope,
        "action": action,
        "group": group,
        "reason": reason,
        "amount_from": None if low is None else Decimal(low) / 100,
        "amount_to": None if high is None else Decimal(high) / 100,
        "is_of_payer": draw(st.booleans()),
        "priority": draw(st.integers(min_value=0, max_value=1)),
        "team": "Appeals" if action == "route" else "",
    }


def told(claim: Claim, triplets: list, rest: tuple[str, str] | None, status: str) -> Any:
    """A balanced CLP; with `rest` nothing is paid."""
    billed = to_cents(claim.amount_billed)
    left = billed - sum(amount for _, amount in triplets)
    found = [*triplets, (rest, left)] if rest else triplets
    paid = 0 if rest else left
    cas = [f"{group}-{reason} {Decimal(amount) / 100}" for (group, reason), amount in found]
    [line] = claim.lines.all()
    svc = r.line(
        "99213",
        str(claim.amount_billed),
        str(Decimal(paid) / 100),
        *cas,
        number=line.line_control_number,
    )
    number = claim.patient_control_number
    return r.clp(number, str(claim.amount_billed), str(Decimal(paid) / 100), svc, status=status)


def record(north: Practice, ben: User, mia: User, claims: list, made: list) -> Any:
    """Rules and a matched remittance."""
    PostingRule.objects.filter(practice=north).update(is_active=False)
    for fields in made:
        fields = dict(fields)
        payer = make.payer(north) if fields.pop("is_of_payer") else None
        approved_by = mia if fields["action"] == "write_off" else None
        make_rule(north, ben, payer=payer, approved_by=approved_by, **fields)
    remitted = []
    for billed, triplets, rest, status in claims:
        number = f"H{next(NUMBERS):06d}"
        ours = make.claim(
            north, ("99213", str(Decimal(billed) / 100)), patient_control_number=number
        )
        charge(ours)
        remitted.append(told(ours, triplets, rest, status))
    total = sum(claim.amount_paid for claim in remitted)
    plb = (r.plb("FB", str(Decimal(total) / 100)),) if total < 0 else ()
    paid = str(Decimal(max(total, 0)) / 100)
    trace = f"TRACE{next(NUMBERS)}"
    return r.recorded(north, r.content(paid, *remitted, adjustments=plb, trace_number=trace))


@settings(max_examples=25, deadline=None, suppress_health_check=SLOW)
@given(
    claims=st.lists(told_claims, min_size=1, max_size=4),
    made=st.lists(rules(), max_size=4),
)
def test_the_statement_finds_what_the_rules_say_of_every_claim(
    north: Practice, ben: User, mia: User, claims: list, made: list
) -> None:
    row = record(north, ben, mia, claims, made)
    with connection.cursor() as db:
        found = policies.find_decisions(db, row)
    known = policies.load_rules(north.pk)
    for claim in RemittedClaim.objects.filter(remittance=row).select_related("claim"):
        triplets = [
            AdjustmentFact(a.pk, a.group, a.reason, to_cents(a.amount))
            for a in Adjustment.objects.filter(remitted_claim=claim).order_by("pk")
        ]
        figures = (to_cents(claim.amount_billed), to_cents(claim.amount_paid))
        assert claim.claim is not None
        facts = PolicyFacts(claim.status_code, *figures, claim.claim.payer_id, triplets)
        wanted = decide(facts, known)
        assert found.held.get(claim.pk) == wanted.held
        if wanted.held is None:
            assert {a.id: found.kinds.get(a.id) for a in triplets if a.id in found.kinds} == (
                wanted.kinds
            )
            assert {a.id: found.teams[a.id] for a in triplets if a.id in found.teams} == (
                wanted.teams
            )


@settings(max_examples=25, deadline=None, suppress_health_check=SLOW)
@given(
    claims=st.lists(told_claims, min_size=1, max_size=3),
    made=st.lists(rules(), max_size=3),
)
def test_patients_owe_at_most_what_payers_left_to_them(
    north: Practice, ben: User, mia: User, claims: list, made: list
) -> None:
    """E8: whatever rules there are, a patient's balance grows by PR adjustments only."""
    row = post_remittance(record(north, ben, mia, claims, made))
    for move in Posting.objects.filter(remittance=row):
        if "patient_receivable" in (move.source, move.destination):
            adjustment = Adjustment.objects.get(pk=int(move.origin.partition(":adj:")[2]))
            assert adjustment.group == "PR"
        if "write_off" in (move.source, move.destination):
            adjustment = Adjustment.objects.get(pk=int(move.origin.partition(":adj:")[2]))
            approved = PostingRule.objects.filter(
                is_active=True,
                action="write_off",
                group=adjustment.group,
                reason=adjustment.reason,
                approved_by=mia,
            )
            assert approved.exists()
    assert_ledger(north, unapplied=str(waiting_money()))


def waiting_money() -> Decimal:
    """Paid on claims of all examples that a rule holds."""
    waiting = RemittedClaim.objects.exclude(state="posted")
    return sum((claim.amount_paid for claim in waiting), Decimal("0.00"))


@given(
    group=st.sampled_from(["CO", "PR", "OA", "PI", "CR", ""]),
    reason=st.sampled_from([str(number) for number in range(1, 320)] + ["A0", "B13", "ZZ9"]),
    kind=st.sampled_from(Treatment.Kind.values),
)
def test_no_treatment_makes_another_group_the_patients(group: str, reason: str, kind: Any) -> None:
    for overrides in ({}, {(group, reason): kind}):
        found = treat(group, reason, overrides)
        assert found != "patient" or group == "PR"
        assert found != "write_off"
