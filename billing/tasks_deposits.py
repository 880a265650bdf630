"""Tasks of deposits. Each loads by id, calls one action and is safe to repeat."""

from celery import shared_task

from billing.actions import deposits
from billing.models import Remittance
from rcm import access
from rcm.every_practice import for_every_practice
from rcm.models import Practice


@shared_task(name="billing.tasks.match_deposits")
def match_deposits(practice_id: int, remittance_id: int) -> int:
    """Look for the money of one remittance; how many matches were made."""
    with access.acting_in(practice_id):
        found = Remittance.objects.filter(practice_id=practice_id, pk=remittance_id)
        remittance = found.select_related("practice").first()
        if remittance is None:
            return 0
        return deposits.match_deposits(remittance.practice, remittance=remittance)


@shared_task(name="billing.tasks.sweep_deposits")
@for_every_practice
def sweep_deposits(practice: Practice) -> None:
    """Match what has come in every practice, also for remittances nobody could post."""
    with access.acting_in(practice.pk):
        deposits.match_deposits(practice)
