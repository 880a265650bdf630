"""What follows a claim: a corrected one, a void, or a claim to the next payer."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from billing.actions.claims import replace_claim, void_claim
from billing.actions.coded_anew import leave_as_sent
from billing.actions.secondary_claims import draft_next_claim
from billing.models import Claim
from rcm import access
from rcm.http import PracticeRequest, practice_view


def _replace(claim: Claim, request: PracticeRequest) -> tuple[Claim, str]:
    return replace_claim(claim, by=request.user), "takes the place of"


def _void(claim: Claim, request: PracticeRequest) -> tuple[Claim, str]:
    reason = request.POST.get("reason", "")
    return void_claim(claim, reason=reason, by=request.user), "voids"


def _bill_next_payer(claim: Claim, request: PracticeRequest) -> tuple[Claim, str]:
    return draft_next_claim(claim, by=request.user), "follows"


Verb = Callable[[Claim, PracticeRequest], tuple[Claim, str]]
VERBS: dict[str, Verb] = {
    "replacement": _replace,
    "void": _void,
    "next-payer": _bill_next_payer,
}


@practice_view("billing.work", methods=("POST",))
def claim_successor(request: PracticeRequest, claim_id: int, verb: str) -> HttpResponse:
    """Draft the successor and show it."""
    if verb not in VERBS:
        raise Http404
    row = access.get(request, Claim.objects.all(), claim_id)
    successor, relation = VERBS[verb](row, request)
    state = successor.get_status_display().lower()
    messages.success(request, f"Claim {successor} {relation} {row}; it is {state}.")
    return redirect("claim", successor.pk)


@practice_view("billing.work", methods=("POST",))
def claim_left(request: PracticeRequest, claim_id: int) -> HttpResponse:
    """The chart was coded anew, and the payer needs no correction."""
    row = access.get(request, Claim.objects.all(), claim_id)
    leave_as_sent(row, reason=request.POST.get("reason", ""), by=request.user)
    messages.success(request, f"Claim {row} stays as it was sent.")
    return redirect("claim", row.pk)
