"""Answers to our files as they came, rejected claims as work, and how long silence may last."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from billing.models.claims import Batch, Claim
from billing.models.files import InterchangeFile
from payers.models import Payer
from rcm.models import OwnedByPractice, User


class BatchAnswer(OwnedByPractice):
    """One TA1, or one 999 of a batch: of its group, or of one transaction of it (ST02).

    Every answer is kept, late, doubled and contradicting ones too; the batch has the worst of
    them. `answer_number` is ISA13 (TA1) or ISA13/ST02 (999) of the answer.
    """

    class Kind(models.TextChoices):
        TA1 = "TA1", "Interchange (TA1)"
        GROUP = "999", "Group (999)"
        TRANSACTION = "ST", "Transaction (999)"

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="answers")
    file = models.ForeignKey(
        InterchangeFile, on_delete=models.PROTECT, related_name="batch_answers"
    )
    kind = models.CharField(max_length=3, choices=Kind)
    transaction_number = models.CharField(max_length=9, blank=True)
    code = models.CharField(max_length=1)
    note = models.CharField(max_length=20, blank=True)
    message = models.CharField(max_length=300, blank=True)
    answer_number = models.CharField(max_length=20, blank=True)
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            # The same answer of the same file is one row, however often the file is read.
            models.UniqueConstraint(
                fields=["file", "batch", "kind", "transaction_number", "code"],
                name="batch_answer_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.code}"


class AnswerError(OwnedByPractice):
    """One IK3 or IK4: where a 999 finds a fault, with what we sent there.

    `claim` is the one claim the place belongs to; none when it speaks for several. `value_sent` is
    out of our own file, may be PHI and goes into no log and no event.
    """

    answer = models.ForeignKey(BatchAnswer, on_delete=models.PROTECT, related_name="errors")
    claim = models.ForeignKey(
        Claim, on_delete=models.PROTECT, related_name="answer_errors", null=True, blank=True
    )
    position = models.PositiveIntegerField()
    segment = models.CharField(max_length=3)
    element = models.PositiveSmallIntegerField(default=0)
    component = models.PositiveSmallIntegerField(default=0)
    code = models.CharField(max_length=3)
    message = models.CharField(max_length=300)
    field = models.CharField(max_length=80, blank=True)
    value_sent = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.message


class Rejection(OwnedByPractice):
    """A sending that was turned away before adjudication, as work: correct it, send it again.

    Open until the claim is in a batch again; a claim that was voided or decided meanwhile is no
    work any more (billing.rejections). `reason` groups rejections of the same cause, `field` and
    `value_sent` show what the answer speaks of as we sent it. `is_contradicted`: the same sending
    was accepted, too.
    """

    class Source(models.TextChoices):
        TA1 = "TA1", "TA1"
        FORM = "999", "999"
        CLAIM = "277", "277CA"

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="rejections")
    batch = models.ForeignKey(
        Batch, on_delete=models.PROTECT, related_name="rejections", null=True, blank=True
    )
    file = models.ForeignKey(InterchangeFile, on_delete=models.PROTECT, related_name="rejections")
    source = models.CharField(max_length=3, choices=Source)
    reason = models.CharField(max_length=60)
    label = models.CharField(max_length=200)
    message = models.CharField(max_length=300)
    field = models.CharField(max_length=80, blank=True)
    value_sent = models.CharField(max_length=200, blank=True)
    is_contradicted = models.BooleanField(default=False)
    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    rejected_at = models.DateTimeField()
    due_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # One open rejection per claim.
            models.UniqueConstraint(
                fields=["claim"],
                condition=Q(resolved_at__isnull=True),
                name="rejection_open_once",
            ),
        ]
        indexes = [
            # The rejection queue, overdue first, and its count in the sidebar.
            models.Index(
                fields=["practice", "due_at", "id"],
                name="rejection_open",
                condition=Q(resolved_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.label


class AnswerClock(OwnedByPractice):
    """After how long a payer's silence is an alarm, learned from its last answers.

    A payer without a row has the default of billing.rules.answer_clocks.
    """

    class Step(models.TextChoices):
        FORM = "form", "999"
        CLAIMS = "claims", "277CA"
        PAYMENT = "payment", "Payment"

    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="answer_clocks")
    step = models.CharField(max_length=7, choices=Step)
    expected_within = models.DurationField()
    answers_count = models.PositiveIntegerField()
    learned_at = models.DateTimeField()

    class Meta:
        constraints = [
            # One clock per payer and step; also how the queue finds it.
            models.UniqueConstraint(fields=["practice", "payer", "step"], name="answer_clock_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()} within {self.expected_within}"
