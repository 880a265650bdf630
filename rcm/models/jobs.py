"""Long work in view: how far, how many failed, what to do about it."""

from django.db import models
from django.db.models.functions import Now

from rcm.models.people import User
from rcm.models.practice import OwnedByPractice


class Job(OwnedByPractice):
    """One piece of work a person waits for. Rows, not messages: Redis may lose everything.

    Work that `can_cancel` looks at its own row while it runs: once `cancel_requested_by` stands
    there it leaves nothing behind and ends as cancelled, unless it was over first.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        PARTIAL = "partial", "Partly done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    kind = models.CharField(max_length=40)
    label = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    subject_type = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    total = models.PositiveIntegerField(default=0)
    completed = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    message = models.CharField(max_length=300, blank=True)
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    can_cancel = models.BooleanField(db_default=False)
    cancel_requested_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # Only a person's request ends work as cancelled.
            models.CheckConstraint(
                condition=~models.Q(state="cancelled")
                | models.Q(cancel_requested_by__isnull=False),
                name="job_cancelled_by_somebody",
            ),
            # A request has its person and its time.
            models.CheckConstraint(
                condition=models.Q(cancel_requested_by=None, cancel_requested_at=None)
                | models.Q(cancel_requested_by__isnull=False, cancel_requested_at__isnull=False),
                name="job_cancel_request_is_whole",
            ),
        ]
        indexes = [
            # The jobs page and the card in the sidebar.
            models.Index(fields=["practice", "-id"], name="job_newest"),
            models.Index(fields=["practice", "kind", "subject_id"], name="job_of_subject"),
            # What runs, for the card in the sidebar and the sweep.
            models.Index(
                fields=["practice", "-id"],
                name="job_running",
                condition=models.Q(state__in=["queued", "running"]),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_finished(self) -> bool:
        return self.state not in (self.State.QUEUED, self.State.RUNNING)

    @property
    def may_cancel(self) -> bool:
        """Can a person still ask it to stop?"""
        return self.can_cancel and not self.is_finished and self.cancel_requested_at is None

    @property
    def percent(self) -> int:
        return min(100, self.completed * 100 // self.total) if self.total else 0
