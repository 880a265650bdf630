"""Findings of a chart that a person let stand."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from coding.models.encounters import Encounter
from rcm.models import OwnedByPractice, User


class ChartOverride(OwnedByPractice):
    """A person's decision to let a finding stand, on the chart and on the claim drafted from it.

    `code` is the check, `message` what it said, `subject` the facts it was about
    (coding.rules.overrides): when they change, the decision counts no more. Withdrawn ones stay.
    """

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="overrides")
    code = models.CharField(max_length=40)
    subject = models.CharField(max_length=32)
    severity = models.CharField(max_length=10)
    message = models.CharField(max_length=300)
    reason = models.CharField(max_length=300)
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        constraints = [
            # One decision about one set of facts stands at a time. Also answers: what stands here?
            models.UniqueConstraint(
                fields=["encounter", "subject"],
                condition=Q(withdrawn_at__isnull=True),
                name="chart_override_once",
            ),
            # A decision without a reason is none.
            models.CheckConstraint(condition=~Q(reason=""), name="chart_override_has_reason"),
            # Withdrawn means by whom.
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="chart_override_withdrawn_by",
            ),
        ]

    def __str__(self) -> str:
        return self.code
