"""The queue of rejections, silence with its alarms, and both through the API."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.actions.acknowledgments import apply_claim_statuses
from billing.actions.answer_clocks import learn_clocks
from billing.actions.submissions import submit_ready
from billing.models import AnswerClock, Batch, Claim, Rejection
from billing.silence import silent_claims, silent_forms, silent_payers
from billing.tasks import learn_answer_clocks
from rcm.models import Event, Practice, User
from rcm.x12.acknowledgment_277ca import (
    ClaimAcknowledgmentStart,
    ClaimStatus,
    Status,
    StatusInformation,
)
from tests import make
from tests.billing.outgoing import ready_claim, sandbox_channel

MEMBER = StatusInformation((Status("A7", "164", "IL"),), None, "U")
NPI = StatusInformation((Status("A7", "562", "85"),), None, "U")
START = ClaimAcknowledgmentStart("UNIFIED CARE", "UNIFD", "NORTH", "1", "B1", None)


@pytest.fixture
def batch(north: Practice, ben: User) -> Batch:
    """Three claims of three patients, sent an hour ago."""
    sandbox_channel(north)
    for number in range(3):
        patient = make.patient(north, last_name=f"Person{number}")
        make.coverage(patient)
        ready_claim(north, patient=patient)
    batches = submit_ready(north, by=ben)
    first = batches[0]
    for other in batches[1:]:
        other.submissions.update(batch=first)
        Batch.objects.filter(pk=other.pk).delete()
    first.state, first.sent_at = Batch.State.SENT, timezone.now()
    first.claims_count = 3
    first.save()
    return first


@pytest.fixture
def rejected(batch: Batch) -> list[Claim]:
    """Two claims with a wrong member id, one with a wrong NPI."""
    claims = list(Claim.objects.filter(submissions__batch=batch).order_by("pk"))
    file = make.interchange_file(batch.practice, b"277", name="answer.277")
    said = zip(claims, (MEMBER, MEMBER, NPI), strict=True)
    statuses = [
        ClaimStatus(claim.patient_control_number, (information,), segment_number=number)
        for number, (claim, information) in enumerate(said, 10)
    ]
    apply_claim_statuses(file, START, statuses)
    return claims


def page(client: Client, query: str = "") -> str:
    response = client.get(f"/acknowledgments/{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_rejections_are_grouped_by_reason_with_the_field_as_sent(
    rejected: list[Claim], ben_client: Client
) -> None:
    Rejection.objects.filter(claim=rejected[2]).update(due_at=timezone.now() - timedelta(hours=2))
    text = page(ben_client)
    npi = text.index("Something on it is not valid: billing provider, NPI")
    member = text.index("Something on it is not valid: subscriber, member id")
    assert npi < member
    assert f"Member id: <b>{rejected[0].content['subscriber']['member_id']}</b>" in text
    assert "2 h late" in text
    assert "23 h 59 min left" in text
    assert "Check and send 2" in text
    assert "Ben Carver" in text
    listed = Event.objects.get(name="rejections.listed")
    assert sorted(listed.data["claims"]) == sorted(claim.pk for claim in rejected)


def test_one_click_checks_all_of_a_reason_and_sends_them_as_originals(
    rejected: list[Claim], ben_client: Client, north: Practice
) -> None:
    response = ben_client.post("/acknowledgments/sendings/", {"reason": "A7:164:IL"}, follow=True)
    assert "2 claims in the outbox as original." in response.content.decode()
    sent = Claim.objects.filter(pk__in=[claim.pk for claim in rejected[:2]])
    assert {(claim.status, claim.frequency) for claim in sent} == {("submitted", "1")}
    assert Claim.objects.get(pk=rejected[2].pk).status == "rejected"
    assert Rejection.objects.filter(resolved_at=None).count() == 1
    assert Batch.objects.filter(state="queued").count() >= 1
    again = ben_client.post("/acknowledgments/sendings/", {"reason": "A7:164:IL"}, follow=True)
    assert "These rejections are worked off already." in again.content.decode()


def test_a_claim_a_check_holds_is_not_sent_and_keeps_its_clock(
    rejected: list[Claim], ben_client: Client
) -> None:
    claim = rejected[0]
    claim.coverage.member_id = ""
    claim.coverage.save(update_fields=["member_id"])
    row = Rejection.objects.get(claim=claim)
    response = ben_client.post("/acknowledgments/sendings/", {"ids": [row.pk]}, follow=True)
    assert "1 claim held by a check" in response.content.decode()
    assert Claim.objects.get(pk=claim.pk).status == "held"
    assert claim.patient_control_number in page(ben_client)
    assert Rejection.objects.get(pk=row.pk).due_at == row.due_at


def test_rejections_are_given_to_a_person_and_filtered_by_owner(
    rejected: list[Claim], ben_client: Client, mia: User
) -> None:
    row = Rejection.objects.get(claim=rejected[2])
    answer = ben_client.post("/acknowledgments/owners/", {"ids": [row.pk], "person": mia.pk})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert row.owner == mia
    text = page(ben_client, f"?owner={mia.pk}")
    assert rejected[2].patient_control_number in text
    assert rejected[0].patient_control_number not in text


def test_only_billers_may_own_rejections(
    rejected: list[Claim], ben_client: Client, ana: User
) -> None:
    row = Rejection.objects.get(claim=rejected[2])
    answer = ben_client.post("/acknowledgments/owners/", {"ids": [row.pk], "person": ana.pk})
    assert answer.status_code == 422
    row.refresh_from_db()
    assert row.owner != ana


def test_a_claim_decided_after_all_is_no_work_any_more(
    rejected: list[Claim], ben_client: Client
) -> None:
    Claim.objects.update(status="adjudicated", adjudicated_at=timezone.now())
    assert "Nothing is rejected" in page(ben_client)


def test_a_missing_999_is_an_alarm_five_minutes_after_the_hour(batch: Batch) -> None:
    assert batch.sent_at is not None
    at = batch.sent_at
    assert silent_forms(batch.practice_id, at + timedelta(minutes=59)) == []
    assert silent_forms(batch.practice_id, at + timedelta(minutes=65)) == [batch]
    AnswerClock.objects.create(
        practice=batch.practice,
        payer=batch.payer,
        step="form",
        expected_within=timedelta(hours=5),
        answers_count=20,
        learned_at=at,
    )
    assert silent_forms(batch.practice_id, at + timedelta(minutes=65)) == []
    assert silent_forms(batch.practice_id, at + timedelta(hours=6)) == [batch]


def test_silent_claims_and_payers_are_listed_with_their_dollars(
    batch: Batch, ben_client: Client
) -> None:
    now = timezone.now()
    paid = make.claim(batch.practice, status="accepted")
    long_ago = now - timedelta(days=31)
    Claim.objects.filter(pk=paid.pk).update(accepted_at=long_ago)
    Batch.objects.update(sent_at=now - timedelta(hours=49))
    [row] = silent_claims(batch.practice_id, now)
    assert (row.batch, row.silent, row.amount) == (batch, 3, Decimal("495.00"))
    [payer] = silent_payers(batch.practice_id, now)
    assert (payer.payer_pk, payer.silent, payer.since) == (paid.payer_id, 1, long_ago)
    text = page(ben_client, "?view=silent")
    for expected in (
        "999): ask",
        "277CA): ask",
        "not decided",
        "49 h",
        "48 h",
        "31 days",
        "30 days",
    ):
        assert expected in text, expected
    # The sidebar: one batch without a 999, three claims without a 277CA, one without a decision.
    link = text.split('data-key-label="Go to Acknowledgments"', 1)[1].split("</a>", 1)[0]
    assert ">5<" in link


def test_batches_that_did_not_get_out_are_never_silent_about_it(
    batch: Batch, ben_client: Client
) -> None:
    Batch.objects.update(state="unknown")
    assert "Nobody knows whether the file arrived" in page(ben_client, "?view=silent")
    Batch.objects.update(state="queued", attempts=2, message="The server refused the login.")
    assert "The server refused the login." in page(ben_client, "?view=silent")


def answered_batches(batch: Batch, count: int, hours: int) -> None:
    sent_at = timezone.now() - timedelta(days=3)
    for number in range(count):
        Batch.objects.create(
            practice=batch.practice,
            channel=batch.channel,
            payer=batch.payer,
            state="acknowledged",
            interchange_control_number=700 + number,
            group_control_number=700 + number,
            send_after=sent_at,
            sent_at=sent_at,
            form_answered_at=sent_at + timedelta(hours=hours),
        )


def test_clocks_are_learned_from_what_a_payer_took(batch: Batch) -> None:
    answered_batches(batch, 12, hours=7)
    with CaptureQueriesContext(connection) as few:
        assert learn_clocks(batch.practice_id) == 1
    clock = AnswerClock.objects.get()
    assert (clock.step, clock.expected_within, clock.answers_count) == (
        "form",
        timedelta(hours=7),
        12,
    )
    Batch.objects.filter(interchange_control_number__gte=700).update(
        form_answered_at=timezone.now() - timedelta(days=3) + timedelta(hours=9)
    )
    with CaptureQueriesContext(connection) as more:
        learn_answer_clocks()
    clock.refresh_from_db()
    assert clock.expected_within >= timedelta(hours=8, minutes=59)
    assert len(few) <= 6
    assert len(more) <= len(few) + 6


def test_the_page_costs_the_same_for_many_rejections(
    rejected: list[Claim], ben_client: Client
) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as log:
            page(ben_client)
        return len(log)

    statements()
    few = statements()
    file = Rejection.objects.first().file  # type: ignore[union-attr]  # there are three
    for number in range(20):
        claim = make.claim(rejected[0].practice, status="rejected")
        now = timezone.now()
        Rejection.objects.create(
            practice=claim.practice,
            claim=claim,
            file=file,
            source="277",
            reason=f"R{number % 4}",
            label="Label",
            message="Message",
            rejected_at=now,
            due_at=now + timedelta(hours=number),
        )
    assert statements() == few


def ask(client: Client, path: str, content: dict[str, Any], key: str) -> Any:
    return client.post(
        f"/api/rejections/{path}/",
        json.dumps(content),
        content_type="application/json",
        headers={"Idempotency-Key": key},
    )


def test_the_api_lists_sends_again_and_tells_of_silence(
    rejected: list[Claim], batch: Batch, ben_client: Client, mia: User
) -> None:
    Batch.objects.update(sent_at=timezone.now() - timedelta(hours=2))
    listed = ben_client.get("/api/rejections/?is_open=true&reason=A7:164:IL").json()
    assert [row["claim"] for row in listed["results"]] == [
        claim.patient_control_number for claim in rejected[:2]
    ]
    assert listed["results"][0]["field"] == "Member id"
    ids = [row["id"] for row in listed["results"]]
    owners = ask(ben_client, "owners", {"ids": ids, "owner": mia.pk}, "k1")
    assert owners.json() == {"assigned": 2}
    silence = ben_client.get("/api/rejections/silence/").json()
    assert [(row["missing"], row["batch_id"], row["claims"]) for row in silence] == [
        ("999", batch.pk, 3)
    ]
    done = ask(ben_client, "sendings", {"ids": ids}, "k2").json()
    assert (done["sent"], done["held"]) == (2, 0)
    again = ask(ben_client, "sendings", {"ids": ids}, "k3")
    assert (again.status_code, again.json()["code"]) == (409, "nothing_to_send")
