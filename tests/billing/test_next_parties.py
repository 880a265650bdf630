"""The next step after real postings, for lists; its statement agrees with the pure rule."""

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.actions.takebacks import reverse_remittance
from billing.models import Claim, Posting
from billing.next_parties import StepRows, StepTotal, claims_at, step_totals, steps_of
from rcm.models import Practice, User
from rcm.x12.remittance_835 import Party, Remark
from tests import make
from tests.billing import remitting as r
from tests.billing.books import assert_ledger, book_of, charge

TODAY = date(2026, 11, 23)
D = Decimal
SHARE = ("145.00", "PR-2 20.00")
MEDIGAP = Party("TT", "2", "MEDIGAP PLAN", "", "", "", "PI", "MEDIG")


def charged(practice: Practice, **changes: Any) -> Claim:
    claim = make.claim(practice, **changes)
    charge(claim)
    return claim


def secondary(claim: Claim, **changes: Any) -> None:
    other = make.payer(
        claim.practice,
        payer_id="MEDIG",
        name="Medigap",
        short_name="Medigap",
        trace_identifier="1888888888",
    )
    make.coverage(claim.patient, payer=other, rank="S", member_id="MG1", **changes)


def pay(claim: Claim, *lines: tuple[str, ...], trace: str = "CHECK1", **changes: Any) -> Any:
    told = r.echo(claim, *lines, **changes)
    head = {"trace_number": trace, "method": "CHK"}
    return r.posted(claim.practice, r.content(str(D(told.amount_paid) / 100), told, **head))


def code_of(claim: Claim) -> str:
    return steps_of(claim.practice_id, [claim.pk], TODAY)[claim.pk].code


def test_paid_in_full_is_closed(north: Practice) -> None:
    claim = charged(north)
    assert code_of(claim) == "undecided"
    pay(claim, ("72.00", "CO-45 93.00"))
    assert code_of(claim) == "closed"


def test_a_denied_or_short_claim_is_owed_by_the_payer(north: Practice) -> None:
    claim = charged(north)
    pay(claim, ("72.00", "CO-45 73.00", "CO-97 20.00"))
    step = steps_of(north.pk, [claim.pk], TODAY)[claim.pk]
    assert (step.code, step.amount) == ("payer_owes", 2000)
    assert step.sentence == "Unified still owes $20.00: denied or paid short."


def test_a_share_without_another_coverage_is_the_patients(north: Practice) -> None:
    claim = charged(north)
    pay(claim, SHARE)
    assert code_of(claim) == "patient_share"


def test_a_share_with_a_secondary_coverage_is_due_there(north: Practice) -> None:
    claim = charged(north)
    secondary(claim)
    pay(claim, SHARE)
    assert book_of(claim)["secondary_receivable"] == D("20.00")
    assert code_of(claim) == "secondary_due"


def test_a_coverage_found_later_goes_before_the_patient(north: Practice) -> None:
    claim = charged(north)
    pay(claim, SHARE)
    secondary(claim)
    assert book_of(claim)["patient_receivable"] == D("20.00")
    assert code_of(claim) == "secondary_due"


def test_a_coverage_of_another_time_is_not_asked(north: Practice) -> None:
    claim = charged(north)
    secondary(claim, starts_on=date(2026, 11, 3))
    pay(claim, SHARE)
    assert code_of(claim) == "patient_share"


def test_a_secondary_claim_that_exists_is_not_due_again(north: Practice) -> None:
    claim = charged(north)
    secondary(claim)
    pay(claim, SHARE)
    later = make.claim(north, encounter=claim.encounter, rank="S", payer=claim.payer)
    assert code_of(claim) == "secondary_sent"
    later.status = "voided"
    later.save()
    assert code_of(claim) == "secondary_due"


CROSSOVERS: list[dict[str, Any]] = [
    {"status": "19"},
    {"outpatient": ("", "", "MA18")},
    {"outpatient": ("", "", "MA01", "N89")},
    {"parties": (Party("QC", "1", "OKAFOR", "DENISE", "", "", "MI", "UC10000001"), MEDIGAP)},
]


@pytest.mark.parametrize("told", CROSSOVERS)
@pytest.mark.parametrize("is_known", [True, False])
def test_a_forwarded_claim_waits_and_is_never_due(
    north: Practice, told: dict[str, Any], is_known: bool
) -> None:
    claim = charged(north)
    if is_known:
        secondary(claim)
    pay(claim, SHARE, **told)
    assert book_of(claim)["secondary_receivable"] == D("20.00")
    assert "patient_receivable" not in book_of(claim)
    step = steps_of(north.pk, [claim.pk], TODAY)[claim.pk]
    assert (step.code, step.ask_on) == ("crossover_waiting", date(2026, 12, 20))
    assert ("MEDIGAP PLAN" in step.sentence) == ("parties" in told)
    assert set(step_totals(north.pk)) == {"crossover_waiting"}


