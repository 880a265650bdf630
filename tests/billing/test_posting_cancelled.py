"""A posting cancelled while it runs leaves nothing behind, waits, and posts whole when released.

Committed for real: the posting has its connection, the person who cancels another one.
"""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import NamedTuple

import pytest
from django.db import connection

from billing.actions.takebacks import release_remittance
from billing.models import Claim, Posting, Remittance
from billing.tasks_in import post_remittance, sweep_remittances
from rcm import access
from rcm.actions import jobs
from rcm.errors import Refusal
from rcm.models import Event, Job, Practice, Role, User
from tests import make
from tests.billing import remitting as r
from tests.billing.books import assert_ledger, book_of

POSTED = {
    "primary_receivable": Decimal("-165.00"),
    "contractual": Decimal("93.00"),
    "unapplied": Decimal("72.00"),
}


class Running(NamedTuple):
    """A payment of one claim, ready to post, and the biller."""

    practice: Practice
    remittance: Remittance
    claim: Claim
    ben: User


@pytest.fixture
def ready(transactional_db: None) -> Running:
    practice = make.practice(name="North Medical Group", initials="NO", npi="1234567893")
    with access.acting_in(practice.pk):
        ben = make.member(practice, Role.BILLER, "ben@example.test", "Ben", "Carver")
        claim = make.claim(practice)
        row = r.recorded(practice, r.content("72.00", r.echo(claim, ("72.00", "CO-45 93.00"))))
    return Running(practice, row, claim, ben)


def cancel(ready: Running) -> str:
    """As a request of Ben does, over a connection of its own; the code when it is refused."""
    try:
        with access.acting_in(ready.practice.pk):
            job = Job.objects.order_by("-pk").first()
            assert job is not None
            jobs.cancel_job(job, by=ready.ben)
    except Refusal as refusal:
        return refusal.code
    finally:
        connection.close()
    return "asked"


@pytest.fixture
def cancelled_at_first_report(ready: Running, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Ben cancels in another thread just before the posting reports for the first time."""
    answers: list[str] = []
    tell = jobs.tell

    def cancel_then_tell(practice_id: int, job_id: int, count: int) -> bool:
        if not answers:
            with ThreadPoolExecutor(1) as pool:
                answers.append(pool.submit(cancel, ready).result())
        return tell(practice_id, job_id, count)

    monkeypatch.setattr(jobs, "EVERY_SECONDS", 0)
    monkeypatch.setattr(jobs, "tell", cancel_then_tell)
    return answers


def state_of(ready: Running) -> Remittance:
    return Remittance.objects.get(pk=ready.remittance.pk)


def test_a_cancelled_posting_leaves_nothing_and_is_held(
    ready: Running, cancelled_at_first_report: list[str]
) -> None:
    post_remittance(ready.practice.pk, ready.remittance.pk)
    assert cancelled_at_first_report == ["asked"]
    with access.acting_in(ready.practice.pk):
        row = state_of(ready)
        assert (row.state, row.hold_code) == ("held", "cancelled")
        assert row.hold_message == "Posting was cancelled by Ben Carver. Release it to post."
        assert row.posted_at is None
        assert not Posting.objects.filter(remittance=row).exists()
        assert row.claims.get().state == "matched"
        assert Claim.objects.get(pk=ready.claim.pk).status == "accepted"
        assert not Event.objects.filter(name="remittance.posted").exists()
        job = Job.objects.get()
        assert (job.state, job.completed, job.failed) == ("cancelled", 0, 0)
        assert job.message == "Cancelled by Ben Carver. Nothing of it was posted."
        assert job.finished_at is not None


def test_no_sweep_posts_it_and_a_release_posts_it_whole(
    ready: Running, cancelled_at_first_report: list[str]
) -> None:
    post_remittance(ready.practice.pk, ready.remittance.pk)
    sweep_remittances()
    post_remittance(ready.practice.pk, ready.remittance.pk)
    with access.acting_in(ready.practice.pk):
        assert state_of(ready).state == "held"
        assert Job.objects.count() == 1
        posted = release_remittance(state_of(ready), by=ready.ben)
        assert (posted.state, posted.hold_code) == ("posted", "")
        assert Posting.objects.filter(remittance=posted).count() == 3
        assert book_of(ready.claim) == POSTED
        assert_ledger(ready.practice)


def test_a_claim_that_was_posted_before_stays_posted(
    ready: Running, cancelled_at_first_report: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with access.acting_in(ready.practice.pk):
        known = r.echo(ready.claim, ("72.00", "CO-45 93.00"))
        lost = r.clp("NOBODY", "5.00", "5.00", position=2)
        row = r.posted(ready.practice, r.content("77.00", known, lost, trace_number="CHECK2"))
        moves = Posting.objects.count()
    post_remittance(ready.practice.pk, row.pk)
    with access.acting_in(ready.practice.pk):
        row.refresh_from_db()
        assert (row.state, row.hold_code) == ("partly_posted", "")
        assert Posting.objects.count() == moves
        job = Job.objects.get()
        assert job.state == "cancelled"
        assert job.message == "Cancelled by Ben Carver. What had been posted before stays posted."


def test_what_broke_off_before_it_could_stop_is_not_tried_again(ready: Running) -> None:
    with access.acting_in(ready.practice.pk):
        Job.objects.create(
            practice=ready.practice,
            kind="posting",
            label="Posting",
            state="running",
            subject_type="remittance",
            subject_id=ready.remittance.pk,
            can_cancel=True,
        )
    assert cancel(ready) == "asked"
    post_remittance(ready.practice.pk, ready.remittance.pk)
    with access.acting_in(ready.practice.pk):
        assert state_of(ready).hold_code == "cancelled"
        assert Job.objects.get().state == "cancelled"
        assert not Posting.objects.exists()


def test_a_request_that_comes_too_late_is_said(
    ready: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish = jobs.finish

    def cancel_then_finish(*arguments: object) -> None:
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(cancel, ready).result() == "asked"
        finish(*arguments)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(jobs, "finish", cancel_then_finish)
    post_remittance(ready.practice.pk, ready.remittance.pk)
    with access.acting_in(ready.practice.pk):
        assert state_of(ready).state == "posted"
        job = Job.objects.get()
        assert job.state == "done"
        assert job.message == (
            "1 claim posted, 0 wait for a person. It was over before it could be cancelled."
        )
    assert cancel(ready) == "job_finished"
