"""Plans and contracts of payers, and whose Medicare prices hold for the practice."""

from typing import Any

from django.contrib import messages
from django.forms.models import model_to_dict
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from billing.forms_contracts import ContractForm, LocalityForm, PlanForm
from billing.forms_money import checked
from payers.actions import contracts as actions
from payers.models import PayerContract, Plan
from rcm import access
from rcm.http import PracticeRequest, practice_view


@practice_view("billing.view")
def contracts(request: PracticeRequest) -> HttpResponse:
    """Contracts and plans by payer."""
    rows = PayerContract.objects.select_related("payer", "plan", "schedule")
    plans = Plan.objects.select_related("payer")
    context = {
        "contracts": access.in_practice(request, rows).order_by("payer__name", "starts_on", "pk"),
        "plans": access.in_practice(request, plans).order_by("payer__name", "name", "pk"),
        "today": timezone.localdate(),
        "may_approve": access.may(request, "billing.approve"),
    }
    return render(request, "billing/contracts.html", context)


@practice_view("billing.view", methods=("GET", "POST"), write="billing.approve")
def contract_new(request: PracticeRequest) -> HttpResponse:
    """A new contract."""
    return contract_form(request, None)


@practice_view("billing.view", methods=("GET", "POST"), write="billing.approve")
def contract(request: PracticeRequest, contract_id: int) -> HttpResponse:
    """The terms of one contract."""
    rows = PayerContract.objects.select_related("payer")
    return contract_form(request, access.get(request, rows, contract_id))


def contract_form(request: PracticeRequest, old: PayerContract | None) -> HttpResponse:
    """Show or save; the payer of an old one stays."""
    initial = model_to_dict(old) if old else None
    form = ContractForm(request.POST or None, initial=initial, practice=request.practice)
    if request.method == "POST" and form.is_valid():
        terms = dict(form.cleaned_data)
        payer = terms.pop("payer")
        row = actions.save_contract(old.payer if old else payer, by=request.user, old=old, **terms)
        messages.success(request, f"Contract {row} with {row.payer} is saved.")
        return redirect("contracts")
    return show(request, form, f"Contract {old}" if old else "New contract")


def show(request: PracticeRequest, form: Any, title: str) -> HttpResponse:
    context = {
        "form": form,
        "heading": title,
        "may_approve": access.may(request, "billing.approve"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "billing/contract_form.html", context, status=status)


@practice_view("billing.view", methods=("GET", "POST"), write="billing.approve")
def plan_new(request: PracticeRequest) -> HttpResponse:
    """A new plan."""
    return plan_form(request, None)


@practice_view("billing.view", methods=("GET", "POST"), write="billing.approve")
def plan(request: PracticeRequest, plan_id: int) -> HttpResponse:
    """The terms of one plan."""
    return plan_form(request, access.get(request, Plan.objects.select_related("payer"), plan_id))


def plan_form(request: PracticeRequest, old: Plan | None) -> HttpResponse:
    """Show or save; the payer of an old one stays."""
    initial = model_to_dict(old) if old else None
    form = PlanForm(request.POST or None, initial=initial, practice=request.practice)
    if request.method == "POST" and form.is_valid():
        terms = dict(form.cleaned_data)
        payer = terms.pop("payer")
        row = actions.save_plan(old.payer if old else payer, by=request.user, old=old, **terms)
        messages.success(request, f"Plan {row} of {row.payer} is saved.")
        return redirect("contracts")
    return show(request, form, f"Plan {old}" if old else "New plan")


@practice_view("billing.view", methods=("POST",), write="billing.approve")
def practice_locality(request: PracticeRequest) -> HttpResponse:
    """Whose Medicare prices hold."""
    given = checked(LocalityForm(request.POST))
    actions.set_locality(
        request.practice,
        given["contractor"],
        given["locality"],
        on=timezone.localdate(),
        by=request.user,
    )
    messages.success(request, f"Medicare pays by {given['contractor']}-{given['locality']}.")
    return redirect("contracts")
