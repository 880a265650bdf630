"""What arrives: messages as they came, and what their senders call people and visits."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from coding.models.encounters import Document, Encounter
from rcm.fields import CompressedBinaryField
from rcm.models import OwnedByPractice, Patient, User


class IntakeMessage(OwnedByPractice):
    """One message or file, kept as it came. The same again is counted, not stored.

    `identity` is the digest that makes two copies one; `error`, `place` and `advice` say why it
    failed or what it waits for. `person_key` finds what waits for whom.
    """

    class Source(models.TextChoices):
        UPLOAD = "upload", "Upload"
        FOLDER = "folder", "Folder"
        SFTP = "sftp", "SFTP"
        HL7 = "hl7", "HL7 line"
        REST = "rest", "API"

    class Kind(models.TextChoices):
        ADT = "adt", "ADT"
        DFT = "dft", "DFT"
        MDM = "mdm", "MDM"
        BUNDLE = "bundle", "FHIR bundle"
        DOCUMENT = "document", "Document"
        BATCH = "batch", "Batch"
        OTHER = "other", "Other"

    class State(models.TextChoices):
        RECEIVED = "received", "Received"
        WAITING = "waiting", "Waiting"
        APPLIED = "applied", "Applied"
        REPEATED = "repeated", "Repeated"
        FAILED = "failed", "Failed"
        DISCARDED = "discarded", "Discarded"

    source = models.CharField(max_length=8, choices=Source)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.OTHER)
    event = models.CharField(max_length=40, blank=True)
    sender = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=200)
    control_id = models.CharField(max_length=80, blank=True)
    content = CompressedBinaryField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    identity = models.CharField(max_length=64)
    document_kind = models.CharField(max_length=16, choices=Document.Kind, blank=True)
    batch = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="messages", null=True, blank=True
    )
    batch_position = models.PositiveIntegerField(null=True, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.RECEIVED)
    error_code = models.CharField(max_length=40, blank=True)
    error = models.CharField(max_length=400, blank=True)
    place = models.CharField(max_length=120, blank=True)
    advice = models.CharField(max_length=300, blank=True)
    warnings = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    person_key = models.CharField(max_length=60, blank=True)
    encounter = models.ForeignKey(
        Encounter, on_delete=models.PROTECT, related_name="messages", null=True, blank=True
    )
    patient = models.ForeignKey(
        Patient, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    received_at = models.DateTimeField(db_default=Now())
    times_received = models.PositiveIntegerField(default=1)
    attempts = models.PositiveIntegerField(default=0)
    retried_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    discarded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    discard_reason = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        constraints = [
            # The same message is one row, however often it comes.
            models.UniqueConstraint(fields=["practice", "identity"], name="intake_message_once"),
            # Failed and waiting say why, discarded too.
            models.CheckConstraint(
                condition=~Q(state__in=["failed", "waiting"]) | ~Q(error=""),
                name="intake_failure_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(state="discarded") | ~Q(discard_reason=""),
                name="intake_discard_says_why",
            ),
            models.CheckConstraint(
                condition=Q(batch__isnull=True) | ~Q(kind="batch"), name="intake_batch_is_flat"
            ),
        ]
        indexes = [
            # The list, by state and all.
            models.Index(fields=["practice", "state", "-id"], name="intake_by_state"),
            models.Index(fields=["practice", "-id"], name="intake_newest"),
            # What nobody has looked at yet, for the sweep.
            models.Index(
                fields=["practice", "id"], name="intake_unread", condition=Q(state="received")
            ),
            # What waits for a patient who has just come, and one patient's messages (API).
            models.Index(fields=["practice", "person_key", "-id"], name="intake_of_person"),
            # The message of a control id, as its sender asks for it (API).
            models.Index(fields=["practice", "control_id", "-id"], name="intake_by_control"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """May a person try it again or discard it?"""
        return self.state in (self.State.FAILED, self.State.WAITING)


class ExternalPerson(OwnedByPractice):
    """What messages have told of a patient: per field the key of who told it last."""

    patient = models.OneToOneField(Patient, on_delete=models.PROTECT, related_name="external")
    told = models.JSONField(default=dict)

    def __str__(self) -> str:
        return str(self.patient_id)


class ExternalVisit(OwnedByPractice):
    """A visit under its sender's number: one encounter, however often and in whatever order it
    comes. `told` has per field the key of who told it last.
    """

    encounter = models.OneToOneField(
        Encounter, on_delete=models.PROTECT, related_name="external_visit"
    )
    sender = models.CharField(max_length=60)
    number = models.CharField(max_length=60)
    told = models.JSONField(default=dict)
    is_cancelled = models.BooleanField(default=False)
    discharged_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "sender", "number"], name="external_visit_once"
            ),
        ]
        indexes = [
            # A visit found by its number alone, when the sender's name is not known.
            models.Index(fields=["practice", "number"], name="external_visit_by_number"),
        ]

    def __str__(self) -> str:
        return self.number


class IntakeSource(OwnedByPractice):
    """An SFTP server charts are fetched from. The password stays in the environment, under
    `secret_name`; files taken are moved to done/ there.
    """

    name = models.CharField(max_length=60)
    host = models.CharField(max_length=200)
    port = models.PositiveIntegerField(default=22)
    host_key = models.CharField(max_length=1000)
    username = models.CharField(max_length=60)
    secret_name = models.CharField(max_length=60)
    folder = models.CharField(max_length=200, default="charts")
    is_active = models.BooleanField(default=True)
    last_fetched_at = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "name"], name="intake_source_once"),
        ]

    def __str__(self) -> str:
        return self.name
