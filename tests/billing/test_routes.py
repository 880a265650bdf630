"""Which way a payer's claims go, and re-routing them to a second clearinghouse."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from billing.actions.acknowledgments import apply_group
from billing.actions.reroutes import (
    follow_routes,
    in_flight_batches,
    plan_reroute,
    reroute,
    stop_reading,
    undo_reroute,
)
from billing.actions.submissions import send_batch, submit_ready
from billing.models import Batch, Claim, Reroute, Submission
from billing.route_page import waiting_reasons
from billing.tasks_out import submit_daily
from payers.actions.routes import add_channel, set_production, set_route
from payers.models import Channel, Payer, PayerRoute
from payers.sandbox.faults import Fault
from rcm.errors import Refusal
from rcm.models import Event, Practice, User
from rcm.x12.acknowledgment_999 import GroupAcknowledgment
from rcm.x12.claim_837p import Claim as SentClaim
from rcm.x12.reader import read
from tests import make
from tests.billing.conftest import Server
from tests.billing.outgoing import ready_claim, sandbox_channel


@pytest.fixture
def old(north: Practice) -> Channel:
    return sandbox_channel(north)


@pytest.fixture
def new(north: Practice, old: Channel, ben: User) -> Channel:
    return add_channel(
        north,
        by=ben,
        name="Second clearinghouse",
        host="sandbox",
        username="practice",
        secret_name="RCM_CHANNEL_SECRET_SANDBOX",
        submitter_id="RCM2",
        receiver_id="SECOND",
        receiver_name="SECOND CLEARINGHOUSE",
    )


@pytest.fixture
def payer(north: Practice) -> Payer:
    return make.payer(north)


def route(payer: Payer, channel: Channel, ben: User, **changes: str) -> PayerRoute:
    facts = {"payer_identifier": "P4005", "enrolment": "approved"} | changes
    code = facts.pop("transaction", "837P")
    return set_route(payer, channel, code, by=ben, on=date(2026, 11, 2), **facts)


def sent_payer_ids(batch: Batch) -> list[str]:
    batch.refresh_from_db()
    assert batch.file is not None
    items = read(bytes(batch.file.content))
    return [item.payer.payer_id for item in items if isinstance(item, SentClaim)]


def accepted_group(batch: Batch) -> GroupAcknowledgment:
    number = str(batch.group_control_number)
    return GroupAcknowledgment("HC", number, "005010X222A1", "A", 1, 1, 1)


def status_of(claim: Claim) -> str:
    return Claim.objects.get(pk=claim.pk).status


def test_a_payer_without_routes_goes_over_the_only_channel_under_its_own_id(
    north: Practice, ben: User, old: Channel, sftp: Server
) -> None:
    ready_claim(north)
    [batch] = submit_ready(north, by=ben, send_after=timezone.now())
    assert (batch.channel, batch.payer_identifier) == (old, "")
    assert send_batch(north.pk, batch.pk) == "sent"
    assert sent_payer_ids(batch) == ["UNIFD"]


def test_the_id_of_the_route_goes_into_the_file_and_the_claim_keeps_its_own(
    north: Practice, ben: User, old: Channel, payer: Payer, sftp: Server
) -> None:
    claim = ready_claim(north)
    route(payer, old, ben, payer_identifier="U4005")
    [batch] = submit_ready(north, by=ben, send_after=timezone.now())
    assert send_batch(north.pk, batch.pk) == "sent"
    assert sent_payer_ids(batch) == ["U4005"]
    claim.refresh_from_db()
    assert claim.content["payer"]["payer_id"] == "UNIFD"


def test_claims_without_an_approved_route_stay_ready_and_the_others_go(
    north: Practice, ben: User, old: Channel, payer: Payer
) -> None:
    claim = ready_claim(north)
    other = make.payer(north, name="Meridian", short_name="Meridian", payer_id="MERID")
    patient = make.patient(north)
    make.coverage(patient, payer=other)
    waiting = ready_claim(north, patient=patient)
    route(other, old, ben, enrolment="requested")
    [batch] = submit_ready(north, by=ben)
    assert batch.payer == payer
    assert (status_of(claim), status_of(waiting)) == ("submitted", "ready")
    submit_daily()  # goes on to the practices behind
    with pytest.raises(Refusal) as refused:
        submit_ready(north, by=ben)
    assert refused.value.message == (
        "No approved route for 837P to Meridian: request enrolment or re-route."
    )
    route(other, old, ben, enrolment="approved")
    [late] = submit_ready(north, by=ben)
    assert (late.payer, status_of(waiting)) == (other, "submitted")


def test_the_first_usable_route_is_chosen_and_another_is_not(
    ben: User, old: Channel, new: Channel, payer: Payer
) -> None:
    asked = route(payer, old, ben, enrolment="requested")
    assert (asked.is_active, asked.requested_on, asked.decided_on) == (
        False,
        date(2026, 11, 2),
        None,
    )
    assert route(payer, old, ben).is_active
    assert not route(payer, new, ben).is_active
    with pytest.raises(IntegrityError), transaction.atomic():
        PayerRoute.objects.update(is_active=True)
    with pytest.raises(Refusal, match="Give the payer's id"):
        route(payer, new, ben, payer_identifier=" ")
    assert PayerRoute.objects.count() == 2


def test_a_test_channel_never_sends_for_a_practice_in_production_nor_the_other_way(
    north: Practice, ben: User, old: Channel
) -> None:
    claim = ready_claim(north)
    set_production(north, is_production=True, by=ben)
    with pytest.raises(Refusal) as refused:
        submit_ready(north, by=ben)
    told = "Sandbox clearinghouse is a test channel and the practice is in production."
    assert refused.value.message == told
    Channel.objects.update(is_test=False)
    set_production(north, is_production=False, by=ben)
    with pytest.raises(Refusal, match="a production channel and the practice is in test"):
        submit_ready(north, by=ben)
    assert (status_of(claim), Batch.objects.count()) == ("ready", 0)


def test_a_batch_whose_channel_became_a_test_one_gives_its_claims_back(
    north: Practice, ben: User, old: Channel, sftp: Server
) -> None:
    claim = ready_claim(north)
    [batch] = submit_ready(north, by=ben, send_after=timezone.now())
    set_production(north, is_production=True, by=ben)
    assert send_batch(north.pk, batch.pk) == "pulled_back"
    batch.refresh_from_db()
    assert batch.message == (
        "Sandbox clearinghouse is a test channel and the practice is in production."
    )
    assert (status_of(claim), sftp.uploaded) == ("ready", {})


def test_a_second_channel_leaves_what_goes_over_the_first(
    north: Practice, ben: User, old: Channel, new: Channel
) -> None:
    ready_claim(north)
    [batch] = submit_ready(north, by=ben)
    assert batch.channel == old
    with pytest.raises(Refusal, match="Another channel has this name"):
        add_channel(north, by=ben, name="Second clearinghouse")
    assert Channel.objects.count() == 2


def test_a_reroute_moves_the_outbox_and_lists_what_has_left(
    north: Practice, ben: User, old: Channel, new: Channel, payer: Payer, sftp: Server
) -> None:
    first = ready_claim(north)
    [left] = submit_ready(north, by=ben, send_after=timezone.now())
    send_batch(north.pk, left.pk)
    sftp.faults.arm(Fault("disconnect_after_bytes", bytes=100))
    lost = ready_claim(north, patient=make.patient(north))
    [unknown] = submit_ready(north, by=ben, send_after=timezone.now())
    assert send_batch(north.pk, unknown.pk) == "unknown"
    waiting = ready_claim(north, patient=make.patient(north))
    [queued] = submit_ready(north, by=ben)
    route(payer, new, ben, payer_identifier="U4005")
    plan = plan_reroute(old, new)
    assert [(move.payer, move.transaction) for move in plan.moves] == [(payer, "837P")]
    assert (plan.stays, plan.queued, plan.in_flight) == ([], [queued], [left, unknown])

    made = reroute(old, new, by=ben, reason="Outage")
    assert (made.batches, made.in_flight, made.claims_count) == (
        [queued.pk],
        [left.pk, unknown.pk],
        1,
    )
    queued.refresh_from_db()
    again = Batch.objects.get(state="queued")
    assert (queued.state, again.channel, again.payer_identifier) == ("pulled_back", new, "U4005")
    assert [status_of(each) for each in (first, lost, waiting)] == ["submitted"] * 3
    live = Submission.objects.filter(is_pulled_back=False)
    assert sorted(live.values_list("claim", flat=True)) == [first.pk, lost.pk, waiting.pk]
    assert Event.objects.get(name="reroute.made").data["batches"] == [queued.pk]


def test_the_old_channel_is_read_until_everything_is_answered(
    north: Practice, ben: User, old: Channel, new: Channel, payer: Payer, sftp: Server
) -> None:
    claim = ready_claim(north)
    [left] = submit_ready(north, by=ben, send_after=timezone.now())
    send_batch(north.pk, left.pk)
    route(payer, new, ben)
    reroute(old, new, by=ben)
    old.refresh_from_db()
    assert old.is_active
    with pytest.raises(Refusal, match="1 file is not answered yet over Sandbox clearinghouse."):
        stop_reading(old, by=ben)
    file = make.interchange_file(north, b"999", channel=old)
    apply_group(file, accepted_group(left))
    assert [batch.state for batch in in_flight_batches(old)] == ["acknowledged"]
    Claim.objects.filter(pk=claim.pk).update(status="accepted", accepted_at=timezone.now())
    stop_reading(old, by=ben)
    old.refresh_from_db()
    assert (old.is_active, old.is_default) == (False, False)


def test_what_cannot_move_stays_and_says_why(
    north: Practice, ben: User, old: Channel, new: Channel, payer: Payer
) -> None:
    route(payer, old, ben)
    route(payer, old, ben, transaction="835")
    route(payer, new, ben, enrolment="requested")
    [claims, remittances] = plan_reroute(old, new).stays
    assert (claims.transaction, claims.reason) == (
        "837P",
        "Enrolment over Second clearinghouse: requested.",
    )
    assert (remittances.transaction, remittances.reason) == (
        "835",
        "No route over Second clearinghouse: add the payer's id there.",
    )
    with pytest.raises(Refusal, match="Nothing can be moved"):
        reroute(old, new, by=ben)
    with pytest.raises(Refusal, match="two different channels"):
        reroute(old, old, by=ben)
    Channel.objects.filter(pk=new.pk).update(is_test=False)
    new.refresh_from_db()
    with pytest.raises(Refusal, match="a production channel"):
        reroute(old, new, by=ben)
    assert Reroute.objects.count() == 0


def test_an_undone_reroute_takes_the_outbox_back_and_what_left_stays(
    north: Practice, ben: User, old: Channel, new: Channel, payer: Payer, sftp: Server
) -> None:
    route(payer, old, ben)
    route(payer, new, ben)
    ready_claim(north)
    submit_ready(north, by=ben)
    made = reroute(old, new, by=ben)
    sent = Batch.objects.get(state="queued")
    Batch.objects.filter(pk=sent.pk).update(send_after=timezone.now())
    assert send_batch(north.pk, sent.pk) == "sent"
    ready_claim(north, patient=make.patient(north))
    submit_ready(north, by=ben)
    undo_reroute(made, by=ben)
    assert Batch.objects.get(state="queued").channel == old
    sent.refresh_from_db()
    assert (sent.state, sent.channel) == ("sent", new)
    assert PayerRoute.objects.get(is_active=True).channel == old
    with pytest.raises(Refusal, match="undone already"):
        undo_reroute(made, by=ben)


def test_a_batch_that_comes_back_into_the_outbox_follows_its_payer(
    north: Practice, ben: User, old: Channel, new: Channel, payer: Payer
) -> None:
    claim = ready_claim(north)
    [batch] = submit_ready(north, by=ben)
    Batch.objects.update(state="sending", sent_at=timezone.now())
    route(payer, new, ben)
    made = reroute(old, new, by=ben)
    assert (made.batches, made.in_flight) == ([], [batch.pk])
    Batch.objects.update(state="queued", sent_at=None)
    assert follow_routes(north.pk) == 1
    assert Batch.objects.get(state="queued").channel == new
    assert follow_routes(north.pk) == 0
    assert status_of(claim) == "submitted"


def test_a_batch_sent_again_after_an_unknown_outcome_never_changes_its_way(
    north: Practice, ben: User, old: Channel, new: Channel, payer: Payer
) -> None:
    ready_claim(north)
    [batch] = submit_ready(north, by=ben)
    Batch.objects.update(was_unknown=True)
    route(payer, new, ben)
    made = reroute(old, new, by=ben)
    assert (made.batches, made.in_flight) == ([], [batch.pk])
    assert follow_routes(north.pk) == 0
    assert Batch.objects.get().channel == old


def test_moving_a_hundred_payers_reads_as_often_as_moving_one(
    north: Practice, ben: User, old: Channel, new: Channel, django_assert_num_queries
) -> None:
    for number in range(100):
        payer = make.payer(north, name=f"P{number}", short_name="P", payer_id=f"P{number}")
        for channel in (old, new):
            PayerRoute.objects.create(
                practice=north,
                payer=payer,
                channel=channel,
                transaction="837P",
                payer_identifier="X",
                is_active=channel == old,
            )
    # Two of them: what went, or is about to go, by default.
    with django_assert_num_queries(20):
        assert reroute(old, new, by=ben).moves.count() == 100


def test_when_every_payer_moves_those_without_a_route_move_with_them_and_back(
    north: Practice, ben: User, old: Channel, new: Channel, payer: Payer
) -> None:
    route(payer, new, ben)
    made = reroute(old, new, by=ben)
    new.refresh_from_db()
    assert (made.is_default_moved, new.is_default) == (True, True)
    undo_reroute(made, by=ben)
    assert Channel.objects.get(is_default=True) == old


def institutional(practice: Practice) -> Claim:
    claim = ready_claim(practice)
    Claim.objects.filter(pk=claim.pk).update(form="institutional")
    return claim


def test_a_ready_institutional_claim_says_what_its_own_transaction_waits_for(
    north: Practice, ben: User, old: Channel, payer: Payer
) -> None:
    route(payer, old, ben, transaction="837I", enrolment="requested")
    institutional(north)
    assert waiting_reasons(north) == [
        f"1 claim is ready. No approved route for 837I to {payer.name}:"
        " request enrolment or re-route."
    ]


def test_a_reroute_names_the_institutional_claims_that_went_by_default(
    north: Practice, ben: User, old: Channel, new: Channel, payer: Payer
) -> None:
    Channel.objects.filter(pk=old.pk).update(is_default=True)
    old.refresh_from_db()
    assert "837I" not in {stay.transaction for stay in plan_reroute(old, new).stays}
    institutional(north)
    assert "837I" in {stay.transaction for stay in plan_reroute(old, new).stays}
