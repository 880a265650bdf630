"""Who gets an answer from the API, and that it costs the same for one row and for many."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing.models import Batch
from coding.models import CoderTask
from rcm import access
from rcm.models import Job, Practice, Role, User
from tests import make
from tests.conftest import signed_in
from tests.world import World, make_denial, make_payment, make_posted_line


def test_a_visitor_gets_a_refusal_in_json(world: World, client: Client) -> None:
    response = client.get("/api/claims/")
    assert response.status_code == 403
    assert response.json() == {
        "code": "not_authenticated",
        "message": "Authentication credentials were not provided.",
        "fields": {},
    }


def test_a_row_of_another_practice_does_not_exist(
    world: World, other_world: World, ben_client: Client
) -> None:
    response = ben_client.get(f"/api/claims/{other_world.claim.pk}/")
    assert response.status_code == 404
    assert response.json() == {
        "code": "not_found",
        "message": "There is no such row in this practice.",
        "fields": {},
    }


def test_a_role_without_the_capability_is_refused(world: World, ana_client: Client) -> None:
    response = ana_client.get("/api/claims/")
    assert response.status_code == 403
    assert response.json()["message"] == "Your role in this practice does not allow this."


def test_a_person_without_a_practice_sees_no_rows(world: World) -> None:
    stranger = User.objects.create_user("zoe@example.test", "correct-Horse-7")
    client = signed_in(stranger)
    assert client.get("/api/claims/").status_code == 403
    assert client.get("/api/practices/").json()["results"] == []


def test_practices_are_mine_and_say_which_is_chosen(
    north: Practice, south: Practice, ben: User, ben_client: Client
) -> None:
    make.member(south, Role.AUDITOR, "ben@example.test", "Ben", "Carver")
    make.practice(name="West Clinic", npi="1003000126")
    rows = ben_client.get("/api/practices/").json()["results"]
    assert [(row["name"], row["role"], row["is_current"]) for row in rows] == [
        ("North Medical Group", "biller", True),
        ("South Clinic", "auditor", False),
    ]


def test_the_chosen_practice_decides_what_is_seen(
    world: World, other_world: World, ben: User, ben_client: Client
) -> None:
    make.member(other_world.practice, Role.BILLER, "ben@example.test", "Ben", "Carver")
    ben_client.post(f"/practices/{other_world.practice.pk}/")
    (row,) = ben_client.get("/api/claims/").json()["results"]
    assert row["patient_control_number"] == "CSutter"


@pytest.mark.parametrize(
    "path",
    [
        *("patients", "encounters", "claims", "batches", "files", "remittances"),
        *("postings", "denials", "coder-tasks", "jobs", "events"),
    ],
)
def test_a_list_takes_the_same_number_of_statements_for_one_row_and_for_six(
    world: World, mia_client: Client, path: str
) -> None:
    before = statements(mia_client, f"/api/{path}/")
    for number in range(5):
        add_rows(world, f"More{number}")
    assert statements(mia_client, f"/api/{path}/") == before


def test_a_remittances_claims_take_the_same_number_of_statements(
    world: World, mia_client: Client
) -> None:
    url = f"/api/remittances/{world.remittance.pk}/claims/"
    before = statements(mia_client, url)
    for _ in range(5):
        visit = make.encounter(world.practice, patient=world.patient)
        make_posted_line(world.remittance, make.claim(world.practice, encounter=visit))
    assert statements(mia_client, url) == before


def add_rows(world: World, mark: str) -> None:
    """One more of every kind."""
    practice = world.practice
    patient = make.patient(practice, last_name=mark, mrn=mark)
    claim = make.claim(practice, encounter=make.encounter(practice, patient=patient))
    line = make_payment(claim, make.interchange_file(practice, mark.encode()), mark)
    task = CoderTask.objects.create(
        practice=practice, encounter=claim.encounter, source=mark, reason=mark
    )
    make_denial(line, task)
    batch = Batch.objects.get(pk=world.batch.pk)
    batch.pk, batch.interchange_control_number = None, 1000 + task.pk
    batch.save()
    Job.objects.create(practice=practice, kind="submission", label=mark)


def statements(client: Client, url: str) -> int:
    """Statements of the second request: the first one of a session also writes the session."""
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_the_schema_names_every_endpoint_and_filter(mia_client: Client) -> None:
    response = mia_client.get("/api/schema/?format=json")
    schema: dict[str, Any] = json.loads(response.content)
    assert set(schema["paths"]) >= {"/api/claims/", "/api/claims/{id}/", "/api/denials/"}
    claims = schema["paths"]["/api/claims/"]["get"]
    assert {row["name"] for row in claims["parameters"]} == {
        *("limit", "offset", "number", "payer_claim_control_number", "status", "payer"),
        "is_coded_anew",
        *("patient", "encounter", "served_after", "served_before"),
    }
    assert schema["components"]["schemas"]["Claim"]["properties"]["amount_billed"]["type"] == (
        "string"
    )


def test_the_documentation_page_lists_endpoints_without_any_inline_script(
    mia_client: Client,
) -> None:
    page = mia_client.get("/api/docs/").content.decode()
    assert "GET /api/claims/{id}/" in page
    assert "served_after" in page
    assert "style=" not in page


def test_an_idle_program_is_told_in_json(north: Practice, ben_client: Client) -> None:
    access.open_walls([north.pk])
    ben_client.get("/api/claims/")
    session = ben_client.session
    session["last_seen"] -= 24 * 3600
    session.save()
    response = ben_client.get("/api/claims/")
    assert response.status_code == 403
    assert response.json()["code"] == "not_authenticated"
