"""Open balances through the API: the same door, filters and verbs as the page, each verb once."""

from datetime import timedelta

from django.test import Client

from denials.models import FollowUp, FollowUpTouch
from denials.practice_days import practice_today
from rcm.models import Event, Practice, User
from tests.api.writing import send
from tests.billing import remitting as r
from tests.denials.denying import pay
from tests.denials.following import open_balance

URL = "/api/follow-ups/"


def test_the_list_has_the_views_of_the_page(north: Practice, ben_client: Client, ben: User) -> None:
    row, rests = open_balance(north), open_balance(north)
    later = practice_today(north) + timedelta(days=9)
    FollowUp.objects.filter(pk=rests.pk).update(clock_on=later)
    found = ben_client.get(URL).json()
    assert [each["id"] for each in found["results"]] == [row.pk, rests.pk]
    due = ben_client.get(URL, {"view": "due"}).json()["results"]
    assert [(each["id"], each["reason"], each["step"]) for each in due] == [
        (row.pk, "silent", "Ask for its status")
    ]
    assert due[0]["balance"] == "165.00"
    assert ben_client.get(URL, {"bucket": "over-120"}).json()["count"] == 0
    assert ben_client.get(URL, {"view": "zzz"}).status_code == 400


def test_one_call_for_many_is_logged_once_per_key_and_taken_back(
    north: Practice, ben_client: Client
) -> None:
    rows = [open_balance(north) for _ in range(2)]
    body = {"ids": [row.pk for row in rows], "outcome": "in_process", "reference": "R1"}
    first = send(ben_client, f"{URL}calls/", "key-1", body)
    again = send(ben_client, f"{URL}calls/", "key-1", body)
    assert (first.status_code, first.json()) == (200, again.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (first.json()["rows"], FollowUpTouch.objects.count()) == (2, 2)
    undone = send(ben_client, f"{URL}undo/", "key-2", {"act": first.json()["act"]})
    assert undone.json() == {"rows": 2}
    touches = ben_client.get(f"{URL}{rows[0].pk}/touches/").json()
    assert [(each["kind"], each["undone"]) for each in touches] == [("undo", False), ("call", True)]


def test_every_verb_answers_with_its_act(north: Practice, mia_client: Client, mia: User) -> None:
    row = open_balance(north)
    until = practice_today(north) + timedelta(days=5)
    verbs = [
        (f"{row.pk}/call/", {"outcome": "not_reached"}),
        (f"{row.pk}/snooze/", {"until": until.isoformat()}),
        (f"{row.pk}/escalation/", {"reason": "Look"}),
        (f"{row.pk}/return/", {"note": "Looked"}),
        ("owners/", {"ids": [row.pk], "owner": mia.pk}),
    ]
    for at, (path, body) in enumerate(verbs):
        answer = send(mia_client, URL + path, f"key-{at}", body)
        assert (answer.status_code, answer.json()["rows"]) == (200, 1), path
    wrong = send(mia_client, f"{URL}{row.pk}/call/", "key-x", {"outcome": "fine"})
    assert (wrong.status_code, list(wrong.json()["fields"])) == (400, ["outcome"])
    assert FollowUpTouch.objects.count() == len(verbs)


def test_a_claim_paid_meanwhile_is_gone_and_one_call_leaves_it(
    north: Practice, ben_client: Client
) -> None:
    row = open_balance(north)
    pay(north, r.echo(row.claim, ("165.00",)))
    body = {"outcome": "in_process"}
    assert send(ben_client, f"{URL}{row.pk}/call/", "key-1", body).status_code == 404
    many = send(ben_client, f"{URL}calls/", "key-2", body | {"ids": [row.pk]})
    assert (many.status_code, many.json()["code"]) == (422, "nothing_chosen")


def test_the_matrix_is_given_as_texts_and_looking_at_a_row_is_recorded(
    north: Practice, ben_client: Client, ana_client: Client
) -> None:
    row = open_balance(north)
    found = ben_client.get(f"{URL}aging/", {"by": "payer"}).json()
    assert found["by"] == "Payer"
    [line] = found["rows"]
    assert (line["label"], line["total"], line["credits"]) == ("Unified", "165.00", "0.00")
    assert ben_client.get(f"{URL}{row.pk}/").json()["claim_id"] == row.claim_id
    assert Event.objects.get(name="follow_up.viewed").patient_id == row.claim.patient_id
    assert ana_client.get(URL).status_code == 403
