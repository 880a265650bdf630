"""Answers put beside what we sent: which claims come back, why, and which sending is meant."""

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone

from billing.actions.acknowledgments import (
    apply_claim_statuses,
    apply_group,
    apply_interchange,
)
from billing.actions.batch_files import write_batch
from billing.actions.claim_status import advance_claims
from billing.actions.files import read_file, receive_file
from billing.actions.submissions import pull_back, submit_ready
from billing.models import (
    AnswerError,
    Batch,
    BatchAnswer,
    Claim,
    ClaimAcknowledgment,
    FileProblem,
    InterchangeFile,
    Rejection,
)
from payers.models import Channel
from rcm.fuzz.acknowledgments import Sending, sent_file
from rcm.models import Event, Practice, User
from rcm.x12.acknowledgment_277ca import (
    ClaimAcknowledgmentEnd,
    ClaimAcknowledgmentStart,
    ClaimStatus,
    LevelStatus,
    Status,
    StatusInformation,
)
from rcm.x12.acknowledgment_999 import (
    ElementError,
    GroupAcknowledgment,
    InterchangeAcknowledgment,
    SegmentError,
    TransactionAcknowledgment,
)
from rcm.x12.envelope import Envelope
from rcm.x12.write_277ca import write_277ca
from tests import make
from tests.billing.outgoing import ready_claim, sandbox_channel

ACCEPTED = StatusInformation((Status("A2", "20", "PR"),), None, "WQ")
RECEIVED = StatusInformation((Status("A1", "19", "PR"),), None, "WQ")
REJECTED = StatusInformation((Status("A7", "164", "IL"),), None, "U")


@pytest.fixture
def channel(north: Practice) -> Channel:
    return sandbox_channel(north)


@pytest.fixture
def batch(north: Practice, channel: Channel, ben: User) -> Batch:
    """A sent batch of one claim, its file as the writer wrote it."""
    ready_claim(north)
    [batch] = submit_ready(north, by=ben)
    assert write_batch(batch)
    Batch.objects.update(state="sent", sent_at=timezone.now())
    batch.refresh_from_db()
    return batch


@pytest.fixture
def claim(batch: Batch) -> Claim:
    return Claim.objects.get(submissions__batch=batch)


@pytest.fixture
def file(north: Practice) -> Callable[[str], InterchangeFile]:
    def make_file(text: str) -> InterchangeFile:
        return make.interchange_file(north, text.encode(), name=f"{text}.x12")

    return make_file


def start(batch: Batch | None = None, **changes: Any) -> ClaimAcknowledgmentStart:
    trace = f"{batch.interchange_control_number:09d}0001" if batch else ""
    names = ("UNIFIED CARE", "UNIFD", "NORTH", "1", "B77")
    return ClaimAcknowledgmentStart(*names, date(2026, 11, 23), trace, **changes)


def status(claim: Claim, *information: StatusInformation, at: int = 10, **more: Any) -> ClaimStatus:
    return ClaimStatus(claim.patient_control_number, information, segment_number=at, **more)


def form(batch: Batch, code: str, *transactions: TransactionAcknowledgment) -> GroupAcknowledgment:
    number = str(batch.group_control_number)
    return GroupAcknowledgment("HC", number, "005010X222A1", code, 2, 2, 1, transactions)


def two_transactions(batch: Batch, north: Practice) -> list[Claim]:
    """Five claims in the batch: two in transaction 0001, three in 0002."""
    first = Claim.objects.get(submissions__batch=batch)
    more = [make.claim(north, status="submitted", accepted_at=None) for _ in range(4)]
    for claim in more:
        batch.submissions.create(practice=north, claim=claim)
    claims = [first, *more]
    numbers = [claim.patient_control_number for claim in claims]
    parts = {"0001": numbers[:2], "0002": numbers[2:]}
    sending = Sending(batch.interchange_control_number, batch.group_control_number, parts)
    assert batch.file is not None
    batch.file.content = sent_file(sending)
    batch.file.save(update_fields=["content"])
    return claims


def statuses_of(claims: list[Claim]) -> list[str]:
    found = dict(Claim.objects.filter(pk__in=[c.pk for c in claims]).values_list("pk", "status"))
    return [found[claim.pk] for claim in claims]


