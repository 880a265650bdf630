"""A/R follow-up: the aging matrix, the list below it, and one key per verb on an open balance."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from denials import follow_up_list as listing
from denials.actions import follow_up_undo
from denials.actions import follow_ups as actions
from denials.follow_up_aging import BY, is_long, matrix, names_of
from denials.follow_up_page import detail, patterns, workers
from denials.forms_follow_up import (
    CallForm,
    EscalateForm,
    OwnerForm,
    ReturnForm,
    SnoozeForm,
    UndoForm,
)
from denials.models import FollowUp
from denials.practice_days import practice_today
from denials.rules.aging import BUCKETS, BY_KEY
from denials.views.worklist import checked
from rcm import access, events
from rcm.csv_export import csv_response
from rcm.http import PracticeRequest, practice_view

Answer = tuple[str, actions.Done]


def mine(request: PracticeRequest) -> QuerySet[FollowUp]:
    return access.in_practice(request, FollowUp.objects.all())


def listed(request: PracticeRequest, query: Any) -> QuerySet[FollowUp]:
    """The balances an address shows, in its order."""
    today = practice_today(request.practice)
    rows = listing.filtered(mine(request), query, today)
    view = listing.view_of(query)
    rows = listing.in_view(rows, view, today=today, user=request.user)
    return listing.ordered(rows, str(query.get("sort") or ""), today)


@practice_view("denials.view")
def follow_up(request: PracticeRequest) -> HttpResponse:
    """Matrix, list and pane; ``item`` chooses the balance shown, the first one otherwise."""
    today = practice_today(request.practice)
    query = request.GET
    rows = listed(request, query)
    if query.get("format") == "csv":
        events.record("follow_ups.exported", request.practice, by=request.user)
        return csv_response("follow-up", listing.CSV_HEAD, listing.csv_rows(rows, today))
    shown, next_place = listing.page_of(rows, listing.read_place(query.get("after", "")))
    context = {
        "views": tabs(request),
        **matrix_context(request, today),
        "rows": listing.show(shown, today),
        "next_place": next_place,
        "totals": listing.totals(rows),
        "patterns": patterns(request.practice.pk),
        "chips": chips(request, query),
        **filter_context(query),
        **chosen(request, shown, query.get("item", "")),
    }
    return render(request, "denials/follow_up.html", context)


def matrix_context(request: PracticeRequest, today: date) -> dict[str, Any]:
    """The matrix; None where adding up takes longer than the list: then it comes after the page."""
    is_short = not is_long(mine(request)) or request.htmx
    found = matrix(request.practice, request.GET, today) if is_short else None
    return {"matrix": found, "ways": ways(request.GET), "buckets": BUCKETS}


@practice_view("denials.view")
def follow_up_matrix(request: PracticeRequest) -> HttpResponse:
    """The matrix alone for htmx; the page with it otherwise."""
    if not request.htmx:
        return redirect(f"{reverse('follow_up')}?{request.GET.urlencode()}")
    context = matrix_context(request, practice_today(request.practice))
    return render(request, "denials/_follow_up_matrix.html", context)


def filter_context(query: QueryDict) -> dict[str, Any]:
    """What the address narrows, for the filter bar and the links."""
    kept = {name: query[name] for name in listing.FILTERS if query.get(name)}
    return {
        "view": listing.view_of(query),
        "filters": query,
        "list_query": urlencode(kept),
        "row_query": row_query(query),
        "kept": {name: value for name, value in kept.items() if name not in ("q", "sort")},
        "is_filtered": any(query.get(name) for name in listing.NARROWING),
    }


def row_query(query: QueryDict) -> str:
    """What the address of an item keeps of the list behind it, with an & at its end."""
    kept = {name: query[name] for name in (*listing.FILTERS, "after") if query.get(name)}
    return f"{urlencode(kept)}&" if kept else ""


def chips(request: PracticeRequest, query: QueryDict) -> list[dict[str, str]]:
    """What narrows the list, in words, each with the query without it. One statement at most."""
    words = {"denied": ("Denials", "shown as well"), **labels_of(request, query)}
    if bucket := BY_KEY.get(query.get("bucket", "")):
        words["bucket"] = ("Days", bucket.label)
    kept = {name: query[name] for name in listing.FILTERS if query.get(name)}
    return [
        {
            "label": label,
            "value": value,
            "without": urlencode({key: text for key, text in kept.items() if key != name}),
        }
        for name, (label, value) in words.items()
        if name in kept
    ]


def labels_of(request: PracticeRequest, query: QueryDict) -> dict[str, tuple[str, str]]:
    """Labels of the rows of the matrix that the list is narrowed to."""
    names = [("class", "payer_class"), ("payer", "payer")]
    names += [("provider", "provider"), ("location", "location")]
    found = {}
    for by, field in names:
        if asked := query.get(field):
            labels = dict(names_of(request.practice, by).values())
            found[field] = (BY[by][0], labels.get(asked, "Not known"))
    return found


def ways(query: QueryDict) -> list[dict[str, Any]]:
    """The ways to cut the matrix."""
    by = query.get("by") if query.get("by") in BY else "class"
    return [{"key": key, "label": label, "is_current": key == by} for key, (label, _) in BY.items()]


def tabs(request: PracticeRequest) -> list[dict[str, Any]]:
    today = practice_today(request.practice)
    found = listing.counts(mine(request), today=today, user=request.user)
    current, by = listing.view_of(request.GET), request.GET.get("by")
    shared = {"by": by} if by else {}
    return [
        {
            "label": label,
            "url": f"?{urlencode({'view': key} | shared)}",
            "count": found[key],
            "is_current": key == current,
        }
        for key, label in listing.VIEWS
    ]


def chosen(request: PracticeRequest, rows: list[FollowUp], item: str) -> dict[str, Any]:
    """The pane of the balance the address names, else of the first row."""
    if item.isdecimal():
        return pane(request, access.get(request, FollowUp.objects.all(), int(item))) | {
            "item": item
        }
    return pane(request, rows[0]) if rows else {}


def pane(request: PracticeRequest, row: FollowUp) -> dict[str, Any]:
    """Everything the pane shows; records that a patient's data was seen."""
    context = detail(mine(request), row.pk, practice_today(request.practice))
    found = context["row"]
    events.record("follow_up.viewed", found, by=request.user, patient_id=found.claim.patient_id)
    lead = access.may(request, "denials.approve")
    return context | {
        "may_work": access.may(request, "denials.work"),
        "may_return": lead or found.escalated_by_id == request.user.pk,
        "workers": workers(request.practice.pk),
    }


