"""The lead's board and the rules that give charts out."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.template.defaultfilters import pluralize
from django.utils import timezone

from coding.actions import assignment_rules as actions
from coding.actions.assignments import (
    CHUNK,
    assign_by_rules,
    assign_charts,
    coders_of,
    find_coder,
    plan_by_rules,
    take_back,
)
from coding.board_page import coder_rows, oldest_of, unassigned_groups
from coding.credential_facts import credential_gate
from coding.forms import valid
from coding.forms_queue import AssignmentRuleForm, GroupForm, TakeBackForm
from coding.models import AssignmentRule
from coding.views.queue_bulk import tell_left, undo_address
from rcm import access
from rcm.counting import AtLeast
from rcm.http import PracticeRequest, practice_view

LEAD = "coding.assign"
TITLES = {"specialty": "By specialty", "payer_class": "By payer class", "days": "By age"}


@practice_view(LEAD)
def coding_board(request: PracticeRequest) -> HttpResponse:
    """Who has what, and what nobody has."""
    today = timezone.localdate()
    unassigned, groups = unassigned_groups(request.practice, today)
    rows = coder_rows(request.practice, today)
    context = {
        "rows": rows,
        "unassigned": unassigned,
        "groups": [(TITLES[name], found) for name, found in groups.items()],
        "coders": [row.coder for row in rows if row.codes_here],
    }
    return render(request, "coding/board.html", context)


@practice_view(LEAD, methods=("POST",), write=LEAD)
def board_assign(request: PracticeRequest) -> HttpResponseRedirect:
    """So many of the oldest charts of a group to a coder."""
    given = valid(GroupForm(request.POST))
    practice = request.practice
    to = find_coder(practice.pk, given["person"])
    gate = credential_gate(practice.pk, to)
    oldest = oldest_of(practice, given["group"], given["count"], timezone.localdate(), gate)
    done = assign_charts(practice, oldest.ids, to, by=request.user)
    text = f"{done.charts:,} chart{pluralize(done.charts)} given to {to}."
    messages.success(request, text, extra_tags=undo_address(done))
    # What the coder may not code is not among the ids, so the action cannot count it.
    tell_left(request, done._replace(left=done.left + oldest.left), to)
    return redirect("coding_board")


@practice_view(LEAD, methods=("POST",), write=LEAD)
def board_take_back(request: PracticeRequest) -> HttpResponseRedirect:
    """Everything that is still a person's own goes to nobody: she does not code here any more.

    The answer offers to undo it.
    """
    person = valid(TakeBackForm(request.POST))["person"]
    done = take_back(request.practice, person, by=request.user)
    text = f"{done.charts:,} chart{pluralize(done.charts)} taken back; nobody has them now."
    messages.success(request, text, extra_tags=undo_address(done))
    return redirect("coding_board")


@practice_view(LEAD)
def assignment_rules(request: PracticeRequest) -> HttpResponse:
    """In their order; with ``preview`` also what giving out now would do."""
    rules = access.in_practice(request, AssignmentRule.objects.order_by("position"))
    names = {user.pk: str(user) for user in coders_of(request.practice.pk)}
    rows = [
        {"rule": rule, "coders": [names[pk] for pk in rule.coders if pk in names]}
        for rule in rules.select_related("provider", "payer")
    ]
    context: dict[str, Any] = {"rows": rows}
    if request.GET.get("preview"):
        plan = Counter(plan_by_rules(request.practice).values())
        # So many are given in one go: more may fit the rules.
        count = AtLeast if plan.total() >= CHUNK else int
        of = [(names[pk], count(given)) for pk, given in plan.items()]
        context["plan"] = {"total": count(plan.total()), "of": of}
    return render(request, "coding/assignment_rules.html", context)


@practice_view(LEAD, methods=("GET", "POST"), write=LEAD)
def assignment_rule_new(request: PracticeRequest) -> HttpResponse:
    return edit_rule(request, AssignmentRule(practice=request.practice))


@practice_view(LEAD, methods=("GET", "POST"), write=LEAD)
def assignment_rule(request: PracticeRequest, assignment_rule_id: int) -> HttpResponse:
    return edit_rule(request, access.get(request, AssignmentRule.objects.all(), assignment_rule_id))


def edit_rule(request: PracticeRequest, rule: AssignmentRule) -> HttpResponse:
    """The form; 422 with what is wrong."""
    coders = coders_of(request.practice.pk)
    form = AssignmentRuleForm(
        request.POST or None, instance=rule, practice=request.practice, coders=coders
    )
    if request.method == "POST" and form.is_valid():
        actions.save_rule(form.instance, by=request.user)
        messages.success(request, f"“{rule}” is saved.")
        return redirect("assignment_rules")
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "rule": rule}
    return render(request, "coding/assignment_rule_form.html", context, status=status)


@practice_view(LEAD, methods=("POST",), write=LEAD)
def assignment_rule_move(request: PracticeRequest, assignment_rule_id: int) -> HttpResponseRedirect:
    """One place up or down."""
    rule = access.get(request, AssignmentRule.objects.all(), assignment_rule_id)
    actions.move_rule(rule, up=request.POST.get("to") == "up", by=request.user)
    return redirect("assignment_rules")


@practice_view(LEAD, methods=("POST",), write=LEAD)
def assignment_rule_activity(
    request: PracticeRequest, assignment_rule_id: int
) -> HttpResponseRedirect:
    """On when it is off, off when it is on."""
    rule = access.get(request, AssignmentRule.objects.all(), assignment_rule_id)
    actions.set_active(rule, is_active=request.POST.get("to") == "on", by=request.user)
    messages.success(request, f"“{rule}” is {'on' if rule.is_active else 'off'}.")
    return redirect("assignment_rules")


@practice_view(LEAD, methods=("POST",), write=LEAD)
def assignment_rule_removal(
    request: PracticeRequest, assignment_rule_id: int
) -> HttpResponseRedirect:
    rule = access.get(request, AssignmentRule.objects.all(), assignment_rule_id)
    actions.remove_rule(rule, by=request.user)
    messages.success(request, f"“{rule}” is removed. Charts it gave stay with their coders.")
    return redirect("assignment_rules")


@practice_view(LEAD, methods=("POST",), write=LEAD)
def assignment_rules_run(request: PracticeRequest) -> HttpResponseRedirect:
    """Give out now what the rules fit."""
    count = assign_by_rules(request.practice, by=request.user)
    messages.success(request, f"{count:,} chart{pluralize(count)} given out by the rules.")
    return redirect("assignment_rules")
