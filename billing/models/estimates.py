"""Good-faith estimates of what a visit will cost, kept as they were given."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from payers.models import Coverage
from rcm.models import OwnedByPractice, Patient, User


class CostEstimate(OwnedByPractice):
    """What a patient was told before the visit. Never changed; compared with what was billed.

    `charge` is the sum of the fees, `expected` what the contract of `coverage` should allow, None
    for a patient who pays alone or where the contract says nothing.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="cost_estimates")
    coverage = models.ForeignKey(Coverage, on_delete=models.PROTECT, null=True, related_name="+")
    served_on = models.DateField()
    charge = models.DecimalField(max_digits=12, decimal_places=2)
    expected = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    content = models.JSONField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(charge__gt=0), name="cost_estimate_positive"),
        ]
        indexes = [
            models.Index(fields=["practice", "patient", "-id"], name="cost_estimate_list"),
        ]

    def __str__(self) -> str:
        return f"Estimate {self.pk}"
