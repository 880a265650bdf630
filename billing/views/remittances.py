"""The remittances list, one remittance, and the verbs of a whole payment."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from billing import remittance_page as page_of
from billing.actions.exports import export_remittance
from billing.actions.postings import post_remittance
from billing.actions.takebacks import release_remittance, reverse_remittance
from billing.deposit_state import deposit_states
from billing.models import Remittance
from billing.policy_page import holds_of
from billing.remittance_copies import relations_of
from billing.remittance_list import filter_remittances, state_tabs, with_counts
from billing.remitted_claim_page import claim_rows
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
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    deposits = deposit_states(request.practice.pk, page.object_list)
    context = {
        "views": state_tabs(found, request.GET),
        "page": page,
        "rows": [(row, deposits[row.pk]) for row in page.object_list],
        "filters": request.GET,
        "is_filtered": bool(request.GET.get("q") or state),
    }
    return page_or_partial(request, "billing/remittances.html", "rows", context)


@practice_view("billing.view")
def remittance(request: PracticeRequest, remittance_id: int) -> HttpResponse:
    """One payment: does it add up, what waits, what it moves."""
    rows = Remittance.objects.select_related("payer", "file").defer("file__content")
    row = access.get(request, rows, remittance_id)
    page = page_of.claims_page(row, request.GET.get("page"))
    holds, exceptions = holds_of(row), page_of.exceptions_of(row, request.practice)
    page_of.record_view(row, page, holds, exceptions, by=request.user)
    deposit = deposit_states(row.practice_id, [row])[row.pk]
    context = {
        "remittance": row,
        "terms": page_of.balance_terms(row, deposit),
        "job": page_of.running_job(row),
        "relations": relations_of(row),
        "differences": page_of.differences_of(row),
        "holds": holds,
        "exceptions": exceptions,
        "page": page,
        "rows": claim_rows(row, page.object_list),
        "provider_adjustments": row.provider_adjustments.order_by("position"),
        "moves": page_of.moves_of(row, request.practice),
        "events": page_of.history_of(row),
        **page_of.verbs_of(row, can_work=access.may(request, "billing.work")),
    }
    return render(request, "billing/remittance.html", context)


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
    say_posted(request, row)
    return redirect("remittance", row.pk)


def say_posted(request: PracticeRequest, row: Remittance) -> None:
    if row.state == Remittance.State.POSTED:
        messages.success(request, f"Payment {row} is posted.")
    else:
        messages.warning(request, f"Payment {row} is posted but for the claims that wait.")


@practice_view("billing.view", methods=("POST",))
def remittance_undo(request: PracticeRequest, remittance_id: int) -> HttpResponse:
    """Take the whole posting back, with a reason."""
    row = access.get(request, Remittance.objects.all(), remittance_id)
    row = reverse_remittance(row, reason=request.POST.get("reason", ""), by=request.user)
    messages.success(request, f"The posting of {row} is taken back by reversing moves.")
    return redirect("remittance", row.pk)


@practice_view("billing.view", methods=("POST",))
def remittance_post_again(request: PracticeRequest, remittance_id: int) -> HttpResponse:
    """Release a held payment a person may judge, and post it."""
    row = access.get(request, Remittance.objects.all(), remittance_id)
    say_posted(request, release_remittance(row, by=request.user))
    return redirect("remittance", row.pk)
