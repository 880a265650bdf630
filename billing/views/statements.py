"""Statements to patients: one, in batches, as documents, and the settings behind them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from billing import statement_page as page_of
from billing.account_documents import make_statements_pdf
from billing.actions import patient_statements as actions
from billing.actions.statement_documents import document_of
from billing.forms_statements import AccountSettingsForm
from billing.models import Statement, StatementBatch
from billing.patient_accounts import settings_of
from billing.views.accounts import patient_of
from rcm import access, events
from rcm.http import PracticeRequest, pdf_response, practice_view


@practice_view("billing.view")
def statements(request: PracticeRequest) -> HttpResponse:
    """What a batch of today would be, and the batches made."""
    context = {
        "preview": page_of.preview_of(request.practice, timezone.localdate()),
        "batches": page_of.newest_batches(request.practice.pk),
        "settings": settings_of(request.practice.pk),
        "can_work": access.may(request, "billing.work"),
    }
    return render(request, "billing/statements.html", context)


@practice_view("billing.view", methods=("POST",))
def statement_batch_start(request: PracticeRequest) -> HttpResponse:
    """Make statements for every account that may have one."""
    batch = actions.start_batch(request.practice, by=request.user)
    messages.success(request, f"{batch.accounts.count():,} statements are being made.")
    return redirect("statement_batch", batch.pk)


def batch_row(request: PracticeRequest, statement_batch_id: int) -> StatementBatch:
    rows = StatementBatch.objects.select_related("practice", "made_by")
    return access.get(request, rows, statement_batch_id)


@practice_view("billing.view")
def statement_batch(request: PracticeRequest, statement_batch_id: int) -> HttpResponse:
    """One batch: how far, who got none and why, what can be done with it."""
    batch = batch_row(request, statement_batch_id)
    context = page_of.batch_of(batch) | {"can_work": access.may(request, "billing.work")}
    patients = [each.patient_id for each in context["noted"]]
    events.record("accounts.listed", request.practice, by=request.user, patients=patients)
    return render(request, "billing/statement_batch.html", context)


@practice_view("billing.view", methods=("POST",))
def statement_batch_undo(request: PracticeRequest, statement_batch_id: int) -> HttpResponse:
    """Void all of it."""
    batch = actions.undo_batch(batch_row(request, statement_batch_id), by=request.user)
    messages.success(request, f"{batch} are undone.")
    return redirect("statement_batch", batch.pk)


@practice_view("billing.view", methods=("POST",))
def statement_batch_mailing(request: PracticeRequest, statement_batch_id: int) -> HttpResponse:
    """They went out."""
    batch = actions.mark_mailed(batch_row(request, statement_batch_id), by=request.user)
    messages.success(request, f"{batch} are marked as mailed.")
    return redirect("statement_batch", batch.pk)


@practice_view("billing.view", methods=("POST",))
def statement_batch_resume(request: PracticeRequest, statement_batch_id: int) -> HttpResponse:
    """Go on, and try again what failed."""
    batch = actions.resume_batch(batch_row(request, statement_batch_id), by=request.user)
    messages.success(request, f"{batch} go on.")
    return redirect("statement_batch", batch.pk)


@practice_view("billing.view")
def statement_batch_print(request: PracticeRequest, statement_batch_id: int) -> HttpResponse:
    """All statements of the batch as one PDF for the printer."""
    batch = batch_row(request, statement_batch_id)
    content = document_of(batch)
    events.record("statement_batch.printed", batch, by=request.user)
    return pdf_response(content, f"statements-{batch.statement_on:%Y-%m-%d}.pdf")


@practice_view("billing.view", methods=("POST",))
def account_statement(request: PracticeRequest, patient_id: int) -> HttpResponse:
    """Make one statement now."""
    made = actions.make_statement(patient_of(request, patient_id), by=request.user)
    undo = reverse("patient_statement_void", args=[made.pk])
    text = f"Statement {made} of ${made.amount:,.2f} is made."
    messages.success(request, text, extra_tags=undo)
    return redirect("account", patient_id)


def statement_row(request: PracticeRequest, patient_statement_id: int) -> Statement:
    return access.get(request, Statement.objects.select_related("practice"), patient_statement_id)


@practice_view("billing.view")
def patient_statement(request: PracticeRequest, patient_statement_id: int) -> HttpResponse:
    """The document as it was made."""
    row = statement_row(request, patient_statement_id)
    events.record("statement.viewed", row, by=request.user, patient_id=row.patient_id)
    content = make_statements_pdf([row.content], made_at=actions.midnight(row.statement_on))
    return pdf_response(content, f"statement-{row.number}.pdf")


@practice_view("billing.view", methods=("POST",))
def patient_statement_resend(request: PracticeRequest, patient_statement_id: int) -> HttpResponse:
    """The same document goes out again."""
    row = actions.resend_statement(statement_row(request, patient_statement_id), by=request.user)
    messages.success(request, f"Statement {row} is noted as sent again: print it.")
    return redirect("account", row.patient_id)


@practice_view("billing.view", methods=("POST",))
def patient_statement_void(request: PracticeRequest, patient_statement_id: int) -> HttpResponse:
    """Take a single statement of today back."""
    row = actions.void_statement(statement_row(request, patient_statement_id), by=request.user)
    messages.success(request, f"Statement {row} is taken back.")
    return redirect("account", row.patient_id)


@practice_view("billing.view", methods=("GET", "POST"), write="billing.approve")
def account_settings(request: PracticeRequest) -> HttpResponse:
    """How the practice deals with accounts; a manager changes it."""
    may_approve = access.may(request, "billing.approve")
    current = settings_of(request.practice.pk)
    form = AccountSettingsForm(request.POST or None, instance=current)
    if request.method == "POST" and form.is_valid():
        actions.save_settings(request.practice, form.cleaned_data, by=request.user)
        messages.success(request, "The settings are saved.")
        return redirect("statements")
    status = 422 if form.errors else 200
    context = {"form": form, "may_approve": may_approve}
    return render(request, "billing/account_settings.html", context, status=status)
