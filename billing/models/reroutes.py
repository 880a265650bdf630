"""A payer's transactions moved from one clearinghouse to another."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from payers.models import Channel, Payer, PayerRoute, Transaction
from rcm.models import OwnedByPractice, User


class Reroute(OwnedByPractice):
    """One act of moving routes between two channels; undone once at most.

    `batches` are those it took out of the outbox of the old channel, `in_flight` those that were
    beyond recall then: their answers still come over the old channel. `is_default_moved`: payers
    without a route of their own go over the new channel as well.
    """

    from_channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, related_name="reroutes_from"
    )
    to_channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="reroutes_to")
    reason = models.CharField(max_length=200, blank=True)
    batches = ArrayField(models.BigIntegerField(), default=list)
    in_flight = ArrayField(models.BigIntegerField(), default=list)
    is_default_moved = models.BooleanField(default=False)
    claims_count = models.PositiveIntegerField(default=0)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    made_at = models.DateTimeField(db_default=Now())
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_channel=models.F("to_channel")), name="reroute_two_channels"
            ),
        ]
        indexes = [
            # The list, newest first.
            models.Index(fields=["practice", "-id"], name="reroute_newest"),
        ]

    def __str__(self) -> str:
        return f"Re-route {self.pk}"


class RerouteMove(OwnedByPractice):
    """One transaction of one payer that a re-route moved. No old route: it went by default."""

    reroute = models.ForeignKey(Reroute, on_delete=models.PROTECT, related_name="moves")
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="+")
    transaction = models.CharField(max_length=4, choices=Transaction)
    old_route = models.ForeignKey(
        PayerRoute, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    new_route = models.ForeignKey(PayerRoute, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reroute", "payer", "transaction"], name="reroute_move_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.transaction} of {self.payer}"
