"""The audit log: filters, paging, export; and the record of acts and views."""

import csv
import io

import pytest
from django.test import Client

from rcm import events
from rcm.csv_export import neutral
from rcm.models import Event, Practice, User
from tests.world import World, make_world


@pytest.fixture
def world(north: Practice) -> World:
    return make_world(north, "Norwood")


def names(client: Client, query: str) -> list[str]:
    return [event.name for event in client.get(f"/audit/?{query}").context["events"]]


def test_events_are_found_by_name_person_object_and_patient(
    world: World, mia: User, ana: User, mia_client: Client
) -> None:
    events.record("claim.viewed", world.claim, by=mia, patient_id=world.patient.pk)
    events.record("encounter.viewed", world.encounter, by=ana, patient_id=world.patient.pk)
    everything = ["encounter.viewed", "claim.viewed", "claim.submitted"]
    of_account = ["account_flag.set", "account_inquiry.opened", "patient_payment.taken"]
    assert names(mia_client, "") == [*everything[:2], *of_account, everything[2]]
    assert names(mia_client, "name=claim.") == ["claim.viewed", "claim.submitted"]
    assert names(mia_client, "person=ANA@") == ["encounter.viewed"]
    assert names(mia_client, f"object=claim:{world.claim.pk}") == everything[1:]
    assert names(mia_client, "object=encounter") == ["encounter.viewed"]
    assert names(mia_client, f"patient={world.patient.pk}") == [*everything[:2], *of_account]
    assert names(mia_client, "object=claim:%C2%B2&patient=%C2%B2") == everything[1:]
    assert names(mia_client, "name=nothing") == []


def test_older_events_come_on_the_next_page_with_the_filters_kept(
    world: World, mia: User, mia_client: Client
) -> None:
    for _ in range(55):
        events.record("claim.viewed", world.claim, by=mia)
    first = mia_client.get("/audit/?name=claim.viewed")
    assert len(first.context["events"]) == 50
    assert first.context["older"].startswith("name=claim.viewed&before=")
    second = mia_client.get(f"/audit/?{first.context['older']}")
    assert (len(second.context["events"]), second.context["older"]) == (5, "")
    shown = [event.pk for page in (first, second) for event in page.context["events"]]
    assert shown == sorted(set(shown), reverse=True)


def test_the_export_has_every_event_and_no_formula(
    world: World, mia: User, mia_client: Client
) -> None:
    events.record("claim.viewed", world.claim, by=mia, batch="=1+1")
    User.objects.filter(pk=mia.pk).update(email="=cmd@example.test")
    response = mia_client.get("/audit/?format=csv&name=claim.viewed")
    assert response["Content-Disposition"] == 'attachment; filename="audit.csv"'
    header, row = csv.reader(io.StringIO(response.content.decode()))
    assert header == ["time", "person", "event", "object", "id", "patient", "data", "address"]
    assert row[1] == "'=cmd@example.test"
    assert row[2:5] == ["claim.viewed", "claim", str(world.claim.pk)]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx"])
def test_text_a_spreadsheet_would_run_is_neutralised(text: str) -> None:
    assert neutral(text) == f"'{text}"


def test_plain_text_is_exported_as_it_is() -> None:
    assert neutral("claim.viewed") == "claim.viewed"
    assert neutral(17) == "17"
    assert neutral(-17) == "-17"
    assert neutral("") == neutral(None) == ""


def test_an_event_keeps_who_from_where_and_only_ids(
    world: World, mia: User, mia_client: Client
) -> None:
    mia_client.get(f"/api/claims/{world.claim.pk}/", REMOTE_ADDR="203.0.113.9")
    event = Event.objects.get(name="claim.viewed")
    assert (event.created_by, event.ip_address, event.patient_id) == (
        mia,
        "203.0.113.9",
        world.patient.pk,
    )
    assert event.data == {"by_api": True}


def test_a_view_that_fails_leaves_no_trace(north: Practice, mia: User, mia_client: Client) -> None:
    assert mia_client.get("/api/claims/999999/").status_code == 404
    assert not Event.objects.filter(name="claim.viewed").exists()


def test_the_timeline_of_another_practice_stays_there(
    world: World, south: Practice, otto: User, otto_client: Client
) -> None:
    make_world(south, "Sutter")
    shown = otto_client.get("/audit/").context["events"]
    assert {event.practice_id for event in shown} == {south.pk}
