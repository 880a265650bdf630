"""Charts that arrive: a form to bring some in, the list with what failed, one message."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from coding.actions import intake as actions
from coding.actions.intake import Arrival
from coding.forms import valid
from coding.forms_intake import (
    DiscardForm,
    DocumentVisitForm,
    IdsForm,
    IntakeFilters,
    IntakeUploadForm,
)
from coding.intake_list import VIEWS, filtered, list_rows, tabs
from coding.models import Document, IntakeMessage, IntakeSource
from coding.rules.message_rows import rows_of
from rcm import access, events
from rcm.http import PracticeRequest, page_or_partial, practice_view, saved_response
from rcm.paging import page_of


@practice_view("coding.view", methods=("GET", "POST"))
def intake(request: PracticeRequest) -> HttpResponse:
    """The list; a POST brings files in, each once however often it is sent."""
    form = IntakeUploadForm(practice=request.practice)
    if request.method == "POST":
        form = IntakeUploadForm(request.POST, request.FILES, practice=request.practice)
        if form.is_valid():
            return bring_in(request, form.cleaned_data)
    status = 422 if form.errors else 200
    context = list_context(request) | {"form": form}
    return page_or_partial(request, "coding/intake.html", "rows", context, status=status)


def list_context(request: PracticeRequest) -> dict[str, Any]:
    mine = access.in_practice(request, IntakeMessage.objects.all())
    asked = request.GET.get("view", "failed")
    chosen = asked if asked in VIEWS else "failed"
    filters = IntakeFilters(request.GET)
    rows = list_rows(filtered(mine.filter(state__in=VIEWS[chosen][1]), filters))
    page = page_of(request, rows)
    events.record(
        "intake_messages.listed",
        request.practice,
        by=request.user,
        rows=[row.pk for row in page.object_list],
    )
    return {
        "page": page,
        "views": tabs(mine, chosen),
        "view": chosen,
        "q": filters.cleaned_data.get("q", ""),
        "is_open": chosen in ("failed", "waiting"),
        "can_work": access.may(request, "coding.work"),
        "sources": access.in_practice(request, IntakeSource.objects.order_by("name")),
    }


def bring_in(request: PracticeRequest, fields: dict[str, Any]) -> HttpResponse:
    """Receive every file and say what came."""
    rows = []
    for file in fields["file"]:
        arrival = Arrival(
            "upload",
            file.name or "",
            by=request.user,
            encounter=fields["visit"],
            document_kind=fields["kind"],
        )
        rows += actions.receive(request.practice, file.read(), arrival)
    known = sum(row.times_received > 1 for row in rows)
    before = f"; {known} of them had come before" if known else ""
    count = f"{len(rows)} messages are" if len(rows) != 1 else "One message is"
    messages.success(request, f"{count} received and will be applied in a moment{before}.")
    if len(rows) == 1:
        return redirect("intake_message", rows[0].pk)
    return redirect("intake")


@practice_view("coding.view")
def intake_message(request: PracticeRequest, message_id: int) -> HttpResponse:
    """One message as it came, with what became of it."""
    rows = IntakeMessage.objects.select_related("encounter", "patient", "batch", "discarded_by")
    row = access.get(request, rows, message_id)
    events.record("intake_message.viewed", row, by=request.user, patient_id=row.patient_id)
    is_document = row.kind == IntakeMessage.Kind.DOCUMENT
    content = b"" if is_document else bytes(row.content)
    context = {
        "message": row,
        "segments": rows_of(content, place=row.place, error=row.error),
        "members": row.messages.values("state"),
        "can_work": row.is_open and access.may(request, "coding.work"),
        "discard_form": DiscardForm(),
        "visit_form": DocumentVisitForm(practice=request.practice) if is_document else None,
    }
    return render(request, "coding/intake_message.html", context)


@practice_view("coding.view", methods=("POST",))
def intake_retry(request: PracticeRequest) -> HttpResponse:
    """Try the chosen messages again."""
    ids = valid(IdsForm(request.POST))["ids"]
    count = actions.try_again(request.practice, ids, by=request.user)
    messages.success(request, f"{count} to be tried again in a moment.")
    return redirect("intake_message", ids[0]) if len(ids) == 1 else redirect("intake")


@practice_view("coding.view", methods=("POST",))
def intake_discard(request: PracticeRequest, message_id: int) -> HttpResponse:
    """Set a message aside for good."""
    row = access.get(request, IntakeMessage.objects.defer("content"), message_id)
    actions.discard(row, reason=valid(DiscardForm(request.POST))["reason"], by=request.user)
    messages.success(request, f"{row} is discarded; its bytes are kept.")
    return redirect("intake")


@practice_view("coding.view", methods=("POST",))
def intake_visit(request: PracticeRequest, message_id: int) -> HttpResponse:
    """Put a document to a visit."""
    row = access.get(request, IntakeMessage.objects.defer("content"), message_id)
    visit = valid(DocumentVisitForm(request.POST, practice=request.practice))["visit"]
    actions.choose_visit(row, visit, by=request.user)
    messages.success(request, f"{row} goes to {visit}.")
    return redirect("intake_message", row.pk)


@practice_view("coding.view")
def intake_content(request: PracticeRequest, message_id: int) -> HttpResponseBase:
    """The bytes of a message as they came, to be saved."""
    row = access.get(request, IntakeMessage.objects.all(), message_id)
    events.record("intake_message.saved", row, by=request.user, patient_id=row.patient_id)
    return saved_response(bytes(row.content), "application/octet-stream", row.name)


@practice_view("coding.view")
def document_file(request: PracticeRequest, document_id: int) -> HttpResponseBase:
    """The file a document came as, to be saved."""
    rows = Document.objects.select_related("file", "encounter")
    row = access.get(request, rows, document_id)
    file = getattr(row, "file", None)
    if file is None:
        raise Http404
    patient_id = row.encounter.patient_id
    events.record("document.viewed", row, by=request.user, patient_id=patient_id)
    return saved_response(bytes(file.content), file.media_type, file.name)
