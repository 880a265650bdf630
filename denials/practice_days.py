"""Which day it is at a practice."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from denials.rules.local_day import local_day
from rcm.models import Practice


def practice_today(practice: Practice, *, now: datetime | None = None) -> date:
    """The day it is in the practice's state; the installation's where the state is unknown."""
    return local_day(practice.state, now or timezone.now(), ZoneInfo(settings.TIME_ZONE))
