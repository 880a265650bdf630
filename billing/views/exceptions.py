"""Remitted claims that wait for a person: one worklist, one page each, and the verbs for both."""

import json
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from billing import exception_list as list_of
from billing import remitted_claim_page as page_of
from billing.actions import remittances as matching
from billing.actions import takebacks
from billing.forms import MatchForm
from billing.models import RemittedClaim
from rcm import access, events
from rcm.csv_export import csv_response
from rcm.http import PracticeRequest, practice_view
from rcm.money import ZERO

ROWS = 50
PANE = "billing/exceptions.html#detail"


@practice_view("billing.view")
def exceptions(request: PracticeRequest) -> HttpResponse:
    """List and detail; ``item`` chooses the claim shown, ``format=csv`` exports the list."""
    return show_list(request, request.GET)


def show_list(
    request: PracticeRequest, query: QueryDict, bound: tuple[int, MatchForm] | None = None
) -> HttpResponse:
    """The worklist `query` asks for; with a match form that was refused, as 422."""
    today = timezone.localdate()
    waiting = list_of.waiting(access.in_practice(request, RemittedClaim.objects.all()))
    rows = list_of.in_order(list_of.filtered(waiting, query))
    if query.get("format") == "csv":
        found = list(rows[: list_of.CSV_ROWS])
        note_listed(request, found)
        return csv_response("exceptions", list_of.CSV_HEAD, list_of.csv_rows(found, today))
    totals = list_of.totals_by_code(list_of.filtered(waiting, query, but="reason"))
    page = Paginator(rows, ROWS).get_page(query.get("page"))
    context = {
        "views": list_of.tabs(totals, query),
        "page": page,
        "groups": list_of.groups_of(page.object_list, totals, today),
        "payers": list_of.payers_waiting(waiting),
        "filters": query,
        "is_filtered": any(query.get(name) for name in list_of.FILTERS),
        **chosen(request, page, query.get("item", ""), bound),
    }
    note_listed(request, page.object_list)
    return render(request, "billing/exceptions.html", context, status=422 if bound else 200)


def note_listed(request: PracticeRequest, rows: Any) -> None:
    """Names of patients were seen."""
    ids = [row.pk for row in rows]
    events.record("remitted_claims.listed", request.practice, by=request.user, remitted_claims=ids)


def chosen(
    request: PracticeRequest, page: Any, item: str, bound: tuple[int, MatchForm] | None
) -> dict[str, Any]:
    """The pane of the claim the address names, else of the first one."""
    if item.isascii() and item.isdigit():
        remitted = access.get(request, RemittedClaim.objects.all(), int(item[:18]))
        form = bound[1] if bound and bound[0] == remitted.pk else None
        return pane(request, remitted, form) | {"item": str(remitted.pk)}
    first = next(iter(page.object_list), None)
    return pane(request, first) if first is not None else {}


def pane(
    request: PracticeRequest, remitted: RemittedClaim, form: MatchForm | None = None
) -> dict[str, Any]:
    """What the pane shows; records that a patient's data was seen."""
    can_work = access.may(request, "billing.work")
    context = page_of.detail_of(remitted.pk, request.practice, form=form, can_work=can_work)
    claim = context["remitted"].claim
    patient_id = claim.patient_id if claim else None
    candidates = [found["claim"].pk for found in context["candidates"]]
    events.record(
        "remitted_claim.viewed",
        remitted,
        by=request.user,
        patient_id=patient_id,
        candidates=candidates,
    )
    return context | {"here": here(request)}


@practice_view("billing.view")
def exception(request: PracticeRequest, pk: int) -> HttpResponse:
    """The pane of one claim for htmx; the list with it open otherwise."""
    remitted = access.get(request, RemittedClaim.objects.all(), pk)
    if not request.htmx:
        return redirect(f"{reverse('exceptions')}?item={pk}")
    return render(request, PANE, pane(request, remitted) | {"item": str(pk)})


@practice_view("billing.view")
def remitted_claim(request: PracticeRequest, remittance_id: int, pk: int) -> HttpResponse:
    """One claim of a payment on a page of its own, posted ones too."""
    remitted = find(request, remittance_id, pk)
    return render(request, "billing/remitted_claim.html", pane(request, remitted))


def find(request: PracticeRequest, remittance_id: int, pk: int) -> RemittedClaim:
    rows = RemittedClaim.objects.filter(remittance_id=remittance_id)
    return access.get(request, rows.select_related("remittance", "claim"), pk)


@practice_view("billing.view", methods=("POST",))
def remittance_match(request: PracticeRequest, remittance_id: int, pk: int) -> HttpResponse:
    """A person says which claim of ours the payer means."""
    remitted = find(request, remittance_id, pk)
    form = MatchForm(request.POST, practice=request.practice, auto_id=f"id_{pk}_%s")
    if not form.is_valid():
        return refused(request, remitted, form)
    matched = matching.match_claim(remitted, form.cleaned_data["claim"], by=request.user)
    undo = reverse("remitted_claim_verb", args=[remittance_id, pk, "undo-match"])
    return go_on(request, remitted, f"Matched with claim {matched.claim}.", undo)


