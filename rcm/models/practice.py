"""What a practice has: providers, places, patients."""

from django.db import models

from rcm.models.people import Practice, User


class OwnedByPractice(models.Model):
    """Base of every tenant row. A table that inherits it needs its policy (rcm.walls)."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class Provider(OwnedByPractice):
    """A person who treats patients. Rendering provider (2310B) on claims.

    `user` is the login with which they answer questions about their own visits.
    """

    first_name = models.CharField(max_length=35)
    last_name = models.CharField(max_length=60)
    credential = models.CharField(max_length=12, blank=True)
    npi = models.CharField(max_length=10)
    taxonomy_code = models.CharField(max_length=10)
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="providers", null=True, blank=True
    )

    class Meta:
        constraints = [
            # One login signs for one provider of a practice.
            models.UniqueConstraint(
                fields=["practice", "user"],
                condition=models.Q(user__isnull=False),
                name="provider_user_once",
            ),
            # The same NPI twice in a practice would split one person's work.
            models.UniqueConstraint(fields=["practice", "npi"], name="provider_npi_once"),
        ]

    def __str__(self) -> str:
        return f"{self.last_name}, {self.first_name}"

    @property
    def short_name(self) -> str:
        name = f"{self.first_name[:1]}. {self.last_name}"
        return f"{name}, {self.credential}" if self.credential else name

    @property
    def signature(self) -> str:
        """As a note is signed: "Annika Lindqvist, MD"."""
        name = f"{self.first_name} {self.last_name}"
        return f"{name}, {self.credential}" if self.credential else name

    @property
    def address_name(self) -> str:
        """As one speaks of them: "Dr Lindqvist" for physicians, else "G. Nakamura, FNP-C"."""
        is_physician = self.credential in {"MD", "DO", "DPM", "MBBS"}
        return f"Dr {self.last_name}" if is_physician else self.short_name


class ServiceLocation(OwnedByPractice):
    """Where patients are seen. 2310C on claims when `npi` is set."""

    name = models.CharField(max_length=60)
    place_of_service = models.CharField(max_length=2)
    npi = models.CharField(max_length=10, blank=True)
    address_line_1 = models.CharField(max_length=55)
    city = models.CharField(max_length=30)
    state = models.CharField(max_length=2)
    zip_code = models.CharField(max_length=9)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "name"], name="location_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Patient(OwnedByPractice):
    """Who was treated (QC). Later edits never change a claim already drafted."""

    class Sex(models.TextChoices):
        FEMALE = "F", "Female"
        MALE = "M", "Male"
        UNKNOWN = "U", "Unknown"

    mrn = models.CharField(max_length=20)
    first_name = models.CharField(max_length=35)
    last_name = models.CharField(max_length=60)
    middle_name = models.CharField(max_length=25, blank=True)
    birth_date = models.DateField()
    sex = models.CharField(max_length=1, choices=Sex)
    address_line_1 = models.CharField(max_length=55)
    address_line_2 = models.CharField(max_length=55, blank=True)
    city = models.CharField(max_length=30)
    state = models.CharField(max_length=2)
    zip_code = models.CharField(max_length=9)
    phone = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [
            # One chart number is one person.
            models.UniqueConstraint(fields=["practice", "mrn"], name="patient_mrn_once"),
        ]
        indexes = [
            # Patient search and payer matching by name and birth date.
            models.Index(
                fields=["practice", "last_name", "first_name", "birth_date"], name="patient_by_name"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.last_name}, {self.first_name}"
