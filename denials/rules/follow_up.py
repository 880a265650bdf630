"""When an open insurance balance comes back to a person, why, and what to do next.

A balance rests until its next date; it comes back before when something happened since the last
touch: the payer answered, its usual time passed, a promised day passed. A balance nobody ever gave
a date follows the payer's clock, and one without a clock is due at once: nothing rests silently.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from payers.rules.filing import is_business_day

# Outcome of a call -> label, and after how many business days to look again without a promise.
OUTCOMES: Mapping[str, tuple[str, int]] = {
    "in_process": ("In process", 10),
    "payment_on_way": ("Payment is on its way", 7),
    "wants_information": ("Wants more information", 2),
    "not_on_file": ("No claim on file", 1),
    "says_denied": ("Says it is denied", 5),
    "other_payer": ("Names another payer", 1),
    "not_reached": ("Nobody reached", 1),
}
SNOOZE_DAYS = 3
INQUIRY_DAYS = 3
# Nothing rests for longer than a filing window of the shortest payers.
LONGEST_REST = 120
# The business day after it still is within that.
LONGEST_PROMISE = LONGEST_REST - 7
# A claim we have not sent is looked for after so many days; a next payer is asked after these.
UNSENT_DAYS = 7
NEXT_PAYER_DAYS = 30
ENOUGH = 20

CHANGED, PROMISE, SILENT, REACHED, UNDATED, RESTING = (
    *("changed", "promise_broken", "silent", "date_reached", "no_date"),
    "resting",
)
UNSENT = frozenset({"draft", "held", "ready", "rejected"})
WITH_PAYER = frozenset({"submitted", "accepted"})


@dataclass(frozen=True, slots=True)
class Dates:
    """The days a balance may come back on, in the practice's calendar.

    `is_changed`: the payer moved it after the last touch. `clock_on`: its payer's usual time ends.
    """

    served_on: date
    next_on: date | None = None
    promised_on: date | None = None
    clock_on: date | None = None
    touched_on: date | None = None
    is_changed: bool = False

    @property
    def bell(self) -> date | None:
        """The day of the clock, when it was not reached yet at the last touch."""
        if self.clock_on is None:
            return None
        return self.clock_on if self.touched_on is None or self.touched_on < self.clock_on else None


def due_day(dates: Dates) -> date:
    """The first day a person should look; the day of service stands for "at once"."""
    if dates.is_changed:
        return dates.served_on
    promise = dates.promised_on + timedelta(days=1) if dates.promised_on else None
    known = [day for day in (dates.next_on, promise, dates.bell) if day is not None]
    return min(known, default=dates.served_on)


def why_due(dates: Dates, today: date) -> str:
    """The strongest reason it is due on `today`, RESTING when it is not."""
    if dates.is_changed:
        return CHANGED
    if dates.promised_on is not None and dates.promised_on < today:
        return PROMISE
    if dates.bell is not None and dates.bell <= today:
        return SILENT
    if dates.next_on is not None and dates.next_on <= today:
        return REACHED
    return UNDATED if due_day(dates) <= today else RESTING


class Sending(NamedTuple):
    """How far a claim is on its way, for the clock of one of its balances.

    Days in the practice's calendar; `claims_days`, `payment_days`: what the payer usually takes
    from sending to a 277CA and from acceptance to a decision. `is_own`: the claim's own payer
    owes, not the next one.
    """

    status: str
    is_own: bool
    drafted_on: date
    submitted_on: date | None
    accepted_on: date | None
    decided_on: date | None
    claims_days: int
    payment_days: int


def clock_day(sending: Sending) -> date | None:
    """The day its silence becomes an alarm; None when nobody is expected to say anything more."""
    if not sending.is_own:
        since = sending.decided_on or sending.drafted_on
        return since + timedelta(days=NEXT_PAYER_DAYS)
    if sending.status in UNSENT:
        return sending.drafted_on + timedelta(days=UNSENT_DAYS)
    if sending.status == "submitted" and sending.submitted_on:
        return sending.submitted_on + timedelta(days=sending.claims_days)
    if sending.status == "accepted" and sending.accepted_on:
        return sending.accepted_on + timedelta(days=sending.payment_days)
    return None


def business_day_from(day: date) -> date:
    """`day`, or the first business day after it (federal holidays are none)."""
    while not is_business_day(day):
        day += timedelta(days=1)
    return day


def business_days_after(day: date, count: int) -> date:
    """The `count`-th business day after `day`."""
    for _ in range(count):
        day = business_day_from(day + timedelta(days=1))
    return day


def date_after_call(outcome: str, promised_on: date | None, today: date) -> date:
    """When to look again after a call that named no date: the business day after a promise."""
    if promised_on is not None:
        return business_days_after(promised_on, 1)
    return business_days_after(today, OUTCOMES[outcome][1])


class Situation(NamedTuple):
    """What the next step depends on. `outcome` is that of the last call, "" without one."""

    reason: str
    status: str
    is_own: bool = True
    outcome: str = ""
    has_denial: bool = False


AFTER_OUTCOME: Mapping[str, str] = {
    "wants_information": "Send what the payer wants",
    "not_on_file": "Send the claim again, with proof of filing",
    "says_denied": "Get the remittance, then work the denial",
    "other_payer": "Bill the payer it named",
}


def next_step(now: Situation) -> str:
    """One sentence of a few words: what to do."""
    if now.has_denial:
        return "Work it under Denials"
    if now.status in UNSENT:
        return "Not sent yet: find out why" if now.reason != RESTING else "Not sent yet"
    if now.reason == RESTING:
        return "Rests until its day"
    if now.reason == CHANGED:
        return "Read the payer’s answer"
    if now.reason == PROMISE:
        return "Call again"
    if now.reason == SILENT:
        return _after_silence(now)
    return AFTER_OUTCOME.get(now.outcome) or _without_word(now)


def _after_silence(now: Situation) -> str:
    if not now.is_own:
        return "Ask the next payer"
    return "Ask for its status" if now.status in WITH_PAYER else "Call the payer"


def _without_word(now: Situation) -> str:
    if not now.is_own:
        return "Bill or ask the next payer"
    return "Ask for its status" if now.status in WITH_PAYER else "Call: decided, still open"
