"""Credit balances with their 60-day clock; refunds and offsets with approval."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from billing import credit_page as page_of
from billing.actions import refunds as actions
from billing.actions.work_owners import assign_credit
from billing.credits import credits_of
from billing.forms_money import AssignForm, DecisionForm, PaidForm, RefundForm, checked
from billing.models import Claim, Refund
from billing.models.refunds import OWED_ACCOUNTS
from rcm import access, events
from rcm.http import PracticeRequest, practice_view

ROWS = 50


@practice_view("billing.view")
def credits(request: PracticeRequest) -> HttpResponse:
    """Credits nobody has asked to return, oldest first; or refunds in one of their states."""
    tab = request.GET.get("state", "open")
    found = [row for row in credits_of(request.practice.pk) if row.free]
    refunds = page_of.refunds(request.practice.pk)
    asked = refunds.filter(state__in=page_of.STATES.get(tab, ("", []))[1]).order_by("-pk")
    source: Any = asked if tab in page_of.STATES else found
    page = Paginator(source, ROWS).get_page(request.GET.get("page"))
    is_credits = source is found
    rows = page_of.credit_rows(list(page), timezone.localdate()) if is_credits else []
    ids = [row.claim.pk for row in rows or page.object_list]
    events.record("claims.listed", request.practice, by=request.user, claims=ids)
    context = {
        "views": tabs(request, len(found), tab),
        "tab": tab,
        "total": sum(row.free for row in found),
        "page": page,
        "rows": rows,
        "is_credits": is_credits,
        "item": request.GET.get("item", ""),
        **chosen(request),
    }
    return render(request, "billing/credits.html", context)


def tabs(request: PracticeRequest, count: int, tab: str) -> list[dict[str, Any]]:
    found = [("open", "To work", count)]
    rows = page_of.refunds(request.practice.pk)
    for key, (label, states) in page_of.STATES.items():
        found.append((key, label, rows.filter(state__in=states).count()))
    return [
        {"label": label, "url": f"?state={key}", "count": number, "is_current": key == tab}
        for key, label, number in found
    ]


def chosen(request: PracticeRequest) -> dict[str, Any]:
    """The detail of what the address names: a refund ``r7``, or a credit ``12:account``."""
    item = request.GET.get("item", "")
    claim_id, _, account = item.partition(":")
    if item[:1] == "r" and item[1:].isdecimal():
        row = access.get(request, page_of.refunds(request.practice.pk), int(item[1:]))
        return refund_context(request, row)
    if claim_id.isdecimal() and account in OWED_ACCOUNTS:
        claim = access.get(request, claim_queryset(), int(claim_id))
        return credit_context(request, claim, account)
    return {}


def claim_queryset() -> Any:
    return Claim.objects.select_related("patient", "payer")


def credit_context(request: PracticeRequest, claim: Claim, account: str) -> dict[str, Any]:
    events.record("claim.viewed", claim, by=request.user, patient_id=claim.patient_id)
    may_work = access.may(request, "billing.work")
    people = page_of.billers(request.practice.pk)
    shown = page_of.credit_detail(claim, account, timezone.localdate())
    return shown | {"may_work": may_work, "people": people, "is_chosen": True}


def refund_context(request: PracticeRequest, row: Refund) -> dict[str, Any]:
    events.record("claim.viewed", row.claim, by=request.user, patient_id=row.claim.patient_id)
    may_work = access.may(request, "billing.work")
    may_approve = access.may(request, "billing.approve")
    shown = page_of.refund_detail(row, request.user, may_work=may_work, may_approve=may_approve)
    return shown | {"is_chosen": True}


@practice_view("billing.view")
def credit(request: PracticeRequest, claim_id: int, account: str) -> HttpResponse:
    """The pane of one credit for htmx; the list with it open otherwise."""
    if account not in OWED_ACCOUNTS:
        raise Http404
    claim = access.get(request, claim_queryset(), claim_id)
    if not request.htmx:
        return redirect(f"{reverse('credits')}?item={claim.pk}:{account}")
    context = credit_context(request, claim, account)
    return render(request, "billing/credits.html#detail", context)


@practice_view("billing.view", methods=("POST",))
def credit_refund(request: PracticeRequest, claim_id: int, account: str) -> HttpResponse:
    """Ask for a refund or an offset."""
    claim = access.get(request, claim_queryset(), claim_id)
    form = checked(RefundForm(request.POST))
    number = form["target"].strip().upper()
    targets = access.in_practice(request, Claim.objects.filter(patient_control_number=number))
    made = actions.request_refund(
        claim,
        account=account,
        kind=form["kind"],
        amount=form["amount"],
        reason=form["reason"],
        target=targets.first() if number else None,
        by=request.user,
    )
    word = "needs the approval of a manager" if made.needs_approval else "can be paid"
    messages.success(request, f"{made} of ${made.amount:,.2f} {word}.")
    return redirect("refund", made.pk)


@practice_view("billing.view", methods=("POST",))
def credit_owner(request: PracticeRequest, claim_id: int, account: str) -> HttpResponse:
    """Give a credit to a person."""
    if account not in OWED_ACCOUNTS:
        raise Http404
    claim = access.get(request, claim_queryset(), claim_id)
    person = checked(AssignForm(request.POST))["person"]
    made = assign_credit(claim, account, to=person, by=request.user)
    messages.success(request, f"{made.owner} works on this credit.")
    return redirect("credit", claim.pk, account)


@practice_view("billing.view")
def refund(request: PracticeRequest, refund_id: int) -> HttpResponse:
    """The pane of one refund for htmx; the list with it open otherwise."""
    row = access.get(request, page_of.refunds(request.practice.pk), refund_id)
    if not request.htmx:
        tab = next(key for key, (_, states) in page_of.STATES.items() if row.state in states)
        return redirect(f"{reverse('credits')}?state={tab}&item=r{row.pk}")
    return render(request, "billing/credits.html#detail", refund_context(request, row))


@practice_view("billing.view", methods=("POST",))
def refund_payment(request: PracticeRequest, refund_id: int) -> HttpResponse:
    """The money went out, or the offset is made."""
    row = access.get(request, page_of.refunds(request.practice.pk), refund_id)
    actions.pay(row, by=request.user, **checked(PaidForm(request.POST)))
    messages.success(request, f"{row} of ${row.amount:,.2f} is paid.")
    return redirect("refund", row.pk)


@practice_view("billing.view", methods=("POST",))
def refund_cancellation(request: PracticeRequest, refund_id: int) -> HttpResponse:
    """Undo: what it moved is moved back."""
    row = access.get(request, page_of.refunds(request.practice.pk), refund_id)
    actions.cancel(row, by=request.user)
    messages.success(request, f"{row} of ${row.amount:,.2f} is cancelled.")
    return redirect("refund", row.pk)


@practice_view("billing.view", methods=("POST",), write="billing.approve")
def refund_decision(request: PracticeRequest, refund_id: int, verb: str) -> HttpResponse:
    """A manager who did not ask for it approves or declines."""
    row = access.get(request, page_of.refunds(request.practice.pk), refund_id)
    if verb == "approve":
        actions.approve(row, by=request.user)
    elif verb == "decline":
        actions.decline(row, note=checked(DecisionForm(request.POST))["note"], by=request.user)
    else:
        raise Http404
    messages.success(request, f"{row} of ${row.amount:,.2f} is {verb}d.")
    return redirect("refund", row.pk)
