"""Charge review: coded visits that do not become claims by themselves, one after the other."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import pluralize
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from billing import review_page as page_of
from billing.actions import review_decisions as actions
from billing.actions.review_bulk import accept_many
from billing.actions.work_owners import assign_review
from billing.credit_page import billers
from billing.forms_charges import (
    CoderForm,
    CoverageForm,
    NamedAuthorizationForm,
    NoteForm,
    PriceForm,
    coders_of,
)
from billing.forms_money import AssignForm, checked
from billing.models import ChargeReview
from rcm import access, events
from rcm.http import PracticeRequest, practice_view

ROWS = 50
LISTED = 500
PANE = "billing/charge_reviews.html#detail"


def reviews_of(request: PracticeRequest) -> QuerySet[ChargeReview]:
    return access.in_practice(request, ChargeReview.objects.all())


@practice_view("billing.view")
def charge_reviews(request: PracticeRequest) -> HttpResponse:
    """List and detail; ``item`` chooses the visit shown."""
    today = timezone.localdate()
    found = page_of.filtered(page_of.waiting(reviews_of(request)), request.GET)
    page = Paginator(found, ROWS).get_page(request.GET.get("page"))
    rows = [page_of.row_of(review, today) for review in page.object_list]
    ids = [row["visit"].pk for row in rows]
    events.record("encounters.listed", request.practice, by=request.user, encounters=ids)
    context = {
        "views": page_of.tabs(reviews_of(request), request.GET),
        "page": page,
        "rows": rows,
        "filters": request.GET,
        "is_filtered": any(request.GET.get(name) for name in page_of.FILTERS),
        "coders": coders_of(request.practice),
        "can_work": access.may(request, "billing.work"),
        "may_choose_coders": access.may(request, "billing.approve"),
        **chosen(request, page.object_list),
    }
    return render(request, "billing/charge_reviews.html", context)


def chosen(request: PracticeRequest, listed: Any) -> dict[str, Any]:
    """The pane of the visit the address names, else of the first one."""
    item = request.GET.get("item", "")
    if item.isascii() and item.isdigit():
        reviews = page_of.with_visits(ChargeReview.objects.all())
        return pane(request, access.get(request, reviews, int(item[:18]))) | {"item": item}
    first = next(iter(listed), None)
    return pane(request, first) if first is not None else {}


def pane(request: PracticeRequest, review: ChargeReview) -> dict[str, Any]:
    """What the pane shows; records that a patient's data was seen."""
    visit = review.encounter
    events.record("encounter.viewed", visit, by=request.user, patient_id=visit.patient_id)
    can_work = access.may(request, "billing.work")
    shown = page_of.detail_of(review, timezone.localdate(), can_work=can_work)
    kept = {name: request.GET[name] for name in page_of.FILTERS if request.GET.get(name)}
    people = billers(request.practice.pk) if can_work else []
    return {"chosen": shown, "query": urlencode(kept), "people": people}


@practice_view("billing.view")
def charge_review(request: PracticeRequest, review_id: int) -> HttpResponse:
    """The pane of one visit for htmx; the list with it open otherwise."""
    review = access.get(request, page_of.with_visits(ChargeReview.objects.all()), review_id)
    if not request.htmx:
        return redirect(f"{reverse('charge_reviews')}?item={review_id}")
    return render(request, PANE, pane(request, review) | {"item": str(review_id)})


@practice_view("billing.view", methods=("POST",))
def charge_review_verb(request: PracticeRequest, review_id: int, verb: str) -> HttpResponse:
    """Accept, send back, add a price, choose a policy; then the next visit of the list."""
    review = access.get(request, ChargeReview.objects.all(), review_id)
    act = VERBS.get(verb)
    if act is None:
        raise Http404
    messages.success(request, act(request, review))
    review.refresh_from_db()
    return redirect(address_after(request, review))


def accept(request: PracticeRequest, review: ChargeReview) -> str:
    note = checked(NoteForm(request.POST))["note"]
    claim = actions.accept(review, note=note, by=request.user)
    return f"Claim {claim} is drafted: {claim.get_status_display().lower()}."


def send_back(request: PracticeRequest, review: ChargeReview) -> str:
    note = checked(NoteForm(request.POST))["note"]
    actions.send_back(review, reason=note, by=request.user)
    return f"Chart {review} is with its coder again."


