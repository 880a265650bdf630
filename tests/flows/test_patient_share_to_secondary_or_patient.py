"""Who owes the copay: the patient, or the second payer when there is one."""

from datetime import timedelta

from django.utils import timezone

from tests import make
from tests.flows.story import Story, assert_ledger, balances


def test_the_share_of_a_patient_with_one_payer_is_the_patients(story: Story) -> None:
    claim = story.paid_claim()
    assert balances(claim)["patient_receivable"] == "20.00"
    assert_ledger(story.practice)


def test_the_share_of_a_patient_with_two_payers_is_the_second_ones(story: Story) -> None:
    patient = make.patient(story.practice)
    make.coverage(patient)
    second = make.payer(
        story.practice,
        name="Second Mutual",
        short_name="Second",
        payer_id="SECND",
        trace_identifier="1888888888",
    )
    make.coverage(patient, payer=second, rank="S", member_id="SM1")
    story.chart(patient=patient)
    claim = story.draft(story.code("99213"))
    story.submit()
    story.exchange()
    assert balances(claim, claim.followed_by.get()) == {
        "revenue": "-165.00",
        "unapplied": "72.00",
        "contractual": "73.00",
        "secondary_receivable": "20.00",
    }
    assert_ledger(story.practice)


def test_a_second_payer_that_had_ended_by_the_day_of_service_owes_nothing(story: Story) -> None:
    patient = make.patient(story.practice)
    make.coverage(patient)
    second = make.payer(story.practice, name="Second", short_name="Second", payer_id="SECND")
    ended = timezone.localdate() - timedelta(days=30)
    make.coverage(patient, payer=second, rank="S", member_id="SM1", ends_on=ended)
    story.chart(patient=patient)
    claim = story.draft(story.code("99213"))
    story.submit()
    story.exchange()
    assert balances(claim)["patient_receivable"] == "20.00"
    assert_ledger(story.practice)
