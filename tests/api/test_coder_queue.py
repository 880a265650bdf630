"""The work of coders through the API: lists, the next chart, owners, kept views, rules."""

import pytest
from django.test import Client
from django.utils import timezone

from coding.actions.encounters import open_encounter
from coding.models import AssignmentRule, Encounter, SavedView
from rcm.models import Practice, Role, User
from tests import make
from tests.api.writing import send


@pytest.fixture
def bea(north: Practice) -> User:
    return make.member(north, Role.CODER, "bea@example.test", "Bea", "Dorn")


def numbers(client: Client, query: str) -> set[str]:
    rows = client.get(f"/api/encounters/?{query}").json()["results"]
    return {row["number"] for row in rows}


def test_charts_are_listed_by_owner_specialty_and_payer_class(
    ana_client: Client, bea: User, north: Practice
) -> None:
    make.encounter(north, number="E-ONE", owner=bea)
    make.encounter(north, number="E-TWO", specialty="Cardiology")
    assert numbers(ana_client, f"owner={bea.pk}") == {"E-ONE"}
    assert numbers(ana_client, "specialty=Cardiology") == {"E-TWO"}
    assert numbers(ana_client, "payer_class=medicare") == set()
    assert numbers(ana_client, "assigned=true") == {"E-ONE"}
    assert numbers(ana_client, "assigned=false") == {"E-TWO"}


def test_the_next_chart_is_locked_once_per_key(
    ana_client: Client, ana: User, north: Practice
) -> None:
    make.encounter(north, priority=9)
    heart = make.encounter(north, specialty="Cardiology")
    body = {"query": "specialty=Cardiology"}
    first = send(ana_client, "/api/encounters/next/", "a", body)
    assert (first.status_code, first.json()["id"]) == (200, heart.pk)
    assert first.json()["assigned_to_id"] == ana.pk
    assert send(ana_client, "/api/encounters/next/", "a", body).json() == first.json()
    Encounter.objects.update(state="held", hold_reason="Later", assigned_to=None)
    none = send(ana_client, "/api/encounters/next/", "b")
    assert (none.status_code, none.json()["code"]) == (409, "nothing_left")


def test_the_next_chart_of_a_search_is_one_it_finds(ana_client: Client, north: Practice) -> None:
    make.encounter(north, priority=9)
    found = make.encounter(north, patient=make.patient(north, last_name="Petrova", mrn="M2"))
    first = send(ana_client, "/api/encounters/next/", "a", {"query": "q=petro"})
    assert (first.status_code, first.json()["id"]) == (200, found.pk)


@pytest.mark.parametrize("view", ["done", "held"])
def test_what_is_coded_or_on_hold_is_no_list_to_work_through(
    ana_client: Client, north: Practice, view: str
) -> None:
    coded = make.encounter(north, state="finalized", finalized_at=timezone.now())
    held = make.encounter(north, state="held", hold_reason="Later")
    waiting = make.encounter(north)
    first = send(ana_client, "/api/encounters/next/", "a", {"query": f"view={view}"})
    assert (first.status_code, first.json()["id"]) == (200, waiting.pk)
    coded.refresh_from_db()
    held.refresh_from_db()
    assert (coded.state, coded.assigned_to) == ("finalized", None)
    assert (held.state, held.assigned_to) == ("held", None)


def test_only_a_lead_assigns(
    ana_client: Client, mia_client: Client, bea: User, ben: User, north: Practice
) -> None:
    chart = make.encounter(north)
    body = {"encounters": [chart.pk], "coder": bea.pk}
    assert send(ana_client, "/api/encounters/assign/", "a", body).status_code == 403
    refused = send(mia_client, "/api/encounters/assign/", "b", body | {"coder": ben.pk})
    assert (refused.status_code, refused.json()["code"]) == (422, "not_a_coder")
    assert Encounter.objects.get().owner is None
    assert send(mia_client, "/api/encounters/assign/", "c", body).json() == {"charts": 1, "left": 0}
    assert Encounter.objects.get().owner == bea
    back = send(mia_client, "/api/encounters/assign/", "d", body | {"coder": None})
    assert back.json() == {"charts": 1, "left": 0}


def test_a_chart_is_taken_over(ana_client: Client, ana: User, bea: User, north: Practice) -> None:
    chart = make.encounter(north)
    url = f"/api/encounters/{chart.pk}/take-over/"
    refused = send(ana_client, url, "a")
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing_to_take")
    open_encounter(chart, by=bea)
    assert send(ana_client, url, "b").json()["assigned_to_id"] == ana.pk


def test_views_are_kept_and_removed(
    ana_client: Client, ben_client: Client, north: Practice
) -> None:
    body = {"name": "Late hearts", "query": "view=late&specialty=Cardiology&page=3"}
    made = send(ana_client, "/api/saved-views/", "a", body)
    assert made.status_code == 201
    assert made.json()["query"] == "view=late&specialty=Cardiology"
    assert ana_client.get("/api/saved-views/").json()["count"] == 1
    assert ben_client.get("/api/saved-views/").json()["count"] == 0
    url = f"/api/saved-views/{made.json()['id']}/removal/"
    assert send(ben_client, url, "b").status_code == 404
    assert send(ana_client, url, "c").json()["name"] == "Late hearts"
    assert not SavedView.objects.exists()


def test_rules_are_made_changed_ordered_and_removed(
    mia_client: Client, ana_client: Client, bea: User, ben: User, north: Practice
) -> None:
    url, body = "/api/assignment-rules/", {"name": "Hearts", "coders": [bea.pk]}
    assert ana_client.get(url).status_code == 403
    one = send(mia_client, url, "a", body).json()
    two = send(mia_client, url, "b", body | {"name": "Rest"}).json()
    assert (one["position"], two["position"]) == (1, 2)
    wrong = send(mia_client, url, "c", body | {"coders": [ben.pk]})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "no_coder")
    send(mia_client, f"{url}{one['id']}/change/", "d", body | {"specialty": "Cardiology"})
    assert AssignmentRule.objects.get(pk=one["id"]).specialty == "Cardiology"
    order = send(mia_client, f"{url}order/", "e", {"rules": [two["id"], one["id"]]})
    assert [row["name"] for row in order.json()] == ["Rest", "Hearts"]
    assert send(mia_client, f"{url}{two['id']}/removal/", "f").json()["name"] == "Rest"
    assert AssignmentRule.objects.get().name == "Hearts"
