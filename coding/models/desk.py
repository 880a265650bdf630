"""What a coder keeps at hand: pages read, codes used again and again, the last changes."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from coding.models.encounters import Document, Encounter
from rcm.models import OwnedByPractice, User


class DocumentRead(OwnedByPractice):
    """A person has read a page of the chart to its end."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="reads")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "user"], name="document_read_once"),
        ]

    def __str__(self) -> str:
        return f"{self.document} read by {self.user}"


class CodeBundle(OwnedByPractice):
    """Codes that are added together under a name, one being a favourite.

    `entries` is the one-line syntax of the add field. Without an owner everybody in the practice
    has it. `uses` orders the list.
    """

    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="code_bundles", null=True, blank=True
    )
    name = models.CharField(max_length=40)
    entries = models.CharField(max_length=200)
    uses = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "owner", "name"],
                name="code_bundle_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(entries=""), name="code_bundle_says_something"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ChartChange(OwnedByPractice):
    """The codes of an open chart before one change, so that it can be undone.

    `before` holds the rows of diagnoses and charges as they were; a chart that is completed keeps
    none, as its codes are frozen then.
    """

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="changes")
    what = models.CharField(max_length=80)
    before = models.JSONField()
    changed_at = models.DateTimeField(db_default=Now())
    changed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    def __str__(self) -> str:
        return self.what
