"""One chart: the note left, codes and edits right; completing it brings the next one."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import push_url, reswap, retarget

from coding import desk
from coding.actions import encounters
from coding.actions.assignments import take_away, take_over
from coding.actions.suggestions import suggest_for
from coding.chart_page import ChartPage, build_page, header_facts
from coding.counts import charts_left
from coding.forms import (
    HOLD_REASONS,
    SKIP_REASONS,
    HoldForm,
    SkipForm,
    VersionForm,
    valid,
)
from coding.models import Encounter
from coding.query_page import chart_queries
from coding.suggestion_page import suggestions_of
from coding.visit_level import visit_level
from coding.work_mode import charts_within, query_of, queue_url, with_list
from coding.work_order import OPEN_STATES
from rcm import access, events
from rcm.errors import Refusal
from rcm.http import PracticeRequest, practice_view

PAGE = "coding/workspace.html"
# The most used ones; the rest are on their page.
BUNDLES = 9


def find_chart(request: PracticeRequest, encounter_id: int) -> Encounter:
    """The chart with what its header shows. Raises Http404 when it is not of this practice."""
    rows = Encounter.objects.select_related(
        *("patient", "provider", "location", "coverage__payer", "coverage__plan", "practice"),
        *("assigned_to", "finalized_by", "stay__attending", "stay__operating"),
    )
    return access.get(request, rows, encounter_id)


@practice_view("coding.view")
def workspace(request: PracticeRequest, encounter_id: int) -> HttpResponse:
    """Open a chart. Whoever may code it and finds it free takes the lock."""
    chart = find_chart(request, encounter_id)
    if may_take(request, chart):
        encounters.open_encounter(chart, by=request.user)
        suggest_for(chart)
    events.record(
        "encounter.viewed",
        chart,
        by=request.user,
        patient_id=chart.patient_id,
    )
    part = "#note" if request.htmx.target == "note" else "#chart" if request.htmx else ""
    return render(request, PAGE + part, chart_context(request, chart))


def may_take(request: PracticeRequest, chart: Encounter) -> bool:
    is_others = chart.assigned_to_id not in (None, request.user.pk)
    is_locked = chart.locked_until is not None and chart.locked_until >= timezone.now()
    is_open = chart.state in OPEN_STATES
    return access.may(request, "coding.work") and is_open and not (is_others and is_locked)


def chart_context(request: PracticeRequest, chart: Encounter, **more: Any) -> dict[str, Any]:
    """Everything the workspace and its parts print."""
    page = build_page(chart, more.get("shown") or document_of(request))
    is_codes = request.htmx.target == "codes"
    pages = [] if is_codes else [document.pk for document in page.documents]
    return {
        "chart": chart,
        "page": page,
        "read": desk.pages_read(pages, request.user) if pages else set(),
        "bundles": desk.bundles_for(chart.practice_id, request.user)[:BUNDLES],
        "can_edit": may_take(request, chart),
        "can_approve": access.may(request, "coding.approve"),
        "can_release": chart.state == chart.State.HELD and access.may(request, "coding.work"),
        "skip_reasons": SKIP_REASONS,
        "hold_reasons": HOLD_REASONS,
        "hold_form": HoldForm(),
        "left": None if is_codes else charts_left(request),
        "queries": chart_queries(chart),
        "list_query": query_of(request),
        **read_facts(chart, page),
        **lock_facts(request, chart),
        **header_facts(chart, timezone.localdate()),
        **more,
    }


def read_facts(chart: Encounter, page: ChartPage) -> dict[str, Any]:
    """What the note suggests, and the level of visit it reaches."""
    suggestions = suggestions_of(chart, page.codes)
    level = visit_level(chart, page.procedures)
    entry = suggestions.visit_entry(level.code, page.coded_diagnoses) if level else ""
    return {"suggestions": suggestions, "level": level, "visit_entry": entry}


def lock_facts(request: PracticeRequest, chart: Encounter) -> dict[str, Any]:
    """Who else has the chart open, and what this person may do about it."""
    is_others = chart.is_locked and chart.assigned_to_id != request.user.pk
    return {
        "holder": chart.assigned_to if is_others and chart.state in OPEN_STATES else None,
        "may_take_over": access.may(request, "coding.work"),
        "may_put_down": access.may(request, "coding.assign"),
    }


def document_of(request: PracticeRequest) -> int | None:
    """The page of the chart on screen: from the address, or that of the page that asks."""
    shown = request.GET.get("document")
    if shown is None and request.htmx.current_url:
        query = parse_qs(urlsplit(request.htmx.current_url).query)
        shown = next(iter(query.get("document", [])), None)
    return int(shown) if shown and shown.isdecimal() else None


@practice_view("coding.view", methods=("POST",))
def completion(request: PracticeRequest, encounter_id: int) -> HttpResponse:
    """Finalize the chart; the next one comes in the same answer. 422 shows what blocks."""
    chart = find_chart(request, encounter_id)
    version = valid(VersionForm(request.POST))["version"]
    within = charts_within(request)
    try:
        later = encounters.complete_encounter(
            chart, by=request.user, version=version, within=within
        )
    except Refusal as refusal:
        if refusal.code != "findings_block":
            raise
        return show_blocked(request, find_chart(request, encounter_id), refusal)
    messages.success(request, f"{chart.number} is coded.")
    return show_next(request, later)


def show_blocked(request: PracticeRequest, chart: Encounter, refusal: Refusal) -> HttpResponse:
    """The codes with the edits in focus."""
    context = chart_context(request, chart, stopped=refusal.message)
    if not request.htmx:
        return render(request, PAGE, context, status=422)
    response = render(request, "coding/_codes.html", context, status=422)
    return retarget(reswap(response, "outerHTML"), "#codes")


def show_next(request: PracticeRequest, chart: Encounter | None) -> HttpResponse:
    """The next chart in this answer, or the list when nothing is left of it."""
    if chart is None:
        queue = queue_url(request)
        return HttpResponse(headers={"HX-Redirect": queue}) if request.htmx else redirect(queue)
    url = with_list(reverse("workspace", args=[chart.pk]), query_of(request))
    if not request.htmx:
        return redirect(url)
    found = find_chart(request, chart.pk)
    suggest_for(found)
    events.record("encounter.viewed", found, by=request.user, patient_id=found.patient_id)
    context = chart_context(request, found, is_next=True)
    return push_url(render(request, f"{PAGE}#chart", context), url)


def following(request: PracticeRequest) -> Encounter | None:
    """The next chart of the list in which the coder works, locked."""
    within = charts_within(request)
    return encounters.next_encounter(request.practice, by=request.user, within=within)


@practice_view("coding.view", methods=("POST",))
def skip(request: PracticeRequest, encounter_id: int) -> HttpResponse:
    """Give the chart back with a reason and bring the next."""
    chart = find_chart(request, encounter_id)
    reason = valid(SkipForm(request.POST))["reason"]
    encounters.skip_encounter(chart, reason=reason, by=request.user)
    messages.success(request, f"{chart.number} is skipped; it comes again later.")
    return show_next(request, following(request))


@practice_view("coding.view", methods=("POST",))
def hold(request: PracticeRequest, encounter_id: int) -> HttpResponse:
    """Set the chart aside and bring the next."""
    chart = find_chart(request, encounter_id)
    fields = valid(HoldForm(request.POST))
    encounters.hold_encounter(
        chart, reason=fields["reason"], until=fields["until"], by=request.user
    )
    messages.success(request, f"{chart.number} is on hold.")
    return show_next(request, following(request))


@practice_view("coding.view", methods=("POST",))
def release(request: PracticeRequest, encounter_id: int) -> HttpResponseRedirect:
    """Take the chart off hold and open it."""
    chart = find_chart(request, encounter_id)
    encounters.release_encounter(chart, by=request.user)
    return redirect("workspace", chart.pk)


@practice_view("coding.view", methods=("POST",))
def takeover(request: PracticeRequest, encounter_id: int) -> HttpResponseRedirect:
    """Out of another coder's hands into one's own."""
    chart = find_chart(request, encounter_id)
    earlier = take_over(chart, by=request.user)
    messages.success(request, f"{chart.number} is yours now. {earlier} is told so.")
    return redirect(with_list(reverse("workspace", args=[chart.pk]), query_of(request)))


@practice_view("coding.view", methods=("POST",), write="coding.assign")
def putting_down(request: PracticeRequest, encounter_id: int) -> HttpResponseRedirect:
    """Out of an absent coder's hands; it waits in the queue again."""
    chart = find_chart(request, encounter_id)
    earlier = take_away(chart, by=request.user)
    messages.success(request, f"{chart.number} waits again; {earlier} had it open.")
    return redirect(queue_url(request))
