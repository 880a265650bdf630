"""Ready claims to a file on the clearinghouse's server, and what can go wrong between."""

from datetime import timedelta
from decimal import Decimal

import asyncssh
import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from billing import channels
from billing.actions import submissions
from billing.actions.submissions import (
    pull_back,
    send_again,
    send_batch,
    settle_unknown,
    submit_ready,
)
from billing.models import Batch, Claim, ClaimFinding, InterchangeFile, Submission
from billing.tasks_out import send_batch as send_task
from billing.tasks_out import submit_daily
from payers.actions.routes import set_production
from payers.sandbox.faults import Fault
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from rcm.x12.claim_837p import Claim as SentClaim
from rcm.x12.envelope import InterchangeStart
from rcm.x12.reader import read
from tests import make
from tests.billing.conftest import Server
from tests.billing.outgoing import ready_claim, sandbox_channel


@pytest.fixture
def claim(north: Practice) -> Claim:
    sandbox_channel(north)
    return ready_claim(north, ("99213", "165.00"), ("20610", "148.00"))


def submit_now(north: Practice, by: User) -> Batch:
    [batch] = submit_ready(north, by=by, send_after=timezone.now())
    return batch


def test_ready_claims_become_one_batch_per_payer_in_the_outbox(
    north: Practice, ben: User, claim: Claim
) -> None:
    other = make.payer(north, name="Other", short_name="Other", payer_id="OTHER")
    patient = make.patient(north)
    make.coverage(patient, payer=other)
    ready_claim(north, patient=patient)
    batches = submit_ready(north, by=ben)
    assert [(b.payer.payer_id, b.claims_count, str(b.amount_billed)) for b in batches] == [
        ("UNIFD", 1, "313.00"),
        ("OTHER", 1, "165.00"),
    ]
    assert batches[0].interchange_control_number != batches[1].interchange_control_number
    assert {b.state for b in batches} == {"queued"}
    assert batches[0].send_after > timezone.now() + timedelta(seconds=250)
    assert set(Claim.objects.values_list("status", flat=True)) == {"submitted"}
    assert submit_ready(north, by=ben) == []
    assert Submission.objects.count() == 2


def test_without_a_channel_nothing_is_submitted(north: Practice, ben: User) -> None:
    claim = ready_claim(north)
    with pytest.raises(Refusal, match="no active channel"):
        submit_ready(north, by=ben)
    claim.refresh_from_db()
    assert claim.status == "ready"
    assert Batch.objects.count() == 0


def test_a_batch_is_written_checked_sent_and_marked(
    north: Practice, ben: User, claim: Claim, sftp: Server
) -> None:
    batch = submit_now(north, ben)
    send_task(north.pk, batch.pk)
    send_task(north.pk, batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.attempts, batch.message) == ("sent", 1, "")
    assert batch.file is not None
    name = f"RCMSUBMIT-{batch.interchange_control_number:09d}.837"
    assert sftp.uploaded == {name: bytes(batch.file.content)}
    assert batch.file.state == "sent"
    items = list(read(bytes(batch.file.content)))
    [start] = [item for item in items if isinstance(item, InterchangeStart)]
    assert (int(start.control_number), start.usage) == (batch.interchange_control_number, "T")
    [sent] = [item for item in items if isinstance(item, SentClaim)]
    assert sent.patient_control_number == claim.patient_control_number
    assert sent.amount_billed == 31_300
    assert list(Event.objects.filter(name="batch.sent").values_list("subject_id", flat=True)) == [
        batch.pk
    ]


def test_a_batch_waits_in_the_outbox_until_its_time(
    north: Practice, ben: User, claim: Claim, sftp: Server
) -> None:
    [batch] = submit_ready(north, by=ben)
    assert send_batch(north.pk, batch.pk) == "queued"
    batch.refresh_from_db()
    assert batch.file is not None
    assert sftp.uploaded == {}
    assert submissions.sweep_practice(north.pk) == []
    Batch.objects.update(send_after=timezone.now())
    assert submissions.sweep_practice(north.pk) == [batch.pk]
    assert send_batch(north.pk, batch.pk) == "sent"


def test_a_batch_pulled_back_gives_its_claims_back_and_is_never_sent(
    north: Practice, ben: User, claim: Claim, sftp: Server
) -> None:
    batch = submit_now(north, ben)
    pull_back(batch, by=ben)
    claim.refresh_from_db()
    assert (claim.status, claim.submitted_at) == ("ready", None)
    assert Submission.objects.get().is_pulled_back
    assert send_batch(north.pk, batch.pk) == "pulled_back"
    assert sftp.uploaded == {}
    again = submit_now(north, ben)
    assert again.interchange_control_number > batch.interchange_control_number
    assert send_batch(north.pk, again.pk) == "sent"


