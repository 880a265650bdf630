"""The pages and the API of ways to payers."""

import pytest
from django.test import Client

from billing.models import Batch, Claim, Reroute
from payers.models import Channel, PayerRoute
from rcm.models import Practice, User
from tests import make
from tests.billing.outgoing import ready_claim, sandbox_channel


@pytest.fixture
def channels(north: Practice) -> tuple[Channel, Channel]:
    first = sandbox_channel(north, is_default=True)
    return first, sandbox_channel(north, name="Second clearinghouse")


def text(client: Client, url: str) -> str:
    return client.get(url).content.decode()


def test_a_route_is_added_and_stands_in_the_matrix(
    north: Practice, ben_client: Client, channels: tuple[Channel, Channel]
) -> None:
    payer = make.payer(north)
    assert 'Sandbox clearinghouse</span> <small class="dim">by default' in text(
        ben_client, "/routes/"
    )
    given = {
        "payer": payer.pk,
        "transaction": "837P",
        "channel": channels[1].pk,
        "payer_identifier": "U4005",
        "enrolment": "requested",
        "on": "2026-11-02",
    }
    answer = ben_client.post("/routes/edit/", given)
    assert (answer.status_code, answer["Location"]) == (302, "/routes/")
    page = text(ben_client, "/routes/")
    for words in ("U4005", "Standby", "Second clearinghouse · requested 11/02/2026"):
        assert words in page
    assert ben_client.post("/routes/edit/", given | {"payer_identifier": ""}).status_code == 422
    assert PayerRoute.objects.count() == 1


def test_what_cannot_be_sent_says_why_on_the_batches_and_on_the_claim(
    north: Practice, ben_client: Client, channels: tuple[Channel, Channel]
) -> None:
    claim = ready_claim(north)
    assert "Routes" not in text(ben_client, "/batches/").split('id="rows"')[0].split("topbar")[-1]
    PayerRoute.objects.create(
        practice=north,
        payer=claim.payer,
        channel=channels[0],
        transaction="837P",
        payer_identifier="U4005",
        enrolment="requested",
        requested_on="2026-11-02",
    )
    told = (
        "1 claim is ready. No approved route for 837P to Unified Care: request enrolment or "
        "re-route."
    )
    for url in ("/batches/", f"/claims/{claim.pk}/", "/routes/"):
        assert told in text(ben_client, url)
    answer = ben_client.post("/claims/submission/")
    assert (answer.status_code, Batch.objects.count()) == (422, 0)


def test_a_reroute_is_previewed_made_reported_and_undone(
    north: Practice, ben_client: Client, channels: tuple[Channel, Channel]
) -> None:
    old, new = channels
    claim = ready_claim(north)
    ben_client.post("/claims/submission/")
    PayerRoute.objects.create(
        practice=north,
        payer=claim.payer,
        channel=new,
        transaction="837P",
        payer_identifier="U4005",
    )
    page = text(ben_client, f"/routes/reroute/?old={old.pk}&new={new.pk}")
    for words in ("UNIFD", "U4005", "1 batch in the outbox", "Re-route now"):
        assert words in page
    assert Reroute.objects.count() == 0
    answer = ben_client.post("/routes/reroute/", {"old": old.pk, "new": new.pk, "reason": "Out"})
    made = Reroute.objects.get()
    assert answer["Location"] == f"/routes/reroutes/{made.pk}/"
    assert "1 claim, sent by the new channel" in text(ben_client, answer["Location"])
    ben_client.post(f"/routes/reroutes/{made.pk}/undo/")
    assert "undone" in text(ben_client, answer["Location"])
    assert Batch.objects.get(state="queued").channel == old
    assert Claim.objects.get().status == "submitted"


def test_only_who_approves_adds_and_closes_channels_and_changes_the_usage(
    north: Practice, ben_client: Client, mia_client: Client, channels: tuple[Channel, Channel]
) -> None:
    url = f"/routes/channels/{channels[1].pk}/close/"
    assert ben_client.post(url).status_code == 403
    assert mia_client.post(url).status_code == 302
    assert not Channel.objects.get(pk=channels[1].pk).is_active
    assert mia_client.post("/routes/usage/").status_code == 422
    mia_client.post("/routes/usage/", {"usage": "production"})
    north.refresh_from_db()
    assert north.is_production
    given = {
        "name": "Third",
        "host": "sftp.example.test",
        "port": "22",
        "username": "north",
        "secret_name": "RCM_CHANNEL_SECRET_THIRD",
        "folder_out": "in",
        "folder_in": "out",
        "submitter_id": "RCM3",
        "receiver_id": "THIRD",
        "receiver_name": "THIRD",
    }
    assert mia_client.post("/routes/channels/new/", given | {"is_test": "on"}).status_code == 422
    assert mia_client.post("/routes/channels/new/", given).status_code == 302
    assert Channel.objects.filter(is_active=True).count() == 2


def test_the_api_sets_a_route_and_moves_a_payer(
    north: Practice, ben: User, ben_client: Client, channels: tuple[Channel, Channel]
) -> None:
    old, new = channels
    payer = ready_claim(north).payer
    given = {
        "payer": payer.pk,
        "channel": new.pk,
        "transaction": "837P",
        "payer_identifier": "U4005",
        "enrolment": "approved",
    }
    answer = ben_client.post("/api/payer-routes/", given, headers={"Idempotency-Key": "a1"})
    assert (answer.status_code, answer.json()["is_active"]) == (201, False)
    assert ben_client.get("/api/payer-routes/waiting/").json() == {"reasons": []}
    moved = ben_client.post(
        "/api/reroutes/",
        {"from_channel": old.pk, "to_channel": new.pk, "payer": payer.pk},
        headers={"Idempotency-Key": "a2"},
    )
    assert moved.status_code == 201
    assert moved.json()["moves"] == [
        {"payer": payer.pk, "transaction": "837P", "old_route": None, "new_route": 1}
        | {"new_route": PayerRoute.objects.get().pk}
    ]
    assert PayerRoute.objects.get().is_active
    undone = ben_client.post(
        f"/api/reroutes/{moved.json()['id']}/undo/", headers={"Idempotency-Key": "a3"}
    )
    assert undone.json()["undone_at"] is not None
    names = [row["name"] for row in ben_client.get("/api/channels/").json()["results"]]
    assert names == ["Sandbox clearinghouse", "Second clearinghouse"]