def test_a_remark_of_a_line_forwards_too(north: Practice) -> None:
    claim = charged(north)
    [own] = claim.lines.all()
    svc = r.line(
        "99213",
        "165.00",
        *SHARE,
        number=own.line_control_number,
        remarks=(Remark("HE", "MA18"),),
    )
    told = r.clp(claim.patient_control_number, "165.00", "145.00", svc)
    r.posted(north, r.content("145.00", told))
    assert book_of(claim)["secondary_receivable"] == D("20.00")
    assert code_of(claim) == "crossover_waiting"


def answer_of_medigap(claim: Claim, paid: str, *adjustments: str, status: str = "2") -> Any:
    """The crossover payer's payment, under the number of the primary claim."""
    [own] = claim.lines.all()
    svc = r.line("99213", "165.00", paid, *adjustments, number=own.line_control_number)
    sign = ""
    if status == "22":
        back = [f"{text.split()[0]} -{text.split()[1]}" for text in adjustments]
        svc = r.line("99213", "-165.00", f"-{paid}", *back, number=own.line_control_number)
        sign = "-"
    told = r.clp(claim.patient_control_number, f"{sign}165.00", f"{sign}{paid}", svc, status=status)
    plb = (r.plb("FB", f"-{paid}"),) if sign else ()
    return r.posted(
        claim.practice,
        r.content(
            "0.00" if sign else paid,
            told,
            adjustments=plb,
            trace_number=f"MG{status}",
            payer_identifier="1888888888",
            payer_name="MEDIGAP",
        ),
    )


def test_the_crossover_payers_money_pays_its_own_share(north: Practice) -> None:
    claim = charged(north)
    secondary(claim)
    pay(claim, SHARE, status="19")
    answer_of_medigap(claim, "15.00", "OA-23 145.00", "PR-2 5.00")
    assert book_of(claim) == {
        "revenue": D("-165.00"),
        "unapplied": D("160.00"),
        "patient_receivable": D("5.00"),
    }
    assert code_of(claim) == "patient_share"
    answer_of_medigap(claim, "15.00", "OA-23 145.00", "PR-2 5.00", status="22")
    assert book_of(claim)["secondary_receivable"] == D("20.00")
    assert "patient_receivable" not in book_of(claim)
    assert code_of(claim) == "crossover_waiting"
    assert_ledger(north)


def test_what_the_crossover_payer_denies_it_owes(north: Practice) -> None:
    claim = charged(north)
    secondary(claim)
    pay(claim, SHARE, status="19")
    answer_of_medigap(claim, "0.00", "OA-23 145.00", "CO-29 20.00")
    step = steps_of(north.pk, [claim.pk], TODAY)[claim.pk]
    assert step.sentence == "The secondary payer still owes $20.00: denied or paid short."


def test_a_reversal_turns_the_step_back_and_a_correction_forward(north: Practice) -> None:
    claim = charged(north)
    pay(claim, SHARE, status="19")
    back = r.echo(claim, SHARE, status="22")
    r.posted(
        north, r.content("0.00", back, adjustments=(r.plb("FB", "-145.00"),), trace_number="C2")
    )
    assert book_of(claim) == {"revenue": D("-165.00"), "primary_receivable": D("165.00")}
    step = steps_of(north.pk, [claim.pk], TODAY)[claim.pk]
    assert step.sentence == "The payer took its decision back; a new one is expected."
    pay(claim, ("145.00", "PR-2 20.00"), trace="C3")
    assert code_of(claim) == "patient_share"
    assert_ledger(north)


def test_taking_the_posting_back_turns_the_step_back(north: Practice, ben: User) -> None:
    claim = charged(north)
    row = pay(claim, SHARE)
    reverse_remittance(row, reason="Wrong account", by=ben)
    assert code_of(claim) == "undecided"


def test_more_than_was_owed_is_a_credit(north: Practice) -> None:
    claim = charged(north)
    pay(claim, ("165.00",))
    pay(claim, ("165.00",), trace="CHECK2")
    assert steps_of(north.pk, [claim.pk], TODAY)[claim.pk][:2] == ("credit", 16500)


def test_a_replaced_claim_is_in_no_list(north: Practice) -> None:
    claim = charged(north)
    pay(claim, ("0.00", "CO-97 165.00"))
    make.claim(north, encounter=claim.encounter, replaces=claim, frequency="7")
    assert step_totals(north.pk)["replaced"].claims == 1
    assert "payer_owes" not in step_totals(north.pk)


def test_lists_count_and_add_up_in_a_constant_number_of_statements(north: Practice) -> None:
    claims = [charged(north) for _ in range(3)]
    for number, claim in enumerate(claims):
        pay(claim, SHARE, trace=f"C{number}")
    with CaptureQueriesContext(connection) as seen:
        totals = step_totals(north.pk)
        rows = StepRows(north.pk, "patient_share", TODAY, totals["patient_share"].claims)
        shown = rows[1:3]
    assert len(seen) == 2
    assert totals == {"patient_share": StepTotal(3, D("60.00"))}
    assert [pk for pk, _ in shown] == [claims[1].pk, claims[2].pk]
    assert claims_at(north.pk, "closed", TODAY, 0, 10) == {}