def test_a_sent_batch_cannot_be_pulled_back(
    north: Practice, ben: User, claim: Claim, sftp: Server
) -> None:
    batch = submit_now(north, ben)
    send_batch(north.pk, batch.pk)
    with pytest.raises(Refusal) as refused:
        pull_back(batch, by=ben)
    assert refused.value.status == 409
    assert refused.value.message == f"{batch} is sent: it cannot be pulled back any more."
    claim.refresh_from_db()
    assert claim.status == "submitted"


def test_a_file_the_structure_check_refuses_is_not_sent_and_holds_its_claims(
    north: Practice, ben: User, claim: Claim, sftp: Server
) -> None:
    claim.content["place_of_service"] = "ZZ"
    claim.save(update_fields=["content"])
    batch = submit_now(north, ben)
    assert send_batch(north.pk, batch.pk) == "failed"
    batch.refresh_from_db()
    assert batch.message.startswith("The structure check refused the file:")
    assert "ZZ" not in batch.message
    claim.refresh_from_db()
    assert (claim.status, claim.submitted_at) == ("held", None)
    finding = ClaimFinding.objects.get(claim=claim, severity="blocking")
    assert (finding.code, finding.severity, finding.message) == ("gate", "blocking", batch.message)
    assert InterchangeFile.objects.get().state == "failed"
    assert sftp.uploaded == {}


def test_a_server_that_is_away_leaves_the_batch_queued_for_later(
    north: Practice, ben: User, claim: Claim, sftp: Server
) -> None:
    sftp.faults.arm(Fault("refuse_login"))
    batch = submit_now(north, ben)
    assert send_batch(north.pk, batch.pk) == "queued"
    batch.refresh_from_db()
    assert (batch.attempts, batch.message) == (1, "The server refused the login.")
    assert batch.send_after > timezone.now()
    assert batch.sent_at is None
    Batch.objects.update(send_after=timezone.now())
    assert send_batch(north.pk, batch.pk) == "sent"


