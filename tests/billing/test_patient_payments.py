"""Payments of patients: once per key, oldest visit first, to the cent, and back again."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.account_ledger import prepaid_of, visits_of
from billing.actions import patient_payments as actions
from billing.actions import patient_prepaid as prepaid
from billing.actions import patient_reversals as reversals
from billing.actions import refunds
from billing.actions.patient_payments import Money, owed_by
from billing.credits import credits_of
from billing.models import Claim, PatientMove, PatientPayment, Posting
from billing.rules.allocation import Wrong, allocate, check_allocation, spread
from rcm.errors import Refusal
from rcm.models import Event, Practice, Role, User
from tests import make
from tests.billing.books import charge
from tests.billing.patients import book, pay, share

D = Decimal


def owed(claim: Claim) -> dict[int, Decimal]:
    return owed_by(claim.patient).visits


def refused(call: object, code: str, message: str) -> None:
    """Refused with these words, and nothing is written."""
    before = (PatientPayment.objects.count(), Posting.objects.count(), Event.objects.count())
    with pytest.raises(Refusal, match=message) as told, transaction.atomic():
        call()  # type: ignore[operator]  # any call of an action
    assert told.value.code == code
    after = (PatientPayment.objects.count(), Posting.objects.count(), Event.objects.count())
    assert after == before


def test_the_oldest_visit_is_paid_first_and_the_rest_is_prepaid() -> None:
    owed = [(1, D("20.00")), (2, D("30.00"))]
    assert allocate(D("25.00"), owed) == ({1: D("20.00"), 2: D("5.00")}, D("0.00"))
    assert allocate(D("60.00"), owed) == ({1: D("20.00"), 2: D("30.00")}, D("10.00"))


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({1: "-1.00"}, "A part of a payment is dollars and cents above zero."),
        ({1: "1.001"}, "A part of a payment is dollars and cents above zero."),
        ({1: "20.01"}, "$20.00 is owed for this visit, less than $20.01."),
        ({3: "1.00"}, "$0.00 is owed for this visit, less than $1.00."),
        ({1: "20.00", 2: "5.01"}, "The parts are $25.01, more than the payment of $25.00."),
    ],
)
def test_a_chosen_allocation_that_cannot_be_is_refused(parts: dict[int, str], message: str) -> None:
    wanted = {visit: D(part) for visit, part in parts.items()}
    with pytest.raises(Wrong) as told:
        check_allocation(D("25.00"), wanted, {1: D("20.00"), 2: D("30.00")})
    assert str(told.value) == message


def test_a_visit_in_parts_is_paid_claim_by_claim() -> None:
    claims = [(1, D("10.00")), (2, D("-4.00")), (3, D("5.00"))]
    assert spread(D("11.00"), claims) == [(1, D("10.00")), (3, D("1.00"))]
    with pytest.raises(Wrong, match="owe less"):
        spread(D("15.01"), claims)


def test_a_payment_goes_to_the_oldest_visit_and_the_ledger_stays_zero(
    north: Practice, ben: User
) -> None:
    today = timezone.localdate()
    new = share(north, "30.00", served=today - timedelta(days=20))
    old = share(north, "20.00", patient=new.patient, served=today - timedelta(days=60))
    payment = pay(new.patient, "25.00", ben, method="check", reference=" 1041 ")
    assert owed(new) == {new.encounter_id: D("25.00")}
    moves = Posting.objects.filter(patient_move__payment=payment).order_by("pk")
    assert [(m.source, m.destination, m.claim_id, m.amount, m.origin) for m in moves] == [
        (
            "patient_receivable",
            "cash",
            claim.pk,
            D(amount),
            f"patient_payment:{payment.pk}:claim:{claim.pk}",
        )
        for claim, amount in ((old, "20.00"), (new, "5.00"))
    ]
    assert payment.shown_method == "Check 1041"
    assert sum(book(north).values()) == 0
    event = Event.objects.get(name="patient_payment.taken")
    assert (event.patient_id, event.data) == (new.patient_id, {"amount": "25.00"})


def test_a_person_may_pay_the_newer_visit_first(north: Practice, ben: User) -> None:
    new = share(north, "30.00")
    old = share(north, "20.00", patient=new.patient)
    pay(new.patient, "25.00", ben, parts={new.encounter_id: "25.00"})
    assert owed(new) == {old.encounter_id: D("20.00"), new.encounter_id: D("5.00")}


def test_more_than_owed_is_prepaid_by_that_patient(north: Practice, ben: User) -> None:
    claim = share(north, "20.00")
    pay(claim.patient, "50.00", ben)
    assert owed(claim) == {}
    assert prepaid_of(claim.patient) == D("30.00")
    assert prepaid_of(make.patient(north)) == D("0.00")
    assert book(north)["patient_prepayment"] == D("-30.00")
    assert book(north)["cash"] == D("50.00")


def test_the_same_key_twice_is_one_payment(north: Practice, ben: User) -> None:
    claim = share(north, "20.00")
    first = pay(claim.patient, "20.00", ben, key="k1")
    events = Event.objects.count()
    assert pay(claim.patient, "20.00", ben, key="k1") == first
    assert (PatientPayment.objects.count(), PatientMove.objects.count()) == (1, 1)
    assert Event.objects.count() == events


def test_another_payment_under_the_same_key_is_refused(north: Practice, ben: User) -> None:
    claim = share(north, "20.00")
    pay(claim.patient, "20.00", ben, key="k1")
    message = "This payment was sent before with other facts. Open the form anew."
    for changes in ({"amount": "21.00"}, {"amount": "20.00", "reference": "7"}):
        amount = changes.pop("amount")
        refused(
            lambda amount=amount, changes=changes: pay(
                claim.patient, amount, ben, key="k1", **changes
            ),
            "payment_key_reused",
            message,
        )
    other = make.patient(north)
    refused(lambda: pay(other, "20.00", ben, key="k1"), "payment_key_reused", message)


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        ({"amount": "0.00"}, "amount_wrong", "dollars and cents above zero"),
        ({"amount": "-3000.00"}, "amount_wrong", "dollars and cents above zero"),
        ({"amount": "1.001"}, "amount_wrong", "dollars and cents above zero"),
        ({"amount": "1000000000.00"}, "amount_wrong", "No patient pays that much"),
        ({"method": "check"}, "reference_missing", "Give the check number."),
        ({"method": "card", "reference": " "}, "reference_missing", "Give the card reference."),
        ({"method": "barter"}, "method_unknown", "Choose how it was paid."),
        ({"days": 1}, "day_to_come", "The day is still to come."),
        ({"days": -9999}, "day_wrong", "more than 10 years ago"),
    ],
)
def test_what_no_payment_can_be_is_refused(
    north: Practice, ben: User, changes: dict[str, object], code: str, message: str
) -> None:
    claim = share(north, "20.00")
    day = timezone.localdate() + timedelta(days=int(str(changes.pop("days", 0))))
    fields = {"amount": "5.00", "paid_on": day} | changes
    amount = str(fields.pop("amount"))
    refused(lambda: pay(claim.patient, amount, ben, **fields), code, message)


@pytest.mark.parametrize("amount", ["0", "-5"])
def test_the_database_refuses_a_payment_not_above_zero(
    north: Practice, ben: User, amount: str
) -> None:
    with pytest.raises(DatabaseError, match="patient_payment_amount_positive"):
        PatientPayment.objects.create(
            practice=north,
            patient=make.patient(north),
            method="cash",
            amount=D(amount),
            paid_on=timezone.localdate(),
            key="k",
            body_sha256="0" * 64,
            taken_by=ben,
        )


def test_the_facts_of_a_payment_are_never_changed(north: Practice, ben: User) -> None:
    payment = pay(make.patient(north), "5.00", ben)
    for statement in (
        "UPDATE billing_patientpayment SET amount = 6",
        "DELETE FROM billing_patientpayment",
        "DELETE FROM billing_patientmove",
    ):
        with (
            pytest.raises(DatabaseError, match="never changed"),
            transaction.atomic(),
            connection.cursor() as db,
        ):
            db.execute(statement)
    payment.refresh_from_db()
    assert payment.amount == D("5.00")


def test_a_bounced_check_is_swapped_back_and_can_stand_again(north: Practice, ben: User) -> None:
    claim = share(north, "20.00")
    before = book(north)
    payment = pay(claim.patient, "50.00", ben, method="check", reference="1041")
    paid = book(north)
    reversals.reverse_payment(payment, reason="Check returned", by=ben)
    assert book(north) == before
    assert (owed(claim), prepaid_of(claim.patient)) == (
        {claim.encounter_id: D("20.00")},
        D("0.00"),
    )
    payment.refresh_from_db()
    assert (payment.is_reversed, payment.reversal_reason) == (True, "Check returned")
    refused(
        lambda: reversals.reverse_payment(payment, reason="Again", by=ben),
        "payment_changed",
        "Somebody was first: it is taken back now.",
    )
    reversals.restore_payment(payment, by=ben)
    assert book(north) == paid
    reversals.reverse_payment(payment, reason="Returned again", by=ben)
    assert book(north) == before
    assert Posting.objects.filter(origin__endswith=":reversed:2").count() == 2


def test_a_payment_is_taken_back_only_with_a_reason(north: Practice, ben: User) -> None:
    payment = pay(share(north, "20.00").patient, "20.00", ben)
    refused(
        lambda: reversals.reverse_payment(payment, reason=" ", by=ben), "reason_missing", "Say why."
    )


def test_prepaid_money_pays_a_later_visit_once_per_key(north: Practice, ben: User) -> None:
    patient = share(north, "20.00").patient
    pay(patient, "50.00", ben)
    later = share(north, "45.00", patient=patient)
    made = prepaid.use_prepaid(patient, key="use", by=ben)
    assert prepaid.use_prepaid(patient, key="use", by=ben) == made
    assert made.amount == D("30.00")
    assert owed(later) == {later.encounter_id: D("15.00")}
    assert prepaid_of(patient) == D("0.00")
    refused(
        lambda: prepaid.use_prepaid(patient, key="more", by=ben),
        "nothing_to_use",
        "Nothing is prepaid.",
    )


def test_a_payment_whose_prepaid_part_is_used_is_not_taken_back(north: Practice, ben: User) -> None:
    patient = share(north, "20.00").patient
    payment = pay(patient, "50.00", ben)
    share(north, "25.00", patient=patient)
    used = prepaid.use_prepaid(patient, key="use", by=ben)
    refused(
        lambda: reversals.reverse_payment(payment, reason="Returned", by=ben),
        "prepaid_used",
        r"\$30.00 of it was prepaid and only \$5.00 is left",
    )
    reversals.reverse_payment(used, reason="Check returned", by=ben)
    reversals.reverse_payment(payment, reason="Check returned", by=ben)
    assert prepaid_of(patient) == D("0.00")
    refused(
        lambda: reversals.restore_payment(used, by=ben),
        "prepaid_used",
        "The prepaid money it used is used otherwise.",
    )


def test_prepaid_money_goes_back_through_a_refund(north: Practice, ben: User) -> None:
    manager = make.member(north, Role.MANAGER, "mo@example.test", "Mo", "Manager")
    claim = share(north, "20.00")
    pay(claim.patient, "170.00", ben)
    asked = {"reason": "Moving away", "by": ben}
    refund = prepaid.ask_prepaid_back(claim.patient, amount=D("150.00"), key="back", **asked)
    assert (refund.state, refund.needs_approval, refund.claim) == ("requested", True, claim)
    refused(
        lambda: prepaid.ask_prepaid_back(claim.patient, amount=D("1.00"), key="back", **asked),
        "asked_already",
        "asked for already",
    )
    refunds.approve(refund, by=manager)
    refunds.pay(refund, by=ben, reference="CK 9")
    assert (credits_of(north.pk), prepaid_of(claim.patient), owed(claim)) == ([], D("0.00"), {})
    assert book(north)["cash"] == D("20.00")


def test_prepaid_money_is_not_given_back_while_the_patient_owes(north: Practice, ben: User) -> None:
    patient = share(north, "20.00").patient
    pay(patient, "50.00", ben, parts={})
    asked = {"amount": D("10.00"), "reason": "Wants it", "key": "k", "by": ben}
    refused(lambda: prepaid.ask_prepaid_back(patient, **asked), "still_owes", "still owes")


def test_visits_run_over_the_account_split_by_who_owes(north: Practice, ben: User) -> None:
    today = timezone.localdate()
    old = share(north, "20.00", served=today - timedelta(days=60))
    new = make.claim(north, encounter=make.encounter(north, number="V2", patient=old.patient))
    charge(new)
    pay(old.patient, "5.00", ben)
    first, second = visits_of(old.patient)
    assert (first.charges, first.insurance, first.patient) == (D("165.00"), D("0.00"), D("15.00"))
    assert [line.text for line in first.lines] == [
        *("Charges", "Patient share", "Insurance payment", "Patient payment"),
    ]
    assert (second.running_insurance, second.running_patient) == (D("165.00"), D("15.00"))


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["share", "pay", "reverse", "restore", "use", "refund"]),
        st.integers(1, 30_000),
    ),
    max_size=14,
)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_whatever_is_done_no_cent_is_lost(north: Practice, ben: User, steps: list) -> None:
    """The oracle knows what was charged to the patient, came in and went out, and nothing else."""
    with transaction.atomic():
        patient = share(north, "10.00").patient
        charged, received, returned = D("10.00"), D(0), D(0)
        payments: list[PatientPayment] = []
        for number, (step, cents) in enumerate(steps):
            amount, key = D(cents).scaleb(-2), f"step{number}"
            try:
                with transaction.atomic():
                    if step == "share":
                        part = min(amount, D("165.00"))
                        share(north, str(part), patient=patient)
                        charged += part
                    elif step == "pay":
                        payments.append(pay(patient, str(amount), ben, key=key))
                        received += amount
                    elif step == "use":
                        payments.append(prepaid.use_prepaid(patient, key=key, by=ben))
                    elif step == "refund":
                        asked = prepaid.ask_prepaid_back(
                            patient, amount=min(amount, D(90)), reason="Back", key=key, by=ben
                        )
                        refunds.pay(asked, by=ben, reference=key)
                        returned += asked.amount
                    elif payments:
                        chosen = payments[cents % len(payments)]
                        act = (
                            reversals.restore_payment(chosen, by=ben)
                            if step == "restore"
                            else reversals.reverse_payment(chosen, reason="Returned", by=ben)
                        )
                        sign = 1 if step == "restore" else -1
                        received += sign * act.amount if act.method == "cash" else 0
            except Refusal:
                pass
            found = book(north)
            assert sum(found.values()) == 0
            assert found.get("cash", D(0)) == received - returned
            owes = found.get("patient_receivable", D(0)) + found.get("patient_prepayment", D(0))
            assert owes == charged - received + returned
            assert prepaid_of(patient) == -found.get("patient_prepayment", D(0)) >= 0
        transaction.set_rollback(True)


def test_a_payment_of_a_thousand_dollars_and_more_is_exact(north: Practice, ben: User) -> None:
    patient = make.patient(north)
    pay(patient, "1234567.89", ben)
    assert prepaid_of(patient) == D("1234567.89")


def test_money_is_compared_as_money(north: Practice) -> None:
    patient = make.patient(north)
    today = timezone.localdate()
    one, two = Money(D("5"), "cash", today), Money(D("5.00"), "cash", today)
    assert actions.digest_of(patient, one, {}) == actions.digest_of(patient, two, {3: D(0)})
