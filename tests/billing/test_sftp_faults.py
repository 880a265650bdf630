"""A line cut at every KB, a full disk, a lost rename, another key: nothing twice, nothing lost.

Each case goes through a real SFTP server; after it a person decides once, and the receiver has the
file exactly once, whole.
"""

import asyncio
import hashlib
import os
from typing import Any

import asyncssh
import pytest
from django.utils import timezone

from billing import channels
from billing.actions import submissions
from billing.actions.submissions import send_again, send_batch, settle_unknown, submit_ready
from billing.models import Batch, InterchangeFile
from billing.tasks_in import fetch_channel
from payers.models import Channel
from payers.sandbox.faults import Fault
from rcm import sftp as rcm_sftp
from rcm.models import Event, Practice, User
from tests.billing.conftest import Server
from tests.billing.outgoing import ready_claim, sandbox_channel

KB = 1024
SIZE = 30 * KB + 17
CONTENT = hashlib.sha256(b"fill").hexdigest().encode() * (SIZE // 64 + 1)
CONTENT = CONTENT[:SIZE]
NAME = "cut.837"


@pytest.fixture
def batch(north: Practice, ben: User) -> Batch:
    """Due, with a written file of 30 KB."""
    sandbox_channel(north)
    ready_claim(north)
    [batch] = submit_ready(north, by=ben, send_after=timezone.now())
    batch.file = InterchangeFile.objects.create(
        practice=north,
        direction="out",
        name=NAME,
        content=CONTENT,
        size=len(CONTENT),
        sha256=hashlib.sha256(CONTENT).hexdigest(),
        state="read",
    )
    batch.save(update_fields=["file"])
    return batch


def again(batch: Batch, sftp: Server) -> None:
    """The batch back in the outbox, the receiver's folder empty."""
    for path in sftp.folders.inbound.iterdir():
        path.unlink()
    Batch.objects.filter(pk=batch.pk).update(
        state="queued", send_after=timezone.now(), sent_at=None, attempts=0
    )


def test_cut_at_every_kb_a_file_is_sent_once_and_whole(
    north: Practice, ben: User, batch: Batch, sftp: Server
) -> None:
    cuts = range(0, SIZE, KB)
    assert len(cuts) == 31
    for cut in cuts:
        again(batch, sftp)
        sftp.faults.arm(Fault("disconnect_after_bytes", bytes=cut))
        assert send_batch(north.pk, batch.pk) == "unknown", cut
        # By itself it is never sent again, and nobody could have read half of it.
        assert submissions.sweep_practice(north.pk) == []
        assert send_batch(north.pk, batch.pk) == "unknown"
        assert sftp.uploaded == {}, cut
        assert settle_unknown(batch, by=ben) is False
        send_again(batch, by=ben)
        assert send_batch(north.pk, batch.pk) == "sent", cut
        assert sftp.uploaded == {NAME: CONTENT}, cut
        assert send_batch(north.pk, batch.pk) == "sent"
    assert sftp.faults.clear() == 0
    assert Event.objects.filter(name="batch.sent").count() == len(cuts)


@pytest.mark.parametrize("room", range(0, SIZE, 5 * KB))
def test_a_full_disk_is_a_plain_no_and_tried_later(
    north: Practice, batch: Batch, sftp: Server, room: int
) -> None:
    sftp.faults.arm(Fault("disk_full", bytes=room))
    assert send_batch(north.pk, batch.pk) == "queued"
    batch.refresh_from_db()
    assert batch.message == "The server refused: No space left on device"
    assert sftp.uploaded == {}
    Batch.objects.update(send_after=timezone.now())
    assert send_batch(north.pk, batch.pk) == "sent"
    assert sftp.uploaded == {NAME: CONTENT}


def test_a_rename_whose_answer_was_lost_is_found_and_not_sent_again(
    north: Practice, ben: User, batch: Batch, sftp: Server
) -> None:
    sftp.faults.arm(Fault("lose_rename"))
    assert send_batch(north.pk, batch.pk) == "unknown"
    assert sftp.uploaded == {NAME: CONTENT}
    stamp = (sftp.folders.inbound / NAME).stat().st_mtime_ns
    assert settle_unknown(batch, by=ben) is True
    batch.refresh_from_db()
    assert (batch.state, batch.attempts) == ("sent", 1)
    assert (sftp.folders.inbound / NAME).stat().st_mtime_ns == stamp


def test_a_rename_done_and_denied_counts_as_done(
    north: Practice, batch: Batch, sftp: Server
) -> None:
    sftp.faults.arm(Fault("deny_rename"))
    assert send_batch(north.pk, batch.pk) == "sent"
    assert sftp.uploaded == {NAME: CONTENT}


def test_a_file_that_is_there_already_is_not_sent_again(
    north: Practice, batch: Batch, sftp: Server
) -> None:
    (sftp.folders.inbound / NAME).write_bytes(CONTENT)
    stamp = (sftp.folders.inbound / NAME).stat().st_mtime_ns
    assert send_batch(north.pk, batch.pk) == "sent"
    assert (sftp.folders.inbound / NAME).stat().st_mtime_ns == stamp
    assert not (sftp.folders.inbound / f".{NAME}.part").exists()


def test_a_changed_host_key_gets_nothing_until_it_is_the_configured_one(
    north: Practice, batch: Batch, sftp: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    monkeypatch.setenv("RCM_SANDBOX_HOST_KEY", stranger)
    assert send_batch(north.pk, batch.pk) == "queued"
    batch.refresh_from_db()
    assert batch.message == "The server's host key is not the one configured."
    assert list(sftp.folders.inbound.iterdir()) == []
    monkeypatch.setenv("RCM_SANDBOX_HOST_KEY", sftp.public_key)
    Batch.objects.update(send_after=timezone.now())
    assert send_batch(north.pk, batch.pk) == "sent"


def test_a_channel_without_a_host_key_says_so(
    north: Practice, batch: Batch, sftp: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RCM_SANDBOX_HOST_KEY")
    Channel.objects.update(host_key="")
    assert send_batch(north.pk, batch.pk) == "queued"
    batch.refresh_from_db()
    assert batch.message == "The host key of Sandbox clearinghouse is not configured."
    assert list(sftp.folders.inbound.iterdir()) == []


def test_a_download_cut_at_every_kb_is_received_once_and_whole(
    north: Practice, sftp: Server
) -> None:
    channel = sandbox_channel(north)
    (sftp.folders.outbound / "a.999").write_bytes(CONTENT)
    cuts = range(0, SIZE, KB)
    for cut in cuts:
        sftp.faults.arm(Fault("disconnect_after_bytes", bytes=cut, direction="download"))
        assert fetch_channel(north.pk, channel.pk) == 0, cut
        assert not InterchangeFile.objects.exists()
        assert (sftp.folders.outbound / "a.999").exists()
    assert fetch_channel(north.pk, channel.pk) == 1
    [file] = InterchangeFile.objects.all()
    assert bytes(file.content) == CONTENT
    assert (sftp.folders.archive / "a.999").read_bytes() == CONTENT


def test_a_listing_shown_twice_is_received_once(north: Practice, sftp: Server) -> None:
    channel = sandbox_channel(north)
    for name in ("a.999", "b.999"):
        (sftp.folders.outbound / name).write_bytes(name.encode())
    sftp.faults.arm(Fault("list_twice"))
    assert fetch_channel(north.pk, channel.pk) == 2
    assert sftp.faults.clear() == 0
    assert InterchangeFile.objects.count() == 2
    assert not Event.objects.filter(name="file.received_again").exists()


def test_a_file_that_grows_while_it_is_listed_waits_for_its_end(
    north: Practice, sftp: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = sandbox_channel(north)
    path = sftp.folders.outbound / "slow.835"
    path.write_bytes(b"ISA*half a file")

    async def grow(seconds: float) -> None:
        with path.open("ab") as stream:
            stream.write(b"~IEA*1*1~")
            os.fsync(stream.fileno())

    with monkeypatch.context() as patched:
        patched.setattr(rcm_sftp.asyncio, "sleep", grow)
        assert channels.fetch(channel) == []
    assert channels.fetch(channel) == [("slow.835", b"ISA*half a file~IEA*1*1~")]


def test_large_and_growing_files_keep_nobody_behind_them_waiting(
    north: Practice, sftp: Server, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.INTERCHANGE_FILE_LIMIT = 20
    channel = sandbox_channel(north)
    (sftp.folders.outbound / "a.835").write_bytes(b"x" * 21)
    growing = sftp.folders.outbound / "b.835"
    growing.write_bytes(b"ISA*half")
    (sftp.folders.outbound / "c.999").write_bytes(b"whole")

    async def grow(seconds: float) -> None:
        growing.write_bytes(b"ISA*half~IEA")

    with monkeypatch.context() as patched:
        patched.setattr(rcm_sftp.asyncio, "sleep", grow)
        assert channels.fetch(channel, limit=1) == [("c.999", b"whole")]
    assert (sftp.folders.outbound / "a.835").exists()


def test_what_was_read_is_not_lost_when_reading_takes_long(
    north: Practice, sftp: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = sandbox_channel(north)
    for name in ("a.999", "b.999"):
        (sftp.folders.outbound / name).write_bytes(name.encode())

    async def wait(*_file: object) -> bool:
        await asyncio.sleep(0.3)
        return True

    monkeypatch.setattr(rcm_sftp, "READ_SECONDS", 0.2)
    monkeypatch.setattr(rcm_sftp, "_is_settled", wait)
    assert channels.fetch(channel) == [("a.999", b"a.999")]
