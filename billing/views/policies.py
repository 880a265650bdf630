"""Posting rules: the list, one rule, its form with a back-test, approving, retiring, releasing."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms.models import model_to_dict
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import pluralize
from django.utils import timezone

from billing import policy_page as page_of
from billing.actions import policies as actions
from billing.models import PostingRule, Remittance
from billing.policies import rule_of
from billing.policy_backtest import DRAFT_ID, back_test
from billing.policy_forms import PostingRuleForm
from rcm import access
from rcm.http import PracticeRequest, page_or_partial, practice_view

ROWS = 50


@practice_view("billing.view")
def posting_rules(request: PracticeRequest) -> HttpResponse:
    """Rules in force, those that wait for approval, and those that are history."""
    rules = access.in_practice(request, PostingRule.objects.all())
    state = request.GET.get("state", "active")
    rows = page_of.rules_with_holds(rules.filter(page_of.STATES.get(state, page_of.NONE)))
    context = {
        "views": page_of.rule_tabs(rules, state),
        "page": Paginator(rows, ROWS).get_page(request.GET.get("page")),
        "state": state,
        "held": page_of.held_total(request.practice.pk),
        "can_work": access.may(request, "billing.work"),
    }
    return page_or_partial(request, "billing/posting_rules.html", "rows", context)


@practice_view("billing.view")
def posting_rule(request: PracticeRequest, rule_id: int) -> HttpResponse:
    """One rule: what it says, what it holds now, who made and approved it."""
    rows = PostingRule.objects.select_related("payer", "created_by", "approved_by", "replaces")
    rule = access.get(request, rows, rule_id)
    context = {
        "rule": rule,
        "terms": page_of.terms_of(rule),
        "held": page_of.held_now(rule),
        "events": page_of.history_of(rule),
        "can_work": access.may(request, "billing.work"),
        "can_approve": access.may(request, "billing.approve"),
        "is_own": rule.created_by_id == request.user.pk,
    }
    return render(request, "billing/posting_rule.html", context)


@practice_view("billing.view", methods=("GET", "POST"))
def posting_rule_new(request: PracticeRequest) -> HttpResponse:
    """The form of a new rule; first it shows what the rule would have done."""
    return rule_form(request, None)


@practice_view("billing.view", methods=("GET", "POST"))
def posting_rule_change(request: PracticeRequest, rule_id: int) -> HttpResponse:
    """The same form for a new version of a rule."""
    return rule_form(request, access.get(request, PostingRule.objects.all(), rule_id))


def rule_form(request: PracticeRequest, old: PostingRule | None) -> HttpResponse:
    """Show, try or save a rule; `old` is the version it takes the place of."""
    initial = model_to_dict(old) if old else None
    form = PostingRuleForm(request.POST or None, initial=initial, practice=request.practice)
    context: dict[str, Any] = {"form": form, "old": old}
    if request.method == "POST" and form.is_valid():
        if request.POST.get("verb") == "save":
            rule = actions.add_rule(
                request.practice, by=request.user, replaces=old, **form.cleaned_data
            )
            messages.success(request, page_of.saved_text(rule))
            return redirect("posting_rule", rule.pk)
        draft = rule_of(PostingRule(**form.cleaned_data))._replace(id=DRAFT_ID)
        context["tried"] = back_test(
            request.practice, draft, today=timezone.localdate(), replaced=old.pk if old else None
        )
    status = 422 if request.method == "POST" and not form.is_valid() else 200
    return render(request, "billing/posting_rule_form.html", context, status=status)


@practice_view("billing.view", methods=("POST",))
def posting_rule_retire(request: PracticeRequest, rule_id: int) -> HttpResponse:
    """Out of force for good."""
    rule = access.get(request, PostingRule.objects.all(), rule_id)
    actions.retire_rule(rule, by=request.user)
    messages.success(request, f"“{rule}” is retired.")
    return redirect("posting_rule", rule_id)


@practice_view("billing.view", methods=("POST",), write="billing.approve")
def posting_rule_approve(request: PracticeRequest, rule_id: int) -> HttpResponse:
    """Put a write-off into force."""
    rule = access.get(request, PostingRule.objects.all(), rule_id)
    actions.approve_rule(rule, by=request.user)
    messages.success(request, f"“{rule}” is in force.")
    return redirect("posting_rule", rule_id)


@practice_view("billing.view", methods=("POST",))
def remittance_release_all(request: PracticeRequest, remittance_id: int) -> HttpResponse:
    """Post everything one rule, or one entry of the stop list, holds of a payment."""
    row = access.get(request, Remittance.objects.all(), remittance_id)
    given, code = request.POST.get("rule", ""), request.POST.get("code", "")
    rules = PostingRule.objects.all()
    rule = access.get(request, rules, int(given)) if given.isascii() and given.isdigit() else None
    reason = request.POST.get("reason", "")
    count = actions.release_held(row, rule, code=code, by=request.user, reason=reason)
    messages.success(request, f"{count} claim{pluralize(count)} released.")
    return redirect("remittance", row.pk)
