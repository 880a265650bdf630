"""What the bank says came in, and which payment each of its lines is."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from billing.models.remittances import Remittance
from rcm.models import OwnedByPractice, User


class BankStatement(OwnedByPractice):
    """A bank's file, its bytes unchanged. The same bytes are imported once.

    A file with a fault is kept as `failed` with its `faults` (line, place, code, message) and has
    no lines. `lines_known` stood in an earlier statement, `lines_left_out` are no deposits.
    """

    class Kind(models.TextChoices):
        BAI2 = "bai2", "BAI2"
        CSV = "csv", "CSV"

    class State(models.TextChoices):
        READ = "read", "Read"
        FAILED = "failed", "Not readable"

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=4, choices=Kind)
    content = models.BinaryField()
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=6, choices=State)
    note = models.CharField(max_length=300)
    faults = models.JSONField(default=list)
    lines_new = models.PositiveIntegerField(default=0)
    lines_known = models.PositiveIntegerField(default=0)
    lines_left_out = models.PositiveIntegerField(default=0)
    amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    imported_at = models.DateTimeField(db_default=Now())
    imported_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            # The same bytes are one statement, however often they arrive.
            models.UniqueConstraint(fields=["practice", "sha256"], name="bank_statement_once"),
        ]
        indexes = [models.Index(fields=["practice", "-id"], name="bank_statement_newest")]

    def __str__(self) -> str:
        return self.name


class BankLine(OwnedByPractice):
    """One movement on the account, negative when a deposit was taken back. Never changed.

    `trace_key` is the trace number as it is compared (billing.rules.deposits.trace_key). `identity`
    says what the line is; `ordinal` keeps equal lines of one day apart.
    """

    class Method(models.TextChoices):
        EFT = "eft", "EFT"
        CHECK = "check", "Check"
        CARD = "card", "Card"
        OTHER = "other", "Other"

    statement = models.ForeignKey(
        BankStatement, on_delete=models.PROTECT, related_name="lines", null=True
    )
    line_number = models.PositiveIntegerField(null=True)
    deposited_on = models.DateField()
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    method = models.CharField(max_length=5, choices=Method)
    trace_number = models.CharField(max_length=50, blank=True)
    trace_key = models.CharField(max_length=50, blank=True)
    payer_identifier = models.CharField(max_length=10, blank=True)
    description = models.CharField(max_length=500, blank=True)
    reference = models.CharField(max_length=50, blank=True)
    identity = models.CharField(max_length=64)
    ordinal = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            # The same line of overlapping statements is one line.
            models.UniqueConstraint(
                fields=["practice", "identity", "ordinal"], name="bank_line_once"
            ),
            # Nothing moved is no line.
            models.CheckConstraint(condition=~Q(amount=0), name="bank_line_has_amount"),
            # A line comes from a statement or from a person.
            models.CheckConstraint(
                condition=Q(statement__isnull=False) | Q(created_by__isnull=False),
                name="bank_line_has_origin",
            ),
        ]
        indexes = [
            # Which line is the deposit of this payment?
            models.Index(fields=["practice", "trace_key"], name="bank_line_trace"),
            models.Index(fields=["practice", "-deposited_on", "-id"], name="bank_line_newest"),
        ]

    def __str__(self) -> str:
        return self.trace_number or self.description[:40] or f"line {self.pk}"


class DepositMatch(OwnedByPractice):
    """This much of a bank line is this much of a payment. Undone, never deleted.

    Without a payment the part of the line is none (rent, a patient's check), without a line that
    part of the payment will not come (a bank's fee): then a person said so, with a reason. The sum
    of what stands never exceeds the line nor the payment (trigger deposit_sums).
    """

    class Method(models.TextChoices):
        TRACE = "trace", "Trace number"
        AMOUNT = "amount", "Amount, payer and day"
        PERSON = "person", "A person"

    bank_line = models.ForeignKey(
        BankLine, on_delete=models.PROTECT, related_name="matches", null=True
    )
    remittance = models.ForeignKey(
        Remittance, on_delete=models.PROTECT, related_name="deposit_matches", null=True
    )
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    method = models.CharField(max_length=6, choices=Method)
    reason = models.CharField(max_length=200, blank=True)
    matched_at = models.DateTimeField(db_default=Now())
    matched_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            # Nothing matched is no match.
            models.CheckConstraint(condition=~Q(amount=0), name="deposit_match_has_amount"),
            # One side may be missing when a person said why, never both.
            models.CheckConstraint(
                condition=Q(bank_line__isnull=False, remittance__isnull=False)
                | (
                    (Q(bank_line__isnull=False) | Q(remittance__isnull=False))
                    & ~Q(reason="")
                    & Q(matched_by__isnull=False)
                ),
                name="deposit_match_sides",
            ),
            # Only a trace number matches without a person.
            models.CheckConstraint(
                condition=Q(method="trace") | Q(matched_by__isnull=False),
                name="deposit_match_by_whom",
            ),
        ]
        indexes = [
            models.Index(fields=["practice", "-id"], name="deposit_match_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.method}"
