"""Lines paid below contract or custom: patterns with dollars, and what is done about them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import pluralize

from billing import underpayment_page as page_of
from billing.actions import underpayments as actions
from billing.models import Underpayment
from rcm import access
from rcm.csv_export import csv_response
from rcm.http import PracticeRequest, page_or_partial, practice_view

ROWS = 50
TOLD = {"dispute": "disputed", "acceptance": "accepted", "reopening": "open again"}


@practice_view("billing.view")
def underpayments(request: PracticeRequest) -> HttpResponse:
    """Patterns of one state, most dollars first; the lines behind them as CSV."""
    rows = access.in_practice(request, Underpayment.objects.all())
    state = request.GET.get("state", Underpayment.State.OPEN)
    if request.GET.get("format") == "csv":
        lines = page_of.csv_rows(rows.filter(state=state).order_by("-pk"))
        return csv_response("underpayments", page_of.HEAD, lines)
    patterns = page_of.patterns_of(request.practice, state)
    context = {
        "views": page_of.state_tabs(rows, state),
        "state": state,
        "page": Paginator(patterns, ROWS).get_page(request.GET.get("page")),
        "total": sum(each.shortfall for each in patterns),
    }
    return page_or_partial(request, "billing/underpayments.html", "rows", context)


@practice_view("billing.view")
def underpayment(request: PracticeRequest, underpayment_id: int) -> HttpResponse:
    """The pattern a line is of: its lines, what is usual, and the verbs for all of them."""
    rows = Underpayment.objects.select_related("payer", "claim", "decided_by")
    row = access.get(request, rows, underpayment_id)
    lines = page_of.same_pattern(row).select_related("claim")
    context = {
        "row": row,
        "page": Paginator(lines, ROWS).get_page(request.GET.get("page")),
        "usual": page_of.usual_of(row),
        "verbs": [verb for verb, (before, _) in actions.VERBS.items() if row.state in before],
        "can_work": access.may(request, "billing.work"),
    }
    return render(request, "billing/underpayment.html", context)


@practice_view("billing.view", methods=("POST",))
def underpayment_verb(request: PracticeRequest, underpayment_id: int, verb: str) -> HttpResponse:
    """Dispute, accept or reopen every line of the pattern, or with `only` this one."""
    if verb not in actions.VERBS:
        raise Http404
    row = access.get(request, Underpayment.objects.all(), underpayment_id)
    ids = [row.pk]
    if not request.POST.get("only"):
        ids = list(page_of.same_pattern(row).values_list("pk", flat=True))
    note = request.POST.get("note", "")
    count = actions.decide(request.practice, ids, verb, by=request.user, note=note)
    messages.success(request, f"{count} line{pluralize(count)} {TOLD[verb]}.")
    return redirect("underpayment", row.pk)
