"""Never the same denial twice: groups worth a rule, the draft of one, and what it did since."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render

from denials import learning_page as page_of
from denials.actions import learning as actions
from denials.learning import group_with, groups_of, rules_by_group
from denials.models import Denial
from denials.practice_days import practice_today
from rcm import access
from rcm.http import PracticeRequest, page_or_partial, practice_view

ROWS = 50


@practice_view("denials.view")
def learning(request: PracticeRequest) -> HttpResponse:
    """Groups of denials by the state of their rule, most dollars first."""
    state = request.GET.get("state", "new")
    groups = groups_of(request.practice, practice_today(request.practice))
    rows = page_of.rows_of(groups, rules_by_group(request.practice.pk))
    chosen = [row for row in rows if row["state"] == state]
    context = {
        "views": page_of.tabs_of(rows, state),
        "state": state,
        "page": Paginator(chosen, ROWS).get_page(request.GET.get("page")),
        "total": sum(row["group"].amount for row in chosen),
    }
    return page_or_partial(request, "denials/learning.html", "rows", context)


@practice_view("denials.view", methods=("GET", "POST"), write="billing.work")
def learning_group(request: PracticeRequest, denial_id: int) -> HttpResponse:
    """The group a denial is of: the draft and why, or its rule and what it did; POST drafts."""
    rows = Denial.objects.select_related("payer", "service_line")
    denial = access.get(request, rows, denial_id)
    today = practice_today(request.practice)
    found = group_with(request.practice, denial, today)
    if request.method == "POST":
        learned = actions.draft_from(request.practice, found, by=request.user, today=today)
        messages.success(request, f"“{learned.rule}” is a draft: look at what it would have done.")
        return redirect("claim_rule", learned.rule_id)
    rule = rules_by_group(request.practice.pk).get(found.key)
    context = {
        "found": found,
        "facts": page_of.group_facts(found),
        "rule": rule,
        "denials": page_of.denials_of(request.practice, found),
        "can_draft": access.may(request, "billing.work"),
    }
    if rule is None or rule.state == "retired":
        context |= page_of.drafted_of(request.practice, found, today)
    if rule is not None:
        context |= page_of.watched_of(request.practice, rule, today)
    return render(request, "denials/learning_group.html", context)
