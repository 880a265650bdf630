"""The denial worklist: grouped by cause, one key per verb, the next one in the same answer."""

import json
from datetime import date
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from denials.actions import causes, deadlines, write_offs
from denials.actions import denials as actions
from denials.actions.cases import case_rows
from denials.actions.verbs import workers_of
from denials.forms import AssignForm, PendForm, RecategorizeForm, WriteOffForm
from denials.forms_worklist import LIST_KEYS, list_query
from denials.models import Denial
from denials.practice_days import practice_today
from denials.queries import (
    DEFAULT_ORDER,
    denial_detail,
    following,
    matching,
    order_of,
    worklist,
)
from denials.rules.bulk import VERB_LABELS
from denials.rules.triage import cause_label
from denials.worklist_page import (
    EXPORT_HEAD,
    MOST_GROUPS,
    cause_sums,
    export_rows,
    filters_of,
    grouped,
    groups_of,
    learned_at,
    totals_of,
    views_of,
)
from rcm import access, events
from rcm.csv_export import csv_stream
from rcm.errors import Refusal
from rcm.http import PracticeRequest, practice_view
from rcm.paging import page_of

STATE_WORDS = dict(Denial.State.choices) | {
    "waiting": "All that wait for us",
    "unresolved": "All not resolved",
}


@practice_view("denials.view")
def denials(request: PracticeRequest) -> HttpResponseBase:
    """List and detail; ``item`` chooses the denial shown, the first one otherwise.

    With ``group=1`` the groups instead of the rows, with ``format=csv`` a file.
    """
    today, filters = practice_today(request.practice), request.GET
    if filters.get("format") == "csv":
        events.record(
            "denials.exported", request.practice, by=request.user, list=list_query(filters)
        )
        rows = export_rows(request.practice, filters.dict(), today, request.user)
        return csv_stream("denials", EXPORT_HEAD, rows)
    if filters.get("group"):
        return render(request, "denials/groups.html", groups_context(request, today))
    return render(request, "denials/denials.html", list_context(request, today))


def list_context(request: PracticeRequest, today: date) -> dict[str, Any]:
    filters = request.GET
    all_rows = access.in_practice(request, Denial.objects.all())
    rows = worklist(all_rows, filters, today, request.user)
    around = around_list(request, today)
    page = page_of(request, rows, count=around["totals"]["count"])
    item = filters.get("item", "")
    chosen = find_chosen(request, page.object_list, item)
    is_by_cause = order_of(filters.get("sort", "")) == DEFAULT_ORDER
    return {
        **around,
        "page": page,
        "groups": grouped(list(page), around["sums"], is_by_cause=is_by_cause),
        "item": item,
        "learned_at": learned_at(request.practice.pk) if filters.get("sort") == "best" else None,
        **(detail_context(request, chosen) if chosen else {}),
    }


def around_list(request: PracticeRequest, today: date) -> dict[str, Any]:
    """Views, filters and sums: what stands around rows and groups alike."""
    filters, user = request.GET, request.user
    state = filters.get("state", "open")
    mine = access.in_practice(request, Denial.objects.all())
    sums = cause_sums(matching(mine, filters, today, user))
    workers = workers_of(request.practice.pk)
    form = filters_of(request.practice, filters, workers)
    return {
        "views": views_of(mine, filters, today, user),
        "state": state,
        "state_label": STATE_WORDS.get(state, state),
        "category_label": cause_label(filters.get("category", "")),
        "filters": filters,
        "form": form,
        "is_filtered": bool(set(form.asked) - {"sort"}),
        "list_query": list_query(filters),
        "sums": sums,
        "totals": totals_of(sums),
        "today": today,
        "workers": workers,
        "may_work": access.may(request, "denials.work"),
        "may_approve": access.may(request, "denials.approve"),
        "bulk_verbs": VERB_LABELS.items(),
    }


def groups_context(request: PracticeRequest, today: date) -> dict[str, Any]:
    mine = access.in_practice(request, Denial.objects.all())
    found = groups_of(matching(mine, request.GET, today, request.user))
    for each in found:
        each["query"] = list_query(
            request.GET.dict()
            | {"category": each["category"], "payer": each["payer"]}
            | {"group_code": each["group"], "reason": each["reason"]}
        )
    return around_list(request, today) | {"groups": found, "most": MOST_GROUPS}


def find_chosen(request: PracticeRequest, rows: Any, item: str) -> Denial | None:
    if item.isdecimal():
        return access.get(request, Denial.objects.all(), int(item))
    return next(iter(rows), None)


def detail_context(request: PracticeRequest, denial: Denial) -> dict[str, Any]:
    """Everything the detail pane shows; records that a patient's data was seen."""
    today = practice_today(request.practice)
    context = denial_detail(request.practice, denial.pk, today, request.user)
    found = context["denial"]
    events.record("denial.viewed", found, by=request.user, patient_id=found.claim.patient_id)
    asked = context["asked"]
    return context | {
        "may_work": access.may(request, "denials.work"),
        "may_decide": asked is not None
        and access.may(request, "denials.approve")
        and asked.requested_by_id != request.user.pk,
    }


