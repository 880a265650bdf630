"""Tasks of what follows a posted payment. Each loads by id, calls one action, may run twice."""

from celery import shared_task
from django.utils import timezone

from billing.actions import offsets, secondary_claims, underpayments
from billing.models import Remittance
from billing.tasks_in import practice_ids
from rcm import access, events
from rcm.models import Practice


@shared_task(name="billing.tasks.link_provider_adjustments")
def link_provider_adjustments(practice_id: int, remittance_id: int) -> None:
    """Close what the provider adjustments of a posted payment close."""
    with access.acting_in(practice_id):
        remittance = Remittance.objects.filter(practice_id=practice_id, pk=remittance_id).first()
        if remittance is not None:
            offsets.link_provider_adjustments(remittance)


@shared_task(name="billing.tasks.draft_next_claims")
def draft_next_claims(practice_id: int, remittance_id: int) -> int:
    """Claims to the next payer for what a posted payment left; how many."""
    with access.acting_in(practice_id):
        return secondary_claims.draft_after_posting(practice_id, remittance_id)


@shared_task(name="billing.tasks.sweep_next_claims")
def sweep_next_claims() -> None:
    """Shares whose notice was lost, or whose policy was added later; once a day."""
    for practice_id in practice_ids():
        with access.acting_in(practice_id):
            secondary_claims.draft_all_due(practice_id)


@shared_task(name="billing.tasks.sweep_provider_adjustments")
def sweep_provider_adjustments() -> None:
    """Ask again for posted payments whose provider adjustments nobody has looked at."""
    for practice_id in practice_ids():
        with access.acting_in(practice_id):
            for remittance_id in offsets.remittances_to_link(practice_id):
                events.enqueue_on_commit(
                    "billing.tasks.link_provider_adjustments", practice_id, remittance_id
                )


@shared_task(name="billing.tasks.find_underpayments")
def find_underpayments() -> None:
    """Lines paid below contract or custom, of what was posted since the last look; once a day."""
    for practice_id in practice_ids():
        with access.acting_in(practice_id):
            practice = Practice.objects.get(pk=practice_id)
            underpayments.find_underpayments(practice, timezone.localdate())
