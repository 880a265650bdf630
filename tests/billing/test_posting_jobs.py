"""A payment being posted is a job in view."""

from billing.tasks_in import post_remittance
from rcm.models import Job, Practice
from tests import make
from tests.billing import remitting as r


def test_posting_shows_as_a_job_with_its_result(north: Practice) -> None:
    claim = make.claim(north)
    row = r.recorded(north, r.content("72.00", r.echo(claim, ("72.00", "CO-45 93.00"))))
    post_remittance(north.pk, row.pk)
    job = Job.objects.get()
    assert (job.kind, job.state, job.subject_id) == ("posting", "done", row.pk)
    assert job.label == "Posting 835 UNIFIED CARE CHECK1"
    assert (job.completed, job.total, job.failed) == (1, 1, 0)
    assert job.message == "1 claim posted, 0 wait for a person."


def test_a_claim_that_waits_makes_the_job_partly_done(north: Practice) -> None:
    claim = make.claim(north)
    known = r.echo(claim, ("72.00", "CO-45 93.00"))
    unknown = r.clp("NOBODY", "50.00", "50.00", position=2)
    row = r.recorded(north, r.content("122.00", known, unknown))
    post_remittance(north.pk, row.pk)
    job = Job.objects.get()
    assert (job.state, job.completed, job.failed) == ("partial", 1, 1)


def test_a_payment_already_posted_makes_no_job(north: Practice) -> None:
    row = r.posted(north, r.content("72.00", r.echo(make.claim(north), ("72.00", "CO-45 93.00"))))
    post_remittance(north.pk, row.pk)
    assert not Job.objects.exists()
