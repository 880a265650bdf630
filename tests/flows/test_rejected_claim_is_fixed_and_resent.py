"""The payer turns a claim away; the fault is corrected and the same claim goes out again."""

from billing.actions.claims import scrub_claim
from billing.models import ClaimAcknowledgment, Submission
from payers.models import Coverage
from tests import make
from tests.flows.story import WRONG_MEMBER, Story, assert_ledger, balances


def test_a_rejected_claim_is_corrected_and_paid_as_an_original(story: Story) -> None:
    patient = make.patient(story.practice)
    make.coverage(patient, member_id=WRONG_MEMBER)
    story.chart(patient=patient)
    claim = story.draft(story.code("99213"))
    story.submit()
    assert story.exchange() == []
    claim.refresh_from_db()
    assert claim.status == "rejected"
    assert claim.findings.get(resolved_at=None).code == "claim_rejected"
    assert balances(claim) == {"revenue": "-165.00", "primary_receivable": "165.00"}
    Coverage.objects.update(member_id="UC10000001")
    scrub_claim(claim, by=story.ben)
    assert claim.status == "ready"
    [batch] = story.submit()
    assert b"UC10000001" in bytes(batch.file.content)
    [remittance] = story.exchange()
    claim.refresh_from_db()
    assert (claim.status, claim.frequency, remittance.state) == ("adjudicated", "1", "posted")
    assert Submission.objects.filter(claim=claim).count() == 2
    answers = ClaimAcknowledgment.objects.order_by("pk").values_list("action", flat=True)
    assert list(answers) == ["U", "WQ"]
    assert balances(claim)["patient_receivable"] == "20.00"
    assert_ledger(story.practice)