def refused(request: PracticeRequest, remitted: RemittedClaim, form: MatchForm) -> HttpResponse:
    """The place the form came from, with its message and input, as 422."""
    if request.htmx:
        context = pane(request, remitted, form) | {"item": str(remitted.pk)}
        return render(request, PANE, context, status=422)
    if where(request).startswith(reverse("exceptions")):
        query = QueryDict(urlsplit(where(request)).query, mutable=True)
        query["item"] = str(remitted.pk)
        return show_list(request, query, (remitted.pk, form))
    return render(request, "billing/remitted_claim.html", pane(request, remitted, form), status=422)


@practice_view("billing.view", methods=("POST",))
def remitted_claim_verb(
    request: PracticeRequest, remittance_id: int, pk: int, verb: str
) -> HttpResponse:
    """Unmatch, release, undo one posting, or undo a match just made."""
    remitted = find(request, remittance_id, pk)
    act = VERBS.get(verb)
    if act is None:
        raise Http404
    return go_on(request, remitted, act(request, remitted))


@practice_view("billing.view", methods=("POST",))
def remittance_release(request: PracticeRequest, remittance_id: int, pk: int) -> HttpResponse:
    """Post one waiting claim in spite of what holds it."""
    remitted = find(request, remittance_id, pk)
    return go_on(request, remitted, release(request, remitted))


def release(request: PracticeRequest, remitted: RemittedClaim) -> str:
    reason = request.POST.get("reason", "")
    done = takebacks.release_claim(remitted, by=request.user, reason=reason)
    if done.state == RemittedClaim.State.POSTED:
        return f"Claim {done} is released and posted."
    return f"Claim {done} still waits: {done.exception}"


def unmatch(request: PracticeRequest, remitted: RemittedClaim) -> str:
    done = matching.unmatch_claim(remitted, by=request.user)
    return f"Claim {done} waits for another match."


def undo(request: PracticeRequest, remitted: RemittedClaim) -> str:
    reason = request.POST.get("reason", "")
    done = takebacks.reverse_claim(remitted, reason=reason, by=request.user)
    return f"The posting of claim {done} is taken back by reversing moves."


def undo_match(request: PracticeRequest, remitted: RemittedClaim) -> str:
    done = takebacks.undo_match(remitted, by=request.user)
    return f"The match of claim {done} is undone."


VERBS = {"unmatch": unmatch, "undo": undo, "undo-match": undo_match}


def here(request: PracticeRequest) -> str:
    """Where a form on this page leads back to: after a refused form, where that one came from."""
    return request.get_full_path() if request.method == "GET" else where(request)


def where(request: PracticeRequest) -> str:
    """The page of ours the form stands on; "" when it does not say."""
    address = request.POST.get("next", "")
    is_ours = address.startswith("/") and url_has_allowed_host_and_scheme(address, None)
    return address if is_ours else ""


def go_on(
    request: PracticeRequest, worked: RemittedClaim, text: str, undo: str = ""
) -> HttpResponse:
    """Back to where the form stands; in the worklist on to the next claim."""
    if request.htmx:
        return next_in_list(request, worked, text, undo)
    messages.success(request, text, extra_tags=undo)
    return redirect(where(request) or reverse("remittance", args=[worked.remittance_id]))


def next_in_list(
    request: PracticeRequest, worked: RemittedClaim, text: str, undo: str
) -> HttpResponse:
    """The next claim of the list the person looks at, with the worked row removed."""
    filters = shown_filters(request)
    waiting = list_of.waiting(access.in_practice(request, RemittedClaim.objects.all()))
    rows = list_of.filtered(waiting, filters)
    if rows.filter(pk=worked.pk).exists():
        messages.warning(request, text)
        address = urlencode(filters | {"item": worked.pk})
        return HttpResponse(headers={"HX-Redirect": f"{reverse('exceptions')}?{address}"})
    after = list_of.following(rows, worked, worked.exception_code)
    context: dict[str, Any] = {"worked": worked, **counts_left(waiting, filters, worked)}
    if after is not None:
        filters["item"] = str(after.pk)
        context |= pane(request, after) | {"item": filters["item"]}
    response = render(request, "billing/_exception_next.html", context)
    toast = {"text": text} | ({"undo": undo} if undo else {})
    response.headers["HX-Trigger"] = json.dumps({"toast": toast})
    response.headers["HX-Push-Url"] = f"{reverse('exceptions')}?{urlencode(filters)}"
    return response


def counts_left(waiting: Any, filters: dict[str, str], worked: RemittedClaim) -> dict[str, Any]:
    """The numbers of the list after one row left it."""
    totals = list_of.totals_by_code(list_of.filtered(waiting, filters, but="reason"))
    code = worked.exception_code
    chosen_code = filters.get("reason", "")
    shown = [count for key, (count, _) in totals.items() if chosen_code in ("", key)]
    return {
        "views": list_of.tabs(totals, QueryDict(urlencode(filters))),
        "left": sum(shown),
        "code": code,
        "group": totals.get(code, (0, ZERO)),
    }


def shown_filters(request: PracticeRequest) -> dict[str, str]:
    """The filters of the list behind the pane: htmx sends the address it stands at."""
    query = QueryDict(urlsplit(request.htmx.current_url or "").query)
    return {name: query[name] for name in list_of.FILTERS if query.get(name)}
