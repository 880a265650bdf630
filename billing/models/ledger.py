"""The ledger: one table of moves. Balances are its sums (docs/money.md)."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from billing.models.claims import Claim, ServiceLine
from billing.models.remittances import Remittance, RemittedClaim, RemittedLine, bulk_key
from rcm.models import OwnedByPractice, Practice, User


class Account(models.TextChoices):
    """Where money is. Receivables follow SBR01; unapplied is money not yet explained.

    A share passes through between_claims on its way to the next payer's claim: always zero.
    """

    REVENUE = "revenue", "Revenue"
    PRIMARY_RECEIVABLE = "primary_receivable", "Owed by the primary payer"
    SECONDARY_RECEIVABLE = "secondary_receivable", "Owed by the secondary payer"
    TERTIARY_RECEIVABLE = "tertiary_receivable", "Owed by the tertiary payer"
    PATIENT_RECEIVABLE = "patient_receivable", "Owed by the patient"
    CONTRACTUAL = "contractual", "Contractual adjustment"
    WRITE_OFF = "write_off", "Write-off"
    CASH = "cash", "Cash"
    UNAPPLIED = "unapplied", "Unapplied"
    PAYER_OFFSET = "payer_offset", "Kept or added by payers"
    INTEREST = "interest", "Interest paid by payers"
    BETWEEN_CLAIMS = "between_claims", "Passed on to the next claim"
    PATIENT_PREPAYMENT = "patient_prepayment", "Prepaid by patients"


class Posting(OwnedByPractice):
    """One move: `source` is credited, `destination` debited. The database refuses to change one.

    `origin` names the fact that caused it, so that the same fact posts once however often it is
    tried. A reversal is a new move with the accounts swapped; `reverses` points to the old one.
    When both are of one remitted claim, a person took the posting back; when they are of two, the
    payer reversed its payment, and that reversal may itself be taken back.
    """

    practice = bulk_key(Practice, "+")
    source = models.CharField(max_length=22, choices=Account)
    destination = models.CharField(max_length=22, choices=Account)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    # Claim and remittance are looked up by the indexes below, which begin with the practice.
    claim = bulk_key(Claim, "postings", null=True)
    service_line = bulk_key(ServiceLine, "postings", null=True)
    remittance = bulk_key(Remittance, "postings", null=True)
    remitted_claim = bulk_key(RemittedClaim, "postings", null=True)
    remitted_line = bulk_key(RemittedLine, "postings", null=True)
    reverses = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="reversed_by", null=True, db_index=False
    )
    origin = models.CharField(max_length=80, db_collation="C")
    posted_on = models.DateField()
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            # Money moves forward; a swap of accounts is the only way back.
            models.CheckConstraint(condition=Q(amount__gt=0), name="posting_amount_positive"),
            # A move from an account to itself says nothing.
            models.CheckConstraint(
                condition=~Q(source=F("destination")), name="posting_between_two_accounts"
            ),
            models.CheckConstraint(
                condition=Q(source__in=Account.values) & Q(destination__in=Account.values),
                name="posting_accounts_known",
            ),
            # The same fact posts once.
            models.UniqueConstraint(fields=["practice", "origin"], name="posting_origin_once"),
        ]
        indexes = [
            # A claim's balance and ledger.
            models.Index(fields=["practice", "claim"], name="posting_of_claim"),
            # A remittance's moves: they were written together and lie together.
            BrinIndex(
                fields=["remittance"],
                name="posting_of_remittance",
                autosummarize=True,
                pages_per_range=32,
            ),
            # Has a move been taken back?
            models.Index(
                fields=["reverses"], name="posting_reversal", condition=Q(reverses__isnull=False)
            ),
            # Period figures of the dashboard.
            models.Index(fields=["practice", "posted_on"], name="posting_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.source} to {self.destination} {self.amount}"
