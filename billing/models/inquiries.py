"""Questions to payers on their way: files of 270 and 276, and what is said about claims (277)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from billing.models.claims import Claim
from billing.models.files import InterchangeFile
from payers.models import Channel, EligibilityAnswer, EligibilityInquiry, InquiryState, Payer
from rcm.models import OwnedByPractice, User


class InquiryBatch(OwnedByPractice):
    """One 270 or 276 file to one payer over one channel. Sent as a Batch of claims is.

    `unknown` means the line broke while sending: it is never sent twice by itself. Control numbers
    come from the same sequences as those of claim files. `payer_identifier` is the payer's id on
    this channel (NM109 of the payer); empty leaves the payer's own.
    """

    class Kind(models.TextChoices):
        ELIGIBILITY = "270", "Eligibility"
        STATUS = "276", "Claim status"

    class State(models.TextChoices):
        QUEUED = "queued", "In the outbox"
        SENDING = "sending", "Sending"
        SENT = "sent", "Sent"
        ACKNOWLEDGED = "acknowledged", "Acknowledged"
        REJECTED = "rejected", "Rejected"
        UNKNOWN = "unknown", "Outcome unknown"
        FAILED = "failed", "Not sent"

    kind = models.CharField(max_length=3, choices=Kind)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="inquiry_batches")
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="inquiry_batches")
    payer_identifier = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    interchange_control_number = models.PositiveIntegerField()
    group_control_number = models.PositiveIntegerField()
    file = models.ForeignKey(
        InterchangeFile, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    inquiries_count = models.PositiveIntegerField()
    send_after = models.DateTimeField(db_default=Now())
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    message = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            # A control number is never used twice.
            models.UniqueConstraint(
                fields=["practice", "interchange_control_number"],
                name="inquiry_control_number_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["270", "276"]), name="inquiry_batch_kind_known"
            ),
        ]
        indexes = [
            # The sweep: what is to be sent, and sendings that never ended.
            models.Index(
                fields=["practice", "send_after"],
                name="inquiry_batch_open",
                condition=Q(state__in=["queued", "sending"]),
            ),
            # A TA1 or 999 names one of the two numbers.
            models.Index(
                fields=["practice", "group_control_number"], name="inquiry_batch_by_group"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.interchange_control_number}"


class EligibilitySending(OwnedByPractice):
    """Which file carries a question about eligibility."""

    inquiry = models.OneToOneField(
        EligibilityInquiry, on_delete=models.PROTECT, related_name="sending"
    )
    batch = models.ForeignKey(
        InquiryBatch, on_delete=models.PROTECT, related_name="eligibility_sendings"
    )

    def __str__(self) -> str:
        return f"{self.inquiry_id} in {self.batch_id}"


class EligibilitySource(OwnedByPractice):
    """The file an answer about eligibility came in."""

    answer = models.OneToOneField(
        EligibilityAnswer, on_delete=models.PROTECT, related_name="source"
    )
    file = models.ForeignKey(
        InterchangeFile, on_delete=models.PROTECT, related_name="eligibility_sources"
    )

    def __str__(self) -> str:
        return f"{self.answer_id} from {self.file_id}"


class StatusInquiry(OwnedByPractice):
    """One question: what became of this claim (2200D/E of a 276). `trace_number` is TRN02."""

    State = InquiryState

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="status_inquiries")
    batch = models.ForeignKey(
        InquiryBatch, on_delete=models.PROTECT, related_name="status_inquiries", null=True
    )
    trace_number = models.CharField(max_length=20)
    state = models.CharField(max_length=8, choices=InquiryState, default=InquiryState.WAITING)
    message = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField(db_default=Now())
    asked_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # The payer echoes it: it must mean one question for ever.
            models.UniqueConstraint(
                fields=["practice", "trace_number"], name="status_inquiry_trace_once"
            ),
            # Nobody asks about a claim again while the payer has not answered.
            models.UniqueConstraint(
                fields=["claim"],
                condition=Q(state__in=["waiting", "sent"]),
                name="status_inquiry_asked_once",
            ),
            models.CheckConstraint(
                condition=Q(state="answered", answered_at__isnull=False)
                | (~Q(state="answered") & Q(answered_at__isnull=True)),
                name="status_inquiry_answered_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(message=""),
                name="status_inquiry_failure_says_why",
            ),
        ]
        indexes = [
            # The list, newest first.
            models.Index(fields=["practice", "-id"], name="status_inquiry_newest"),
            # What is to be sent, and what no payer has answered for long.
            models.Index(
                fields=["practice", "state", "asked_at"],
                name="status_inquiry_open",
                condition=Q(state__in=["waiting", "sent"]),
            ),
        ]

    def __str__(self) -> str:
        return self.trace_number


class StatusAnswer(OwnedByPractice):
    """What a 277 says of one claim (2200D/E), asked for or not. It moves nothing and posts nothing.

    `category` and `status_code` are STC01; `statuses` all composites of the claim as sent; `lines`
    {line_control_number, words, amount_paid} of each SVC.
    """

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="status_answers")
    inquiry = models.ForeignKey(
        StatusInquiry, on_delete=models.PROTECT, related_name="answers", null=True, blank=True
    )
    file = models.ForeignKey(
        InterchangeFile, on_delete=models.PROTECT, related_name="status_answers"
    )
    category = models.CharField(max_length=3)
    status_code = models.CharField(max_length=4, blank=True)
    statuses = ArrayField(models.CharField(max_length=12), default=list)
    words = models.CharField(max_length=300)
    effective_on = models.DateField(null=True, blank=True)
    amount_billed = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    amount_paid = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    finalized_on = models.DateField(null=True, blank=True)
    paid_on = models.DateField(null=True, blank=True)
    check_number = models.CharField(max_length=50, blank=True)
    payer_claim_control_number = models.CharField(max_length=50, blank=True)
    lines = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            # The same answer is stored once, in however many files it comes.
            models.UniqueConstraint(fields=["claim", "digest"], name="status_answer_once"),
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.status_code}"
