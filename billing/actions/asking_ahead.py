"""Which policies are asked about without anybody pressing a button."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from billing.models import ChargeReview
from billing.rules.charge_review import ELIGIBILITY_UNKNOWN
from coding.models import Encounter
from payers.actions.eligibility import OPEN, ask_many
from payers.models import Channel, EligibilityInquiry, InquiryState

# An answer of the last days for the same month is good enough for a visit.
FRESH = timedelta(days=3)
VISITS_PER_RUN = 5_000


@transaction.atomic
def ask_ahead(practice_id: int, *, today: date | None = None) -> int:
    """Ask about the policies of today's and tomorrow's visits without a fresh answer; how many.

    Only visits with a policy in force that day; nothing is asked without an active channel.
    """
    if not Channel.objects.filter(practice_id=practice_id, is_active=True).exists():
        return 0
    today = today or timezone.localdate()
    visits = (
        Encounter.objects.filter(
            practice_id=practice_id,
            coverage__isnull=False,
            date_of_service__in=[today, today + timedelta(days=1)],
            coverage__starts_on__lte=F("date_of_service"),
        )
        .filter(Q(coverage__ends_on=None) | Q(coverage__ends_on__gte=F("date_of_service")))
        .filter(~Exists(asked_lately()))
        .select_related("coverage__patient")
    )
    pairs = [
        (visit.coverage, visit.date_of_service)
        for visit in visits.order_by("date_of_service", "pk")[:VISITS_PER_RUN]
        if visit.coverage is not None
    ]
    return len(ask_many(pairs, by=None))


def asked_lately() -> QuerySet[EligibilityInquiry]:
    """Open or answered questions about the visit's policy and month, asked in the last days."""
    rows = EligibilityInquiry.objects.filter(
        coverage=OuterRef("coverage"),
        for_day__year=OuterRef("date_of_service__year"),
        for_day__month=OuterRef("date_of_service__month"),
    )
    since = timezone.now() - FRESH
    return rows.filter(Q(state__in=OPEN) | Q(state=InquiryState.ANSWERED, asked_at__gte=since))


@transaction.atomic
def ask_for_reviews(practice_id: int) -> int:
    """Ask about policies whose visits wait only because nobody has asked; how many.

    Once per policy and month: a question that failed or said nothing is a person's to repeat.
    """
    if not Channel.objects.filter(practice_id=practice_id, is_active=True).exists():
        return 0
    asked = EligibilityInquiry.objects.filter(
        coverage=OuterRef("encounter__coverage"),
        for_day__year=OuterRef("encounter__date_of_service__year"),
        for_day__month=OuterRef("encounter__date_of_service__month"),
    )
    rows = ChargeReview.objects.filter(
        ~Exists(asked),
        practice_id=practice_id,
        state=ChargeReview.State.WAITING,
        codes__contains=[ELIGIBILITY_UNKNOWN],
    )
    reviews = rows.select_related("encounter__coverage__patient").order_by("pk")[:VISITS_PER_RUN]
    pairs = [
        (review.encounter.coverage, review.encounter.date_of_service)
        for review in reviews
        if review.encounter.coverage is not None
    ]
    return len(ask_many(pairs, by=None))
