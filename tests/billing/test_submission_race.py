"""Two workers and one batch: committed for real, each with its own connection."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from billing.actions.submissions import pull_back, send_batch, submit_ready
from billing.models import Batch, Claim
from rcm import access
from rcm.errors import Refusal
from tests import make
from tests.billing.conftest import Server
from tests.billing.outgoing import ready_claim, sandbox_channel


def send_and_close(practice_id: int, batch_id: int) -> str:
    try:
        return send_batch(practice_id, batch_id)
    finally:
        connection.close()


@pytest.fixture
def queued(transactional_db: None) -> tuple[int, int]:
    """Practice and batch, committed."""
    practice = make.practice()
    with access.acting_in(practice.pk):
        sandbox_channel(practice)
        ready_claim(practice)
        [batch] = submit_ready(practice, by=None, send_after=timezone.now())
    return practice.pk, batch.pk


def test_two_workers_send_a_batch_once(queued: tuple[int, int], sftp: Server) -> None:
    with ThreadPoolExecutor(4) as pool:
        states = list(pool.map(lambda _: send_and_close(*queued), range(4)))
    assert "sent" in states
    assert set(states) <= {"sent", "sending", "queued"}
    practice_id, batch_id = queued
    with access.acting_in(practice_id):
        batch = Batch.objects.get(pk=batch_id)
        assert (batch.state, batch.attempts) == ("sent", 1)
    assert len(sftp.uploaded) == 1


def test_a_batch_is_either_pulled_back_or_sent(queued: tuple[int, int], sftp: Server) -> None:
    practice_id, batch_id = queued

    def pull() -> bool:
        try:
            with access.acting_in(practice_id):
                pull_back(Batch.objects.get(pk=batch_id), by=None)
        except Refusal:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        sending = pool.submit(send_and_close, practice_id, batch_id)
        is_back = pool.submit(pull).result()
        sending.result()
    with access.acting_in(practice_id):
        state = Batch.objects.get(pk=batch_id).state
        status = Claim.objects.get().status
    assert (state, status) == (("pulled_back", "ready") if is_back else ("sent", "submitted"))
    assert len(sftp.uploaded) == (0 if is_back else 1)
