"""Proof of timely filing, read back from the PDF by another library."""

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from billing.actions.acknowledgments import apply_claim_statuses, apply_group, apply_interchange
from billing.actions.batch_files import write_batch
from billing.actions.submissions import submit_ready
from billing.filing_proof import make_proof
from billing.models import Batch, Claim
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from rcm.x12.acknowledgment_277ca import (
    ClaimAcknowledgmentStart,
    ClaimStatus,
    Status,
    StatusInformation,
)
from rcm.x12.acknowledgment_999 import GroupAcknowledgment, InterchangeAcknowledgment
from tests import make
from tests.billing.outgoing import ready_claim, sandbox_channel

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
SENT_AT = datetime(2026, 11, 10, 15, 30, tzinfo=UTC)
ACCEPTED = StatusInformation((Status("A2", "20", "PR"),), date(2026, 11, 11), "WQ")


@pytest.fixture
def sent(north: Practice, ben: User) -> Claim:
    """Sent and answered by TA1, 999 and 277CA."""
    sandbox_channel(north)
    claim = ready_claim(north, ("99213", "165.00"), ("20610", "148.00"))
    [batch] = submit_ready(north, by=ben)
    assert write_batch(batch)
    batch.refresh_from_db()
    Batch.objects.filter(pk=batch.pk).update(state="sent", sent_at=SENT_AT)
    file = make.interchange_file(north, b"answers", name="answers.x12")
    number = f"{batch.interchange_control_number:09d}"
    ta1 = InterchangeAcknowledgment(number, "261110", "0930", "A", "000")
    apply_interchange(file, ta1, answer_number="000000071")
    group = GroupAcknowledgment("HC", str(batch.group_control_number), "", "A", 1, 1, 1)
    apply_group(file, group, answer_number="000000072/0001")
    start = ClaimAcknowledgmentStart("UNIFIED CARE", "U", "N", "1", "BHT73", None, number)
    said = ClaimStatus(
        claim.patient_control_number,
        (ACCEPTED,),
        payer_claim_control_number="ICN900",
        segment_number=9,
    )
    apply_claim_statuses(file, start, [said], answer_number="000000073/0001")
    claim.refresh_from_db()
    return claim


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


def test_the_proof_says_what_was_sent_when_and_who_answered(sent: Claim) -> None:
    batch = Batch.objects.get()
    assert batch.file is not None
    text = text_of(make_proof(sent, now=NOW))
    flat = "".join(text.split())
    local = timezone.localtime(SENT_AT)
    days = (local.date() - sent.date_of_service).days
    for part in (
        f"first sent on {local:%m/%d/%Y %H:%M %Z}, {days} days after",
        sent.patient_control_number,
        "ICN900",
        "$313.00",
        "99213",
        f"{batch.interchange_control_number:09d}",
        str(batch.group_control_number),
        "0001",
        batch.file.sha256,
        "000000071",
        "000000072/0001",
        "000000073/0001, BHT73, claim ICN900",
        "A2: Taken in for a decision: payer, accepted (effective 11/11/2026)",
        f"CLM*{sent.patient_control_number}*313*",
    ):
        assert "".join(part.split()) in flat, part
    assert "".join(text.split()).count("277CA") == 1


def test_the_proof_is_the_same_whenever_it_is_made_for_a_time(sent: Claim) -> None:
    assert make_proof(sent, now=NOW) == make_proof(sent, now=NOW)


def test_a_claim_never_sent_has_no_proof(north: Practice) -> None:
    sandbox_channel(north)
    claim = ready_claim(north)
    with pytest.raises(Refusal) as refused:
        make_proof(claim, now=NOW)
    assert refused.value.message == (f"Claim {claim} was never sent: there is nothing to prove.")


def test_the_page_and_the_api_give_the_pdf_and_record_it(sent: Claim, ben_client: Client) -> None:
    for address in (f"/claims/{sent.pk}/filing-proof/", f"/api/claims/{sent.pk}/filing-proof/"):
        response = ben_client.get(address)
        assert response.status_code == 200
        assert response["Content-Type"] == "application/pdf"
        assert "ICN900" in text_of(response.content)
    assert Event.objects.filter(name="claim.proof_made", subject_id=sent.pk).count() == 2
