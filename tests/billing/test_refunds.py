"""Refunds and offsets: asked for, approved, paid, undone; never more than the credit."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from billing import ledger
from billing.actions.refunds import approve, cancel, decline, pay, request_refund
from billing.credits import credits_of
from billing.models import Claim, Posting, Refund
from rcm import access
from rcm.errors import Refusal
from rcm.models import Event, Practice, Role, User
from tests import make
from tests.billing.books import assert_ledger, book_of
from tests.billing.crediting import move, overpaid, overpaid_by_patient, unpaid

D = Decimal
PRIMARY = "primary_receivable"


def ask(
    claim: Claim,
    by: User,
    amount: str = "80.00",
    *,
    account: str = PRIMARY,
    kind: str = "refund",
    target: Claim | None = None,
    reason: str = "Paid twice",
) -> Refund:
    return request_refund(
        claim, account=account, kind=kind, amount=D(amount), reason=reason, by=by, target=target
    )


def moves_of(refund: Refund) -> list[tuple[str, str, str, Decimal]]:
    rows = refund.moves().values_list("source", "destination", "origin", "amount")
    return [(s, d, origin.replace(str(refund.pk), "N"), amount) for s, d, origin, amount in rows]


def test_a_refund_up_to_the_limit_is_paid_without_a_second_person(
    north: Practice, ben: User
) -> None:
    claim = overpaid(north)
    refund = ask(claim, ben)
    assert (refund.state, refund.needs_approval, refund.owner) == ("approved", False, "payer")
    assert not refund.moves().exists()
    cash = ledger.account_balances(north)["cash"]
    paid = pay(refund, reference=" CHECK 9 ", by=ben)
    assert (paid.state, paid.reference, paid.paid_on) == ("paid", "CHECK 9", timezone.localdate())
    assert moves_of(paid) == [("cash", PRIMARY, "refund:N", D("80.00"))]
    assert ledger.account_balances(north)["cash"] == cash - D("80.00")
    assert PRIMARY not in book_of(claim)
    assert credits_of(north.pk) == []
    assert_ledger(north)
    names = (
        Event.objects.filter(subject_type="refund").order_by("pk").values_list("name", flat=True)
    )
    assert list(names) == ["refund.requested", "refund.paid"]


def test_a_refund_of_the_patient_leaves_the_payers_account_alone(
    north: Practice, ben: User
) -> None:
    claim = overpaid_by_patient(north)
    refund = pay(ask(claim, ben, "30.00", account="patient_receivable"), reference="CARD 1", by=ben)
    assert refund.owner == "patient"
    assert moves_of(refund) == [("cash", "patient_receivable", "refund:N", D("30.00"))]
    assert_ledger(north)
    with pytest.raises(Refusal, match="There is no credit on claim"):
        ask(claim, ben, "1.00")


def test_an_offset_lands_on_another_claim_of_the_same_payer(north: Practice, ben: User) -> None:
    claim, target = overpaid(north), unpaid(north)
    refund = ask(claim, ben, "80.00", kind="offset", target=target)
    assert (refund.state, refund.target_account) == ("approved", PRIMARY)
    pay(refund, by=ben)
    assert moves_of(refund) == [
        (PRIMARY, "unapplied", "refund:N:applied", D("80.00")),
        ("unapplied", PRIMARY, "refund:N", D("80.00")),
    ]
    assert book_of(target)[PRIMARY] == D("85.00")
    assert PRIMARY not in book_of(claim)
    assert_ledger(north)


def test_an_offset_of_the_patient_lands_on_the_patients_account(north: Practice, ben: User) -> None:
    claim = overpaid_by_patient(north)
    visit = make.encounter(north, patient=claim.patient, number="E-other")
    target = unpaid(north, encounter=visit)
    move(target, PRIMARY, "patient_receivable", "25.00")
    refund = ask(claim, ben, "25.00", account="patient_receivable", kind="offset", target=target)
    pay(refund, by=ben)
    assert "patient_receivable" not in book_of(target)
    assert book_of(claim)["patient_receivable"] == D("-5.00")
    assert_ledger(north)


def refused(code: str, call: object, *args: object, **kwargs: object) -> Refusal:
    """The refusal; nothing was written."""
    before = (Posting.objects.count(), list(Refund.objects.values_list("pk", "state")))
    with pytest.raises(Refusal) as caught:
        call(*args, **kwargs)  # type: ignore[operator]  # an action
    assert caught.value.code == code
    assert (Posting.objects.count(), list(Refund.objects.values_list("pk", "state"))) == before
    return caught.value


@pytest.mark.parametrize("amount", ["0.00", "-3000", "-0.01", "0.001"])
def test_an_amount_that_is_none_is_refused(north: Practice, ben: User, amount: str) -> None:
    found = refused("amount_wrong", ask, overpaid(north), ben, amount)
    assert found.message == "The amount must be dollars and cents above zero."


def test_more_than_the_credit_is_refused_to_the_cent(north: Practice, ben: User) -> None:
    claim = overpaid(north)
    found = refused("more_than_credit", ask, claim, ben, "80.01")
    assert found.message == "$80.00 of this credit is free, so $80.01 is too much."
    ask(claim, ben, "50.00")
    refused("more_than_credit", ask, claim, ben, "30.01")
    ask(claim, ben, "30.00")


def test_a_button_pressed_twice_asks_once(north: Practice, ben: User) -> None:
    claim = overpaid(north)
    first = ask(claim, ben, "30.00")
    found = refused("asked_already", ask, claim, ben, "30.00")
    assert found.message == (
        "$30.00 is asked for already and not paid yet. Finish or cancel that first."
    )
    assert Refund.objects.get() == first
    pay(first, reference="CHECK 9", by=ben)
    assert ask(claim, ben, "30.00").state == "approved"


def test_a_reason_is_needed(north: Practice, ben: User) -> None:
    refused("reason_missing", ask, overpaid(north), ben, reason=" ")


def test_a_target_must_be_another_claim_of_the_party_that_owes_enough(
    north: Practice, ben: User
) -> None:
    claim = overpaid(north)
    refused("target_missing", ask, claim, ben, kind="offset")
    refused("other_party", ask, claim, ben, kind="offset", target=claim)
    other = make.payer(north, name="Second", payer_id="SECND", trace_identifier="1888888888")
    refused("other_party", ask, claim, ben, kind="offset", target=unpaid(north, payer=other))
    poor = unpaid(north)
    move(poor, PRIMARY, "contractual", "100.00")
    found = refused("not_owed", ask, claim, ben, kind="offset", target=poor)
    assert found.message == f"$65.00 is owed on claim {poor}, less than $80.00."
    by_patient = overpaid_by_patient(north)
    refused(
        "other_party",
        ask,
        by_patient,
        ben,
        "5.00",
        account="patient_receivable",
        kind="offset",
        target=unpaid(north),
    )


def test_above_the_limit_another_manager_decides(north: Practice, ben: User, mia: User) -> None:
    refund = ask(overpaid(north, "100.01"), ben, "100.01")
    assert (refund.state, refund.needs_approval) == ("requested", True)
    refused("refund_changed", pay, refund, reference="X", by=ben)
    assert (
        refused("not_allowed", approve, refund, by=ben).message == "A manager has to decide this."
    )
    done = approve(refund, by=mia)
    assert (done.state, done.decided_by) == ("approved", mia)
    pay(done, reference="CHECK 1", by=ben)
    assert_ledger(north)


def test_nobody_approves_what_he_asked_for(north: Practice, mia: User) -> None:
    refund = ask(overpaid(north, "500.00"), mia, "500.00")
    found = refused("own_request", approve, refund, by=mia)
    assert found.status == 403
    with pytest.raises(IntegrityError, match="refund_decided_by_another"), transaction.atomic():
        Refund.objects.filter(pk=refund.pk).update(decided_by=mia)
    with pytest.raises(IntegrityError, match="refund_approved_by_somebody"), transaction.atomic():
        Refund.objects.filter(pk=refund.pk).update(state="approved")
    other = make.member(north, Role.MANAGER, "max@example.test", "Max", "Ek")
    assert approve(refund, by=other).state == "approved"


def test_declining_needs_a_reason_and_frees_the_credit(
    north: Practice, ben: User, mia: User
) -> None:
    refund = ask(overpaid(north, "500.00"), ben, "500.00")
    refused("reason_missing", decline, refund, note="", by=mia)
    done = decline(refund, note="Wrong payer", by=mia)
    assert (done.state, done.decision_note) == ("declined", "Wrong payer")
    assert credits_of(north.pk)[0].free == D("500.00")
    refused("refund_changed", approve, refund, by=mia)


def test_the_limit_is_a_setting(north: Practice, ben: User, settings: object) -> None:
    settings.REFUND_APPROVAL_LIMIT = 10  # type: ignore[attr-defined]  # fixture
    assert ask(overpaid(north), ben, "10.00").state == "approved"
    assert ask(overpaid(north), ben, "10.01").state == "requested"


def test_a_refund_needs_a_reference_and_a_day_that_has_come(north: Practice, ben: User) -> None:
    refund = ask(overpaid(north), ben)
    found = refused("reference_missing", pay, refund, by=ben)
    assert found.fields == {"reference": "Give the check or reference number."}
    tomorrow = timezone.localdate() + timedelta(days=1)
    refused("day_to_come", pay, refund, reference="X", paid_on=tomorrow, by=ben)


def test_a_credit_that_shrank_is_not_paid_out_anyway(north: Practice, ben: User) -> None:
    claim = overpaid(north)
    refund = ask(claim, ben)
    move(claim, "cash", PRIMARY, "0.01")
    found = refused("more_than_credit", pay, refund, reference="X", by=ben)
    assert found.message == "$79.99 of this credit is left, less than the amount."


def test_a_target_that_was_paid_meanwhile_takes_no_offset(north: Practice, ben: User) -> None:
    claim, target = overpaid(north), unpaid(north)
    refund = ask(claim, ben, kind="offset", target=target)
    move(target, PRIMARY, "cash", "165.00")
    refused("not_owed", pay, refund, by=ben)


@pytest.mark.parametrize("kind", ["refund", "offset"])
def test_undoing_moves_back_what_was_moved(north: Practice, ben: User, kind: str) -> None:
    claim, target = overpaid(north), unpaid(north)
    before = ledger.account_balances(north)
    refund = ask(claim, ben, kind=kind, target=target if kind == "offset" else None)
    pay(refund, reference="X", by=ben)
    done = cancel(refund, by=ben)
    assert done.state == "cancelled"
    after = {name: amount for name, amount in ledger.account_balances(north).items() if amount}
    assert after == before
    assert book_of(claim)[PRIMARY] == D("-80.00")
    assert book_of(target)[PRIMARY] == D("165.00")
    assert all(row.reversed_by for row in done.moves().filter(reverses=None))
    assert Posting.objects.filter(origin=f"refund:{refund.pk}:reversed").count() == 1
    assert_ledger(north)
    refused("refund_changed", cancel, refund, by=ben)
    assert credits_of(north.pk)[0].free == D("80.00")


def test_undoing_what_was_only_asked_for_moves_nothing(north: Practice, ben: User) -> None:
    before = ask(overpaid(north), ben)
    count = Posting.objects.count()
    assert cancel(before, by=ben).state == "cancelled"
    assert Posting.objects.count() == count


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"amount": D("0.00")}, "refund_amount_positive"),
        ({"owner": "patient"}, "refund_owner_fits_account"),
        ({"account": "cash"}, "refund_owner_fits_account"),
        ({"kind": "offset"}, "refund_offset_has_target"),
        ({"state": "paid"}, "refund_paid_has_day"),
        ({"state": "gone"}, "refund_state_known"),
    ],
)
def test_the_database_refuses_a_senseless_refund(
    north: Practice, ben: User, changes: dict[str, object], name: str
) -> None:
    refund = ask(overpaid(north), ben)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Refund.objects.filter(pk=refund.pk).update(**changes)
    with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
        refund.delete()


def test_a_refund_never_names_a_claim_of_another_practice(
    north: Practice, south: Practice, ben: User
) -> None:
    claim = overpaid(north)
    refund = ask(claim, ben, "50.00")
    access.open_walls([south.pk])
    foreign = overpaid(south)
    access.open_walls([north.pk, south.pk])
    with (
        pytest.raises(IntegrityError, match="refers to no row of this practice"),
        transaction.atomic(),
    ):
        Refund.objects.filter(pk=refund.pk).update(claim=foreign)
    access.open_walls([north.pk])
    refused("target_missing", ask, claim, ben, "1.00", kind="offset", target=foreign)


@pytest.fixture
def committed(transactional_db: None) -> tuple[int, int, int]:
    """Practice, claim with a credit of 80.00, and a biller."""
    practice = make.practice()
    with access.acting_in(practice.pk):
        claim = overpaid(practice)
        ben = make.member(practice, Role.BILLER, "ben@example.test", "Ben", "Carver")
    return practice.pk, claim.pk, ben.pk


def test_four_people_at_once_get_no_more_than_the_credit(committed: tuple[int, int, int]) -> None:
    practice_id, claim_id, ben_id = committed

    def ask_and_pay(_: int) -> bool:
        try:
            with access.acting_in(practice_id):
                by = User.objects.get(pk=ben_id)
                refund = ask(Claim.objects.get(pk=claim_id), by, "50.00")
                pay(refund, reference="X", by=by)
        except Refusal:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(ask_and_pay, range(4))) == [False, False, False, True]
    with access.acting_in(practice_id):
        assert book_of(Claim.objects.get(pk=claim_id))[PRIMARY] == D("-30.00")


def test_one_refund_is_paid_once(committed: tuple[int, int, int]) -> None:
    practice_id, claim_id, ben_id = committed
    with access.acting_in(practice_id):
        refund_id = ask(Claim.objects.get(pk=claim_id), User.objects.get(pk=ben_id), "20.00").pk

    def pay_it(_: int) -> bool:
        try:
            with access.acting_in(practice_id):
                refund = Refund.objects.get(pk=refund_id)
                pay(refund, reference="X", by=User.objects.get(pk=ben_id))
        except Refusal:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(pay_it, range(4))) == [False, False, False, True]
