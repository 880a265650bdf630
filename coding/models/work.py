"""How the work of coders is divided: views of the queue, what visits are worth, who gets which."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.http import QueryDict

from payers.models import Payer
from rcm.models import OwnedByPractice, Provider, User


class SavedView(OwnedByPractice):
    """A filter of the coder queue under a name. `query` is the address's query without page.

    A shared view is seen by everybody in the practice, any other only by its owner.
    """

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="saved_views")
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=300)
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "owner", "name"], name="saved_view_once"),
            models.CheckConstraint(condition=~Q(name=""), name="saved_view_has_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def filters(self) -> QueryDict:
        return QueryDict(self.query)


class AssignmentRule(OwnedByPractice):
    """Who gets which charts: the first active rule that fits gives a chart to one of `coders`.

    An empty condition fits every chart. Of the coders the one with the fewest open charts of her
    own gets the next.
    """

    name = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField()
    is_active = models.BooleanField(default=True)
    specialty = models.CharField(max_length=40, blank=True)
    visit_type = models.CharField(max_length=40, blank=True)
    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    payer = models.ForeignKey(
        Payer, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    payer_class = models.CharField(max_length=12, choices=Payer.PayerClass, blank=True)
    coders = ArrayField(models.BigIntegerField(), default=list)
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "position"],
                name="assignment_rule_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            # A rule gives charts to somebody.
            models.CheckConstraint(condition=~Q(coders=[]), name="assignment_rule_has_coder"),
            models.CheckConstraint(condition=~Q(name=""), name="assignment_rule_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


class VisitValue(OwnedByPractice):
    """Dollars the visits of a kind billed on average in the last year; part of every priority.

    Kept apart so that a new chart gets its priority without a look at a year of charges.
    """

    visit_type = models.CharField(max_length=40)
    specialty = models.CharField(max_length=40)
    amount = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "visit_type", "specialty"], name="visit_value_once"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="visit_value_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.visit_type}, {self.specialty}: {self.amount}"
