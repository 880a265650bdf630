"""Money that is not ours: refunds and offsets of credit balances, and who works on what."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from billing.models.claims import Claim
from billing.models.ledger import Account, Posting
from billing.models.remittances import Remittance
from billing.models.reviews import ChargeReview
from rcm.models import OwnedByPractice, User

OWED_ACCOUNTS = (
    Account.PRIMARY_RECEIVABLE,
    Account.SECONDARY_RECEIVABLE,
    Account.TERTIARY_RECEIVABLE,
    Account.PATIENT_RECEIVABLE,
)


class Refund(OwnedByPractice):
    """A credit balance given back (refund), or used for what the same party owes (offset).

    `needs_approval` is decided when it is asked for (settings.REFUND_APPROVAL_LIMIT) and stays, so
    that a later limit changes nothing. Its moves carry the origin `refund:<id>` (docs/money.md).
    """

    class Owner(models.TextChoices):
        PAYER = "payer", "Payer"
        PATIENT = "patient", "Patient"

    class Kind(models.TextChoices):
        REFUND = "refund", "Refund"
        OFFSET = "offset", "Offset"

    class State(models.TextChoices):
        REQUESTED = "requested", "Needs approval"
        APPROVED = "approved", "Approved"
        DECLINED = "declined", "Declined"
        PAID = "paid", "Paid"
        CANCELLED = "cancelled", "Cancelled"

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="refunds")
    account = models.CharField(max_length=22)
    owner = models.CharField(max_length=7, choices=Owner)
    kind = models.CharField(max_length=6, choices=Kind)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    target_claim = models.ForeignKey(
        Claim, on_delete=models.PROTECT, related_name="offsets_received", null=True, blank=True
    )
    target_account = models.CharField(max_length=22, blank=True)
    reason = models.CharField(max_length=300)
    state = models.CharField(max_length=9, choices=State)
    needs_approval = models.BooleanField()
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(db_default=Now())
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.CharField(max_length=300, blank=True)
    paid_on = models.DateField(null=True)
    reference = models.CharField(max_length=50, blank=True)

    class Meta:
        constraints = [
            # Money goes back, never the other way round.
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount_positive"),
            # Above the limit a second person decides.
            models.CheckConstraint(
                condition=Q(needs_approval=False)
                | Q(decided_by__isnull=True)
                | ~Q(decided_by=F("requested_by")),
                name="refund_decided_by_another",
            ),
            # Nothing above the limit goes out undecided.
            models.CheckConstraint(
                condition=Q(needs_approval=False)
                | ~Q(state__in=["approved", "paid"])
                | Q(decided_by__isnull=False),
                name="refund_approved_by_somebody",
            ),
            # Paid says when.
            models.CheckConstraint(
                condition=~Q(state="paid") | Q(paid_on__isnull=False), name="refund_paid_has_day"
            ),
            # An offset goes to another claim, a refund to none.
            models.CheckConstraint(
                condition=Q(kind="refund", target_claim__isnull=True, target_account="")
                | (
                    Q(kind="offset", target_claim__isnull=False, target_account__in=OWED_ACCOUNTS)
                    & ~Q(target_claim=F("claim"))
                ),
                name="refund_offset_has_target",
            ),
            # The patient's money is what the patient paid too much, and only that.
            models.CheckConstraint(
                condition=Q(owner="patient", account=Account.PATIENT_RECEIVABLE)
                | Q(owner="payer", account__in=OWED_ACCOUNTS[:3]),
                name="refund_owner_fits_account",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["requested", "approved", "declined", "paid", "cancelled"]),
                name="refund_state_known",
            ),
        ]
        indexes = [
            # The worklist, newest first.
            models.Index(fields=["practice", "state", "-id"], name="refund_list"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    @property
    def origin(self) -> str:
        """What its moves are known by in the ledger."""
        return f"refund:{self.pk}"

    def moves(self) -> models.QuerySet[Posting]:
        """What it moved, oldest first; the swapped ones when it was cancelled are among them."""
        names = [self.origin, f"{self.origin}:applied"]
        names += [f"{name}:reversed" for name in names]
        rows = Posting.objects.filter(practice_id=self.practice_id, origin__in=names)
        return rows.order_by("pk")


class WorkOwner(OwnedByPractice):
    """Who works on the unapplied money of a payment, the credit of a claim's account, a visit in
    charge review.
    """

    remittance = models.OneToOneField(
        Remittance, on_delete=models.PROTECT, related_name="work_owner", null=True, blank=True
    )
    claim = models.ForeignKey(
        Claim, on_delete=models.PROTECT, related_name="work_owners", null=True, blank=True
    )
    account = models.CharField(max_length=22, blank=True)
    review = models.OneToOneField(
        ChargeReview, on_delete=models.PROTECT, related_name="work_owner", null=True, blank=True
    )
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    assigned_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            # A payment, one account of a claim, or a visit in review.
            models.CheckConstraint(
                condition=Q(
                    remittance__isnull=False, claim__isnull=True, account="", review__isnull=True
                )
                | Q(remittance__isnull=True, claim__isnull=True, account="", review__isnull=False)
                | (
                    Q(remittance__isnull=True, claim__isnull=False, review__isnull=True)
                    & ~Q(account="")
                ),
                name="work_owner_of_one_thing",
            ),
            # One person at a time.
            models.UniqueConstraint(
                fields=["claim", "account"],
                condition=Q(claim__isnull=False),
                name="work_owner_of_credit_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner_id} owns {self.remittance_id or self.claim_id or self.review_id}"
