"""Charge review through the API: each verb once per key, each refusal by its field."""

from decimal import Decimal

from django.test import Client

from billing.models import Claim
from coding.models import Encounter
from rcm.models import Event, Practice
from tests.api.writing import send
from tests.billing.reviewing import coded_visit, drafted, review_of


def test_what_waits_is_listed_by_reason(north: Practice, ben_client: Client) -> None:
    visit = coded_visit(north, priced=False)
    drafted(north)
    rows = ben_client.get("/api/charge-reviews/?state=waiting&reason=no_price").json()["results"]
    assert [(row["encounter"], row["codes"]) for row in rows] == [(visit.number, ["no_price"])]
    assert ben_client.get("/api/charge-reviews/?reason=new_coder").json()["results"] == []
    one = ben_client.get(f"/api/charge-reviews/{rows[0]['id']}/").json()
    assert one["reasons"][0]["message"] == "99213 has no price on the date of service."
    assert Event.objects.get(name="charge_review.viewed").patient_id == visit.patient_id


def test_a_price_clears_and_the_same_key_sets_it_once(north: Practice, ben_client: Client) -> None:
    visit = coded_visit(north, priced=False)
    drafted(north)
    url = f"/api/charge-reviews/{review_of(visit).pk}/price/"
    body = {"procedure_code": "99213", "amount": "170.00"}
    first = send(ben_client, url, "price", body)
    assert (first.status_code, first.json()["state"]) == (200, "cleared")
    assert send(ben_client, url, "price", body).json() == first.json()
    assert visit.charges.get().amount_billed == Decimal("170.00")
    again = send(ben_client, url, "another", body)
    assert (again.status_code, again.json()["code"]) == (409, "review_decided")


def test_acceptance_is_refused_while_something_is_to_be_put_right(
    north: Practice, ben_client: Client
) -> None:
    visit = coded_visit(north, priced=False)
    drafted(north)
    url = f"/api/charge-reviews/{review_of(visit).pk}/acceptance/"
    refused = send(ben_client, url, "yes", {"note": "Bill it"})
    assert (refused.status_code, refused.json()["code"]) == (422, "review_fails")
    assert not Claim.objects.exists()


def test_a_second_visit_is_accepted_or_sent_back(north: Practice, ben_client: Client) -> None:
    first = coded_visit(north)
    others = [
        coded_visit(north, patient=first.patient, provider=first.provider, number=f"N{n}")
        for n in range(2)
    ]
    drafted(north)
    one, two = (f"/api/charge-reviews/{review_of(visit).pk}" for visit in others)
    assert send(ben_client, f"{one}/acceptance/", "a", {"note": "Two"}).json()["note"] == "Two"
    assert send(ben_client, f"{two}/return/", "b", {"note": ""}).status_code == 422
    assert send(ben_client, f"{two}/return/", "c", {"note": "One?"}).json()["state"] == "returned"
    assert Claim.objects.count() == 2
    others[1].refresh_from_db()
    assert others[1].state == "returned"


def test_a_policy_of_another_practice_is_not_there(north: Practice, ben_client: Client) -> None:
    visit = coded_visit(north)
    policy = visit.coverage
    assert policy is not None
    Encounter.objects.update(coverage=None)
    drafted(north)
    url = f"/api/charge-reviews/{review_of(visit).pk}/coverage/"
    assert send(ben_client, url, "a", {"coverage": policy.pk + 999}).status_code == 404
    assert send(ben_client, url, "b", {"coverage": policy.pk}).json()["state"] == "cleared"
