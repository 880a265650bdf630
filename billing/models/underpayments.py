"""What payers usually allow, and lines they allowed less of than contract or custom say."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from billing.models.claims import Claim
from billing.models.remittances import RemittedLine
from payers.models import Payer
from rcm.models import OwnedByPractice, Practice, User


class UsualAllowed(OwnedByPractice):
    """What a payer allowed for one unit in a quarter: the median of `lines`, and the quartiles.

    `modifiers` are sorted and parted by spaces; `quarter` is its first day. Kept from twenty lines
    on only.
    """

    practice = models.ForeignKey(
        Practice, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="usual_allowed")
    procedure_code = models.CharField(max_length=5)
    modifiers = models.CharField(max_length=11, blank=True)
    place_of_service = models.CharField(max_length=2, blank=True)
    quarter = models.DateField()
    lines = models.PositiveIntegerField()
    median = models.DecimalField(max_digits=12, decimal_places=2)
    low = models.DecimalField(max_digits=12, decimal_places=2)
    high = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        constraints = [
            # One figure each; lines are compared by it.
            models.UniqueConstraint(
                fields=[
                    *("practice", "payer", "procedure_code", "modifiers"),
                    *("place_of_service", "quarter"),
                ],
                name="usual_allowed_once",
            ),
            # Fewer are no custom.
            models.CheckConstraint(condition=Q(lines__gte=20), name="usual_allowed_of_enough"),
        ]

    def __str__(self) -> str:
        return f"{self.procedure_code} {self.modifiers} {self.median}"


class Underpayment(OwnedByPractice):
    """A line allowed below what its contract says, or else below the payer's custom.

    Amounts are of the whole line; `shortfall` is expected less allowed. `basis_lines` is how many
    lines the custom was learned from. `recovered` is the later allowed less the first.
    """

    class Basis(models.TextChoices):
        CONTRACT = "contract", "Contract"
        USUAL = "usual", "Usual allowed"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        DISPUTED = "disputed", "Disputed"
        RECOVERED = "recovered", "Recovered"
        ACCEPTED = "accepted", "Accepted"

    practice = models.ForeignKey(
        Practice, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    remitted_line = models.OneToOneField(
        RemittedLine, on_delete=models.PROTECT, related_name="underpayment"
    )
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="underpayments")
    payer = models.ForeignKey(
        Payer, on_delete=models.PROTECT, related_name="underpayments", db_index=False
    )
    procedure_code = models.CharField(max_length=5)
    modifiers = models.CharField(max_length=11, blank=True)
    place_of_service = models.CharField(max_length=2, blank=True)
    paid_on = models.DateField()
    basis = models.CharField(max_length=8, choices=Basis)
    basis_name = models.CharField(max_length=200, blank=True)
    basis_lines = models.PositiveIntegerField(null=True, blank=True)
    expected = models.DecimalField(max_digits=12, decimal_places=2)
    allowed = models.DecimalField(max_digits=12, decimal_places=2)
    shortfall = models.DecimalField(max_digits=12, decimal_places=2)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN, db_default="open")
    recovered = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    note = models.CharField(max_length=300, blank=True, db_default="")
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    found_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(shortfall__gt=0, shortfall=models.F("expected") - models.F("allowed")),
                name="underpayment_is_short",
            ),
            # Recovered says how much.
            models.CheckConstraint(
                condition=Q(state="recovered", recovered__gt=0)
                | (~Q(state="recovered") & Q(recovered__isnull=True)),
                name="underpayment_recovered_amount",
            ),
            models.CheckConstraint(
                condition=Q(basis="contract", basis_lines__isnull=True)
                | Q(basis="usual", basis_lines__gte=20),
                name="underpayment_basis_known",
            ),
        ]
        indexes = [
            # The worklist's patterns, and the lines of one.
            models.Index(
                fields=["practice", "state", "payer", "procedure_code"], name="underpayment_list"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.spoken_code} {self.shortfall}"

    @property
    def spoken_code(self) -> str:
        """99214-25, as people say it."""
        return "-".join([self.procedure_code, *self.modifiers.split()])
