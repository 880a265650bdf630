"""Things that break on the way from chart to posted payment, in the whole running system.

After each story every payment is posted exactly once, to the cent, and nothing was sent twice.
"""

from collections.abc import Iterator

import pytest

from billing.actions import submissions
from billing.models import Batch, InterchangeFile, Remittance
from rcm import access
from rcm.actions import seals
from rcm.models import Event
from tests.system.running import System


@pytest.fixture(autouse=True)
def books(system: System) -> Iterator[None]:
    """The end of every story."""
    yield
    system.settle()
    system.assert_books_are_right()
    system.assert_nothing_was_sent_twice()


def test_a_flushed_valkey_loses_no_claim_and_no_payment(system: System) -> None:
    system.code(3)
    system.stop_worker()
    batches = system.submit()
    assert system.queued_tasks().count("billing.tasks.send_batch") == len(batches)
    system.flush_valkey()
    assert "billing.tasks.send_batch" not in system.queued_tasks()
    assert {system.batch(pk).state for pk in batches} == {Batch.State.QUEUED}
    system.start_worker()
    system.drive.wait(
        "waiting for the sweep to send",
        lambda: not Batch.objects.filter(state__in=["queued", "sending"]).exists(),
    )
    system.flush_valkey()
    system.settle()
    assert {system.batch(pk).state for pk in batches} == {Batch.State.ACKNOWLEDGED}
    assert len(system.payments()) > 0


@pytest.mark.parametrize("table", ["billing_remittedclaim", "billing_posting"])
def test_a_worker_killed_while_reading_or_posting_posts_once(system: System, table: str) -> None:
    system.code(2)
    before = len(system.payments())
    with system.stuck(table):
        system.submit()
        system.wait_for_stuck(table)
        system.kill_worker()
    system.start_worker()
    system.settle()
    assert len(system.payments()) > before


def test_a_line_that_breaks_during_an_upload_never_sends_twice(system: System) -> None:
    """The outcome is unknown until a person looked; then the same bytes go out, once complete."""
    system.code(1)
    received = len(system.received())
    system.arm("disconnect_after_bytes", bytes=0)
    [batch_id] = system.submit()
    for cut in (1, 700):
        wait_for_state(system, batch_id, Batch.State.UNKNOWN)
        with access.acting_in(system.practice.pk):
            assert batch_id not in submissions.sweep_practice(system.practice.pk)
        system.wait_for_tasks(
            system.run_tasks(("billing.tasks.send_batch", [system.practice.pk, batch_id]))
        )
        assert system.batch(batch_id).state == Batch.State.UNKNOWN
        assert len(system.received()) == received
        system.arm("disconnect_after_bytes", bytes=cut)
        send_again(system, batch_id)
    wait_for_state(system, batch_id, Batch.State.UNKNOWN)
    send_again(system, batch_id)
    system.settle()
    batch = system.batch(batch_id)
    assert (batch.state, batch.attempts) == (Batch.State.ACKNOWLEDGED, 4)
    [arrived] = [path for path in system.received() if path.name.endswith(batch.file.name)]
    assert arrived.read_bytes() == bytes(batch.file.content)
    assert len(system.received()) == received + 1


def wait_for_state(system: System, batch_id: int, state: str) -> None:
    system.drive.wait(
        f"waiting for the batch to be {state}",
        lambda: Batch.objects.filter(pk=batch_id, state=state).exists(),
    )


def send_again(system: System, batch_id: int) -> None:
    with access.acting_in(system.practice.pk):
        submissions.send_again(Batch.objects.get(pk=batch_id), by=system.drive.ben)


def test_files_nobody_can_read_do_not_stop_the_good_one_behind_them(system: System) -> None:
    system.code(1)
    [batch_id] = system.submit()
    system.settle()
    [payment, *_] = sorted(system.outbound.rglob("*.835"))
    poison = {
        "0-empty.835": b"",
        "0-garbage.835": bytes(range(256)) * 40,
        "0-truncated.835": other_payment(payment.read_bytes())[:700],
        "0-claims.835": bytes(system.batch(batch_id).file.content),
    }
    for name, content in poison.items():
        system.drop(name, content)
    before = len(system.payments())
    system.code(1)
    system.submit()
    system.settle()
    assert len(system.payments()) == before + 1
    with access.acting_in(system.practice.pk):
        files = InterchangeFile.objects.filter(name__startswith="0-", direction="in")
        assert dict(files.values_list("name", "state")) == {
            "0-empty.835": "failed",
            "0-garbage.835": "failed",
            "0-truncated.835": "failed",
            "0-claims.835": "ignored",
        }
        assert not Remittance.objects.filter(file__in=files).exists()
        assert not InterchangeFile.objects.filter(direction="in", note="").exists()
    for name in poison:
        (system.outbound / "archive" / name).unlink()


def other_payment(content: bytes) -> bytes:
    """The same 835 under another trace number, so that it is no repetition."""
    head, _, rest = content.partition(b"TRN*1*")
    return head + b"TRN*1*9" + rest


def test_tasks_that_run_again_change_nothing(system: System) -> None:
    system.code(2)
    with system.stuck("billing_posting"):
        batches = system.submit()
        system.wait_for_stuck("billing_posting")
        with access.acting_in(system.practice.pk):
            waiting = Remittance.objects.exclude(state="posted").values_list("pk", flat=True)
            [remittance_id, *_] = list(waiting)
        posting = ("billing.tasks.post_remittance", [system.practice.pk, remittance_id])
        at_once = system.run_tasks(posting, posting, posting)
    system.wait_for_tasks(at_once)
    system.settle()
    before = system.facts()
    with access.acting_in(system.practice.pk):
        posted = Event.objects.filter(name="remittance.posted", subject_id=remittance_id)
        assert posted.count() == 1
        files = list(InterchangeFile.objects.filter(direction="in").values_list("pk", flat=True))
        remittances = list(Remittance.objects.values_list("pk", flat=True))
    names = {
        "billing.tasks.read_file": files[-6:],
        "billing.tasks.post_remittance": remittances[-3:],
        "denials.tasks.open_denials": remittances[-3:],
        "billing.tasks.send_batch": batches,
        "billing.tasks.draft_ready_claims": [0],
    }
    again = [(name, [system.practice.pk, pk]) for name, ids in names.items() for pk in ids]
    system.wait_for_tasks(system.run_tasks(*again, *again))
    assert system.facts() == before


def test_the_audit_log_is_sealed_beside_the_work_and_holds(system: System) -> None:
    """Two sealers at once, while the sweeps go on: every event is under one seal."""
    system.code(1)
    system.submit()
    system.wait_for_tasks(system.run_tasks(*[("rcm.tasks.seal_events", [])] * 2))
    system.settle()
    system.wait_for_tasks(system.run_tasks(*[("rcm.tasks.seal_events", [])] * 2))
    with access.acting_in(system.practice.pk):
        verdict = seals.verify_events(system.practice)
        assert verdict.broken is None
        assert verdict.last is not None
        assert verdict.seals >= 2
        assert verdict.events == Event.objects.filter(pk__lte=verdict.last.last_id).count()
