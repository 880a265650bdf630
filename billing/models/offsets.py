"""What a payer postponed and took later: pairs of provider adjustments that close each other."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from billing.models.remittances import ProviderAdjustment
from rcm.models import OwnedByPractice, User


class OffsetLink(OwnedByPractice):
    """`amount` of the later adjustment `closing` closes as much of the earlier one, `opening`.

    The database holds (trigger offset_link_holds): opposite signs, one payer, never more than is
    open of either. A link is never changed, only undone; one a person undid is not made again.
    """

    class Method(models.TextChoices):
        REFERENCE = "reference", "Same reference"
        AMOUNT = "amount", "By amount"
        PERSON = "person", "By a person"

    class Undone(models.TextChoices):
        PERSON = "person", "By a person"
        TAKEN_BACK = "taken_back", "A posting was taken back"

    opening = models.ForeignKey(
        ProviderAdjustment, on_delete=models.PROTECT, related_name="links_as_opening"
    )
    closing = models.ForeignKey(
        ProviderAdjustment, on_delete=models.PROTECT, related_name="links_as_closing"
    )
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    method = models.CharField(max_length=10, choices=Method)
    linked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    linked_at = models.DateTimeField(db_default=Now())
    undone = models.CharField(max_length=10, choices=Undone, blank=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # Nothing is closed by nothing.
            models.CheckConstraint(condition=Q(amount__gt=0), name="offset_link_amount_positive"),
            # An entry does not close itself.
            models.CheckConstraint(
                condition=~Q(opening=F("closing")), name="offset_link_between_two"
            ),
            # Two entries are linked once at a time.
            models.UniqueConstraint(
                fields=["opening", "closing"],
                condition=Q(undone=""),
                name="offset_link_once",
            ),
            # Undone says when.
            models.CheckConstraint(
                condition=Q(undone="", undone_at__isnull=True)
                | (~Q(undone="") & Q(undone_at__isnull=False)),
                name="offset_link_undone_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opening_id} closed by {self.closing_id}: {self.amount}"
