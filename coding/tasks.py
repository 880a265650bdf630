"""Tasks of this app. Each is safe to repeat."""

from celery import shared_task
from django.utils import timezone

from coding.actions.query_deadlines import follow_up
from rcm import access
from rcm.models import Practice


@shared_task(name="coding.tasks.follow_up_queries")
def follow_up_queries() -> None:
    """Remind, escalate and expire the queries of every practice."""
    today = timezone.localdate()
    for practice in Practice.objects.order_by("pk"):
        with access.acting_in(practice.pk):
            follow_up(practice, today=today)
