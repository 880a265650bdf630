"""The test for payer changes against simulated payers: few false alarms, quick where it matters."""

import random
from fractions import Fraction
from math import comb

import pytest

from denials.rules.shifts import (
    WEEKS,
    Counts,
    accepted,
    find_shifts,
    is_over,
    judge,
    total,
    upper_tail,
)

Stream = list[Counts]


def binomial(chance: random.Random, lines: int, rate: float) -> int:
    return sum(chance.random() < rate for _ in range(lines))


def stream(chance: random.Random, weeks: int, lines: int, rate: float) -> Stream:
    return [Counts(lines, binomial(chance, lines, rate)) for _ in range(weeks)]


def exact_tail(recent: Counts, baseline: Counts) -> Fraction:
    """The same chance in whole numbers."""
    lines = recent.lines + baseline.lines
    denied = recent.denied + baseline.denied
    ways = sum(
        comb(denied, k) * comb(lines - denied, recent.lines - k)
        for k in range(recent.denied, min(recent.lines, denied) + 1)
        if recent.lines - k >= 0
    )
    return Fraction(ways, comb(lines, recent.lines))


@pytest.mark.parametrize("seed", range(50))
def test_the_tail_is_the_exact_one(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  a test
    recent_lines, baseline_lines = chance.randint(1, 80), chance.randint(1, 300)
    recent = Counts(recent_lines, chance.randint(0, recent_lines))
    baseline = Counts(baseline_lines, chance.randint(0, baseline_lines))
    assert upper_tail(recent, baseline) == exact_tail(recent, baseline)


def test_none_denied_lately_is_no_evidence() -> None:
    assert upper_tail(Counts(20, 0), Counts(200, 9)) == 1


@pytest.mark.parametrize(
    ("p_values", "alarms"),
    [
        ([], 0),
        (["0.05"], 1),
        (["0.051"], 0),
        (["0.01", "0.02", "0.03", "0.9"], 3),
        (["0.02", "0.02", "0.9", "0.9"], 2),
        (["0.026", "0.026", "0.9", "0.9"], 0),
    ],
)
def test_small_p_values_together_are_alarms(p_values: list[str], alarms: int) -> None:
    assert accepted([Fraction(value) for value in p_values]) == alarms


def test_the_window_and_the_weeks_before_it_are_apart() -> None:
    weeks = [Counts(20, 0)] * (WEEKS - 1) + [Counts(20, 10)]
    shift = judge(weeks)
    assert shift is not None
    assert (shift.weeks, shift.recent, shift.baseline) == (1, Counts(20, 10), Counts(260, 0))
    slow = [Counts(20, 0)] * (WEEKS - 4) + [Counts(20, 3)] * 4
    shift = judge(slow)
    assert shift is not None
    assert (shift.weeks, shift.recent, shift.baseline) == (4, Counts(80, 12), Counts(260, 0))


@pytest.mark.parametrize(
    "weeks",
    [
        [Counts(2, 0)] * (WEEKS - 1) + [Counts(2, 2)],
        [Counts(0, 0)] * (WEEKS - 1) + [Counts(50, 50)],
        [Counts(50, 0)] * (WEEKS - 1) + [Counts(50, 3)],
    ],
    ids=["few lately", "nothing before", "three denied"],
)
def test_what_is_too_small_is_not_asked(weeks: Stream) -> None:
    assert judge(weeks) is None


def test_payers_that_change_nothing_raise_an_alarm_in_at_most_one_week_of_twenty() -> None:
    chance = random.Random(7)  # noqa: S311  a test
    looks, alarmed = 400, 0
    series = [
        stream(chance, looks + WEEKS, chance.choice([10, 20, 40]), chance.choice([0.02, 0.1, 0.3]))
        for _ in range(40)
    ]
    for look in range(looks):
        alarmed += bool(find_shifts([each[look : look + WEEKS] for each in series]))
    assert alarmed == 11
    assert alarmed / looks <= 0.05


@pytest.mark.parametrize(("rate", "weeks"), [(0.3, 2), (0.15, 6)])
def test_a_payer_that_changes_is_found_within_weeks(rate: float, weeks: int) -> None:
    """Among 39 others that change nothing; in nine of ten tries."""
    chance = random.Random(11)  # noqa: S311  a test
    found = 0
    for _ in range(20):
        others = [stream(chance, WEEKS + weeks, 40, 0.05) for _ in range(39)]
        changed = stream(chance, WEEKS, 40, 0.05) + stream(chance, weeks, 40, rate)
        series = [changed, *others]
        found += any(
            any(shift.at == 0 for shift in find_shifts([each[at : at + WEEKS] for each in series]))
            for at in range(1, weeks + 1)
        )
    assert found >= 18


def test_an_alarm_is_over_when_the_old_rate_is_back() -> None:
    before = Counts(260, 13)
    assert is_over(Counts(80, 4), before)
    assert not is_over(Counts(80, 12), before)
    assert not is_over(Counts(9, 0), before)
    assert total([Counts(1, 1), Counts(2, 0)]) == Counts(3, 1)
