"""Payment plans of patients: a sum in instalments, one plan in force per account."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from rcm.models import OwnedByPractice, Patient, User


class PaymentPlan(OwnedByPractice):
    """What a patient promised. What of it is paid is computed from the payments taken since.

    In default after `missed_allowed` instalments are missed; then statements go out again.
    """

    class State(models.TextChoices):
        IN_FORCE = "in_force", "In force"
        COMPLETED = "completed", "Paid"
        DEFAULTED = "defaulted", "In default"
        CANCELLED = "cancelled", "Cancelled"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="payment_plans")
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    missed_allowed = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=9, choices=State, default=State.IN_FORCE)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            # One plan in force per account.
            models.UniqueConstraint(
                fields=["patient"], condition=Q(state="in_force"), name="payment_plan_one_in_force"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, missed_allowed__gte=1), name="payment_plan_possible"
            ),
            models.CheckConstraint(
                condition=Q(state="in_force", ended_at=None)
                | Q(state__in=["completed", "defaulted", "cancelled"], ended_at__isnull=False),
                name="payment_plan_end_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"Plan {self.pk}"


class PlanInstallment(OwnedByPractice):
    """One part of a plan and the day it is due. Append-only."""

    plan = models.ForeignKey(PaymentPlan, on_delete=models.PROTECT, related_name="installments")
    position = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    amount = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "position"], name="installment_position_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="installment_positive"),
        ]

    def __str__(self) -> str:
        return f"Instalment {self.position} of plan {self.plan_id}"
