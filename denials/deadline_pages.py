"""What pages show of deadlines."""

from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from denials.actions.cases import WORKABLE
from denials.gaps import count_forgotten
from denials.models import Denial, DenialDeadline
from denials.rules.local_day import days_left
from rcm.days import day_start

# The choices of the worklist's filter, in days before the last safe day.
LEFT = (1, 3, 7, 14, 30)
URGENT, SOON = 3, 14
MISSED_LATELY = timedelta(days=14)


class Shown(NamedTuple):
    """A deadline, how long is left in words, and the tone of it."""

    row: DenialDeadline
    left: str
    tone: str
    is_open_appeal: bool = False


def shown_deadlines(denial: Denial, today: date) -> list[Shown]:
    """The deadlines of a denial, soonest first. One statement."""
    rows = DenialDeadline.objects.filter(denial=denial).order_by("last_safe_day", "remedy")
    may_act = denial.state in WORKABLE
    return [Shown(row, *left_of(row, today), may_act and row.is_open_appeal) for row in rows]


def left_of(row: DenialDeadline, today: date) -> tuple[str, str]:
    """("5 days", "amber"): words and tone."""
    if row.met_at is not None:
        return "used", "green"
    left = days_left(row.last_safe_day, today)
    if row.missed_at is not None or left < 0:
        return "missed", "red"
    words = "today" if left == 0 else f"{left} day{'' if left == 1 else 's'}"
    return words, "red" if left <= URGENT else "amber" if left <= SOON else "gray"


def ending_within(denials: QuerySet[Denial], days: str, today: date) -> QuerySet[Denial]:
    """Denials to act on within so many days, late ones among them; all for what is no number."""
    if not days.isdecimal() or int(days) > max(LEFT):
        return denials
    return denials.filter(due_on__lte=today + timedelta(days=int(days)))


def missed_lately(today: date) -> Q:
    """Denials of which a remedy was seen to be missed in the last 14 days."""
    since = day_start(today - MISSED_LATELY)
    rows = DenialDeadline.objects.filter(
        # The practice, too: the index of what was missed begins with it.
        denial=OuterRef("pk"),
        practice=OuterRef("practice"),
        missed_at__gte=since,
    )
    return Q(Exists(rows))


def deadline_alerts(practice_id: int, today: date) -> list[tuple[int, str, str, str, str]]:
    """(count, tone, title, text, address) of what the dashboard warns of. Constant statements."""
    url = reverse("denials")
    waiting = Denial.objects.filter(practice_id=practice_id, state__in=Denial.WAITING)
    due = waiting.filter(due_on__lte=today + timedelta(days=SOON)).count()
    missed = waiting.filter(missed_lately(today)).count()
    return [
        (missed, "red", "denials that missed a remedy in 14 days", "Use what is still open.",
         f"{url}?state=waiting&missed=1"),
        (count_forgotten(practice_id), "red", "denials nobody would come to",
         "No deadline, owner or next action.", f"{url}?state=unresolved&gap=1"),
        (due, "amber", "denials due within 14 days", "Act before the last safe day.",
         f"{url}?state=waiting&left={SOON}"),
    ]  # fmt: skip
