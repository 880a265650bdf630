"""Visits to be coded and the documents that say what was done."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from payers.models import Coverage
from rcm.models import OwnedByPractice, Patient, Provider, ServiceLocation, User


class Encounter(OwnedByPractice):
    """One visit, to be coded. `version` guards against two people saving over each other."""

    class State(models.TextChoices):
        NEW = "new", "To code"
        IN_CODING = "in_coding", "In coding"
        HELD = "held", "On hold"
        FINALIZED = "finalized", "Coded"
        RETURNED = "returned", "Returned"

    number = models.CharField(max_length=20)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="encounters")
    coverage = models.ForeignKey(
        Coverage, on_delete=models.PROTECT, related_name="encounters", null=True, blank=True
    )
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="encounters")
    location = models.ForeignKey(
        ServiceLocation, on_delete=models.PROTECT, related_name="encounters"
    )
    date_of_service = models.DateField()
    visit_type = models.CharField(max_length=40)
    specialty = models.CharField(max_length=40)
    priority = models.PositiveSmallIntegerField(default=0)
    authorization_number = models.CharField(max_length=30, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.NEW)
    assigned_to = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="encounters", null=True, blank=True
    )
    locked_until = models.DateTimeField(null=True, blank=True)
    hold_reason = models.CharField(max_length=200, blank=True)
    hold_until = models.DateField(null=True, blank=True)
    skipped_at = models.DateTimeField(null=True, blank=True)
    finalized_at = models.DateTimeField(null=True, blank=True)
    finalized_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "number"], name="encounter_number_once"),
            # Coded means somebody coded it at a time, and only then.
            models.CheckConstraint(
                condition=Q(state="finalized", finalized_at__isnull=False)
                | (~Q(state="finalized") & Q(finalized_at__isnull=True)),
                name="encounter_finalized_has_time",
            ),
            # A hold without a reason is a chart lost.
            models.CheckConstraint(
                condition=~Q(state="held") | ~Q(hold_reason=""), name="encounter_hold_has_reason"
            ),
        ]
        indexes = [
            # The coder queue and "next chart".
            models.Index(
                fields=["practice", "state", "-priority", "date_of_service", "id"],
                name="encounter_queue",
            ),
            models.Index(fields=["practice", "patient"], name="encounter_of_patient"),
            # Audit samples and reports: what was coded on some days.
            models.Index(
                fields=["practice", "finalized_at"],
                name="encounter_coded_at",
                condition=Q(state="finalized"),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Document(OwnedByPractice):
    """A page of the chart, as text."""

    class Kind(models.TextChoices):
        PROGRESS_NOTE = "progress_note", "Progress note"
        PROCEDURE_NOTE = "procedure_note", "Procedure note"
        OPERATIVE = "operative", "Operative report"
        IMAGING = "imaging", "Imaging report"
        LABORATORY = "laboratory", "Laboratory report"
        PATHOLOGY = "pathology", "Pathology report"
        OTHER = "other", "Document"

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.PROGRESS_NOTE)
    title = models.CharField(max_length=120)
    text = models.TextField()
    signed_by = models.CharField(max_length=80, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.title
