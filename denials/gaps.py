"""What nobody would come to by itself: open denials without a deadline, an owner or a next action.

Each count must be zero. The night looks, `check_denials` looks on demand, the dashboard shows it.
"""

from functools import reduce
from operator import or_

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from coding.models import CoderTask
from denials.models import AppealLine, Denial, DenialDeadline
from rcm.models import Event

CHECKED = "practice.denials_checked"
# Nobody comes to a denial that waits for a coder nobody asks, rests without a day, or waits for a
# correction that does not exist or for an appeal nobody will ask about.
GAPS = {
    "without_deadline": Q(~Exists(DenialDeadline.objects.filter(denial=OuterRef("pk")))),
    "without_owner": Q(owner_queue="", assigned_to=None),
    "without_next_action": Q(state=Denial.State.WITH_CODER, coder_task=None)
    | Q(state=Denial.State.WITH_CODER, coder_task__state=CoderTask.State.CLOSED)
    | Q(state=Denial.State.PENDED, pended_until=None)
    | Q(state=Denial.State.RESUBMITTED, corrected_claim=None)
    | Q(state=Denial.State.APPEALED)
    & ~Q(
        Exists(
            AppealLine.objects.filter(
                denial=OuterRef("pk"),
                appeal__submitted_at__isnull=False,
                appeal__follow_up_on__isnull=False,
            )
        )
    ),
}
HAS_GAP = reduce(or_, GAPS.values())
NAMES = tuple(GAPS)
UNRESOLVED = (*Denial.UNDECIDED, Denial.State.RESUBMITTED)


def unresolved(practice_id: int) -> QuerySet[Denial]:
    return Denial.objects.filter(practice_id=practice_id, state__in=UNRESOLVED)


def count_gaps(practice_id: int) -> dict[str, int]:
    """How many denials of the practice have no deadline, owner or next action. One statement."""
    counts = {name: Count("pk", filter=condition) for name, condition in GAPS.items()}
    return unresolved(practice_id).aggregate(**counts)


def gaps_of(practice_id: int) -> QuerySet[Denial]:
    """The denials with at least one gap, each once."""
    return unresolved(practice_id).filter(HAS_GAP)


def count_forgotten(practice_id: int) -> int:
    """How many denials have a gap, as the night saw it or fewer. One or two statements.

    A night that found none is believed until the next one; where it found some, or has never
    looked, they are counted now, so that what is mended is gone at once.
    """
    nights = Event.objects.filter(
        practice_id=practice_id, subject_type="practice", subject_id=practice_id, name=CHECKED
    )
    told = nights.order_by("-pk").values_list("data", flat=True).first()
    if told is not None and not any(told.get(name) for name in NAMES):
        return 0
    return gaps_of(practice_id).count()
