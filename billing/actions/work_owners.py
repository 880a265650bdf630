"""Says whose work it is: unapplied money of a payment, a credit of a claim, a visit in review."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from billing.models import ChargeReview, Claim, Remittance, WorkOwner
from rcm import access, events
from rcm.errors import Refusal
from rcm.models import User


@transaction.atomic
def assign_unapplied(remittance: Remittance, *, to: int, by: User) -> WorkOwner:
    """Give the unapplied money of a payment to a person; a later assignment replaces it."""
    owner = worker(to, remittance.practice_id)
    made, _ = WorkOwner.objects.update_or_create(
        remittance=remittance,
        defaults=facts(remittance.practice_id, owner, by),
    )
    events.record("work_owner.assigned", made, by=by, remittance=remittance.pk, owner=owner.pk)
    return made


@transaction.atomic
def assign_credit(claim: Claim, account: str, *, to: int, by: User) -> WorkOwner:
    """Give the credit on one account of a claim to a person."""
    owner = worker(to, claim.practice_id)
    made, _ = WorkOwner.objects.update_or_create(
        claim=claim,
        account=account,
        defaults=facts(claim.practice_id, owner, by),
    )
    events.record(
        "work_owner.assigned",
        made,
        by=by,
        patient_id=claim.patient_id,
        claim=claim.pk,
        owner=owner.pk,
    )
    return made


@transaction.atomic
def assign_review(review: ChargeReview, *, to: int, by: User) -> WorkOwner:
    """Give a visit in charge review to a person."""
    owner = worker(to, review.practice_id)
    made, _ = WorkOwner.objects.update_or_create(
        review=review, defaults=facts(review.practice_id, owner, by)
    )
    visit = review.encounter
    events.record(
        "work_owner.assigned",
        made,
        by=by,
        patient_id=visit.patient_id,
        review=review.pk,
        owner=owner.pk,
    )
    return made


def facts(practice_id: int, owner: User, by: User) -> dict[str, Any]:
    now = timezone.now()
    return {"practice_id": practice_id, "owner": owner, "assigned_by": by, "assigned_at": now}


def worker(user_id: int, practice_id: int) -> User:
    """Somebody who may work on billing here. Raises Refusal for everybody else alike."""
    user = User.objects.filter(pk=user_id).first()
    membership = access.membership_of(user, practice_id) if user else None
    if membership is None or "billing.work" not in access.CAPABILITIES[membership.role]:
        message = "Choose a person who works on billing in this practice."
        raise Refusal("not_a_biller", message, fields={"person": message})
    return membership.user
