"""What denials taught: rules drafted from them."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from billing.models import ClaimRule
from payers.models import Payer
from rcm.models import OwnedByPractice


class LearnedRule(OwnedByPractice):
    """A claim rule and the denials it was drafted from: payer, cause, reason and procedure.

    `claims` were denied so, about `amount` dollars, when it was drafted; the draft hit
    `denied_hit` of `denied_of` denied claims and `paid_hit` of `paid_of` paid ones. A later version
    of the rule belongs to the same denials. An empty procedure is the whole claim.
    """

    rule = models.OneToOneField(ClaimRule, on_delete=models.PROTECT, related_name="learned")
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="learned_rules")
    category = models.CharField(max_length=40)
    reason = models.CharField(max_length=5)
    procedure_code = models.CharField(max_length=5, blank=True)
    claims = models.PositiveIntegerField()
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    denied_hit = models.PositiveIntegerField()
    denied_of = models.PositiveIntegerField()
    paid_hit = models.PositiveIntegerField()
    paid_of = models.PositiveIntegerField()
    drafted_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(denied_hit__lte=F("denied_of")) & Q(paid_hit__lte=F("paid_of")),
                name="learned_rule_hits_within",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.procedure_code}".strip()

    @property
    def key(self) -> tuple[int, str, str, str]:
        """The denials it is about."""
        return self.payer_id, self.category, self.reason, self.procedure_code


class VerbHistory(OwnedByPractice):
    """How one verb went with denials of one cause at one payer, as last learned.

    As denials.rules.next_best.History: `minutes` is the median of `measured`, `median_days` is from
    the verb to the payment.
    """

    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="verb_history")
    category = models.CharField(max_length=40)
    verb = models.CharField(max_length=10)
    ended = models.PositiveIntegerField()
    paid = models.PositiveIntegerField()
    median_days = models.IntegerField(null=True)
    minutes = models.DecimalField(max_digits=6, decimal_places=1, null=True)
    measured = models.PositiveIntegerField()
    computed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            # One row answers what is known of a verb; all of a practice are read together.
            models.UniqueConstraint(
                fields=["practice", "payer", "category", "verb"], name="verb_history_once"
            ),
            models.CheckConstraint(
                condition=Q(paid__lte=F("ended")) & Q(measured__lte=F("ended")),
                name="verb_history_within",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.category}: {self.paid} of {self.ended}"
