"""Where a local day begins, as a moment."""

from datetime import date, datetime, time

from django.utils import timezone


def day_start(day: date) -> datetime:
    """Midnight at the start of a day, local: a range between two of these can use an index."""
    return timezone.make_aware(datetime.combine(day, time.min))
