"""Denials that are appealed, through the real verbs, on a day every test shares."""

from datetime import UTC, date, datetime
from typing import Any

from coding.actions import tasks as coder_tasks
from coding.models import CoderTask
from denials.actions import appeals
from denials.actions import denials as verbs
from denials.actions.appeal_decisions import Decision
from denials.actions.appeal_parts import add_file
from denials.actions.appeals import Sending
from denials.models import Appeal, Denial
from rcm.models import Practice, User
from tests.billing.attaching import pdf
from tests.denials.denying import denied

# Denials of tests are of 11/20/2026; this is the Monday after, in every time zone of the country.
NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
DECIDED = datetime(2026, 12, 21, 18, 0, tzinfo=UTC)
FAX = Sending("fax", "FAX-77")


def drafted(practice: Practice, by: User, code: str = "CO-252") -> Appeal:
    """The draft of level 1 against a denial of 165.00; the visit has one note."""
    return appeals.open_appeal(denied(practice, code), by=by, now=NOW)


def ready(practice: Practice, by: User, code: str = "CO-252") -> Appeal:
    return appeals.make_ready(drafted(practice, by, code), by=by, now=NOW)


def submit(draft: Appeal, by: User) -> Appeal:
    """A draft, sent."""
    return appeals.submit(appeals.make_ready(draft, by=by, now=NOW), FAX, by=by, now=NOW)


def submitted(practice: Practice, by: User, code: str = "CO-252") -> Appeal:
    return submit(drafted(practice, by, code), by)


def notice(outcome: str, **changes: Any) -> Decision:
    """The payer's letter of 12/18/2026."""
    return Decision(**{"outcome": outcome, "decided_on": date(2026, 12, 18)} | changes)


def with_notice(appeal: Appeal, by: User) -> None:
    """The letter of the level before, as the next level needs it."""
    add_file(appeal, item="decision", name="letter.pdf", content=pdf(), by=by)


def upheld(practice: Practice, coder: User, code: str, answer: str) -> Denial:
    """A denial the coder has answered: the coding stands."""
    denial = denied(practice, code)
    task = CoderTask.objects.get(denial=denial)
    coder_tasks.uphold_task(task, answer=answer, by=coder)
    verbs.follow_coder_task(CoderTask.objects.get(pk=task.pk))
    denial.refresh_from_db()
    return denial


def denial_of(appeal: Appeal) -> Denial:
    return Denial.objects.get(appeal_lines__appeal=appeal)
