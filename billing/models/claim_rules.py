"""Rules a practice writes about its own claims (billing.rules.practice_rules)."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from rcm.models import OwnedByPractice, User


class ClaimRule(OwnedByPractice):
    """Conditions over a claim's properties, and what they lead to: hold, warn, or set a field.

    `terms` is the text a person wrote. `back_test` is what the rule would have done to past claims
    (billing.claim_rule_tests.BackTest); without it no rule is enabled. A rule is never edited: a
    change makes a new one that `replaces` it. In force from `enabled_at` to `retired_at`, for
    services from `starts_on` to `ends_on`. One that nobody made was drafted from denials.
    """

    class Action(models.TextChoices):
        HOLD = "hold", "Hold the claim"
        WARN = "warn", "Warn"
        SET = "set", "Set a field"

    name = models.CharField(max_length=80)
    terms = models.TextField()
    action = models.CharField(max_length=4, choices=Action)
    message = models.CharField(max_length=200)
    set_field = models.CharField(max_length=20, blank=True)
    set_value = models.CharField(max_length=80, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    version = models.PositiveSmallIntegerField(default=1)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="replaced_by", null=True, blank=True
    )
    back_test = models.JSONField(null=True, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField(db_default=Now())
    enabled_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    enabled_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(action__in=["hold", "warn", "set"]), name="claim_rule_action_known"
            ),
            # Nobody lets loose a rule whose effect nobody saw.
            models.CheckConstraint(
                condition=Q(enabled_at__isnull=True) | Q(back_test__isnull=False),
                name="claim_rule_tested_first",
            ),
            models.CheckConstraint(
                condition=(Q(action="set") & ~Q(set_field="") & ~Q(set_value=""))
                | (~Q(action="set") & Q(set_field="", set_value="")),
                name="claim_rule_sets_something",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="claim_rule_dates_in_order",
            ),
        ]
        indexes = [
            # Drafting and checking read the rules in force.
            models.Index(
                fields=["practice"],
                name="claim_rule_in_force",
                condition=Q(enabled_at__isnull=False, retired_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, version {self.version}" if self.version > 1 else self.name

    @property
    def state(self) -> str:
        """In one word: draft, active or retired."""
        if self.retired_at:
            return "retired"
        return "active" if self.enabled_at else "draft"

    @property
    def code(self) -> str:
        """Under which its findings are kept."""
        return f"rule:{self.pk}"