def test_of_a_partly_accepted_group_only_the_refused_transaction_comes_back(
    north: Practice, batch: Batch, file: Callable[[str], InterchangeFile]
) -> None:
    claims = two_transactions(batch, north)
    # Position 8 of transaction 0002 is the subscriber of its second claim.
    fault = SegmentError("NM1", 8, "2010BA", "8", (ElementError(9, "67", "5"),))
    answer = form(
        batch,
        "P",
        TransactionAcknowledgment("837", "0001", "A"),
        TransactionAcknowledgment("837", "0002", "R", "", (fault,), ("5",)),
    )
    apply_group(file("999"), answer)
    assert statuses_of(claims) == ["submitted", "submitted", *["rejected"] * 3]
    batch.refresh_from_db()
    assert (batch.state, batch.group_code) == ("rejected", "P")
    [error] = AnswerError.objects.all()
    assert (error.claim_id, error.segment, error.element, error.code) == (
        claims[3].pk,
        "NM1",
        9,
        "5",
    )
    assert error.message == "Policy holder, id: is too long"
    assert (error.field, error.value_sent) == ("Policy holder, id", "M3")
    work = {row.claim_id: row for row in Rejection.objects.all()}
    assert set(work) == {claim.pk for claim in claims[2:]}
    guilty = work[claims[3].pk]
    assert (guilty.reason, guilty.label) == ("999:NM109:5", "Policy holder, id: is too long")
    assert (guilty.field, guilty.value_sent) == ("Policy holder, id", "M3")
    assert guilty.due_at - guilty.rejected_at == timedelta(hours=24)
    assert work[claims[2].pk].label == (
        "Refused with its transaction because of another claim: nothing to correct here"
    )
    codes = BatchAnswer.objects.order_by("pk").values_list("kind", "transaction_number", "code")
    assert list(codes) == [("999", "", "P"), ("ST", "0001", "A"), ("ST", "0002", "R")]


def test_values_of_our_file_are_shown_and_go_into_no_event(
    north: Practice, batch: Batch, claim: Claim, file: Callable[[str], InterchangeFile]
) -> None:
    assert batch.file is not None
    texts = bytes(batch.file.content).decode().split("~")
    begin = next(n for n, text in enumerate(texts) if text.startswith("ST*"))
    [place] = [n for n, text in enumerate(texts) if text.startswith("NM1*IL")]
    member_id = texts[place].split("*")[9]
    fault = SegmentError("NM1", place - begin + 1, "2010BA", "8", (ElementError(9, "67", "I12"),))
    refused = TransactionAcknowledgment("837", "0001", "R", "", (fault,), ("I5",))
    apply_group(file("999"), form(batch, "R", refused))
    row = Rejection.objects.get()
    assert (row.claim_id, row.value_sent) == (claim.pk, member_id)
    assert row.label == "Policy holder, id: does not look like such a value"
    assert row.owner_id == batch.created_by_id
    events = Event.objects.filter(name__in=["claim.rejected", "batch.rejected"])
    assert events.count() == 2
    assert not any(member_id in str(event.data) for event in events)


@pytest.mark.parametrize("code", ["M", "W", "X", "R"])
def test_every_refusal_of_the_whole_group_rejects_all(
    north: Practice, batch: Batch, file: Callable[[str], InterchangeFile], code: str
) -> None:
    claims = two_transactions(batch, north)
    apply_group(file("999"), form(batch, code))
    assert statuses_of(claims) == ["rejected"] * 5


def test_errors_that_refuse_nothing_are_kept_and_move_nothing(
    batch: Batch, claim: Claim, file: Callable[[str], InterchangeFile]
) -> None:
    fault = SegmentError("N4", 12, "2010BA", "8", (ElementError(3, "116", "I12"),))
    noted = TransactionAcknowledgment("837", "0001", "E", "", (fault,))
    apply_group(file("999"), form(batch, "E", noted))
    batch.refresh_from_db()
    assert (batch.state, batch.group_code) == ("acknowledged", "E")
    assert statuses_of([claim]) == ["submitted"]
    assert AnswerError.objects.get().message == "Address, ZIP code: does not look like such a value"
    assert not Rejection.objects.exists()


def test_a_good_answer_after_a_bad_one_changes_nothing_and_is_kept(
    batch: Batch, claim: Claim, file: Callable[[str], InterchangeFile]
) -> None:
    apply_group(file("bad"), form(batch, "R"))
    apply_group(file("good"), form(batch, "A"))
    number = f"{batch.interchange_control_number:09d}"
    apply_interchange(file("ta1"), InterchangeAcknowledgment(number, "261123", "0900", "A", "000"))
    batch.refresh_from_db()
    assert (batch.state, batch.group_code, batch.interchange_code) == ("rejected", "R", "A")
    assert BatchAnswer.objects.count() == 3
    assert statuses_of([claim]) == ["rejected"]


