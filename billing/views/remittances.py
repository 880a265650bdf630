"""The remittances list, one remittance, posting it, and matching what waits."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from billing import remittance_page as page_of
from billing.actions.exports import export_remittance
from billing.actions.postings import post_remittance
from billing.actions.remittances import match_claim
from billing.forms import MatchForm
from billing.models import Remittance, RemittedClaim
from billing.policy_page import holds_of
from billing.remittance_list import filter_remittances, state_tabs, with_counts
from rcm import access
from rcm.http import PracticeRequest, page_or_partial, practice_view

ROWS = 50


@practice_view("billing.view")
def remittances(request: PracticeRequest) -> HttpResponse:
    """Payments, newest first: what is held, what waits, what is posted."""
    found = filter_remittances(access.in_practice(request, Remittance.objects.all()), request.GET)
    state = request.GET.get("state", "")
    rows = found.filter(state=state) if state else found
    rows = with_counts(rows).select_related("payer").order_by("-pk")
    context = {
        "views": state_tabs(found, request.GET),
        "page": Paginator(rows, ROWS).get_page(request.GET.get("page")),
        "filters": request.GET,
        "is_filtered": bool(request.GET.get("q") or state),
    }
    return page_or_partial(request, "billing/remittances.html", "rows", context)


@practice_view("billing.view")
def remittance(request: PracticeRequest, remittance_id: int) -> HttpResponse:
    """One payment: does it add up, what waits, what it moves."""
    row = access.get(request, Remittance.objects.select_related("payer", "file"), remittance_id)
    return show_remittance(request, row)


def show_remittance(
    request: PracticeRequest, row: Remittance, bound: tuple[int, MatchForm] | None = None
) -> HttpResponse:
    """The page; with a match form that was refused, its message and input, as 422."""
    page = page_of.claims_page(row, request.GET.get("page"))
    page_of.record_view(row, page, by=request.user)
    can_work = access.may(request, "billing.work")
    context = {
        "remittance": row,
        "terms": page_of.balance_terms(row),
        "differences": page_of.differences_of(row),
        "holds": holds_of(row),
        "exceptions": page_of.exceptions_of(row, request.practice, bound),
        "page": page,
        "rows": page_of.claim_rows(row, page.object_list),
        "provider_adjustments": row.provider_adjustments.order_by("position"),
        "moves": page_of.moves_of(row, request.practice),
        "events": page_of.history_of(row),
        "can_work": can_work,
        "can_post": can_work and row.state == Remittance.State.READY,
        "can_retry": can_work and row.state == Remittance.State.PARTLY_POSTED,
    }
    return render(request, "billing/remittance.html", context, status=422 if bound else 200)


@practice_view("billing.view")
def remittance_x12(request: PracticeRequest, remittance_id: int) -> HttpResponseBase:
    """The 835 of this one payment, written from what is recorded."""
    row = access.get(request, Remittance.objects.select_related("practice"), remittance_id)
    content = export_remittance(row, by=request.user)
    return FileResponse(
        content,
        as_attachment=True,
        filename=f"remittance-{row.pk}.835",
        content_type="application/edi-x12",
    )


@practice_view("billing.view", methods=("POST",))
def remittance_posting(request: PracticeRequest, remittance_id: int) -> HttpResponse:
    """Post what can be posted now."""
    row = post_remittance(
        access.get(request, Remittance.objects.all(), remittance_id), by=request.user
    )
    if row.state == Remittance.State.POSTED:
        messages.success(request, f"Payment {row} is posted.")
    else:
        messages.warning(request, f"Payment {row} is posted but for the claims that wait.")
    return redirect("remittance", row.pk)


@practice_view("billing.view", methods=("POST",))
def remittance_match(request: PracticeRequest, remittance_id: int, pk: int) -> HttpResponse:
    """A person says which claim of ours the payer means."""
    row = access.get(request, Remittance.objects.select_related("payer", "file"), remittance_id)
    remitted = access.get(request, RemittedClaim.objects.filter(remittance=row), pk)
    form = MatchForm(request.POST, practice=request.practice, auto_id=f"id_{pk}_%s")
    if not form.is_valid():
        return show_remittance(request, row, (pk, form))
    matched = match_claim(remitted, form.cleaned_data["claim"], by=request.user)
    messages.success(request, f"Matched with claim {matched.claim}.")
    return redirect("remittance", row.pk)
