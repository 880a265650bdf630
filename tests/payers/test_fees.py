"""Prices on a day."""

from datetime import date
from decimal import Decimal

import pytest

from payers.actions.fee_schedules import fee_rows, set_fee
from payers.models import Fee
from payers.rules.fees import FeeRow, price_on
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from tests import make

LAST_YEAR = FeeRow("99213", Decimal("150.00"), date(2025, 1, 1), date(2025, 12, 31))
THIS_YEAR = FeeRow("99213", Decimal("165.00"), date(2026, 1, 1))
READING = FeeRow("71046", Decimal("40.00"), date(2026, 1, 1), modifier="26")
WHOLE = FeeRow("71046", Decimal("90.00"), date(2026, 1, 1))


def test_the_price_of_the_day_counts() -> None:
    fees = [LAST_YEAR, THIS_YEAR]
    assert price_on(fees, "99213", (), date(2025, 12, 31)) == Decimal("150.00")
    assert price_on(fees, "99213", (), date(2026, 1, 1)) == Decimal("165.00")


def test_before_the_first_price_there_is_none() -> None:
    assert price_on([LAST_YEAR], "99213", (), date(2024, 12, 31)) is None
    assert price_on([LAST_YEAR], "99214", (), date(2025, 6, 1)) is None


def test_a_price_for_the_modifier_wins_and_others_fall_back() -> None:
    fees = [WHOLE, READING]
    assert price_on(fees, "71046", ("26",), date(2026, 5, 1)) == Decimal("40.00")
    assert price_on(fees, "71046", ("RT",), date(2026, 5, 1)) == Decimal("90.00")
    assert price_on([READING], "71046", (), date(2026, 5, 1)) is None


def test_only_the_practices_own_schedule_prices_charges(north: Practice) -> None:
    schedule = make.fees(north, c99213="165.00")
    contract = schedule.__class__.objects.create(
        practice=north, name="Contract", payer=make.payer(north)
    )
    Fee.objects.create(
        practice=north,
        schedule=contract,
        procedure_code="99213",
        amount=Decimal("92.00"),
        starts_on=date(2026, 1, 1),
    )
    rows = fee_rows(north.pk, {"99213"}, make.SERVED_ON)
    assert [row.amount for row in rows] == [Decimal("165.00")]


def test_a_new_price_ends_the_one_before_it(north: Practice, mia: User) -> None:
    schedule = make.fees(north, c99213="165.00")
    set_fee(schedule, "99213", Decimal("170.00"), starts_on=date(2027, 1, 1), by=mia)
    assert list(Fee.objects.order_by("starts_on").values_list("amount", "ends_on")) == [
        (Decimal("165.00"), date(2026, 12, 31)),
        (Decimal("170.00"), None),
    ]
    assert Event.objects.get(name="fee.set").created_by == mia


def test_a_price_under_a_later_one_is_refused(north: Practice, mia: User) -> None:
    schedule = make.fees(north, c99213="165.00")
    with pytest.raises(Refusal) as refused:
        set_fee(schedule, "99213", Decimal("1.00"), starts_on=date(2025, 1, 1), by=mia)
    assert refused.value.message == "99213 already has a price from a later date."
    assert Fee.objects.count() == 1
    assert not Event.objects.exists()
