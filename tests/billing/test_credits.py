"""Credit balances: whose, since when, until when; computed from the moves."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from billing.credits import credit_of, credits_of, owner_payers
from billing.models import Claim, Refund
from billing.rules import refunds as rules
from rcm.models import Practice, User
from tests import make
from tests.billing.books import charge
from tests.billing.crediting import DAY, move, overpaid, overpaid_by_patient, unpaid

D = Decimal


def test_the_clock_runs_sixty_days() -> None:
    assert rules.due_on(date(2026, 11, 1)) == date(2026, 12, 31)


@pytest.mark.parametrize(("amount", "is_large"), [("100.00", False), ("100.01", True)])
def test_the_limit_itself_needs_nobody(amount: str, is_large: bool) -> None:
    assert rules.needs_approval(D(amount), D(100)) is is_large


def test_a_credit_belongs_to_the_payer_whose_account_is_below_zero(north: Practice) -> None:
    claim = overpaid(north)
    [credit] = credits_of(north.pk)
    assert (credit.claim_id, credit.account) == (claim.pk, "primary_receivable")
    assert (credit.owner, credit.amount, credit.free) == ("payer", D("80.00"), D("80.00"))
    assert (credit.identified_on, credit.due_on) == (DAY, DAY + timedelta(days=60))
    pair = (claim.pk, credit.account)
    assert owner_payers([(claim, credit.account)]) == {pair: claim.payer}


def test_a_credit_of_the_patients_account_belongs_to_the_patient(north: Practice) -> None:
    overpaid_by_patient(north)
    [credit] = credits_of(north.pk)
    assert (credit.account, credit.owner, credit.amount) == (
        "patient_receivable",
        "patient",
        D("30.00"),
    )


def test_what_is_owed_or_settled_is_no_credit(north: Practice) -> None:
    claim = unpaid(north)
    move(claim, "primary_receivable", "cash", "165.00")
    unpaid(north)
    assert credits_of(north.pk) == []


def test_the_clock_starts_on_the_day_the_account_stayed_below_zero(north: Practice) -> None:
    claim = overpaid(north, on=date(2026, 11, 5))
    move(claim, "cash", "primary_receivable", "80.00", date(2026, 11, 7))
    move(claim, "primary_receivable", "cash", "10.00", date(2026, 11, 9))
    move(claim, "primary_receivable", "cash", "5.00", date(2026, 11, 12))
    [credit] = credits_of(north.pk)
    assert (credit.amount, credit.identified_on) == (D("15.00"), date(2026, 11, 9))


def test_a_reversal_and_its_correction_on_one_day_do_not_restart_the_clock(north: Practice) -> None:
    claim = overpaid(north, on=date(2026, 11, 5))
    move(claim, "cash", "primary_receivable", "245.00", date(2026, 11, 8))
    move(claim, "primary_receivable", "cash", "245.00", date(2026, 11, 8))
    assert credits_of(north.pk)[0].identified_on == date(2026, 11, 5)


def test_a_replaced_claim_is_netted_with_its_replacement(north: Practice) -> None:
    """Replacing swaps the charge back, so the paid original alone would be a credit."""
    original = unpaid(north)
    move(original, "primary_receivable", "cash", "100.00")
    move(original, "primary_receivable", "revenue", "165.00")
    assert credits_of(north.pk)[0].amount == D("100.00")
    replacement = make.claim(
        north,
        encounter=original.encounter,
        frequency="7",
        replaces=original,
    )
    charge(replacement)
    assert credits_of(north.pk) == []
    move(replacement, "primary_receivable", "cash", "165.00")
    [credit] = credits_of(north.pk)
    assert (credit.claim_id, credit.amount) == (original.pk, D("100.00"))
    assert set(credit.claims) == {original.pk, replacement.pk}
    assert credit_of(replacement, "primary_receivable") == credit


def test_another_payer_of_the_visit_is_not_netted(north: Practice) -> None:
    """A voided claim that was paid stays a credit although the visit went to another payer."""
    voided = unpaid(north)
    move(voided, "primary_receivable", "cash", "100.00")
    move(voided, "primary_receivable", "revenue", "165.00")
    Claim.objects.filter(pk=voided.pk).update(status="voided")
    other = make.payer(north, name="Second", payer_id="SECND", trace_identifier="1888888888")
    anew = make.claim(north, encounter=voided.encounter, payer=other)
    charge(anew)
    [credit] = credits_of(north.pk)
    assert (credit.claim_id, credit.amount) == (voided.pk, D("100.00"))


def test_a_credit_of_the_second_payer_names_it(north: Practice) -> None:
    claim = unpaid(north)
    second = make.payer(north, name="Second", payer_id="SECND", trace_identifier="1888888888")
    make.coverage(claim.patient, payer=second, rank="S", member_id="S1")
    move(claim, "primary_receivable", "cash", "165.00")
    move(claim, "secondary_receivable", "cash", "12.00")
    [credit] = credits_of(north.pk)
    pair = (claim, credit.account)
    assert owner_payers([pair]) == {(claim.pk, "secondary_receivable"): second}


def test_what_is_asked_for_is_no_longer_free(north: Practice, ben: User) -> None:
    claim = overpaid(north)
    Refund.objects.create(
        practice=north,
        claim=claim,
        account="primary_receivable",
        owner="payer",
        kind="refund",
        amount=D("50.00"),
        reason="Paid twice",
        state="approved",
        needs_approval=False,
        requested_by=ben,
    )
    [credit] = credits_of(north.pk)
    assert (credit.amount, credit.reserved, credit.free) == (D("80.00"), D("50.00"), D("30.00"))


def test_credits_of_another_practice_are_not_seen(north: Practice, south: Practice) -> None:
    overpaid(north)
    assert credits_of(south.pk) == []


def test_all_credits_are_read_in_two_statements(
    north: Practice, django_assert_num_queries: object
) -> None:
    for _ in range(5):
        overpaid(north)
    with django_assert_num_queries(2):  # type: ignore[operator]  # fixture
        assert len(credits_of(north.pk)) == 5