def test_another_practices_claims_are_not_counted(north: Practice, south: Practice) -> None:
    claim = charged(north)
    pay(claim, SHARE)
    assert step_totals(south.pk) == {}
    assert steps_of(south.pk, [claim.pk], TODAY) == {}


cents = st.integers(min_value=-2, max_value=2)
situations = st.fixed_dictionaries(
    {
        "moves": st.tuples(cents, cents, cents, cents),
        "rank": st.sampled_from("PST"),
        "coverages": st.sets(st.sampled_from("ST")),
        "others": st.dictionaries(st.sampled_from("ST"), st.booleans()),
        "answers": st.lists(st.sampled_from(["1", "19", "2", "20", "3", "MA18"]), max_size=3),
        "is_replaced": st.booleans(),
    }
)
ACCOUNTS = [f"{rank}_receivable" for rank in ("primary", "secondary", "tertiary", "patient")]


def make_situation(north: Practice, told: dict[str, Any], number: int) -> Claim:
    """Rows as they could stand after any history; not all of them happen."""
    claim = make.claim(north, rank=told["rank"], adjudicated_at="2026-11-20T12:00:00Z")
    for rank in told["coverages"] - {told["rank"]}:
        payer = make.payer(north, payer_id=f"PAYER{rank}", name=rank, short_name=rank)
        make.coverage(claim.patient, payer=payer, rank=rank)
    for rank, is_answered in told["others"].items():
        if rank != told["rank"]:
            when = "2026-11-20T12:00:00Z" if is_answered else None
            make.claim(north, encounter=claim.encounter, rank=rank, adjudicated_at=when)
    if told["is_replaced"]:
        make.claim(north, encounter=claim.encounter, rank=told["rank"], replaces=claim)
    for account, amount in zip(ACCOUNTS, told["moves"], strict=True):
        if amount:
            ends = ("revenue", account) if amount > 0 else (account, "revenue")
            Posting.objects.create(
                practice=north,
                source=ends[0],
                destination=ends[1],
                amount=abs(amount),
                claim=claim,
                origin=f"{account}:{claim.pk}",
                posted_on=TODAY,
            )
    for position, answer in enumerate(told["answers"]):
        make_answer(claim, answer, f"{number}-{position}")
    return claim


def make_answer(claim: Claim, answer: str, trace: str) -> None:
    """A posted decision: of the claim's payer for status 1, of somebody else otherwise."""
    from billing.models import Remittance, RemittedClaim

    own = answer in ("1", "19", "MA18")
    file = make.interchange_file(claim.practice, f"{claim.pk}-{trace}".encode())
    row = Remittance.objects.create(
        practice=claim.practice,
        file=file,
        transaction_number="1",
        payer=claim.payer if own else None,
        payer_identifier="1",
        trace_number=f"{claim.pk}-{trace}",
        paid_on=TODAY,
        amount_paid=0,
        state="posted",
    )
    RemittedClaim.objects.create(
        practice=claim.practice,
        remittance=row,
        position=1,
        patient_control_number=claim.patient_control_number,
        status_code="1" if answer == "MA18" else answer,
        remarks=["MA18"] if answer == "MA18" else [],
        amount_billed=claim.amount_billed,
        amount_paid=0,
        claim=claim,
        state="posted",
    )


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(told=st.lists(situations, min_size=1, max_size=3))
def test_the_statement_and_the_rule_agree_in_any_situation(
    north: Practice, told: list[dict[str, Any]]
) -> None:
    before = step_totals(north.pk)
    claims = [make_situation(north, each, number) for number, each in enumerate(told)]
    found = steps_of(north.pk, [claim.pk for claim in claims], TODAY)
    wanted: Counter[str] = Counter()
    amounts: dict[str, Decimal] = {}
    for step in found.values():
        wanted[step.code] += 1
        amounts[step.code] = amounts.get(step.code, D(0)) + D(step.amount) / 100
    after = step_totals(north.pk)
    none = StepTotal(0, D(0))
    for code in {*wanted, *after}:
        was, now = before.get(code, none), after.get(code, none)
        others = sum(
            1
            for claim in Claim.objects.filter(encounter__in=[c.encounter_id for c in claims])
            if claim.pk not in found and claim.adjudicated_at and code == "undecided"
        )
        assert now.claims - was.claims == wanted[code] + others
        assert now.amount - was.amount == amounts.get(code, D(0))
    for code in wanted:
        listed = claims_at(north.pk, code, TODAY, 0, 1000)
        assert {pk for pk, step in found.items() if step.code == code} <= set(listed)
