"""Long work in view: how far, how many failed, what to do about it."""

from django.db import models
from django.db.models.functions import Now

from rcm.models.people import User
from rcm.models.practice import OwnedByPractice


class Job(OwnedByPractice):
    """One piece of work a person waits for. Rows, not messages: Redis may lose everything."""

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        PARTIAL = "partial", "Partly done"
        FAILED = "failed", "Failed"

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
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # The jobs page and the card in the sidebar.
            models.Index(fields=["practice", "-id"], name="job_newest"),
            models.Index(fields=["practice", "kind", "subject_id"], name="job_of_subject"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_finished(self) -> bool:
        return self.state in (self.State.DONE, self.State.PARTIAL, self.State.FAILED)

    @property
    def percent(self) -> int:
        return min(100, self.completed * 100 // self.total) if self.total else 0