def test_a_999_of_another_kind_of_group_is_shown_with_its_file(
    batch: Batch, claim: Claim, file: Callable[[str], InterchangeFile]
) -> None:
    number = str(batch.group_control_number)
    answer = GroupAcknowledgment("HS", number, "005010X279A1", "R", 1, 1, 0)
    assert apply_group(file("999"), answer) is None
    problem = FileProblem.objects.get()
    assert problem.message == f"The 999 answers group HS {number}, which is none we sent."
    assert statuses_of([claim]) == ["submitted"]


def test_an_answer_proves_that_a_batch_waiting_for_another_try_arrived(
    batch: Batch, file: Callable[[str], InterchangeFile]
) -> None:
    Batch.objects.update(state="queued", attempts=1, sent_at=None)
    apply_group(file("999"), form(batch, "A"))
    batch.refresh_from_db()
    assert batch.state == "acknowledged"
    assert batch.sent_at is not None


def test_a_277ca_proves_that_an_unknown_sending_arrived(
    batch: Batch, claim: Claim, file: Callable[[str], InterchangeFile]
) -> None:
    Batch.objects.update(state="unknown")
    apply_claim_statuses(file("277"), start(batch), [status(claim, ACCEPTED)])
    batch.refresh_from_db()
    assert batch.state == "acknowledged"


MEANINGS = {
    "submitted": ("A0 WQ", "A1 WQ", "A4 WQ"),
    "accepted": ("A2 WQ", "A5 WQ"),
    "rejected": ("A3 U", "A4 U", "A6 U", "A7 U", "A8 U"),
}


@pytest.mark.parametrize(
    ("said", "expected"), [(said, to) for to, each in MEANINGS.items() for said in each]
)
def test_each_category_moves_the_claim_where_it_belongs(
    batch: Batch,
    claim: Claim,
    file: Callable[[str], InterchangeFile],
    said: str,
    expected: str,
) -> None:
    category, action = said.split()
    information = StatusInformation((Status(category, "21", "85"),), None, action)
    apply_claim_statuses(file("277"), start(batch), [status(claim, information)])
    assert statuses_of([claim]) == [expected]


def test_all_composites_and_lines_are_kept_and_the_one_with_the_cause_leads(
    batch: Batch, claim: Claim, file: Callable[[str], InterchangeFile]
) -> None:
    statuses = (Status("A7", "", ""), Status("A7", "562", "85"), Status("A8", "187", ""))
    said = StatusInformation(statuses, date(2026, 11, 20), "U")
    line = StatusInformation((Status("A7", "454", ""),), None, "U")
    lines = ((f"{claim.patient_control_number}-1", (line,)),)
    apply_claim_statuses(
        file("277"),
        start(batch),
        [status(claim, said, lines=lines, clearinghouse_number="CH9")],
        answer_number="000000012/0001",
    )
    row = ClaimAcknowledgment.objects.get()
    assert (row.category, row.status_code, row.entity) == ("A7", "562", "85")
    assert row.statuses == [["A7", "", ""], ["A7", "562", "85"], ["A8", "187", ""]]
    assert row.lines == [
        {"line": f"{claim.patient_control_number}-1", "statuses": [["A7", "454", ""]]}
    ]
    assert (row.batch_id, row.clearinghouse_number) == (batch.pk, "CH9")
    assert row.effective_on == date(2026, 11, 20)
    assert (row.answer_number, row.reference) == ("000000012/0001", "B77")
    work = Rejection.objects.get()
    assert work.reason == "A7:562:85"
    assert work.label == "Something on it is not valid: billing provider, NPI"
    assert (work.field, work.value_sent) == ("NPI", batch.practice.npi)


def test_a_rejected_line_rejects_the_claim(
    batch: Batch, claim: Claim, file: Callable[[str], InterchangeFile]
) -> None:
    line = StatusInformation((Status("A7", "454", ""),), None, "U")
    lines = ((f"{claim.patient_control_number}-1", (line,)),)
    apply_claim_statuses(file("277"), start(batch), [status(claim, RECEIVED, lines=lines)])
    assert statuses_of([claim]) == ["rejected"]
    work = Rejection.objects.get()
    assert work.label == "Something on it is not valid: procedure code"
    assert (work.field, work.value_sent) == ("Procedures", "99213")


