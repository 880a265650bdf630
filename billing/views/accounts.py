"""Patients' accounts: the list, one account, payments with their receipt and their way back."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from billing import account_list as listing
from billing.account_documents import make_receipt
from billing.account_ledger import visits_of
from billing.actions import patient_payments as actions
from billing.actions import patient_prepaid as prepaid_money
from billing.actions import patient_reversals as reversals
from billing.forms_accounts import (
    KeyForm,
    PaymentForm,
    PrepaidRefundForm,
    ReasonForm,
    new_key,
    read_parts,
)
from billing.forms_money import checked
from billing.models import PatientPayment
from billing.patient_account_page import account_of, allocation_rows
from billing.rules.statements import CODES
from rcm import access, events
from rcm.csv_export import csv_response
from rcm.http import PracticeRequest, page_or_partial, pdf_response, practice_view
from rcm.models import Patient

FILTERS = ("q", "age", "least", "reason")
# Payments shown and not saved yet, by key, in the session of who types them.
DRAFTS, MOST_DRAFTS = "payment_drafts", 5


@practice_view("billing.view")
def accounts(request: PracticeRequest) -> HttpResponse:
    """Accounts by balance, with the reason when one gets no statement."""
    today = timezone.localdate()
    found = listing.AccountList(request.practice, request.GET, today)
    if request.GET.get("format") == "csv":
        rows = found.everything()
        tell_listed(request, [row.patient_id for row in rows])
        return csv_response("accounts", listing.HEAD, map(listing.csv_row, rows))
    counts = found.counts()
    page = found.page(counts)
    tell_listed(request, [row.patient_id for row in page.rows])
    context = {
        "views": listing.view_tabs(counts, request.GET),
        "page": page,
        "rows": [(row, row.days_owed(today)) for row in page.rows],
        "filters": request.GET,
        "is_filtered": any(request.GET.get(name) for name in FILTERS),
        "ages": listing.AGE_LABELS.items(),
        "reasons": CODES.items(),
    }
    return page_or_partial(request, "billing/accounts.html", "rows", context)


def tell_listed(request: PracticeRequest, patients: list[int]) -> None:
    events.record("accounts.listed", request.practice, by=request.user, patients=patients)


@practice_view("billing.view")
def account(request: PracticeRequest, patient_id: int) -> HttpResponse:
    """Everything about one account on one page."""
    patient = patient_of(request, patient_id)
    events.record("account.viewed", patient, by=request.user, patient_id=patient.pk)
    context = account_of(request.practice, patient, timezone.localdate())
    context |= {
        "can_work": access.may(request, "billing.work"),
        "can_approve": access.may(request, "billing.approve"),
        "key": new_key(),
    }
    return render(request, "billing/account.html", context)


def patient_of(request: PracticeRequest, patient_id: int) -> Patient:
    return access.get(request, Patient.objects.select_related("practice"), patient_id)


@practice_view("billing.view", methods=("GET", "POST"))
def account_payment(request: PracticeRequest, patient_id: int) -> HttpResponse:
    """Take a payment: first where it goes, which a person may change, then it is posted.

    Where it goes is an address of its own (`draft`), so that Back and reload work.
    """
    patient = patient_of(request, patient_id)
    if request.method == "GET":
        return payment_page(request, patient)
    form = PaymentForm(request.POST)
    if not form.is_valid():
        return show_payment(request, patient, form, status=422)
    key = form.cleaned_data["key"]
    if request.POST.get("step") != "save":
        keep_draft(request, patient, form)
        query = urlencode({"draft": key})
        return redirect(f"{reverse('account_payment', args=[patient.pk])}?{query}")
    # A form sent twice names visits that owe nothing any more; its key answers for it.
    parts = read_parts(request.POST, [row.encounter_id for row in visits_of(patient)])
    made = actions.take_payment(patient, money_of(form), key=key, parts=parts, by=request.user)
    messages.success(request, f"{made} of ${made.amount:,.2f} is posted.")
    return redirect("account", patient.pk)


def payment_page(request: PracticeRequest, patient: Patient) -> HttpResponse:
    """The form, empty or as it was typed; a payment that is posted is not asked for again."""
    key = request.GET.get("draft", "")
    mine = access.in_practice(request, PatientPayment.objects.filter(patient=patient))
    made = mine.filter(key=key).first() if key else None
    if made is not None:
        messages.info(request, f"{made} of ${made.amount:,.2f} is posted already.")
        return redirect("account", patient.pk)
    return show_payment(request, patient, draft_of(request, patient))


def money_of(form: PaymentForm) -> actions.Money:
    return actions.Money(**{k: v for k, v in form.cleaned_data.items() if k != "key"})


def keep_draft(request: PracticeRequest, patient: Patient, form: PaymentForm) -> None:
    """Keep what was typed in the session: no address holds it."""
    drafts = dict(request.session.get(DRAFTS, {}))
    typed = {name: request.POST.get(name, "") for name in form.fields}
    # The newest last; a form shown again keeps its key.
    drafts.pop(typed["key"], None)
    drafts[typed["key"]] = typed | {"patient": patient.pk}
    request.session[DRAFTS] = dict(list(drafts.items())[-MOST_DRAFTS:])


def draft_of(request: PracticeRequest, patient: Patient) -> PaymentForm:
    """The form the address names, as it was typed; an empty one for any other."""
    kept = request.session.get(DRAFTS, {}).get(request.GET.get("draft", ""))
    if kept is None or kept["patient"] != patient.pk:
        return PaymentForm.fresh()
    return PaymentForm(kept)


def show_payment(
    request: PracticeRequest, patient: Patient, form: PaymentForm, *, status: int = 200
) -> HttpResponse:
    """The form; with what was typed, where the money would go."""
    events.record("account.viewed", patient, by=request.user, patient_id=patient.pk)
    owed = actions.owed_by(patient)
    split = owed.oldest_first(money_of(form).amount) if form.is_valid() else None
    context = {
        "patient": patient,
        "form": form,
        "split": split,
        "rows": allocation_rows(visits_of(patient), split) if split else [],
        "owed": sum(owed.visits.values()),
    }
    return render(request, "billing/account_payment.html", context, status=status)


def payment_of(request: PracticeRequest, payment_id: int) -> PatientPayment:
    rows = PatientPayment.objects.select_related("patient", "practice", "taken_by")
    return access.get(request, rows, payment_id)


@practice_view("billing.view")
def patient_payment_receipt(request: PracticeRequest, payment_id: int) -> HttpResponse:
    """The receipt as PDF."""
    payment = payment_of(request, payment_id)
    events.record(
        "patient_payment.receipt_made", payment, by=request.user, patient_id=payment.patient_id
    )
    return pdf_response(make_receipt(payment, now=payment.taken_at), f"receipt-{payment.pk}.pdf")


@practice_view("billing.view", methods=("POST",))
def patient_payment_reversal(request: PracticeRequest, payment_id: int) -> HttpResponse:
    """A check bounced, or the payment was keyed wrong."""
    payment = payment_of(request, payment_id)
    reason = checked(ReasonForm(request.POST))["reason"]
    made = reversals.reverse_payment(payment, reason=reason, by=request.user)
    undo = reverse("patient_payment_restoration", args=[made.pk])
    text = f"{made} of ${made.amount:,.2f} is taken back."
    messages.success(request, text, extra_tags=undo)
    return redirect("account", payment.patient_id)


@practice_view("billing.view", methods=("POST",))
def patient_payment_restoration(request: PracticeRequest, payment_id: int) -> HttpResponse:
    """Undo the reversal."""
    made = reversals.restore_payment(payment_of(request, payment_id), by=request.user)
    messages.success(request, f"{made} of ${made.amount:,.2f} stands again.")
    return redirect("account", made.patient_id)


@practice_view("billing.view", methods=("POST",))
def account_prepaid(request: PracticeRequest, patient_id: int) -> HttpResponse:
    """Pay what is owed from prepaid money."""
    patient = patient_of(request, patient_id)
    key = checked(KeyForm(request.POST))["key"]
    made = prepaid_money.use_prepaid(patient, key=key, by=request.user)
    messages.success(request, f"${made.amount:,.2f} is paid from prepaid money.")
    return redirect("account", patient.pk)


@practice_view("billing.view", methods=("POST",))
def account_prepaid_refund(request: PracticeRequest, patient_id: int) -> HttpResponse:
    """Ask for the refund of prepaid money."""
    patient = patient_of(request, patient_id)
    asked = checked(PrepaidRefundForm(request.POST))
    made = prepaid_money.ask_prepaid_back(patient, by=request.user, **asked)
    word = "needs the approval of a manager" if made.needs_approval else "can be paid"
    messages.success(request, f"{made} of ${made.amount:,.2f} {word}.")
    return redirect("refund", made.pk)
