"""What a payer is asked about a policy, and what it answers (270/271)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from payers.models.parties import Coverage
from rcm.models import OwnedByPractice, User


class InquiryState(models.TextChoices):
    """How far a question to a payer came; `failed` says why in `message`."""

    WAITING = "waiting", "To be sent"
    SENT = "sent", "Waits for the payer"
    ANSWERED = "answered", "Answered"
    FAILED = "failed", "Failed"


class EligibilityInquiry(OwnedByPractice):
    """One question: is this policy in force on `for_day`, what does it cover (2000C/D of a 270).

    `trace_number` goes out as TRN02 and comes back. `asked_as` is a digest of the names, birth date
    and member id that were sent: an answer counts only while the policy still says the same.
    """

    State = InquiryState

    coverage = models.ForeignKey(
        Coverage, on_delete=models.PROTECT, related_name="eligibility_inquiries"
    )
    for_day = models.DateField()
    service_types = ArrayField(models.CharField(max_length=2), default=list)
    trace_number = models.CharField(max_length=20)
    asked_as = models.CharField(max_length=64)
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
                fields=["practice", "trace_number"], name="eligibility_trace_once"
            ),
            # Nobody asks the same thing again while the payer has not answered.
            models.UniqueConstraint(
                fields=["coverage", "for_day"],
                condition=Q(state__in=["waiting", "sent"]),
                name="eligibility_asked_once",
            ),
            models.CheckConstraint(
                condition=Q(state="answered", answered_at__isnull=False)
                | (~Q(state="answered") & Q(answered_at__isnull=True)),
                name="eligibility_answered_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(message=""), name="eligibility_failure_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(service_types=[]), name="eligibility_asks_something"
            ),
        ]
        indexes = [
            # The list, newest first.
            models.Index(fields=["practice", "-id"], name="eligibility_newest"),
            # What is to be sent, and what no payer has answered for long.
            models.Index(
                fields=["practice", "state", "asked_at"],
                name="eligibility_open",
                condition=Q(state__in=["waiting", "sent"]),
            ),
        ]

    def __str__(self) -> str:
        return self.trace_number


class EligibilityAnswer(OwnedByPractice):
    """What a 271 says about one policy. `reason` says in plain words why it is not simply active.

    Names and birth date are as the payer has them; `mismatches` names the fields in which they
    differ from ours (last_name, first_name, birth_date, member_id).
    """

    class PlanStatus(models.TextChoices):
        ACTIVE = "active", "Active"
        INACTIVE = "inactive", "Inactive"
        UNKNOWN = "unknown", "Not said"
        ERROR = "error", "Not found or refused"

    inquiry = models.ForeignKey(
        EligibilityInquiry, on_delete=models.PROTECT, related_name="answers"
    )
    plan_status = models.CharField(max_length=8, choices=PlanStatus)
    reason = models.CharField(max_length=300, blank=True)
    rejection_codes = ArrayField(models.CharField(max_length=3), default=list)
    plan_name = models.CharField(max_length=60, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    member_id = models.CharField(max_length=80, blank=True)
    last_name = models.CharField(max_length=60, blank=True)
    first_name = models.CharField(max_length=35, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    mismatches = ArrayField(models.CharField(max_length=12), default=list)
    other_payer_name = models.CharField(max_length=60, blank=True)
    other_payer_id = models.CharField(max_length=80, blank=True)
    digest = models.CharField(max_length=64)
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            # The same answer is stored once, in however many files it comes.
            models.UniqueConstraint(fields=["inquiry", "digest"], name="eligibility_answer_once"),
            models.CheckConstraint(
                condition=Q(plan_status__in=["active", "inactive", "unknown", "error"]),
                name="eligibility_status_known",
            ),
            models.CheckConstraint(
                condition=Q(plan_status="active") | ~Q(reason=""),
                name="eligibility_answer_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inquiry_id}: {self.plan_status}"


class EligibilityBenefit(OwnedByPractice):
    """One EB of an answer. `percent` is the patient's part (20 for EB08 0.2), `amount` dollars."""

    answer = models.ForeignKey(EligibilityAnswer, on_delete=models.PROTECT, related_name="benefits")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=3)
    service_types = ArrayField(models.CharField(max_length=3), default=list)
    level = models.CharField(max_length=3, blank=True)
    time = models.CharField(max_length=2, blank=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    percent = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    quantity = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    network = models.CharField(max_length=1, blank=True)
    authorization = models.CharField(max_length=1, blank=True)
    plan_name = models.CharField(max_length=50, blank=True)
    messages = ArrayField(models.CharField(max_length=264), default=list)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["answer", "position"], name="eligibility_benefit_position_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {'^'.join(self.service_types)}"
