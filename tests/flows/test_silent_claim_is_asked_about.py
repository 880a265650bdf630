"""A silent claim is asked about (276); the answer (277) names its check and posts nothing."""

from datetime import timedelta

from django.utils import timezone

from billing import claim_page, tasks
from billing.actions import status_inquiries
from billing.models import Claim, InterchangeFile, Posting, Remittance, StatusAnswer, StatusInquiry
from tests.flows.story import Story, assert_ledger
from tests.flows.test_facility_stay_to_paid import chart_of_stay


def test_a_claim_its_payer_is_silent_about_is_asked_about_and_answered(story: Story) -> None:
    story.chart()
    claim = story.draft(story.code("99213"))
    story.submit()
    story.house.take_up_files()
    story.house.answer_files()
    story.house.publish()
    tasks.fetch_channel(story.practice.pk, story.channel.pk)
    story_files(story)
    claim.refresh_from_db()
    assert claim.status == "accepted"

    # The payer pays, but its remittance never arrives.
    story.house.adjudicate(timezone.now().timestamp() + 60)
    story.house.publish()
    for path in story.house.folders.outbound.glob("*.835"):
        path.unlink()
    Claim.objects.filter(pk=claim.pk).update(accepted_at=timezone.now() - timedelta(days=31))
    before = Posting.objects.count()

    tasks.ask_payers()
    tasks.ask_payers()
    inquiry = StatusInquiry.objects.get(claim=claim)
    (batch,) = story.ask()
    assert (batch.kind, batch.state) == ("276", "sent")
    story.exchange()
    inquiry.refresh_from_db()
    answer = StatusAnswer.objects.get(claim=claim)
    assert (inquiry.state, answer.inquiry, answer.category) == ("answered", inquiry, "F1")
    assert (str(answer.amount_paid), answer.check_number[:5]) == ("72.00", "UNIFD")
    assert answer.words == "Decided: paid (F1): paid"
    assert answer.file.kind == "277"

    shown = claim_page.claim_queryset().get(pk=claim.pk)
    stop = next(s for s in claim_page.timeline_of(shown) if "277 F1" in s["note"])
    assert stop["label"] == "Payer: paid"
    assert answer.check_number in stop["note"]
    claim.refresh_from_db()
    assert claim.status == "accepted"
    assert (Posting.objects.count(), Remittance.objects.count()) == (before, 0)
    assert status_inquiries.silent_claims(story.practice.pk).count() == 0
    assert_ledger(story.practice)


def test_a_stay_is_asked_about_with_its_bill_type_and_statement(story: Story) -> None:
    claim = story.draft(chart_of_stay(story))
    story.submit()
    story.exchange()
    claim.refresh_from_db()
    status_inquiries.ask_status(claim, by=story.ben)
    (batch,) = story.ask()
    assert (batch.kind, batch.state) == ("276", "sent")
    assert batch.file is not None
    content = bytes(batch.file.content).decode()
    first = claim.date_of_service
    period = f"{first:%Y%m%d}-{first + timedelta(days=3):%Y%m%d}"
    assert f"DTP*472*RD8*{period}~" in content
    assert "REF*BLT*111~" in content
    story.exchange()
    answer = StatusAnswer.objects.get(claim=claim)
    assert (answer.category, str(answer.amount_paid)) == ("F1", "2400.00")
    assert_ledger(story.practice)


def story_files(story: Story) -> None:
    """Read what was fetched."""
    for file_id in InterchangeFile.objects.filter(state="received").values_list("pk", flat=True):
        tasks.read_file(story.practice.pk, file_id)
