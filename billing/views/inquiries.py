"""Questions to payers: lists of eligibility and claim status, one answer, asking (again)."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render

from billing import inquiry_pages as page_of
from billing.actions.status_inquiries import ask_status
from billing.models import Claim, StatusInquiry
from payers.actions.eligibility import ask_eligibility
from payers.models import EligibilityInquiry
from rcm import access, events
from rcm.http import PracticeRequest, practice_view

ROWS = 50


@practice_view("billing.view")
def eligibility(request: PracticeRequest) -> HttpResponse:
    """Every question about a policy, newest first; ``view`` is waiting, failed or inactive."""
    view = request.GET.get("view", "")
    found = page_of.eligibility_rows(access.in_practice(request, EligibilityInquiry.objects.all()))
    shown = page_of.chosen(found, page_of.ELIGIBILITY_VIEWS, view)
    page = Paginator(shown, ROWS).get_page(request.GET.get("page"))
    rows = page_of.with_badges(list(page.object_list))
    ids = [row["inquiry"].pk for row in rows]
    events.record("eligibility_inquiries.listed", request.practice, by=request.user, inquiries=ids)
    context = {
        "views": page_of.tabs(found, page_of.ELIGIBILITY_VIEWS, view),
        "page": page,
        "rows": rows,
        "can_work": access.may(request, "billing.work"),
    }
    return render(request, "billing/eligibility.html", context)


@practice_view("billing.view")
def eligibility_inquiry(request: PracticeRequest, inquiry_id: int) -> HttpResponse:
    """One question with what the payer says: status, what the patient pays, every benefit."""
    row = access.get(request, page_of.answered(), inquiry_id)
    patient_id = row.coverage.patient_id
    events.record("eligibility_inquiry.viewed", row, by=request.user, patient_id=patient_id)
    context = {"shown": page_of.show(row), "can_work": access.may(request, "billing.work")}
    return render(request, "billing/eligibility_inquiry.html", context)


@practice_view("billing.view", methods=("POST",))
def eligibility_again(request: PracticeRequest, inquiry_id: int) -> HttpResponse:
    """Ask the same once more, as the policy and patient are now."""
    rows = EligibilityInquiry.objects.select_related("coverage__patient")
    row = access.get(request, rows, inquiry_id)
    made = ask_eligibility(
        row.coverage, for_day=row.for_day, service_types=row.service_types, by=request.user
    )
    messages.success(request, "The payer is asked; the answer usually comes within minutes.")
    return redirect("eligibility_inquiry", made.pk)


@practice_view("billing.view")
def status_inquiries(request: PracticeRequest) -> HttpResponse:
    """Every question about a claim, newest first; ``view`` is waiting, failed or answered."""
    view = request.GET.get("view", "")
    found = page_of.status_rows(access.in_practice(request, StatusInquiry.objects.all()))
    shown = page_of.chosen(found, page_of.STATUS_VIEWS, view)
    page = Paginator(shown, ROWS).get_page(request.GET.get("page"))
    rows = page_of.with_badges(list(page.object_list))
    ids = [row["inquiry"].claim_id for row in rows]
    events.record("status_inquiries.listed", request.practice, by=request.user, claims=ids)
    context = {
        "views": page_of.tabs(found, page_of.STATUS_VIEWS, view),
        "page": page,
        "rows": rows,
    }
    return render(request, "billing/status_inquiries.html", context)


@practice_view("billing.view", methods=("POST",))
def claim_status_inquiry(request: PracticeRequest, claim_id: int) -> HttpResponse:
    """Ask the payer what became of a claim."""
    row = access.get(request, Claim.objects.all(), claim_id)
    ask_status(row, by=request.user)
    messages.success(request, f"{row.payer} is asked about claim {row}.")
    return redirect("claim", row.pk)
