"""Under which id, over which clearinghouse and for which transaction a payer is reached."""

from django.db import models
from django.db.models import Q

from payers.models.parties import Channel, Payer
from rcm.models import OwnedByPractice


class Transaction(models.TextChoices):
    """What is exchanged with a payer; its id and its enrolment differ for each."""

    PROFESSIONAL = "837P", "Professional claims"
    INSTITUTIONAL = "837I", "Institutional claims"
    ELIGIBILITY = "270", "Eligibility"
    CLAIM_STATUS = "276", "Claim status"
    REMITTANCE = "835", "Remittances"


class PayerRoute(OwnedByPractice):
    """One way to a payer: over a channel, for one transaction, under the payer's id there.

    `is_active` chooses it among the ways of the same transaction; it is used only when the payer
    asks for no enrolment there, or has approved it.
    """

    class Enrolment(models.TextChoices):
        NOT_NEEDED = "not_needed", "Not needed"
        REQUESTED = "requested", "Requested"
        APPROVED = "approved", "Approved"
        REFUSED = "refused", "Refused"

    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="routes")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="routes")
    transaction = models.CharField(max_length=4, choices=Transaction)
    payer_identifier = models.CharField(max_length=20)
    enrolment = models.CharField(max_length=10, choices=Enrolment, default=Enrolment.NOT_NEEDED)
    requested_on = models.DateField(null=True, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=False)

    class Meta:
        constraints = [
            # One way over each channel; its id and enrolment are changed, not doubled.
            models.UniqueConstraint(
                fields=["payer", "channel", "transaction"], name="payer_route_once"
            ),
            # A claim cannot have two ways out.
            models.UniqueConstraint(
                fields=["payer", "transaction"],
                condition=Q(is_active=True),
                name="payer_route_active_once",
            ),
            models.CheckConstraint(
                condition=Q(transaction__in=Transaction.values), name="payer_route_transaction"
            ),
            models.CheckConstraint(
                condition=~Q(payer_identifier=""), name="payer_route_has_identifier"
            ),
            # A request has its day, an answer too.
            models.CheckConstraint(
                condition=Q(enrolment="not_needed")
                | Q(enrolment="requested", requested_on__isnull=False, decided_on__isnull=True)
                | Q(enrolment__in=["approved", "refused"], decided_on__isnull=False),
                name="payer_route_enrolment_dates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.transaction} to {self.payer_identifier}"
