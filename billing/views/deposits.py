"""Bank lines against payments: what to match, what is missing, what differs; the bank's files."""

import json
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from billing import deposit_page as page_of
from billing.actions.bank_statements import enter_bank_line, import_statement
from billing.actions.deposits import explain_rest, match_by_person, undo_match
from billing.forms_deposits import BankLineForm, StatementForm
from billing.models import BankStatement, DepositMatch
from rcm import access
from rcm.csv_export import csv_response
from rcm.http import PracticeRequest, page_or_partial, practice_view


@practice_view("billing.view")
def deposits(request: PracticeRequest) -> HttpResponse:
    """Both columns, and the row to work on with the difference on top."""
    return show_board(request, request.GET.get("tab", ""))


def show_board(request: PracticeRequest, tab: str) -> HttpResponse:
    """The page, or for htmx the board alone."""
    tab = tab if tab in dict(page_of.TABS) else "to_match"
    today, practice_id = timezone.localdate(), request.practice.pk
    context: dict[str, Any] = {
        "tab": tab,
        "views": page_of.tabs_of(practice_id, today, tab),
        "q": request.GET.get("q", ""),
        "can_work": access.may(request, "billing.work"),
    }
    if tab == "matched":
        page = Paginator(page_of.newest_matches(practice_id), page_of.ROWS)
        context["page"] = page.get_page(request.GET.get("page"))
    else:
        context |= page_of.open_rows(practice_id, tab, request.GET, today)
    return page_or_partial(request, "billing/deposits.html", "board", context)


def after(request: PracticeRequest, text: str) -> HttpResponse:
    """The next row to work on, and what was done."""
    tab = request.POST.get("tab", "")
    if not request.htmx:
        messages.success(request, text)
        return redirect(f"{reverse('deposits')}?tab={tab}" if tab.isidentifier() else "deposits")
    response = show_board(request, tab)
    response.headers["HX-Trigger"] = json.dumps({"toast": {"text": text}})
    return response


@practice_view("billing.view", methods=("POST",))
def deposit_match(request: PracticeRequest) -> HttpResponse:
    """A person puts a bank line and payments together."""
    lines, payments, is_offered = page_of.chosen_rows(request.practice.pk, request.POST)
    made = match_by_person(
        request.practice, lines, payments, by=request.user, is_suggested=is_offered
    )
    return after(request, f"Matched ${sum(match.amount for match in made):,.2f}.")


@practice_view("billing.view", methods=("POST",))
def deposit_explanation(request: PracticeRequest) -> HttpResponse:
    """A person says why the rest of a row will not be matched."""
    row = page_of.named_row(request.practice.pk, request.POST.get("item", ""))
    if row is None:
        raise Http404
    made = explain_rest(row, reason=request.POST.get("reason", ""), by=request.user)
    return after(request, f"${abs(made.amount):,.2f} set aside: {made.reason}.")


@practice_view("billing.view", methods=("POST",))
def deposit_undoing(request: PracticeRequest, match_id: int) -> HttpResponse:
    """Undo one match."""
    match = access.get(request, DepositMatch.objects.all(), match_id)
    undo_match(match, by=request.user)
    return after(request, f"The match of ${abs(match.amount):,.2f} is undone.")


@practice_view("billing.view")
def deposits_open(request: PracticeRequest) -> HttpResponse:
    """All open bank lines and payments as CSV."""
    rows = page_of.open_items(request.practice.pk, timezone.localdate())
    return csv_response("deposits-open", page_of.OPEN_HEAD, rows)


@practice_view("billing.view", methods=("GET", "POST"))
def bank_statements(request: PracticeRequest) -> HttpResponse:
    """The bank's files and both forms; a POST imports a file, once however often it is sent."""
    form = StatementForm()
    if request.method == "POST":
        form = StatementForm(request.POST, request.FILES)
        if form.is_valid():
            upload = form.cleaned_data["file"]
            statement = import_statement(
                request.practice, upload.name or "", upload.read(), by=request.user
            )
            say_outcome(request, statement)
            return redirect("bank_statement", statement.pk)
    return show_statements(request, form, BankLineForm())


def say_outcome(request: PracticeRequest, statement: BankStatement) -> None:
    if statement.state == BankStatement.State.READ:
        messages.success(request, f"{statement}: {statement.note}")
    else:
        messages.error(request, f"{statement} cannot be used. {statement.note}")


@practice_view("billing.view", methods=("POST",))
def bank_line_entry(request: PracticeRequest) -> HttpResponse:
    """One deposit by hand."""
    form = BankLineForm(request.POST)
    if not form.is_valid():
        return show_statements(request, StatementForm(), form)
    line = enter_bank_line(request.practice, by=request.user, **form.cleaned_data)
    messages.success(request, f"Deposit of ${line.amount:,.2f} is entered.")
    return redirect("bank_statements")


def show_statements(
    request: PracticeRequest, upload: StatementForm, entry: BankLineForm
) -> HttpResponse:
    rows = BankStatement.objects.defer("content").select_related("imported_by").order_by("-pk")
    page = Paginator(access.in_practice(request, rows), page_of.ROWS)
    context = {
        "upload": upload,
        "entry": entry,
        "page": page.get_page(request.GET.get("page")),
        "can_work": access.may(request, "billing.work"),
    }
    status = 422 if upload.errors or entry.errors else 200
    return render(request, "billing/bank_statements.html", context, status=status)


@practice_view("billing.view")
def bank_statement(request: PracticeRequest, statement_id: int) -> HttpResponse:
    """One file of the bank: its faults, or its lines."""
    rows = BankStatement.objects.defer("content").select_related("imported_by")
    row = access.get(request, rows, statement_id)
    lines = Paginator(page_of.lines_of(row), page_of.ROWS)
    context = {"statement": row, "page": lines.get_page(request.GET.get("page"))}
    return render(request, "billing/bank_statement.html", context)
