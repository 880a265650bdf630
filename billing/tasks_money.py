"""Tasks of what follows a posted payment. Each loads by id, calls one action, may run twice."""

from celery import shared_task
from django.utils import timezone

from billing.actions import offsets, secondary_claims, underpayments
from billing.models import Remittance
from rcm import access, events
from rcm.every_practice import for_every_practice
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
@for_every_practice
def sweep_next_claims(practice: Practice) -> None:
    """Shares whose notice was lost, or whose policy was added later; once a day."""
    with access.acting_in(practice.pk):
        secondary_claims.draft_all_due(practice.pk)


@shared_task(name="billing.tasks.sweep_provider_adjustments")
@for_every_practice
def sweep_provider_adjustments(practice: Practice) -> None:
    """Ask again for posted payments whose provider adjustments nobody has looked at."""
    with access.acting_in(practice.pk):
        for remittance_id in offsets.remittances_to_link(practice.pk):
            events.enqueue_on_commit(
                "billing.tasks.link_provider_adjustments", practice.pk, remittance_id
            )


@shared_task(name="billing.tasks.find_underpayments")
@for_every_practice
def find_underpayments(practice: Practice) -> None:
    """Lines paid below contract or custom, of what was posted since the last look; once a day."""
    with access.acting_in(practice.pk):
        underpayments.find_underpayments(practice, timezone.localdate())
