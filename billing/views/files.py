"""Files that came in or went out, and a form to bring one in by hand."""

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render

from billing.actions.files import receive_file
from billing.forms import UploadForm
from billing.models import InterchangeFile
from billing.remittance_copies import repeats_of_file
from billing.rules.incoming_labels import label_incoming
from billing.rules.segment_labels import label_segments
from rcm import access, events
from rcm.http import PracticeRequest, page_or_partial, practice_view

ROWS = 50
SEGMENTS = 200
PROBLEMS = 100


@practice_view("billing.view", methods=("GET", "POST"))
def files(request: PracticeRequest) -> HttpResponse:
    """The list; a POST receives a file, once however often it is sent."""
    form = UploadForm()
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            return redirect("file", receive_upload(request, form.cleaned_data["file"]).pk)
    rows = InterchangeFile.objects.defer("content").select_related("channel", "created_by")
    page = Paginator(access.in_practice(request, rows).order_by("-pk"), ROWS)
    context = {
        "form": form,
        "page": page.get_page(request.GET.get("page")),
        "can_work": access.may(request, "billing.work"),
    }
    status = 422 if form.errors else 200
    return page_or_partial(request, "billing/files.html", "rows", context, status=status)


def receive_upload(request: PracticeRequest, upload: UploadedFile) -> InterchangeFile:
    """Receive it and say whether it is new."""
    newest = access.in_practice(request, InterchangeFile.objects.order_by("-pk"))
    known = newest.values_list("pk", flat=True).first() or 0
    file = receive_file(request.practice, upload.name or "", upload.read(), by=request.user)
    if file.pk <= known:
        messages.info(request, f"These bytes were received before, as {file}.")
    else:
        messages.success(request, f"{file} is received and will be read in a moment.")
    return file


@practice_view("billing.view")
def file(request: PracticeRequest, file_id: int) -> HttpResponse:
    """One file: what became of it, its problems, its segments."""
    rows = InterchangeFile.objects.select_related("channel", "created_by")
    row = access.get(request, rows, file_id)
    events.record("file.viewed", row, by=request.user)
    text = request.GET.get("from", "")
    start = int(text) if text.isdecimal() else 0
    segments, total = label_segments(bytes(row.content), start=start, limit=SEGMENTS)
    problems = row.problems.order_by("segment_number", "pk")
    faults = {problem.segment_number or 0: problem.message for problem in problems[:PROBLEMS]}
    context = {
        "file": row,
        "problems": problems[:PROBLEMS],
        "problems_count": problems.count(),
        "remittances": row.remittances.order_by("pk"),
        "repeats": repeats_of_file(row),
        "segments": label_incoming(segments, faults),
        "segments_total": total,
        "next_from": start + SEGMENTS if start + SEGMENTS < total else None,
    }
    return render(request, "billing/file.html", context)
