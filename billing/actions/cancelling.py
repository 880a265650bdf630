"""A posting that a person cancelled: nothing of it is written, and the payment waits for them."""

from collections.abc import Callable

from django.db import transaction

from billing.models import Remittance
from rcm import events
from rcm.actions.jobs import Cancelled, Progress, unheeded_cancel
from rcm.models import Job, User

HOLD_CODE = "cancelled"
KIND = "posting"
# What the sweep would post again by itself.
SWEPT = (Remittance.State.RECORDED, Remittance.State.READY)


def post_unless_cancelled(
    remittance: Remittance, progress: Progress, post: Callable[[], Remittance]
) -> Remittance | None:
    """Run `post` whole or not at all; None when a person cancelled it.

    `remittance` is locked by the caller's transaction, which goes on: so nobody else can post it
    between the rolling back and the hold.
    """
    try:
        with transaction.atomic():
            posted = post()
            progress.finish()
    except Cancelled:
        progress.message = heed_cancel(remittance)
        return None
    return posted


def heed_cancel(remittance: Remittance) -> str:
    """Hold a payment whose posting somebody asked to stop; what to say of it, "" when nobody did.

    Work that broke off before it could look is heeded too, by whoever would try again.
    """
    job = unheeded_cancel(remittance.practice_id, KIND, remittance)
    if job is None:
        return ""
    by = job.cancel_requested_by
    remittance.refresh_from_db()
    message = f"Cancelled by {by}. What had been posted before stays posted."
    if remittance.state in SWEPT:
        hold(remittance, by)
        message = f"Cancelled by {by}. Nothing of it was posted."
    Job.objects.filter(
        practice_id=remittance.practice_id, kind=KIND, subject_type="remittance"
    ).filter(
        subject_id=remittance.pk,
        cancel_requested_at__isnull=False,
        state__in=[Job.State.RUNNING, Job.State.FAILED],
    ).update(state=Job.State.CANCELLED, message=message)
    return message


def hold(remittance: Remittance, by: User | None) -> None:
    remittance.state = Remittance.State.HELD
    remittance.hold_code = HOLD_CODE
    remittance.hold_message = f"Posting was cancelled by {by}. Release it to post."
    remittance.save(update_fields=["state", "hold_code", "hold_message"])
    events.record("remittance.held", remittance, by=by, code=HOLD_CODE)
