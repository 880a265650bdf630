"""Queries through the API: a coder asks, the provider answers, nobody else does."""

import pytest
from django.test import Client

from coding.models import Encounter, ProviderQuery
from rcm.models import Event, Practice, User
from tests.api.writing import send
from tests.coding import asking
from tests.conftest import signed_in


@pytest.fixture
def chart(north: Practice) -> Encounter:
    return asking.chart(north)


@pytest.fixture
def annika(chart: Encounter) -> User:
    return asking.login(chart.provider)


def body(chart: Encounter, **changes: object) -> dict[str, object]:
    draft = asking.DRAFT
    fields = {
        "encounter": chart.pk,
        "kind": draft.kind,
        "title": draft.title,
        "question": draft.question,
        "options": list(draft.options),
        "quotes": list(draft.quotes),
    }
    return fields | changes


def test_a_query_is_asked_once_per_key_and_answered(
    ana_client: Client, annika: User, chart: Encounter
) -> None:
    asked = send(ana_client, "/api/provider-queries/", "ask", body(chart))
    assert asked.status_code == 201
    row = asked.json()
    assert (row["state"], row["encounter"], row["asked_by"]) == (
        *("open", chart.number, "ana@example.test"),
    )
    assert row["indicators"][0]["quote"] == "A1c 8.6%, not at goal."
    assert send(ana_client, "/api/provider-queries/", "ask", body(chart)).json() == row
    assert ProviderQuery.objects.count() == 1
    provider = signed_in(annika)
    [mine] = provider.get("/api/my-queries/?state=open").json()["results"]
    assert mine["id"] == row["id"]
    url = f"/api/my-queries/{row['id']}/answer/"
    done = send(provider, url, "answer", {"option": "With hyperglycemia"})
    assert (done.status_code, done.json()["state"]) == (200, "answered")
    chart.refresh_from_db()
    assert chart.state == "new"
    assert chart.documents.get(pk=done.json()["addendum_id"]).kind == "addendum"


def test_the_wording_is_refused_as_on_the_page(ana_client: Client, chart: Encounter) -> None:
    bad = body(chart, options=["With hyperglycemia"], question="Is it an HCC?")
    refused = send(ana_client, "/api/provider-queries/", "bad", bad)
    assert (refused.status_code, refused.json()["code"]) == (422, "wording_refused")
    assert refused.json()["fields"] == {
        "question": "Question, characters 10 to 12: “HCC” speaks of a risk score. "
        "Ask about the patient only and leave this out.",
        "options": "Options: The option “Other” is missing. Offer it with the others.",
    }
    assert not ProviderQuery.objects.exists()


def test_a_coder_reminds_and_withdraws(ana_client: Client, ana: User, chart: Encounter) -> None:
    query = asking.ask(chart, ana)
    url = f"/api/provider-queries/{query.pk}"
    reminded = send(ana_client, f"{url}/reminder/", "r", {}).json()
    assert reminded["reminded_at"] is not None
    again = send(ana_client, f"{url}/reminder/", "r2", {})
    assert (again.status_code, again.json()["code"]) == (409, "reminded_already")
    assert send(ana_client, f"{url}/withdrawal/", "w", {}).json()["state"] == "withdrawn"
    late = send(ana_client, f"{url}/withdrawal/", "w2", {})
    assert (late.status_code, late.json()["code"]) == (409, "query_settled")


def test_who_may_do_what(
    ana_client: Client, ben_client: Client, annika: User, ana: User, chart: Encounter
) -> None:
    query = asking.ask(chart, ana)
    provider = signed_in(annika)
    assert provider.get("/api/provider-queries/").status_code == 403
    assert ana_client.get("/api/my-queries/").status_code == 403
    refused = send(ben_client, f"/api/provider-queries/{query.pk}/withdrawal/", "b", {})
    assert refused.status_code == 403
    assert ben_client.get(f"/api/provider-queries/{query.pk}/").status_code == 200
    viewed = Event.objects.get(name="provider_query.viewed")
    assert viewed.patient_id == chart.patient_id
