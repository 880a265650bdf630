"""Buckets of age, and when an open balance comes back to a person and why."""

from datetime import date

import pytest

from denials.rules import aging
from denials.rules import follow_up as rules
from denials.rules.follow_up import Dates, Sending, Situation

TODAY = date(2026, 11, 26)


def day(text: str) -> date:
    """ "12/24" of 2026, or "2027-01-04"."""
    if "/" not in text:
        return date.fromisoformat(text)
    month, number = text.split("/")
    return date(2026, int(month), int(number))


@pytest.mark.parametrize(
    ("served", "today", "bucket"),
    [
        ("2026-11-26", "2026-11-26", "0-30"),
        ("2026-12-01", "2026-11-26", "0-30"),  # keyed ahead
        ("2026-10-27", "2026-11-26", "0-30"),  # 30 days
        ("2026-10-26", "2026-11-26", "31-60"),  # 31 days, a month apart
        ("2026-09-27", "2026-11-26", "31-60"),
        ("2026-09-26", "2026-11-26", "61-90"),
        ("2026-08-28", "2026-11-26", "61-90"),
        ("2026-08-27", "2026-11-26", "91-120"),
        ("2026-07-29", "2026-11-26", "91-120"),
        ("2026-07-28", "2026-11-26", "over-120"),
        ("2019-01-01", "2026-11-26", "over-120"),
        ("2028-01-31", "2028-03-01", "0-30"),  # over a leap day: 30 days
        ("2027-01-31", "2027-03-02", "0-30"),  # the same in a common year
        ("2028-01-30", "2028-03-01", "31-60"),
        ("2028-02-29", "2028-03-31", "31-60"),
        ("2027-12-31", "2028-01-30", "0-30"),  # over the turn of the year
    ],
)
def test_a_balance_is_aged_from_the_date_of_service(served: str, today: str, bucket: str) -> None:
    assert aging.bucket_of(day(served), day(today)).key == bucket
    for each in aging.BUCKETS:
        first, last = aging.served_between(each, day(today))
        is_in = (first is None or first <= day(served)) and (last is None or day(served) <= last)
        assert is_in is (each.key == bucket)


# Next date, promise, clock, last touch, changed since -> why on 11/26, first day due.
DUE = [
    ("nothing known: at once", {}, rules.UNDATED, "11/02"),
    ("the clock runs", {"clock_on": "12/03"}, rules.RESTING, "12/03"),
    ("the clock ends today", {"clock_on": "11/26"}, rules.SILENT, "11/26"),
    ("the clock ended", {"clock_on": "11/20"}, rules.SILENT, "11/20"),
    ("a later date", {"next_on": "11/27", "touched_on": "11/20"}, rules.RESTING, "11/27"),
    ("its date is today", {"next_on": "11/26", "touched_on": "11/20"}, rules.REACHED, "11/26"),
    ("its date has passed", {"next_on": "11/24", "touched_on": "11/20"}, rules.REACHED, "11/24"),
    (
        "touched after the clock ended: the date rules",
        {"next_on": "12/10", "clock_on": "11/20", "touched_on": "11/24"},
        *(rules.RESTING, "12/10"),
    ),
    (
        "touched on the day the clock ends: the date rules",
        {"next_on": "12/10", "clock_on": "11/24", "touched_on": "11/24"},
        *(rules.RESTING, "12/10"),
    ),
    (
        "the clock ended after the touch",
        {"next_on": "12/10", "clock_on": "11/25", "touched_on": "11/24"},
        *(rules.SILENT, "11/25"),
    ),
    (
        "promised for today: today may still bring it",
        {"next_on": "12/10", "promised_on": "11/26", "touched_on": "11/20"},
        *(rules.RESTING, "11/27"),
    ),
    (
        "the promised day has passed",
        {"next_on": "12/10", "promised_on": "11/25", "touched_on": "11/20"},
        *(rules.PROMISE, "11/26"),
    ),
    (
        "the payer answered since",
        {"next_on": "12/10", "touched_on": "11/20", "is_changed": True},
        *(rules.CHANGED, "11/02"),
    ),
]


