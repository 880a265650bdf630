"""From chart to coded charges."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.db.models.lookups import LessThanOrEqual

from coding.rules.pointers import MOST_DIAGNOSES, letter_of
from payers.models import Coverage
from rcm.models import OwnedByPractice, Patient, Provider, ServiceLocation, User

# The lines of the longest stay, two claims' worth.
MOST_CHARGES = 1_998
HHMM = r"^([01][0-9]|2[0-3])[0-5][0-9]$"


def at_most(field: str, count: int) -> LessThanOrEqual:
    """A JSON list of no more than `count`; PostgreSQL refuses what is no list."""
    length = models.Func(
        models.F(field), function="jsonb_array_length", output_field=models.IntegerField()
    )
    return LessThanOrEqual(length, count)


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


class PresentOnAdmission(models.TextChoices):
    """C022-9 of an inpatient's diagnosis; empty where the code is exempt."""

    YES = "Y", "Yes"
    NO = "N", "No"
    UNKNOWN = "U", "Not documented"
    UNDETERMINED = "W", "Cannot be determined"


class EncounterDiagnosis(OwnedByPractice):
    """A diagnosis in order (HI). `evidence` is the words of the chart that support it."""

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="diagnoses")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=7)
    label = models.CharField(max_length=300)
    evidence = models.CharField(max_length=500, blank=True)
    present_on_admission = models.CharField(
        max_length=1, choices=PresentOnAdmission, blank=True, default="", db_default=""
    )

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
            # More than any claim carries, since a visit may become several.
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=MOST_DIAGNOSES),
                name="diagnosis_position_1_to_50",
            ),
            # C022-9: said or exempt, never another letter.
            models.CheckConstraint(
                condition=Q(present_on_admission__in=["", "Y", "N", "U", "W"]),
                name="diagnosis_admission_known",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def letter(self) -> str:
        """The name coders point with: A for the first."""
        return letter_of(self.position)

    @property
    def dotted(self) -> str:
        return f"{self.code[:3]}.{self.code[3:]}" if len(self.code) > 3 else self.code


class Charge(OwnedByPractice):
    """A coded procedure (SV1), priced when the encounter is finalized and frozen from then on.

    `pointers` are positions of diagnoses, first is primary. `amount_billed` is None until priced.
    A facility's charge has a revenue code (SV201) and may have no procedure, such as a room.
    """

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="charges")
    position = models.PositiveSmallIntegerField()
    procedure_code = models.CharField(max_length=5)
    label = models.CharField(max_length=160)
    modifiers = ArrayField(models.CharField(max_length=2), default=list, size=4, blank=True)
    units = models.DecimalField(max_digits=8, decimal_places=2, default=1)
    pointers = ArrayField(models.PositiveSmallIntegerField(), default=list, size=4, blank=True)
    drug_code = models.CharField(max_length=11, blank=True)
    revenue_code = models.CharField(max_length=4, blank=True, default="", db_default="")
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
            # The longest stay; a professional visit has fewer.
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=MOST_CHARGES),
                name="charge_position_1_to_1998",
            ),
            # Zero or negative units are never a service.
            models.CheckConstraint(condition=Q(units__gt=0), name="charge_units_positive"),
            # A frozen charge has its price.
            models.CheckConstraint(
                condition=Q(is_frozen=False) | Q(amount_billed__gte=0), name="charge_frozen_priced"
            ),
            # NUBC revenue codes are four digits.
            models.CheckConstraint(
                condition=Q(revenue_code="") | Q(revenue_code__regex=r"^[0-9]{4}$"),
                name="charge_revenue_four_digits",
            ),
            # Something was done: a procedure, or a room and the like by its revenue code.
            models.CheckConstraint(
                condition=~Q(procedure_code="") | ~Q(revenue_code=""), name="charge_has_code"
            ),
        ]

    def __str__(self) -> str:
        return self.price_code

    @property
    def price_code(self) -> str:
        """What the fee schedule is asked for: the procedure, else the revenue code."""
        return self.procedure_code or self.revenue_code

    @property
    def pointer_letters(self) -> str:
        return "".join(map(letter_of, self.pointers))


class FacilityStay(OwnedByPractice):
    """What a facility says of an encounter beyond its codes: such a visit is billed on an 837I.

    `type_of_bill` is three digits without the leading zero (CLM05-1 and frequency), the CL1 fields
    are codes of the NUBC. The lists mirror HI: an external cause is (code, present on admission),
    a procedure or occurrence (code, day), a span (code, first day, last day), a value (code, amount
    in hundredths). Diagnoses and charges are the encounter's own.
    """

    encounter = models.OneToOneField(Encounter, on_delete=models.PROTECT, related_name="stay")
    type_of_bill = models.CharField(max_length=3)
    statement_from = models.DateField()
    statement_to = models.DateField()
    admission_on = models.DateField(null=True, blank=True)
    admission_time = models.CharField(max_length=4, blank=True)
    discharge_time = models.CharField(max_length=4, blank=True)
    admission_type = models.CharField(max_length=1)
    admission_source = models.CharField(max_length=1, blank=True)
    patient_status = models.CharField(max_length=2)
    attending = models.ForeignKey(
        Provider, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    operating = models.ForeignKey(
        Provider, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    drg = models.CharField(max_length=4, blank=True)
    admitting_diagnosis = models.CharField(max_length=7, blank=True)
    patient_reasons = ArrayField(models.CharField(max_length=7), default=list, blank=True)
    condition_codes = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    external_causes = models.JSONField(default=list, blank=True)
    procedures = models.JSONField(default=list, blank=True)
    occurrences = models.JSONField(default=list, blank=True)
    occurrence_spans = models.JSONField(default=list, blank=True)
    value_codes = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            # Facility type, care and frequency.
            models.CheckConstraint(
                condition=Q(type_of_bill__regex=r"^[0-9]{2}[0-9A-Z]$"), name="stay_bill_type_form"
            ),
            # A statement ends on or after the day it begins.
            models.CheckConstraint(
                condition=Q(statement_to__gte=models.F("statement_from")), name="stay_days_in_order"
            ),
            # HHMM; a time of admission belongs to a day.
            models.CheckConstraint(
                condition=(Q(admission_time="") | Q(admission_time__regex=HHMM))
                & (Q(discharge_time="") | Q(discharge_time__regex=HHMM))
                & (Q(admission_time="") | Q(admission_on__isnull=False)),
                name="stay_times_hhmm",
            ),
            # CL101 and CL103 have their lengths.
            models.CheckConstraint(
                condition=Q(admission_type__regex=r"^[1-9]$", patient_status__regex=r"^[0-9]{2}$"),
                name="stay_codes_form",
            ),
            # HI holds no more than these.
            models.CheckConstraint(
                condition=Q(patient_reasons__len__lte=3, condition_codes__len__lte=24),
                name="stay_codes_few",
            ),
            # The same for the lists; what is no list is refused with them.
            models.CheckConstraint(
                condition=at_most("external_causes", 12), name="stay_causes_few"
            ),
            models.CheckConstraint(condition=at_most("procedures", 25), name="stay_procedures_few"),
            models.CheckConstraint(condition=at_most("occurrences", 24), name="stay_events_few"),
            models.CheckConstraint(
                condition=at_most("occurrence_spans", 24), name="stay_spans_few"
            ),
            models.CheckConstraint(condition=at_most("value_codes", 24), name="stay_values_few"),
        ]

    def __str__(self) -> str:
        return self.type_of_bill


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
