"""The level of an office visit."""

import pytest

from coding.rules.em_hints import find_hints
from coding.rules.em_level import Problems, Reviewed, code_of, problem_level, reviewed_level
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


def test_each_element_says_why() -> None:
    assert problem_level(Problems(stable_chronic=2)) == (3, "2 stable chronic illnesses")
    assert problem_level(Problems(minor=1)) == (1, "one minor problem")
    assert reviewed_level(Reviewed()) == (1, "little or no data")


def test_two_of_three_elements_decide() -> None:
    problems, _ = problem_level(Problems(stable_chronic=2))
    data, _ = reviewed_level(Reviewed())
    assert code_of([problems, data, 3], is_new=False) == "99214"
    assert code_of([4, 1, 1], is_new=False) == "99212"
    assert code_of([2, 3, 4], is_new=False) == "99214"
    assert code_of([0, 1, 0], is_new=False) == "99211"


def test_a_new_patient_has_codes_of_its_own() -> None:
    problems, _ = problem_level(Problems(acute_simple=1))
    data, _ = reviewed_level(Reviewed())
    assert code_of([problems, data, 2], is_new=True) == "99203"
    assert code_of([0, data, 0], is_new=True) == "99202"


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
