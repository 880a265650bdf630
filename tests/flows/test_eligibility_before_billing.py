"""Eligibility asked, inactive, charge review, policy corrected, asked again, billed."""

import pytest

from billing import tasks
from billing.actions import review_decisions
from billing.models import ChargeReview, Claim, FileProblem, InterchangeFile
from payers.actions.coverages import add_coverage, end_coverage
from payers.actions.eligibility import ask_eligibility
from payers.models import EligibilityAnswer, EligibilityInquiry
from rcm.errors import Refusal
from tests import make
from tests.flows.story import LAPSED_MEMBER, Story


def test_an_inactive_policy_stops_the_visit_until_another_one_pays(story: Story) -> None:
    patient = make.patient(story.practice)
    lapsed = make.coverage(patient, member_id=LAPSED_MEMBER)
    chart = story.chart(patient=patient)
    asked = ask_eligibility(lapsed, for_day=chart.date_of_service, by=story.ben)
    assert ask_eligibility(lapsed, for_day=chart.date_of_service, by=story.ben) == asked
    answered_once(story, asked)

    story.code("99213")
    review = waiting(story, chart.pk)
    assert review.codes == ["eligibility_inactive"]
    with pytest.raises(Refusal, match="It cannot be billed yet"):
        review_decisions.accept(review, by=story.ben)
    assert Claim.objects.count() == 0

    end_coverage(lapsed, on=lapsed.starts_on, by=story.ben)
    valid = add_coverage(
        patient,
        lapsed.payer,
        member_id="UC10000001",
        starts_on=chart.date_of_service,
        by=story.ben,
    )
    review_decisions.choose_coverage(review, valid, by=story.ben)
    claim = story.draft(chart)
    assert (claim.status, claim.coverage) == ("ready", valid)

    story.submit()
    story.exchange()
    claim.refresh_from_db()
    assert claim.status == "adjudicated"


def test_an_active_policy_is_answered_with_what_the_patient_pays(story: Story) -> None:
    chart = story.chart()
    assert chart.coverage is not None
    ask_eligibility(chart.coverage, for_day=chart.date_of_service, by=story.ben)
    story.ask()
    story.exchange()
    fine = EligibilityAnswer.objects.get()
    assert (fine.plan_status, fine.reason, fine.mismatches) == ("active", "", [])
    copay = fine.benefits.get(code="B")
    assert (str(copay.amount), copay.service_types, copay.network) == ("20.00", ["98"], "Y")


def answered_once(story: Story, asked: EligibilityInquiry) -> None:
    """The question goes out and comes back inactive, kept with its file."""
    (batch,) = story.ask()
    asked.refresh_from_db()
    assert (batch.kind, batch.state, batch.inquiries_count) == ("270", "sent", 1)
    assert (asked.state, asked.trace_number[0]) == ("sent", "E")

    story.exchange()
    asked.refresh_from_db()
    batch.refresh_from_db()
    answer = EligibilityAnswer.objects.get(inquiry=asked)
    assert (asked.state, batch.state, answer.plan_status) == (
        "answered",
        "acknowledged",
        "inactive",
    )
    assert "not in force" in answer.reason
    assert (answer.source.file.kind, answer.source.file.state) == ("271", "read")
    assert answer.source.file.note == "1 answer to inquiries read."
    assert FileProblem.objects.count() == 0
    assert set(InterchangeFile.objects.values_list("kind", flat=True)) == {
        "270",
        "TA1",
        "999",
        "271",
    }


def waiting(story: Story, chart_id: int) -> ChargeReview:
    tasks.draft_ready_claims(story.practice.pk, chart_id)
    return ChargeReview.objects.get(encounter_id=chart_id)


def test_a_payer_that_wants_eligibility_first_is_asked_and_the_visit_goes_on(story: Story) -> None:
    chart = story.chart()
    assert chart.coverage is not None
    payer = chart.coverage.payer
    payer.requires_eligibility = True
    payer.save(update_fields=["requires_eligibility"])
    story.code("99213")
    review = waiting(story, chart.pk)
    assert review.codes == ["eligibility_unknown"]
    tasks.sweep_inquiries()
    tasks.sweep_inquiries()
    assert EligibilityInquiry.objects.count() == 1
    for batch in story.ask():
        tasks.send_inquiry_batch(story.practice.pk, batch.pk)
    story.exchange()
    review.refresh_from_db()
    assert review.state == "cleared"
    assert story.draft(chart).status == "ready"
