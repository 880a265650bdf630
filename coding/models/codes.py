"""The code sets, with the dates their codes are valid."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models


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
