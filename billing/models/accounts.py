"""The account of a patient: what the patient paid, and the moves that are the patient's own.

An account is one patient of one practice. What it owes is the sum of the moves of the patient's
claims, what is prepaid of the moves named here; billing.models.balances keeps both.
"""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from billing.models.ledger import Posting
from rcm.models import OwnedByPractice, Patient, User
from rcm.models.idempotency import KEY_LENGTH


class PatientPayment(OwnedByPractice):
    """Money of a patient, once per `key`; `body_sha256` tells whether a repeated key means the same
    payment.

    `method` prepayment takes what is prepaid instead of new money. Its moves carry the origin
    `patient_payment:<id>:…` (docs/money.md). Taking it back swaps them: `reversals` counts how
    often, so that a reversal can be undone and made again.
    """

    class Method(models.TextChoices):
        CASH = "cash", "Cash"
        CHECK = "check", "Check"
        CARD = "card", "Card"
        PREPAYMENT = "prepayment", "Prepaid money"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="payments")
    method = models.CharField(max_length=10, choices=Method)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    reference = models.CharField(max_length=50, blank=True)
    paid_on = models.DateField()
    key = models.CharField(max_length=KEY_LENGTH)
    body_sha256 = models.CharField(max_length=64)
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(db_default=Now())
    is_reversed = models.BooleanField(default=False)
    reversals = models.PositiveSmallIntegerField(default=0)
    reversal_reason = models.CharField(max_length=300, blank=True)
    reversed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reversed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # Money comes in; giving it back is a reversal or a refund.
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="patient_payment_amount_positive"
            ),
            # The same key is the same payment.
            models.UniqueConstraint(fields=["practice", "key"], name="patient_payment_once"),
            models.CheckConstraint(condition=~Q(key=""), name="patient_payment_has_key"),
            models.CheckConstraint(
                condition=Q(method__in=["cash", "check", "card", "prepayment"]),
                name="patient_payment_method_known",
            ),
            # A check has its number, a card its reference: the bank names no other.
            models.CheckConstraint(
                condition=Q(method__in=["cash", "prepayment"]) | ~Q(reference=""),
                name="patient_payment_has_reference",
            ),
            # A payment taken back says why and by whom.
            models.CheckConstraint(
                condition=Q(is_reversed=False)
                | (
                    Q(reversed_by__isnull=False, reversed_at__isnull=False, reversals__gt=0)
                    & ~Q(reversal_reason="")
                ),
                name="patient_payment_reversal_whole",
            ),
        ]
        indexes = [
            # The payments of an account, newest first.
            models.Index(fields=["practice", "patient", "-id"], name="patient_payment_list"),
        ]

    def __str__(self) -> str:
        return f"Payment {self.pk}"

    @property
    def origin(self) -> str:
        """What its moves are known by in the ledger."""
        return f"patient_payment:{self.pk}"

    @property
    def shown_method(self) -> str:
        """As a receipt names it: "Check 1041"."""
        return f"{self.get_method_display()} {self.reference}".strip()


class PatientMove(OwnedByPractice):
    """Whose a move of the ledger is that came from a patient's payment. Append-only.

    The prepaid money of a patient is the sum of these moves on `patient_prepayment`.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", db_index=False)
    payment = models.ForeignKey(PatientPayment, on_delete=models.PROTECT, related_name="moves")
    posting = models.OneToOneField(Posting, on_delete=models.PROTECT, related_name="patient_move")

    class Meta:
        indexes = [
            # What a patient has prepaid.
            models.Index(fields=["practice", "patient"], name="patient_move_of_patient"),
        ]

    def __str__(self) -> str:
        return f"Move {self.posting_id} of payment {self.payment_id}"


class AccountFlag(OwnedByPractice):
    """A stop on an account that a person set: bankruptcy, or collections. Ended, never deleted."""

    class Kind(models.TextChoices):
        BANKRUPTCY = "bankruptcy", "Bankruptcy"
        COLLECTIONS = "collections", "Collections"

    class State(models.TextChoices):
        REQUESTED = "requested", "Needs approval"
        SET = "set", "Set"
        ENDED = "ended", "Ended"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="account_flags")
    kind = models.CharField(max_length=11, choices=Kind)
    state = models.CharField(max_length=9, choices=State)
    reason = models.CharField(max_length=300)
    amount = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    needs_approval = models.BooleanField(default=False)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(db_default=Now())
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            # One of a kind at a time.
            models.UniqueConstraint(
                fields=["patient", "kind"],
                condition=~Q(state="ended"),
                name="account_flag_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["bankruptcy", "collections"])
                & Q(state__in=["requested", "set", "ended"]),
                name="account_flag_known",
            ),
            # Above the limit somebody else says yes.
            models.CheckConstraint(
                condition=Q(needs_approval=False)
                | Q(decided_by__isnull=True)
                | ~Q(decided_by=models.F("requested_by")),
                name="account_flag_by_another",
            ),
            # Nothing above the limit stands undecided.
            models.CheckConstraint(
                condition=Q(needs_approval=False) | ~Q(state="set") | Q(decided_by__isnull=False),
                name="account_flag_approved",
            ),
            models.CheckConstraint(
                condition=~Q(state="ended") | Q(ended_by__isnull=False, ended_at__isnull=False),
                name="account_flag_end_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
