"""Rules of a practice about what posts by itself and what waits for a person."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from payers.models import Payer
from rcm.models import OwnedByPractice, User


class PostingRule(OwnedByPractice):
    """By payer, group and reason (CARC), and amount: what posting makes of it.

    Without payer, group or reason any one fits. The amounts belong to the range; they are of the
    adjustment, or for the scope `zero_paid` of the claim's charge. A rule is never edited: a change
    retires it (`retired_at`) and makes a new one that `replaces` it. A write-off is in force only
    once somebody else has approved it.
    """

    class Scope(models.TextChoices):
        ADJUSTMENT = "adjustment", "An adjustment"
        ZERO_PAID = "zero_paid", "A claim paid nothing"

    class Action(models.TextChoices):
        POST = "post", "Post"
        HOLD = "hold", "Hold for review"
        TRANSFER = "transfer", "Transfer to the next party"
        WRITE_OFF = "write_off", "Write off"
        ROUTE = "route", "Route to a team"

    name = models.CharField(max_length=80)
    payer = models.ForeignKey(
        Payer, on_delete=models.PROTECT, related_name="posting_rules", null=True, blank=True
    )
    scope = models.CharField(max_length=10, choices=Scope, default=Scope.ADJUSTMENT)
    group = models.CharField(max_length=2, blank=True)
    reason = models.CharField(max_length=5, blank=True)
    amount_from = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    amount_to = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    action = models.CharField(max_length=10, choices=Action)
    team = models.CharField(max_length=40, blank=True)
    priority = models.SmallIntegerField(default=0)
    note = models.CharField(max_length=300, blank=True)
    is_active = models.BooleanField(default=True)
    replaces = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="successors", null=True, blank=True
    )
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    approved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(scope__in=["adjustment", "zero_paid"])
                & Q(action__in=["post", "hold", "transfer", "write_off", "route"]),
                name="posting_rule_words_known",
            ),
            # A range of amounts is one; negative adjustments have no range.
            models.CheckConstraint(
                condition=(Q(amount_from__isnull=True) | Q(amount_from__gte=0))
                & (Q(amount_to__isnull=True) | Q(amount_to__gte=0))
                & (
                    Q(amount_from__isnull=True)
                    | Q(amount_to__isnull=True)
                    | Q(amount_to__gte=F("amount_from"))
                ),
                name="posting_rule_range",
            ),
            # Only what the payer left to the patient may go to the patient.
            models.CheckConstraint(
                condition=~Q(action="transfer") | (Q(group="PR") & ~Q(reason="")),
                name="posting_rule_transfers_pr",
            ),
            # No blanket write-offs, and none of what the patient owes.
            models.CheckConstraint(
                condition=~Q(action="write_off")
                | (Q(group__in=["CO", "OA", "PI"]) & ~Q(reason="")),
                name="posting_rule_writes_off_named",
            ),
            # Nobody alone gives money up.
            models.CheckConstraint(
                condition=~Q(action="write_off")
                | Q(is_active=False)
                | (Q(approved_by__isnull=False) & ~Q(approved_by=F("created_by"))),
                name="posting_rule_write_off_approved",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="posting_rule_approval_whole",
            ),
            # A claim as a whole posts or waits; the rest is about adjustments.
            models.CheckConstraint(
                condition=Q(scope="adjustment") | Q(action__in=["post", "hold"]),
                name="posting_rule_scope_fits",
            ),
            # A team exactly where work is routed.
            models.CheckConstraint(
                condition=(Q(action="route") & ~Q(team="")) | (~Q(action="route") & Q(team="")),
                name="posting_rule_team",
            ),
            # What is retired is not in force.
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True) | Q(is_active=False),
                name="posting_rule_retired_rests",
            ),
        ]
        indexes = [
            # Posting reads the rules in force.
            models.Index(
                fields=["practice"], name="posting_rule_in_force", condition=Q(is_active=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> str:
        """In one word: active, retired, or waiting for approval."""
        return "active" if self.is_active else "retired" if self.retired_at else "proposed"
