"""Questions about claims: who is asked when, what the answer shows, and that it posts nothing."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.actions import inquiry_sending, status_inquiries
from billing.actions.status_inquiries import ask_about_silent_claims, ask_many, ask_status
from billing.claim_page import claim_queryset, timeline_of
from billing.models import (
    Claim,
    FileProblem,
    InquiryBatch,
    Posting,
    StatusAnswer,
    StatusInquiry,
)
from billing.rules.claim_content import to_json
from billing.rules.status_words import CATEGORIES, describe_details, standing_of
from payers.actions.code_lists import read_table
from payers.models import Payer
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from rcm.x12.acknowledgment_277ca import Status
from rcm.x12.claim_837 import Identifier
from rcm.x12.reader import read
from rcm.x12.status_27x import StatusDetail
from rcm.x12.status_27x import StatusInquiry as Asked276
from tests import make
from tests.billing.asking import received_277, silent, status_of
from tests.billing.conftest import Server
from tests.billing.outgoing import sandbox_channel
from tests.x12.build import CHILD_CLAIM, CLAIM
from tests.x12.inquiry_samples import CLINIC, PAYER, PENDING, RECEIVER, STATUSES


@pytest.fixture
def claim(north: Practice) -> Claim:
    sandbox_channel(north)
    return sent_claim(north)


def sent_claim(practice: Practice, **changes: object) -> Claim:
    """Accepted by its payer, with the snapshot of what was sent."""
    return make.claim(practice, content=to_json(CLAIM), **changes)


def test_a_claim_is_asked_about_once(claim: Claim, ben: User) -> None:
    inquiry = ask_status(claim, by=ben)
    assert ask_status(claim, by=ben) == inquiry
    assert (inquiry.state, inquiry.trace_number[0], inquiry.asked_by) == ("waiting", "S", ben)
    (event,) = Event.objects.filter(name="claim.status_asked")
    assert (event.subject_id, event.data) == (claim.pk, {"inquiry": inquiry.pk})


@pytest.mark.parametrize("status", ["draft", "held", "ready", "rejected", "closed"])
def test_a_claim_its_payer_does_not_have_is_not_asked_about(claim: Claim, status: str) -> None:
    when = None if status in ("draft", "held", "ready") else claim.submitted_at
    Claim.objects.filter(pk=claim.pk).update(status=status, submitted_at=when)
    claim.refresh_from_db()
    with pytest.raises(Refusal, match="the payer does not have it"):
        ask_status(claim, by=None)
    assert (StatusInquiry.objects.count(), Event.objects.count()) == (0, 0)


def test_the_question_names_the_claim_as_it_was_sent(
    north: Practice, claim: Claim, sftp: Server
) -> None:
    child = sent_claim(north, payer_claim_control_number="ICN9")
    Claim.objects.filter(pk=child.pk).update(content=to_json(CHILD_CLAIM))
    for each in (claim, child):
        ask_status(each, by=None)
    assert inquiry_sending.send_waiting(north.pk) == ["sent"]
    (content,) = sftp.uploaded.values()
    first, second = [item for item in read(content) if isinstance(item, Asked276)]
    batch = InquiryBatch.objects.get()
    assert (batch.kind, batch.inquiries_count) == ("276", 2)
    assert first.reference == f"{batch.interchange_control_number:09d}"
    assert (first.amount, first.patient, first.subscriber.party.identifier) == (16500, None, "W1")
    assert first.references == (
        Identifier("EJ", claim.patient_control_number),
        Identifier("6P", "G1"),
    )
    assert (first.periods[0].starts_on, first.periods[0].ends_on) == (date(2026, 10, 1), None)
    assert second.patient is not None
    assert (second.patient.party.name, second.references[0]) == ("ALDER", Identifier("1K", "ICN9"))
    assert set(StatusInquiry.objects.values_list("state", flat=True)) == {"sent"}


def test_silent_claims_are_asked_about_on_their_payers_schedule(
    north: Practice, claim: Claim
) -> None:
    Payer.objects.update(status_inquiry_after_days=20, status_inquiry_every_days=7)
    silent(claim, 19)
    assert ask_about_silent_claims(north.pk) == 0
    silent(claim, 21)
    assert ask_about_silent_claims(north.pk) == 1
    assert ask_about_silent_claims(north.pk) == 0
    answered = {"state": "answered", "answered_at": timezone.now()}
    StatusInquiry.objects.update(**answered, asked_at=timezone.now() - timedelta(days=6))
    assert ask_about_silent_claims(north.pk) == 0
    StatusInquiry.objects.update(asked_at=timezone.now() - timedelta(days=8))
    assert ask_about_silent_claims(north.pk) == 1
    StatusInquiry.objects.update(**answered, asked_at=timezone.now() - timedelta(days=8))
    Payer.objects.update(status_inquiry_after_days=0)
    assert ask_about_silent_claims(north.pk) == 0


def test_a_claim_that_is_decided_or_not_with_its_payer_is_not_silent(
    north: Practice, claim: Claim
) -> None:
    silent(claim, 90)
    received_277(north, status_of(ask_status(claim, by=None)))
    StatusInquiry.objects.update(asked_at=timezone.now() - timedelta(days=60))
    assert status_inquiries.silent_claims(north.pk).count() == 0
    StatusAnswer.objects.update(category="P1")
    assert status_inquiries.silent_claims(north.pk).count() == 1
    Claim.objects.update(status="adjudicated")
    assert status_inquiries.silent_claims(north.pk).count() == 0


def test_an_answer_is_shown_in_plain_words_and_posts_nothing(north: Practice, claim: Claim) -> None:
    inquiry = ask_status(claim, by=None)
    file = received_277(north, status_of(inquiry, references=(Identifier("1K", "ICN1"),)))
    answer = StatusAnswer.objects.get()
    assert (answer.category, answer.status_code) == ("F1", "65")
    assert answer.statuses == ["F1:65", "F1:1:PR", "F1:2"]
    assert answer.words == (
        "Decided: paid (F1): paid; "
        "Decided: paid (F1): payer, details follow in a letter or remittance; "
        "Decided: paid (F1): details are in the remittance"
    )
    assert (str(answer.amount_billed), str(answer.amount_paid)) == ("8513.88", "7000.00")
    assert (answer.check_number, answer.paid_on) == ("0012345", date(2026, 11, 19))
    assert answer.lines == [
        {
            "line_control_number": "C1L1",
            "procedure_code": "99213",
            "words": answer.words,
            "amount_paid": "120.00",
        }
    ]
    claim.refresh_from_db()
    inquiry.refresh_from_db()
    assert (claim.status, claim.payer_claim_control_number) == ("accepted", "ICN1")
    assert (inquiry.state, file.kind, file.state) == ("answered", "277", "read")
    assert Posting.objects.count() == 0
    stop = next(s for s in timeline_of(claim_queryset().get(pk=claim.pk)) if "277 F1" in s["note"])
    assert (stop["label"], stop["tone"]) == ("Payer: paid", "green")
    assert "check or EFT 0012345, $7,000.00" in stop["note"]


def test_the_same_answer_in_two_files_is_stored_once(north: Practice, claim: Claim) -> None:
    answer = status_of(ask_status(claim, by=None))
    received_277(north, answer)
    received_277(north, answer, number=8)
    assert StatusAnswer.objects.count() == 1
    assert Event.objects.filter(name="claim.status_answered").count() == 1


def test_an_unsolicited_277_is_matched_by_the_claims_own_number(
    north: Practice, claim: Claim
) -> None:
    told = replace(
        STATUSES[0],
        trace_number="THEIRS1",
        is_solicited=False,
        details=(PENDING,),
        references=(Identifier("EJ", claim.patient_control_number),),
    )
    received_277(north, told)
    answer = StatusAnswer.objects.get()
    assert (answer.claim, answer.inquiry, answer.category) == (claim, None, "P3")
    Claim.objects.filter(pk=claim.pk).update(payer_claim_control_number="ICN7")
    by_payer = replace(told, trace_number="THEIRS2", references=(Identifier("1K", "ICN7"),))
    received_277(north, by_payer, number=8)
    assert StatusAnswer.objects.filter(claim=claim).count() == 2


def test_an_answer_about_no_claim_of_ours_is_shown_with_its_file(north: Practice) -> None:
    file = received_277(north, STATUSES[0])
    (problem,) = FileProblem.objects.filter(file=file)
    assert (problem.code, problem.message) == (
        "unknown_inquiry",
        "This answer of the 277 has the trace number of no question of ours.",
    )
    assert StatusAnswer.objects.count() == 0


def test_a_refused_provider_answers_every_claim_of_the_file(
    north: Practice, claim: Claim, sftp: Server
) -> None:
    ask_status(claim, by=None)
    ask_status(sent_claim(north), by=None)
    inquiry_sending.send_waiting(north.pk)
    batch = InquiryBatch.objects.get()
    refused = replace(
        STATUSES[0],
        reference=f"{batch.interchange_control_number:09d}",
        level="2200C",
        trace_number="0",
        details=(StatusDetail((Status("E0", "24", "1P"),), date(2026, 11, 20)),),
        payer=PAYER,
        receiver=RECEIVER,
        provider=CLINIC,
        subscriber=None,
        references=(),
        periods=(),
        lines=(),
    )
    received_277(north, refused)
    assert [a.words for a in StatusAnswer.objects.all()] == [
        "The question has an error (E0): provider, not approved to send electronically"
    ] * 2
    batch.refresh_from_db()
    assert batch.state == "acknowledged"


def test_three_hundred_statuses_cost_what_three_cost(north: Practice, claim: Claim) -> None:
    claims = [claim]
    for number in range(299):
        copy = Claim.objects.get(pk=claim.pk)
        copy.pk, copy.rank = None, "S"
        copy.replaces = claims[-1]
        copy.patient_control_number = f"M{number:05d}"
        claims.append(copy)
        copy.save(force_insert=True)
    costs = []
    for part, number in ((claims[:3], 1), (claims[3:], 2)):
        answers = [status_of(row) for row in ask_many(north.pk, part, by=None)]
        with CaptureQueriesContext(connection) as found:
            received_277(north, *answers, number=number)
        costs.append(len(found))
    assert costs[1] == costs[0]
    assert StatusAnswer.objects.count() == 300


def test_every_category_of_the_table_has_words_and_a_standing() -> None:
    codes = [row["code"] for row in read_table("claim_status_category.csv")]
    assert [code for code in codes if code not in CATEGORIES] == []
    standings = {code: standing_of(code) for code in ("P1", "R4", "F1", "A4", "D0", "E1", "A1")}
    assert list(standings.values()) == [
        *("pending", "pending", "final", "not_found", "not_found", "refused", "received")
    ]
    unknown = (StatusDetail((Status("Z9", "9999"),)),)
    assert describe_details(unknown) == "Category (Z9): status 9999"
