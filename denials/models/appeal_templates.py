"""A practice's own wording of appeals, and what must go with it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from denials.rules.appeals import ITEMS, level_words
from denials.rules.triage import cause_label
from payers.models import Payer
from rcm.models import OwnedByPractice, User


class AppealTemplate(OwnedByPractice):
    """One version of a wording, for a payer or a class of payers, a cause, a level, or for all.

    A version is never edited: a change retires it and makes the next. `required` are the items of
    the packet; none means those of the kind of appeal.
    """

    name = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField(default=1)
    payer = models.ForeignKey(
        Payer, on_delete=models.PROTECT, related_name="appeal_templates", null=True, blank=True
    )
    payer_class = models.CharField(max_length=12, choices=Payer.PayerClass, blank=True)
    category = models.CharField(max_length=40, blank=True)
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    body = models.TextField()
    required = ArrayField(models.CharField(max_length=15), default=list, blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "name", "version"], name="appeal_template_version_once"
            ),
            # Two in force of one name could not be told apart.
            models.UniqueConstraint(
                fields=["practice", "name"],
                condition=Q(retired_at__isnull=True),
                name="appeal_template_in_force_once",
            ),
            models.CheckConstraint(
                condition=~Q(body="")
                & ~Q(name="")
                & (Q(level__isnull=True) | Q(level__range=(1, 6)))
                & (Q(payer__isnull=True) | Q(payer_class=""))
                & Q(required__contained_by=list(ITEMS)),
                name="appeal_template_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, version {self.version}"

    @property
    def cause(self) -> str:
        """The category in words; empty for every cause."""
        return cause_label(self.category) if self.category else ""


class AppealRequirement(OwnedByPractice):
    """What one payer wants in the packet at one level, beside what its kind of appeal needs.

    Appeals opened before keep their checklists.
    """

    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="appeal_requirements")
    level = models.PositiveSmallIntegerField()
    items = ArrayField(models.CharField(max_length=15))
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payer", "level"], name="appeal_requirement_once"),
            models.CheckConstraint(
                condition=Q(level__range=(1, 6))
                & Q(items__contained_by=list(ITEMS))
                & ~Q(items=[]),
                name="appeal_requirement_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payer}, level {self.level}"

    @property
    def labels(self) -> list[str]:
        """The items in words, in the order of the packet."""
        return [label for item, label in ITEMS.items() if item in self.items]

    @property
    def level_label(self) -> str:
        return level_words(self.level, self.payer.payer_class)
