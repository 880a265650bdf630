"""The level of an office visit."""

import pytest

from coding.rules.em_hints import find_hints
from coding.rules.em_level import (
    Problems,
    Reviewed,
    Risk,
    TimeBand,
    best_level,
    level_by_time,
    level_of,
    problem_level,
    reviewed_level,
)
from tests.coding.reading import knowledge, read


@pytest.mark.parametrize(
    ("problems", "level"),
    [
        (Problems(), 0),
        (Problems(minor=1), 1),
        (Problems(minor=2), 2),
        (Problems(stable_chronic=1), 2),
        (Problems(acute_simple=1), 2),
        (Problems(stable_chronic=2), 3),
        (Problems(unstable_chronic=1), 3),
        (Problems(new_uncertain=1), 3),
        (Problems(acute_systemic=1), 3),
        (Problems(acute_injury_complicated=1), 3),
        (Problems(severe_or_threatening=1), 4),
    ],
)
def test_problems_have_their_level(problems: Problems, level: int) -> None:
    assert problem_level(problems)[0] == level


@pytest.mark.parametrize(
    ("data", "level"),
    [
        (Reviewed(), 1),
        (Reviewed(tests_and_notes=1), 1),
        (Reviewed(tests_and_notes=2), 2),
        (Reviewed(has_historian=True), 2),
        (Reviewed(tests_and_notes=3), 3),
        (Reviewed(tests_and_notes=2, has_historian=True), 3),
        (Reviewed(has_own_interpretation=True), 3),
        (Reviewed(tests_and_notes=3, has_discussion=True), 4),
    ],
)
def test_data_has_its_level(data: Reviewed, level: int) -> None:
    assert reviewed_level(data)[0] == level


def test_two_of_three_elements_decide() -> None:
    found = level_of(
        Problems(stable_chronic=2), Reviewed(), Risk(3, "prescription drug"), is_new=False
    )
    assert (found.level, found.code, found.by) == (3, "99214", "decision making")
    assert found.reasons == (
        "Problems moderate: 2 stable chronic illnesses.",
        "Data straightforward: little or no data.",
        "Risk moderate: prescription drug.",
        "Two of three reach moderate.",
    )


def test_a_new_patient_has_codes_of_its_own() -> None:
    found = level_of(Problems(acute_simple=1), Reviewed(), Risk(2), is_new=True)
    assert found.code == "99203"
    assert level_of(Problems(), Reviewed(), Risk(), is_new=True).code == "99202"


def test_time_counts_when_it_reaches_higher_and_only_with_a_table() -> None:
    bands = [TimeBand("99213", 11), TimeBand("99214", 22), TimeBand("99204", 33)]
    low = level_of(Problems(minor=1), Reviewed(), Risk(1), is_new=False)
    by_time = level_by_time(25, bands, is_new=False)
    assert by_time is not None
    assert best_level(low, by_time).code == "99214"
    assert by_time.reasons == ("25 minutes on the day reach 22.",)
    assert level_by_time(25, [], is_new=False) is None
    assert level_by_time(5, bands, is_new=False) is None
    assert best_level(low, None).code == "99212"


def test_hints_quote_the_note_and_propose_counts() -> None:
    note = (
        "HPI\nHistory was obtained from the daughter. I personally reviewed the x-ray images.\n"
        "ASSESSMENT AND PLAN\n1. Diabetes, not at goal. Increase metformin 1000 mg twice daily."
        " Order A1c and lipid panel.\n2. Hypertension, stable.\nTotal time 35 minutes."
    )
    chart = read(note, knowledge())
    hints = find_hints(chart.notes, chart.findings)
    assert (hints.problems.unstable_chronic, hints.problems.stable_chronic) == (1, 1)
    assert hints.data.has_historian
    assert hints.data.has_own_interpretation
    assert hints.data.tests_and_notes == 3
    assert (hints.risk.level, hints.risk.why) == (3, "prescription drug management")
    assert hints.minutes == 35
    assert all(note[hint.start : hint.end] == hint.quote for hint in hints.hints)
