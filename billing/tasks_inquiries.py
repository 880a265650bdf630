"""Questions to payers by name: each task opens its practice and calls one action."""

from celery import shared_task

from billing.actions import asking_ahead, inquiry_sending, status_inquiries
from billing.tasks_in import practice_ids
from rcm import access, events


@shared_task(name="billing.tasks.send_inquiries")
def send_inquiries(practice_id: int, inquiry_id: int | None = None) -> None:
    """Send all that waits; the id only says who rang. The upload is outside its transactions."""
    inquiry_sending.send_waiting(practice_id)


@shared_task(name="billing.tasks.send_inquiry_batch")
def send_inquiry_batch(practice_id: int, batch_id: int) -> None:
    """One file again, after it could not be sent."""
    inquiry_sending.send_batch(practice_id, batch_id)


@shared_task(name="billing.tasks.sweep_inquiries")
def sweep_inquiries() -> None:
    """What lost messages left behind: unsent questions, due files, silent payers."""
    for practice_id in practice_ids():
        with access.acting_in(practice_id):
            asking_ahead.ask_for_reviews(practice_id)
            due = inquiry_sending.sweep_practice(practice_id)
            due += inquiry_sending.queue_inquiries(practice_id)
            for batch_id in due:
                events.enqueue_on_commit("billing.tasks.send_inquiry_batch", practice_id, batch_id)


@shared_task(name="billing.tasks.ask_payers")
def ask_payers() -> None:
    """Once a day: the policies of the next visits, the claims payers are silent about."""
    for practice_id in practice_ids():
        with access.acting_in(practice_id):
            asking_ahead.ask_ahead(practice_id)
            status_inquiries.ask_about_silent_claims(practice_id)
