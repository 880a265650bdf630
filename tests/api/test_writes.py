"""Verbs of the API: each acts once per Idempotency-Key, however often and from how many sides."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from billing.models import InterchangeFile, Posting
from rcm import access
from rcm.models import Event, IdempotencyKey, Practice, Role, User
from tests import make
from tests.api.writing import ready, send, upload
from tests.billing import remitting as r
from tests.billing.books import assert_ledger, book_of
from tests.conftest import signed_in

D = Decimal
MISSING = {
    "code": "idempotency_key_missing",
    "message": "Send an Idempotency-Key header, so that a repeated request acts once.",
    "fields": {},
}


def test_a_payment_posts_once_for_one_key(north: Practice, ben: User, ben_client: Client) -> None:
    row = ready(north)
    url = f"/api/remittances/{row.pk}/posting/"
    first = send(ben_client, url, "monday-1")
    assert first.status_code == 200
    assert (first.json()["id"], first.json()["state"]) == (row.pk, "posted")
    assert "Idempotency-Replayed" not in first.headers
    moves = Posting.objects.count()
    again = send(ben_client, url, "monday-1")
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Posting.objects.count() == moves == 4
    assert Event.objects.filter(name="remittance.posted").count() == 1
    kept = IdempotencyKey.objects.get()
    assert (kept.key, kept.endpoint, kept.created_by) == ("monday-1", f"POST {url}", ben)
    assert_ledger(north)


def test_the_first_answer_stays_although_the_payment_changed(
    north: Practice, ben_client: Client
) -> None:
    row = ready(north)
    url = f"/api/remittances/{row.pk}"
    posted = send(ben_client, f"{url}/posting/", "post").json()
    send(ben_client, f"{url}/reversal/", "undo", {"reason": "Wrong practice"})
    assert send(ben_client, f"{url}/posting/", "post").json() == posted
    row.refresh_from_db()
    assert (row.state, row.hold_code) == ("held", "taken_back")


def test_a_post_without_a_key_changes_nothing(north: Practice, ben_client: Client) -> None:
    row = ready(north)
    moves = Posting.objects.count()
    for url in (f"/api/remittances/{row.pk}/posting/", "/api/files/"):
        response = send(ben_client, url)
        assert (response.status_code, response.json()) == (400, MISSING)
    assert Posting.objects.count() == moves
    assert not IdempotencyKey.objects.exists()


@pytest.mark.parametrize("key", ["two words", "ключ", "x" * 201])
def test_a_key_that_cannot_be_one_is_refused(north: Practice, ben_client: Client, key: str) -> None:
    row = ready(north)
    response = send(ben_client, f"/api/remittances/{row.pk}/posting/", key)
    assert response.status_code == 400
    assert response.json()["code"] == "idempotency_key_invalid"
    assert response.json()["message"] == (
        "An Idempotency-Key has 1 to 200 visible ASCII characters, no blanks."
    )
    row.refresh_from_db()
    assert row.state == "ready"


def test_a_key_used_for_another_body_or_address_is_refused(
    north: Practice, ben_client: Client
) -> None:
    row = ready(north)
    url = f"/api/remittances/{row.pk}"
    send(ben_client, f"{url}/posting/", "post")
    send(ben_client, f"{url}/reversal/", "undo", {"reason": "Wrong payer"})
    before = Posting.objects.count()
    for address, key, body in (
        (f"{url}/reversal/", "undo", {"reason": "Another reason"}),
        (f"{url}/reversal/?x=1", "undo", {"reason": "Wrong payer"}),
        (f"{url}/posting/", "undo", {"reason": "Wrong payer"}),
        (f"{url}/reversal/", "post", {}),
    ):
        response = send(ben_client, address, key, body)
        assert response.status_code == 409
        assert response.json() == {
            "code": "idempotency_key_reused",
            "message": "This Idempotency-Key was used for another request. Choose a new one.",
            "fields": {},
        }
    assert Posting.objects.count() == before


def test_a_refusal_is_an_answer_and_its_key_never_acts_later(
    north: Practice, ben_client: Client
) -> None:
    row = ready(north)
    url = f"/api/remittances/{row.pk}"
    refused = send(ben_client, f"{url}/reversal/", "undo", {"reason": "Wrong payer"})
    assert refused.status_code == 422
    assert refused.json() == {
        "code": "remittance_not_posted",
        "message": "Nothing of this remittance is posted.",
        "fields": {},
    }
    send(ben_client, f"{url}/posting/", "post")
    again = send(ben_client, f"{url}/reversal/", "undo", {"reason": "Wrong payer"})
    assert (again.status_code, again.json()) == (422, refused.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    row.refresh_from_db()
    assert row.state == "posted"


def test_a_taking_back_without_a_reason_names_the_field(
    north: Practice, ben_client: Client
) -> None:
    row = ready(north)
    send(ben_client, f"/api/remittances/{row.pk}/posting/", "post")
    refused = send(ben_client, f"/api/remittances/{row.pk}/reversal/", "undo")
    assert refused.status_code == 422
    assert refused.json()["fields"] == {"reason": "Say why the posting is taken back."}
    assert_ledger(north)


def test_a_body_that_is_wrong_frees_its_key(north: Practice, ben_client: Client) -> None:
    claim = make.claim(north)
    svc = r.line("99213", "165.00", "72.00", "CO-45 93.00")
    told = r.clp("NOBODY", "165.00", "72.00", svc, parties=())
    row = r.posted(north, r.content("72.00", told))
    url = f"/api/remitted-claims/{row.claims.get().pk}/match/"
    for body, message in (
        ({}, "This field is required."),
        ({"claim": "T999999"}, "No claim has the number T999999."),
        ({"claim": "a\0b"}, "Null characters are not allowed."),
    ):
        wrong = send(ben_client, url, "match", body)
        assert wrong.status_code == 400
        assert wrong.json() == {
            "code": "invalid",
            "message": "A field has a value it cannot take.",
            "fields": {"claim": message},
        }
    assert not IdempotencyKey.objects.exists()
    right = send(ben_client, url, "match", {"claim": claim.patient_control_number})
    assert right.status_code == 200
    assert (right.json()["claim_id"], right.json()["state"]) == (claim.pk, "posted")
    assert_ledger(north)


def test_a_claim_is_taken_back_matched_anew_and_posted_again(
    north: Practice, ben_client: Client
) -> None:
    row = ready(north)
    claim = row.claims.get().claim
    assert claim is not None
    send(ben_client, f"/api/remittances/{row.pk}/posting/", "post")
    url = f"/api/remitted-claims/{row.claims.get().pk}"
    unmatched = send(ben_client, f"{url}/unmatch/", "too-early")
    assert (unmatched.status_code, unmatched.json()["code"]) == (409, "already_posted")
    taken = send(ben_client, f"{url}/reversal/", "undo", {"reason": "Another patient"})
    assert (taken.status_code, taken.json()["state"]) == (200, "matched")
    assert book_of(claim) == {"revenue": D("-165.00"), "primary_receivable": D("165.00")}
    assert_ledger(north, unapplied="72.00")
    unmatched = send(ben_client, f"{url}/unmatch/", "unmatch")
    assert (unmatched.json()["state"], unmatched.json()["claim_id"]) == ("unmatched", None)
    body = {"claim": claim.patient_control_number}
    assert send(ben_client, f"{url}/match/", "match", body).json()["state"] == "posted"
    assert book_of(claim)["unapplied"] == D("72.00")
    assert_ledger(north)


def test_a_payment_taken_back_is_released_and_posts_again(
    north: Practice, ben_client: Client
) -> None:
    row = ready(north)
    url = f"/api/remittances/{row.pk}"
    send(ben_client, f"{url}/posting/", "post")
    early = send(ben_client, f"{url}/release/", "early")
    assert early.status_code == 422
    send(ben_client, f"{url}/reversal/", "undo", {"reason": "Wrong day"})
    assert_ledger(north)
    released = send(ben_client, f"{url}/release/", "again")
    assert (released.status_code, released.json()["state"]) == (200, "posted")
    before = Posting.objects.count()
    assert send(ben_client, f"{url}/release/", "again").json() == released.json()
    assert Posting.objects.count() == before
    claim = row.claims.get().claim
    assert claim is not None
    assert book_of(claim)["unapplied"] == D("72.00")
    assert_ledger(north)


def test_a_file_is_received_and_answered_with_where_to_look(
    north: Practice, ben: User, ben_client: Client
) -> None:
    claim = make.claim(north)
    content = r.content("72.00", r.echo(claim, ("72.00", "CO-45 93.00")))
    response = upload(ben_client, content, "file-1")
    assert response.status_code == 202
    file = InterchangeFile.objects.get()
    assert (file.name, bytes(file.content), file.created_by) == ("a.835", content, ben)
    answer = response.json()
    assert (answer["id"], answer["state"], answer["name"]) == (file.pk, "received", "a.835")
    assert answer["url"] == f"http://testserver/api/files/{file.pk}/"
    assert ben_client.get(answer["url"]).json()["sha256"] == file.sha256
    # The same form again has another boundary and is still the same request.
    again = upload(ben_client, content, "file-1")
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (answer, "true")
    assert Event.objects.filter(name="file.received_again").count() == 0
    assert upload(ben_client, content + b"\n", "file-1").status_code == 409
    assert InterchangeFile.objects.count() == 1


def test_a_file_may_be_the_body_itself(north: Practice, ben_client: Client) -> None:
    content = r.content("0.00", method="NON")
    headers = {"Idempotency-Key": "raw-1"}
    for _ in range(2):
        response = ben_client.post(
            "/api/files/?name=night.835",
            content,
            content_type="application/octet-stream",
            headers=headers,
        )
        assert response.status_code == 202
    file = InterchangeFile.objects.get()
    assert (file.name, bytes(file.content)) == ("night.835", content)
    assert response.headers["Idempotency-Replayed"] == "true"


def test_a_file_that_is_too_large_is_not_kept(
    north: Practice, ben_client: Client, settings: Any
) -> None:
    settings.INTERCHANGE_FILE_LIMIT = 1024 * 1024
    response = ben_client.post(
        "/api/files/",
        b"x" * (1024 * 1024 + 1),
        content_type="application/octet-stream",
        headers={"Idempotency-Key": "big"},
    )
    assert response.status_code == 413
    assert response.json()["message"] == "The file is larger than 1 MB."
    form = ben_client.post(
        "/api/files/",
        {"file": SimpleUploadedFile("big.835", b"x" * (1024 * 1024 + 1))},
        headers={"Idempotency-Key": "big-form"},
    )
    assert (form.status_code, form.json()["code"]) == (413, "file_too_large")
    assert not InterchangeFile.objects.exists()


def test_a_preview_shows_the_moves_and_writes_none(north: Practice, ben_client: Client) -> None:
    row = ready(north)
    before = Posting.objects.count()
    moves = ben_client.get(f"/api/remittances/{row.pk}/preview/").json()
    claim = row.claims.get().claim
    assert claim is not None
    assert sorted((m["source"], m["destination"], m["amount"], m["claim_id"]) for m in moves) == [
        ("primary_receivable", "contractual", "93.00", claim.pk),
        ("primary_receivable", "unapplied", "72.00", claim.pk),
        ("unapplied", "cash", "72.00", None),
    ]
    assert Posting.objects.count() == before
    send(ben_client, f"/api/remittances/{row.pk}/posting/", "post")
    assert ben_client.get(f"/api/remittances/{row.pk}/preview/").json() == []


def test_what_waits_is_listed_and_comes_with_scored_candidates(
    north: Practice, ben: User, ben_client: Client
) -> None:
    claim = make.claim(north)
    told = r.clp("NOBODY", "160.00", "72.00", r.line("99213", "160.00", "72.00", "CO-45 88.00"))
    row = r.posted(north, r.content("72.00", told))
    query = f"/api/remitted-claims/?state=unmatched&remittance={row.pk}"
    (listed,) = ben_client.get(query).json()["results"]
    assert (listed["patient_control_number"], listed["amount_paid"]) == ("NOBODY", "72.00")
    assert "candidates" not in listed
    assert ben_client.get("/api/remitted-claims/?state=posted").json()["count"] == 0
    answer = ben_client.get(f"/api/remitted-claims/{listed['id']}/").json()
    assert answer["patient_last_name"] == "OKAFOR"
    (candidate,) = answer["candidates"]
    assert (candidate["id"], candidate["patient_control_number"]) == (claim.pk, "T000001")
    assert candidate["score"] >= 75
    seen = Event.objects.get(name="remitted_claim.viewed")
    assert (seen.subject_id, seen.created_by) == (listed["id"], ben)


def test_a_verb_needs_the_csrf_token_as_the_pages_do(north: Practice, ben: User) -> None:
    row = ready(north)
    client = Client(enforce_csrf_checks=True)
    client.force_login(ben, backend="django.contrib.auth.backends.ModelBackend")
    url = f"/api/remittances/{row.pk}/posting/"
    refused = send(client, url, "post")
    assert refused.status_code == 403
    assert refused.json()["message"].startswith("CSRF Failed")
    assert not IdempotencyKey.objects.exists()
    client.get("/preferences/")
    token = client.cookies["csrftoken"].value
    headers = {"Idempotency-Key": "post", "X-CSRFToken": token}
    assert client.post(url, content_type="application/json", headers=headers).status_code == 200


def test_a_role_that_only_reads_cannot_post(north: Practice) -> None:
    row = ready(north)
    auditor = signed_in(make.member(north, Role.AUDITOR, "lea@example.test", "Lea", "Auer"))
    assert auditor.get(f"/api/remittances/{row.pk}/").status_code == 200
    assert send(auditor, f"/api/remittances/{row.pk}/posting/", "post").status_code == 403
    assert not IdempotencyKey.objects.exists()


def test_the_same_key_in_another_practice_is_another_key(
    north: Practice, south: Practice, ben_client: Client, otto_client: Client
) -> None:
    content = r.content("0.00", method="NON")
    assert upload(ben_client, content, "one").status_code == 202
    access.open_walls([])
    response = upload(otto_client, content, "one")
    assert response.status_code == 202
    assert "Idempotency-Replayed" not in response.headers


def test_a_claim_taken_back_is_released_with_a_reason(north: Practice, ben_client: Client) -> None:
    row = ready(north)
    claim = row.claims.get().claim
    assert claim is not None
    send(ben_client, f"/api/remittances/{row.pk}/posting/", "post")
    url = f"/api/remitted-claims/{row.claims.get().pk}"
    send(ben_client, f"{url}/reversal/", "undo", {"reason": "Another patient"})
    without = send(ben_client, f"{url}/release/", "without")
    assert (without.status_code, without.json()["fields"]) == (
        422,
        {"reason": "Say why it may post."},
    )
    assert book_of(claim) == {"revenue": D("-165.00"), "primary_receivable": D("165.00")}
    released = send(ben_client, f"{url}/release/", "again", {"reason": "It was right"})
    assert (released.status_code, released.json()["state"]) == (200, "posted")
    assert book_of(claim)["unapplied"] == D("72.00")
    assert_ledger(north)
