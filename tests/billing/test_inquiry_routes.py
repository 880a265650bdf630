"""Questions go over the route of their payer and kind, and wait where there is no approved one."""

from datetime import date

import pytest

from billing.actions import inquiry_sending
from billing.actions.inquiry_batches import queue_inquiries
from billing.actions.reroutes import stop_reading
from billing.actions.status_inquiries import ask_status
from billing.models import InquiryBatch, StatusInquiry
from billing.rules.claim_content import to_json
from payers.actions.routes import set_route
from payers.models import Channel, Coverage, EligibilityInquiry, Payer
from rcm.errors import Refusal
from rcm.models import Practice, User
from rcm.x12.eligibility_27x import EligibilityInquiry as Asked270
from rcm.x12.reader import read
from rcm.x12.status_27x import StatusInquiry as Asked276
from tests import make
from tests.billing.asking import asked, received_277, status_of
from tests.billing.conftest import Server
from tests.billing.outgoing import sandbox_channel
from tests.x12.build import CLAIM


@pytest.fixture
def channel(north: Practice) -> Channel:
    return sandbox_channel(north)


@pytest.fixture
def second(north: Practice, channel: Channel) -> Channel:
    """Another clearinghouse at the same server; the first is the default."""
    return Channel.objects.create(
        practice=north,
        name="Second clearinghouse",
        host="sandbox",
        host_key=channel.host_key,
        username=channel.username,
        secret_name=channel.secret_name,
        submitter_id="RCM2",
        receiver_id="SECOND",
        receiver_name="SECOND CLEARINGHOUSE",
    )


@pytest.fixture
def coverage(north: Practice, channel: Channel) -> Coverage:
    return make.coverage(make.patient(north))


def route(payer: Payer, channel: Channel, kind: str, by: User, **changes: str) -> None:
    facts = {"payer_identifier": "U4005", "enrolment": "approved"} | changes
    set_route(payer, channel, kind, by=by, on=date(2026, 11, 2), **facts)


def test_each_kind_goes_over_its_own_route_under_the_payers_id_there(
    north: Practice, ben: User, coverage: Coverage, second: Channel, sftp: Server
) -> None:
    route(coverage.payer, second, "270", ben, payer_identifier="E4005")
    route(coverage.payer, second, "276", ben, payer_identifier="S4005")
    asked(coverage)
    ask_status(make.claim(north, content=to_json(CLAIM)), by=ben)
    assert inquiry_sending.send_waiting(north.pk) == ["sent", "sent"]
    batches = InquiryBatch.objects.order_by("pk")
    assert [(each.kind, each.channel, each.payer_identifier) for each in batches] == [
        ("270", second, "E4005"),
        ("276", second, "S4005"),
    ]
    items = [item for content in sftp.uploaded.values() for item in read(content)]
    ids = {type(i): i.payer.identifier for i in items if isinstance(i, Asked270 | Asked276)}
    assert ids == {Asked270: "E4005", Asked276: "S4005"}


def test_a_payer_without_a_route_is_asked_over_the_default_channel_under_its_own_id(
    north: Practice, ben: User, coverage: Coverage, channel: Channel, sftp: Server
) -> None:
    asked(coverage)
    assert inquiry_sending.send_waiting(north.pk) == ["sent"]
    batch = InquiryBatch.objects.get()
    assert (batch.channel, batch.payer_identifier) == (channel, "")
    (question,) = [i for i in read(*sftp.uploaded.values()) if isinstance(i, Asked270)]
    assert question.payer.identifier == "UNIFD"


def test_questions_without_an_approved_route_wait_and_say_why_and_the_others_go(
    north: Practice, ben: User, coverage: Coverage, channel: Channel
) -> None:
    other = make.payer(north, name="Meridian", short_name="Meridian", payer_id="MERID")
    free = asked(make.coverage(make.patient(north), payer=other))
    route(coverage.payer, channel, "270", ben, enrolment="requested")
    route(coverage.payer, channel, "276", ben, enrolment="refused")
    inquiry = asked(coverage)
    status = ask_status(make.claim(north, content=to_json(CLAIM)), by=ben)
    assert len(queue_inquiries(north.pk)) == 1
    assert queue_inquiries(north.pk) == []
    free.refresh_from_db()
    assert InquiryBatch.objects.get(eligibility_sendings__inquiry=free).payer == other
    for row, kind in ((inquiry, "270"), (status, "276")):
        row.refresh_from_db()
        assert (row.state, row.message) == (
            "waiting",
            f"No approved route for {kind} to {coverage.payer}: request enrolment or re-route.",
        )
    route(coverage.payer, channel, "270", ben)
    route(coverage.payer, channel, "276", ben)
    assert len(queue_inquiries(north.pk)) == 2
    assert set(EligibilityInquiry.objects.values_list("message", flat=True)) == {""}
    assert StatusInquiry.objects.get().message == ""


def test_an_answer_is_read_over_any_channel(
    north: Practice, ben: User, coverage: Coverage, channel: Channel
) -> None:
    route(coverage.payer, channel, "276", ben, enrolment="refused")
    inquiry = ask_status(make.claim(north, content=to_json(CLAIM)), by=ben)
    assert queue_inquiries(north.pk) == []
    received_277(north, status_of(inquiry))
    inquiry.refresh_from_db()
    assert inquiry.state == "answered"


def test_a_file_of_the_other_usage_never_leaves_and_its_questions_say_why(
    north: Practice, ben: User, coverage: Coverage, channel: Channel, sftp: Server
) -> None:
    inquiry = asked(coverage)
    [batch] = queue_inquiries(north.pk)
    Practice.objects.filter(pk=north.pk).update(is_production=True)
    assert inquiry_sending.send_batch(north.pk, batch) == "failed"
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.message) == (
        "failed",
        f"{channel.name} is a test channel and the practice is in production.",
    )
    assert sftp.uploaded == {}


def test_a_channel_is_not_closed_while_a_question_is_open_over_it(
    north: Practice, ben: User, coverage: Coverage, channel: Channel, second: Channel
) -> None:
    Channel.objects.filter(pk=channel.pk).update(is_default=True)
    asked(coverage)
    assert len(queue_inquiries(north.pk)) == 1
    Channel.objects.filter(pk=channel.pk).update(is_default=False)
    Channel.objects.filter(pk=second.pk).update(is_default=True)
    with pytest.raises(Refusal) as refused:
        stop_reading(channel, by=ben)
    assert refused.value.message == f"1 file is not answered yet over {channel}."
    channel.refresh_from_db()
    assert channel.is_active
    EligibilityInquiry.objects.update(state="failed", message="No answer.")
    stop_reading(channel, by=ben)
    channel.refresh_from_db()
    assert not channel.is_active
