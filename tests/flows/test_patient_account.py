"""A visit, the insurer's part, a statement, a plan, payments, and nothing is owed any more."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from billing.actions import patient_plans as plans
from billing.actions import patient_statements as statements
from billing.models import Statement
from billing.patient_accounts import account_state
from rcm.models import Patient
from tests.billing.patients import pay
from tests.flows.story import Story, assert_ledger, balances


def codes(patient: Patient) -> list[str]:
    found = account_state(patient.practice, patient.pk, timezone.localdate())
    return [reason.code for reason in found.reasons]


def test_a_visit_ends_with_a_patient_who_owes_nothing(story: Story) -> None:
    story.chart()
    claim = story.draft(story.code("99213"))
    patient = claim.patient
    assert codes(patient) == ["nothing_owed", "insurance_open", "claim_in_flight"]
    story.submit()
    story.exchange()
    assert balances(claim)["patient_receivable"] == "20.00"
    assert codes(patient) == []

    batch = statements.start_batch(story.practice, by=story.ben)
    while statements.make_next(story.practice.pk, batch.pk):
        pass
    told = Statement.objects.get()
    assert (told.patient, told.content["total"]) == (patient, "$20.00")
    assert codes(patient) == ["too_soon"]

    day = timezone.localdate()
    plan = plans.make_plan(patient, amount=Decimal(20), count=3, first_on=day, by=story.ben)
    assert [row.amount for row in plan.installments.all()] == [
        *(Decimal("6.66"), Decimal("6.66"), Decimal("6.68")),
    ]
    assert codes(patient) == ["plan_up_to_date", "too_soon"]
    for amount in ("6.66", "6.66", "6.68"):
        pay(patient, amount, story.ben)
    assert plans.judge_plan(plan, day + timedelta(days=90)).state == "completed"
    assert "patient_receivable" not in balances(claim)
    assert codes(patient) == ["nothing_owed", "too_soon"]
    assert_ledger(story.practice)
