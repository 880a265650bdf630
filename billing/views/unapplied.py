"""Unapplied money by payment, and what stands on every account."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from billing import unapplied as page_of
from billing.actions.work_owners import assign_unapplied
from billing.credit_page import billers
from billing.forms_money import AssignForm, checked
from billing.models import Remittance
from rcm import access
from rcm.http import PracticeRequest, practice_view

ROWS = 50


@practice_view("billing.view")
def unapplied(request: PracticeRequest) -> HttpResponse:
    """Payments with money nobody has explained, oldest first; ``view=accounts`` shows the books."""
    today = timezone.localdate()
    is_accounts = request.GET.get("view") == "accounts"
    found = page_of.unapplied_of(request.practice.pk, today)
    page = Paginator(found, ROWS).get_page(request.GET.get("page"))
    page_of.explain(list(page))
    context = {
        "views": [
            {"label": "By payment", "url": "?", "count": len(found), "is_current": not is_accounts},
            {"label": "All accounts", "url": "?view=accounts", "is_current": is_accounts},
        ],
        "total": sum(row.amount for row in found),
        "page": page,
        "accounts": page_of.account_totals(request.practice.pk, today) if is_accounts else None,
        "people": billers(request.practice.pk),
        "may_work": access.may(request, "billing.work"),
    }
    return render(request, "billing/unapplied.html", context)


@practice_view("billing.view", methods=("POST",))
def unapplied_owner(request: PracticeRequest, remittance_id: int) -> HttpResponse:
    """Give the unapplied money of one payment to a person."""
    remittance = access.get(request, Remittance.objects.all(), remittance_id)
    person = checked(AssignForm(request.POST))["person"]
    made = assign_unapplied(remittance, to=person, by=request.user)
    messages.success(request, f"{made.owner} works on payment {remittance}.")
    return redirect("unapplied")
