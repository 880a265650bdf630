"""Asking payers what became of claims they are silent about (276), by hand and on a schedule."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import (
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    QuerySet,
    Value,
)
from django.db.models.functions import Coalesce, Now

from billing.models import Claim, StatusAnswer, StatusInquiry
from payers.actions.eligibility import OPEN, next_trace_numbers
from payers.models import Channel
from rcm import events
from rcm.errors import Refusal
from rcm.models import User

ASKABLE = (Claim.Status.SUBMITTED, Claim.Status.ACCEPTED, Claim.Status.ADJUDICATED)
SILENT = (Claim.Status.SUBMITTED, Claim.Status.ACCEPTED)
CLAIMS_PER_RUN = 10_000


@transaction.atomic
def ask_status(claim: Claim, *, by: User | None) -> StatusInquiry:
    """One question about a claim; the open one when it is asked already.

    Raises Refusal without an active channel or for a claim that is not with its payer.
    """
    if not Channel.objects.filter(practice_id=claim.practice_id, is_active=True).exists():
        raise Refusal("no_channel", "This practice has no active channel to a clearinghouse.")
    if claim.status not in ASKABLE or not claim.content:
        word = claim.get_status_display().lower()
        raise Refusal("not_with_payer", f"Claim {claim} is {word}: the payer does not have it.")
    made = ask_many(claim.practice_id, [claim], by=by)
    return made[0] if made else claim.status_inquiries.get(state__in=OPEN)


def ask_many(practice_id: int, claims: Sequence[Claim], *, by: User | None) -> list[StatusInquiry]:
    """Questions about the claims that have no open one. Four statements, however many."""
    if not claims:
        return []
    numbers = next_trace_numbers("S", len(claims))
    StatusInquiry.objects.bulk_create(
        (
            StatusInquiry(practice_id=practice_id, claim=claim, trace_number=number, asked_by=by)
            for claim, number in zip(claims, numbers, strict=True)
        ),
        # Somebody may be asking the same thing at this moment.
        ignore_conflicts=True,
    )
    rows = StatusInquiry.objects.filter(practice_id=practice_id, trace_number__in=numbers)
    stored = list(rows.select_related("claim").order_by("pk"))
    facts = [(row.claim_id, row.claim.patient_id, {"inquiry": row.pk}) for row in stored]
    events.record_each("claim.status_asked", Claim, practice_id, facts, by=by)
    if stored:
        events.notify("inquiry.asked", practice_id, stored[-1].pk)
    return stored


@transaction.atomic
def ask_about_silent_claims(practice_id: int) -> int:
    """Ask about every claim its payer has been silent about for too long; how many."""
    if not Channel.objects.filter(practice_id=practice_id, is_active=True).exists():
        return 0
    claims = list(silent_claims(practice_id).order_by("pk")[:CLAIMS_PER_RUN])
    return len(ask_many(practice_id, claims, by=None))


def silent_claims(practice_id: int) -> QuerySet[Claim]:
    """With their payer for `status_inquiry_after_days`, last asked `status_inquiry_every_days` ago.

    A claim the payer says it has decided (F) is not asked about again: its remittance is next.
    """
    days = Value(timedelta(days=1), output_field=DurationField())

    def ago(number: str) -> ExpressionWrapper:
        return ExpressionWrapper(Now() - days * F(number), output_field=DateTimeField())

    asked = StatusInquiry.objects.filter(
        claim=OuterRef("pk"), asked_at__gt=OuterRef("asked_before")
    )
    is_open = StatusInquiry.objects.filter(claim=OuterRef("pk"), state__in=OPEN)
    decided = StatusAnswer.objects.filter(claim=OuterRef("pk"), category__startswith="F")
    return (
        Claim.objects.filter(
            practice_id=practice_id, status__in=SILENT, payer__status_inquiry_after_days__gt=0
        )
        .exclude(content={})
        .annotate(
            since=Coalesce("accepted_at", "submitted_at"),
            quiet_since=ago("payer__status_inquiry_after_days"),
            asked_before=ago("payer__status_inquiry_every_days"),
        )
        .filter(~Exists(asked), ~Exists(is_open), ~Exists(decided), since__lte=F("quiet_since"))
    )
