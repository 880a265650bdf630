"""What a payer's plans ask for, and what its contracts pay."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from payers.models.parties import DateRange, FeeSchedule, Payer, Plan
from rcm.models import OwnedByPractice


class PayerContract(OwnedByPractice):
    """What a payer pays, for all of its plans or one, from day to day.

    `percent` is of Medicare or of the charge; a schedule has prices instead. The filing limits, in
    days, win over those of plan and payer; empty leaves those.
    """

    class Method(models.TextChoices):
        SCHEDULE = "fee_schedule", "Fee schedule"
        MEDICARE = "medicare", "Percent of Medicare"
        CHARGE = "charge", "Percent of charge"

    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="contracts")
    plan = models.ForeignKey(
        Plan, on_delete=models.PROTECT, related_name="contracts", null=True, blank=True
    )
    name = models.CharField(max_length=60)
    method = models.CharField(max_length=12, choices=Method)
    schedule = models.ForeignKey(
        FeeSchedule, on_delete=models.PROTECT, related_name="contracts", null=True, blank=True
    )
    percent = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    reduces_multiple = models.BooleanField(default=True)
    reduces_bilateral = models.BooleanField(default=True)
    pays_lesser = models.BooleanField(default=True)
    timely_filing_days = models.PositiveSmallIntegerField(null=True, blank=True)
    corrected_claim_days = models.PositiveSmallIntegerField(null=True, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            # Two contracts on a day would make the expected amount a matter of luck.
            ExclusionConstraint(
                name="payer_contract_one_a_day",
                expressions=[
                    ("payer", RangeOperators.EQUAL),
                    (Coalesce("plan", 0), RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on", models.Value("[]")), "&&"),
                ],
            ),
            # A schedule or a percentage, as the method says.
            models.CheckConstraint(
                condition=Q(method="fee_schedule", schedule__isnull=False, percent__isnull=True)
                | Q(
                    method__in=["medicare", "charge"],
                    schedule__isnull=True,
                    percent__isnull=False,
                    percent__gt=0,
                ),
                name="payer_contract_method_fits",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="payer_contract_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.name
