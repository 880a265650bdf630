"""The code sets, with the dates their codes are valid and the words that mean them."""

from datetime import date

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from coding.rules.written_codes import dotted

# Words as they are written, to search by their start, and by their stem: "diabetic" is found by
# "diabetes". The marks let the index leave out other code sets and the later encounters, of which
# there are tens of thousands for every common word of an injury.
DOCUMENT = """(
    to_tsvector('simple'::regconfig, search_text) || to_tsvector('english'::regconfig, search_text)
    || array_to_tsvector(ARRAY['=' || system])
    || CASE WHEN rank < 8 THEN array_to_tsvector(ARRAY['=first', '=early'])
        WHEN rank < 50 THEN array_to_tsvector(ARRAY['=early']) ELSE ''::tsvector END
)"""


class CodeQuerySet(models.QuerySet["Code"]):
    def in_force(self, on: date) -> "CodeQuerySet":
        """The rows whose days hold the day."""
        return self.filter(
            models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=on), starts_on__lte=on
        )


class Code(models.Model):
    """A diagnosis or procedure code with its dates of validity. Public code sets, not tenant data.

    One row per span of days in which its title and notes were the same. `search_text` is all its
    terms, `document` what the search asks. `notes` holds the tabular notes, by key: includes,
    excludes1, excludes2 (lists), code_first, use_additional, code_also, notes (lines of a text),
    excludes1_codes, code_first_codes, use_additional_codes (prefixes and ranges they name), seventh
    (characters it waits for) with seventh_labels, siblings (side, code), is_manifestation, above
    (notes of chapter and block, at categories). `rank` is small for codes of every day.
    """

    class System(models.TextChoices):
        ICD10CM = "icd10cm", "ICD-10-CM"
        ICD10PCS = "icd10pcs", "ICD-10-PCS"
        PROCEDURE = "procedure", "CPT and HCPCS"
        MODIFIER = "modifier", "Modifiers"

    system = models.CharField(max_length=10, choices=System)
    code = models.CharField(max_length=8)
    label = models.CharField(max_length=300)
    is_billable = models.BooleanField(default=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    search_text = models.TextField()
    notes = models.JSONField(default=dict)
    rank = models.PositiveSmallIntegerField(default=20, db_default=20)
    # The release that brought this row; none for our own list.
    release = models.ForeignKey(
        "coding.CodeRelease",
        on_delete=models.PROTECT,
        related_name="codes",
        null=True,
        blank=True,
        db_index=False,
    )
    document = models.GeneratedField(
        expression=models.expressions.RawSQL(DOCUMENT, []),  # noqa: S611  # our constant
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = CodeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "code", "starts_on"], name="code_once"),
            # A code that ends before it starts is valid on no day.
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="code_ends_after_start",
            ),
        ]
        indexes = [
            # Pick list: search by words, by their start and by their stem.
            # A list of what is not yet in the index would be read by every search after a load.
            GinIndex(fields=["document"], name="code_document", fastupdate=False),
            # Pick list: search by the start of the code.
            models.Index(fields=["system", "code"], name="code_by_code"),
        ]

    def __str__(self) -> str:
        return self.dotted

    @property
    def dotted(self) -> str:
        """ICD-10-CM is stored without its dot, as X12 sends it; people read it with the dot."""
        return dotted(self.code) if self.system == self.System.ICD10CM else self.code

    def is_in_force(self, on: date) -> bool:
        """The rule of `CodeQuerySet.in_force` for a row at hand."""
        return self.starts_on <= on and (self.ends_on is None or on <= self.ends_on)


class CodeTerm(models.Model):
    """A phrase that means a code: its title, an inclusion term, an entry of the index, one of ours.

    `text` is written as coding.rules.phrases.phrase_of writes it.
    """

    class Source(models.TextChoices):
        TITLE = "title", "Title"
        INCLUSION = "inclusion", "Inclusion term"
        INDEX = "index", "Index"
        OWN = "own", "Our own word"

    # The key below begins with the code: no second index.
    code = models.ForeignKey(Code, on_delete=models.PROTECT, related_name="terms", db_index=False)
    text = models.CharField(max_length=300)
    source = models.CharField(max_length=10, choices=Source)

    class Meta:
        constraints = [
            # The same words twice would count twice.
            models.UniqueConstraint(fields=["code", "text"], name="code_term_once"),
            models.CheckConstraint(condition=~models.Q(text=""), name="code_term_not_empty"),
        ]

    def __str__(self) -> str:
        return self.text


class CodeWord(models.Model):
    """A word of the code sets and how many codes have it: tells a misspelt word from a rare one."""

    word = models.CharField(max_length=300, primary_key=True)
    codes = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.word
