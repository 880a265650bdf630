"""Visits keyed by hand, one after the other."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from billing.actions.charge_entry import enter_visit
from billing.forms_visits import VisitForm
from coding.rules.edits import blocking
from rcm import events
from rcm.errors import Refusal
from rcm.http import PracticeRequest, practice_view

KEPT = ("served_on", "provider", "location")


@practice_view("billing.view", methods=("GET", "POST"))
def charge_entry(request: PracticeRequest) -> HttpResponse:
    """An empty form; what the last visit had in common with the next stands in it already."""
    if request.method == "POST":
        return enter(request)
    kept = {name: request.GET[name] for name in KEPT if request.GET.get(name)}
    return show(request, VisitForm(practice=request.practice, initial=kept))


def enter(request: PracticeRequest) -> HttpResponse:
    """Record and code the visit; what is refused comes back with everything typed."""
    form = VisitForm(request.POST, practice=request.practice)
    if not form.is_valid():
        return show(request, form)
    try:
        visit = enter_visit(request.practice, form.visit, by=request.user)
    except Refusal as refusal:
        note(form, refusal)
        return show(request, form)
    messages.success(request, f"Visit {visit} of {visit.patient} is on its way to its claim.")
    return redirect(f"{reverse('charge_entry')}?{urlencode(form.kept)}")


def note(form: VisitForm, refusal: Refusal) -> None:
    """The refusal at its field; every edit that blocks by itself."""
    for finding in blocking(refusal.data.get("findings", [])):
        form.add_error("text", finding.message)
    if not form.errors:
        name, message = next(iter(refusal.fields.items()), (None, refusal.message))
        form.add_error(name if name in form.fields else None, message)


def show(request: PracticeRequest, form: VisitForm) -> HttpResponse:
    context: dict[str, Any] = {"form": form}
    if form.errors:
        seen = [patient.pk for patient in form.candidates]
        events.record("patients.listed", request.practice, by=request.user, patients=seen)
    return render(request, "billing/charge_entry.html", context, status=422 if form.errors else 200)
