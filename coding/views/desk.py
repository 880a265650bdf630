"""The coder's desk: pages read, bundles of codes, the patient's earlier visits."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from coding import desk
from coding.actions import bundles as actions
from coding.actions import reading
from coding.forms import BundleForm, VersionForm, valid
from coding.models import Document
from coding.views.changes import changed
from coding.views.workspace import PAGE, chart_context, find_chart
from rcm import access, events
from rcm.errors import Refusal
from rcm.http import PracticeRequest, practice_view


@practice_view("coding.view", methods=("POST",))
def document_read(request: PracticeRequest, encounter_id: int, document_id: int) -> HttpResponse:
    """Tick a page as read, or untick it; a ticked one brings the next unread page."""
    chart = find_chart(request, encounter_id)
    rows = Document.objects.filter(encounter=chart).select_related("encounter")
    document = access.get(request, rows, document_id)
    shown = document.pk
    if request.POST.get("unread"):
        reading.mark_unread(document, by=request.user)
    else:
        reading.mark_read(document, by=request.user)
        ids = list(chart.documents.current().order_by("pk").values_list("pk", flat=True))
        read = desk.pages_read(ids, request.user)
        shown = next((pk for pk in ids if pk not in read), document.pk)
    if not request.htmx:
        return redirect(f"{reverse('workspace', args=[chart.pk])}?document={shown}")
    return render(request, f"{PAGE}#note", chart_context(request, chart, shown=shown))


@practice_view("coding.view")
def earlier(request: PracticeRequest, encounter_id: int) -> HttpResponse:
    """What was coded for the patient before, in place of the note."""
    chart = find_chart(request, encounter_id)
    events.record("encounter.history_viewed", chart, by=request.user, patient_id=chart.patient_id)
    context = chart_context(request, chart, earlier=desk.earlier_visits(chart))
    return render(request, PAGE + ("#note" if request.htmx else ""), context)


@practice_view("coding.view", methods=("GET", "POST"))
def bundles(request: PracticeRequest) -> HttpResponse:
    """The person's bundles and the practice's; a new one, or other codes for a name."""
    errors, typed = {}, request.POST
    if request.method == "POST":
        try:
            save_bundle(request)
            return redirect("bundles")
        except Refusal as refusal:
            errors = refusal.fields or {"entries": refusal.message}
    rows = desk.bundles_for(request.practice.pk, request.user).select_related("owner")
    context = {"rows": rows, "errors": errors, "typed": typed, "may_share": may_share(request)}
    return render(request, "coding/bundles.html", context, status=422 if errors else 200)


def may_share(request: PracticeRequest) -> bool:
    return access.may(request, "coding.assign")


def save_bundle(request: PracticeRequest) -> None:
    """Only a lead shares a bundle with everybody."""
    fields = valid(BundleForm(request.POST))
    bundle = actions.save_bundle(
        request.practice,
        name=fields["name"],
        entries=fields["entries"],
        by=request.user,
        is_shared=fields["is_shared"] and may_share(request),
    )
    messages.success(request, f"“{bundle}” is kept.")


@practice_view("coding.view", methods=("POST",))
def bundle_removal(request: PracticeRequest, bundle_id: int) -> HttpResponse:
    """Own bundles, and for a lead those of everybody."""
    rows = desk.bundles_for(request.practice.pk, request.user)
    bundle = access.get(request, rows, bundle_id)
    if bundle.owner_id is None:
        access.require(request, "coding.assign")
    actions.remove_bundle(bundle, by=request.user)
    messages.success(request, f"“{bundle}” is removed.")
    return redirect("bundles")


@practice_view("coding.view", methods=("POST",))
def chart_bundle(request: PracticeRequest, encounter_id: int) -> HttpResponse:
    """Add a bundle to the chart (`bundle`), or keep the chart's codes under a `name`."""
    chart = find_chart(request, encounter_id)
    if name := request.POST.get("name", ""):
        entries = desk.entries_of(chart)
        actions.save_bundle(request.practice, name=name, entries=entries, by=request.user)
        return changed(request, chart, kept=name)
    rows = desk.bundles_for(request.practice.pk, request.user)
    chosen = request.POST.get("bundle", "")
    if not chosen.isdecimal():
        raise Refusal("no_bundle", "Choose a bundle, or a name to keep these codes under.")
    bundle = access.get(request, rows, int(chosen))
    version = valid(VersionForm(request.POST))["version"]
    actions.use_bundle(chart, bundle, by=request.user, version=version)
    return changed(request, chart, added=bundle.entries)
