"""From chart to coded charges."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from payers.models import Coverage
from rcm.models import OwnedByPractice, Patient, Provider, ServiceLocation, User


class Code(models.Model):
    """A diagnosis or procedure code with its dates of validity. Public code sets, not tenant data.

    `search_text` is what the pick list searches: code, label and synonyms, in lower case.
    `notes` holds the tabular notes: includes, excludes1, excludes2, code_first, use_additional…
    """

    class System(models.TextChoices):
        ICD10CM = "icd10cm", "ICD-10-CM"
        PROCEDURE = "procedure", "CPT and HCPCS"

    system = models.CharField(max_length=10, choices=System)
    code = models.CharField(max_length=8)
    label = models.CharField(max_length=300)
    is_billable = models.BooleanField(default=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    search_text = models.TextField()
    notes = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "code", "starts_on"], name="code_once"),
        ]
        indexes = [
            # Pick list: word and typo search.
            GinIndex(fields=["search_text"], opclasses=["gin_trgm_ops"], name="code_trigram"),
            # Pick list: search by the start of the code.
            models.Index(fields=["system", "code"], name="code_by_code"),
        ]

    def __str__(self) -> str:
        return self.dotted

    @property
    def dotted(self) -> str:
        """ICD-10-CM is stored without its dot, as X12 sends it; people read it with the dot."""
        if self.system == self.System.ICD10CM and len(self.code) > 3:
            return f"{self.code[:3]}.{self.code[3:]}"
        return self.code


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


class EncounterDiagnosis(OwnedByPractice):
    """A diagnosis in order (HI). `evidence` is the words of the chart that support it."""

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="diagnoses")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=7)
    label = models.CharField(max_length=300)
    evidence = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["encounter", "position"],
                name="diagnosis_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            # A claim must not carry one diagnosis twice (837P HI).
            models.UniqueConstraint(fields=["encounter", "code"], name="diagnosis_code_once"),
            # Professional claims carry at most twelve.
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=12), name="diagnosis_position_1_to_12"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def letter(self) -> str:
        """The pointer letter coders use: A for the first."""
        return chr(ord("A") + self.position - 1)

    @property
    def dotted(self) -> str:
        return f"{self.code[:3]}.{self.code[3:]}" if len(self.code) > 3 else self.code


class Charge(OwnedByPractice):
    """A coded procedure (SV1), priced when the encounter is finalized and frozen from then on.

    `pointers` are positions of diagnoses, first is primary. `amount_billed` is None until priced.
    """

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="charges")
    position = models.PositiveSmallIntegerField()
    procedure_code = models.CharField(max_length=5)
    label = models.CharField(max_length=160)
    modifiers = ArrayField(models.CharField(max_length=2), default=list, size=4, blank=True)
    units = models.DecimalField(max_digits=8, decimal_places=2, default=1)
    pointers = ArrayField(models.PositiveSmallIntegerField(), default=list, size=4, blank=True)
    drug_code = models.CharField(max_length=11, blank=True)
    evidence = models.CharField(max_length=500, blank=True)
    amount_billed = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    is_frozen = models.BooleanField(default=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["encounter", "position"],
                name="charge_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            # Zero or negative units are never a service.
            models.CheckConstraint(condition=Q(units__gt=0), name="charge_units_positive"),
            # A frozen charge has its price.
            models.CheckConstraint(
                condition=Q(is_frozen=False) | Q(amount_billed__gte=0), name="charge_frozen_priced"
            ),
        ]

    def __str__(self) -> str:
        return self.procedure_code

    @property
    def pointer_letters(self) -> str:
        return "".join(chr(ord("A") + pointer - 1) for pointer in self.pointers)


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
