"""Payment plans: exact schedules, settled by payments, in default by rule, one per account."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from billing.actions import patient_plans as plans
from billing.actions.patient_reversals import reverse_payment
from billing.models import PaymentPlan, PlanInstallment
from billing.patient_accounts import account_state
from billing.rules.plans import month_after, schedule
from rcm.errors import Refusal
from rcm.models import Event, Patient, Practice, User
from tests.api.writing import send
from tests.billing.patients import pay, share

D = Decimal


def test_the_last_instalment_takes_the_remainder() -> None:
    found = schedule(D("100.00"), 3, date(2026, 12, 5))
    assert [(each.due_on, each.amount) for each in found] == [
        (date(2026, 12, 5), D("33.33")),
        (date(2027, 1, 5), D("33.33")),
        (date(2027, 2, 5), D("33.34")),
    ]


@pytest.mark.parametrize(
    ("first", "months", "day"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 31), 2, date(2026, 3, 31)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
    ],
)
def test_a_month_without_the_day_ends_earlier(first: date, months: int, day: date) -> None:
    assert month_after(first, months) == day


@given(cents=st.integers(1, 10**9), count=st.integers(1, 60))
def test_every_schedule_adds_up(cents: int, count: int) -> None:
    total = D(cents).scaleb(-2)
    if cents < count:
        with pytest.raises(ValueError, match="at least one cent"):
            schedule(total, count, date(2026, 1, 31))
        return
    amounts = [each.amount for each in schedule(total, count, date(2026, 1, 31))]
    assert sum(amounts) == total
    assert min(amounts) > 0


def started(patient: Patient, by: User, days: int = 0, **changes: object) -> PaymentPlan:
    """A plan over 90.00 in three parts whose first is due today, or was `days` ago."""
    fields = {"amount": D("90.00"), "count": 3, "first_on": timezone.localdate()} | changes
    return plans.make_plan(patient, by=by, **fields)  # type: ignore[arg-type]  # any change


def codes(patient: Patient, today: date) -> list[str]:
    return [each.code for each in account_state(patient.practice, patient.pk, today).reasons]


def test_a_plan_rests_statements_until_an_instalment_is_missed(north: Practice, ben: User) -> None:
    patient = share(north, "90.00").patient
    today = timezone.localdate()
    plan = started(patient, ben)
    assert codes(patient, today) == ["plan_up_to_date"]
    late = today + timedelta(days=1)
    assert codes(patient, late) == []
    payment = pay(patient, "30.00", ben)
    assert codes(patient, late) == ["plan_up_to_date"]
    assert [each.paid for each in plans.standing_of(plan)] == [D("30.00"), D("0"), D("0")]
    reverse_payment(payment, reason="Returned", by=ben)
    assert codes(patient, late) == []


def test_two_missed_instalments_are_a_default(north: Practice, ben: User) -> None:
    patient = share(north, "90.00").patient
    plan = started(patient, ben)
    first, second, _ = plan.installments.all()
    assert plans.judge_plan(plan, second.due_on).state == "in_force"
    assert plans.judge_plans(north.pk, second.due_on + timedelta(days=1)) == 1
    plan.refresh_from_db()
    assert (plan.state, plan.end_reason) == ("defaulted", "2 instalments were missed.")
    assert Event.objects.get(name="payment_plan.defaulted").patient_id == patient.pk
    assert codes(patient, second.due_on) == []


def test_what_was_paid_before_the_plan_settles_nothing(north: Practice, ben: User) -> None:
    patient = share(north, "120.00").patient
    payment = pay(patient, "30.00", ben)
    plan = started(patient, ben)
    PaymentPlan.objects.filter(pk=plan.pk).update(made_at=payment.taken_at + timedelta(seconds=1))
    plan.refresh_from_db()
    assert plans.paid_since(plan) == D("0.00")


def test_a_paid_plan_is_complete(north: Practice, ben: User) -> None:
    patient = share(north, "90.00").patient
    plan = started(patient, ben)
    pay(patient, "90.00", ben)
    assert plans.judge_plan(plan, timezone.localdate()).state == "completed"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": D("90.01")}, "not_owed"),
        ({"amount": D("0.00")}, "amount_wrong"),
        ({"amount": D("0.02")}, "count_wrong"),
        ({"count": 0}, "count_wrong"),
        ({"count": 61}, "count_wrong"),
        ({"first_on": date(2020, 1, 1)}, "day_past"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(
    north: Practice, ben: User, changes: dict[str, object], code: str
) -> None:
    patient = share(north, "90.00").patient
    with pytest.raises(Refusal) as told:
        started(patient, ben, **changes)
    assert told.value.code == code
    assert not PaymentPlan.objects.exists()
    assert not Event.objects.filter(name="payment_plan.made").exists()


def test_one_plan_is_in_force_per_account(north: Practice, ben: User) -> None:
    patient = share(north, "90.00").patient
    plan = started(patient, ben)
    with pytest.raises(Refusal, match="A plan is in force already"):
        started(patient, ben)
    with pytest.raises(IntegrityError, match="payment_plan_one_in_force"), transaction.atomic():
        PaymentPlan.objects.create(
            practice=north, patient=patient, amount=1, missed_allowed=2, made_by=ben
        )
    with pytest.raises(Refusal, match="Say why"):
        plans.cancel_plan(plan, reason=" ", by=ben)
    plans.cancel_plan(plan, reason="Paid otherwise", by=ben)
    with pytest.raises(Refusal, match="it is cancelled now"):
        plans.cancel_plan(plan, reason="Again", by=ben)
    assert started(patient, ben).state == "in_force"
    assert PlanInstallment.objects.count() == 6


def test_the_page_shows_the_schedule_before_it_is_saved(
    north: Practice, ben_client: Client
) -> None:
    patient = share(north, "100.00").patient
    url = f"/accounts/{patient.pk}/plan/"
    form = {"amount": "100.00", "count": "3", "first_on": timezone.localdate().isoformat()}
    assert 'value="100.00"' in ben_client.get(url).content.decode()
    shown = ben_client.post(url, form | {"step": "show"}).content.decode()
    assert "$33.34" in shown
    assert not PaymentPlan.objects.exists()
    assert ben_client.post(url, form | {"step": "save", "amount": "-5"}).status_code == 422
    assert ben_client.post(url, form | {"step": "save"}).status_code == 302
    plan = PaymentPlan.objects.get()
    page = ben_client.get(f"/accounts/{patient.pk}/").content.decode()
    assert "Cancel the plan" in page
    assert "A payment plan is in force and up to date." in page
    cancelled = ben_client.post(f"/accounts/plans/{plan.pk}/cancellation/", {"reason": "Moved"})
    assert cancelled.status_code == 302


def test_plans_through_the_api(north: Practice, ben_client: Client) -> None:
    patient = share(north, "90.00").patient
    day = timezone.localdate().isoformat()
    body = {"patient": patient.pk, "amount": "90.00", "count": 2, "first_on": day}
    made = send(ben_client, "/api/payment-plans/", "p", body)
    assert made.status_code == 201
    assert made.json()["installments"][0] == {"due_on": day, "amount": "45.00", "paid": "0.00"}
    assert send(ben_client, "/api/payment-plans/", "p", body).json() == made.json()
    assert send(ben_client, "/api/payment-plans/", "q", body).status_code == 409
    url = f"/api/payment-plans/{made.json()['id']}/cancellation/"
    assert send(ben_client, url, "c", {"reason": ""}).status_code == 422
    assert send(ben_client, url, "d", {"reason": "Moved"}).json()["state"] == "cancelled"
