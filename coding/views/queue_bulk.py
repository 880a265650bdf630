"""What is done to many charts of the queue: those selected, or all that match the list."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.template.defaultfilters import pluralize
from django.urls import reverse
from django.utils.http import urlencode

from coding.actions.assignments import Given, assign_charts, find_coder, undo_giving
from coding.actions.chart_holds import hold_charts
from coding.actions.priorities import mark_urgent
from coding.actions.saved_views import remove_view, save_view
from coding.forms import valid
from coding.forms_queue import BulkAssignForm, BulkHoldForm, SaveViewForm, list_query
from coding.models import SavedView
from coding.queue_page import charts_of
from coding.saved_views import visible_views
from coding.work_mode import with_list
from rcm import access
from rcm.counting import MOST
from rcm.errors import Refusal
from rcm.http import PracticeRequest, practice_view
from rcm.models import User


def chosen_ids(request: PracticeRequest) -> list[int]:
    """The charts ticked, or with ``all`` those of the list in its order, MOST of them at most.

    Raises Refusal when there is none.
    """
    if request.POST.get("all"):
        charts = charts_of(request.practice, request.user, request.GET)
        ids = list(charts.values_list("pk", flat=True)[: MOST + 1])
        if len(ids) > MOST:
            messages.warning(request, f"More than {MOST:,} match: the first {MOST:,} were taken.")
        ids = ids[:MOST]
    else:
        ids = [int(text[:18]) for text in request.POST.getlist("ids") if text.isdecimal()]
    if not ids:
        raise Refusal("nothing_chosen", "Tick at least one chart.")
    return ids


def back(request: PracticeRequest) -> HttpResponseRedirect:
    return redirect(with_list(reverse("coder_queue"), list_query(request.GET)))


@practice_view("coding.view", methods=("POST",), write="coding.assign")
def charts_assign(request: PracticeRequest) -> HttpResponseRedirect:
    """To a coder, or back to nobody; the answer offers to undo it."""
    person = valid(BulkAssignForm(request.POST))["person"]
    to = find_coder(request.practice.pk, person) if person else None
    done = assign_charts(request.practice, chosen_ids(request), to, by=request.user)
    whose = f"given to {to}" if to else "taken back; nobody has them now"
    text = f"{done.charts:,} chart{pluralize(done.charts)} {whose}."
    messages.success(request, text, extra_tags=undo_address(done))
    tell_left(request, done, to)
    return back(request)


def undo_address(done: Given) -> str:
    """Where a giving is undone, "" when there is nothing to undo."""
    return f"{reverse('assignment_undo')}?{urlencode({'act': done.act})}" if done.charts else ""


def tell_left(request: PracticeRequest, done: Given, to: User | None) -> None:
    """Name the charts the coder could not be given."""
    if done.left:
        text = f"{done.left:,} left where they were: {to} lacks a credential they want."
        messages.warning(request, text)


@practice_view("coding.view", methods=("POST",), write="coding.assign")
def assignment_undo(request: PracticeRequest) -> HttpResponseRedirect:
    """Every chart of one giving back to its earlier owner."""
    count = undo_giving(request.practice, request.GET.get("act", ""), by=request.user)
    messages.success(request, f"{count:,} chart{pluralize(count)} went back to where they were.")
    return redirect("coder_queue")


@practice_view("coding.view", methods=("POST",))
def charts_hold(request: PracticeRequest) -> HttpResponseRedirect:
    """On hold, with a reason."""
    asked, ids = valid(BulkHoldForm(request.POST)), chosen_ids(request)
    count = hold_charts(request.practice, ids, by=request.user, **asked)
    messages.success(request, f"{count:,} chart{pluralize(count)} on hold.")
    if left := len(ids) - count:
        messages.warning(request, f"{left:,} left: a coder has them open, or they are not open.")
    return back(request)


@practice_view("coding.view", methods=("POST",), write="coding.assign")
def charts_urgency(request: PracticeRequest) -> HttpResponseRedirect:
    """Urgent, or no longer."""
    urgent = request.POST.get("urgent") != "no"
    count = mark_urgent(request.practice, chosen_ids(request), urgent=urgent, by=request.user)
    word = "urgent" if urgent else "not urgent any more"
    messages.success(request, f"{count:,} chart{pluralize(count)} {word}.")
    return back(request)


@practice_view("coding.view", methods=("POST",), write="coding.view")
def saved_view_new(request: PracticeRequest) -> HttpResponseRedirect:
    """Keep the list shown under a name."""
    given = valid(SaveViewForm(request.POST))
    query = list_query(request.GET)
    view = save_view(
        request.practice, given["name"], query, is_shared=given["is_shared"], by=request.user
    )
    messages.success(request, f"“{view}” is saved.")
    return redirect(with_list(reverse("coder_queue"), view.query))


@practice_view("coding.view", methods=("POST",), write="coding.view")
def saved_view_removal(request: PracticeRequest, saved_view_id: int) -> HttpResponseRedirect:
    """The name goes, no chart does."""
    rows = visible_views(request.practice, request.user)
    view: SavedView = access.get(request, rows, saved_view_id)
    remove_view(view, by=request.user, is_lead=access.may(request, "coding.assign"))
    messages.success(request, f"“{view}” is removed.")
    return redirect("coder_queue")
