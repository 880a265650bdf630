"""What to do with a denial next: four numbers, from the practice's own history."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.models import UsualAllowed
from denials.actions.weighing import learn_history
from denials.models import Denial
from denials.next_best import dollars_of, history_of, next_best
from denials.practice_days import practice_today
from denials.rules.next_best import CORRECTED, ROUTE, History, options, urgency_of
from rcm.models import Event, Practice, User
from tests import make
from tests.denials.denying import denied

D = Decimal
KNOWN = History(ended=46, paid=41, median_days=17, minutes=D("4.0"), measured=30)


def test_worth_is_dollars_by_chance_by_urgency_over_minutes() -> None:
    [best] = options("coding", [CORRECTED], dollars=D(100), days_left=5, history={CORRECTED: KNOWN})
    assert (best.dollars, best.urgency, best.minutes) == (D(100), D(3), D("4.0"))
    assert best.chance == D(41) / 46
    assert best.worth == D("66.85")


@pytest.mark.parametrize(
    ("days_left", "factor"),
    [(-1, 0), (0, 4), (3, 4), (4, 3), (7, 3), (14, 2), (15, "1.5"), (30, "1.5"), (31, 1)],
)
def test_urgency_grows_to_the_last_day_and_then_is_nothing(days_left: int, factor: str) -> None:
    assert urgency_of(days_left) == D(factor)


def test_fewer_than_twenty_ended_have_no_chance_and_the_causes_order() -> None:
    few = {CORRECTED: History(ended=19, paid=19), ROUTE: History(ended=400, paid=4)}
    for category, first in (("coding", ROUTE), ("eligibility", CORRECTED)):
        found = options(category, [CORRECTED, ROUTE], dollars=D(100), days_left=90, history=few)
        assert found[0].verb == first
    [short] = [option for option in found if option.verb == CORRECTED]
    assert (short.chance, short.worth) == (None, None)


def test_the_verb_worth_more_comes_first_when_both_are_known() -> None:
    history = {CORRECTED: KNOWN, ROUTE: History(ended=20, paid=20, minutes=D(2), measured=20)}
    found = options("coding", [CORRECTED, ROUTE], dollars=D(100), days_left=90, history=history)
    assert [option.verb for option in found] == [ROUTE, CORRECTED]
    assert [option.worth for option in found] == [D("50.00"), D("22.28")]


def test_minutes_measured_seldom_or_below_one_are_not_trusted() -> None:
    seldom = History(ended=20, paid=10, minutes=D(40), measured=19)
    quick = History(ended=20, paid=10, minutes=D("0.1"), measured=20)
    found = [
        options("cob", [CORRECTED], dollars=D(10), days_left=90, history={CORRECTED: each})[0]
        for each in (seldom, quick)
    ]
    assert [each.minutes for each in found] == [D(5), D(1)]


def ended(practice: Practice, by: User, resolution: str, minutes: int) -> Denial:
    """Viewed, corrected so many minutes later, ended ten days after that."""
    denial = denied(practice, "CO-22")
    at = timezone.now() - timedelta(days=20)
    for name, moment in (
        ("denial.viewed", at),
        ("denial.resubmitted", at + timedelta(minutes=minutes)),
    ):
        Event.objects.create(
            practice=practice,
            name=name,
            subject_type="denial",
            subject_id=denial.pk,
            created_by=by,
            created_at=moment,
        )
    Denial.objects.filter(pk=denial.pk).update(
        state="resolved", resolution=resolution, resolved_at=at + timedelta(days=10, hours=1)
    )
    return denial


def test_history_counts_endings_days_and_minutes_of_the_same_cause_and_payer(
    north: Practice, ben: User
) -> None:
    for resolution, minutes in (("paid", 3), ("paid", 5), ("denied_again", 7)):
        ended(north, ben, resolution, minutes)
    denied(north, "CO-29")
    fresh = denied(north, "CO-22")
    assert history_of(fresh) == {}
    learn_history(north, practice_today(north))
    found = history_of(fresh)
    assert found == {
        CORRECTED: History(ended=3, paid=2, median_days=10, minutes=D("5.0"), measured=3)
    }


def test_dollars_are_what_the_payer_usually_allows(north: Practice) -> None:
    denial = denied(north)
    assert dollars_of(denial) == D("165.00")
    UsualAllowed.objects.create(
        practice=north,
        payer=denial.payer,
        procedure_code="99213",
        place_of_service="11",
        quarter="2026-07-01",
        lines=20,
        low=D("90.00"),
        median=D("92.00"),
        high=D("95.00"),
    )
    assert dollars_of(denial) == D("92.00")


def test_the_pane_shows_the_four_numbers_and_too_few_as_too_few(
    north: Practice, ben_client: Client
) -> None:
    denial = denied(north, "CO-22")
    page = " ".join(ben_client.get(f"/denials/?item={denial.pk}").content.decode().split())
    assert "What is worth most" in page
    assert "0 ended like this: too few for a chance" in page
    assert "Send corrected claim" in page
    Denial.objects.filter(pk=denial.pk).update(state="pended")
    denial.refresh_from_db()
    assert next_best(denial, practice_today(north)) == []


def test_the_look_back_is_three_statements_however_long(north: Practice, ben: User) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as run:
            assert next_best(
                Denial.objects.select_related("service_line").get(pk=fresh), make.TODAY
            )
        return len(run)

    fresh = denied(north, "CO-22").pk
    one = statements()
    for _ in range(3):
        ended(north, ben, "paid", 3)
    learn_history(north, practice_today(north))
    assert statements() == one == 3
