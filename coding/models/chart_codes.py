"""The codes a visit was given: diagnoses and charges."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from coding.models.encounters import Encounter
from coding.rules.pointers import MOST_DIAGNOSES, letter_of
from coding.rules.written_codes import dotted
from rcm.models import OwnedByPractice

# The lines of the longest stay, two claims' worth.
MOST_CHARGES = 1_998


class PresentOnAdmission(models.TextChoices):
    """C022-9 of an inpatient's diagnosis; empty where the code is exempt."""

    YES = "Y", "Yes"
    NO = "N", "No"
    UNKNOWN = "U", "Not documented"
    UNDETERMINED = "W", "Cannot be determined"


class EncounterDiagnosis(OwnedByPractice):
    """A diagnosis in order (HI). `evidence` is the words of the chart that support it.

    `source` names the message that proposed it; empty when a coder entered it.
    """

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="diagnoses")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=7)
    label = models.CharField(max_length=300)
    evidence = models.CharField(max_length=500, blank=True)
    source = models.CharField(max_length=100, blank=True, db_default="")
    present_on_admission = models.CharField(
        max_length=1, choices=PresentOnAdmission, blank=True, default="", db_default=""
    )

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["encounter", "position"],
                name="diagnosis_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            # A claim must not carry one diagnosis twice (837P HI).
            models.UniqueConstraint(fields=["encounter", "code"], name="diagnosis_code_once"),
            # More than any claim carries, since a visit may become several.
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=MOST_DIAGNOSES),
                name="diagnosis_position_1_to_50",
            ),
            # C022-9: said or exempt, never another letter.
            models.CheckConstraint(
                condition=Q(present_on_admission__in=["", "Y", "N", "U", "W"]),
                name="diagnosis_admission_known",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def letter(self) -> str:
        """The name coders point with: A for the first."""
        return letter_of(self.position)

    @property
    def dotted(self) -> str:
        return dotted(self.code)


class Charge(OwnedByPractice):
    """A coded procedure (SV1), priced when the encounter is finalized and frozen from then on.

    `pointers` are positions of diagnoses, first is primary. `amount_billed` is None until priced.
    A facility's charge has a revenue code (SV201) and may have no procedure, such as a room.
    `source` names the transaction of a message that proposed it.
    """

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="charges")
    position = models.PositiveSmallIntegerField()
    procedure_code = models.CharField(max_length=5)
    label = models.CharField(max_length=160)
    modifiers = ArrayField(models.CharField(max_length=2), default=list, size=4, blank=True)
    units = models.DecimalField(max_digits=8, decimal_places=2, default=1)
    pointers = ArrayField(models.PositiveSmallIntegerField(), default=list, size=4, blank=True)
    drug_code = models.CharField(max_length=11, blank=True)
    revenue_code = models.CharField(max_length=4, blank=True, default="", db_default="")
    evidence = models.CharField(max_length=500, blank=True)
    source = models.CharField(max_length=100, blank=True, db_default="")
    amount_billed = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    is_frozen = models.BooleanField(default=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["encounter", "position"],
                name="charge_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            # The longest stay; a professional visit has fewer.
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=MOST_CHARGES),
                name="charge_position_1_to_1998",
            ),
            # Zero or negative units are never a service.
            models.CheckConstraint(condition=Q(units__gt=0), name="charge_units_positive"),
            # A frozen charge has its price.
            models.CheckConstraint(
                condition=Q(is_frozen=False) | Q(amount_billed__gte=0), name="charge_frozen_priced"
            ),
            # NUBC revenue codes are four digits.
            models.CheckConstraint(
                condition=Q(revenue_code="") | Q(revenue_code__regex=r"^[0-9]{4}$"),
                name="charge_revenue_four_digits",
            ),
            # Something was done: a procedure, or a room and the like by its revenue code.
            models.CheckConstraint(
                condition=~Q(procedure_code="") | ~Q(revenue_code=""), name="charge_has_code"
            ),
        ]

    def __str__(self) -> str:
        return self.price_code

    @property
    def price_code(self) -> str:
        """What the fee schedule is asked for: the procedure, else the revenue code."""
        return self.procedure_code or self.revenue_code

    @property
    def pointer_letters(self) -> str:
        return "".join(map(letter_of, self.pointers))
