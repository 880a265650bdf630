"""Statements to patients: what was owed on a day, frozen, and the batches they are made in."""

from datetime import date, timedelta
from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from rcm.models import OwnedByPractice, Patient, User

ORIGIN = date(2000, 1, 1)


class AccountSettings(OwnedByPractice):
    """How a practice deals with its patients' accounts. A practice without a row has the defaults.

    `inquiry_days` are business days to answer a question in. A plan is in default after
    `missed_installments`. Above `collections_limit` dollars a second person sends to collections.
    """

    is_on = models.BooleanField(default=False)
    minimum = models.DecimalField(max_digits=8, decimal_places=2, default=Decimal("5.00"))
    interval_days = models.PositiveSmallIntegerField(default=28)
    due_days = models.PositiveSmallIntegerField(default=21)
    message = models.CharField(max_length=400, blank=True)
    remit_to = models.CharField(max_length=300, blank=True)
    missed_installments = models.PositiveSmallIntegerField(default=2)
    inquiry_days = models.PositiveSmallIntegerField(default=3)
    collections_statements = models.PositiveSmallIntegerField(default=3)
    collections_days = models.PositiveSmallIntegerField(default=90)
    collections_limit = models.DecimalField(
        max_digits=10, decimal_places=2, default=Decimal("500.00")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice"], name="account_settings_once"),
            # A statement about nothing, or two of one day, is what no setting may ask for.
            models.CheckConstraint(
                condition=Q(minimum__gt=0, interval_days__gte=1, due_days__gte=1)
                & Q(missed_installments__gte=1, inquiry_days__gte=1)
                & Q(collections_statements__gte=1, collections_limit__gte=0),
                name="account_settings_possible",
            ),
        ]

    def __str__(self) -> str:
        return f"Account settings of practice {self.practice_id}"

    def cycle_of(self, day: date) -> date:
        """The first day of the interval `day` lies in; an account has one statement in it."""
        return day - timedelta(days=(day - ORIGIN).days % self.interval_days)


class StatementBatch(OwnedByPractice):
    """Statements made together. Until they are marked mailed the whole batch can be undone."""

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        MADE = "made", "Made"
        MAILED = "mailed", "Mailed"
        UNDONE = "undone", "Undone"

    statement_on = models.DateField()
    state = models.CharField(max_length=6, choices=State, default=State.QUEUED)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    mailed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    mailed_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # Two at once would only wait for each other.
            models.UniqueConstraint(
                fields=["practice"], condition=Q(state="queued"), name="statement_batch_one_waits"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "made"], mailed_at=None, undone_at=None)
                | Q(state="mailed", mailed_at__isnull=False, undone_at=None)
                | Q(state="undone", undone_at__isnull=False, mailed_at=None),
                name="statement_batch_state_whole",
            ),
        ]
        indexes = [models.Index(fields=["practice", "-id"], name="statement_batch_newest")]

    def __str__(self) -> str:
        return f"Statements of {self.statement_on:%m/%d/%Y}"


class BatchAccount(OwnedByPractice):
    """An account in a batch: still to do, stated, or why it has no statement after all."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        MADE = "made", "Made"
        SKIPPED = "skipped", "No statement"
        FAILED = "failed", "Failed"

    batch = models.ForeignKey(StatementBatch, on_delete=models.PROTECT, related_name="accounts")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "patient"], name="batch_account_once"),
        ]
        indexes = [
            # What of a batch is still to do, in order.
            models.Index(
                fields=["batch", "id"],
                name="batch_account_waiting",
                condition=Q(state="waiting"),
            ),
        ]

    def __str__(self) -> str:
        return f"Account {self.patient_id} in batch {self.batch_id}"


class Statement(OwnedByPractice):
    """What a patient was told to owe on a day. `content` is the whole document, as texts.

    Never changed: a statement of a batch that was undone is void and keeps its number.
    """

    batch = models.ForeignKey(
        StatementBatch, on_delete=models.PROTECT, related_name="statements", null=True
    )
    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="statements", db_index=False
    )
    number = models.CharField(max_length=12)
    statement_on = models.DateField()
    cycle_on = models.DateField()
    due_on = models.DateField()
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    content = models.JSONField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    voided_at = models.DateTimeField(null=True)
    resent_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "number"], name="statement_number_once"),
            # One statement for one account and cycle, whoever makes it.
            models.UniqueConstraint(
                fields=["patient", "cycle_on"],
                condition=Q(voided_at=None),
                name="statement_once_a_cycle",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="statement_amount_positive"),
        ]
        indexes = [
            # The statements of an account, newest first; the last one of many accounts.
            models.Index(
                fields=["practice", "patient", "-statement_on"], name="statement_of_patient"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class StatementPrint(OwnedByPractice):
    """A part of the batch's document for the printer: `count` statements as one PDF."""

    batch = models.ForeignKey(StatementBatch, on_delete=models.PROTECT, related_name="prints")
    content = models.BinaryField()
    count = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"Part of batch {self.batch_id}"


class StatementDocument(OwnedByPractice):
    """All parts of a batch joined for the printer; stale when `count` is not what they count."""

    batch = models.OneToOneField(StatementBatch, on_delete=models.PROTECT, related_name="document")
    content = models.BinaryField()
    count = models.PositiveIntegerField()
    made_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"Document of batch {self.batch_id}"
