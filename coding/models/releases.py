"""The releases of code sets: which was loaded when, and what each changed. No tenant data."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from coding.models.codes import Code
from rcm.models import User


class CodeRelease(models.Model):
    """One load of one code set. `checksum` is the SHA-256 of the files' bytes in order of names.

    A release of the same first day takes the place of the one before; a previewed one was compared
    and not loaded. The codes themselves keep their days when a newer release is loaded. The counts
    are of codes and headings, `term_count` of their terms.
    """

    class CodeSet(models.TextChoices):
        ICD10CM = "icd10cm", "ICD-10-CM"
        ICD10PCS = "icd10pcs", "ICD-10-PCS"
        HCPCS = "hcpcs", "HCPCS Level II and modifiers"
        CPT = "cpt", "CPT"

    class State(models.TextChoices):
        LOADED = "loaded", "Loaded"
        REPLACED = "replaced", "Replaced"
        PREVIEWED = "previewed", "Previewed"

    code_set = models.CharField(max_length=10, choices=CodeSet)
    name = models.CharField(max_length=60)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    checksum = models.CharField(max_length=64)
    file_names = ArrayField(models.CharField(max_length=200), default=list)
    row_count = models.PositiveIntegerField()
    new_count = models.PositiveIntegerField(default=0)
    changed_count = models.PositiveIntegerField(default=0)
    ended_count = models.PositiveIntegerField(default=0)
    term_count = models.PositiveIntegerField(default=0)
    left_out_count = models.PositiveIntegerField(default=0)
    # "Without" in words: "index", "tables", "descriptions".
    lacking = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.LOADED)
    loaded_at = models.DateTimeField(db_default=Now())
    loaded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            # Two releases of one day would make an answer a matter of luck.
            models.UniqueConstraint(
                fields=["code_set", "starts_on"],
                condition=Q(state="loaded"),
                name="code_release_once_a_day",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="code_release_ends_after_start",
            ),
            # An empty code set would make every code invalid.
            models.CheckConstraint(condition=Q(row_count__gt=0), name="code_release_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.get_code_set_display()} {self.name}"


class CodeChange(models.Model):
    """What a release does to one code that was known before, or a code that is new with it."""

    class Kind(models.TextChoices):
        NEW = "new", "New"
        ENDED = "ended", "Ended"
        SPLIT = "split", "Heading now"
        RETITLED = "retitled", "New title"
        RENOTED = "renoted", "New notes"

    # The key below begins with the release: no second index.
    release = models.ForeignKey(
        CodeRelease, on_delete=models.PROTECT, related_name="changes", db_index=False
    )
    system = models.CharField(max_length=10, choices=Code.System)
    code = models.CharField(max_length=8)
    kind = models.CharField(max_length=10, choices=Kind)
    label = models.CharField(max_length=300, blank=True)
    label_before = models.CharField(max_length=300, blank=True)
    # The last day on which it may be billed as it was before; none for a new code.
    last_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["release", "system", "code"], name="code_change_once"),
            # Who asks what is no longer valid needs the day.
            models.CheckConstraint(
                condition=Q(last_on__isnull=False) | ~Q(kind__in=["ended", "split"]),
                name="code_change_ended_has_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.kind}"

    @property
    def dotted(self) -> str:
        return Code(system=self.system, code=self.code).dotted


class PcsTableRow(models.Model):
    """A row of a table of ICD-10-PCS. `axes` are seven [title, {value: meaning}]."""

    release = models.ForeignKey(
        CodeRelease, on_delete=models.PROTECT, related_name="pcs_rows", db_index=False
    )
    table = models.CharField(max_length=3)
    position = models.PositiveSmallIntegerField()
    axes = models.JSONField()

    class Meta:
        constraints = [
            # The key answers: which rows has this table in this release?
            models.UniqueConstraint(fields=["release", "table", "position"], name="pcs_row_once"),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.position}"
