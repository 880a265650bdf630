"""Letting an edit of a chart stand, and taking that back."""

from django.http import HttpResponse

from coding.actions import overrides as actions
from coding.forms import FixForm, OverrideForm, valid
from coding.views.changes import changed
from coding.views.workspace import find_chart
from rcm import access
from rcm.http import PracticeRequest, practice_view


@practice_view("coding.view", methods=("POST",))
def overrides(request: PracticeRequest, encounter_id: int) -> HttpResponse:
    """Let one finding stand, with a reason."""
    chart = find_chart(request, encounter_id)
    fields = valid(OverrideForm(request.POST))
    actions.override_finding(
        chart,
        fields["key"],
        reason=fields["reason"],
        by=request.user,
        may_approve=access.may(request, "coding.approve"),
        version=fields["version"],
    )
    return changed(request, chart)


@practice_view("coding.view", methods=("POST",))
def override_removal(request: PracticeRequest, encounter_id: int) -> HttpResponse:
    """The finding counts again."""
    chart = find_chart(request, encounter_id)
    fields = valid(FixForm(request.POST))
    actions.withdraw_override(chart, fields["key"], by=request.user, version=fields["version"])
    return changed(request, chart)
