"""TA1, 999 and 277CA: what the answers to our files do, and what they must not do twice."""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.actions.acknowledgments import (
    apply_claim_statuses,
    apply_group,
    apply_interchange,
)
from billing.actions.claim_status import withdraw_decision
from billing.actions.claims import scrub_claim
from billing.actions.files import read_file, receive_file
from billing.actions.submissions import submit_ready
from billing.models import (
    Batch,
    BatchAnswer,
    Claim,
    ClaimAcknowledgment,
    ClaimFinding,
    FileProblem,
    InterchangeFile,
)
from billing.rules.claim_statuses import describe_status
from rcm.models import Event, Practice
from rcm.x12.acknowledgment_277ca import (
    ClaimAcknowledgmentStart,
    ClaimStatus,
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
from rcm.x12.write_999 import write_999
from tests import make
from tests.billing.outgoing import ready_claim, sandbox_channel

START = ClaimAcknowledgmentStart("UNIFIED CARE", "UNIFD", "NORTH", "1", "B1", date(2026, 11, 23))
ACCEPTED = StatusInformation((Status("A2", "20", "PR"),), None, "WQ")
REJECTED = StatusInformation((Status("A7", "164", "IL"),), None, "U")


@pytest.fixture
def batch(north: Practice) -> Batch:
    """A sent batch of one claim."""
    sandbox_channel(north)
    ready_claim(north)
    [batch] = submit_ready(north, by=None)
    batch.state, batch.sent_at = Batch.State.SENT, timezone.now()
    batch.save(update_fields=["state", "sent_at"])
    return batch


@pytest.fixture
def claim(batch: Batch) -> Claim:
    return Claim.objects.get(submissions__batch=batch)


@pytest.fixture
def answer(north: Practice) -> Callable[..., InterchangeFile]:
    def make_file(text: str = "answer") -> InterchangeFile:
        return make.interchange_file(north, text.encode(), name=f"{text}.277")

    return make_file


def ta1(batch: Batch, code: str) -> InterchangeAcknowledgment:
    number = f"{batch.interchange_control_number:09d}"
    note = "025" if code == "R" else "000"
    return InterchangeAcknowledgment(number, "261123", "0900", code, note)


def group(batch: Batch, code: str, **changes: Any) -> GroupAcknowledgment:
    number = str(batch.group_control_number)
    return GroupAcknowledgment("HC", number, "005010X222A1", code, 1, 1, 1, **changes)


def status(
    claim: Claim, *information: StatusInformation, at: int = 10, **changes: Any
) -> ClaimStatus:
    return ClaimStatus(
        claim.patient_control_number, information, segment_number=at, byte_offset=at * 30, **changes
    )


def test_an_accepted_interchange_is_acknowledged(
    batch: Batch, claim: Claim, answer: Callable[..., InterchangeFile]
) -> None:
    apply_interchange(answer(), ta1(batch, "A"))
    batch.refresh_from_db()
    claim.refresh_from_db()
    assert (batch.state, batch.interchange_code, claim.status) == ("acknowledged", "A", "submitted")


def test_a_rejected_interchange_rejects_its_claims_with_the_reason_once(
    batch: Batch, claim: Claim, answer: Callable[..., InterchangeFile]
) -> None:
    apply_interchange(answer(), ta1(batch, "R"))
    apply_interchange(answer("again"), ta1(batch, "R"))
    batch.refresh_from_db()
    claim.refresh_from_db()
    assert (batch.state, batch.interchange_code) == ("rejected", "R")
    assert claim.status == "rejected"
    finding = ClaimFinding.objects.get()
    assert finding.code == "interchange_rejected"
    assert finding.message == (
        "The clearinghouse rejected the whole file (TA1, note 025): "
        "its control number was used before."
    )
    assert Event.objects.filter(name="claim.rejected").count() == 1
    assert BatchAnswer.objects.count() == 2


def test_an_answer_settles_a_sending_whose_outcome_was_unknown(
    batch: Batch, answer: Callable[..., InterchangeFile]
) -> None:
    Batch.objects.update(state="unknown", message="The line broke while the file was being sent.")
    apply_interchange(answer(), ta1(batch, "A"))
    batch.refresh_from_db()
    assert (batch.state, batch.message) == ("acknowledged", "")


def test_an_answer_to_nothing_of_ours_is_a_problem_of_its_file(
    batch: Batch, answer: Callable[..., InterchangeFile]
) -> None:
    file = answer()
    stranger = InterchangeAcknowledgment("999999999", "261123", "0900", "R", "000")
    assert apply_interchange(file, stranger) is None
    assert apply_interchange(file, stranger) is None
    assert apply_group(file, GroupAcknowledgment("HC", "x", "", "R", 1, 1, 0)) is None
    assert list(FileProblem.objects.order_by("pk").values_list("code", flat=True)) == [
        "unknown_interchange",
        "unknown_group",
    ]
    batch.refresh_from_db()
    assert batch.state == "sent"


def test_an_accepted_group_leaves_the_claims_submitted(
    batch: Batch, claim: Claim, answer: Callable[..., InterchangeFile]
) -> None:
    apply_group(answer(), group(batch, "A"))
    batch.refresh_from_db()
    claim.refresh_from_db()
    assert (batch.state, batch.group_code, claim.status) == ("acknowledged", "A", "submitted")


@pytest.mark.parametrize("code", ["R", "P"])
def test_a_rejected_group_rejects_its_claims_and_says_where_the_fault_is(
    batch: Batch, claim: Claim, answer: Callable[..., InterchangeFile], code: str
) -> None:
    fault = SegmentError("N4", 12, "2010BA", "8", (ElementError(2, "156", "7"),))
    transaction = TransactionAcknowledgment("837", "0001", "R", errors=(fault,))
    apply_group(answer(), group(batch, code, transactions=(transaction,)))
    batch.refresh_from_db()
    claim.refresh_from_db()
    assert (batch.state, batch.group_code, claim.status) == ("rejected", code, "rejected")
    assert batch.message == (
        f"The file was rejected for its form (999, {code}): "
        "segment N4 no. 12 in loop 2010BA, element 2 (code 7)."
    )
    assert ClaimFinding.objects.get().message == batch.message


def test_an_accepted_claim_keeps_the_payers_number(
    batch: Batch, claim: Claim, answer: Callable[..., InterchangeFile]
) -> None:
    file = answer()
    statuses = [status(claim, ACCEPTED, payer_claim_control_number="UNI777")]
    assert apply_claim_statuses(file, START, statuses) == 1
    assert apply_claim_statuses(file, START, statuses) == 0
    claim.refresh_from_db()
    assert (claim.status, claim.payer_claim_control_number) == ("accepted", "UNI777")
    row = ClaimAcknowledgment.objects.get()
    assert (row.action, row.category, row.status_code, row.source_name) == (
        "WQ",
        "A2",
        "20",
        "UNIFIED CARE",
    )
    assert Event.objects.filter(name="claim.accepted").count() == 1


def test_a_rejected_claim_says_why_and_can_be_corrected_and_sent_again(
    batch: Batch, claim: Claim, answer: Callable[..., InterchangeFile]
) -> None:
    apply_claim_statuses(answer(), START, [status(claim, REJECTED)])
    claim.refresh_from_db()
    assert claim.status == "rejected"
    finding = ClaimFinding.objects.get()
    assert (finding.code, finding.message) == (
        "claim_rejected",
        "Something on it is not valid: subscriber, member id",
    )
    scrub_claim(claim, by=None, today=make.TODAY)
    assert claim.status == "ready"
    submit_ready(claim.practice, by=None)
    apply_claim_statuses(answer("second"), START, [status(claim, ACCEPTED)])
    claim.refresh_from_db()
    assert claim.status == "accepted"


def test_the_worse_answer_wins_whatever_comes_first(
    batch: Batch, claim: Claim, answer: Callable[..., InterchangeFile]
) -> None:
    apply_claim_statuses(answer("one"), START, [status(claim, ACCEPTED)])
    apply_claim_statuses(
        answer("two"), START, [status(claim, ACCEPTED), status(claim, REJECTED, at=20)]
    )
    apply_claim_statuses(answer("three"), START, [status(claim, ACCEPTED)])
    claim.refresh_from_db()
    assert claim.status == "rejected"
    assert ClaimAcknowledgment.objects.count() == 4


def test_an_unknown_claim_is_a_problem_of_the_file_once(
    batch: Batch, claim: Claim, answer: Callable[..., InterchangeFile]
) -> None:
    file = answer()
    stranger = ClaimStatus("NOT-OURS", (ACCEPTED,), segment_number=31, byte_offset=900)
    apply_claim_statuses(file, START, [stranger, status(claim, ACCEPTED)])
    apply_claim_statuses(file, START, [stranger, status(claim, ACCEPTED)])
    problem = FileProblem.objects.get()
    assert (problem.code, problem.segment_number, problem.element) == ("unknown_claim", 31, "TRN02")
    assert "NOT-OURS" not in problem.message
    claim.refresh_from_db()
    assert claim.status == "accepted"


def test_a_claim_already_decided_is_not_moved_by_a_late_rejection(
    batch: Batch, claim: Claim, answer: Callable[..., InterchangeFile]
) -> None:
    Claim.objects.update(
        status="adjudicated", adjudicated_at=timezone.now(), payer_claim_control_number="CLP07"
    )
    late = status(claim, ACCEPTED, at=20, payer_claim_control_number="OTHER")
    apply_claim_statuses(answer("late"), START, [late])
    apply_claim_statuses(answer(), START, [status(claim, REJECTED)])
    claim.refresh_from_db()
    assert (claim.status, claim.payer_claim_control_number) == ("adjudicated", "CLP07")
    assert ClaimAcknowledgment.objects.count() == 2
    assert ClaimFinding.objects.count() == 0


def statements_for(north: Practice, count: int, file: InterchangeFile) -> int:
    claims = [
        make.claim(
            north, status="submitted", accepted_at=None, patient_control_number=f"S{count}N{n}"
        )
        for n in range(count)
    ]
    statuses = [
        status(claim, REJECTED if n % 2 else ACCEPTED, at=n, payer_claim_control_number=f"P{n}")
        for n, claim in enumerate(claims)
    ]
    with CaptureQueriesContext(connection) as captured:
        assert apply_claim_statuses(file, START, statuses) == count
    return len(captured)


def test_forty_claims_cost_as_many_statements_as_two(
    north: Practice, answer: Callable[..., InterchangeFile]
) -> None:
    few = statements_for(north, 2, answer("few"))
    assert statements_for(north, 40, answer("many")) == few
    assert few <= 18


def test_labels_name_the_category_the_party_and_the_field() -> None:
    assert describe_status(Status("A3", "21", "85")) == (
        "Sent back: cannot be worked on: billing provider, missing or not valid"
    )
    assert describe_status(Status("A6", "", "")) == "Something needed is missing"
    assert describe_status(Status("A9", "999")) == "Category A9: status 999"


def test_answers_come_back_through_the_reader(north: Practice, batch: Batch, claim: Claim) -> None:
    envelope = Envelope("SANDBOX", "RCMSUBMIT", 7, 7, timezone.localtime())
    transaction = TransactionAcknowledgment("837", "0001", "A", "005010X222A1")
    out = BytesIO()
    write_999(out, envelope, [group(batch, "A", transactions=(transaction,))], [ta1(batch, "A")])
    read_file(receive_file(north, "answer.999", out.getvalue()))
    batch.refresh_from_db()
    assert (batch.state, batch.interchange_code, batch.group_code) == ("acknowledged", "A", "A")
    out = BytesIO()
    accepted = status(claim, ACCEPTED, payer_claim_control_number="UNI777")
    write_277ca(out, envelope, START, [accepted])
    read_file(receive_file(north, "answer.277", out.getvalue()))
    claim.refresh_from_db()
    assert (claim.status, claim.payer_claim_control_number) == ("accepted", "UNI777")


def test_a_decision_withdrawn_leaves_the_worst_that_was_said_before_it(
    batch: Batch, claim: Claim, answer: Callable[..., InterchangeFile]
) -> None:
    apply_claim_statuses(answer("one"), START, [status(claim, REJECTED)])
    apply_claim_statuses(answer("two"), START, [status(claim, ACCEPTED)])
    Claim.objects.update(status="adjudicated", adjudicated_at=timezone.now())
    claim.refresh_from_db()
    withdraw_decision(claim, by=None)
    assert claim.status == "rejected"
