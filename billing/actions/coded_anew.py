"""Sent claims whose chart was coded anew: told to billing, which corrects them or leaves them."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from billing.models import Claim, ClaimFinding
from billing.rules.findings import WARNING
from billing.sent_codes import CODED_ANEW, coded_after_sending, is_as_sent
from rcm import events
from rcm.errors import Refusal
from rcm.models import User

# A lost message is made good by the next sweep, at the latest by one of the next day.
LOOK_BACK = timedelta(days=2)
MESSAGE = "The chart was coded anew after this claim was sent; its codes are no longer the claim's."


def notice_coded_anew(practice_id: int, *, now: datetime | None = None) -> int:
    """Mark sent claims that say other codes than their chart does now; how many are new.

    Nothing is sent by itself: whether the payer gets a correction is for a biller to decide.
    """
    since = (now or timezone.now()) - LOOK_BACK
    changed = [
        claim
        for claim in coded_after_sending(practice_id, since)
        if not is_as_sent(claim.encounter, claim)
    ]
    for claim in changed:
        mark(claim)
    return len(changed)


@transaction.atomic
def mark(claim: Claim) -> None:
    """One open finding a claim, of the last coding."""
    settle(claim)
    ClaimFinding.objects.create(
        practice_id=claim.practice_id,
        claim=claim,
        code=CODED_ANEW,
        severity=WARNING,
        message=MESSAGE,
        fix="Send a corrected claim, or leave it as sent with a reason.",
    )
    events.record("claim.coded_anew", claim, by=None, patient_id=claim.patient_id)


def settle(claim: Claim) -> int:
    open_ones = ClaimFinding.objects.filter(claim=claim, code=CODED_ANEW, resolved_at__isnull=True)
    return open_ones.update(resolved_at=timezone.now())


@transaction.atomic
def leave_as_sent(claim: Claim, *, reason: str, by: User) -> None:
    """The payer needs no correction. Raises Refusal 409 when there is nothing to leave, 422
    without a reason.
    """
    if not reason.strip():
        message = "Say why the payer needs no corrected claim."
        raise Refusal("reason_missing", message, fields={"reason": message})
    Claim.objects.select_for_update(of=("self",)).get(pk=claim.pk)
    if not settle(claim):
        raise Refusal("nothing_left_behind", "Somebody was first: this is decided.", status=409)
    events.record(
        "claim.left_as_sent",
        claim,
        by=by,
        patient_id=claim.patient_id,
        reason=reason.strip()[:200],
    )