def pane_context(request: PracticeRequest, denial: Denial) -> dict[str, Any]:
    """The pane without the list around it."""
    workers = workers_of(request.practice.pk)
    return detail_context(request, denial) | {"item": str(denial.pk), "workers": workers}


@practice_view("denials.view")
def denial(request: PracticeRequest, denial_id: int) -> HttpResponse:
    """The pane of one denial for htmx; the list with it open otherwise."""
    found = access.get(request, Denial.objects.all(), denial_id)
    if not request.htmx:
        return redirect(f"{reverse('denials')}?state={found.state}&item={found.pk}")
    context = pane_context(request, found)
    return render(request, "denials/denials.html#detail", context)


@practice_view("denials.view", methods=("POST",))
def verb(request: PracticeRequest, denial_id: int, verb: str) -> HttpResponse:
    """Do one verb, then show the next denial."""
    found = access.get(request, Denial.objects.select_related("claim"), denial_id)
    act = VERBS.get(verb)
    if act is None:
        raise Http404
    state = found.state
    text = act(request, found)
    return next_in_list(request, found, state, text)


def correct(request: PracticeRequest, denial: Denial) -> str:
    corrected = actions.send_corrected(denial, by=request.user)
    return f"Corrected claim {corrected.patient_control_number} drafted"


def route(request: PracticeRequest, denial: Denial) -> str:
    actions.route_to_coder(denial, by=request.user)
    return f"{denial.claim.patient_control_number} is with the coder"


def bill_patient(request: PracticeRequest, denial: Denial) -> str:
    amount = actions.bill_patient(denial, by=request.user)
    return f"${amount} moved to the patient"


def write_off(request: PracticeRequest, denial: Denial) -> str:
    form = checked(WriteOffForm(request.POST))
    amount = actions.write_off(denial, by=request.user, **form)
    denial.refresh_from_db(fields=["state"])
    if denial.state == Denial.State.RESOLVED:
        return f"${amount} written off"
    return f"${amount} is above your limit: it waits for approval"


def assign(request: PracticeRequest, denial: Denial) -> str:
    person = checked(AssignForm(request.POST))["person"]
    to = actions.assign(denial, to=person, by=request.user)
    return f"{denial.claim.patient_control_number} is {to}'s" if to else "Nobody has it now"


def take_back(request: PracticeRequest, denial: Denial) -> str:
    amount = write_offs.take_back(denial, by=request.user)
    return f"${amount} moved back; the denial is open again"


def recategorize(request: PracticeRequest, denial: Denial) -> str:
    form = checked(RecategorizeForm(request.POST))
    case = causes.recategorize(denial, by=request.user, **form)
    return f"{denial.claim.patient_control_number}: the cause is {case[0].cause.lower()} now"


def appeal_filed(request: PracticeRequest, denial: Denial) -> str:
    row = deadlines.file_appeal(denial, by=request.user)
    return f"{row.get_remedy_display()}: filed"


def pend(request: PracticeRequest, denial: Denial) -> str:
    form = checked(PendForm(request.POST))
    actions.pend(denial, until=form["until"], reason=form["reason"], by=request.user)
    return f"Pended until {form['until']:%m/%d/%Y}"


def reopen(request: PracticeRequest, denial: Denial) -> str:
    actions.reopen(denial, by=request.user)
    return "Back on the worklist"


VERBS = {
    "corrected": correct,
    "route": route,
    "bill-patient": bill_patient,
    "write-off": write_off,
    "recategorize": recategorize,
    "appeal-filed": appeal_filed,
    "pend": pend,
    "reopen": reopen,
    "assign": assign,
    "take-back": take_back,
}


def checked(form: Any) -> dict[str, Any]:
    """The form's values. Raises Refusal naming the first field that is wrong."""
    if form.is_valid():
        return form.cleaned_data
    name, errors = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else name
    raise Refusal("form_invalid", f"{label}: {errors[0]}", fields={name: str(errors[0])})


def next_in_list(request: PracticeRequest, worked: Denial, state: str, text: str) -> HttpResponse:
    """The next denial of the list the person looks at, without the rows that left it."""
    url = reverse("denials")
    if not request.htmx:
        messages.success(request, text)
        return redirect(f"{url}?state={state}")
    filters = {"state": state} | shown_filters(request)
    today = practice_today(request.practice)
    mine = access.in_practice(request, Denial.objects.all())
    rows = worklist(mine, filters, today, request.user)
    after = following(rows, worked)
    case = set(case_rows(worked).values_list("pk", flat=True))
    gone = case - set(rows.filter(pk__in=case).values_list("pk", flat=True))
    context: dict[str, Any] = {"worked": sorted(gone)}
    if after is not None:
        filters["item"] = str(after.pk)
        context |= pane_context(request, after)
    response = render(request, "denials/_next.html", context)
    response.headers["HX-Trigger"] = json.dumps({"toast": {"text": text}})
    response.headers["HX-Push-Url"] = f"{url}?{urlencode(filters)}"
    return response


def shown_filters(request: PracticeRequest) -> dict[str, str]:
    """The filters of the list behind the pane: htmx sends the address it stands at."""
    query = QueryDict(urlsplit(request.htmx.current_url or "").query)
    return {name: query[name] for name in LIST_KEYS if query.get(name)}
