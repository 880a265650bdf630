"""Questions, disputes, bankruptcy, collections: what stops statements, and how it ends."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from billing.actions import patient_flags as flags
from billing.actions import patient_inquiries as inquiries
from billing.models import AccountFlag, AccountInquiry, AccountMessage, Statement
from billing.patient_accounts import account_state
from billing.rules.collections import CollectionsFacts, CollectionsTerms, unmet
from rcm.business_days import add_business_days
from rcm.errors import Refusal
from rcm.models import Event, Patient, Practice, Role, User
from tests import make
from tests.api.writing import send
from tests.billing.patients import share

D = Decimal
TODAY = date(2026, 11, 23)
READY: dict[str, Any] = {
    "due": D("86.40"),
    "statements": 3,
    "first_statement_on": TODAY - timedelta(days=90),
    "notice_on": TODAY,
}


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"due": D(0)}, "The patient owes nothing."),
        ({"statements": 2}, "2 of 3 statements were sent."),
        (
            {"first_statement_on": TODAY - timedelta(days=89)},
            "Fewer than 90 days have passed since the first statement.",
        ),
        ({"inquiries": 1}, "A question or dispute of the patient is open."),
        ({"has_plan": True}, "A payment plan is in force."),
        ({"insurance_lines": 1}, "Insurance is still open."),
        ({"in_flight": 1}, "Insurance is still open."),
        ({"is_bankrupt": True}, "The account is flagged for bankruptcy."),
        ({"notice_on": None}, "No written notice was sent before."),
        ({"notice_on": TODAY + timedelta(days=1)}, "No written notice was sent before."),
    ],
)
def test_each_item_of_the_checklist_alone_stops_collections(
    changes: dict[str, Any], text: str
) -> None:
    terms = CollectionsTerms(3, 90)
    assert unmet(CollectionsFacts(**READY), terms, TODAY) == []
    assert unmet(CollectionsFacts(**READY | changes), terms, TODAY) == [text]


def codes(patient: Patient) -> list[str]:
    found = account_state(patient.practice, patient.pk, timezone.localdate()).reasons
    return [reason.code for reason in found]


def stated(patient: Patient, times: int = 3) -> None:
    """Statements long ago, a month apart."""
    today = timezone.localdate()
    for number in range(times):
        day = today - timedelta(days=120 - 30 * number)
        Statement.objects.create(
            practice=patient.practice,
            patient=patient,
            number=f"S{patient.pk}-{number}",
            statement_on=day,
            cycle_on=day,
            due_on=day,
            amount=20,
            content={},
        )


def test_a_dispute_stops_statements_until_it_is_answered(north: Practice, ben: User) -> None:
    patient = share(north, "20.00").patient
    asked = inquiries.open_inquiry(patient, kind="dispute", text=" I was not there ", by=ben)
    assert asked.due_on == add_business_days(timezone.localdate(), 3)
    assert codes(patient) == ["dispute"]
    inquiries.add_message(asked, author="practice", text="We look at it", by=ben)
    inquiries.close_inquiry(asked, answer="You signed in at 9:00", by=ben)
    assert codes(patient) == []
    thread = AccountMessage.objects.order_by("pk").values_list("author", "text", "is_answer")
    assert list(thread) == [
        ("patient", "I was not there", False),
        ("practice", "We look at it", False),
        ("practice", "You signed in at 9:00", True),
    ]
    with pytest.raises(Refusal, match="Somebody was first: it is closed."):
        inquiries.close_inquiry(asked, answer="Again", by=ben)
    names = Event.objects.filter(name__startswith="account_inquiry.").order_by("pk")
    assert [event.patient_id for event in names] == [patient.pk] * 3


def test_a_question_stops_nothing_and_needs_words(north: Practice, ben: User) -> None:
    patient = share(north, "20.00").patient
    inquiries.open_inquiry(patient, kind="question", text="What is CO-45?", by=ben)
    assert codes(patient) == []
    for text in (" ", "x" * 2001):
        with pytest.raises(Refusal, match="Write something"):
            inquiries.open_inquiry(patient, kind="question", text=text, by=ben)
    assert AccountInquiry.objects.count() == 1


def test_bankruptcy_stops_statements_and_can_be_taken_back(north: Practice, ben: User) -> None:
    patient = share(north, "20.00").patient
    flag = flags.flag_bankruptcy(patient, reason="Notice of the court", by=ben)
    assert codes(patient) == ["bankruptcy"]
    with pytest.raises(Refusal, match="has this flag already"):
        flags.flag_bankruptcy(patient, reason="Again", by=ben)
    with pytest.raises(Refusal, match="Say why"):
        flags.end_flag(flag, reason=" ", by=ben)
    flags.end_flag(flag, reason="Dismissed", by=ben)
    assert codes(patient) == []
    assert AccountFlag.objects.count() == 1


def test_collections_are_refused_with_every_unmet_item(north: Practice, ben: User) -> None:
    patient = share(north, "20.00").patient
    with pytest.raises(Refusal) as told:
        flags.send_to_collections(patient, reason="Old", notice_on=None, by=ben)
    assert told.value.message == (
        "0 of 3 statements were sent. "
        "Fewer than 90 days have passed since the first statement. "
        "No written notice was sent before."
    )
    assert not AccountFlag.objects.exists()
    assert not Event.objects.filter(name__startswith="account_flag.").exists()


def test_a_small_balance_goes_to_collections_when_the_checklist_is_met(
    north: Practice, ben: User
) -> None:
    patient = share(north, "20.00").patient
    stated(patient)
    day = timezone.localdate()
    flag = flags.send_to_collections(patient, reason="No answer", notice_on=day, by=ben)
    assert (flag.state, flag.amount, flag.needs_approval) == ("set", D("20.00"), False)
    assert "collections" in codes(patient)


def test_a_large_balance_needs_another_person(north: Practice, ben: User) -> None:
    first = make.member(north, Role.MANAGER, "one@example.test", "One", "Manager")
    second = make.member(north, Role.MANAGER, "two@example.test", "Two", "Manager")
    patient = share(north, "165.00").patient
    for _ in range(4):
        share(north, "165.00", patient=patient)
    stated(patient)
    day = timezone.localdate()
    flag = flags.send_to_collections(patient, reason="No answer", notice_on=day, by=first)
    assert flag.state == "requested"
    assert "collections" not in codes(patient)
    for person, code in ((first, "own_request"), (ben, "not_allowed")):
        with pytest.raises(Refusal) as told:
            flags.approve_flag(flag, by=person)
        assert (told.value.code, told.value.status) == (code, 403)
    flags.approve_flag(flag, by=second)
    assert "collections" in codes(patient)


def test_stops_on_the_page(north: Practice, ben_client: Client) -> None:
    patient = share(north, "20.00").patient
    url = f"/accounts/{patient.pk}"
    body = {"kind": "dispute", "text": "Not mine"}
    assert ben_client.post(f"{url}/inquiries/", body).status_code == 302
    asked = AccountInquiry.objects.get()
    page = ben_client.get(f"{url}/").content.decode()
    assert "Not mine" in page
    assert "Not ready for collections" in page
    said = {"author": "patient", "text": "Still not"}
    verb = f"/accounts/inquiries/{asked.pk}"
    assert ben_client.post(f"{verb}/message/", said).status_code == 302
    assert ben_client.post(f"{verb}/answer/", said | {"author": "practice"}).status_code == 302
    assert ben_client.post(f"{verb}/shout/", said).status_code == 404
    flag = {"kind": "collections", "reason": "Old", "notice_on": ""}
    assert ben_client.post(f"{url}/flags/", flag).status_code == 422
    assert ben_client.post(f"{url}/flags/", flag | {"kind": "bankruptcy"}).status_code == 302
    made = AccountFlag.objects.get()
    assert ben_client.post(f"/accounts/flags/{made.pk}/approval/").status_code == 403
    assert ben_client.post(f"/accounts/flags/{made.pk}/end/", {"reason": "No"}).status_code == 302


def test_stops_through_the_api(north: Practice, ben_client: Client) -> None:
    patient = share(north, "20.00").patient
    body = {"patient": patient.pk, "kind": "dispute", "text": "Not mine"}
    asked = send(ben_client, "/api/account-inquiries/", "a", body)
    assert (asked.status_code, asked.json()["messages"][0]["text"]) == (201, "Not mine")
    url = f"/api/account-inquiries/{asked.json()['id']}"
    said = send(ben_client, f"{url}/messages/", "b", {"author": "patient", "text": "Hello?"})
    assert len(said.json()["messages"]) == 2
    assert send(ben_client, f"{url}/answer/", "c", {"text": "It is"}).json()["closed_at"]
    flag = {"patient": patient.pk, "kind": "collections", "reason": "Old"}
    refused = send(ben_client, "/api/account-flags/", "d", flag)
    assert (refused.status_code, refused.json()["code"]) == (422, "checklist_unmet")
    made = send(ben_client, "/api/account-flags/", "e", flag | {"kind": "bankruptcy"})
    end = send(ben_client, f"/api/account-flags/{made.json()['id']}/end/", "f", {"reason": "No"})
    assert end.json()["state"] == "ended"
