"""The denial worklist: grouped by cause, one key per verb, the next one in the same answer."""

import json
from itertools import groupby
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet, Sum
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from denials.actions import causes, deadlines
from denials.actions import denials as actions
from denials.actions.cases import case_rows
from denials.deadline_pages import LEFT
from denials.forms import PendForm, RecategorizeForm, WriteOffForm
from denials.models import Denial
from denials.practice_days import practice_today
from denials.queries import denial_detail, following, worklist
from denials.rules.triage import cause_label
from rcm import access, events
from rcm.errors import Refusal
from rcm.http import PracticeRequest, practice_view

VIEWS = [
    ("open", "Open"),
    ("with_coder", "With coder"),
    ("resubmitted", "Resubmitted"),
    ("appealed", "Appealed"),
    ("pended", "Pended"),
    ("resolved", "Resolved"),
    ("waiting", "All that wait for us"),
]
FILTERS = ("state", "q", "category", "payer", "left", "missed", "gap")
STATE_WORDS = dict(VIEWS) | {"unresolved": "All not resolved"}


@practice_view("denials.view")
def denials(request: PracticeRequest) -> HttpResponse:
    """List and detail; ``item`` chooses the denial shown, the first one otherwise."""
    state = request.GET.get("state", "open")
    today = practice_today(request.practice)
    rows = worklist(access.in_practice(request, Denial.objects.all()), request.GET, today)
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    item = request.GET.get("item", "")
    chosen = find_chosen(request, page.object_list, item)
    context = {
        "views": tabs(request, state),
        "page": page,
        "groups": grouped(list(page)),
        "state": state,
        "state_label": STATE_WORDS.get(state, state),
        "category_label": cause_label(request.GET.get("category", "")),
        "filters": request.GET,
        "is_filtered": any(request.GET.get(name) for name in FILTERS[1:]),
        "totals": rows.aggregate(count=Count("id"), amount=Sum("amount")),
        "item": item,
        "today": today,
        "left_choices": LEFT,
        **(detail_context(request, chosen) if chosen else {}),
    }
    return render(request, "denials/denials.html", context)


def find_chosen(request: PracticeRequest, rows: Any, item: str) -> Denial | None:
    if item.isdecimal():
        return access.get(request, Denial.objects.all(), int(item))
    return next(iter(rows), None)


def tabs(request: PracticeRequest, state: str) -> list[dict[str, Any]]:
    counts: QuerySet[Any] = access.in_practice(request, Denial.objects.order_by())
    by_state = dict(counts.values_list("state").annotate(Count("id")))
    by_state["waiting"] = sum(by_state.get(each, 0) for each in Denial.WAITING)
    return [
        {
            "label": label,
            "url": f"?state={key}",
            "count": by_state.get(key, 0),
            "is_current": key == state,
        }
        for key, label in VIEWS
    ]


def grouped(rows: list[Denial]) -> list[dict[str, Any]]:
    """Rows of one cause together, with their count and dollars."""
    ordered = sorted(rows, key=lambda row: (row.category, row.due_on, row.pk))
    groups = []
    for _, members in groupby(ordered, key=lambda row: row.category):
        found = list(members)
        total = sum(row.amount for row in found)
        groups.append({"label": found[0].cause, "rows": found, "amount": total})
    return groups


def detail_context(request: PracticeRequest, denial: Denial) -> dict[str, Any]:
    """Everything the detail pane shows; records that a patient's data was seen."""
    context = denial_detail(denial.pk, practice_today(request.practice))
    found = context["denial"]
    events.record("denial.viewed", found, by=request.user, patient_id=found.claim.patient_id)
    return context | {"may_work": access.may(request, "denials.work")}


@practice_view("denials.view")
def denial(request: PracticeRequest, denial_id: int) -> HttpResponse:
    """The pane of one denial for htmx; the list with it open otherwise."""
    found = access.get(request, Denial.objects.all(), denial_id)
    if not request.htmx:
        return redirect(f"{reverse('denials')}?state={found.state}&item={found.pk}")
    context = detail_context(request, found) | {"item": str(found.pk)}
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
    amount = actions.write_off(denial, note=form["note"], by=request.user)
    return f"${amount} written off"


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
    rows = worklist(access.in_practice(request, Denial.objects.all()), filters, today)
    after = following(rows, worked)
    case = set(case_rows(worked).values_list("pk", flat=True))
    gone = case - set(rows.filter(pk__in=case).values_list("pk", flat=True))
    context: dict[str, Any] = {"worked": sorted(gone)}
    if after is not None:
        filters["item"] = str(after.pk)
        context |= detail_context(request, after) | {"item": filters["item"]}
    response = render(request, "denials/_next.html", context)
    response.headers["HX-Trigger"] = json.dumps({"toast": {"text": text}})
    response.headers["HX-Push-Url"] = f"{url}?{urlencode(filters)}"
    return response


def shown_filters(request: PracticeRequest) -> dict[str, str]:
    """The filters of the list behind the pane: htmx sends the address it stands at."""
    query = QueryDict(urlsplit(request.htmx.current_url or "").query)
    return {name: query[name] for name in FILTERS if query.get(name)}
