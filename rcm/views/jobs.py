"""Long work in view."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render

from rcm import access
from rcm.actions.jobs import cancel_job
from rcm.context import job_card
from rcm.http import PracticeRequest, page_or_partial, practice_view
from rcm.models import Job

# htmx stops polling on this status.
STOP_POLLING = 286


@practice_view("billing.view")
def jobs(request: PracticeRequest) -> HttpResponse:
    """All jobs of the practice, newest first."""
    rows = access.in_practice(request, Job.objects.select_related("started_by")).order_by("-id")
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    return page_or_partial(request, "jobs/jobs.html", "rows", {"page": page})


@practice_view("billing.view")
def job(request: PracticeRequest, job_id: int) -> HttpResponse:
    """The card of one job, polled while it runs."""
    row = access.get(request, Job.objects.select_related("cancel_requested_by"), job_id)
    status = STOP_POLLING if row.is_finished and request.htmx else 200
    if request.htmx:
        return render(request, "components/job.html", {"job": job_card(row)}, status=status)
    can_work = access.may(request, "billing.work")
    context = {"job": row, "card": job_card(row), "can_cancel": can_work and row.may_cancel}
    return render(request, "jobs/job.html", context)


@practice_view("billing.view", methods=("POST",))
def job_cancel(request: PracticeRequest, job_id: int) -> HttpResponse:
    """Ask running work to stop."""
    row = cancel_job(access.get(request, Job.objects.all(), job_id), by=request.user)
    messages.success(request, f"“{row}” stops at its next step and takes back what it wrote.")
    return redirect("job", row.pk)
