"""Sent claims whose chart was coded anew: told to billing, which corrects them or leaves them."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from billing.models import Claim, ClaimFinding
from billing.rules.findings import WARNING
from billing.sent_codes import CODED_ANEW, coded_after_sending, unlike_their_charts
from rcm import events
from rcm.errors import Refusal
from rcm.models import User

# A lost message is made good by the next sweep, at the latest by one of the next day.
LOOK_BACK = timedelta(days=2)
MESSAGE = "The chart was coded anew after this claim was sent; its codes are no longer the claim's."


def notice_coded_anew(practice_id: int, *, now: datetime | None = None) -> int:
    """Mark sent claims that say other codes than their chart does now; how many are new.

    Nothing is sent by itself: whether the payer gets a correction is for a biller to decide. A
    constant number of statements.
    """
    since = (now or timezone.now()) - LOOK_BACK
    found = list(coded_after_sending(practice_id, since))
    changed = {claim.pk for claim in unlike_their_charts(found)}
    # A chart that says again what was sent has nothing left to decide.
    settle([claim.pk for claim in found if claim.pk not in changed])
    return mark(practice_id, since, changed) if changed else 0


@transaction.atomic
def mark(practice_id: int, since: datetime, ids: Collection[int]) -> int:
    """One open finding a claim, of the last coding."""
    rows = Claim.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    # Asked once more with the locks: another task may have told it meanwhile.
    locked = {claim.pk for claim in rows}
    claims = list(coded_after_sending(practice_id, since).filter(pk__in=locked))
    settle([claim.pk for claim in claims])
    ClaimFinding.objects.bulk_create(
        ClaimFinding(
            practice_id=practice_id,
            claim=claim,
            code=CODED_ANEW,
            severity=WARNING,
            message=MESSAGE,
            fix="Send a corrected claim, or leave it as sent with a reason.",
        )
        for claim in claims
    )
    facts: list[events.Fact] = [(claim.pk, claim.patient_id, {}) for claim in claims]
    events.record_each("claim.coded_anew", Claim, practice_id, facts, by=None)
    return len(claims)


def settle(ids: Collection[int]) -> int:
    rows = ClaimFinding.objects.filter(claim__in=ids, code=CODED_ANEW, resolved_at__isnull=True)
    return rows.update(resolved_at=timezone.now())


@transaction.atomic
def leave_as_sent(claim: Claim, *, reason: str, by: User) -> None:
    """The payer needs no correction. Raises Refusal 409 when there is nothing to leave, 422
    without a reason.
    """
    if not reason.strip():
        message = "Say why the payer needs no corrected claim."
        raise Refusal("reason_missing", message, fields={"reason": message})
    Claim.objects.select_for_update(of=("self",)).get(pk=claim.pk)
    if not settle([claim.pk]):
        raise Refusal("nothing_left_behind", "Somebody was first: this is decided.", status=409)
    events.record(
        "claim.left_as_sent",
        claim,
        by=by,
        patient_id=claim.patient_id,
        reason=reason.strip()[:200],
    )