@practice_view("denials.view")
def follow_up_item(request: PracticeRequest, follow_up_id: int) -> HttpResponse:
    """The pane of one balance for htmx; the list with it open otherwise."""
    row = access.get(request, FollowUp.objects.all(), follow_up_id)
    if not request.htmx:
        return redirect(f"{reverse('follow_up')}?view=all&item={row.pk}")
    context = pane(request, row) | {"item": str(row.pk)}
    return render(request, "denials/follow_up.html#detail", context)


@practice_view("denials.view", methods=("POST",))
def follow_up_verb(request: PracticeRequest, follow_up_id: int, verb: str) -> HttpResponse:
    """Do one verb, then show the next balance of the list."""
    rows = FollowUp.objects.select_related("claim", "practice")
    row = access.get(request, rows, follow_up_id)
    act = VERBS.get(verb)
    if act is None:
        raise Http404
    if row.balance <= 0 and request.htmx:
        return paid_meanwhile(request, row)
    sort = str(shown_query(request).get("sort") or "")
    place = listing.place_of(row, sort, practice_today(request.practice))
    text, done = act(request, row)
    return next_in_list(request, row, place, text, done)


def log_call(request: PracticeRequest, row: FollowUp) -> Answer:
    call = actions.Call(**checked(CallForm(request.POST)))
    done = actions.log_call(row, call, by=request.user)
    return f"{row.claim}: call logged, back on {done.next_on:%m/%d/%Y}", done


def snooze(request: PracticeRequest, row: FollowUp) -> Answer:
    done = actions.snooze(row, by=request.user, **checked(SnoozeForm(request.POST)))
    return f"{row.claim} rests until {done.next_on:%m/%d/%Y}", done


def ask(request: PracticeRequest, row: FollowUp) -> Answer:
    done = actions.ask_payer(row, by=request.user)
    return f"{row.claim}: status asked, back on {done.next_on:%m/%d/%Y}", done


