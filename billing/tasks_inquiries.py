"""Questions to payers by name: each task opens its practice and calls one action."""

from celery import shared_task

from billing.actions import asking_ahead, inquiry_sending, status_inquiries
from rcm import access, events
from rcm.every_practice import for_every_practice
from rcm.models import Practice


@shared_task(name="billing.tasks.send_inquiries")
def send_inquiries(practice_id: int, inquiry_id: int | None = None) -> None:
    """Send all that waits; the id only says who rang. The upload is outside its transactions."""
    inquiry_sending.send_waiting(practice_id)


@shared_task(name="billing.tasks.send_inquiry_batch")
def send_inquiry_batch(practice_id: int, batch_id: int) -> None:
    """One file again, after it could not be sent."""
    inquiry_sending.send_batch(practice_id, batch_id)


@shared_task(name="billing.tasks.sweep_inquiries")
@for_every_practice
def sweep_inquiries(practice: Practice) -> None:
    """What lost messages left behind: unsent questions, due files, silent payers."""
    with access.acting_in(practice.pk):
        asking_ahead.ask_for_reviews(practice.pk)
        due = inquiry_sending.sweep_practice(practice.pk)
        due += inquiry_sending.queue_inquiries(practice.pk)
        for batch_id in due:
            events.enqueue_on_commit("billing.tasks.send_inquiry_batch", practice.pk, batch_id)


@shared_task(name="billing.tasks.ask_payers")
@for_every_practice
def ask_payers(practice: Practice) -> None:
    """Once a day: the policies of the next visits, the claims payers are silent about."""
    with access.acting_in(practice.pk):
        asking_ahead.ask_ahead(practice.pk)
        status_inquiries.ask_about_silent_claims(practice.pk)
