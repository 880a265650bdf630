"""Payment plans of accounts: the schedule is shown before it is saved."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from billing.actions import patient_plans as actions
from billing.actions.patient_payments import owed_by
from billing.forms_accounts import PlanForm, ReasonForm
from billing.forms_money import checked
from billing.models import PaymentPlan
from billing.views.accounts import patient_of
from rcm import access, events
from rcm.http import PracticeRequest, practice_view
from rcm.models import Patient


@practice_view("billing.view", methods=("GET", "POST"))
def account_plan(request: PracticeRequest, patient_id: int) -> HttpResponse:
    """Build a plan: first its schedule, then it is saved as shown."""
    patient = patient_of(request, patient_id)
    owed = sum(owed_by(patient).visits.values())
    if request.method == "GET":
        return show_plan(request, patient, PlanForm.fresh(owed), owed=owed)
    form = PlanForm(request.POST)
    if not form.is_valid():
        return show_plan(request, patient, form, owed=owed, status=422)
    if request.POST.get("step") != "save":
        parts = actions.proposed(**form.cleaned_data)
        return show_plan(request, patient, form, owed=owed, parts=parts)
    plan = actions.make_plan(patient, by=request.user, **form.cleaned_data)
    messages.success(request, f"{plan} of ${plan.amount:,.2f} is in force.")
    return redirect("account", patient.pk)


def show_plan(
    request: PracticeRequest,
    patient: Patient,
    form: PlanForm,
    *,
    owed: Any,
    parts: Any = None,
    status: int = 200,
) -> HttpResponse:
    events.record("account.viewed", patient, by=request.user, patient_id=patient.pk)
    context = {"patient": patient, "form": form, "owed": owed, "parts": parts}
    return render(request, "billing/account_plan.html", context, status=status)


@practice_view("billing.view", methods=("POST",))
def account_plan_cancel(request: PracticeRequest, payment_plan_id: int) -> HttpResponse:
    """End a plan."""
    plan = access.get(request, PaymentPlan.objects.all(), payment_plan_id)
    reason = checked(ReasonForm(request.POST))["reason"]
    actions.cancel_plan(plan, reason=reason, by=request.user)
    messages.success(request, f"{plan} is cancelled.")
    return redirect("account", plan.patient_id)