def test_a_server_with_another_host_key_gets_nothing(
    north: Practice, ben: User, claim: Claim, sftp: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    monkeypatch.setenv("RCM_SANDBOX_HOST_KEY", stranger)
    batch = submit_now(north, ben)
    assert send_batch(north.pk, batch.pk) == "queued"
    batch.refresh_from_db()
    assert batch.message == "The server's host key is not the one configured."
    assert sftp.uploaded == {}


def test_a_line_broken_while_sending_is_unknown_and_never_sent_again_by_itself(
    north: Practice, ben: User, claim: Claim, sftp: Server
) -> None:
    sftp.faults.arm(Fault("disconnect_after_bytes", bytes=100))
    batch = submit_now(north, ben)
    assert send_batch(north.pk, batch.pk) == "unknown"
    batch.refresh_from_db()
    assert batch.message == "The line broke while the file was being sent."
    assert submissions.sweep_practice(north.pk) == []
    assert send_batch(north.pk, batch.pk) == "unknown"
    assert sftp.uploaded == {}
    claim.refresh_from_db()
    assert claim.status == "submitted"


def test_a_person_sends_an_unknown_batch_again_when_the_server_does_not_have_it(
    north: Practice, ben: User, claim: Claim, sftp: Server
) -> None:
    sftp.faults.arm(Fault("disconnect_after_bytes", bytes=100))
    batch = submit_now(north, ben)
    send_batch(north.pk, batch.pk)
    assert settle_unknown(batch, by=ben) is False
    send_again(batch, by=ben)
    assert send_batch(north.pk, batch.pk) == "sent"
    assert len(sftp.uploaded) == 1


@pytest.fixture
def once_unknown(north: Practice, ben: User, claim: Claim, sftp: Server) -> Batch:
    """A batch whose line broke; a person put it into the outbox again."""
    sftp.faults.arm(Fault("disconnect_after_bytes", bytes=100))
    batch = submit_now(north, ben)
    assert send_batch(north.pk, batch.pk) == "unknown"
    return send_again(batch, by=ben)


def test_a_batch_that_was_unknown_once_is_never_pulled_back(
    north: Practice, ben: User, claim: Claim, once_unknown: Batch, sftp: Server
) -> None:
    with pytest.raises(Refusal) as refused:
        pull_back(once_unknown, by=ben)
    assert refused.value.status == 409
    assert refused.value.message == (
        f"{once_unknown} may have arrived when it was first sent: pulled back, its claims could go"
        " out twice. It can only be sent again as it is."
    )
    once_unknown.refresh_from_db()
    claim.refresh_from_db()
    assert (once_unknown.state, claim.status) == ("queued", "submitted")
    assert not Submission.objects.get().is_pulled_back
    assert not Event.objects.filter(name="batch.pulled_back").exists()
    assert submit_ready(north, by=ben) == []
    for state in ("failed", "pulled_back"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Batch.objects.update(state=state)


def test_a_batch_that_was_unknown_once_keeps_its_claims_when_its_channel_may_not_send(
    north: Practice, ben: User, claim: Claim, once_unknown: Batch, sftp: Server
) -> None:
    set_production(north, is_production=True, by=ben)
    assert send_batch(north.pk, once_unknown.pk) == "unknown"
    once_unknown.refresh_from_db()
    claim.refresh_from_db()
    assert once_unknown.message == (
        "Sandbox clearinghouse is a test channel and the practice is in production."
    )
    assert (claim.status, sftp.uploaded) == ("submitted", {})
    assert submissions.sweep_practice(north.pk) == []


def test_an_unknown_batch_found_on_the_server_is_sent(
    north: Practice, ben: User, claim: Claim, sftp: Server
) -> None:
    batch = submit_now(north, ben)
    send_batch(north.pk, batch.pk)
    Batch.objects.update(state="unknown")
    with pytest.raises(Refusal) as refused:
        send_again(batch, by=ben)
    assert refused.value.message == f"{batch} did arrive; it is marked sent."
    batch.refresh_from_db()
    assert (batch.state, batch.attempts) == ("sent", 1)


def test_a_refused_rename_is_a_plain_no_and_tried_later(
    north: Practice, ben: User, claim: Claim, sftp: Server
) -> None:
    sftp.faults.arm(Fault("refuse_rename"))
    batch = submit_now(north, ben)
    assert send_batch(north.pk, batch.pk) == "queued"
    batch.refresh_from_db()
    assert batch.message == "The server refused: Rename failed"
    Batch.objects.update(send_after=timezone.now())
    assert send_batch(north.pk, batch.pk) == "sent"
    assert len(sftp.uploaded) == 1


def test_a_sending_that_never_ended_becomes_unknown(
    north: Practice, ben: User, claim: Claim
) -> None:
    batch = submit_now(north, ben)
    Batch.objects.update(state="sending", sent_at=timezone.now() - timedelta(minutes=9))
    submissions.sweep_practice(north.pk)
    batch.refresh_from_db()
    assert batch.state == "sending"
    Batch.objects.update(sent_at=timezone.now() - timedelta(minutes=11))
    submissions.sweep_practice(north.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.message) == ("unknown", "The sending was interrupted.")


def test_files_are_fetched_by_name_and_archived_when_told(north: Practice, sftp: Server) -> None:
    channel = sandbox_channel(north)
    (sftp.folders.outbound / "b.835").write_bytes(b"two")
    (sftp.folders.outbound / "a.999").write_bytes(b"one")
    (sftp.folders.outbound / ".c.835.tmp").write_bytes(b"half")
    assert channels.fetch(channel) == [("a.999", b"one"), ("b.835", b"two")]
    assert channels.fetch(channel, limit=1) == [("a.999", b"one")]
    channels.archive(channel, "a.999", "gone.835")
    assert channels.fetch(channel) == [("b.835", b"two")]
    assert (sftp.folders.archive / "a.999").read_bytes() == b"one"


def test_a_channel_without_its_secret_says_so(
    north: Practice, sftp: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RCM_CHANNEL_SECRET_SANDBOX")
    with pytest.raises(channels.ChannelUnavailable) as refused:
        channels.fetch(sandbox_channel(north))
    assert str(refused.value) == "The password RCM_CHANNEL_SECRET_SANDBOX is not configured."


def test_amounts_of_a_batch_are_those_of_its_claims(
    north: Practice, ben: User, claim: Claim
) -> None:
    batch = submit_now(north, ben)
    assert batch.amount_billed == Decimal("313.00")


def test_once_a_day_what_is_ready_goes_into_the_outbox_by_itself(
    north: Practice, claim: Claim
) -> None:
    submit_daily()
    submit_daily()
    claim.refresh_from_db()
    assert claim.status == "submitted"
    batch = Batch.objects.get()
    assert (batch.state, batch.created_by) == ("queued", None)


def test_without_a_channel_the_daily_submission_leaves_claims_ready(north: Practice) -> None:
    claim = ready_claim(north)
    submit_daily()
    claim.refresh_from_db()
    assert claim.status == "ready"
    assert not Batch.objects.exists()
