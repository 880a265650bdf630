"""Coded visits for tests of charge review."""

from typing import Any

from django.utils import timezone

from billing.actions.claims import draft_ready_claims
from billing.models import ChargeReview
from coding.models import Encounter
from rcm.models import Practice, User
from tests import make


def coded_visit(practice: Practice, *, by: User | None = None, **changes: Any) -> Encounter:
    """99213 at 165.00 and I10, coded and frozen; `priced=False` leaves the charge without price."""
    is_priced = changes.pop("priced", True)
    visit = make.coded(make.encounter(practice, **changes), ("99213", "165.00"))
    if is_priced:
        visit.charges.update(is_frozen=True)
    else:
        visit.charges.update(amount_billed=None)
    code_anew(visit, by=by)
    return visit


def code_anew(visit: Encounter, *, by: User | None = None) -> None:
    """The coder is done with it now."""
    visit.state, visit.finalized_at = Encounter.State.FINALIZED, timezone.now()
    visit.finalized_by = by
    visit.save(update_fields=["state", "finalized_at", "finalized_by"])


def drafted(practice: Practice) -> None:
    draft_ready_claims(practice.pk, today=make.TODAY)


def review_of(visit: Encounter) -> ChargeReview:
    return ChargeReview.objects.get(encounter=visit)


def waiting_review(visit: Encounter, mark: str) -> ChargeReview:
    """The visit waits for a person's word."""
    message = f"The patient saw the same provider that day: {mark}."
    return ChargeReview.objects.create(
        practice=visit.practice,
        encounter=visit,
        codes=["duplicate_visit"],
        reasons=[{"code": "duplicate_visit", "message": message, "line": 0}],
    )
