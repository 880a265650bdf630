"""Authorizations: what is left of each, adding and changing them, and who wants one."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import pluralize
from django.urls import reverse
from django.utils import timezone

from billing import authorization_page as page_of
from billing.actions import authorizations as actions
from billing.forms_authorizations import AuthorizationForm, AuthorizationRuleForm, LastDayForm
from billing.forms_money import checked
from payers.models import Authorization, AuthorizationRule
from rcm import access, events
from rcm.http import PracticeRequest, page_or_partial, practice_view
from rcm.models import Patient

ROWS = 50


@practice_view("billing.view")
def authorizations(request: PracticeRequest) -> HttpResponse:
    """All, or those of ``patient``: the first to end on top, with what is left of each."""
    today, view = timezone.localdate(), request.GET.get("view", "")
    own = access.in_practice(request, Authorization.objects.all())
    found = page_of.filtered(page_of.chosen_view(own, view, today), request.GET)
    page = Paginator(found, ROWS).get_page(request.GET.get("page"))
    rows = page_of.rows_of(request.practice.pk, list(page.object_list), today)
    seen = [each["row"].pk for each in rows]
    events.record("authorizations.listed", request.practice, by=request.user, rows=seen)
    context = {
        "views": page_of.tabs(own, view, today),
        "page": page,
        "rows": rows,
        "filters": request.GET,
        "is_filtered": any(request.GET.get(name) for name in ("q", "patient")),
        "can_work": access.may(request, "billing.work"),
    }
    return page_or_partial(request, "billing/authorizations.html", "rows", context)


@practice_view("billing.view", methods=("GET", "POST"))
def authorization_new(request: PracticeRequest) -> HttpResponse:
    """The form for a patient named by number (``mrn``); without one it asks for it."""
    mrn = request.GET.get("mrn", "").strip()
    rows = access.in_practice(request, Patient.objects.all())
    patient = rows.filter(mrn__iexact=mrn).first() if mrn else None
    if patient is None:
        return render(request, "billing/authorization_patient.html", {"mrn": mrn})
    return authorization_form(request, patient, None)


@practice_view("billing.view", methods=("GET", "POST"))
def authorization(request: PracticeRequest, authorization_id: int) -> HttpResponse:
    """One authorization, the visits that take from it, and its terms to change."""
    rows = Authorization.objects.select_related("patient", "coverage__payer")
    row = access.get(request, rows, authorization_id)
    return authorization_form(request, row.patient, row)


def authorization_form(
    request: PracticeRequest, patient: Patient, old: Authorization | None
) -> HttpResponse:
    """Show or save the terms."""
    events.record("patient.viewed", patient, by=request.user, patient_id=patient.pk)
    initial = terms_of(old) if old else {"starts_on": timezone.localdate()}
    form = AuthorizationForm(
        request.POST or None, initial=initial, practice=request.practice, patient=patient
    )
    if request.method == "POST" and form.is_valid():
        terms = dict(form.cleaned_data)
        row, count = actions.save_authorization(
            terms.pop("coverage"), by=request.user, old=old, **terms
        )
        cleared = f" {count} visit{pluralize(count)} can be billed now." if count else ""
        messages.success(request, f"Authorization {row} of {patient} is saved.{cleared}")
        return redirect(f"{reverse('authorizations')}?patient={patient.pk}")
    context: dict[str, Any] = {"form": form, "patient": patient, "old": old}
    if old:
        context |= {"visits": page_of.visits_of(old)}
        context |= page_of.rows_of(request.practice.pk, [old], timezone.localdate())[0]
    status = 422 if request.method == "POST" else 200
    return render(request, "billing/authorization_form.html", context, status=status)


def terms_of(row: Authorization) -> dict[str, Any]:
    """What the form begins with."""
    names = ("coverage", "number", "state", "quantity", "counts", "starts_on", "ends_on")
    found = {name: getattr(row, name) for name in (*names, "provider", "note")}
    return found | {"codes": " ".join(row.codes)}


@practice_view("billing.view", methods=("GET", "POST"))
def authorization_rules(request: PracticeRequest) -> HttpResponse:
    """What each payer wants authorized; POST adds."""
    form = AuthorizationRuleForm(request.POST or None, practice=request.practice)
    if request.method == "POST" and form.is_valid():
        terms = dict(form.cleaned_data)
        payer = terms.pop("payer")
        made = actions.add_rule(payer, terms.pop("codes"), by=request.user, **terms)
        messages.success(request, f"{payer} wants {len(made)} more authorized.")
        return redirect("authorization_rules")
    rows = AuthorizationRule.objects.select_related("payer")
    context = {
        "form": form,
        "rules": access.in_practice(request, rows).order_by("payer__name", "first_code", "pk"),
        "today": timezone.localdate(),
        "can_work": access.may(request, "billing.work"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "billing/authorization_rules.html", context, status=status)


@practice_view("billing.view", methods=("POST",))
def authorization_rule_end(request: PracticeRequest, authorization_rule_id: int) -> HttpResponse:
    """The payer wants it no longer."""
    rows = AuthorizationRule.objects.select_related("payer")
    rule = access.get(request, rows, authorization_rule_id)
    ends_on = checked(LastDayForm(request.POST))["ends_on"]
    count = actions.end_rule(rule, on=ends_on, by=request.user)
    messages.success(request, f"{rule}: ended. {count} visit{pluralize(count)} can be billed now.")
    return redirect("authorization_rules")
