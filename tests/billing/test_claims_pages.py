"""The pages of claims, scrubbing and batches: what they show, to whom, and what they record."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.actions.submissions import send_batch, submit_ready
from billing.models import Batch, Claim
from rcm.models import Event, Practice, User
from tests import make
from tests.billing.conftest import Server
from tests.billing.outgoing import ready_claim, sandbox_channel


@pytest.fixture
def claim(north: Practice) -> Claim:
    return ready_claim(north, ("99213", "165.00"), ("20610", "148.00"))


def held_claim(north: Practice) -> Claim:
    return ready_claim(north, patient=make.patient(north, last_name="Haddad", city=""))


def test_the_list_shows_claims_with_tabs_and_money(
    claim: Claim, north: Practice, ben_client: Client
) -> None:
    held = held_claim(north)
    page = ben_client.get("/claims/").content.decode()
    assert claim.patient_control_number in page
    assert held.patient_control_number in page
    assert "$478.00" in page
    only = ben_client.get("/claims/?status=held").content.decode()
    assert held.patient_control_number in only
    assert claim.patient_control_number not in only
    assert "Submit 1 ready" in only


def test_the_list_finds_by_number_name_and_payer(
    claim: Claim, north: Practice, ben_client: Client
) -> None:
    held = held_claim(north)
    for query in (f"q={held.patient_control_number}", "q=hadd"):
        page = ben_client.get(f"/claims/?{query}").content.decode()
        assert held.patient_control_number in page
        assert claim.patient_control_number not in page
    assert "No claim matches" in ben_client.get("/claims/?q=nobody").content.decode()
    assert "No claim matches" in ben_client.get("/claims/?owed_by=patient").content.decode()
    page = ben_client.get(f"/claims/?payer={claim.payer_id}").content.decode()
    assert claim.patient_control_number in page


def test_the_list_costs_at_most_twelve_statements_of_its_own(
    north: Practice, ben_client: Client
) -> None:
    for _ in range(3):
        ready_claim(north)
    ben_client.get("/claims/")
    with CaptureQueriesContext(connection) as few:
        ben_client.get("/claims/")
    for _ in range(12):
        ready_claim(north)
    with CaptureQueriesContext(connection) as many:
        ben_client.get("/claims/")
    assert len(many) == len(few)
    own = [q for q in many if "billing_" in q["sql"] or "rcm_event" in q["sql"]]
    assert len(own) <= 12


def test_seeing_a_claim_is_recorded_with_its_patient(claim: Claim, ben_client: Client) -> None:
    page = ben_client.get(f"/claims/{claim.pk}/").content.decode()
    assert "Okafor, Denise" in page
    assert "Payer owes" in page
    assert "$313.00" in page
    assert "Goes out with the next batch" in page
    event = Event.objects.get(name="claim.viewed")
    assert (event.subject_id, event.patient_id) == (claim.pk, claim.patient_id)


def test_a_held_claim_says_what_holds_it_and_can_be_checked_again(
    north: Practice, ben_client: Client
) -> None:
    held = held_claim(north)
    page = ben_client.get(f"/claims/{held.pk}/").content.decode()
    assert "The patient&#x27;s address is not complete" in page
    assert "Check again" in page
    held.patient.city = "Springfield"
    held.patient.save(update_fields=["city"])
    answer = ben_client.post(f"/claims/{held.pk}/scrub/", follow=True).content.decode()
    assert "is clean and ready to send" in answer
    held.refresh_from_db()
    assert held.status == "ready"


def test_the_x12_view_labels_the_segments(claim: Claim, ben_client: Client) -> None:
    page = ben_client.get(f"/claims/{claim.pk}/x12/").content.decode()
    assert "<b>CLM</b>*" in page
    assert "billed 313" in page
    assert "Line number the payer echoes" in page
    part = ben_client.get(f"/claims/{claim.pk}/x12/", headers={"HX-Request": "true"})
    assert b"<html" not in part.content


def test_the_scrub_worklist_groups_by_finding_and_checks_a_group_again(
    north: Practice, ben_client: Client
) -> None:
    first, second = held_claim(north), held_claim(north)
    page = ben_client.get("/scrub/").content.decode()
    assert "Patient&#x27;s address" in page
    assert "2 claims wait for a correction" in page
    first.patient.city = "Springfield"
    first.patient.save(update_fields=["city"])
    answer = ben_client.post("/scrub/checks/", {"code": "patient_address"}, follow=True)
    assert "2 claims checked, 1 ready now." in answer.content.decode()
    second.refresh_from_db()
    assert second.status == "held"


def test_submitting_from_the_list_fills_the_outbox_and_a_batch_can_be_pulled_back(
    claim: Claim, north: Practice, ben_client: Client
) -> None:
    sandbox_channel(north)
    answer = ben_client.post("/claims/submission/", follow=True).content.decode()
    assert "1 claim in 1 batch in the outbox." in answer
    batch = Batch.objects.get()
    assert "Pull back" in answer
    assert "sends in 4:5" in answer
    answer = ben_client.post(f"/batches/{batch.pk}/pull-back/", follow=True).content.decode()
    assert "pulled back; its claims are ready again." in answer
    again = ben_client.post(f"/batches/{batch.pk}/pull-back/")
    assert again.status_code == 409


def test_a_sent_batch_shows_its_steps_claims_and_file(
    claim: Claim, north: Practice, ben: User, ben_client: Client, sftp: Server
) -> None:
    sandbox_channel(north)
    [batch] = submit_ready(north, by=ben, send_after=timezone.now())
    send_batch(north.pk, batch.pk)
    page = ben_client.get(f"/batches/{batch.pk}/").content.decode()
    assert claim.patient_control_number in page
    assert "<b>ISA</b>" in page
    assert "Unified Care" in page
    assert Event.objects.filter(name="batch.viewed", subject_id=batch.pk).count() == 1
    listing = ben_client.get("/batches/").content.decode()
    assert "TA1" in listing
    assert "277CA" in listing


def test_an_unknown_batch_offers_to_look_and_to_send_again(
    claim: Claim, north: Practice, ben: User, ben_client: Client, sftp: Server
) -> None:
    sandbox_channel(north)
    [batch] = submit_ready(north, by=ben, send_after=timezone.now())
    send_batch(north.pk, batch.pk)
    Batch.objects.update(state="unknown")
    page = ben_client.get(f"/batches/{batch.pk}/").content.decode()
    assert "Look on the server" in page
    assert "Send again" in page
    answer = ben_client.post(f"/batches/{batch.pk}/outcome/", follow=True).content.decode()
    assert "is on the server: it is marked sent." in answer


def test_a_batch_that_was_unknown_once_does_not_offer_to_pull_it_back(
    claim: Claim, north: Practice, ben: User, ben_client: Client
) -> None:
    sandbox_channel(north)
    [batch] = submit_ready(north, by=ben)
    assert "Pull back" in ben_client.get(f"/batches/{batch.pk}/").content.decode()
    Batch.objects.update(was_unknown=True)
    assert "Pull back" not in ben_client.get(f"/batches/{batch.pk}/").content.decode()
    answer = ben_client.post(f"/batches/{batch.pk}/pull-back/")
    assert answer.status_code == 409
    assert "its claims could go out twice" in answer.content.decode()


GET_PAGES = ["/claims/{c}/", "/claims/{c}/x12/", "/batches/{b}/"]
POST_PAGES = [
    "/claims/{c}/scrub/",
    "/batches/{b}/pull-back/",
    "/batches/{b}/outcome/",
    "/batches/{b}/sending/",
]


def test_otto_of_another_practice_finds_nothing(
    claim: Claim, north: Practice, ben: User, otto_client: Client
) -> None:
    sandbox_channel(north)
    [batch] = submit_ready(north, by=ben)
    numbers = {"c": claim.pk, "b": batch.pk}
    events = Event.objects.count()
    for path in GET_PAGES:
        assert otto_client.get(path.format(**numbers)).status_code == 404
    for path in POST_PAGES:
        assert otto_client.post(path.format(**numbers)).status_code == 404
    for path in ("/claims/", "/scrub/", "/batches/"):
        assert claim.patient_control_number not in otto_client.get(path).content.decode()
    from rcm import access

    access.open_walls([north.pk])
    assert Event.objects.count() == events
    batch.refresh_from_db()
    assert batch.state == "queued"


def test_a_coder_may_not_see_claims_and_nothing_is_written(
    claim: Claim, ana_client: Client
) -> None:
    for path in ("/claims/", f"/claims/{claim.pk}/", "/scrub/", "/batches/"):
        assert ana_client.get(path).status_code == 403
    assert ana_client.post("/claims/submission/").status_code == 403
    claim.refresh_from_db()
    assert claim.status == "ready"
