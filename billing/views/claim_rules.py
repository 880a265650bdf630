"""Claim rules: the list, one rule, its form, trying it on past claims, enabling, retiring."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms.models import model_to_dict
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from billing import claim_rule_page as page_of
from billing.actions import claim_rules as actions
from billing.forms_claim_rules import ClaimRuleForm
from billing.models import ClaimRule
from billing.rules.claim_properties import PROPERTIES
from rcm import access, events
from rcm.http import PracticeRequest, page_or_partial, practice_view

ROWS = 50
VERBS: dict[str, tuple[Callable[..., object], str]] = {
    "trial": (actions.try_rule, "“{}” was tried on past claims."),
    "enabling": (actions.enable_rule, "“{}” is in force for claims drafted or checked from now."),
    "retirement": (actions.retire_rule, "“{}” is retired."),
}


@practice_view("billing.view")
def claim_rules(request: PracticeRequest) -> HttpResponse:
    """Rules in force, drafts, and history."""
    rules = access.in_practice(request, ClaimRule.objects.all())
    state = request.GET.get("state", "active")
    rows = rules.filter(page_of.STATES.get(state, page_of.NONE)).order_by("name", "-version")
    context = {
        "views": page_of.rule_tabs(rules, state),
        "page": Paginator(rows, ROWS).get_page(request.GET.get("page")),
        "can_work": access.may(request, "billing.work"),
    }
    return page_or_partial(request, "billing/claim_rules.html", "rows", context)


@practice_view("billing.view")
def claim_rule(request: PracticeRequest, claim_rule_id: int) -> HttpResponse:
    """What it says, what it would have done, what it did since, and who decided."""
    rule = access.get(request, ClaimRule.objects.select_related("replaces"), claim_rule_id)
    examples = list(page_of.examples_of(rule))
    ids = [row.pk for row in examples]
    events.record("claims.listed", request.practice, by=request.user, claims=ids)
    context = {
        "rule": rule,
        "terms": page_of.terms_of(rule),
        "tried": page_of.tried_facts(rule),
        "since": page_of.since_facts(rule),
        "examples": examples,
        "events": page_of.history_of(rule),
        "can_work": access.may(request, "billing.work"),
    }
    return render(request, "billing/claim_rule.html", context)


@practice_view("billing.view", methods=("GET", "POST"))
def claim_rule_new(request: PracticeRequest) -> HttpResponse:
    """The form of a new rule."""
    return rule_form(request, None)


@practice_view("billing.view", methods=("GET", "POST"))
def claim_rule_change(request: PracticeRequest, claim_rule_id: int) -> HttpResponse:
    """The same form for the next version of a rule."""
    return rule_form(request, access.get(request, ClaimRule.objects.all(), claim_rule_id))


def rule_form(request: PracticeRequest, old: ClaimRule | None) -> HttpResponse:
    """Show or save; a saved rule is a draft and was tried on past claims at once."""
    form = ClaimRuleForm(request.POST or None, initial=model_to_dict(old) if old else None)
    if request.method == "POST" and form.is_valid():
        rule = actions.make_rule(
            request.practice, by=request.user, replaces=old, **form.cleaned_data
        )
        actions.try_rule(rule, by=request.user)
        messages.success(request, f"“{rule}” is a draft: look at what it would have done.")
        return redirect("claim_rule", rule.pk)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "old": old, "properties": PROPERTIES.values()}
    return render(request, "billing/claim_rule_form.html", context, status=status)


@practice_view("billing.view", methods=("POST",))
def claim_rule_verb(request: PracticeRequest, claim_rule_id: int, verb: str) -> HttpResponse:
    """Try, enable or retire."""
    if verb not in VERBS:
        raise Http404
    rule = access.get(request, ClaimRule.objects.all(), claim_rule_id)
    act, told = VERBS[verb]
    act(rule, by=request.user)
    messages.success(request, told.format(rule))
    return redirect("claim_rule", rule.pk)
