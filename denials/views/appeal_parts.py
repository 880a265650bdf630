"""Files that go with an appeal, and a practice's own wording of appeals."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from billing.forms_money import checked
from billing.rules.attachment_files import SUFFIXES
from denials.actions import appeal_parts
from denials.actions import appeal_requirements as requirements
from denials.actions import appeal_templates as templates
from denials.actions.appeals import check_body
from denials.appeal_preview import preview
from denials.forms_appeals import AppealFileForm, AppealRequirementForm, AppealTemplateForm
from denials.models import AppealFile, AppealRequirement, AppealTemplate, Denial
from denials.practice_days import practice_today
from denials.rules.appeal_letters import FIELDS, built_in
from denials.rules.appeals import ITEMS, KINDS, REQUIRED
from denials.rules.triage import CAUSES
from denials.views.appeals import find_appeal
from rcm import access, events
from rcm.errors import Refusal
from rcm.http import PracticeRequest, practice_view, saved_response


@practice_view("denials.view", methods=("POST",))
def appeal_files(request: PracticeRequest, appeal_id: int) -> HttpResponse:
    """Keep a file with the appeal."""
    found = find_appeal(request, appeal_id)
    given = checked(AppealFileForm(request.POST, request.FILES))
    upload = given["file"]
    content = appeal_parts.read_upload(upload)
    added = appeal_parts.add_file(
        found, item=given["item"], name=upload.name or "", content=content, by=request.user
    )
    messages.success(request, f"{added.name} goes with the appeal.")
    return redirect("appeal", found.pk)


@practice_view("denials.view")
def appeal_file(request: PracticeRequest, appeal_id: int, appeal_file_id: int) -> HttpResponse:
    """The bytes of a file, to be saved."""
    found = find_appeal(request, appeal_id)
    row = access.get(request, AppealFile.objects.filter(appeal=found), appeal_file_id)
    patient = found.claim.patient_id
    events.record("appeal.file_viewed", found, by=request.user, patient_id=patient, file=row.pk)
    name = f"{row.pk}.{SUFFIXES[row.content_type]}"
    return saved_response(bytes(row.content), row.content_type, name)


@practice_view("denials.view", methods=("POST",))
def appeal_file_removal(
    request: PracticeRequest, appeal_id: int, appeal_file_id: int
) -> HttpResponse:
    """Take a file away again."""
    found = find_appeal(request, appeal_id)
    row = access.get(request, AppealFile.objects.filter(appeal=found), appeal_file_id)
    appeal_parts.remove_file(row, by=request.user)
    messages.success(request, f"{row.name} does not go with the appeal any more.")
    return redirect("appeal", found.pk)


@practice_view("denials.view")
def appeal_templates(request: PracticeRequest) -> HttpResponse:
    """The practice's own wording in force, and ours."""
    rows = AppealTemplate.objects.filter(retired_at=None).select_related("payer", "made_by")
    context = {
        "rows": access.in_practice(request, rows).order_by("name"),
        "causes": CAUSES,
        "built_in": [(key, label, built_in(key)) for key, label in KINDS.items()],
        "may_approve": access.may(request, "denials.approve"),
    }
    return render(request, "denials/appeal_templates.html", context)


@practice_view("denials.view", methods=("GET", "POST"), write="denials.approve")
def appeal_template_new(request: PracticeRequest) -> HttpResponse:
    """A wording, or its next version. ``from`` begins with one of ours, ``of`` with an own one."""
    form = AppealTemplateForm(
        request.POST or None, initial=beginning(request), practice=request.practice
    )
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            row = templates.save_template(request.practice, by=request.user, **form.cleaned_data)
        except Refusal as error:
            refusal = error
            for name, message in error.fields.items():
                form.add_error(name, message)
        else:
            messages.success(request, f"{row} is used from now on.")
            return redirect("appeal_templates")
    context = {"form": form, "fields": FIELDS.items(), "refusal": refusal}
    context["may_approve"] = access.may(request, "denials.approve")
    status = 422 if request.method == "POST" else 200
    return render(request, "denials/appeal_template_form.html", context, status=status)


