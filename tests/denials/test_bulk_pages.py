"""Bulk through the browser's eyes and the API: chosen, listed, confirmed, undone."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from denials.actions import bulk
from denials.actions import denials as actions
from denials.models import Denial, DenialBulk, WriteOffRequest
from denials.tasks import run_bulk
from rcm.models import Job, Practice, User
from tests.denials.denying import denied

UNTIL = (timezone.localdate() + timedelta(days=5)).isoformat()


@pytest.fixture
def rows(north: Practice) -> list[Denial]:
    """Two of CO-29, one PR-27."""
    return [denied(north), denied(north), denied(north, "PR-27")]


def states(rows: list[Denial]) -> list[str]:
    found = dict(Denial.objects.values_list("pk", "state"))
    return [found[row.pk] for row in rows]


def test_selected_rows_are_listed_confirmed_and_undone(
    rows: list[Denial], ben_client: Client
) -> None:
    chosen = {"ids": [rows[0].pk, rows[1].pk]}
    form = ben_client.post("/denials/bulk/pend/?state=open", chosen)
    assert form.status_code == 200
    assert "Pend: 2 denials" in form.content.decode()
    given = chosen | {"go": "1", "until": UNTIL, "reason": "Proof"}
    plan = ben_client.post("/denials/bulk/pend/?state=open", given)
    made = DenialBulk.objects.get()
    assert (plan.status_code, plan["Location"]) == (302, f"/denials/bulk/{made.pk}/")
    text = ben_client.get(f"/denials/bulk/{made.pk}/").content.decode()
    assert "Pend: what would happen" in text
    assert "2 cases, $330.00. Nothing is written yet." in text
    assert states(rows) == ["open", "open", "open"]
    for _ in range(2):
        ben_client.post(f"/denials/bulk/{made.pk}/confirm/")
    assert states(rows) == ["pended", "pended", "open"]
    text = ben_client.get(f"/denials/bulk/{made.pk}/").content.decode()
    assert "It can be undone for 24 hours." in text
    for _ in range(2):
        ben_client.post(f"/denials/bulk/{made.pk}/undo/")
    assert states(rows) == ["open", "open", "open"]
    assert "Taken back" in ben_client.get(f"/denials/bulk/{made.pk}/").content.decode()


def test_all_that_match_are_those_of_the_filters(rows: list[Denial], ben_client: Client) -> None:
    ben_client.post("/denials/bulk/route/?state=open&reason=29", {"all": "1"})
    made = DenialBulk.objects.get()
    assert sorted(made.denial_ids) == [rows[0].pk, rows[1].pk]
    ben_client.post(f"/denials/bulk/{made.pk}/confirm/")
    assert states(rows) == ["with_coder", "with_coder", "open"]


def test_a_group_is_worked_from_its_link(rows: list[Denial], ben_client: Client) -> None:
    page = ben_client.get("/denials/bulk/bill-patient/?state=open&all=1")
    assert "Bill patient: 3 denials" in page.content.decode()
    ben_client.post("/denials/bulk/bill-patient/?state=open", {"all": "1", "go": "1"})
    made = DenialBulk.objects.get()
    text = ben_client.get(f"/denials/bulk/{made.pk}/").content.decode()
    assert "Left as it is: The payer&#x27;s group code is CO" in text
    refused = ben_client.get(f"/denials/bulk/{made.pk}/?format=csv").content.decode()
    assert refused.count("Left as it is") == 2


@pytest.mark.parametrize(
    ("url", "form", "message"),
    [
        ("/denials/bulk/route/", {}, "Choose at least one denial."),
        ("/denials/bulk/pend/", {"go": "1", "until": "soon", "all": "1"}, "Enter a valid date."),
        (
            "/denials/bulk/pend/",
            {"go": "1", "until": "2020-01-01", "reason": "x", "all": "1"},
            "Choose a day after today.",
        ),
        ("/denials/bulk/write-off/", {"go": "1", "all": "1"}, "This field is required."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_written(
    rows: list[Denial], ben_client: Client, url: str, form: dict[str, str], message: str
) -> None:
    response = ben_client.post(url, form)
    assert message in response.content.decode()
    assert not DenialBulk.objects.exists()


def test_a_coder_and_a_stranger_have_no_bulk(
    rows: list[Denial], ben_client: Client, ana_client: Client, otto_client: Client
) -> None:
    ben_client.post("/denials/bulk/route/", {"ids": [rows[0].pk]})
    made = DenialBulk.objects.get()
    assert ana_client.post(f"/denials/bulk/{made.pk}/confirm/").status_code == 403
    assert states(rows) == ["open", "open", "open"]
    assert otto_client.get(f"/denials/bulk/{made.pk}/").status_code == 404
    assert otto_client.post(f"/denials/bulk/{made.pk}/confirm/").status_code == 404


def test_many_are_done_by_a_worker_in_view(
    rows: list[Denial],
    north: Practice,
    ben_client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("denials.actions.bulk.AT_ONCE", 1)
    ben_client.post("/denials/bulk/route/", {"ids": [row.pk for row in rows]})
    made = DenialBulk.objects.get()
    ben_client.post(f"/denials/bulk/{made.pk}/confirm/")
    made.refresh_from_db()
    assert (made.state, states(rows)) == ("running", ["open", "open", "open"])
    text = ben_client.get(f"/denials/bulk/{made.pk}/").content.decode()
    assert "It goes on without this page." in text


def test_the_worker_tells_how_far_it_is(rows: list[Denial], north: Practice, ben: User) -> None:
    made = bulk.plan(north, "route", [row.pk for row in rows], {}, by=ben)
    bulk.confirm(made, by=ben)
    for _ in range(2):
        run_bulk(north.pk, made.pk)
    job = Job.objects.get()
    assert (job.state, job.label, job.completed) == ("done", "Denials: Route to coder", 3)
    assert states(rows) == ["with_coder"] * 3


def post(client: Client, url: str, body: Any, key: str) -> Any:
    return client.post(
        url, json.dumps(body), content_type="application/json", HTTP_IDEMPOTENCY_KEY=key
    )


def test_the_api_plans_does_and_undoes(rows: list[Denial], ben_client: Client) -> None:
    body = {"verb": "pend", "denials": [row.pk for row in rows], "until": UNTIL, "reason": "x"}
    plan = post(ben_client, "/api/denial-bulks/", body, "one").json()
    assert (plan["state"], plan["plan"]["taken"]) == ("planned", 3)
    assert states(rows) == ["open", "open", "open"]
    url = f"/api/denial-bulks/{plan['id']}"
    done = post(ben_client, f"{url}/confirmation/", {}, "two").json()
    assert (done["state"], done["result"]["done"]["denials"]) == ("done", "3")
    again = post(ben_client, "/api/denial-bulks/", body, "one")
    assert (again.json(), again["Idempotency-Replayed"]) == (plan, "true")
    assert DenialBulk.objects.count() == 1
    back = post(ben_client, f"{url}/undo/", {}, "three").json()
    assert (back["state"], states(rows)) == ("undone", ["open", "open", "open"])


def test_the_api_does_all_that_match_without_a_dry_run(
    rows: list[Denial], ben_client: Client
) -> None:
    body = {"verb": "route", "list": {"reason": "27"}, "dry_run": False}
    answer = post(ben_client, "/api/denial-bulks/", body, "all").json()
    assert (answer["state"], states(rows)) == ("done", ["open", "open", "with_coder"])


def test_the_api_says_what_may_be_done_with_a_denial(
    rows: list[Denial], ben_client: Client
) -> None:
    verbs = ben_client.get(f"/api/denials/{rows[0].pk}/").json()["verbs"]
    assert verbs["bill-patient"] == {
        "is_allowed": False,
        "why": "The payer's group code is CO: the contract forbids billing the patient for this.",
        "code": "contractual_obligation",
    }
    assert verbs["pend"] == {"is_allowed": True, "why": "", "code": ""}
    assert verbs["appeal"] == {"is_allowed": True, "why": "", "code": ""}


def test_the_api_groups_and_approves(
    north: Practice, ben: User, ben_client: Client, mia_client: Client
) -> None:
    large = denied(north, "CO-29", "400.00")
    actions.write_off(large, reason="bundled", by=ben)
    [group] = ben_client.get("/api/worklist-groups/", {"state": "open"}).json()
    assert (group["code"], group["count"], group["amount"]) == ("CO-29", 1, "400.00")
    request = WriteOffRequest.objects.get()
    url = f"/api/write-off-requests/{request.pk}/approval/"
    assert post(ben_client, url, {}, "mine").json()["code"] == "not_allowed"
    answer = post(mia_client, url, {"note": "Yes"}, "hers").json()
    assert (answer["state"], answer["denials"]) == ("approved", [large.pk])
    large.refresh_from_db()
    assert large.resolution == "written_off"
