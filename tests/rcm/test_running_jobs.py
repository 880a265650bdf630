"""Long work tells how far it is, while it runs and when it is over."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from rcm import access
from rcm.actions import jobs
from rcm.actions.jobs import running_job
from rcm.models import Job, Practice
from rcm.tasks import end_lost_jobs
from tests import make


@pytest.fixture
def practice(transactional_db: None) -> Practice:
    return make.practice(name="North Medical Group", initials="NO", npi="1234567893")


def the_job(practice: Practice) -> Job:
    with access.acting_in(practice.pk):
        return Job.objects.get()


def test_progress_is_seen_while_the_work_is_still_one_open_transaction(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "EVERY_SECONDS", 0)
    with running_job(
        practice.pk, kind="posting", label="Posting", subject=practice, total=10
    ) as progress:
        with transaction.atomic():
            progress.reach(4)
            transaction.set_rollback(True)
        assert the_job(practice).completed == 4
        assert the_job(practice).state == "running"
        progress.reach(10)
    job = the_job(practice)
    assert (job.state, job.completed, job.failed, job.percent) == ("done", 10, 0, 100)
    assert job.finished_at is not None


def test_work_with_failures_ends_as_partly_done(practice: Practice) -> None:
    with running_job(
        practice.pk, kind="posting", label="Posting", subject=practice, total=3
    ) as progress:
        progress.reach(2)
        progress.failed = 1
        progress.message = "1 claim waits for a person."
    job = the_job(practice)
    assert (job.state, job.completed, job.failed) == ("partial", 2, 1)
    assert job.message == "1 claim waits for a person."


def test_work_that_breaks_ends_as_failed_and_the_error_goes_on(practice: Practice) -> None:
    with (
        pytest.raises(ValueError, match="broken"),
        running_job(practice.pk, kind="posting", label="Posting", subject=practice, total=3),
    ):
        raise ValueError("broken")
    job = the_job(practice)
    assert (job.state, job.message) == ("failed", "It did not finish and will be tried again.")


def test_a_job_whose_worker_is_gone_ends_after_the_longest_a_task_may_run(
    north: Practice, south: Practice
) -> None:
    longest = timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT + 60)
    now = timezone.now()
    started = {"lost": now - longest - timedelta(seconds=1), "alive": now - longest / 2}
    for practice in (north, south):
        access.open_walls([practice.pk])
        for label, at in started.items():
            Job.objects.create(
                practice=practice, kind="posting", label=label, state="running", started_at=at
            )
    end_lost_jobs()
    for practice in (north, south):
        access.open_walls([practice.pk])
        states = dict(Job.objects.filter(practice=practice).values_list("label", "state"))
        assert states == {"lost": "failed", "alive": "running"}
    lost = Job.objects.get(practice=south, label="lost")
    assert lost.message == "Its worker was stopped. What was not written is tried again by itself."
    assert lost.finished_at is not None
