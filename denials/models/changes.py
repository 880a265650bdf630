"""How often payers deny what, week by week, and the alarms when that changes."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from billing.models import ClaimRule
from payers.models import Payer
from rcm.models import OwnedByPractice, Practice, User


class DenialWeek(OwnedByPractice):
    """Claims of one payer with one procedure decided in one week (of its Monday).

    Without a reason: all adjudicated; with one: those of them whose line was denied for it. Rolled
    up every night from what was posted (denials.actions.change_alarms).
    """

    practice = models.ForeignKey(
        Practice, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="+", db_index=False)
    procedure_code = models.CharField(max_length=48)
    reason = models.CharField(max_length=5, blank=True)
    week = models.DateField()
    claims = models.PositiveIntegerField()

    class Meta:
        constraints = [
            # One figure each; the night reads a practice's weeks by it.
            models.UniqueConstraint(
                fields=["practice", "week", "payer", "procedure_code", "reason"],
                name="denial_week_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.week} {self.procedure_code} {self.reason}".strip()


class ChangeAlarm(OwnedByPractice):
    """A payer denies a procedure for a reason more often than in the thirteen weeks before.

    `weeks` (1 or 4) of evidence end with the week of `week` (its Monday): `recent_denied` of
    `recent_claims`, against `baseline_denied` of `baseline_claims`. `rule` holds the claims not yet
    sent, when a person wanted that.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        ACKNOWLEDGED = "acknowledged", "Acknowledged"
        OVER = "over", "Over"

    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="change_alarms")
    procedure_code = models.CharField(max_length=48)
    reason = models.CharField(max_length=5)
    week = models.DateField()
    weeks = models.PositiveSmallIntegerField()
    recent_claims = models.PositiveIntegerField()
    recent_denied = models.PositiveIntegerField()
    baseline_claims = models.PositiveIntegerField()
    baseline_denied = models.PositiveIntegerField()
    p_value = models.DecimalField(max_digits=13, decimal_places=12)
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    note = models.CharField(max_length=300, blank=True)
    rule = models.ForeignKey(
        ClaimRule, on_delete=models.PROTECT, related_name="change_alarms", null=True, blank=True
    )
    opened_at = models.DateTimeField(db_default=Now())
    acknowledged_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # One alarm at a time about the same thing.
            models.UniqueConstraint(
                fields=["practice", "payer", "procedure_code", "reason"],
                name="change_alarm_once",
                condition=~Q(state="over"),
            ),
            # Over says when; acknowledged says by whom.
            models.CheckConstraint(
                condition=Q(state="over", ended_at__isnull=False)
                | Q(state="open", ended_at__isnull=True)
                | Q(state="acknowledged", ended_at__isnull=True, acknowledged_at__isnull=False),
                name="change_alarm_state_whole",
            ),
            models.CheckConstraint(
                condition=Q(recent_denied__lte=F("recent_claims"))
                & Q(baseline_denied__lte=F("baseline_claims"))
                & Q(weeks__in=[1, 4]),
                name="change_alarm_counts_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} on {self.procedure_code}"
