"""Credentials of the people who code, what visits want, and who was certified when coding."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms.models import model_to_dict
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from coding import credential_facts as facts
from coding import credential_page as page_of
from coding.actions import credentials as actions
from coding.forms_quality import CredentialForm, PeriodForm, RequirementForm
from coding.models import Credential, CredentialRequirement
from rcm import access, events
from rcm.csv_export import csv_response
from rcm.http import PracticeRequest, page_or_partial, practice_view
from rcm.models import Membership

ROWS = 50


@practice_view("quality.view")
def credentials(request: PracticeRequest) -> HttpResponse:
    """Everybody who codes with what they hold, by how it stands."""
    rows = page_of.team_rows(request.practice, timezone.localdate())
    view = request.GET.get("view", "all")
    context = {
        "views": page_of.tabs(rows, view),
        "page": Paginator(page_of.in_view(rows, view), ROWS).get_page(request.GET.get("page")),
        "may_approve": access.may(request, "quality.approve"),
    }
    return page_or_partial(request, "coding/credentials.html", "rows", context)


@practice_view("coding.view")
def my_credentials(request: PracticeRequest) -> HttpResponse:
    """What the person who looks holds."""
    return show_person(request, request.membership)


@practice_view("quality.view")
def credentials_of(request: PracticeRequest, membership_id: int) -> HttpResponse:
    """What one person holds."""
    members = Membership.objects.select_related("user")
    return show_person(request, access.get(request, members, membership_id))


def show_person(request: PracticeRequest, membership: Membership) -> HttpResponse:
    context = {
        "membership": membership,
        "rows": page_of.person_rows(membership, timezone.localdate()),
        "wanted": CredentialRequirement.objects.filter(practice=request.practice).order_by("pk"),
        "may_approve": access.may(request, "quality.approve"),
        "may_list": access.may(request, "quality.view"),
    }
    return render(request, "coding/credential_person.html", context)


@practice_view("quality.view", methods=("GET", "POST"), write="quality.approve")
def credential_new(request: PracticeRequest) -> HttpResponse:
    """Record a credential."""
    return credential_form(request, None)


@practice_view("quality.view", methods=("GET", "POST"), write="quality.approve")
def credential(request: PracticeRequest, credential_id: int) -> HttpResponse:
    """Correct or renew one."""
    rows = Credential.objects.select_related("person")
    return credential_form(request, access.get(request, rows, credential_id))


def credential_form(request: PracticeRequest, old: Credential | None) -> HttpResponse:
    initial = model_to_dict(old) if old else {"person": request.GET.get("person", "")}
    posted = request.POST if request.method == "POST" else None
    form = CredentialForm(posted, initial=initial, practice=request.practice, old=old)
    if form.is_valid():
        told = dict(form.cleaned_data)
        person = old.person if old else told.pop("person")
        row = actions.save_credential(request.practice, person, by=request.user, old=old, **told)
        messages.success(request, f"{row.name} of {person} is saved.")
        return redirect("credentials")
    context: dict[str, Any] = {
        "form": form,
        "old": old,
        "may_approve": access.may(request, "quality.approve"),
    }
    return render(request, "coding/credential_form.html", context, status=422 if posted else 200)


@practice_view("quality.view", methods=("POST",), write="quality.approve")
def credential_removal(request: PracticeRequest, credential_id: int) -> HttpResponse:
    """Take back what was recorded by mistake."""
    row = access.get(request, Credential.objects.select_related("person"), credential_id)
    actions.remove_credential(row, by=request.user)
    messages.success(request, f"{row.name} of {row.person} is removed.")
    return redirect("credentials")


@practice_view("quality.view", methods=("GET", "POST"), write="quality.approve")
def credential_requirements(request: PracticeRequest) -> HttpResponse:
    """Which visits want which credential; add one."""
    posted = request.POST if request.method == "POST" else None
    form = RequirementForm(posted)
    if form.is_valid():
        row = actions.add_requirement(request.practice, by=request.user, **form.cleaned_data)
        messages.success(request, f"From now on: {row}.")
        return redirect("credential_requirements")
    rows = access.in_practice(request, CredentialRequirement.objects.select_related("made_by"))
    context = {
        "form": form,
        "rows": rows.order_by("pk"),
        "may_approve": access.may(request, "quality.approve"),
    }
    template = "coding/credential_requirements.html"
    return render(request, template, context, status=422 if posted else 200)


@practice_view("quality.view", methods=("POST",), write="quality.approve")
def requirement_removal(request: PracticeRequest, requirement_id: int) -> HttpResponse:
    """These visits may be coded by anybody again."""
    row = access.get(request, CredentialRequirement.objects.all(), requirement_id)
    actions.remove_requirement(row, by=request.user)
    messages.success(request, f"{row.visits} want no credential any more.")
    return redirect("credential_requirements")


@practice_view("quality.view")
def certified_report(request: PracticeRequest) -> HttpResponse:
    """Certified coder on every account: the share of some days, and every exception."""
    form = PeriodForm(request.GET)
    start, end = form.period()
    rows = facts.uncertified_visits(request.practice.pk, start, end)
    if request.GET.get("format") == "csv":
        return export_exceptions(request, rows)
    context = {
        "form": PeriodForm(initial={"start": start, "end": end}),
        "share": facts.certified_share(request.practice.pk, start, end),
        "page": Paginator(rows, ROWS).get_page(request.GET.get("page")),
    }
    return page_or_partial(request, "coding/certified_report.html", "rows", context)


def export_exceptions(request: PracticeRequest, rows: Any) -> HttpResponse:
    """One row per visit that nobody certified coded."""
    ids = [row.pk for row in rows]
    events.record("encounters.listed", request.practice, by=request.user, encounters=ids)
    head = ["Chart", "Date of service", "Care", "Specialty", "Visit type", "Coded on", "Coder"]
    lines = [
        [
            *(row.number, row.date_of_service, facts.care_label(row.care), row.specialty),
            *(row.visit_type, row.coded_on, row.finalized_by or ""),
        ]
        for row in rows
    ]
    return csv_response("coded-without-credential", head, lines)
