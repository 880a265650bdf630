"""Rows of a paper EOB: claims, lines, provider adjustments."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from billing import manual_page as page_of
from billing.actions import manual_rows as acts
from billing.manual_forms import AdjustmentForm, ClaimForm, JumpForm, LineForm
from billing.models import ManualBatch, ManualClaim, ManualLine, ManualProviderAdjustment
from billing.views.manual import batch_of, show_batch
from rcm import access
from rcm.http import PracticeRequest, practice_view


def back_to(batch: ManualBatch, anchor: str = "") -> HttpResponse:
    """The grid, at a row."""
    return redirect(reverse("manual_batch", args=[batch.pk]) + anchor)


@practice_view("billing.view", methods=("POST",))
def manual_claims(request: PracticeRequest, manual_batch_id: int) -> HttpResponse:
    """Add the claim a number or a name means."""
    batch = batch_of(request, manual_batch_id)
    form = JumpForm(request.POST, batch=batch)
    if not form.is_valid():
        return show_batch(request, batch, jump=form, status=409 if form.is_twice else 422)
    claim, is_again = form.cleaned_data["claim"], form.cleaned_data["again"]
    row = acts.add_claim(batch, claim, is_again=is_again, by=request.user)
    return back_to(batch, f"#manual-claim-{row.pk}")


def claim_of(request: PracticeRequest, batch: ManualBatch, pk: int) -> ManualClaim:
    rows = ManualClaim.objects.select_related("batch", "claim").filter(batch=batch)
    return access.get(request, rows, pk)


@practice_view("billing.view", methods=("POST",))
def manual_claim(
    request: PracticeRequest, manual_batch_id: int, manual_claim_id: int
) -> HttpResponse:
    """Status and the payer's number."""
    batch = batch_of(request, manual_batch_id)
    row = claim_of(request, batch, manual_claim_id)
    form = ClaimForm(request.POST)
    if not form.is_valid():
        return show_batch(request, batch, status=422)
    acts.save_claim(row, **form.cleaned_data, by=request.user)
    return back_to(batch, f"#manual-claim-{row.pk}")


@practice_view("billing.view", methods=("POST",))
def manual_claim_lock(
    request: PracticeRequest, manual_batch_id: int, manual_claim_id: int
) -> HttpResponse:
    """The person's hands are on the claim."""
    batch = batch_of(request, manual_batch_id)
    acts.lock_claim(claim_of(request, batch, manual_claim_id), by=request.user)
    return HttpResponse(status=204)


@practice_view("billing.view", methods=("POST",))
def manual_claim_removal(
    request: PracticeRequest, manual_batch_id: int, manual_claim_id: int
) -> HttpResponse:
    """Take a claim out."""
    batch = batch_of(request, manual_batch_id)
    acts.remove_claim(claim_of(request, batch, manual_claim_id), by=request.user)
    return back_to(batch)


@practice_view("billing.view", methods=("POST",))
def manual_line(
    request: PracticeRequest, manual_batch_id: int, manual_line_id: int
) -> HttpResponse:
    """Save a row: 422 with what is wrong, 409 with both versions when somebody was first."""
    batch = batch_of(request, manual_batch_id)
    lines = ManualLine.objects.filter(manual_claim__batch=batch)
    related = ("service_line", "manual_claim__batch", "manual_claim__claim")
    line = access.get(request, lines.select_related(*related), manual_line_id)
    form = LineForm(request.POST, line=line)
    if not form.is_valid():
        return show_line(request, batch, line, page_of.note_of_form(form), status=422)
    version = form.cleaned_data["version"]
    keyed = acts.save_line(line, form.cells, version=version, by=request.user)
    note = page_of.note_of_keyed(keyed)
    return show_line(request, batch, keyed.line, note, status=409 if note else 200)


def show_line(
    request: PracticeRequest,
    batch: ManualBatch,
    line: ManualLine,
    note: page_of.Note | None,
    *,
    status: int,
) -> HttpResponse:
    """What changes on the page beside the cells; the whole page without script."""
    if request.htmx:
        row = page_of.line_row(line, line.manual_claim, can_edit=True, note=note)
        context = {"row": row, "batch": batch, "balance": page_of.balance_of(batch)}
        context |= {"is_saved": note is None}
        return render(request, "billing/_manual_saved.html", context, status=status)
    if note is None:
        return back_to(batch, f"#manual-line-{line.pk}")
    return show_batch(request, batch, notes={line.pk: note}, status=status)


@practice_view("billing.view", methods=("POST",))
def manual_adjustments(request: PracticeRequest, manual_batch_id: int) -> HttpResponse:
    """Add what the payer kept back or added."""
    batch = batch_of(request, manual_batch_id)
    form = AdjustmentForm(request.POST)
    if not form.is_valid():
        return show_batch(request, batch, adjustment=form, status=422)
    acts.add_provider_adjustment(batch, **form.cleaned_data, by=request.user)
    return back_to(batch, "#manual-adjustments")


@practice_view("billing.view", methods=("POST",))
def manual_adjustment_removal(
    request: PracticeRequest, manual_batch_id: int, manual_adjustment_id: int
) -> HttpResponse:
    """Take it out."""
    batch = batch_of(request, manual_batch_id)
    rows = ManualProviderAdjustment.objects.select_related("batch").filter(batch=batch)
    row = access.get(request, rows, manual_adjustment_id)
    acts.remove_provider_adjustment(row, by=request.user)
    return back_to(batch, "#manual-adjustments")
