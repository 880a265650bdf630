"""Good-faith estimates of an account: priced first, then kept and printed."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from billing.actions import estimates as actions
from billing.forms_estimates import EstimateForm
from billing.models import GoodFaithEstimate
from billing.rules.estimates import total_of
from billing.views.accounts import patient_of
from rcm import access, events, pdf
from rcm.errors import Refusal
from rcm.http import PracticeRequest, pdf_response, practice_view


@practice_view("billing.view", methods=("GET", "POST"))
def account_estimate(request: PracticeRequest, patient_id: int) -> HttpResponse:
    """What planned services come to; kept once a person has seen it."""
    patient = patient_of(request, patient_id)
    form = EstimateForm(
        request.POST or None, practice=request.practice, initial={"is_self_pay": True}
    )
    context: dict[str, Any] = {"patient": patient, "form": form}
    if request.method == "POST" and form.is_valid():
        if request.POST.get("step") == "save":
            made = actions.make_estimate(patient, form.plan, by=request.user)
            messages.success(request, f"{made} of ${made.amount:,.2f} is kept.")
            return redirect("account", patient.pk)
        try:
            charges, coverage = actions.price_plan(patient, form.plan)
        except Refusal as refusal:
            fields = refusal.data.get("fields", {})
            for name in fields or {"services": ""}:
                form.add_error(name, fields.get(name) or refusal.message)
        else:
            context |= {"charges": charges, "coverage": coverage, "total": total_of(charges)}
    events.record("account.viewed", patient, by=request.user, patient_id=patient.pk)
    status = 422 if request.method == "POST" and form.errors else 200
    return render(request, "billing/account_estimate.html", context, status=status)


@practice_view("billing.view")
def estimate_document(request: PracticeRequest, estimate_id: int) -> HttpResponse:
    """The estimate as it was handed out."""
    row = access.get(request, GoodFaithEstimate.objects.all(), estimate_id)
    events.record("estimate.printed", row, by=request.user, patient_id=row.patient_id)
    facts = {"title": f"Good-faith estimate {row.pk}", "footer": row.content["practice"][0]}
    content = pdf.render("estimate", facts | row.content, made_at=row.made_at)
    return pdf_response(content, f"estimate-{row.pk}.pdf")
