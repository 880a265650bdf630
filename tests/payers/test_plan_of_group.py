"""A new policy belongs to the plan its group number names."""

from datetime import date

import pytest

from payers.actions.coverages import add_coverage
from payers.models import Coverage
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from tests import make
from tests.world_payers import make_plan

MARCH = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("group_number", "starts_on", "expected"),
    [
        ("7123", MARCH, "Gold"),
        ("8123", MARCH, None),
        ("", MARCH, None),
        # Before the plan, on its last day, after it.
        ("7123", date(2025, 12, 31), None),
        ("7123", date(2026, 6, 30), "Gold"),
        ("7123", date(2026, 7, 1), None),
        # Both plans fit: which one it is nobody knows.
        ("7999", MARCH, None),
    ],
)
def test_a_new_policy_gets_the_only_plan_its_group_number_fits(
    north: Practice, ben: User, group_number: str, starts_on: date, expected: str | None
) -> None:
    payer = make.payer(north)
    dates = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 6, 30)}
    make_plan(payer, name="Gold", group_pattern="7[0-9]{3}", **dates)
    make_plan(payer, name="Silver", group_pattern="79[0-9]{2}", **dates)
    other = make.payer(north, payer_id="OTHER", name="Other", short_name="Other")
    make_plan(other, name="Elsewhere", group_pattern="8[0-9]{3}", **dates)
    coverage = add_coverage(
        make.patient(north),
        payer,
        member_id="UC1",
        starts_on=starts_on,
        group_number=group_number,
        by=ben,
    )
    coverage.refresh_from_db()
    assert (coverage.plan.name if coverage.plan else None) == expected
    event = Event.objects.get(name="coverage.added")
    assert event.data == {"plan": coverage.plan_id}


def test_a_plan_that_is_given_stays(north: Practice, ben: User) -> None:
    payer = make.payer(north)
    make_plan(payer, name="Gold", group_pattern="7[0-9]{3}")
    chosen = make_plan(payer, name="Any", group_pattern="")
    known = {"member_id": "UC1", "starts_on": MARCH, "group_number": "7123", "by": ben}
    patient = make.patient(north)
    assert add_coverage(patient, payer, plan=chosen, **known).plan == chosen
    with pytest.raises(Refusal, match="Another policy of the same rank"):
        add_coverage(patient, payer, **known)
    assert Coverage.objects.count() == 1
    second = make.patient(north)
    assert add_coverage(second, payer, plan=None, **known).plan is None
