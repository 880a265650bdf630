"""What certifies the people who code, and what a practice wants of them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from rcm.models import OwnedByPractice, User


class Credential(OwnedByPractice):
    """A certificate of a person, as this practice has checked it; continuing education beside it.

    It counts from `issued_on` to `expires_on`; a renewal moves the expiry, a lapse and a new
    certificate are two rows. `ceus_earned` and `ceus_required` are those of the present cycle.
    """

    class Kind(models.TextChoices):
        CPC = "cpc", "CPC"
        COC = "coc", "COC"
        CIC = "cic", "CIC"
        CRC = "crc", "CRC"
        CPMA = "cpma", "CPMA"
        CCS = "ccs", "CCS"
        CCS_P = "ccs_p", "CCS-P"
        CCA = "cca", "CCA"
        CPB = "cpb", "CPB"
        RHIT = "rhit", "RHIT"
        RHIA = "rhia", "RHIA"
        OTHER = "other", "Other"

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="credentials")
    kind = models.CharField(max_length=5, choices=Kind)
    other_name = models.CharField(max_length=40, blank=True)
    number = models.CharField(max_length=30)
    issued_on = models.DateField()
    expires_on = models.DateField(null=True, blank=True)
    ceus_earned = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    ceus_required = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            # One certificate of a person is one row.
            models.UniqueConstraint(
                fields=["practice", "person", "kind", "other_name", "number", "issued_on"],
                name="credential_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        *("cpc", "coc", "cic", "crc", "cpma", "ccs", "ccs_p", "cca", "cpb"),
                        *("rhit", "rhia", "other"),
                    ]
                ),
                name="credential_kind_known",
            ),
            # Only a kind we have no word for is named by hand.
            models.CheckConstraint(
                condition=Q(kind="other", other_name__gt="")
                | (~Q(kind="other") & Q(other_name="")),
                name="credential_other_named",
            ),
            # A certificate has its number.
            models.CheckConstraint(condition=Q(number__gt=""), name="credential_numbered"),
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True) | Q(expires_on__gte=F("issued_on")),
                name="credential_days_in_order",
            ),
            # Hours of learning are never owed backwards.
            models.CheckConstraint(
                condition=Q(ceus_earned__gte=0, ceus_required__gte=0),
                name="credential_ceus_counted",
            ),
        ]
        indexes = [
            # What runs out next, and everything one person holds.
            models.Index(fields=["practice", "expires_on"], name="credential_expiry"),
            models.Index(fields=["practice", "person"], name="credential_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"

    @property
    def name(self) -> str:
        return self.other_name or str(self.get_kind_display())

    @property
    def ceus_missing(self) -> object:
        """Hours still to earn in this cycle; never below zero."""
        return max(self.ceus_required - self.ceus_earned, 0)


class CredentialRequirement(OwnedByPractice):
    """A kind of visit may only be coded by a person with any of `kinds`; empty fields mean all."""

    class Care(models.TextChoices):
        ANY = "", "Any care"
        INPATIENT = "inpatient", "Inpatient stays"
        OUTPATIENT = "outpatient", "Outpatient facility visits"
        PROFESSIONAL = "professional", "Professional visits"

    care = models.CharField(max_length=12, choices=Care, blank=True, default="")
    specialty = models.CharField(max_length=40, blank=True)
    visit_type = models.CharField(max_length=40, blank=True)
    kinds = ArrayField(models.CharField(max_length=5, choices=Credential.Kind))
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            # One kind of visit has one answer.
            models.UniqueConstraint(
                fields=["practice", "care", "specialty", "visit_type"],
                name="credential_requirement_once",
            ),
            models.CheckConstraint(
                condition=Q(care__in=["", "inpatient", "outpatient", "professional"]),
                name="credential_requirement_care",
            ),
            # A requirement nobody can meet would lock every chart away.
            models.CheckConstraint(
                condition=Q(kinds__len__gte=1), name="credential_requirement_kinds"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visits}: {self.kind_names}"

    @property
    def visits(self) -> str:
        """The visits it speaks of, in words."""
        parts = [str(self.get_care_display()), self.specialty, self.visit_type]
        return ", ".join(part for part in parts if part)

    @property
    def kind_names(self) -> str:
        return " or ".join(str(Credential.Kind(kind).label) for kind in self.kinds)
