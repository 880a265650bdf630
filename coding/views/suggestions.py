"""The coder's decisions on suggested codes. Each answers as a change of the chart does."""

from django.http import HttpResponse

from coding.actions import suggestions
from coding.actions.visit_levels import choose_level
from coding.forms import LevelForm, RejectionForm, VersionForm, valid
from coding.models import CodingSuggestion
from coding.views.changes import changed
from coding.views.workspace import find_chart
from rcm import access
from rcm.http import PracticeRequest, practice_view


def find_suggestion(
    request: PracticeRequest, encounter_id: int, suggestion_id: int
) -> CodingSuggestion:
    chart = find_chart(request, encounter_id)
    rows = CodingSuggestion.objects.filter(encounter=chart)
    row = access.get(request, rows, suggestion_id)
    row.encounter = chart
    return row


@practice_view("coding.view", methods=("POST",))
def acceptance(request: PracticeRequest, encounter_id: int, suggestion_id: int) -> HttpResponse:
    """Put the suggested code on the chart."""
    row = find_suggestion(request, encounter_id, suggestion_id)
    version = valid(VersionForm(request.POST))["version"]
    suggestions.accept_suggestion(row, by=request.user, version=version)
    return changed(request, row.encounter, added=row.dotted)


@practice_view("coding.view", methods=("POST",))
def rejection(request: PracticeRequest, encounter_id: int, suggestion_id: int) -> HttpResponse:
    """The suggested code is not for this chart."""
    row = find_suggestion(request, encounter_id, suggestion_id)
    fields = valid(RejectionForm(request.POST))
    suggestions.reject_suggestion(row, by=request.user, **fields)
    return changed(request, row.encounter)


@practice_view("coding.view", methods=("POST",))
def restoration(request: PracticeRequest, encounter_id: int, suggestion_id: int) -> HttpResponse:
    """Take the decision back."""
    row = find_suggestion(request, encounter_id, suggestion_id)
    version = valid(VersionForm(request.POST))["version"]
    suggestions.restore_suggestion(row, by=request.user, version=version)
    return changed(request, row.encounter)


@practice_view("coding.view", methods=("POST",))
def level(request: PracticeRequest, encounter_id: int) -> HttpResponse:
    """The coder's own word on problems, data and risk of the visit."""
    chart = find_chart(request, encounter_id)
    levels = valid(LevelForm(request.POST))
    choose_level(chart, levels, by=request.user)
    return changed(request, chart)
