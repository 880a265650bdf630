"""Who works for whom: organizations own practices, memberships give people roles in them."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models


class Organization(models.Model):
    """A billing company, or a practice that does its own billing."""

    class Kind(models.TextChoices):
        BILLING_COMPANY = "billing_company", "Billing company"
        PRACTICE = "practice", "Practice"

    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=Kind)

    def __str__(self) -> str:
        return self.name


class Practice(models.Model):
    """The tenant. Every row with PHI or money belongs to one. Loop 2010AA on claims."""

    name = models.CharField(max_length=60)
    initials = models.CharField(max_length=3)
    color = models.CharField(max_length=12, default="blue")
    npi = models.CharField(max_length=10)
    tax_id = models.CharField(max_length=9)
    taxonomy_code = models.CharField(max_length=10)
    address_line_1 = models.CharField(max_length=55)
    address_line_2 = models.CharField(max_length=55, blank=True)
    city = models.CharField(max_length=30)
    state = models.CharField(max_length=2)
    zip_code = models.CharField(max_length=9)
    contact_name = models.CharField(max_length=60)
    phone = models.CharField(max_length=10)
    # ISA15: what leaves a practice in production is never a test, and the other way.
    is_production = models.BooleanField(default=False)
    # Whose Medicare prices hold here: the contractor's number and its locality (GPCI file).
    medicare_contractor = models.CharField(max_length=5, blank=True)
    medicare_locality = models.CharField(max_length=2, blank=True)

    class Meta:
        constraints = [
            # An NPI is one legal entity; two tenants sharing it would receive each other's money.
            models.UniqueConstraint(fields=["npi"], name="practice_npi_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def tax_id_tail(self) -> str:
        return self.tax_id[-4:]


class Contract(models.Model):
    """What an organization does for a practice, and from when to when."""

    class Services(models.TextChoices):
        CODING = "coding", "Coding"
        BILLING = "billing", "Billing"
        BOTH = "both", "Coding and billing"

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="contracts"
    )
    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="contracts")
    services = models.CharField(max_length=10, choices=Services)
    fee_percent = models.DecimalField(max_digits=5, decimal_places=2)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            # A contract cannot end before it starts.
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="contract_dates_in_order",
            ),
            # One contract per organization, practice and start.
            models.UniqueConstraint(
                fields=["organization", "practice", "starts_on"], name="contract_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization} for {self.practice}"


class PeopleManager(UserManager["User"]):
    """Users are known by their email."""

    def create_user(  # type: ignore[override]  # the email is the user name here
        self, email: str, password: str | None = None, **fields: Any
    ) -> "User":
        return super().create_user(email, email, password, **fields)

    def create_superuser(  # type: ignore[override]  # the email is the user name here
        self, email: str, password: str | None = None, **fields: Any
    ) -> "User":
        return super().create_superuser(email, email, password, **fields)


class User(AbstractUser):
    """A person who signs in. Rights come from memberships alone."""

    class Theme(models.TextChoices):
        AUTO = "auto", "Same as the system"
        LIGHT = "light", "Light"
        DARK = "dark", "Dark"

    class Keys(models.TextChoices):
        """Single-letter keys (WCAG 2.1.4 asks that they can be turned off)."""

        ON = "on", "On"
        PREFIX = "prefix", "Only after ;"
        OFF = "off", "Off"

    email = models.EmailField(unique=True)
    theme = models.CharField(max_length=5, choices=Theme, default=Theme.AUTO)
    keys = models.CharField(max_length=6, choices=Keys, default=Keys.ON)

    objects: ClassVar[PeopleManager] = PeopleManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    @property
    def initials(self) -> str:
        return f"{self.first_name[:1]}{self.last_name[:1]}".upper() or self.email[:2].upper()


class Role(models.TextChoices):
    """What a person may do in a practice (rcm.access says what each may)."""

    CODER = "coder", "Coder"
    BILLER = "biller", "Biller"
    CODER_BILLER = "coder_biller", "Coder and biller"
    AUDITOR = "auditor", "Auditor"
    MANAGER = "manager", "Manager"
    PROVIDER = "provider", "Provider"
    CLIENT_VIEWER = "client_viewer", "Client viewer"


class Membership(models.Model):
    """A user's role in one practice.

    `charts_to_review`: so many of the next charts the person codes are looked at before they are
    billed.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    last_used_at = models.DateTimeField(null=True, blank=True)
    charts_to_review = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            # One role per person and practice: what somebody may do has one answer.
            models.UniqueConstraint(fields=["user", "practice"], name="membership_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="membership_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} as {self.role} in {self.practice}"
