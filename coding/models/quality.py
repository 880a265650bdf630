"""What a practice chose for measuring the work of its coders."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from rcm.models import OwnedByPractice

IDLE_MINUTES = 15
HIGH_CHARGE = Decimal("500.00")
TARGET_PERCENT = Decimal("95.00")


class QualitySettings(OwnedByPractice):
    """One row per practice that chose otherwise than the defaults.

    A pause longer than `idle_minutes` is not counted as work; a chart billed at `high_charge` or
    more carries a risk; the board of people is off unless `shows_board`.
    """

    idle_minutes = models.PositiveSmallIntegerField(default=IDLE_MINUTES)
    high_charge = models.DecimalField(max_digits=10, decimal_places=2, default=HIGH_CHARGE)
    target_percent = models.DecimalField(max_digits=5, decimal_places=2, default=TARGET_PERCENT)
    shows_board = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice"], name="quality_settings_once"),
            # Without a limit a night would be work; under a minute reading would be a pause.
            models.CheckConstraint(
                condition=Q(idle_minutes__gte=1, idle_minutes__lte=240),
                name="quality_settings_idle_minutes",
            ),
            models.CheckConstraint(
                condition=Q(high_charge__gt=0, target_percent__gte=0, target_percent__lte=100),
                name="quality_settings_amounts",
            ),
        ]

    def __str__(self) -> str:
        return f"quality settings of practice {self.practice_id}"


class ProductivityWeight(OwnedByPractice):
    """How many units a kind of visit is worth; empty fields mean all, the closest fit counts."""

    care = models.CharField(max_length=12, blank=True, default="")
    specialty = models.CharField(max_length=40, blank=True)
    visit_type = models.CharField(max_length=40, blank=True)
    weight = models.DecimalField(max_digits=5, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "care", "specialty", "visit_type"],
                name="productivity_weight_once",
            ),
            models.CheckConstraint(condition=Q(weight__gt=0), name="productivity_weight_positive"),
            models.CheckConstraint(
                condition=Q(care__in=["", "inpatient", "outpatient", "professional"]),
                name="productivity_weight_care",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weight}"
