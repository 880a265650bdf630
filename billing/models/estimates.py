"""What a patient was told a planned visit would cost."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from payers.models import Coverage
from rcm.models import OwnedByPractice, Patient, Provider, User


class GoodFaithEstimate(OwnedByPractice):
    """An estimate as it was handed out, kept for ever; a changed plan is another estimate.

    `content` are the texts of its document. Without a `coverage` the patient pays alone: what is
    expected is the practice's own fee. With one it is what the payer should allow.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="estimates")
    planned_on = models.DateField()
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="+")
    coverage = models.ForeignKey(Coverage, on_delete=models.PROTECT, related_name="+", null=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    content = models.JSONField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="estimate_amount_positive"),
        ]
        indexes = [
            # The estimates of an account, newest first.
            models.Index(fields=["practice", "patient", "-id"], name="estimate_of_patient"),
        ]

    def __str__(self) -> str:
        return f"Estimate {self.pk}"
