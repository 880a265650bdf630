"""One verb done to many denials: what was chosen, what became of each, what was taken back."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from denials.models.denials import Denial
from rcm.models import OwnedByPractice, User


class DenialBulk(OwnedByPractice):
    """A verb with its values, and the denials it was planned for.

    `denial_ids` never change, and `seen` has a print of each case as the person saw it: what is
    another one when its turn comes is passed over. `plan` is what the list said before.
    """

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        UNDOING = "undoing", "Being undone"
        UNDONE = "undone", "Undone"

    verb = models.CharField(max_length=20)
    values = models.JSONField(default=dict)
    denial_ids = ArrayField(models.BigIntegerField())
    seen = ArrayField(models.BigIntegerField())
    plan = models.JSONField(default=dict)
    # Where the list was, to go back to it.
    query = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.PLANNED)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    confirmed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="planned", confirmed_at__isnull=True)
                | (~Q(state="planned") & Q(confirmed_at__isnull=False)),
                name="denial_bulk_confirmed",
            ),
            # Undone says by whom and when.
            models.CheckConstraint(
                condition=Q(state__in=["undoing", "undone"], undone_by__isnull=False)
                | (~Q(state__in=["undoing", "undone"]) & Q(undone_by__isnull=True)),
                name="denial_bulk_undone_by_somebody",
            ),
        ]
        indexes = [
            # The sweep looks for what a lost worker left.
            models.Index(
                fields=["practice", "id"],
                condition=Q(state__in=["running", "undoing"]),
                name="denial_bulk_unfinished",
            ),
        ]

    def __str__(self) -> str:
        return f"Bulk {self.pk}"


class DenialBulkItem(OwnedByPractice):
    """What became of one denial: done, or left as it was and why; then the same of its undoing.

    `before` and `after` hold the fields a verb may change.
    """

    class Outcome(models.TextChoices):
        DONE = "done", "Done"
        REQUESTED = "requested", "Asks for approval"
        LEFT = "left", "Left as it was"

    class Undo(models.TextChoices):
        NONE = "", "Not undone"
        UNDONE = "undone", "Taken back"
        KEPT = "kept", "Kept"

    bulk = models.ForeignKey(DenialBulk, on_delete=models.PROTECT, related_name="items")
    denial = models.ForeignKey(Denial, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=9, choices=Outcome)
    why = models.CharField(max_length=300, blank=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    undo = models.CharField(max_length=6, choices=Undo, default=Undo.NONE, blank=True)
    undo_why = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            # Whatever is tried again: each denial has one outcome.
            models.UniqueConstraint(fields=["bulk", "denial"], name="denial_bulk_item_once"),
        ]

    def __str__(self) -> str:
        return f"{self.denial_id} {self.outcome}"
