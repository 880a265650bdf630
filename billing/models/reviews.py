"""Coded visits that wait for a person before they are billed."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from coding.models import Encounter
from rcm.models import OwnedByPractice, Practice, User


class ChargeReview(OwnedByPractice):
    """A coded visit whose charges do not become a claim by themselves; clean visits have none.

    `reasons` holds {code, message, line} of what was found last (line 0: the visit as a whole),
    `codes` their codes. A visit coded anew is looked at anew.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "To review"
        ACCEPTED = "accepted", "Accepted"
        RETURNED = "returned", "Back to the coder"
        CLEARED = "cleared", "Cleared by itself"

    encounter = models.OneToOneField(
        Encounter, on_delete=models.PROTECT, related_name="charge_review"
    )
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    reasons = models.JSONField(default=list)
    codes = ArrayField(models.CharField(max_length=24), default=list)
    note = models.CharField(max_length=300, blank=True)
    opened_at = models.DateTimeField(db_default=Now())
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        constraints = [
            # Waiting is undecided, and says why; everything else was decided at a time.
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at__isnull=True)
                | (~Q(state="waiting") & Q(decided_at__isnull=False)),
                name="charge_review_decided_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="waiting") | ~Q(codes=[]), name="charge_review_has_reason"
            ),
        ]
        indexes = [
            # The worklist, oldest first.
            models.Index(
                fields=["practice", "opened_at", "id"],
                name="charge_review_waiting",
                condition=Q(state="waiting"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.encounter)


class UnbilledVisit(OwnedByPractice):
    """A coded visit without a living claim: billing's first queue.

    Triggers keep it, on every way a visit is coded or reopened and a claim made or voided, so that
    a sweep reads what is left to bill and not everything that ever was.
    """

    practice = models.ForeignKey(
        Practice, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    encounter = models.OneToOneField(
        Encounter, on_delete=models.PROTECT, related_name="unbilled", primary_key=True
    )

    class Meta:
        indexes = [
            # The next visits to draft.
            models.Index(fields=["practice", "encounter"], name="unbilled_by_practice"),
        ]

    def __str__(self) -> str:
        return str(self.encounter)
