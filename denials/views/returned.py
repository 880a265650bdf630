"""Returned work: the coder sees chart, claim and remittance on one page and answers."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, Sum
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from coding.models import CoderTask
from denials.actions import coder_answers, denials
from denials.forms import UpholdForm
from denials.models import Denial
from denials.queries import task_facts
from rcm import access, events
from rcm.http import PracticeRequest, page_or_partial, practice_view

# Verbs that open the chart, and the page of it they lead to.
OPENING = {"recode": "workspace", "query": "query"}


@practice_view("coding.view")
def returned_tasks(request: PracticeRequest) -> HttpResponse:
    """Tasks by state, oldest first."""
    state = request.GET.get("state", "open")
    mine = access.in_practice(request, CoderTask.objects.all())
    rows = (
        mine.filter(state=state)
        .select_related("encounter__patient", "encounter__provider", "resolved_by")
        .annotate(amount=Sum("denial__amount"))
        .prefetch_related(with_lines("payer"))
    )
    states = CoderTask.State.choices[:3]
    context = {
        "page": Paginator(rows.order_by("id"), 50).get_page(request.GET.get("page")),
        "state": state,
        "views": [
            {
                "label": label,
                "url": f"?state={key}",
                "count": mine.filter(state=key).count(),
                "is_current": key == state,
            }
            for key, label in states
        ],
    }
    return page_or_partial(request, "denials/returned_tasks.html", "rows", context)


@practice_view("coding.view")
def returned_task(request: PracticeRequest, task_id: int) -> HttpResponse:
    """One returned task; what an audit returned has its own page."""
    task = find(request, task_id)
    if task.is_from_audit:
        return redirect("my_audit", task.audit_chart.pk)
    return show(request, task, UpholdForm())


def find(request: PracticeRequest, task_id: int) -> CoderTask:
    rows = CoderTask.objects.select_related(
        "encounter__patient", "encounter__provider", "encounter__coverage__payer", "resolved_by"
    ).prefetch_related(with_lines("remitted_claim__remittance", "payer"))
    return access.get(request, rows, task_id)


def with_lines(*related: str) -> "Prefetch[Any]":
    """The denied lines each task is about, the first of the claim first."""
    return Prefetch("denials", Denial.objects.select_related(*related).order_by("pk"))


def show(
    request: PracticeRequest, task: CoderTask, form: UpholdForm, status: int = 200
) -> HttpResponse:
    patient_id = task.encounter.patient_id
    events.record("coder_task.viewed", task, by=request.user, patient_id=patient_id)
    context = task_facts(task) | {
        "form": form,
        "may_work": access.may(request, "coding.work"),
        "may_open_claims": access.may(request, "billing.view"),
    }
    return render(request, "denials/returned_task.html", context, status=status)


@practice_view("coding.view", methods=("POST",))
def answer(request: PracticeRequest, task_id: int, verb: str) -> HttpResponse:
    """Uphold with a reason, or reopen the chart to recode it or to ask its provider."""
    task = find(request, task_id)
    if verb in OPENING:
        denials.start_recoding(task, by=request.user)
        return redirect(reverse(OPENING[verb], args=[task.encounter_id]))
    if verb != "uphold":
        raise Http404
    form = UpholdForm(request.POST)
    if not form.is_valid():
        return show(request, task, form, status=422)
    coder_answers.uphold(task, answer=form.cleaned_data["answer"], by=request.user)
    is_denied = task.denials.exists()
    whose = "The denial is back with billing" if is_denied else "The chart stays as it is coded"
    messages.success(request, f"Upheld. {whose}, with your reasoning.")
    return redirect("returned_tasks")
