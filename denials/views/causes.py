"""What codes mean: the shipped table, the practice's overrides, and codes nobody knows yet."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import pluralize

from denials import cause_page as page_of
from denials.actions import causes as actions
from denials.forms import CauseForm
from denials.models import CauseOverride
from denials.rules.triage import code_of
from rcm import access
from rcm.http import PracticeRequest, practice_view

ROWS = 50


@practice_view("denials.view", methods=("GET", "POST"), write="denials.approve")
def causes(request: PracticeRequest) -> HttpResponse:
    """The table with a filter by code (``q``); POST sets what a code means from now on."""
    query = request.GET.get("q", "").strip().upper()
    given = {"reason": code_of(query)}
    form = CauseForm(request.POST or None, initial=given, practice=request.practice)
    if request.method == "POST" and form.is_valid():
        row, count = actions.set_cause(request.practice, by=request.user, **form.cleaned_data)
        messages.success(request, f"{row} is set. {count} open denial{pluralize(count)} moved.")
        return redirect("causes")
    page = Paginator(page_of.shipped(query), ROWS).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "query": query,
        "overrides": page_of.overrides(request.practice.pk, query),
        "unknown": page_of.unknown_codes(request.practice.pk),
        "page": page,
        "shipped": page_of.table_rows(page),
        "can_change": access.may(request, "denials.approve"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "denials/causes.html", context, status=status)


@practice_view("denials.view", methods=("POST",), write="denials.approve")
def cause_end(request: PracticeRequest, override_id: int) -> HttpResponse:
    """The shipped table decides again."""
    row = access.get(request, CauseOverride.objects.all(), override_id)
    count = actions.end_cause(row, by=request.user)
    messages.success(request, f"{row} is ended. {count} open denial{pluralize(count)} moved.")
    return redirect("causes")
