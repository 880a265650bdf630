"""The E/M check stands beside the coder's choice and decides nothing."""

import pytest
from django.test import Client
from django.urls import reverse

from coding.actions import codes
from coding.actions.suggestions import suggest_for
from coding.actions.visit_levels import choose_level
from coding.models import ChartReading, Encounter
from coding.visit_level import visit_level
from rcm.errors import Refusal
from rcm.models import Practice, User
from tests import make

NOTE = """
ASSESSMENT AND PLAN:
1. Type 2 diabetes, not at goal. Increase metformin 1000 mg twice daily. A1c and CMP today.
2. Hypertension, stable. Continue lisinopril 20 mg daily.
"""


@pytest.fixture
def chart(north: Practice) -> Encounter:
    for code, label in (
        ("E119", "Type 2 diabetes mellitus without complications"),
        ("I10", "Essential (primary) hypertension"),
    ):
        make.code("icd10cm", code, label)
    for code in ("99213", "99214"):
        make.code("procedure", code, "Established visit")
    made = make.encounter(north, text=NOTE, visit_type="Established")
    suggest_for(made)
    return made


def test_the_note_says_what_two_of_three_elements_reach(chart: Encounter) -> None:
    level = visit_level(chart, ())
    assert level is not None
    assert [(row.label, row.word, row.is_chosen) for row in level.elements] == [
        ("Problems", "Moderate", False),
        ("Data", "Low", False),
        ("Risk", "Moderate", False),
    ]
    assert (level.code, level.coded, level.agrees) == ("99214", "", False)


def test_it_says_whether_the_coded_visit_agrees(chart: Encounter, ana: User) -> None:
    codes.add_line(chart, "99214", by=ana)
    level = visit_level(chart, {"99214"})
    assert level is not None
    assert (level.coded, level.agrees) == ("99214", True)
    lower = visit_level(chart, {"99213"})
    assert lower is not None
    assert (lower.coded, lower.agrees) == ("99213", False)


def test_a_new_patient_gets_the_codes_of_a_new_patient(chart: Encounter) -> None:
    chart.visit_type = "New"
    level = visit_level(chart, ())
    assert level is not None
    assert level.code == "99204"


def test_services_without_a_visit_have_no_level(chart: Encounter) -> None:
    assert visit_level(chart, {"72148"}) is None
    assert visit_level(chart, {"72148", "99213"}) is not None


def test_the_coders_own_word_counts_and_is_taken_back(chart: Encounter, ana: User) -> None:
    choose_level(chart, {"problems": 2, "risk": 2}, by=ana)
    level = visit_level(chart, ())
    assert level is not None
    assert [row.is_chosen for row in level.elements] == [True, False, True]
    assert level.code == "99213"
    choose_level(chart, {"problems": None, "risk": None}, by=ana)
    assert ChartReading.objects.get().chosen_level == {}


def test_what_the_note_says_is_no_choice(chart: Encounter, ana: User) -> None:
    choose_level(chart, {"problems": 3, "reviewed": 2, "risk": 3}, by=ana)
    assert ChartReading.objects.get().chosen_level == {}


@pytest.mark.parametrize("levels", [{"problems": 5}, {"risk": -1}, {"luck": 1}])
def test_no_other_level_is_kept(chart: Encounter, ana: User, levels: dict[str, int]) -> None:
    with pytest.raises(Refusal, match="A level is one of none to high"):
        choose_level(chart, levels, by=ana)
    assert ChartReading.objects.get().chosen_level == {}


def test_a_chart_that_was_not_read_shows_no_level(north: Practice, ana: User) -> None:
    chart = make.encounter(north)
    assert visit_level(chart, ()) is None
    with pytest.raises(Refusal) as refused:
        choose_level(chart, {"risk": 1}, by=ana)
    assert refused.value.status == 409


def test_the_strip_is_set_from_the_page(ana_client: Client, chart: Encounter) -> None:
    page = ana_client.get(reverse("workspace", args=[chart.pk])).content.decode()
    assert "E/M check" in page
    assert "99214" in page
    part = ana_client.post(
        reverse("visit_level", args=[chart.pk]),
        {"problems": "2", "reviewed": "2", "risk": "2"},
        headers={"HX-Request": "true", "HX-Target": "codes"},
    )
    assert part.status_code == 200
    assert "Problems · yours" in part.content.decode()
