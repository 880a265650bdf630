"""Many visits in charge review accepted at once: those whose reasons only need a person's word.

A chunk costs the same number of statements whatever its size.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from billing.actions import charge_reviews
from billing.actions.charge_reviews import CHUNK, find_reasons, record_visits
from billing.actions.claim_drafts import chart_queryset, draft_encounters
from billing.models import ChargeReview, Claim
from billing.rules import charge_review as rules
from coding.models import Encounter
from rcm.models import User

State = ChargeReview.State


class Accepted(NamedTuple):
    """How many became claims; the others with why they still wait."""

    claims: int
    left: Sequence[tuple[ChargeReview, str]]


@transaction.atomic
def accept_many(
    practice_id: int,
    review_ids: Sequence[int],
    *,
    note: str = "",
    by: User,
    today: date | None = None,
) -> Accepted:
    """Run every check again on each visit and draft those that pass; the rest wait as before.

    What does not wait any more, or is not of the practice, is passed over.
    """
    ids = sorted(set(review_ids))
    claims = 0
    left: list[tuple[ChargeReview, str]] = []
    for start in range(0, len(ids), CHUNK):
        done = accept_chunk(practice_id, ids[start : start + CHUNK], note, by, today)
        claims += done.claims
        left += done.left
    return Accepted(claims, left)


def accept_chunk(
    practice_id: int, ids: Sequence[int], note: str, by: User, today: date | None
) -> Accepted:
    reviews = lock_reviews(practice_id, ids)
    visits = {
        visit.pk: visit
        for visit in chart_queryset()
        .filter(pk__in=[row.encounter_id for row in reviews], state=Encounter.State.FINALIZED)
        .order_by("pk")
    }
    live = Claim.objects.filter(encounter__in=visits).exclude(status=Claim.Status.VOIDED)
    billed = set(live.values_list("encounter", flat=True))
    found = find_reasons(practice_id, list(visits.values()))
    taken: list[ChargeReview] = []
    left: list[tuple[ChargeReview, str]] = []
    for review in reviews:
        pk = review.encounter_id
        faults = [each.message for each in found.get(pk, []) if each.code not in rules.JUDGED]
        if pk not in visits:
            faults = ["It is with its coder again."]
        elif pk in billed:
            faults = ["It has a claim already."]
        if faults:
            left.append((review, " ".join(faults)))
        else:
            review.encounter = visits[pk]
            taken.append(review)
    close_many(practice_id, taken, note, by)
    drafted = draft_encounters(
        practice_id,
        [review.encounter for review in taken],
        by=by,
        today=today or timezone.localdate(),
    )
    return Accepted(len(drafted), left)


def lock_reviews(practice_id: int, ids: Sequence[int]) -> list[ChargeReview]:
    """Those that wait, locked with their visits: visits first, as everybody does."""
    rows = ChargeReview.objects.filter(practice_id=practice_id, pk__in=ids, state=State.WAITING)
    visits = Encounter.objects.filter(pk__in=rows.values("encounter")).order_by("pk")
    list(visits.select_for_update(of=("self",)).values_list("pk", flat=True))
    return list(rows.select_for_update(of=("self",)).select_related("encounter").order_by("pk"))


def close_many(practice_id: int, reviews: Sequence[ChargeReview], note: str, by: User) -> None:
    """Store the decisions; charts of new coders count as looked at."""
    now = timezone.now()
    for review in reviews:
        review.state, review.note = State.ACCEPTED, note.strip()[:300]
        review.decided_at, review.decided_by = now, by
    ChargeReview.objects.bulk_update(reviews, ["state", "note", "decided_at", "decided_by"])
    accepted = [
        (review.encounter, {"codes": review.codes, "note": review.note}) for review in reviews
    ]
    record_visits("encounter.review_accepted", accepted, by=by)
    looked_at = Counter(
        review.encounter.finalized_by_id
        for review in reviews
        if rules.NEW_CODER in review.codes and review.encounter.finalized_by_id
    )
    for coder, count in looked_at.items():
        charge_reviews.count_charts(practice_id, coder, count, by=by)
