"""Which ready claims may go to their payer now."""

from django.db.models import Q

from billing.models import Claim
from coding.models import Encounter


def is_sendable() -> Q:
    """The chart is not back with its coder, who is about to change what the claim says.

    A void repeats what it takes back, and a claim to a later payer what the earlier one decided:
    neither is made of the chart.
    """
    is_of_chart = Q(follows__isnull=True) & ~Q(frequency=Claim.Frequency.VOID)
    return ~is_of_chart | Q(encounter__state=Encounter.State.FINALIZED)