@pytest.mark.parametrize(("case", "dates", "reason", "first"), DUE, ids=[row[0] for row in DUE])
def test_it_comes_back_when_its_day_is_reached_or_something_happened(
    case: str, dates: dict[str, object], reason: str, first: str
) -> None:
    given = {name: day(value) if isinstance(value, str) else value for name, value in dates.items()}
    found = Dates(served_on=day("11/02"), **given)  # type: ignore[arg-type]  # days and one bool
    assert (rules.why_due(found, TODAY), rules.due_day(found)) == (reason, day(first))
    assert (reason == rules.RESTING) is (rules.due_day(found) > TODAY)


CLOCKS = [
    ("draft", True, "11/10"),
    ("held", True, "11/10"),
    ("rejected", True, "11/10"),
    ("submitted", True, "11/07"),
    ("accepted", True, "12/06"),
    ("adjudicated", True, None),
    ("closed", True, None),
    ("adjudicated", False, "12/20"),
    ("accepted", False, "12/20"),
]


@pytest.mark.parametrize(("status", "is_own", "ends"), CLOCKS)
def test_the_clock_is_that_of_whoever_is_to_answer_next(
    status: str, is_own: bool, ends: str | None
) -> None:
    sending = Sending(
        status=status,
        is_own=is_own,
        drafted_on=day("11/03"),
        submitted_on=day("11/05"),
        accepted_on=day("11/06"),
        decided_on=day("11/20"),
        claims_days=2,
        payment_days=30,
    )
    assert rules.clock_day(sending) == (day(ends) if ends else None)


def test_a_next_payer_has_thirty_days_from_the_draft_where_nobody_decided() -> None:
    sending = Sending("accepted", False, day("11/03"), None, None, None, 2, 30)
    assert rules.clock_day(sending) == day("12/03")


@pytest.mark.parametrize(
    ("outcome", "promised", "next_on"),
    [
        ("in_process", None, "12/10"),  # ten business days; Thanksgiving is today
        ("payment_on_way", None, "12/07"),
        ("not_on_file", None, "11/27"),
        ("in_process", "12/04", "12/07"),  # a Friday: the Monday after
        ("in_process", "12/24", "12/28"),  # Christmas and a weekend
        ("not_reached", "11/26", "11/27"),
    ],
)
def test_a_call_without_a_date_comes_back_by_its_outcome_or_promise(
    outcome: str, promised: str | None, next_on: str
) -> None:
    found = rules.date_after_call(outcome, day(promised) if promised else None, TODAY)
    assert found == day(next_on)


@pytest.mark.parametrize(
    ("asked", "found"),
    [("11/27", "11/27"), ("11/28", "11/30"), ("12/25", "12/28"), ("2027-01-01", "2027-01-04")],
)
def test_a_rest_ends_on_a_business_day(asked: str, found: str) -> None:
    assert rules.business_day_from(day(asked)) == day(found)


STEPS = [
    (Situation(rules.CHANGED, "adjudicated"), "Read the payer’s answer"),
    (Situation(rules.PROMISE, "accepted"), "Call again"),
    (Situation(rules.SILENT, "accepted"), "Ask for its status"),
    (Situation(rules.SILENT, "adjudicated"), "Call the payer"),
    (Situation(rules.SILENT, "adjudicated", is_own=False), "Ask the next payer"),
    (Situation(rules.SILENT, "held"), "Not sent yet: find out why"),
    (Situation(rules.RESTING, "draft"), "Not sent yet"),
    (Situation(rules.RESTING, "accepted"), "Rests until its day"),
    (
        Situation(rules.REACHED, "accepted", outcome="wants_information"),
        "Send what the payer wants",
    ),
    (Situation(rules.REACHED, "accepted", outcome="in_process"), "Ask for its status"),
    (Situation(rules.UNDATED, "adjudicated"), "Call: decided, still open"),
    (Situation(rules.UNDATED, "adjudicated", is_own=False), "Bill or ask the next payer"),
    (Situation(rules.CHANGED, "adjudicated", has_denial=True), "Work it under Denials"),
]


@pytest.mark.parametrize(("now", "step"), STEPS)
def test_the_next_step_says_what_to_do(now: Situation, step: str) -> None:
    assert rules.next_step(now) == step