def beginning(request: PracticeRequest) -> dict[str, Any]:
    """What the form begins with."""
    kind, number = request.GET.get("from", ""), request.GET.get("of", "")
    if kind in KINDS:
        return {"body": built_in(kind), "name": KINDS[kind]}
    if not number.isdecimal() or len(number) > 18:
        return {}
    row = access.get(request, AppealTemplate.objects.all(), int(number))
    names = ("name", "payer_class", "category", "level", "required", "body")
    return {name: getattr(row, name) for name in names} | {"payer": row.payer_id}


@practice_view("denials.view", methods=("POST",), write="denials.approve")
def appeal_template_retirement(request: PracticeRequest, appeal_template_id: int) -> HttpResponse:
    """New letters begin without it."""
    row = access.get(request, AppealTemplate.objects.all(), appeal_template_id)
    templates.retire_template(row, by=request.user)
    messages.success(request, f"{row} is not used any more.")
    return redirect("appeal_templates")


@practice_view("denials.view", methods=("POST",), write="denials.approve")
def appeal_template_preview(request: PracticeRequest) -> HttpResponse:
    """How a letter reads before it is saved; nothing is written but who saw whose facts."""
    form = AppealTemplateForm(request.POST, practice=request.practice)
    form.fields["name"].required = False
    if not form.is_valid():
        context = {"errors": form.errors.get("body", ["Correct the fields above first."])}
        return render(request, "denials/appeal_template_preview.html#preview", context, status=422)
    asked = form.cleaned_data
    check_body(asked["body"])
    now = timezone.now()
    shown = preview(
        access.in_practice(request, Denial.objects.all()),
        asked,
        now=now,
        today=practice_today(request.practice, now=now),
    )
    if shown.denial is not None:
        patient = shown.denial.claim.patient_id
        events.record("denial.viewed", shown.denial, by=request.user, patient_id=patient)
    name = "denials/appeal_template_preview.html"
    return render(request, f"{name}#preview" if request.htmx else name, {"shown": shown})


@practice_view("denials.view")
def appeal_requirements(request: PracticeRequest) -> HttpResponse:
    """What payers want beside the usual, and what is usual."""
    rows = AppealRequirement.objects.select_related("payer", "changed_by")
    context = {
        "rows": access.in_practice(request, rows).order_by("payer__name", "payer", "level"),
        "usual": [
            (label, ", ".join(ITEMS[item] for item in REQUIRED[kind]))
            for kind, label in KINDS.items()
        ],
        "may_approve": access.may(request, "denials.approve"),
    }
    return render(request, "denials/appeal_requirements.html", context)


@practice_view("denials.view", methods=("GET", "POST"), write="denials.approve")
def appeal_requirement_edit(request: PracticeRequest) -> HttpResponse:
    """What a payer wants at a level. ``of`` begins with a row of the table."""
    given = request.POST or None
    form = AppealRequirementForm(given, initial=of_row(request), practice=request.practice)
    if request.method == "POST" and form.is_valid():
        asked = dict(form.cleaned_data)
        payer = asked.pop("payer")
        requirements.set_items(payer, by=request.user, **asked)
        messages.success(request, f"Appeals to {payer} opened from now on have this checklist.")
        return redirect("appeal_requirements")
    context = {"form": form, "may_approve": access.may(request, "denials.approve")}
    status = 422 if request.method == "POST" else 200
    return render(request, "denials/appeal_requirement_form.html", context, status=status)


def of_row(request: PracticeRequest) -> dict[str, Any]:
    """What the form begins with."""
    number = request.GET.get("of", "")
    if not number.isdecimal() or len(number) > 18:
        return {}
    row = access.get(request, AppealRequirement.objects.all(), int(number))
    return {"payer": row.payer_id, "level": row.level, "items": row.items}
