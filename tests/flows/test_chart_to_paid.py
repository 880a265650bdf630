"""A chart is coded, billed, sent, acknowledged and paid; the patient owes the copay."""

from billing.models import Account, Batch, ClaimAcknowledgment, InterchangeFile, Posting
from rcm.models import Event
from tests.flows.story import Story, assert_ledger, balances


def test_a_coded_chart_becomes_a_paid_claim(story: Story) -> None:
    story.chart()
    chart = story.code("99213")
    claim = story.draft(chart)
    assert (claim.status, claim.was_clean, str(claim.amount_billed)) == ("ready", True, "165.00")
    [batch] = story.submit()
    assert (batch.state, batch.attempts) == ("sent", 1)
    [remittance] = story.exchange()
    claim.refresh_from_db()
    assert (claim.status, remittance.state) == ("adjudicated", "posted")
    assert str(remittance.amount_paid) == "72.00"
    assert balances(claim) == {
        "revenue": "-165.00",
        "unapplied": "72.00",
        "contractual": "73.00",
        "patient_receivable": "20.00",
    }
    assert_ledger(story.practice)


def test_every_answer_is_on_record_once(story: Story) -> None:
    claim = story.paid_claim()
    batch = Batch.objects.get()
    assert (batch.state, batch.group_code) == ("acknowledged", "A")
    acknowledgment = ClaimAcknowledgment.objects.get()
    assert (acknowledgment.claim, acknowledgment.is_rejection) == (claim, False)
    assert claim.accepted_at is not None
    assert claim.payer_claim_control_number != ""
    files = InterchangeFile.objects.filter(direction="in")
    assert set(files.values_list("state", flat=True)) == {"read"}
    assert Posting.objects.filter(destination=Account.CASH).count() == 1
    names = Event.objects.filter(subject_type="claim", subject_id=claim.pk).order_by("pk")
    assert list(names.values_list("name", flat=True))[-3:] == [
        "claim.submitted",
        "claim.accepted",
        "claim.adjudicated",
    ]


def test_two_charts_of_a_day_are_paid_in_one_check(story: Story) -> None:
    story.chart()
    story.chart()
    claims = [story.draft(story.code("99213")) for _ in range(2)]
    assert len(story.submit()) == 1
    [remittance] = story.exchange()
    assert str(remittance.amount_paid) == "144.00"
    assert balances(*claims)["patient_receivable"] == "40.00"
    assert_ledger(story.practice)
