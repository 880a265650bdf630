"""The coder queue and the pick list through the client."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from coding.actions.tasks import open_task
from coding.models import Code, Document, Encounter
from rcm.models import Practice, User
from tests import make

QUEUE = "/coding/"


def test_the_queue_lists_charts_with_their_lag(ana_client: Client, north: Practice) -> None:
    today = timezone.localdate()
    make.encounter(north, number="E-LATE", date_of_service=today - timedelta(days=5))
    make.encounter(north, number="E-NEW", date_of_service=today)
    page = ana_client.get(QUEUE).content.decode()
    assert page.index("E-LATE") < page.index("E-NEW")
    assert "<b>2</b> to code · 1 past 3 days · 0 done today" in page
    late = ana_client.get(QUEUE, {"view": "late"}).content.decode()
    assert "E-NEW" not in late


def test_unsigned_notes_and_holds_show_in_the_list(ana_client: Client, north: Practice) -> None:
    make.encounter(north)
    Document.objects.update(signed_by="")
    make.encounter(north, number="E-HELD", state="held", hold_reason="Waiting for pathology")
    assert "Not signed" in ana_client.get(QUEUE).content.decode()
    held = ana_client.get(QUEUE, {"view": "held"}).content.decode()
    assert "E-HELD" in held
    assert "Waiting for pathology" in held


def test_filters_by_provider_patient_and_age(ana_client: Client, north: Practice) -> None:
    today = timezone.localdate()
    other = make.provider(north, npi="1992739112", last_name="Quist")
    make.encounter(north, number="E-ONE", date_of_service=today)
    make.encounter(
        north,
        number="E-TWO",
        provider=other,
        date_of_service=today - timedelta(days=20),
        patient=make.patient(north, last_name="Petrova", mrn="M2"),
    )
    for query in [{"provider": other.pk}, {"q": "petro"}, {"q": "e-two"}, {"days": 15}]:
        page = ana_client.get(QUEUE, query).content.decode()
        assert "E-TWO" in page, query
        assert "E-ONE" not in page, query
    none = ana_client.get(QUEUE, {"q": "nobody"}).content.decode()
    assert "No chart matches" in none
    assert ana_client.get(QUEUE, {"provider": "x", "days": "x"}).status_code == 200


def test_returned_work_links_the_side_by_side_page(ana_client: Client, north: Practice) -> None:
    task = open_task(make.encounter(north), source="denial:1", reason="CO-11 on line 1")
    page = ana_client.get(QUEUE, {"view": "returned"}).content.decode()
    assert "CO-11 on line 1" in page
    assert reverse("returned_task", args=[task.pk]) in page


def test_an_empty_queue_says_what_fills_it(ana_client: Client, north: Practice) -> None:
    page = ana_client.get(QUEUE).content.decode()
    assert "Nothing to code" in page
    assert "Charts arrive when a provider signs." in page


def test_work_queue_locks_a_chart_and_goes_there(
    ana_client: Client, ana: User, north: Practice
) -> None:
    chart = make.encounter(north)
    response = ana_client.post(reverse("coding_next"))
    assert (response.status_code, response.headers["Location"]) == (303, f"/coding/{chart.pk}/")
    assert Encounter.objects.get().assigned_to == ana
    Encounter.objects.update(state="held", hold_reason="later")
    assert ana_client.post(reverse("coding_next")).headers["Location"] == QUEUE


def test_a_biller_sees_the_queue_without_the_work_button(
    ben_client: Client, north: Practice
) -> None:
    make.encounter(north)
    assert "Work queue" not in ben_client.get(QUEUE).content.decode()
    assert ben_client.post(reverse("coding_next")).status_code == 403
    assert Encounter.objects.get().state == "new"


def test_otto_sees_an_empty_queue(otto_client: Client, north: Practice) -> None:
    make.encounter(north, number="E-NORTH")
    assert "E-NORTH" not in otto_client.get(QUEUE).content.decode()


def test_the_queue_stays_within_twelve_queries(
    ana_client: Client, north: Practice, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(3):
        make.encounter(north, number=f"E{number}")
    # Nine for session, person, membership, walls and transaction, six for the sidebar.
    with django_assert_max_num_queries(9 + 6 + 6):
        ana_client.get(QUEUE)


@pytest.fixture
def codes(db: None) -> None:
    make.code("icd10cm", "E11", "Type 2 diabetes mellitus", is_billable=False)
    make.code("icd10cm", "E1142", "Type 2 diabetes mellitus with diabetic polyneuropathy")
    make.code("icd10cm", "E119", "Type 2 diabetes mellitus without complications")
    make.code("icd10cm", "I10", "Essential (primary) hypertension")
    make.code("icd10cm", "K529", "Colitis that ended", ends_on=date(2026, 9, 30))
    make.code("procedure", "J3301", "Triamcinolone, per 10 mg")


@pytest.mark.usefixtures("codes")
def test_headings_are_shown_but_cannot_be_picked(ana_client: Client, north: Practice) -> None:
    page = ana_client.get("/codes/", {"q": "E11", "on": "2026-11-02"}).content.decode()
    assert 'value="E1142"' in page
    assert 'value="E11"' not in page
    assert "heading" in page
    assert ana_client.get("/codes/", {"q": "E11", "on": "2026-99-99"}).status_code == 200


def test_the_pick_list_has_at_most_twelve_rows(ana_client: Client, north: Practice) -> None:
    for number in range(20):
        make.code("icd10cm", f"Z{number:02d}", f"Reason {number}")
    page = ana_client.get("/codes/", {"text": "reason", "on": "2026-11-02"}).content.decode()
    assert page.count('role="option"') == 12
    assert Code.objects.count() == 20
