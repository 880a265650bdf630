"""What payers have authorized beforehand, and what they want authorized."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from payers.models.parties import Coverage, DateRange, Payer
from rcm.models import OwnedByPractice, Patient, Provider, User


class Authorization(OwnedByPractice):
    """A payer's yes to some services of a patient (REF G1). Use is computed, never stored.

    `codes` are codes or ranges as "97110" and "97110-97140"; none means any procedure.
    """

    class State(models.TextChoices):
        REQUESTED = "requested", "Requested"
        APPROVED = "approved", "Approved"
        REFUSED = "refused", "Refused"
        CANCELLED = "cancelled", "Cancelled"

    class Counts(models.TextChoices):
        UNITS = "units", "Units"
        VISITS = "visits", "Visits"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="authorizations")
    coverage = models.ForeignKey(Coverage, on_delete=models.PROTECT, related_name="authorizations")
    number = models.CharField(max_length=30, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.APPROVED)
    counts = models.CharField(max_length=6, choices=Counts, default=Counts.UNITS)
    quantity = models.DecimalField(max_digits=8, decimal_places=2)
    codes = ArrayField(models.CharField(max_length=11), default=list, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    provider = models.ForeignKey(
        Provider,
        on_delete=models.PROTECT,
        related_name="authorizations",
        null=True,
        blank=True,
    )
    note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints = [
            # A visit names a number; it must mean one authorization.
            models.UniqueConstraint(
                fields=["coverage", "number"],
                condition=~Q(number=""),
                name="authorization_number_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | ~Q(number=""), name="authorization_has_number"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="authorization_above_zero"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="authorization_ends_after_start",
            ),
        ]
        indexes = [
            # The list, those that end first on top.
            models.Index(fields=["practice", "ends_on", "id"], name="authorization_list"),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.get_state_display()} {self.pk}"


class AuthorizationRule(OwnedByPractice):
    """From a day on a payer wants an authorization for these codes."""

    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="authorization_rules")
    first_code = models.CharField(max_length=5)
    last_code = models.CharField(max_length=5)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(last_code__gte=F("first_code")), name="authorization_rule_range"
            ),
            # The same range twice on a day says nothing more.
            ExclusionConstraint(
                name="authorization_rule_once",
                expressions=[
                    ("payer", RangeOperators.EQUAL),
                    ("first_code", RangeOperators.EQUAL),
                    ("last_code", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on", models.Value("[]")), "&&"),
                ],
            ),
        ]

    def __str__(self) -> str:
        if self.first_code == self.last_code:
            return self.first_code
        return f"{self.first_code}-{self.last_code}"
