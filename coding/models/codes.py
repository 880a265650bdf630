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
