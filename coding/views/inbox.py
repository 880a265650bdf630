"""The provider's pages: questions about the own visits, and these visits read-only."""

from typing import Any

from django.contrib import messages
from django.db.models import F, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render

from coding.actions.queries import answer_query
from coding.forms import valid
from coding.forms_queries import AnswerForm
from coding.models import Encounter, ProviderQuery
from coding.query_page import note_list, with_age
from coding.rules.marks import cut_note
from coding.rules.query_wording import OPEN
from rcm import access, events
from rcm.errors import Refusal
from rcm.http import PracticeRequest, practice_view
from rcm.models import Provider
from rcm.paging import page_of

PAGE = "coding/inbox.html"
PAGE_SIZE = 50


def own_queries(request: PracticeRequest) -> QuerySet[ProviderQuery]:
    """Those put to the person, withdrawn ones left out: nobody waits for them."""
    rows = ProviderQuery.objects.filter(provider__user=request.user)
    return access.in_practice(request, rows.exclude(state="withdrawn")).select_related(
        "encounter__patient", "provider", "asked_by", "addendum"
    )


def listed(request: PracticeRequest, view: str) -> list[ProviderQuery]:
    """Waiting ones, reminded first and then by due day; or the last fifty answered."""
    if view == "answered":
        rows = own_queries(request).filter(state="answered").order_by("-settled_at")
    else:
        order = (F("reminded_at").asc(nulls_last=True), "due_on", "pk")
        rows = own_queries(request).filter(state="open").order_by(*order)
    return with_age(list(rows[:PAGE_SIZE]))


@practice_view("inbox.view")
def query_inbox(request: PracticeRequest) -> HttpResponse:
    """Questions that wait for the person, the first one open beside the list."""
    view = "answered" if request.GET.get("view") == "answered" else "waiting"
    rows = listed(request, view)
    note_list(request, rows)
    first = rows[0] if rows else None
    if first is not None:
        note_view(request, first)
    return render(request, PAGE, page_context(rows, first, view))


def note_view(request: PracticeRequest, row: ProviderQuery) -> None:
    patient_id = row.encounter.patient_id
    events.record("provider_query.viewed", row, by=request.user, patient_id=patient_id)


def page_context(
    rows: list[ProviderQuery], query: ProviderQuery | None, view: str, **more: Any
) -> dict[str, Any]:
    names = {"waiting": "Waiting", "answered": "Answered"}
    return {
        "rows": rows,
        "query": query,
        "is_open_question": query is not None and query.kind == OPEN,
        "views": [
            {
                "label": label,
                "url": f"?view={key}",
                "count": len(rows) if key == view else None,
                "is_current": key == view,
            }
            for key, label in names.items()
        ],
        **more,
    }


@practice_view("inbox.view")
def inbox_query(request: PracticeRequest, query_id: int) -> HttpResponse:
    """One question with its quotes and the answers it offers."""
    row = access.get(request, own_queries(request), query_id)
    note_view(request, row)
    return show(request, row)


def show(
    request: PracticeRequest, row: ProviderQuery, status: int = 200, **more: Any
) -> HttpResponse:
    [row] = with_age([row])
    if request.htmx:
        context = page_context([], row, "waiting", is_chosen=True, **more)
        return render(request, f"{PAGE}#detail", context, status=status)
    rows = listed(request, "waiting" if row.state == "open" else "answered")
    note_list(request, rows)
    view = "waiting" if row.state == "open" else "answered"
    context = page_context(rows, row, view, is_chosen=True, **more)
    return render(request, PAGE, context, status=status)


@practice_view("inbox.view", methods=("POST",))
def query_answer(request: PracticeRequest, query_id: int) -> HttpResponse:
    """Sign the answer; the next question comes in the same answer."""
    row = access.get(request, own_queries(request), query_id)
    given = valid(AnswerForm(request.POST))
    try:
        answer_query(row, option=given["option"], text=given["text"], by=request.user)
    except Refusal as refusal:
        if refusal.code != "answer_not_whole":
            raise
        return show(request, row, 422, wrong=refusal.message, **given)
    messages.success(request, f"Signed: {row.title}, visit of {row.encounter.number}.")
    following = next(iter(listed(request, "waiting")), None)
    if not request.htmx:
        return redirect("inbox_query", following.pk) if following else redirect("query_inbox")
    if following is not None:
        note_view(request, following)
    context = page_context([], following, "waiting", is_chosen=following is not None, worked=row)
    return render(request, "coding/_inbox_next.html", context)


def own_visits(request: PracticeRequest) -> QuerySet[Encounter]:
    """Visits the person rendered or is asked about; a query taken back opens nothing."""
    mine = access.in_practice(request, Provider.objects.filter(user=request.user))
    providers = list(mine.values_list("pk", flat=True))
    asked = own_queries(request).exclude(encounter__provider__in=providers)
    # Lists, not sub-selects: each side of the OR is then looked up by its own index, and without
    # the other side the newest ones are read in the order of the index.
    others = list(asked.values_list("encounter_id", flat=True))
    is_own = Q(provider__in=providers)
    rows = Encounter.objects.filter(is_own | Q(pk__in=others) if others else is_own)
    return access.in_practice(request, rows).select_related("patient", "provider", "location")


@practice_view("inbox.view")
def my_visits(request: PracticeRequest) -> HttpResponse:
    """The own visits, newest first."""
    page = page_of(request, own_visits(request).order_by("-date_of_service", "-pk"))
    seen = [visit.pk for visit in page]
    events.record("encounters.listed", request.practice, by=request.user, encounters=seen)
    return render(request, "coding/my_visits.html", {"page": page})


@practice_view("inbox.view")
def my_visit(request: PracticeRequest, encounter_id: int) -> HttpResponse:
    """The documents of one own visit, read-only: no codes, no charges, no policies."""
    chart = access.get(request, own_visits(request), encounter_id)
    events.record("encounter.viewed", chart, by=request.user, patient_id=chart.patient_id)
    sheets = [
        {"document": document, "blocks": cut_note(document.text, [])}
        for document in chart.documents.current().order_by("pk")
    ]
    return render(request, "coding/my_visit.html", {"chart": chart, "sheets": sheets})
