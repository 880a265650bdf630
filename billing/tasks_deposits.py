"""Tasks of deposits. Each loads by id, calls one action and is safe to repeat."""

from celery import shared_task

from billing.actions import deposits
from billing.models import Remittance
from billing.tasks_in import practice_ids
from rcm import access
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
def sweep_deposits() -> None:
    """Match what has come in every practice, also for remittances nobody could post."""
    for practice_id in practice_ids():
        with access.acting_in(practice_id):
            deposits.match_deposits(Practice.objects.get(pk=practice_id))
