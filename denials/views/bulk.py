"""One verb for many denials: the list of what would happen first, then the result and its undo."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse

from denials.actions import bulk as actions
from denials.actions import bulk_undo
from denials.actions.verbs import workers_of
from denials.forms_worklist import bulk_form, list_query
from denials.models import Denial, DenialBulk
from denials.practice_days import practice_today
from denials.queries import worklist
from denials.rules.bulk import VERB_LABELS
from denials.rules.triage import cause_label
from denials.rules.write_offs import REASONS
from rcm import access
from rcm.csv_export import csv_response
from rcm.errors import Refusal
from rcm.events import enqueue_on_commit
from rcm.http import PracticeRequest, practice_view
from rcm.models import Job, User

SHOWN = 100


def chosen_ids(request: PracticeRequest) -> list[int]:
    """The denials ticked, or with ``all`` those of the list in its order, at most MOST.

    Raises Refusal when there is none.
    """
    if (request.POST or request.GET).get("all"):
        today = practice_today(request.practice)
        mine = access.in_practice(request, Denial.objects.all())
        rows = worklist(mine, request.GET, today, request.user)
        ids = list(rows.values_list("pk", flat=True)[: actions.MOST + 1])
        if len(ids) > actions.MOST:
            text = f"More than {actions.MOST:,} match: the first {actions.MOST:,} are taken."
            messages.warning(request, text)
        ids = ids[: actions.MOST]
    else:
        ids = [int(text[:18]) for text in request.POST.getlist("ids") if text.isdecimal()]
    if not ids:
        raise Refusal("nothing_chosen", "Choose at least one denial.")
    return ids


@practice_view("denials.work", methods=("GET", "POST"))
def bulk_start(request: PracticeRequest, verb: str) -> HttpResponse:
    """What the verb needs, then the list of what would happen."""
    if verb not in VERB_LABELS:
        raise Http404
    if request.method == "GET" and not request.GET.get("all"):
        # Somebody came back to an address whose selection is gone.
        return redirect("denials")
    ids = chosen_ids(request)
    is_given = request.method == "POST" and bool(request.POST.get("go"))
    form = bulk_form(verb, request.POST if is_given else None, workers_of(request.practice.pk))
    is_complete = form is None or (is_given and form.is_valid())
    if request.method == "POST" and is_complete:
        values = form.cleaned_data if form is not None else {}
        query = list_query(request.GET)
        bulk = actions.plan(request.practice, verb, ids, values, by=request.user, query=query)
        return redirect("denial_bulk", bulk.pk)
    context = {
        "verb": verb,
        "label": VERB_LABELS[verb],
        "form": form,
        "count": len(ids),
        "ids": [] if (request.POST or request.GET).get("all") else ids,
        "list_query": list_query(request.GET),
    }
    return render(request, "denials/bulk_form.html", context, status=422 if is_given else 200)


def own_bulk(request: PracticeRequest, bulk_id: int) -> DenialBulk:
    rows = DenialBulk.objects.select_related("practice", "made_by", "undone_by")
    return access.get(request, rows, bulk_id)


@practice_view("denials.view")
def bulk_page(request: PracticeRequest, bulk_id: int) -> HttpResponseBase:
    """Before: what would happen. After: what did, what was left and why."""
    bulk = own_bulk(request, bulk_id)
    if request.GET.get("format") == "csv":
        return csv_response(f"denials-{bulk.pk}", ("Claim", "Amount", "Outcome", "Why"), told(bulk))
    context = {
        "bulk": bulk,
        "label": VERB_LABELS[bulk.verb],
        "values": value_words(bulk),
        "back": f"{reverse('denials')}?{bulk.query}",
        "is_mine": bulk.made_by_id == request.user.pk,
        "may_undo": bulk_undo.may_undo(bulk) and access.may(request, "denials.work"),
        "shown": SHOWN,
    }
    if bulk.state == DenialBulk.State.PLANNED:
        return render(request, "denials/bulk_plan.html", context)
    return render(request, "denials/bulk_result.html", context | result_context(bulk))


def told(bulk: DenialBulk) -> list[tuple[Any, ...]]:
    """Every refused case of a plan, or every denial of a result."""
    if bulk.state == DenialBulk.State.PLANNED:
        return [
            (claim, amount, "Left as it is", group["why"])
            for group in bulk.plan["refused"]
            for _, claim, amount in group["rows"]
        ]
    rows = bulk.items.select_related("denial__claim").order_by("pk")
    return [
        (
            each.denial.claim.patient_control_number,
            each.amount,
            each.get_undo_display() if each.undo else each.get_outcome_display(),
            each.undo_why or each.why,
        )
        for each in rows.defer("denial__claim__content")
    ]


def result_context(bulk: DenialBulk) -> dict[str, Any]:
    found = actions.result_of(bulk)
    items = bulk.items.select_related("denial__claim").defer("denial__claim__content")
    left = items.filter(outcome="left").order_by("why", "pk")
    kept = items.filter(undo="kept").order_by("undo_why", "pk")
    jobs = Job.objects.filter(
        practice_id=bulk.practice_id,
        kind="denial_bulk",
        subject_type="denialbulk",
        subject_id=bulk.pk,
    )
    return {
        "done": found.get("done", (0, 0)),
        "requested": found.get("requested", (0, 0)),
        "left_count": found.get("left", (0, 0)),
        "left": left[:SHOWN],
        "kept_count": kept.count(),
        "kept": kept[:SHOWN],
        "undone_count": bulk.items.filter(undo="undone").count(),
        "job": jobs.order_by("-pk").first(),
    }


def value_words(bulk: DenialBulk) -> list[tuple[str, str]]:
    """What the person chose, in words."""
    values = bulk.values
    words = {
        "until": ("Until", day_word(values.get("until", ""))),
        "reason": ("Reason", REASONS.get(values.get("reason", ""), values.get("reason", ""))),
        "note": ("In words", values.get("note", "")),
        "category": ("Cause", cause_label(values.get("category", ""))),
        "person": ("Person", person_name(values.get("person"))),
    }
    return [words[name] for name in values if name in words and words[name][1]]


def day_word(text: str) -> str:
    return f"{date.fromisoformat(text):%m/%d/%Y}" if text else ""


def person_name(person: int | None) -> str:
    return str(User.objects.filter(pk=person).first() or "Nobody") if person else "Nobody"


@practice_view("denials.view", methods=("POST",))
def bulk_confirm(request: PracticeRequest, bulk_id: int) -> HttpResponseRedirect:
    """Do it, once: at once when it is short, else by a worker."""
    bulk = own_bulk(request, bulk_id)
    if actions.confirm(bulk, by=request.user):
        bulk.refresh_from_db()
        go_on(bulk, actions.run)
    return redirect("denial_bulk", bulk.pk)


@practice_view("denials.view", methods=("POST",))
def bulk_take_back(request: PracticeRequest, bulk_id: int) -> HttpResponseRedirect:
    """Take back what nobody has touched since."""
    bulk = own_bulk(request, bulk_id)
    if bulk_undo.begin_undo(bulk, by=request.user):
        bulk.refresh_from_db()
        go_on(bulk, bulk_undo.undo)
    return redirect("denial_bulk", bulk.pk)


def go_on(bulk: DenialBulk, work: Any) -> None:
    """Here when it is short; else a worker does it, in view."""
    if len(bulk.denial_ids) > actions.AT_ONCE:
        enqueue_on_commit("denials.tasks.run_bulk", bulk.practice_id, bulk.pk)
        return
    for _ in work(bulk):
        pass