def test_a_late_answer_to_an_earlier_sending_leaves_the_later_one_alone(
    north: Practice, batch: Batch, claim: Claim, file: Callable[[str], InterchangeFile]
) -> None:
    apply_claim_statuses(file("one"), start(batch), [status(claim, REJECTED)])
    advance_claims(north.pk, [claim.pk], "ready", by=None)
    [again] = submit_ready(north, by=None)
    Batch.objects.filter(pk=again.pk).update(state="sent", sent_at=timezone.now())
    assert Rejection.objects.get().resolved_at is not None
    apply_claim_statuses(file("late"), start(batch), [status(claim, REJECTED)])
    apply_group(file("999"), form(batch, "R"))
    assert statuses_of([claim]) == ["submitted"]
    assert ClaimAcknowledgment.objects.filter(batch=batch).count() == 2
    apply_claim_statuses(file("new"), start(again), [status(claim, ACCEPTED)])
    assert statuses_of([claim]) == ["accepted"]
    assert Rejection.objects.count() == 1


def test_an_answer_without_a_trace_is_about_the_latest_sending(
    north: Practice, batch: Batch, claim: Claim, file: Callable[[str], InterchangeFile]
) -> None:
    apply_claim_statuses(file("one"), start(), [status(claim, REJECTED)])
    advance_claims(north.pk, [claim.pk], "ready", by=None)
    [pulled] = submit_ready(north, by=None)
    pull_back(pulled, by=None)
    apply_claim_statuses(file("two"), start(), [status(claim, ACCEPTED)])
    assert statuses_of([claim]) == ["ready"]
    assert set(ClaimAcknowledgment.objects.values_list("batch_id", flat=True)) == {batch.pk}


@pytest.mark.parametrize("order", [(ACCEPTED, REJECTED), (REJECTED, ACCEPTED)])
def test_a_contradiction_is_rejected_and_says_so(
    batch: Batch,
    claim: Claim,
    file: Callable[[str], InterchangeFile],
    order: tuple[StatusInformation, ...],
) -> None:
    for number, said in enumerate(order):
        apply_claim_statuses(file(f"f{number}"), start(batch), [status(claim, said)])
    assert statuses_of([claim]) == ["rejected"]
    assert Rejection.objects.get().is_contradicted


def level(loop: str, identifier: str, *, action: str = "U", **totals: Any) -> LevelStatus:
    said = StatusInformation((Status("A3", "24", "41"),), None, action)
    return LevelStatus(loop, identifier, "", (said,), **totals)


@pytest.mark.parametrize("loop", ["2200B", "2200C"])
def test_a_refused_file_or_provider_without_single_claims_sends_them_back(
    batch: Batch, claim: Claim, file: Callable[[str], InterchangeFile], loop: str
) -> None:
    end = ClaimAcknowledgmentEnd((level(loop, batch.practice.npi, rejected=1),))
    apply_claim_statuses(file("277"), start(batch), [], end)
    assert statuses_of([claim]) == ["rejected"]
    assert Rejection.objects.get().reason == f"{loop}:A3:24"
    assert not FileProblem.objects.exists()


def test_a_refused_provider_that_is_another_one_sends_nothing_back(
    batch: Batch, claim: Claim, file: Callable[[str], InterchangeFile]
) -> None:
    end = ClaimAcknowledgmentEnd((level("2200C", "1999999999", rejected=1),))
    apply_claim_statuses(file("277"), start(batch), [], end)
    assert statuses_of([claim]) == ["submitted"]


def test_totals_that_are_not_those_of_the_claims_are_shown_with_the_file(
    batch: Batch, claim: Claim, file: Callable[[str], InterchangeFile]
) -> None:
    counted = level("2200B", "1", action="WQ", accepted=3, rejected=1, listed=2, listed_rejected=1)
    source = file("277")
    for _ in (1, 2):
        apply_claim_statuses(
            source, start(batch), [status(claim, ACCEPTED)], ClaimAcknowledgmentEnd((counted,))
        )
    assert FileProblem.objects.get().message == (
        "Loop 2200B counts 3 accepted and 1 rejected claims; 1 and 1 are listed."
    )


def test_numbers_of_the_answer_come_from_its_own_envelope(
    north: Practice, batch: Batch, claim: Claim
) -> None:
    out = BytesIO()
    envelope = Envelope("SANDBOX", "RCMSUBMIT", 4711, 7, timezone.localtime())
    write_277ca(out, envelope, start(batch), [status(claim, ACCEPTED)])
    read_file(receive_file(north, "answer.277", out.getvalue()))
    row = ClaimAcknowledgment.objects.get()
    assert (row.answer_number, row.reference, row.verdict) == ("000004711/0001", "B77", "accepted")
    assert not FileProblem.objects.exists()
