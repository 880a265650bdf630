"""Long work in view: the list, one job, and polling that ends."""

from django.test import Client

from rcm.models import Job, Practice, User

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
