"""The record of every act and every view of a patient's data: append-only."""

from django.db import models
from django.db.models.functions import Now

from rcm.models.people import Practice, User


class Event(models.Model):
    """Something somebody did or saw. The database refuses to change or delete one.

    `data` holds ids, amounts and codes of ours; never a name, a diagnosis or a member id.
    `created_by` is empty for work the system did by itself.
    """

    # Its own index would be a second one on the practice: event_newest begins with it.
    practice = models.ForeignKey(
        Practice, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    name = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField(null=True)
    patient_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(db_default=Now())
    ip_address = models.GenericIPAddressField(null=True)

    class Meta:
        indexes = [
            # The audit page, newest first.
            models.Index(fields=["practice", "-id"], name="event_newest"),
            # One claim's, encounter's or remittance's timeline.
            models.Index(
                fields=["practice", "subject_type", "subject_id", "id"], name="event_of_subject"
            ),
            # Who saw this patient's data?
            models.Index(
                fields=["practice", "patient_id", "-id"],
                name="event_of_patient",
                condition=models.Q(patient_id__isnull=False),
            ),
            # How long a person had charts in hand; bulk work names nobody and is not in it.
            models.Index(
                fields=["practice", "created_by", "created_at"],
                name="event_of_person_on_chart",
                condition=models.Q(subject_type="encounter", created_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.subject_type}:{self.subject_id}"

    @property
    def subject_label(self) -> str:
        return f"{self.subject_type}:{self.subject_id}"

    @property
    def details(self) -> str:
        return ", ".join(f"{name} {value}" for name, value in self.data.items())
