"""Paper EOBs: the list, the head, the grid, the scanned pages, closing and reopening."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from billing import manual_page as page_of
from billing.actions import manual_batches as acts
from billing.actions.manual_pages import add_page, remove_page
from billing.manual_facts import with_left
from billing.manual_forms import AdjustmentForm, HeadForm, JumpForm, PageForm, ReasonForm, head_of
from billing.manual_list import state_tabs
from billing.models import ManualBatch, ManualPage
from billing.rules.page_images import SUFFIXES
from rcm import access, events
from rcm.http import PracticeRequest, page_or_partial, practice_view, saved_response

ROWS = 50


def batch_of(request: PracticeRequest, manual_batch_id: int) -> ManualBatch:
    """A batch of the chosen practice, or 404."""
    people = ("opened_by", "closed_by", "reopened_by")
    rows = ManualBatch.objects.select_related("payer", "practice", "remittance", *people)
    return access.get(request, rows, manual_batch_id)


@practice_view("billing.view")
def manual_batches(request: PracticeRequest) -> HttpResponse:
    """Batches, newest first, with what each has left to post."""
    found = access.in_practice(request, ManualBatch.objects.all())
    state = request.GET.get("state", "")
    rows = found.filter(state=state) if state in ManualBatch.State.values else found
    rows = with_left(rows.select_related("payer", "opened_by", "remittance")).order_by("-pk")
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    context = {
        "views": state_tabs(found, state),
        "page": page,
        "rows": [{"batch": row} | page_of.balance_terms(row) for row in page.object_list],
        "is_filtered": bool(state),
        "can_work": access.may(request, "billing.work"),
    }
    return page_or_partial(request, "billing/manual_batches.html", "rows", context)


@practice_view("billing.work", methods=("GET", "POST"))
def manual_opening(request: PracticeRequest) -> HttpResponse:
    """A form for the head of a new batch; a POST opens it."""
    form = HeadForm(request.POST or None, practice=request.practice)
    if request.method == "POST" and form.is_valid():
        batch = acts.open_batch(request.practice, **form.cleaned_data, by=request.user)
        return redirect("manual_batch", batch.pk)
    status = 422 if form.errors else 200
    return render(request, "billing/manual_head.html", {"form": form}, status=status)


@practice_view("billing.view", methods=("GET", "POST"))
def manual_head(request: PracticeRequest, manual_batch_id: int) -> HttpResponse:
    """Correct the head of an open batch."""
    batch = batch_of(request, manual_batch_id)
    body = request.POST if request.method == "POST" else None
    form = HeadForm(body, practice=request.practice, batch=batch, initial=head_of(batch))
    if request.method == "POST" and form.is_valid():
        acts.change_batch(batch, **form.cleaned_data, by=request.user)
        return redirect("manual_batch", batch.pk)
    context = {"form": form, "batch": batch, "can_work": access.may(request, "billing.work")}
    status = 422 if form.errors else 200
    return render(request, "billing/manual_head.html", context, status=status)


@practice_view("billing.view")
def manual_batch(request: PracticeRequest, manual_batch_id: int) -> HttpResponse:
    """The grid."""
    return show_batch(request, batch_of(request, manual_batch_id))


def show_batch(
    request: PracticeRequest,
    batch: ManualBatch,
    *,
    notes: dict[int, page_of.Note] | None = None,
    status: int = 200,
    **forms: Any,
) -> HttpResponse:
    """The page, with a form that was refused or a row that could not be saved."""
    context = page_of.grid_of(
        batch,
        by=request.user,
        now=timezone.now(),
        can_work=access.may(request, "billing.work"),
        notes=notes,
    )
    shown = [row["row"].claim_id for row in context["claims"]]
    jump = forms.get("jump") or JumpForm(batch=batch)
    shown += [claim.pk for claim in jump.candidates]
    events.record("manual_batch.viewed", batch, by=request.user, claims=shown)
    context |= forms_of(jump, forms)
    return render(request, "billing/manual_batch.html", context, status=status)


def forms_of(jump: JumpForm, bound: dict[str, Any]) -> dict[str, Any]:
    """The forms of the page; those in `bound` with what was typed."""
    return {
        "jump": jump,
        "adjustment_form": bound.get("adjustment") or AdjustmentForm(),
        "page_form": bound.get("page") or PageForm(),
        "reason_form": bound.get("reason") or ReasonForm(auto_id="reopen-%s"),
    }


@practice_view("billing.view", methods=("POST",))
def manual_closing(request: PracticeRequest, manual_batch_id: int) -> HttpResponse:
    """Record and post it, when 0.00 is left."""
    batch = batch_of(request, manual_batch_id)
    closed = acts.close_batch(batch, reason=request.POST.get("reason", ""), by=request.user)
    messages.success(request, f"Batch {closed.pk} is closed and posted.")
    return redirect("manual_batch", closed.pk)


@practice_view("billing.view", methods=("POST",))
def manual_reopening(request: PracticeRequest, manual_batch_id: int) -> HttpResponse:
    """Take the posting back, with a reason."""
    batch = batch_of(request, manual_batch_id)
    form = ReasonForm(request.POST, auto_id="reopen-%s")
    if not form.is_valid():
        return show_batch(request, batch, reason=form, status=422)
    acts.reopen_batch(batch, reason=form.cleaned_data["reason"], by=request.user)
    messages.success(request, f"Batch {batch.pk} is open again; its posting was taken back.")
    return redirect("manual_batch", batch.pk)


@practice_view("billing.view", methods=("POST",))
def manual_deletion(request: PracticeRequest, manual_batch_id: int) -> HttpResponse:
    """Delete an empty batch."""
    acts.delete_batch(batch_of(request, manual_batch_id), by=request.user)
    messages.success(request, "The empty batch is deleted.")
    return redirect("manual_batches")


@practice_view("billing.view", methods=("POST",))
def manual_pages(request: PracticeRequest, manual_batch_id: int) -> HttpResponse:
    """Keep a scanned page."""
    batch = batch_of(request, manual_batch_id)
    form = PageForm(request.POST, request.FILES)
    if not form.is_valid():
        return show_batch(request, batch, page=form, status=422)
    upload = form.cleaned_data["file"]
    add_page(batch, upload.name or "", page_of.read_upload(upload), by=request.user)
    return redirect("manual_batch", batch.pk)


@practice_view("billing.view")
def manual_page(
    request: PracticeRequest, manual_batch_id: int, manual_page_id: int
) -> HttpResponse:
    """The bytes of one page: of the type they are, never run as a page of ours."""
    batch = batch_of(request, manual_batch_id)
    row = access.get(request, ManualPage.objects.filter(batch=batch), manual_page_id)
    events.record("manual_page.viewed", row, by=request.user, batch=batch.pk)
    name = f"eob-{batch.pk}-{row.position}.{SUFFIXES[row.content_type]}"
    return saved_response(bytes(row.content), row.content_type, name)


@practice_view("billing.view", methods=("POST",))
def manual_page_removal(
    request: PracticeRequest, manual_batch_id: int, manual_page_id: int
) -> HttpResponse:
    """Take a page off."""
    batch = batch_of(request, manual_batch_id)
    pages = ManualPage.objects.select_related("batch").filter(batch=batch)
    remove_page(access.get(request, pages, manual_page_id), by=request.user)
    return redirect("manual_batch", batch.pk)
