"""The published edit tables: which release of each is loaded, and its rows. No tenant data.

The key of each table of rows begins with its release, so that a new release can be written beside
the one in use and take its place in one commit. Nothing here holds a CPT descriptor.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from payers.rules.edit_tables import Table
from rcm.models import User

# Tables whose newest release holds all history: one is in use, the newer takes its place.
# The others are loaded once per period and answer for the days of it.
ONE_RELEASE = (
    Table.PTP_PRACTITIONER,
    Table.PTP_HOSPITAL,
    Table.ARTICLES,
    Table.LCD,
    Table.NCD,
    Table.HCPCS,
    Table.PLACE_OF_SERVICE,
)


def code_field(length: int) -> "models.CharField[str, str]":
    """A code: compared byte by byte, which is faster than by the rules of a language."""
    return models.CharField(max_length=length, db_collation="C")


class EditTableRelease(models.Model):
    """One load of one table. `checksum` is the SHA-256 of the files' bytes in order of their names.

    A replaced release keeps this row as the record of what was in use; its rows are gone.
    """

    class Kind(models.TextChoices):
        PTP_PRACTITIONER = Table.PTP_PRACTITIONER, "NCCI pairs, practitioner"
        PTP_HOSPITAL = Table.PTP_HOSPITAL, "NCCI pairs, outpatient hospital"
        MUE_PRACTITIONER = Table.MUE_PRACTITIONER, "Most units, practitioner"
        MUE_HOSPITAL = Table.MUE_HOSPITAL, "Most units, outpatient hospital"
        MUE_DME = Table.MUE_DME, "Most units, DME supplier"
        ADD_ON = Table.ADD_ON, "Add-on codes"
        FEES = Table.FEES, "Medicare fee schedule"
        LOCALITIES = Table.LOCALITIES, "Localities and their indices"
        ARTICLES = Table.ARTICLES, "Coverage articles"
        LCD = Table.LCD, "Local coverage determinations"
        NCD = Table.NCD, "National coverage determinations"
        HCPCS = Table.HCPCS, "HCPCS Level II codes"
        PLACE_OF_SERVICE = Table.PLACE_OF_SERVICE, "Places of service"

    class State(models.TextChoices):
        LOADED = "loaded", "In use"
        REPLACED = "replaced", "Replaced"

    # Two bytes: the number stands in every row of the table.
    id = models.SmallAutoField(primary_key=True)
    table = models.CharField(max_length=20, choices=Kind)
    name = models.CharField(max_length=60)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    checksum = models.CharField(max_length=64)
    file_names = ArrayField(models.CharField(max_length=200), default=list)
    row_count = models.PositiveIntegerField()
    left_out_count = models.PositiveIntegerField(default=0)
    is_partial = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.LOADED)
    loaded_at = models.DateTimeField(db_default=Now())
    loaded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            # Two releases of one day would make an answer a matter of luck.
            models.UniqueConstraint(
                fields=["table", "starts_on"],
                condition=Q(state="loaded"),
                name="edit_release_once_a_day",
            ),
            models.UniqueConstraint(
                fields=["table"],
                condition=Q(state="loaded", table__in=[str(table) for table in ONE_RELEASE]),
                name="edit_release_only_one",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="edit_release_ends_after_start",
            ),
            # An empty table would read as "no edit" for every code.
            models.CheckConstraint(condition=Q(row_count__gt=0), name="edit_release_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.get_table_display()} {self.name}"


class ReleaseRow(models.Model):
    """A row of a published table: it belongs to one release and leaves with it."""

    release = models.ForeignKey(
        EditTableRelease, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        abstract = True


class NcciPair(ReleaseRow):
    """One NCCI procedure-to-procedure edit in force from `starts_on` through `ends_on`.

    Two and a half million rows: no column and no index that the look-up by pair does not need.
    """

    # The key answers: which edits has this pair?
    pk = models.CompositePrimaryKey("release", "column_1", "column_2", "starts_on")
    column_1 = code_field(5)
    column_2 = code_field(5)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    modifier_indicator = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            # 9 is an edit that never applied; it is not loaded.
            models.CheckConstraint(condition=Q(modifier_indicator__in=[0, 1]), name="ncci_0_or_1"),
        ]

    def __str__(self) -> str:
        return f"{self.column_1}/{self.column_2}"


class CodeUnitLimit(ReleaseRow):
    """One medically unlikely edit (MUE): most units of a code; `adjudication` is the MAI."""

    pk = models.CompositePrimaryKey("release", "code")
    code = code_field(5)
    units = models.PositiveIntegerField()
    adjudication = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(adjudication__in=[1, 2, 3]), name="mue_mai_known"),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.units}"


class AddOnPrimary(ReleaseRow):
    """An add-on code may stand beside this primary; CCCCC means one the contractor names."""

    pk = models.CompositePrimaryKey("release", "code", "primary_code", "edit_type", "starts_on")
    code = code_field(5)
    primary_code = code_field(5)
    edit_type = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(edit_type__in=[1, 2, 3]), name="add_on_type_known"),
        ]

    def __str__(self) -> str:
        return f"{self.code} beside {self.primary_code}"


class RelativeValueRow(ReleaseRow):
    """One line of the Medicare fee schedule (PPRRVU): relative values and policy indicators.

    The values are of the published two decimals; `conversion_factor` is in dollars. The shares are
    fractions of the global fee; `endoscopy_base` is the base code of the family. Empty or None: the
    release does not say.
    """

    pk = models.CompositePrimaryKey("release", "code", "modifier")
    code = code_field(5)
    modifier = models.CharField(max_length=2, blank=True, db_collation="C")
    status = models.CharField(max_length=1)
    work = models.DecimalField(max_digits=8, decimal_places=2)
    non_facility_expense = models.DecimalField(max_digits=8, decimal_places=2)
    facility_expense = models.DecimalField(max_digits=8, decimal_places=2)
    malpractice = models.DecimalField(max_digits=8, decimal_places=2)
    is_non_facility_rare = models.BooleanField(default=False)
    is_facility_rare = models.BooleanField(default=False)
    pc_tc = models.CharField(max_length=1, blank=True)
    global_days = models.CharField(max_length=3, blank=True)
    multiple = models.CharField(max_length=1, blank=True)
    bilateral = models.CharField(max_length=1, blank=True)
    assistant = models.CharField(max_length=1, blank=True)
    co_surgeon = models.CharField(max_length=1, blank=True)
    team = models.CharField(max_length=1, blank=True)
    conversion_factor = models.DecimalField(max_digits=10, decimal_places=4)
    endoscopy_base = models.CharField(max_length=5, blank=True, db_collation="C")
    preoperative_share = models.DecimalField(max_digits=7, decimal_places=6, null=True)
    intraoperative_share = models.DecimalField(max_digits=7, decimal_places=6, null=True)
    postoperative_share = models.DecimalField(max_digits=7, decimal_places=6, null=True)

    def __str__(self) -> str:
        return f"{self.code} {self.modifier}".strip()


class LocalityRow(ReleaseRow):
    """One payment locality with its geographic indices (GPCI), three decimals each.

    `anesthesia_factor`, in dollars, is there when the anesthesia file was loaded with it.
    """

    pk = models.CompositePrimaryKey("release", "contractor", "locality")
    contractor = code_field(5)
    locality = code_field(2)
    state = code_field(2)
    name = models.CharField(max_length=80)
    work_index = models.DecimalField(max_digits=6, decimal_places=3)
    expense_index = models.DecimalField(max_digits=6, decimal_places=3)
    malpractice_index = models.DecimalField(max_digits=6, decimal_places=3)
    anesthesia_factor = models.DecimalField(max_digits=8, decimal_places=4, null=True)

    def __str__(self) -> str:
        return f"{self.contractor}-{self.locality} {self.name}"


class HcpcsCode(ReleaseRow):
    """A HCPCS Level II code or modifier with the days it may be billed."""

    pk = models.CompositePrimaryKey("release", "code")
    # A code has five characters, a modifier two.
    code = code_field(5)
    label = models.CharField(max_length=40, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    def __str__(self) -> str:
        return self.code


class PlaceOfService(ReleaseRow):
    """A place of service; the facility rate is paid there, or not, or the list does not say."""

    pk = models.CompositePrimaryKey("release", "code")
    code = code_field(2)
    name = models.CharField(max_length=120)
    is_facility = models.BooleanField(null=True)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class CoverageDocument(ReleaseRow):
    """An article, LCD or NCD in the Medicare Coverage Database, and the states it is for.

    A national document has no states. `has_groups`: it splits its diagnoses into several groups.
    """

    pk = models.CompositePrimaryKey("release", "document", "version")
    document = code_field(12)
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=300)
    states = ArrayField(models.CharField(max_length=2), default=list)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    has_groups = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.document} {self.title}"


class CoverageCode(ReleaseRow):
    """A procedure code that a coverage document is about."""

    # The key answers: which documents are about this code?
    pk = models.CompositePrimaryKey("release", "code", "document", "version")
    code = code_field(5)
    document = code_field(12)
    version = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.document}: {self.code}"


class CoverageDiagnosis(ReleaseRow):
    """A diagnosis, without its dot, that a coverage document pays for or does not pay for."""

    # The key answers: which diagnoses does this document name?
    pk = models.CompositePrimaryKey("release", "document", "version", "diagnosis", "is_covered")
    document = code_field(12)
    version = models.PositiveIntegerField()
    diagnosis = code_field(7)
    is_covered = models.BooleanField()

    def __str__(self) -> str:
        return f"{self.document}: {self.diagnosis}"
