"""One fix for a whole group of the scrub worklist: the list first, then the doing; overriding."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import pluralize

from billing.actions import group_fixes as actions
from billing.claim_rule_page import rule_labels
from billing.forms_claim_rules import GroupFixForm
from billing.models import Claim, ClaimFinding
from billing.rules.scrubbing import LABELS
from rcm import access, events
from rcm.http import PracticeRequest, practice_view


@practice_view("billing.work", methods=("GET", "POST"))
def group_fix(request: PracticeRequest) -> HttpResponse:
    """What to set on all claims of a group, and what it would change claim by claim."""
    given = request.POST or request.GET
    code = given.get("code", "")
    form = GroupFixForm(request.POST or None, initial={"code": code})
    changes: list[actions.Change] = []
    if request.method == "POST" and form.is_valid():
        terms = (form.cleaned_data["set_field"], form.cleaned_data["set_value"])
        if request.POST.get("verb") == "apply":
            return _apply(request, code, *terms)
        changes = actions.plan_fix(request.practice, code, *terms)
    held = actions.held_claims(request.practice, code)
    ids = [claim.pk for claim in held]
    events.record("claims.listed", request.practice, by=request.user, claims=ids)
    label = (LABELS | rule_labels(request.practice.pk)).get(code, code)
    context = {"form": form, "code": code, "label": label, "held": held, "changes": changes}
    status = 422 if request.method == "POST" and not form.is_valid() else 200
    return render(request, "billing/group_fix.html", context, status=status)


def _apply(request: PracticeRequest, code: str, field: str, value: str) -> HttpResponse:
    ids = [int(text) for text in request.POST.getlist("claims") if text.isdecimal()]
    changed = actions.apply_fix(
        request.practice, code, field, value, claim_ids=ids, by=request.user
    )
    ready = sum(claim.status == Claim.Status.READY for claim in changed)
    count = len(changed)
    messages.success(request, f"{count} claim{pluralize(count)} fixed, {ready} ready now.")
    return redirect("scrub_worklist")


@practice_view("billing.work", methods=("POST",))
def finding_override(request: PracticeRequest, finding_id: int) -> HttpResponse:
    """Let a claim go in spite of one finding, with a reason."""
    finding = access.get(request, ClaimFinding.objects.select_related("claim"), finding_id)
    reason = request.POST.get("reason", "")
    claim = actions.override_finding(finding, by=request.user, reason=reason)
    state = claim.get_status_display().lower()
    messages.success(request, f"“{finding.code}” no longer holds claim {claim}; it is {state}.")
    return redirect("claim", claim.pk)