def add_price(request: PracticeRequest, review: ChargeReview) -> str:
    given = checked(PriceForm(request.POST))
    code, modifier = given["procedure_code"].upper(), given["modifier"].upper()
    count = actions.add_price(review, code, modifier, given["amount"], by=request.user)
    return f"{code} costs ${given['amount']:,.2f} now. {cleared(count)}"


def choose_coverage(request: PracticeRequest, review: ChargeReview) -> str:
    coverage = checked(CoverageForm(request.POST, review=review))["coverage"]
    count = actions.choose_coverage(review, coverage, by=request.user)
    return f"{coverage.payer} pays for it. {cleared(count)}"


def check_eligibility(request: PracticeRequest, review: ChargeReview) -> str:
    actions.check_eligibility(review, by=request.user)
    return "The payer is asked; the answer usually comes within minutes."


def cleared(count: int) -> str:
    return f"{count} visit{pluralize(count)} can be billed now."


def name_authorization(request: PracticeRequest, review: ChargeReview) -> str:
    given = checked(NamedAuthorizationForm(request.POST, review=review))["authorization"]
    count = actions.name_authorization(review, given, by=request.user)
    return f"The visit names {given}. {cleared(count)}"


def assign(request: PracticeRequest, review: ChargeReview) -> str:
    person = checked(AssignForm(request.POST))["person"]
    return f"{assign_review(review, to=person, by=request.user).owner} works on {review}."


VERBS: dict[str, Callable[[PracticeRequest, ChargeReview], str]] = {
    "acceptance": accept,
    "return": send_back,
    "price": add_price,
    "coverage": choose_coverage,
    "authorization": name_authorization,
    "owner": assign,
    "eligibility": check_eligibility,
}


def address_after(request: PracticeRequest, worked: ChargeReview) -> str:
    """The list with the visit still waiting open, else with the one after it."""
    query = {name: request.GET[name] for name in page_of.FILTERS if request.GET.get(name)}
    if worked.state == ChargeReview.State.WAITING:
        query["item"] = str(worked.pk)
    else:
        rows = page_of.filtered(page_of.waiting(reviews_of(request)), query)
        later = Q(opened_at__gt=worked.opened_at) | Q(opened_at=worked.opened_at, pk__gt=worked.pk)
        following = rows.filter(later).first() or rows.first()
        if following is not None:
            query["item"] = str(following.pk)
    return f"{reverse('charge_reviews')}?{urlencode(query)}"


@practice_view("billing.view", methods=("POST",), write="billing.approve")
def charge_review_coder(request: PracticeRequest) -> HttpResponse:
    """So many of a coder's next charts are looked at."""
    given = checked(CoderForm(request.POST, practice=request.practice))
    coder, count = given["coder"].user, given["count"]
    actions.look_at_next_charts(request.practice.pk, coder, count, by=request.user)
    messages.success(request, f"The next {count} chart{pluralize(count)} of {coder} are looked at.")
    return redirect("charge_reviews")


@practice_view("billing.view", methods=("GET", "POST"))
def charge_reviews_accept(request: PracticeRequest) -> HttpResponse:
    """All that match a filter, listed first; POST accepts those listed that only need a word."""
    if request.method == "POST":
        note = checked(NoteForm(request.POST))["note"]
        ids = [int(text[:18]) for text in request.POST.getlist("reviews") if text.isdecimal()]
        done = accept_many(request.practice.pk, ids, note=note, by=request.user)
        messages.success(request, f"{done.claims} claim{pluralize(done.claims)} drafted.")
        for review, why in done.left:
            messages.warning(request, f"{review}: {why}")
        return redirect("charge_reviews")
    today = timezone.localdate()
    found = page_of.filtered(page_of.waiting(reviews_of(request)), request.GET)
    judged = page_of.only_judged(found)[:LISTED]
    rows = [page_of.row_of(review, today) for review in judged]
    ids = [row["visit"].pk for row in rows]
    events.record("encounters.listed", request.practice, by=request.user, encounters=ids)
    context = {"rows": rows, "others": found.count() - len(rows), "filters": request.GET}
    return render(request, "billing/charge_reviews_accept.html", context)
