"""Queries of coders: composed beside the note, sent, followed, taken back."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import reswap, retarget

from coding.actions import queries as actions
from coding.forms_queries import QueryForm, find_template, template_choices, wording_of
from coding.models import Encounter, ProviderQuery, QueryTemplate
from coding.query_page import note_list, query_facts, with_age
from coding.rules.query_wording import Fault
from coding.views.workspace import chart_context, find_chart, following, show_next
from rcm import access, events
from rcm.counting import count_all
from rcm.errors import Refusal
from rcm.http import PracticeRequest, page_or_partial, practice_view
from rcm.paging import page_of

PAGE = "coding/query.html"


def own_templates(request: PracticeRequest) -> list[QueryTemplate]:
    rows = QueryTemplate.objects.filter(retired_at__isnull=True)
    return list(access.in_practice(request, rows).order_by("name"))


@practice_view("coding.work", methods=("GET", "POST"), write="coding.work")
def query(request: PracticeRequest, encounter_id: int) -> HttpResponse:
    """Compose a query in the right pane, or send it; the next chart comes in the same answer."""
    chart = find_chart(request, encounter_id)
    if request.method != "POST":
        return show_composer(request, chart, new_form(request, chart))
    form = QueryForm(request.POST, chart=chart)
    if not form.is_valid():
        return show_composer(request, chart, form, status=422)
    try:
        sent = send(request, chart, form)
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        return show_composer(request, chart, form, refusal, status=422)
    undo = reverse("query_withdrawal", args=[sent.pk])
    name = sent.provider.address_name
    messages.success(request, f"Query sent to {name}. {chart.number} waits.", extra_tags=undo)
    if "more" in request.POST:
        return redirect("query", chart.pk)
    return show_next(request, following(request))


def send(request: PracticeRequest, chart: Encounter, form: QueryForm) -> ProviderQuery:
    given = form.cleaned_data
    template = find_template(given["template"], own_templates(request))
    return actions.ask_query(
        chart,
        form.draft(given["quotes"]),
        by=request.user,
        provider=given["provider"],
        template=template if isinstance(template, QueryTemplate) else None,
        due_on=given["due_on"],
        version=given["version"],
    )


def new_form(request: PracticeRequest, chart: Encounter) -> QueryForm:
    """Filled from the template asked for and the words that were selected in the note."""
    key = request.GET.get("template", "")
    quotes = request.GET.get("quotes") or request.GET.get("evidence", "")
    initial = wording_of(find_template(key, own_templates(request)))
    initial |= {"template": key, "provider": chart.provider_id, "version": chart.version}
    return QueryForm(initial=initial | {"quotes": quotes.replace("\0", "")}, chart=chart)


def show_composer(
    request: PracticeRequest,
    chart: Encounter,
    form: QueryForm,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    faults = refusal.data.get("faults") if refusal else None
    context: dict[str, Any] = {
        "chart": chart,
        "form": form,
        "templates": template_choices(own_templates(request)),
        "template": form["template"].value() or "",
        "faults": faults,
        "refused": refusal.message if refusal and not faults else "",
        "others": chart.queries.select_related("provider").order_by("pk"),
    }
    if not request.htmx:
        context |= chart_context(request, chart)
        return render(request, PAGE, context, status=status)
    response = render(request, "coding/_query.html", context, status=status)
    return retarget(reswap(response, "outerHTML"), "#query") if status == 422 else response


@practice_view("coding.work", methods=("POST",), write="coding.work")
def query_wording(request: PracticeRequest, encounter_id: int) -> HttpResponse:
    """What the wording would be refused for, while it is typed. Writes nothing."""
    chart = find_chart(request, encounter_id)
    form = QueryForm(request.POST, chart=chart)
    faults = wording_faults(chart, form) if form.is_valid() else None
    if request.htmx:
        return render(request, "coding/_query_wording.html", {"faults": faults, "form": form})
    refusal = Refusal("wording_checked", "", faults=faults) if faults is not None else None
    return show_composer(request, chart, form, refusal)


def wording_faults(chart: Encounter, form: QueryForm) -> list[Fault]:
    draft = form.draft(form.cleaned_data["quotes"])
    return actions.check_draft(draft, actions.pages_of(chart))


def sent_views(request: PracticeRequest) -> dict[str, tuple[str, Q]]:
    """The views of the sent queries: what each is called and which it shows."""
    waiting = Q(state=ProviderQuery.State.OPEN)
    return {
        "waiting": ("Waiting", waiting),
        "overdue": ("Overdue", waiting & Q(due_on__lt=timezone.localdate())),
        "mine": ("Mine waiting", waiting & Q(asked_by=request.user)),
        "answered": ("Answered", Q(state=ProviderQuery.State.ANSWERED)),
        "withdrawn": ("Withdrawn", Q(state=ProviderQuery.State.WITHDRAWN)),
        "expired": ("Expired", Q(state=ProviderQuery.State.EXPIRED)),
    }


@practice_view("coding.view")
def sent_queries(request: PracticeRequest) -> HttpResponse:
    """Queries by state: waiting ones oldest due day first, the others newest first."""
    views = sent_views(request)
    chosen = request.GET.get("view", "waiting")
    chosen = chosen if chosen in views else "waiting"
    mine = access.in_practice(request, ProviderQuery.objects.all())
    counts = count_all({key: [mine.filter(rule)] for key, (_, rule) in views.items()})
    rows = mine.filter(views[chosen][1]).select_related(
        "encounter__patient", "provider", "asked_by"
    )
    is_waiting = chosen in ("waiting", "overdue", "mine")
    order = ["due_on", "pk"] if is_waiting else ["-pk"]
    page = page_of(request, rows.order_by(*order))
    note_list(request, page)
    context = {
        "page": with_age(page),
        "views": tabs(views, counts, chosen),
        "counts": counts,
        "is_waiting": is_waiting,
        "may_see_figures": access.may(request, "audit.view"),
    }
    return page_or_partial(request, "coding/sent_queries.html", "rows", context)


def tabs(
    views: dict[str, tuple[str, Q]], counts: dict[str, int], chosen: str
) -> list[dict[str, Any]]:
    return [
        {"label": label, "count": counts[key], "url": f"?view={key}", "is_current": key == chosen}
        for key, (label, _) in views.items()
    ]


def find_query(request: PracticeRequest, query_id: int) -> ProviderQuery:
    rows = ProviderQuery.objects.select_related(
        "encounter__patient", "provider", "asked_by", "answered_by", "addendum"
    )
    return access.get(request, rows, query_id)


@practice_view("coding.view")
def sent_query(request: PracticeRequest, query_id: int) -> HttpResponse:
    """One query with what came of it; prints on one page."""
    row = find_query(request, query_id)
    patient_id = row.encounter.patient_id
    events.record("provider_query.viewed", row, by=request.user, patient_id=patient_id)
    context = query_facts(row) | {"may_work": access.may(request, "coding.work")}
    return render(request, "coding/sent_query.html", context)


@practice_view("coding.view", methods=("POST",))
def query_reminder(request: PracticeRequest, query_id: int) -> HttpResponse:
    """Remind the provider."""
    row = find_query(request, query_id)
    actions.remind(row, by=request.user)
    messages.success(request, f"{row.provider.address_name} is reminded.")
    return redirect("sent_query", row.pk)


@practice_view("coding.view", methods=("POST",))
def query_withdrawal(request: PracticeRequest, query_id: int) -> HttpResponse:
    """Take the query back; the chart opens again when that undid the sending."""
    row = find_query(request, query_id)
    is_undo = actions.withdraw(row, by=request.user)
    messages.success(request, f"The query to {row.provider.address_name} is withdrawn.")
    if is_undo:
        return redirect("workspace", row.encounter_id)
    return redirect("sent_query", row.pk)
