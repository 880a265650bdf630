"""Work that comes back to the coder."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from coding.models.encounters import Encounter
from rcm.models import OwnedByPractice, User


class CoderTask(OwnedByPractice):
    """Work returned to the coder: a denial to answer. `source` names the fact that opened it.

    The coder upholds the coding with a reason, or recodes the encounter.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        UPHELD = "upheld", "Upheld"
        RECODED = "recoded", "Recoded"
        CLOSED = "closed", "Closed"

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="tasks")
    source = models.CharField(max_length=60)
    reason = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    assigned_to = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="coder_tasks", null=True, blank=True
    )
    answer = models.TextField(blank=True)
    opened_at = models.DateTimeField(db_default=Now())
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        constraints = [
            # One task per denial, however often the notice comes.
            models.UniqueConstraint(fields=["practice", "source"], name="coder_task_once"),
            # Resolved means when.
            models.CheckConstraint(
                condition=Q(state="open", resolved_at__isnull=True)
                | (~Q(state="open") & Q(resolved_at__isnull=False)),
                name="coder_task_resolved_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["practice", "state", "id"], name="coder_task_queue"),
        ]

    def __str__(self) -> str:
        return self.source

    @property
    def is_from_audit(self) -> bool:
        """Did an audit of coding open it, and not a denial?"""
        return self.source.startswith("audit:")
