"""What a person does with a visit in charge review: price it, cover it, accept it, send it back."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from billing.actions import charge_reviews
from billing.actions.claim_drafts import chart_queryset, draft_encounters
from billing.actions.claims import require_unbilled
from billing.models import ChargeReview, Claim
from billing.rules import charge_review as rules
from coding.actions.encounters import reopen_encounter
from coding.models import Encounter
from payers.actions.coverages import coverages_on
from payers.actions.eligibility import ask_eligibility
from payers.actions.fee_schedules import set_fee
from payers.models import Authorization, Coverage, EligibilityInquiry, FeeSchedule
from rcm import events
from rcm.errors import Refusal
from rcm.models import Membership, User

State = ChargeReview.State
EVENTS = {
    State.ACCEPTED: "encounter.review_accepted",
    State.RETURNED: "encounter.review_returned",
}


def take(review: ChargeReview) -> ChargeReview:
    """The review, locked with its visit. Raises Refusal 409 when it does not wait any more."""
    Encounter.objects.select_for_update(of=("self",)).get(pk=review.encounter_id)
    locked = ChargeReview.objects.select_for_update(of=("self",)).get(pk=review.pk)
    locked.encounter = chart_queryset().get(pk=locked.encounter_id)
    if locked.state != State.WAITING:
        word = locked.get_state_display().lower()
        raise Refusal("review_decided", f"Somebody was first: it is {word}.", status=409)
    return locked


@transaction.atomic
def accept(review: ChargeReview, *, note: str = "", by: User, today: date | None = None) -> Claim:
    """Run every check again and draft the claim; a person answers for what only needs a judgment.

    Raises Refusal 422 "review_fails" naming what still has to be put right, or when the chart is
    with its coder again; 409 when it was billed meanwhile.
    """
    locked = take(review)
    reasons = charge_reviews.find_reasons(locked.practice_id, [locked.encounter])
    left = [found for found in reasons[locked.encounter_id] if found.code not in rules.JUDGED]
    if left:
        words = " ".join(found.message for found in left)
        raise Refusal("review_fails", f"It cannot be billed yet. {words}")
    require_unbilled(locked.encounter)
    close(locked, State.ACCEPTED, note, by)
    return draft_encounters(
        locked.practice_id, [locked.encounter], by=by, today=today or timezone.localdate()
    )[0]


@transaction.atomic
def send_back(review: ChargeReview, *, reason: str, by: User) -> None:
    """Back to the coder with a reason. Coded anew it is looked at anew."""
    locked = take(review)
    close(locked, State.RETURNED, reason, by)
    reopen_encounter(locked.encounter, reason=reason, by=by)


def close(locked: ChargeReview, state: State, note: str, by: User) -> None:
    """Store the decision; a chart of a new coder counts as looked at."""
    visit, codes = locked.encounter, locked.codes
    locked.state, locked.note = state, note.strip()[:300]
    locked.decided_at, locked.decided_by = timezone.now(), by
    locked.save(update_fields=["state", "note", "decided_at", "decided_by"])
    events.record(
        EVENTS[state], visit, by=by, patient_id=visit.patient_id, codes=codes, note=locked.note
    )
    if rules.NEW_CODER in codes:
        charge_reviews.count_charts(locked.practice_id, visit.finalized_by_id, 1, by=by)


@transaction.atomic
def add_price(
    review: ChargeReview, procedure_code: str, modifier: str, amount: Decimal, *, by: User
) -> int:
    """A price in the practice's own schedule from the visit's day on; how many visits it clears.

    Raises Refusal when the visit has no such line, the amount is not above zero, or a later price
    exists.
    """
    locked = take(review)
    lines = [c for c in locked.encounter.charges.all() if c.price_code == procedure_code]
    if not any(modifier in ("", *line.modifiers) for line in lines):
        raise Refusal("line_unknown", f"{procedure_code} is not on this visit.")
    if amount <= 0:
        message = "A price is above zero."
        raise Refusal("price_wrong", message, fields={"amount": message})
    schedule = own_schedule(locked.practice_id)
    starts_on = locked.encounter.date_of_service
    set_fee(schedule, procedure_code, amount, starts_on=starts_on, modifier=modifier, by=by)
    return charge_reviews.recheck(locked.practice_id, by=by)


def own_schedule(practice_id: int) -> FeeSchedule:
    """The practice's own charges; made when there is none."""
    own = FeeSchedule.objects.filter(practice_id=practice_id, payer=None)
    return own.order_by("pk").first() or FeeSchedule.objects.create(
        practice_id=practice_id, name="Charges"
    )


@transaction.atomic
def choose_coverage(review: ChargeReview, coverage: Coverage, *, by: User) -> int:
    """The policy that pays for the visit; how many visits that clears.

    Raises Refusal for a policy of somebody else or not in force on the visit's day.
    """
    locked = take(review)
    visit = locked.encounter
    served_on = visit.date_of_service
    if coverage.patient_id != visit.patient_id or coverage.practice_id != visit.practice_id:
        raise Refusal("other_patient", "This policy is not the patient's.")
    if not coverages_on(visit.patient, served_on).filter(pk=coverage.pk).exists():
        message = f"This policy is not in force on {served_on:%m/%d/%Y}."
        raise Refusal("not_in_force", message, fields={"coverage": message})
    Encounter.objects.filter(pk=visit.pk).update(coverage=coverage)
    events.record(
        "encounter.coverage_chosen",
        visit,
        by=by,
        patient_id=visit.patient_id,
        coverage=coverage.pk,
    )
    return charge_reviews.recheck(locked.practice_id, by=by)


@transaction.atomic
def name_authorization(review: ChargeReview, authorization: Authorization, *, by: User) -> int:
    """The authorization the visit names (REF G1); how many visits that clears.

    Raises Refusal for one of somebody else, of another payer, or without a number yet.
    """
    locked = take(review)
    visit = locked.encounter
    payer = visit.coverage.payer_id if visit.coverage else None
    is_own = authorization.patient_id == visit.patient_id
    if not is_own or authorization.coverage.payer_id != payer or not authorization.number:
        raise Refusal("other_authorization", "This authorization is not one of the visit's payer.")
    Encounter.objects.filter(pk=visit.pk).update(authorization_number=authorization.number)
    events.record(
        "encounter.authorization_named",
        visit,
        by=by,
        patient_id=visit.patient_id,
        authorization=authorization.pk,
    )
    return charge_reviews.recheck(locked.practice_id, by=by)


@transaction.atomic
def check_eligibility(review: ChargeReview, *, by: User) -> EligibilityInquiry:
    """Ask the payer of a waiting visit about its policy on the day of the visit.

    Raises Refusal when no policy is chosen, or as asking does.
    """
    visit = take(review).encounter
    if visit.coverage is None:
        raise Refusal("no_coverage", "No policy is chosen: there is nobody to ask.")
    return ask_eligibility(visit.coverage, for_day=visit.date_of_service, by=by)


@transaction.atomic
def look_at_next_charts(practice_id: int, coder: User, count: int, *, by: User) -> None:
    """So many of the coder's next charts wait in review. 0 lets those that wait for it go."""
    if not 0 <= count <= 1000:
        message = "Between 0 and 1,000 charts."
        raise Refusal("count_wrong", message, fields={"count": message})
    membership = Membership.objects.select_for_update().get(practice_id=practice_id, user=coder)
    membership.charts_to_review = count
    membership.save(update_fields=["charts_to_review"])
    practice = membership.practice
    events.record("practice.coder_reviewed", practice, by=by, coder=coder.pk, count=count)
    charge_reviews.recheck(practice_id, by=by)
