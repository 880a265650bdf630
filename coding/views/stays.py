"""What a facility says of one visit: shown, entered, taken back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from coding.actions import stays as actions
from coding.forms import VersionForm, valid
from coding.forms_stays import StayForm
from coding.views.workspace import find_chart, may_take
from rcm import events
from rcm.http import PracticeRequest, practice_view


@practice_view("coding.view", methods=("GET", "POST"))
def stay(request: PracticeRequest, encounter_id: int) -> HttpResponse:
    """The stay with diagnoses and charges on one form; read-only when the chart is not open."""
    chart = find_chart(request, encounter_id)
    is_post, can_edit = request.method == "POST", may_take(request, chart)
    form = StayForm(request.POST if is_post else None, chart=chart, can_edit=can_edit or is_post)
    if form.is_valid():
        actions.enter_stay(chart, by=request.user, **form.entry)
        messages.success(request, f"The facility stay of {chart.number} is saved.")
        return redirect("workspace", chart.pk)
    events.record("encounter.viewed", chart, by=request.user, patient_id=chart.patient_id)
    context = {
        "chart": chart,
        "form": form,
        "can_edit": can_edit,
        "has_stay": hasattr(chart, "stay"),
    }
    return render(request, "coding/stay.html", context, status=422 if is_post else 200)


@practice_view("coding.view", methods=("POST",))
def stay_removal(request: PracticeRequest, encounter_id: int) -> HttpResponse:
    """No facility bills this visit after all."""
    chart = find_chart(request, encounter_id)
    version = valid(VersionForm(request.POST))["version"]
    actions.remove_stay(chart, by=request.user, version=version)
    messages.success(request, f"{chart.number} is a professional's visit again.")
    return redirect("workspace", chart.pk)
