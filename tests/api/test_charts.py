"""Charts, patients, denials, jobs and events through the API."""

from django.test import Client

from rcm import events
from rcm.models import Event, User
from tests.world import World


def test_an_encounter_comes_with_its_codes_and_documents(
    world: World, ana: User, ana_client: Client
) -> None:
    answer = ana_client.get(f"/api/encounters/{world.encounter.pk}/").json()
    assert (answer["number"], answer["state"], answer["date_of_service"]) == (
        "ENorwood",
        "new",
        "2026-11-02",
    )
    assert [row["code"] for row in answer["diagnoses"]] == ["I10"]
    assert [(row["procedure_code"], row["amount_billed"]) for row in answer["charges"]] == [
        ("99213", "165.00")
    ]
    assert [row["text"] for row in answer["documents"]] == ["Note of Norwood."]
    assert answer["coverage"]["member_id"] == "IDNorwood"
    seen = Event.objects.get(name="encounter.viewed")
    assert (seen.patient_id, seen.created_by) == (world.patient.pk, ana)


def test_the_list_of_encounters_has_no_documents(world: World, ana_client: Client) -> None:
    (row,) = ana_client.get("/api/encounters/?state=new").json()["results"]
    assert "documents" not in row and "diagnoses" not in row
    assert not Event.objects.filter(name="encounter.viewed").exists()
    listed = Event.objects.get(name="encounters.listed")
    assert listed.data == {"rows": [world.encounter.pk], "by_api": True}


def test_retrieving_a_patient_is_recorded_and_listing_shows_no_address(
    world: World, ana_client: Client
) -> None:
    (row,) = ana_client.get("/api/patients/?last_name=nor").json()["results"]
    assert row["mrn"] == "MRNNorwood" and "address_line_1" not in row
    answer = ana_client.get(f"/api/patients/{world.patient.pk}/").json()
    assert answer["address_line_1"] == "12 Elm Street"
    assert Event.objects.get(name="patient.viewed").patient_id == world.patient.pk


def test_a_denial_names_its_claim_and_is_recorded(world: World, ben_client: Client) -> None:
    answer = ben_client.get(f"/api/denials/{world.denial.pk}/").json()
    assert (answer["claim_number"], answer["group"], answer["reason"], answer["amount"]) == (
        "CNorwood",
        "CO",
        "50",
        "65.00",
    )
    assert Event.objects.get(name="denial.viewed").patient_id == world.patient.pk
    assert ben_client.get("/api/denials/?reason=50&due_before=2027-03-16").json()["count"] == 1
    assert ben_client.get("/api/denials/?due_before=2027-03-15").json()["count"] == 0


def test_a_coder_task_is_listed_by_state(world: World, ana_client: Client) -> None:
    (row,) = ana_client.get("/api/coder-tasks/?state=open").json()["results"]
    assert (row["encounter_number"], row["resolved_by"]) == ("ENorwood", None)
    assert ana_client.get("/api/coder-tasks/?state=upheld").json()["count"] == 0


def test_a_manager_reads_the_audit_log_by_the_start_of_a_name(
    world: World, mia: User, mia_client: Client
) -> None:
    events.record("claim.viewed", world.claim, by=mia)
    rows = mia_client.get("/api/events/?name=claim.").json()["results"]
    assert [(row["name"], row["person"]) for row in rows] == [
        ("claim.viewed", "mia@example.test"),
        ("claim.submitted", None),
    ]
    only = mia_client.get("/api/events/?person=mia@example.test").json()["results"]
    assert [row["name"] for row in only] == ["claim.viewed"]


def test_jobs_tell_how_far_they_are(world: World, ben_client: Client) -> None:
    (row,) = ben_client.get("/api/jobs/?state=queued").json()["results"]
    assert (row["label"], row["completed"], row["total"]) == ("Send Norwood", 0, 0)
