"""Payers' own windows for corrections and appeals: list, new, end."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from billing.forms_money import checked
from denials.actions import appeal_terms as actions
from denials.forms_deadlines import AppealTermsForm, EndTermsForm
from denials.models import AppealTerms
from denials.practice_days import practice_today
from rcm import access
from rcm.http import PracticeRequest, practice_view


@practice_view("denials.view")
def appeal_terms(request: PracticeRequest) -> HttpResponse:
    """All terms by payer, the newest of each first."""
    rows = AppealTerms.objects.select_related("payer", "plan").prefetch_related("levels")
    found = access.in_practice(request, rows).order_by("payer__name", "plan__name", "-starts_on")
    context = {
        "rows": found,
        "today": practice_today(request.practice),
        "may_approve": access.may(request, "billing.approve"),
    }
    return render(request, "denials/appeal_terms.html", context)


@practice_view("denials.view", methods=("GET", "POST"), write="billing.approve")
def appeal_terms_new(request: PracticeRequest) -> HttpResponse:
    """Terms of a payer from a day on."""
    form = AppealTermsForm(request.POST or None, practice=request.practice)
    if request.method == "POST" and form.is_valid():
        given = form.terms()
        row = actions.add_terms(given.pop("payer"), by=request.user, **given)
        messages.success(request, f"Deadlines of {row} are saved; its denials follow.")
        return redirect("appeal_terms")
    context = {"form": form, "may_approve": access.may(request, "billing.approve")}
    status = 422 if request.method == "POST" else 200
    return render(request, "denials/appeal_terms_form.html", context, status=status)


@practice_view("denials.view", methods=("POST",), write="billing.approve")
def appeal_terms_end(request: PracticeRequest, terms_id: int) -> HttpResponse:
    """The last day of the terms."""
    row = access.get(request, AppealTerms.objects.select_related("payer", "plan"), terms_id)
    given = checked(EndTermsForm(request.POST))
    actions.end_terms(row, ends_on=given["ends_on"], by=request.user)
    messages.success(request, f"Deadlines of {row} end on {given['ends_on']:%m/%d/%Y}.")
    return redirect("appeal_terms")