def escalate(request: PracticeRequest, row: FollowUp) -> Answer:
    done = actions.escalate(row, by=request.user, **checked(EscalateForm(request.POST)))
    return f"{row.claim} is with the lead", done


def give_back(request: PracticeRequest, row: FollowUp) -> Answer:
    lead = access.may(request, "denials.approve")
    note = checked(ReturnForm(request.POST))["note"]
    done = actions.give_back(row, note=note, by=request.user, is_lead=lead)
    return f"{row.claim} went back", done


def assign(request: PracticeRequest, row: FollowUp) -> Answer:
    person = checked(OwnerForm(request.POST))["person"]
    done = actions.assign(request.practice, [row.pk], to=person, by=request.user)
    return f"{row.claim} is {'given' if person else 'nobody’s now'}", done


VERBS: dict[str, Callable[[PracticeRequest, FollowUp], Answer]] = {
    "call": log_call,
    "snooze": snooze,
    "inquiry": ask,
    "escalation": escalate,
    "return": give_back,
    "owner": assign,
}


def undo_address(done: actions.Done) -> str:
    return f"{reverse('follow_up_undo')}?{urlencode({'act': done.act})}"


def shown_query(request: PracticeRequest) -> QueryDict:
    """The query of the list behind the pane: htmx sends the address it stands at."""
    return QueryDict(urlsplit(request.htmx.current_url or "").query if request.htmx else "")


def next_in_list(
    request: PracticeRequest,
    worked: FollowUp,
    place: listing.Place | None,
    text: str,
    done: actions.Done,
) -> HttpResponse:
    """The row behind the worked one, the worked one gone where it left the list."""
    undo = undo_address(done)
    if not request.htmx:
        messages.success(request, text, extra_tags=undo)
        return redirect("follow_up")
    query = shown_query(request)
    rows = listed(request, query)
    has_left = not rows.filter(pk=worked.pk).exists()
    others = rows.exclude(pk=worked.pk)
    after = listing.behind(others, place).first() or others.first()
    kept = {name: query[name] for name in listing.FILTERS if query.get(name)}
    context: dict[str, Any] = {"worked": worked.pk} if has_left else {"kept_row": fresh(worked)}
    if after is not None:
        kept["item"] = str(after.pk)
        context |= pane(request, after) | {"item": kept["item"]}
    context |= {"said": text, "row_query": row_query(query)}
    response = render(request, "denials/_follow_up_next.html", context)
    return told(response, text, undo, kept)


def told(response: HttpResponse, text: str, undo: str, query: Mapping[str, Any]) -> HttpResponse:
    """With the toast, its undo, and the address of the list and the item shown."""
    response.headers["HX-Trigger"] = json.dumps({"toast": {"text": text, "undo": undo}})
    response.headers["HX-Push-Url"] = f"{reverse('follow_up')}?{urlencode(query)}"
    return response


def fresh(row: FollowUp) -> listing.Row:
    """The row as it is now."""
    found = listing.with_facts(FollowUp.objects.filter(practice=row.practice_id)).get(pk=row.pk)
    return listing.shown(found, practice_today(row.practice))


def paid_meanwhile(request: PracticeRequest, row: FollowUp) -> HttpResponse:
    """409 with the pane as it is now; the row greys and names the check."""
    context = pane(request, row) | {"item": str(row.pk)}
    context |= {
        "refused": actions.paid_words(row),
        "grey": context["line"],
        "row_query": row_query(shown_query(request)),
    }
    return render(request, "denials/_follow_up_paid.html", context, status=409)


@practice_view("denials.view", methods=("POST",))
def follow_up_undo_act(request: PracticeRequest) -> HttpResponse:
    """Take back one act: of one balance, or of all that one call was about."""
    act = checked(UndoForm(request.GET))["act"]
    count = follow_up_undo.undo(request.practice, act, by=request.user)
    what = "1 claim is" if count == 1 else f"{count:,} claims are"
    messages.success(request, f"Taken back: {what} as before.")
    query = urlencode(QueryDict(urlsplit(request.POST.get("next", "")).query).dict())
    return redirect(f"{reverse('follow_up')}?{query}" if query else reverse("follow_up"))
