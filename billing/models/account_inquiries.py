"""Questions of patients about their bills. One that disputes a bill stops statements."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from rcm.models import OwnedByPractice, Patient, User


class AccountInquiry(OwnedByPractice):
    """A question with its thread, to be answered by `due_on`; closed with an answer."""

    class Kind(models.TextChoices):
        QUESTION = "question", "Question"
        DISPUTE = "dispute", "Dispute"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="account_inquiries")
    kind = models.CharField(max_length=8, choices=Kind)
    due_on = models.DateField()
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(db_default=Now())
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["question", "dispute"]), name="account_inquiry_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="account_inquiry_end_whole",
            ),
        ]
        indexes = [
            # Open questions by the day they are to be answered.
            models.Index(
                fields=["practice", "due_on"],
                name="account_inquiry_open",
                condition=Q(closed_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class AccountMessage(OwnedByPractice):
    """One message of a thread: what the patient said, or what was answered. Append-only."""

    class Author(models.TextChoices):
        PATIENT = "patient", "Patient"
        PRACTICE = "practice", "Practice"

    inquiry = models.ForeignKey(AccountInquiry, on_delete=models.PROTECT, related_name="messages")
    author = models.CharField(max_length=8, choices=Author)
    text = models.CharField(max_length=2000)
    is_answer = models.BooleanField(default=False)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            # A question is closed with one answer.
            models.UniqueConstraint(
                fields=["inquiry"], condition=Q(is_answer=True), name="account_answer_once"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="account_message_says_something"),
        ]

    def __str__(self) -> str:
        return f"Message {self.pk}"
