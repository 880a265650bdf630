"""Units from minutes and doses."""

from decimal import Decimal

import pytest

from coding.rules.pointers import EntryError, parse_units
from coding.rules.time_units import timed_units, units_from

D = Decimal


@pytest.mark.parametrize(
    ("minutes", "units"),
    [(0, 0), (7, 0), (8, 1), (22, 1), (23, 2), (37, 2), (38, 3), (52, 3), (53, 4), (67, 4)]
    + [(68, 5), (82, 5), (83, 6), (97, 6), (98, 7), (112, 7), (113, 8), (127, 8)],
)
def test_eight_minutes_start_a_unit(minutes: int, units: int) -> None:
    assert timed_units(minutes) == units


@pytest.mark.parametrize(
    ("text", "code", "units"),
    [
        ("23m", "97110", D(2)),
        ("23 min", "97110", D(2)),
        ("95m", "00790", D(95)),
        ("95m", "01999", D(95)),
        ("40/10", "J3301", D(4)),
        ("45/10", "J3301", D(5)),
        ("0.5/0.25", "J0000", D(2)),
        ("5m", "97110", D(0)),
        ("40/0", "J3301", D(0)),
        ("0/0", "J3301", D(0)),
        ("4", "J3301", None),
        ("four", "J3301", None),
    ],
)
def test_units_are_read_from_minutes_or_a_dose(text: str, code: str, units: Decimal | None) -> None:
    assert units_from(text, code) == units


def test_the_units_field_takes_all_three() -> None:
    assert parse_units("4") == D(4)
    assert parse_units("40/10") == D(4)
    assert parse_units("38m", "97110") == D(3)


@pytest.mark.parametrize("text", ["5m", "40/0", "", "-1", "0"])
def test_what_comes_to_nothing_is_refused(text: str) -> None:
    with pytest.raises(EntryError, match="Units are a number above zero"):
        parse_units(text, "97110")
