"""Changes of one chart. Each answers with the codes, and out of band all that follows from them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django_htmx.http import reswap, retarget

from coding.actions import chart_changes, codes
from coding.actions.fixes import apply_fix
from coding.code_search import search
from coding.code_usage import used_codes
from coding.forms import AddForm, FixForm, LineForm, OrderForm, VersionForm, valid
from coding.models import Charge, Encounter, EncounterDiagnosis
from coding.views.workspace import PAGE, chart_context, find_chart
from rcm import access
from rcm.errors import Refusal
from rcm.http import PracticeRequest, practice_view


def changed(request: PracticeRequest, chart: Encounter, **more: Any) -> HttpResponse:
    """The codes and, out of band, add field, marks and bar; a plain request goes back."""
    if not request.htmx:
        return redirect("workspace", chart.pk)
    context = chart_context(request, chart, is_oob=True, **more)
    return render(request, "coding/_changed.html", context)


@practice_view("coding.view", methods=("POST",))
def encounter_codes(request: PracticeRequest, encounter_id: int) -> HttpResponse:
    """Add what was typed or picked. Words instead of codes: 422 with the codes they find."""
    chart = find_chart(request, encounter_id)
    fields = valid(AddForm(request.POST))
    typed = request.POST.get("pick") or fields["text"]
    try:
        codes.add_line(
            chart,
            typed,
            by=request.user,
            version=fields["version"],
            evidence=fields["evidence"],
        )
    except Refusal as refusal:
        if refusal.code != "entry_not_read":
            raise
        return ask_again(request, find_chart(request, encounter_id), typed, refusal)
    return changed(request, chart, added=typed)


def ask_again(
    request: PracticeRequest, chart: Encounter, typed: str, refusal: Refusal
) -> HttpResponse:
    """The add field with what was typed, why it was not taken, and what it could mean."""
    hits = search("", typed, chart.date_of_service, usage=used_codes(chart.practice_id))
    more = {"typed": typed, "add_error": refusal.message, "hits": hits}
    more["evidence"] = request.POST.get("evidence", "")
    context = chart_context(request, chart, **more)
    if not request.htmx:
        return render(request, PAGE, context, status=422)
    response = render(request, "coding/_add.html", context, status=422)
    return retarget(reswap(response, "outerHTML"), "#code-add")


def find_diagnosis(
    request: PracticeRequest, encounter_id: int, diagnosis_id: int
) -> EncounterDiagnosis:
    chart = find_chart(request, encounter_id)
    row = access.get(request, EncounterDiagnosis.objects.filter(encounter=chart), diagnosis_id)
    row.encounter = chart
    return row


def find_charge(request: PracticeRequest, encounter_id: int, charge_id: int) -> Charge:
    chart = find_chart(request, encounter_id)
    row = access.get(request, Charge.objects.filter(encounter=chart), charge_id)
    row.encounter = chart
    return row


@practice_view("coding.view", methods=("POST",))
def diagnosis(request: PracticeRequest, encounter_id: int, diagnosis_id: int) -> HttpResponse:
    """Another code in the same place."""
    row = find_diagnosis(request, encounter_id, diagnosis_id)
    fields = valid(AddForm(request.POST))
    codes.replace_diagnosis(row, fields["text"], by=request.user, version=fields["version"])
    return changed(request, row.encounter)


@practice_view("coding.view", methods=("POST",))
def diagnosis_removal(
    request: PracticeRequest, encounter_id: int, diagnosis_id: int
) -> HttpResponse:
    row = find_diagnosis(request, encounter_id, diagnosis_id)
    version = valid(VersionForm(request.POST))["version"]
    codes.remove_diagnosis(row, by=request.user, version=version)
    return changed(request, row.encounter)


@practice_view("coding.view", methods=("POST",))
def order(request: PracticeRequest, encounter_id: int) -> HttpResponse:
    """Put one diagnosis in another place."""
    find_chart(request, encounter_id)
    fields = valid(OrderForm(request.POST))
    row = find_diagnosis(request, encounter_id, fields["diagnosis"])
    codes.move_diagnosis(row, to=fields["to"], by=request.user, version=fields["version"])
    return changed(request, row.encounter, moved=row.pk)


@practice_view("coding.view", methods=("POST",))
def charge(request: PracticeRequest, encounter_id: int, charge_id: int) -> HttpResponse:
    """Modifiers, pointers and units of one line."""
    row = find_charge(request, encounter_id, charge_id)
    fields = valid(LineForm(request.POST, procedure_code=row.procedure_code))
    codes.change_charge(
        row,
        by=request.user,
        version=fields["version"],
        modifiers=fields["modifiers"],
        units=fields["units"],
        pointers=fields["pointers"],
    )
    return changed(request, row.encounter)


@practice_view("coding.view", methods=("POST",))
def charge_removal(request: PracticeRequest, encounter_id: int, charge_id: int) -> HttpResponse:
    row = find_charge(request, encounter_id, charge_id)
    version = valid(VersionForm(request.POST))["version"]
    codes.remove_charge(row, by=request.user, version=version)
    return changed(request, row.encounter)


@practice_view("coding.view", methods=("POST",))
def fixes(request: PracticeRequest, encounter_id: int) -> HttpResponse:
    """Apply the fix of one finding."""
    chart = find_chart(request, encounter_id)
    fields = valid(FixForm(request.POST))
    apply_fix(chart, fields["key"], by=request.user, version=fields["version"])
    return changed(request, chart)


@practice_view("coding.view", methods=("POST",))
def undo(request: PracticeRequest, encounter_id: int) -> HttpResponse:
    """Take back the last change of the codes."""
    chart = find_chart(request, encounter_id)
    version = valid(VersionForm(request.POST))["version"]
    what = chart_changes.undo_change(chart, by=request.user, version=version)
    if not request.htmx:
        messages.success(request, f"Undone: {what}.")
    return changed(request, chart, undone=what)
