"""Visits to be coded and the documents that say what was done."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from payers.models import Coverage
from rcm.fields import CompressedBinaryField
from rcm.models import OwnedByPractice, Patient, Provider, ServiceLocation, User

# "Next chart": of an owner or of nobody, what was skipped last.
NEXT_FIRST = (
    *(F("practice"), F("owner"), F("skipped_at").asc(nulls_first=True)),
    *(F("priority").desc(), F("date_of_service"), F("id")),
)


class Encounter(OwnedByPractice):
    """One visit, to be coded. `version` guards against two people saving over each other.

    `priority` is kept by coding.actions.priorities; a lead sets `is_urgent`, which is part of it.
    `owner` is whose chart it is to code, `assigned_to` who has it open until `locked_until`.
    """

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
    is_urgent = models.BooleanField(default=False, db_default=False)
    authorization_number = models.CharField(max_length=30, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.NEW)
    owner = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        related_name="owned_encounters",
        null=True,
        blank=True,
        db_index=False,
    )
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
    amended_at = models.DateTimeField(null=True, blank=True)
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
            # Charts on hold and coded ones, and what a lead filters by state.
            models.Index(
                fields=["practice", "state", "-priority", "date_of_service", "id"],
                name="encounter_queue",
            ),
            # The coder queue: everything open, first to code first.
            models.Index(
                fields=["practice", "-priority", "date_of_service", "id"],
                name="encounter_open",
                condition=Q(state__in=["new", "in_coding", "returned"]),
            ),
            # One coder's charts, and those that are nobody's, as the coder queue shows them.
            models.Index(
                fields=["practice", "owner", "-priority", "date_of_service", "id"],
                name="encounter_owned",
                condition=Q(state__in=["new", "in_coding", "returned"]),
            ),
            # Charts past target, their number, and the oldest ones.
            models.Index(
                fields=["practice", "date_of_service", "id"],
                name="encounter_open_day",
                condition=Q(state__in=["new", "in_coding", "returned"]),
            ),
            # A specialty's open charts, and which specialties there are at all.
            models.Index(
                fields=["practice", "specialty", "-priority", "date_of_service", "id"],
                name="encounter_open_specialty",
                condition=Q(state__in=["new", "in_coding", "returned"]),
            ),
            # "Next chart" of what was not coded yet.
            models.Index(
                *NEXT_FIRST,
                name="encounter_next",
                condition=Q(state__in=["new", "in_coding"]),
            ),
            # "Next chart" looks at returned work before.
            models.Index(
                *NEXT_FIRST,
                name="encounter_next_returned",
                condition=Q(state="returned"),
            ),
            # Charts on hold whose day has come.
            models.Index(
                fields=["practice", "hold_until"],
                name="encounter_due",
                condition=Q(state="held", hold_until__isnull=False),
            ),
            # Coded today or on some days: the list, audit samples, reports.
            models.Index(
                fields=["practice", "finalized_at"],
                name="encounter_coded",
                condition=Q(state="finalized"),
            ),
            models.Index(fields=["practice", "patient"], name="encounter_of_patient"),
            # A provider's own visits, newest first.
            models.Index(
                fields=["practice", "provider", "-date_of_service", "-id"],
                name="encounter_of_provider",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_locked(self) -> bool:
        """Somebody has it open."""
        return self.locked_until is not None and self.locked_until >= timezone.now()

    @property
    def is_amended(self) -> bool:
        """Its documents or facts changed after a coder had begun; until it is coded (again)."""
        return self.amended_at is not None


class DocumentQuerySet(models.QuerySet["Document"]):
    def current(self) -> "DocumentQuerySet":
        """Without versions that were amended, replaced or withdrawn since."""
        return self.filter(superseded_at__isnull=True)


class Document(OwnedByPractice):
    """A page of the chart, as text. An amended one is a new version; the old one is kept.

    `external_id` is the sender's number of it, `told_key` orders its versions
    (coding.rules.told). One that came as a file has it in `DocumentFile`; a scan has no text. An
    addendum is signed as it is made and never changes.
    """

    objects = DocumentQuerySet.as_manager()

    class Kind(models.TextChoices):
        PROGRESS_NOTE = "progress_note", "Progress note"
        PROCEDURE_NOTE = "procedure_note", "Procedure note"
        OPERATIVE = "operative", "Operative report"
        IMAGING = "imaging", "Imaging report"
        LABORATORY = "laboratory", "Laboratory report"
        PATHOLOGY = "pathology", "Pathology report"
        ADDENDUM = "addendum", "Addendum"
        OTHER = "other", "Document"

    class Relation(models.TextChoices):
        ADDENDUM = "addendum", "Addendum"
        REPLACEMENT = "replacement", "Replacement"

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.PROGRESS_NOTE)
    title = models.CharField(max_length=120)
    text = models.TextField()
    signed_by = models.CharField(max_length=80, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    external_id = models.CharField(max_length=80, blank=True, db_default="")
    version = models.PositiveSmallIntegerField(default=1, db_default=1)
    replaces = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="replaced_by", null=True, blank=True
    )
    relation = models.CharField(max_length=12, choices=Relation, blank=True, db_default="")
    parent_number = models.CharField(max_length=80, blank=True, db_default="")
    told_key = models.CharField(max_length=80, blank=True, db_default="")
    received_at = models.DateTimeField(db_default=Now())
    superseded_at = models.DateTimeField(null=True, blank=True)
    is_withdrawn = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            # A version has one number, and one of them is what counts.
            models.UniqueConstraint(
                fields=["encounter", "external_id", "version"],
                condition=~Q(external_id=""),
                name="document_version_once",
            ),
            models.UniqueConstraint(
                fields=["encounter", "external_id"],
                condition=Q(superseded_at__isnull=True) & ~Q(external_id=""),
                name="document_current_once",
            ),
            # Withdrawn by its sender means it does not count any more.
            models.CheckConstraint(
                condition=Q(is_withdrawn=False) | Q(superseded_at__isnull=False),
                name="document_withdrawn_is_superseded",
            ),
            # Words added to a chart have an author and a time.
            models.CheckConstraint(
                condition=~Q(kind="addendum") | (~Q(signed_by="") & Q(signed_at__isnull=False)),
                name="document_addendum_is_signed",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class DocumentFile(OwnedByPractice):
    """The file a document came as, byte for byte. Without a text layer it is read on screen."""

    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="file")
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=80)
    content = CompressedBinaryField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    pages = models.PositiveSmallIntegerField(null=True, blank=True)
    has_text = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name
