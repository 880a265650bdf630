"""Paper EOBs while they are keyed: drafts, until closing turns a batch into a remittance."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from billing.models.claims import Claim, ServiceLine
from billing.models.fields import trace_key_field
from billing.models.remittances import Remittance
from payers.models import Payer
from rcm.models import OwnedByPractice, User


class ManualBatch(OwnedByPractice):
    """One paper EOB: one check or EFT, its figures keyed by hand. `control_total` is the payment.

    Closing records it as a remittance and posts it; reopening takes that posting back. `reason`
    says why a payment is keyed that seems to be here already, `reopened_reason` why it was opened
    again. `remittance` is the last one it became.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed"
        REOPENED = "reopened", "Reopened"

    class Method(models.TextChoices):
        CHECK = "CHK", "Check"
        EFT = "ACH", "EFT"
        NONE = "NON", "No payment"

    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="manual_batches")
    method = models.CharField(max_length=3, choices=Method, default=Method.CHECK)
    trace_number = models.CharField(max_length=50)
    trace_key = trace_key_field()
    paid_on = models.DateField()
    deposited_on = models.DateField(null=True, blank=True)
    control_total = models.DecimalField(max_digits=12, decimal_places=2)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    reason = models.CharField(max_length=300, blank=True)
    remittance = models.OneToOneField(
        Remittance, on_delete=models.PROTECT, related_name="manual_batch", null=True, blank=True
    )
    opened_at = models.DateTimeField(db_default=Now())
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopened_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    reopened_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "closed", "reopened"]),
                name="manual_batch_state_known",
            ),
            # Money goes out of a payer, never into one: a taking back is a claim of status 22.
            models.CheckConstraint(
                condition=Q(control_total__gte=0), name="manual_batch_total_not_negative"
            ),
            # Closed means it became a remittance, at a time.
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(remittance__isnull=False, closed_at__isnull=False),
                name="manual_batch_closed_has_remittance",
            ),
            # Reopened says why.
            models.CheckConstraint(
                condition=~Q(state="reopened") | ~Q(reopened_reason=""),
                name="manual_batch_reopened_has_reason",
            ),
        ]
        indexes = [
            # The list, newest first.
            models.Index(fields=["practice", "-id"], name="manual_batch_newest"),
            # Is the payment of an 835 keyed already?
            models.Index(fields=["practice", "payer", "paid_on"], name="manual_batch_by_payer"),
        ]

    def __str__(self) -> str:
        return self.trace_number

    @property
    def is_open(self) -> bool:
        """May it be changed?"""
        return self.state != self.State.CLOSED


class ManualPage(OwnedByPractice):
    """One scanned page of the EOB. `content_type` is what its bytes are, whatever its name says."""

    class Kind(models.TextChoices):
        PDF = "application/pdf", "PDF"
        PNG = "image/png", "PNG"
        JPEG = "image/jpeg", "JPEG"

    batch = models.ForeignKey(ManualBatch, on_delete=models.PROTECT, related_name="pages")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=20, choices=Kind)
    content = models.BinaryField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField(db_default=Now())
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "position"], name="manual_page_position_once"),
            # The same scan twice is one page.
            models.UniqueConstraint(fields=["batch", "sha256"], name="manual_page_bytes_once"),
            # A browser is told one of these types and no other.
            models.CheckConstraint(
                condition=Q(content_type__in=["application/pdf", "image/png", "image/jpeg"]),
                name="manual_page_type_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ManualClaim(OwnedByPractice):
    """One claim of ours as the EOB speaks of it. `locked_by` keys it now, until `locked_until`.

    `is_repeat`: a person said that the same claim stands on the EOB more than once.
    """

    class Status(models.TextChoices):
        PRIMARY = "1", "1 Paid as primary"
        SECONDARY = "2", "2 Paid as secondary"
        TERTIARY = "3", "3 Paid as tertiary"
        DENIED = "4", "4 Denied"
        REVERSAL = "22", "22 Taken back"

    batch = models.ForeignKey(ManualBatch, on_delete=models.PROTECT, related_name="claims")
    position = models.PositiveSmallIntegerField()
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="manual_claims")
    status_code = models.CharField(max_length=2, choices=Status, default=Status.PRIMARY)
    payer_claim_control_number = models.CharField(max_length=50, blank=True)
    is_repeat = models.BooleanField(default=False)
    locked_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    locked_until = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "position"], name="manual_claim_position_once"
            ),
            # The same claim twice only when a person said so.
            models.UniqueConstraint(
                fields=["batch", "claim"],
                condition=Q(is_repeat=False),
                name="manual_claim_once",
            ),
            models.CheckConstraint(
                condition=Q(status_code__in=["1", "2", "3", "4", "22"]),
                name="manual_claim_status_known",
            ),
        ]

    def __str__(self) -> str:
        return str(self.claim)


class ManualLine(OwnedByPractice):
    """One line of ours on the EOB. `amount_paid` None means not keyed yet.

    `adjustments` is a list of [group, reason, cents]. `is_left_out`: the EOB does not speak of this
    line. `reason` explains a line paid above its charge. Amounts of a claim taken back (22) are
    negative, as on the EOB.
    """

    manual_claim = models.ForeignKey(ManualClaim, on_delete=models.PROTECT, related_name="lines")
    service_line = models.ForeignKey(
        ServiceLine, on_delete=models.PROTECT, related_name="manual_lines"
    )
    position = models.PositiveSmallIntegerField()
    amount_paid = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    amount_allowed = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    adjustments = models.JSONField(default=list)
    is_left_out = models.BooleanField(default=False)
    reason = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["manual_claim", "service_line"], name="manual_line_once"
            ),
            # A line the EOB does not speak of carries no money.
            models.CheckConstraint(
                condition=Q(is_left_out=False)
                | Q(amount_paid__isnull=True, amount_allowed__isnull=True, adjustments=[]),
                name="manual_line_left_out_is_empty",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_line} {self.amount_paid}"


class ManualProviderAdjustment(OwnedByPractice):
    """Money of the EOB tied to no claim (PLB): positive reduces the payment, negative adds."""

    batch = models.ForeignKey(
        ManualBatch, on_delete=models.PROTECT, related_name="provider_adjustments"
    )
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=2)
    reference = models.CharField(max_length=50, blank=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "position"], name="manual_adjustment_position_once"
            ),
            # Nothing is kept back or added by 0.00.
            models.CheckConstraint(condition=~Q(amount=0), name="manual_adjustment_not_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.amount}"
