"""Long work in view: the list, one job, and polling that ends."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from rcm import access
from rcm.models import Event, Job, Practice, User

HTMX = {"HX-Request": "true"}


def make_job(practice: Practice, **changes: object) -> Job:
    fields = {"kind": "submission", "label": "Send claims", "state": "running", "total": 200}
    return Job.objects.create(practice=practice, **fields | changes)


def test_a_running_job_is_polled_until_it_is_finished(
    north: Practice, ben: User, ben_client: Client
) -> None:
    job = make_job(north, completed=50, failed=2)
    running = ben_client.get(f"/jobs/{job.pk}/", headers=HTMX)
    assert running.status_code == 200
    page = running.content.decode()
    assert f'hx-get="/jobs/{job.pk}/"' in page
    assert "50 of 200 · 2 failed" in page
    Job.objects.filter(pk=job.pk).update(state=Job.State.PARTIAL, completed=198)
    finished = ben_client.get(f"/jobs/{job.pk}/", headers=HTMX)
    assert finished.status_code == 286
    assert "hx-get" not in finished.content.decode()
    assert ben_client.get(f"/jobs/{job.pk}/").status_code == 200


def test_percent_never_passes_a_hundred_and_needs_a_total(north: Practice) -> None:
    assert make_job(north, completed=50).percent == 25
    assert make_job(north, completed=500).percent == 100
    assert make_job(north, total=0, completed=5).percent == 0


def test_jobs_are_listed_newest_first_in_pages(
    north: Practice, ben: User, ben_client: Client
) -> None:
    for number in range(51):
        make_job(north, label=f"Send {number}", state="done")
    first = ben_client.get("/jobs/").context["page"]
    assert (first[0].label, len(first), first.paginator.count) == ("Send 50", 50, 51)
    assert [row.label for row in ben_client.get("/jobs/?page=2").context["page"]] == ["Send 0"]


def test_the_sidebar_shows_running_jobs_to_those_who_may_open_them(
    north: Practice, ana: User, ben: User, ana_client: Client, ben_client: Client
) -> None:
    make_job(north, label="Send to Unified")
    make_job(north, label="Finished work", state="done")
    page = ben_client.get("/preferences/").content.decode()
    assert "Send to Unified" in page and "Finished work" not in page
    assert "Send to Unified" not in ana_client.get("/preferences/").content.decode()


def test_a_running_job_is_cancelled_by_a_button_and_says_who_asked(
    north: Practice, ben: User, ben_client: Client
) -> None:
    job = make_job(north, can_cancel=True, label="Posting 835")
    url = f"/jobs/{job.pk}/cancel/"
    assert url in ben_client.get(f"/jobs/{job.pk}/").content.decode()
    page = ben_client.post(url, follow=True).content.decode()
    assert "“Posting 835” stops at its next step and takes back what it wrote." in page
    assert "Ben Carver asked it to stop." in page
    assert url not in page
    job.refresh_from_db()
    assert (job.state, job.cancel_requested_by) == ("running", ben)
    assert Event.objects.get(name="job.cancel_requested").subject_id == job.pk
    again = ben_client.post(url)
    assert again.status_code == 409
    assert "Ben Carver has asked it to stop already." in again.content.decode()
    assert Event.objects.filter(name="job.cancel_requested").count() == 1


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"state": "done", "can_cancel": True}, 409, "“Send claims” is over already."),
        ({}, 422, "“Send claims” cannot be cancelled."),
    ],
)
def test_what_is_over_or_cannot_stop_is_not_cancelled(
    north: Practice, ben_client: Client, changes: dict[str, object], status: int, words: str
) -> None:
    job = make_job(north, **changes)
    assert "/cancel/" not in ben_client.get(f"/jobs/{job.pk}/").content.decode()
    answer = ben_client.post(f"/jobs/{job.pk}/cancel/")
    assert answer.status_code == status
    assert words in answer.content.decode()
    job.refresh_from_db()
    assert job.cancel_requested_at is None


def test_a_coder_and_a_stranger_cannot_cancel(
    north: Practice, ana_client: Client, otto_client: Client
) -> None:
    job = make_job(north, can_cancel=True)
    assert ana_client.post(f"/jobs/{job.pk}/cancel/").status_code == 403
    assert otto_client.post(f"/jobs/{job.pk}/cancel/").status_code == 404
    access.open_walls([north.pk])
    job.refresh_from_db()
    assert job.cancel_requested_at is None


def test_the_database_keeps_a_request_whole_and_a_cancelled_job_with_its_person(
    north: Practice, ben: User
) -> None:
    with pytest.raises(IntegrityError, match="job_cancelled_by_somebody"), transaction.atomic():
        make_job(north, state="cancelled")
    with pytest.raises(IntegrityError, match="job_cancel_request_is_whole"), transaction.atomic():
        make_job(north, cancel_requested_by=ben)
